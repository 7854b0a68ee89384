"""A script's layers as those of a stack, each with a note of what of it can't be read."""

from dataclasses import dataclass
from typing import Any

from biasstudio.scripts.keras_objects import activation, described, is_plain_value, keras_object, plain_value
from biasstudio.scripts.notes import Notes
from biasstudio.scripts.old_spellings import arguments_of, looks_like_kernel
from biasstudio.scripts.values import Made, Name
from biasstudio.spec.arguments import Argument, SpecError, shown
from biasstudio.spec.layers import LayerType, layer_type, layer_types
from biasstudio.spec.stack import Layer

# The name of a layer inside another, until it gets the one that Keras would give it.
UNNAMED = "0.unnamed"
_MAXIMUM_DEPTH = 3
# Layers that only apply a function, and can be given to another layer as its activation.
_ACTIVATION_LAYERS = {"ReLU", "LeakyReLU", "ELU", "Softmax", "PReLU"}
# Layers whose activation is the last that they compute, so that a layer after them computes the same.
_ACTIVATION_LAST = ("Dense", "EinsumDense", "Conv", "SeparableConv", "DepthwiseConv")


@dataclass(frozen=True)
class ReadLayer:
    """A layer of the catalogue; `name` is what the script calls it, or None. `made` is the script's own."""

    class_name: str
    name: str | None
    arguments: dict[str, Any]
    made: Made


def read_layers(made: Made, notes: Notes) -> list[ReadLayer]:
    """The layer that the script made, with one after it where its activation is a layer; none where it isn't known."""
    known = _type_of(made, notes)
    if known is None:
        return []
    if looks_like_kernel(made):
        sides = ", ".join(map(str, made.given.positional))
        notes.add(
            made.line,
            f"{known.name}({sides}) has the strides {made.given.positional[2]} in Keras 3; Keras 1 took that for a "
            "side of the kernel.",
        )
    given = _given(made, known)
    following: list[ReadLayer] = []
    inside = given.get("activation")
    if isinstance(inside, Made) and inside.last in _ACTIVATION_LAYERS and _computes_activation_last(known.name):
        following = read_layers(inside, notes)
        given["activation"] = None
    name = given.pop("name", None)
    arguments = _checked(made, known, _converted(given, known, made, notes, 1), notes)
    return [ReadLayer(known.name, name if isinstance(name, str) else None, arguments, made), *following]


def _computes_activation_last(class_name: str) -> bool:
    return class_name.startswith(_ACTIVATION_LAST) and not class_name.startswith("ConvLSTM")


def _type_of(made: Made, notes: Notes) -> LayerType | None:
    """The catalogue's entry of a layer, or None with a note."""
    known = layer_types().get(made.last) if made.path.startswith("keras.layers.") else None
    if known is None or known.part:
        notes.add(made.line, _why_left_out(made))
        return None
    return known


def _why_left_out(made: Made) -> str:
    if made.path == "unknown":
        return f"{made.spelled or 'What stands here'} can't be read as a layer; it is left out."
    if made.path.startswith("own."):
        return f"{made.last} is a layer of the script's own, which isn't run here; it is left out."
    if made.path.startswith("keras.applications."):
        return f"{made.last} is a whole network, not a layer of a stack; it is left out."
    if made.last == "Lambda":
        return "Lambda holds code of the script's own, which isn't run here; it is left out."
    return f"There is no layer {made.last} here; it is left out."


def _given(made: Made, known: LayerType) -> dict[str, Any]:
    names = {argument.name for argument in known.arguments} | set(known.fixed) | {"name"}
    given = arguments_of(made, known.positional, names)
    if made.spelled == "ThresholdedReLU":
        given.setdefault("threshold", 1.0)
    given.pop("trainable", None)
    return given


def _converted(given: dict[str, Any], known: LayerType, made: Made, notes: Notes, depth: int) -> dict[str, Any]:
    """The arguments as the catalogue takes them; those that can't be read are left out, with a note."""
    offered = {argument.name: argument for argument in known.arguments}
    converted = {}
    for key, value in given.items():
        try:
            if key in offered:
                converted[key] = _value(value, offered[key], notes, depth)
            elif key in known.fixed:
                _check_fixed(key, value, known)
            elif key != "**" and not key.startswith("_"):
                notes.add(made.line, f"{known.name} has no argument {shown(key)}; it is left out.")
            else:
                notes.add(made.line, f"{known.name}: what {described(value)} holds is only known when the script runs.")
        except SpecError as error:
            stands = _standing_in(offered[key]) if key in offered else f"it is {shown(known.fixed[key])} here"
            notes.add(made.line, f"{known.name}: {_cut(str(error), key)}; {stands}.")
    missing = [argument for argument in known.arguments if argument.required and argument.name not in given]
    for argument in missing:
        notes.add(made.line, f"{known.name}: {argument.name} is missing; {_standing_in(argument)}.")
    return converted


def _cut(message: str, argument: str) -> str:
    """What is wrong, starting with the argument that it is wrong with."""
    message = message.rstrip(".")
    return message if message.startswith(argument) else f"{argument}: {message}"


def _standing_in(argument: Argument) -> str:
    default = argument.default
    text = default if isinstance(default, str) else argument.format(default)
    return f"{text or 'none'} stands in its place"


def _value(value: Any, argument: Argument, notes: Notes, depth: int) -> Any:
    """A value as `argument` takes it. Raises SpecError."""
    kind = argument.kind
    if kind == "initializer" or (kind in ("regularizer", "constraint") and value is not None):
        return keras_object(kind, value)
    if kind == "choice" and "softmax" in argument.choices:
        return argument.check(activation(value))
    if kind == "layers":
        return tuple(_inside(cell, notes, depth) for cell in _cells(value))
    if kind == "layer":
        return None if value is None and argument.unset else _inside(value, notes, depth)
    plain = plain_value(value)
    if not is_plain_value(plain):
        raise SpecError(f"{argument.name}, {described(value)}, is only known when the script runs")
    if kind == "boolean" and isinstance(plain, int):
        plain = bool(plain)
    return argument.check(plain)


def _cells(value: Any) -> list[Any]:
    if isinstance(value, Made) and value.last == "StackedRNNCells":
        value = value.given.get("cells", 0)
    return list(value) if isinstance(value, list | tuple) else [value]


def _inside(value: Any, notes: Notes, depth: int) -> Layer:
    """A layer in another one. Raises SpecError."""
    if not isinstance(value, Made) or not value.path.startswith("keras.layers.") or depth >= _MAXIMUM_DEPTH:
        raise SpecError(f"{described(value)} can't be read as a layer")
    known = layer_type(value.last)
    given = _given(value, known)
    name = given.pop("name", None)
    converted = _converted(given, known, value, notes, depth + 1)
    return Layer.of(known.name, name if isinstance(name, str) else UNNAMED, **converted)


def _check_fixed(key: str, value: Any, known: LayerType) -> None:
    """Raises SpecError where an argument that isn't offered has another value than the one that is meant."""
    name = value.last if isinstance(value, Name) else value
    if name == known.fixed[key] or name is None or (key == "autocast") or name == "channels_last":
        return
    reason = known.reasons[key]
    raise SpecError(f"{key} {described(value)} is not read: {reason[:1].lower()}{reason[1:].rstrip('.')}")


def _checked(made: Made, known: LayerType, arguments: dict[str, Any], notes: Notes) -> dict[str, Any]:
    """The arguments without those that don't fit the others."""
    while True:
        try:
            Layer.of(known.name, "layer", **arguments)
        except SpecError as error:
            message = str(error).removeprefix("layer: ").rstrip(".")
            if error.argument not in arguments:
                notes.add(made.line, f"{known.name}: {message}.")
                return {}
            offered = known.argument(str(error.argument))
            notes.add(made.line, f"{known.name}: {_cut(message, offered.name)}; {_standing_in(offered)}.")
            arguments = {key: value for key, value in arguments.items() if key != error.argument}
        else:
            return arguments


def is_trainable(made: Made) -> bool:
    """Whether a layer was made to learn."""
    return made.given.named.get("trainable", True) is not False
