"""The network of a script that is offered, as a stack."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from biasstudio.scripts.graph import Chain, chain_of
from biasstudio.scripts.keras_names import KerasNames
from biasstudio.scripts.layers import UNNAMED, ReadLayer, is_trainable, read_layers
from biasstudio.scripts.notes import Notes
from biasstudio.scripts.values import Frozen, Made, Network
from biasstudio.spec.arguments import SpecError
from biasstudio.spec.layers import layer_types
from biasstudio.spec.learning import ALL, BIASES, NOTHING, WEIGHTS
from biasstudio.spec.stack import Layer

# Names in a script can be of any length.
_LONGEST = 350
_TRAINING = ("fit", "fit_generator", "wrapped", "train_on_batch")
# Of a layer with a bias, the one other variable that can be frozen beside it.
_KERNELS = {"kernel", "gamma"}


@dataclass(frozen=True)
class ChosenNetwork:
    """The network that is offered, and its layers in order."""

    network: Network
    chain: Chain


def chosen_network(networks: Sequence[Network], notes: Notes) -> ChosenNetwork:
    """The one that is trained last, or where none is, made last. Raises SpecError where none can be read."""
    readable, faults = [], []
    for network in networks:
        try:
            chain = chain_of(network)
        except SpecError as error:
            faults.append((network, str(error)))
            continue
        if chain.layers:
            readable.append(ChosenNetwork(network, chain))
        elif chain.notes:
            faults.append((network, f"line {chain.notes[0].line}: {chain.notes[0].sentence}"))
    if not readable:
        raise SpecError(_sentence(faults[-1][1]) if faults else "The script has no Keras network that could be read.")
    ranked = sorted(readable, key=lambda each: _rank(each.network))
    chosen = ranked[-1]
    _say_which(chosen, ranked, faults, notes)
    return chosen


def _sentence(message: str) -> str:
    message = message if len(message) <= _LONGEST else f"{message[: _LONGEST - 1]}…"
    return message if message.endswith(".") else f"{message}."


def _rank(network: Network) -> tuple[bool, bool, int]:
    trained = network.called(*_TRAINING)
    return bool(trained), bool(network.called("compile")), trained[0].order if trained else network.line


def _say_which(
    chosen: ChosenNetwork, ranked: list[ChosenNetwork], faults: list[tuple[Network, str]], notes: Notes
) -> None:
    trained = [each.network for each in ranked if each.network.called(*_TRAINING)]
    for network, message in faults:
        if network.called(*_TRAINING, "compile"):
            line, _, reason = message.partition(": ")
            notes.add(network.line, _sentence(reason if line.startswith("line ") else message))
    # What shares layers with it is the same network, or a part of it.
    inside = {id(layer) for layer in chosen.chain.layers}
    others = [each.network for each in ranked if not any(id(layer) in inside for layer in each.chain.layers)]
    if not others:
        return
    counted = trained if len(trained) > 1 else [*others, chosen.network]
    lines = sorted({network.line for network in counted})
    made = "trains" if len(trained) > 1 else "makes"
    which = f"the one of line {chosen.network.line}" if len(lines) > 1 else "the last"
    notes.add(0, f"The script {made} {len(counted)} networks, {_at_lines(lines)}: {which} is read.")


def _at_lines(lines: list[int]) -> str:
    if len(lines) == 1:
        return f"each at line {lines[0]}"
    shown = [str(line) for line in lines[:6]] + (["…"] if len(lines) > 6 else [])
    return f"at the lines {', '.join(shown)}"


@dataclass(frozen=True)
class ReadStack:
    """The stack of a script without its input shape, and which of the script's layers each layer is."""

    layers: tuple[Layer, ...]
    shape: Any
    made: dict[str, Made]


def read_stack(chosen: ChosenNetwork, notes: Notes) -> ReadStack:
    """The layers with their names. Raises SpecError where none of them can be read."""
    for note in chosen.chain.notes:
        notes.add(note.line, note.sentence)
    found = [layer for made in chosen.chain.layers for layer in read_layers(made, notes)]
    if not found:
        raise SpecError(f"line {chosen.network.line}: none of this network's layers can be read.")
    layers = _named(found, notes)
    made = {layer.name: each.made for each, layer in zip(found, layers, strict=True)}
    _say_changed_weights(found, [layer.name for layer in layers], notes)
    return ReadStack(tuple(layers), chosen.chain.shape, made)


def _named(found: list[ReadLayer], notes: Notes) -> list[Layer]:
    """The layers with the names that the script gives them, and for the others those that Keras would give."""
    given: list[str | None] = []
    for each in found:
        given.append(_usable_name(each, given, notes))
    names, layers = KerasNames(), []
    for each, name in zip(found, given, strict=True):
        arguments = {key: _named_inside(value, names) for key, value in each.arguments.items()}
        while name is None:
            proposed = names.next(layer_types()[each.class_name].keras_name)
            name = proposed if proposed not in given else None
        layers.append(Layer.of(each.class_name, name, **arguments))
        names.called(layers[-1])
    return layers


def _named_inside(value: Any, names: KerasNames) -> Any:
    """A layer inside another one, or several of them, with names; what is none stays as it is."""
    if isinstance(value, tuple):
        return tuple(_named_inside(part, names) for part in value)
    if not isinstance(value, Layer):
        return value
    arguments = {key: _named_inside(inside, names) for key, inside in value.arguments}
    name = names.next(value.type.keras_name) if value.name == UNNAMED else value.name
    return Layer.of(value.class_name, name, **arguments)


def _usable_name(layer: ReadLayer, taken: list[str | None], notes: Notes) -> str | None:
    if layer.name is None:
        return None
    if layer.name in taken:
        notes.add(layer.made.line, f"A layer before is already called {layer.name!r}; this one gets another name.")
        return None
    try:
        return Layer.of(layer.class_name, layer.name, **layer.arguments).name
    except SpecError as error:
        notes.add(layer.made.line, f"{str(error).rstrip('.')}; this one gets another name.")
        return None


def _say_changed_weights(found: list[ReadLayer], names: list[str], notes: Notes) -> None:
    for each, name in zip(found, names, strict=True):
        for what, line in each.made.attributes.get("(changed)", []):
            notes.add(line, f"What {what} sets is not read: {name} starts as it is made.")


def with_learning(read: ReadStack, frozen: Sequence[Frozen], trained: int | None, notes: Notes) -> tuple[Layer, ...]:
    """The layers with who learns in each when training begins; `trained` is that event's number, None without one.

    Keras looks at it then: what is set after compile counts, as long as nothing was trained.
    """
    return tuple(
        layer.let_learn(_learns(layer, read.made[layer.name], frozen, trained, notes)) for layer in read.layers
    )


def _learns(layer: Layer, made: Made, frozen: Sequence[Frozen], trained: int | None, notes: Notes) -> str:
    trainable = is_trainable(made)
    variables: dict[str, bool] = {}
    for change in frozen:
        if change.layer is not made:
            continue
        if trained is not None and change.order > trained:
            notes.add(change.line, "trainable is set after the training that is read here, and doesn't count in it.")
        elif change.variable is None:
            # Keras sets it for all variables of the layer.
            trainable, variables = bool(change.trainable), {}
        else:
            variables[change.variable] = bool(change.trainable)
    if not trainable and not any(variables.values()):
        return NOTHING
    return _of_variables(layer, trainable, variables, frozen, made, notes)


def _of_variables(
    layer: Layer, trainable: bool, variables: dict[str, bool], frozen: Sequence[Frozen], made: Made, notes: Notes
) -> str:
    role = layer.type.bias
    still = {name for name, learns in variables.items() if not learns}
    if trainable and not still:
        return ALL
    if not trainable and role is not None and variables == {role.variable: True}:
        return BIASES
    if trainable and role is not None and still == {role.variable}:
        return WEIGHTS
    if trainable and role is not None and still <= _KERNELS:
        return BIASES
    line = next(change.line for change in frozen if change.layer is made)
    notes.add(line, f"{layer.name}: which of its variables learn can't be said here; all of them do.")
    return ALL
