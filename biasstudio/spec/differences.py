"""What is different between experiments: their settings side by side, in words."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from biasstudio.spec.arguments import Argument
from biasstudio.spec.experiment import TRAINING_ARGUMENTS, Experiment
from biasstudio.spec.initializers import Initializer
from biasstudio.spec.learning import ALL, WHO_LEARNS
from biasstudio.spec.losses import LOSS_TYPES, LossType
from biasstudio.spec.optimizers import OPTIMIZER_TYPES, OptimizerType
from biasstudio.spec.stack import Layer

ABSENT = "–"
"""Stands where an experiment has no such setting: another layer's, or one without effect."""
UNKNOWN = "not known"
"""Stands where there is no experiment: the network was made by a script."""

_ONE_LINE = " → "


@dataclass(frozen=True)
class Setting:
    """One setting: of which part (such as a layer's name, "data", "training"), its name, and a text each experiment."""

    part: str
    name: str
    values: tuple[str, ...]

    @property
    def differs(self) -> bool:
        """Whether the known values are not all the same."""
        return len({value for value in self.values if value != UNKNOWN}) > 1


_Read = Callable[[Experiment], str]


def experiment_differences(experiments: Sequence[Experiment | None], everything: bool = False) -> tuple[Setting, ...]:
    """The settings that differ, in the order of stack, data and training; with `everything` the others too.

    Layers are matched by name, as their bias vectors are. Arguments are listed of layers of one class only: those of
    a Dense and of a Conv2D have nothing in common.
    """
    known = [experiment for experiment in experiments if experiment is not None]
    reads = [*_stack_settings(known), *_data_settings(known), *_training_settings(known)]
    settings = (
        Setting(part, name, tuple(UNKNOWN if experiment is None else read(experiment) for experiment in experiments))
        for part, name, read in reads
    )
    return tuple(setting for setting in settings if everything or setting.differs) if known else ()


def _stack_settings(known: Sequence[Experiment]) -> Iterable[tuple[str, str, _Read]]:
    shape = Argument("shape", "shape", None)
    yield "stack", "input shape", lambda experiment: shape.format(experiment.stack.input_shape)
    yield "stack", "layers", lambda experiment: _ONE_LINE.join(layer.name for layer in experiment.stack.layers)
    if any(experiment.weights is not None for experiment in known):
        yield "stack", "weights from", _weights
    for name in _in_order(layer.name for experiment in known for layer in experiment.stack.layers):
        layers = [layer for experiment in known if (layer := _layer(experiment, name)) is not None]
        yield name, "layer", _of_layer(name, lambda layer: layer.class_name)
        same_class = len({layer.class_name for layer in layers}) == 1
        for setting, read in _layer_settings(layers) if same_class else ():
            # That a layer is missing is said once, not with each of its arguments.
            if len(layers) == len(known) or len(set(map(read, layers))) > 1:
                yield name, setting, _of_layer(name, read)


def _weights(experiment: Experiment) -> str:
    return "initializers" if experiment.weights is None else experiment.weights.path.name


def _layer_settings(layers: Sequence[Layer]) -> Iterable[tuple[str, Callable[[Layer], str]]]:
    """Of layers of one class."""
    role = layers[0].type.bias
    if role is not None:
        yield "bias", lambda layer: "on" if layer.has_bias else "off"
        yield "bias initializer", _bias_start
    # Of a layer that has nothing to learn it would say too much.
    if role is not None or any(layer.learns != ALL for layer in layers):
        yield "learns", lambda layer: WHO_LEARNS[layer.learns]
    for argument in layers[0].type.arguments:
        if role is None or argument.name not in (role.toggle, role.initializer):
            yield in_words(argument.name), _argument(argument)


def _layer(experiment: Experiment, name: str) -> Layer | None:
    return next((layer for layer in experiment.stack.layers if layer.name == name), None)


def _of_layer(name: str, read: Callable[[Layer], str]) -> _Read:
    def text(experiment: Experiment) -> str:
        layer = _layer(experiment, name)
        return ABSENT if layer is None else read(layer)

    return text


def _bias_start(layer: Layer) -> str:
    return _initializer(layer.bias_initializer) if layer.has_bias and layer.bias_initializer else ABSENT


def _argument(argument: Argument) -> Callable[[Layer], str]:
    return lambda layer: _text(argument, layer.get(argument.name))


def _data_settings(known: Sequence[Experiment]) -> Iterable[tuple[str, str, _Read]]:
    yield "data", "data set", lambda experiment: experiment.data.type.title
    for name in _in_order(name for experiment in known for name, _ in experiment.data.parameters):
        yield "data", name, _of_data(name)


def _of_data(name: str) -> _Read:
    def text(experiment: Experiment) -> str:
        arguments = [argument for argument in experiment.data.type.parameters if argument.name == name]
        return _text(arguments[0], experiment.data.get(name)) if arguments else ABSENT

    return text


def _training_settings(known: Sequence[Experiment]) -> Iterable[tuple[str, str, _Read]]:
    for argument in TRAINING_ARGUMENTS:
        yield "training", in_words(argument.name), _of_training(argument)
    for part, types in (("optimizer", OPTIMIZER_TYPES), ("loss", LOSS_TYPES)):
        # Only what was set by someone: else it would be a long list of defaults.
        names = _in_order(name for experiment in known for name, _ in getattr(experiment.training, f"{part}_settings"))
        for name in names:
            yield "training", f"{part}: {in_words(name)}", _of_settings(part, types, name)


def _of_settings(part: str, types: Mapping[str, OptimizerType] | Mapping[str, LossType], name: str) -> _Read:
    def text(experiment: Experiment) -> str:
        settings = types[getattr(experiment.training, part)].settings
        argument = next((argument for argument in settings if argument.name == name), None)
        return ABSENT if argument is None else _text(argument, experiment.training.setting(name))

    return text


def _of_training(argument: Argument) -> _Read:
    def text(experiment: Experiment) -> str:
        value = _text(argument, getattr(experiment.training, argument.name))
        return LOSS_TYPES[value].title if argument.name == "loss" else value

    return text


def _text(argument: Argument, value: Any) -> str:
    return _initializer(value) if isinstance(value, Initializer) else argument.format(value)


def _initializer(initializer: Initializer) -> str:
    """Its name, with the parameters that are not the usual ones: RandomNormal, stddev 0.2."""
    parts = [initializer.name]
    for argument in initializer.type.parameters:
        value = initializer.get(argument.name)
        if value != argument.default:
            parts.append(f"{in_words(argument.name)} {argument.format(value)}")
    return ", ".join(parts)


def in_words(name: str) -> str:
    """An argument's name without underscores: batch size."""
    return name.replace("_", " ")


def _in_order(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))
