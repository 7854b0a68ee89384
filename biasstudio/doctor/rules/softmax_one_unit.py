"""softmax-one-unit: softmax over a single unit is 1 for every input."""

from collections.abc import Iterator

from biasstudio.doctor.finding import Finding, Severity
from biasstudio.recording.history import History
from biasstudio.spec.experiment import Experiment


def softmax_one_unit(experiment: Experiment, history: History) -> Iterator[Finding]:
    """exp(z) / exp(z) is 1 whatever z is. Keras itself only warns."""
    for layer in experiment.stack.layers:
        arguments = dict(layer.arguments)
        if layer.class_name != "Dense" or arguments["units"] != 1 or arguments["activation"] != "softmax":
            continue
        yield Finding(
            "softmax-one-unit",
            Severity.ERROR,
            layer.name,
            "Softmax over one unit is always 1.",
            f"{layer.name} has 1 unit and softmax: exp(z) / exp(z) = 1, so the network predicts 1 for every input. "
            + _what_training_does(experiment, layer.name, bool(history.vectors)),
            "Use sigmoid as its activation.",
        )


def _what_training_does(experiment: Experiment, layer: str, has_biases: bool) -> str:
    loss = experiment.training.loss
    if loss == "binary_crossentropy" and experiment.stack.layers[-1].name == layer:
        moving = "Biases" if has_biases else "Weights"
        return f"{moving} still move, since Keras computes this loss from the values before the softmax."
    if loss.endswith("crossentropy"):
        return ""
    return "With this loss no gradient comes through it, and nothing in the network moves."
