"""Does the network fit the data and the loss? Said before training, in one sentence that names both sides."""

from biasstudio.spec.arguments import INPUT, SpecError
from biasstudio.spec.experiment import LOSSES, Experiment

_ONE_VALUE_LOSSES = {"binary_crossentropy", "mean_squared_error", "mean_absolute_error", "huber", "hinge"}


def misfit(experiment: Experiment, output_shape: tuple[int, ...]) -> SpecError | None:
    """What keeps this network from training on this data, or None. `output_shape` is the last layer's, batch left out.

    The error names the layer to mark: INPUT for the input shape, else the last layer.
    """
    data, stack, loss = experiment.data.type, experiment.stack, experiment.training.loss
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
    reason = _output_misfit(last, output_shape, data.title, data.classes, loss)
    return SpecError(reason, layer=last) if reason else None


def _output_misfit(last: str, output_shape: tuple[int, ...], title: str, classes: int, loss: str) -> str | None:
    loss_name = LOSSES[loss]
    if len(output_shape) != 1:
        return (
            f"{last} gives {_shape(output_shape)} for each sample, but the labels of “{title}” are single numbers: "
            "end with Flatten or a pooling over the whole image, and a Dense layer."
        )
    outputs = output_shape[0]
    if loss == "categorical_crossentropy":
        return (
            f"The loss {loss_name} takes one-hot rows, but the labels of “{title}” are whole numbers: "
            f"choose {LOSSES['sparse_categorical_crossentropy']}."
        )
    if loss == "sparse_categorical_crossentropy" and outputs < classes:
        return (
            f"{last} has {_outputs(outputs)}, but “{title}” has {classes} classes and the loss {loss_name} needs an "
            "output for each."
        )
    if loss in _ONE_VALUE_LOSSES and outputs != 1:
        return (
            f"{last} has {_outputs(outputs)}, but “{title}” gives one label for each sample and the loss {loss_name} "
            "compares it with one output."
        )
    if loss in ("binary_crossentropy", "hinge") and classes > 2:
        return (
            f"The loss {loss_name} takes labels of 0 and 1, but those of “{title}” go from 0 to {classes - 1}: choose "
            f"{LOSSES['sparse_categorical_crossentropy']} and {classes} outputs."
        )
    return None


def _outputs(count: int) -> str:
    return "1 output" if count == 1 else f"{count} outputs"


def _shape(shape: tuple[int, ...]) -> str:
    return f"({', '.join(map(str, shape))}{',' if len(shape) == 1 else ''})"
