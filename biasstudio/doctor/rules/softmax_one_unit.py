"""softmax-one-unit: softmax over a single unit is 1 for every input."""

from collections.abc import Iterator

from biasstudio.doctor.case import Case
from biasstudio.doctor.finding import Finding, Severity
from biasstudio.doctor.network import NetworkLayer
from biasstudio.doctor.remedy import Remedy


def softmax_one_unit(case: Case) -> Iterator[Finding]:
    """exp(z) / exp(z) is 1 whatever z is. Keras itself only warns."""
    for layer in case.layers:
        if layer.activation != "softmax" or _units(layer) != 1:
            continue
        head = case.head
        at_end = head is not None and head.where == layer.name
        yield Finding(
            "softmax-one-unit",
            Severity.ERROR,
            layer.name,
            "Softmax over one unit is always 1.",
            f"{layer.name} has 1 unit and softmax: exp(z) / exp(z) = 1, so "
            + ("the network predicts 1 for every input. " if at_end else "it gives 1 for every input. ")
            + _what_training_does(case, at_end),
            "Use sigmoid as its activation.",
            why="What the network has learned can't be seen in its answer.",
            source="https://keras.io/api/layers/activations/#softmax-function",
            remedy=_sigmoid(layer),
        )


def _units(layer: NetworkLayer) -> int | None:
    if layer.layer is not None and layer.class_name == "Dense":
        return int(layer.layer.get("units"))
    if layer.class_name == "Softmax" and layer.layer is not None and layer.layer.get("axis") != -1:
        return None
    return layer.output_shape[-1] if layer.output_shape else None


def _sigmoid(layer: NetworkLayer) -> Remedy | None:
    if layer.layer is None or "activation" not in dict(layer.layer.arguments):
        return None
    return Remedy(
        f"Set the activation of {layer.name} to sigmoid", layers=((layer.name, (("activation", "sigmoid"),)),)
    )


def _what_training_does(case: Case, at_end: bool) -> str:
    if case.training is None:
        return ""
    loss = case.training.loss
    if loss == "binary_crossentropy" and at_end:
        moving = "Biases" if any(layer.has_own_bias for layer in case.layers) else "Weights"
        return f"{moving} still move, since Keras computes this loss from the values before the softmax."
    if loss.endswith("crossentropy"):
        return ""
    return "With this loss no gradient comes through it, and nothing in the network moves." if at_end else ""
