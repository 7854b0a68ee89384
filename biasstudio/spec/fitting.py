"""A network made to fit a data set: its input, its last layer and the loss."""

from dataclasses import dataclass, replace

from biasstudio.spec.arguments import SpecError
from biasstudio.spec.data_set_types import DataSetType
from biasstudio.spec.data_sets import DataSet
from biasstudio.spec.experiment import Experiment, Training
from biasstudio.spec.input_ranks import sides_after, taken
from biasstudio.spec.losses import BINARY, LABEL, LOSS_TYPES, NUMBER, ONE_HOT
from biasstudio.spec.stack import Layer, Stack

_MOST_OUTPUTS = 10_000
_SMALL = 16


@dataclass(frozen=True)
class Fitting:
    """`experiment` has the data and all that was changed for them; `changes` says what, each in a few words."""

    experiment: Experiment
    changes: tuple[str, ...]


def fitted_to(experiment: Experiment, data: DataSet) -> Fitting:
    """`experiment` on `data`, with the input shape, the last Dense layer and the loss that these need.

    Two classes need one sigmoid, more a softmax over as many units, numbers a linear unit each. Where nothing in the
    network asks for images or sequences, a Flatten is put before it. Raises SpecError, naming the layer, where more
    would have to be changed than that.
    """
    if experiment.weights is not None and experiment.weights.whole:
        raise SpecError("The network is a file's own, so it stays as it is.")
    stack, kind = experiment.stack, data.type
    if not stack.layers or stack.layers[-1].class_name != "Dense":
        last = f"{stack.layers[-1].name} ({stack.layers[-1].class_name})" if stack.layers else "no layer"
        raise SpecError(f"The network ends with {last}, and only a Dense layer at its end can be fitted to the data.")
    changed = experiment.change_data(data)
    changed = changed.change_training(loss=_loss(experiment.training.loss, kind))
    units, activation = _output(kind, changed.training)
    fitted = replace(
        changed, stack=_on_input(stack, kind).change(stack.layers[-1].name, units=units, activation=activation)
    )
    _check_words(fitted.stack, data)
    return Fitting(fitted, tuple(_changes(experiment, fitted)))


def small_network_for(experiment: Experiment, data: DataSet) -> Fitting:
    """`experiment` on `data` with a new small network in place of its own. Raises SpecError."""
    changed = replace(experiment.change_data(data), weights=None)
    changed = changed.change_training(loss=_loss(experiment.training.loss, data.type))
    units, activation = _output(data.type, changed.training)
    stack = Stack(data.type.sample_shape)
    if data.words is not None:
        stack = stack.add("Embedding", input_dim=data.words, output_dim=_SMALL).add("GlobalAveragePooling1D")
    elif len(stack.input_shape) > 1:
        stack = stack.add("Flatten")
    stack = stack.add("Dense", units=_SMALL, activation="relu").add("Dense", units=units, activation=activation)
    before = f"Embedding {_SMALL}, " if data.words is not None else ""
    return Fitting(replace(changed, stack=stack), (f"{before}Dense {_SMALL} relu, Dense {units} {activation}",))


def _check_words(stack: Stack, data: DataSet) -> None:
    """Numbers of words are names, not amounts. Raises SpecError where no Embedding takes them."""
    first = stack.layers[0]
    if data.words is None or (first.class_name == "Embedding" and first.get("input_dim") >= data.words):
        return
    raise SpecError(
        f"A sample of “{data.type.title}” holds numbers of words, which an Embedding with an input_dim of "
        f"{data.words:,} or more has to take first.",
        layer=first.name,
    )


def _loss(present: str, kind: DataSetType) -> str:
    """The present loss where it compares with such targets, else the data set's usual one."""
    fitting = {0: (NUMBER,), 2: (BINARY,)}.get(kind.classes, (LABEL, ONE_HOT))
    return present if LOSS_TYPES[present].target in fitting else kind.loss


def _output(kind: DataSetType, training: Training) -> tuple[int, str]:
    """Units and activation of the last layer. Raises SpecError."""
    target, from_logits = LOSS_TYPES[training.loss].target, dict(training.loss_settings).get("from_logits")
    if not kind.classes:
        if len(kind.target_shape) > 1:
            raise SpecError(f"Each target is an array of {_times(kind.target_shape)}, which no Dense layer gives.")
        return (kind.target_shape or (1,))[0], "linear"
    units = 1 if target == BINARY else kind.classes
    if units > _MOST_OUTPUTS:
        raise SpecError(f"{units:,} classes are more than the {_MOST_OUTPUTS:,} that the last layer is fitted to.")
    return units, "linear" if from_logits else "sigmoid" if target == BINARY else "softmax"


def _on_input(stack: Stack, kind: DataSetType) -> Stack:
    shape = kind.sample_shape
    sides, flat = _sides(stack.layers, len(shape), kind)
    if sides is not None and sides > 1:
        if not flat:
            raise SpecError(
                f"{stack.layers[-1].name} would give more than one answer for each sample of {_times(shape)}: put a "
                "Flatten or a pooling over the whole sample before it."
            )
        stack = stack.add("Flatten", index=0)
    return replace(stack, input_shape=shape)


def _sides(layers: tuple[Layer, ...], sides: int, kind: DataSetType) -> tuple[int | None, bool]:
    """How many sides the last layer's output has, if that can be told; and whether no layer asks for so many."""
    flat, now = True, sides
    for layer in layers:
        takes = taken(layer.get("layer") if layer.class_name == "Bidirectional" else layer)
        if takes is not None and takes[1] != now:
            raise SpecError(
                f"{layer.name} ({layer.class_name}) takes {takes[0]}, but a sample of “{kind.title}” is "
                f"{_times(kind.sample_shape)}.",
                layer=layer.name,
            )
        after = sides_after(layer, now)
        flat = flat and takes is None and after == now
        if after is None:
            return None, flat
        now = after
    return now, flat


def _changes(before: Experiment, after: Experiment) -> list[str]:
    changes = []
    if after.stack.input_shape != before.stack.input_shape:
        changes.append(f"input {_times(after.stack.input_shape)}")
    if len(after.stack.layers) > len(before.stack.layers):
        changes.append("a Flatten before the first layer")
    last, was = after.stack.layers[-1], before.stack.layers[-1]
    if last != was:
        units = last.get("units")
        changes.append(f"{last.name} {units} {'unit' if units == 1 else 'units'}, {last.get('activation')}")
    if after.training.loss != before.training.loss:
        changes.append(f"loss {LOSS_TYPES[after.training.loss].title}")
    return changes


def _times(shape: tuple[int, ...]) -> str:
    return " × ".join(map(str, shape)) if len(shape) > 1 else f"a row of {shape[0]}"
