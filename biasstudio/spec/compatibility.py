"""Does the network fit the data and the loss? Said before training, in one sentence that names both sides."""

from biasstudio.spec.arguments import INPUT, SpecError
from biasstudio.spec.data_set_types import DataSetType
from biasstudio.spec.experiment import Experiment
from biasstudio.spec.losses import BINARY, LABEL, LOSS_TYPES, ONE_HOT, LossType


def misfit(experiment: Experiment, output_shape: tuple[int, ...]) -> SpecError | None:
    """What keeps this network from training on this data, or None. `output_shape` is the last layer's, batch left out.

    The error names the layer to mark: INPUT for the input shape, else the last layer.
    """
    data, stack, loss = experiment.data.type, experiment.stack, LOSS_TYPES[experiment.training.loss]
    if stack.input_shape != data.sample_shape:
        whose = "The stack's" if stack.layers else "The model's"
        return SpecError(
            f"{whose} input is {_shape(stack.input_shape)}, but a sample of the data “{data.title}” "
            f"is {_shape(data.sample_shape)}.",
            layer=INPUT,
            argument="shape",
        )
    # A model that is a file's own has no layers in the stack.
    last = stack.layers[-1].name if stack.layers else "the model"
    reason = (
        _labels_misfit(last, output_shape, data, loss)
        if data.classes
        else _numbers_misfit(last, output_shape, data, loss)
    )
    return SpecError(reason, layer=last) if reason else None


def _labels_misfit(last: str, output_shape: tuple[int, ...], data: DataSetType, loss: LossType) -> str | None:
    if len(output_shape) != 1:
        return (
            f"{last} gives {_shape(output_shape)} for each sample, but the labels of “{data.title}” are single "
            "numbers: end with Flatten or a pooling over the whole image, and a Dense layer."
        )
    outputs = output_shape[0]
    if loss.target in (LABEL, ONE_HOT):
        # A label is a number below that of the outputs; a one-hot row has as many places as there are classes.
        fits = outputs >= data.classes if loss.target == LABEL else outputs == data.classes
        return (
            None
            if fits
            else (
                f"{last} has {_outputs(outputs)}, but “{data.title}” has {data.classes} classes and the loss "
                f"{loss.title} needs an output for each."
            )
        )
    if outputs != 1:
        return (
            f"{last} has {_outputs(outputs)}, but “{data.title}” gives one label for each sample and the loss "
            f"{loss.title} compares it with one output."
        )
    if loss.target == BINARY and data.classes > 2:
        return (
            f"The loss {loss.title} takes labels of 0 and 1, but those of “{data.title}” go from 0 to "
            f"{data.classes - 1}: choose {_SPARSE.title} and {data.classes} outputs."
        )
    return None


def _numbers_misfit(last: str, output_shape: tuple[int, ...], data: DataSetType, loss: LossType) -> str | None:
    if loss.target in (LABEL, ONE_HOT):
        return (
            f"The loss {loss.title} takes classes, but the targets of “{data.title}” are numbers: choose "
            f"{LOSS_TYPES['mean_squared_error'].title}."
        )
    low, high = data.target_range
    if loss.target == BINARY and (low < 0 or high > 1):
        return (
            f"The loss {loss.title} takes targets from 0 to 1, but those of “{data.title}” go from {low:g} to "
            f"{high:g}: choose {LOSS_TYPES['mean_squared_error'].title}."
        )
    if output_shape != (data.target_shape or (1,)):
        return (
            f"{last} gives {_shape(output_shape)} for each sample, but the targets of “{data.title}” are "
            f"{_shape(data.target_shape) if data.target_shape else 'single numbers'}."
        )
    return None


_SPARSE = LOSS_TYPES["sparse_categorical_crossentropy"]


def _outputs(count: int) -> str:
    return "1 output" if count == 1 else f"{count} outputs"


def _shape(shape: tuple[int, ...]) -> str:
    return f"({', '.join(map(str, shape))}{',' if len(shape) == 1 else ''})"
