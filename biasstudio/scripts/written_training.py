"""The lines of a script that say who learns, compile and fit."""

from collections.abc import Iterator

from biasstudio.scripts.patterns import Pattern
from biasstudio.scripts.source_text import Expression, call, laid_out, literal, named
from biasstudio.spec.experiment import Experiment, Training
from biasstudio.spec.learning import ALL, BIASES, NOTHING, WEIGHTS
from biasstudio.spec.losses import LOSS_TYPES
from biasstudio.spec.optimizers import OPTIMIZER_TYPES
from biasstudio.spec.stack import MAXIMUM_NESTING, Layer

_LOOP = """\
for variable in {owner}.trainable_variables:
    variable.trainable = variable.name {test} ("bias", "beta")"""
_IN = {BIASES: "in", WEIGHTS: "not in"}
_HELD = """\
{owner}.trainable = False
{owner}.beta.trainable = True"""
_LAYER = "model.get_layer(_LAYER_)"
LEARNING = (
    *((learns, True, Pattern(_LOOP.format(owner="model", test=test))) for learns, test in _IN.items()),
    *((learns, False, Pattern(_LOOP.format(owner=_LAYER, test=test))) for learns, test in _IN.items()),
    *((BIASES, False, Pattern(_HELD.format(owner=_LAYER + depth * ".layer"))) for depth in range(MAXIMUM_NESTING)),
)
"""Who learns, whether in all layers, and the statements that say so."""
# What Keras takes where nothing is said.
_KERAS_BATCH_SIZE, _KERAS_EPOCHS = 32, 1


def learning_lines(experiment: Experiment) -> list[str]:
    """Who learns, where it is not everything. They must stand before `compile`."""
    if not experiment.training.biases_only:
        return [line for layer in experiment.stack.layers for line in _learning(layer, layer.learns)]
    lines = ["# Only biases learn (BitFit).", *_by_name("model", BIASES)]
    return lines + [line for layer in experiment.stack.layers for line in _held_statistics(layer)]


def _learning(layer: Layer, learns: str) -> list[str]:
    found = f"model.get_layer({literal(layer.name)})"
    if learns == ALL:
        return []
    if learns == NOTHING:
        return [f"{found}.trainable = False"]
    if learns == WEIGHTS and _has_plain_bias(layer):
        return [f"{found}.{_bias_name(layer)}.trainable = False"]
    held = _held_statistics(layer) if learns == BIASES else []
    return held or _by_name(found, learns)


def _by_name(owner: str, learns: str) -> list[str]:
    return _LOOP.format(owner=owner, test=_IN[learns]).splitlines()


def _held_statistics(layer: Layer) -> list[str]:
    """A BatchNormalization of which only the beta learns keeps its moving statistics."""
    lines = []
    for path, part in layer.parts():
        if part.class_name == "BatchNormalization":
            found = ".".join([f"model.get_layer({literal(layer.name)})", *map(str, path)])
            held = _HELD.format(owner=found).splitlines()
            lines += held if part.get("center") else held[:1]
    return lines


def _has_plain_bias(layer: Layer) -> bool:
    """Whether its bias is an attribute of the layer itself, not of a cell or another layer within."""
    role, given = layer.type.bias, dict(layer.arguments)
    if role is None or not given[role.toggle]:
        return False
    return not layer.type.self_attention and "recurrent_initializer" not in given


def _bias_name(layer: Layer) -> str:
    return layer.type.bias.variable if layer.type.bias is not None else ""


def compile_line(experiment: Experiment) -> str:
    training = experiment.training
    parts = [named("optimizer", _optimizer(training)), named("loss", _loss(training))]
    if experiment.metrics:
        parts.append(named("metrics", literal(list(experiment.metrics))))
    return laid_out(call("model.compile", parts))


def _optimizer(training: Training) -> Expression:
    usual = training.learning_rate == OPTIMIZER_TYPES[training.optimizer].learning_rate
    if usual and not training.optimizer_settings:
        return literal(training.optimizer.lower())
    rate = [] if usual else [named("learning_rate", literal(training.learning_rate))]
    return call(f"keras.optimizers.{training.optimizer}", [*rate, *_settings(training.optimizer_settings)])


def _loss(training: Training) -> Expression:
    if not training.loss_settings:
        return literal(training.loss)
    return call(f"keras.losses.{LOSS_TYPES[training.loss].class_name}", _settings(training.loss_settings))


def _settings(settings: tuple[tuple[str, object], ...]) -> Iterator[Expression]:
    return (named(name, literal(value)) for name, value in settings)


def fit_line(training: Training, validation: list[Expression]) -> str:
    """`validation` are the arguments that say what validates."""
    parts: list[Expression] = ["x", "y"]
    if training.batch_size != _KERAS_BATCH_SIZE:
        parts.append(f"batch_size={training.batch_size}")
    if training.epochs != _KERAS_EPOCHS:
        parts.append(f"epochs={training.epochs}")
    parts += validation
    if not training.shuffle:
        parts.append("shuffle=False")
    return laid_out(call("model.fit", parts))
