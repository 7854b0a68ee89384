"""bias-needed: there is no bias anywhere, and the targets have a mean that nothing else can give."""

from collections.abc import Iterator

import numpy as np

from biasstudio.doctor.activations import ACTIVATIONS, gives_0_at_0
from biasstudio.doctor.case import Case
from biasstudio.doctor.data_facts import DataFacts
from biasstudio.doctor.figures import figure
from biasstudio.doctor.finding import Finding, Severity
from biasstudio.doctor.network import PASSING, NetworkLayer
from biasstudio.doctor.remedy import Remedy


def bias_needed(case: Case, *, least: float = 0.5, centred: float = 0.5) -> Iterator[Finding]:
    """`least`: how many standard deviations the targets' mean must lie from what the output gives for nothing;
    `centred`: inputs with a mean of more than that many can stand in for a bias, and nothing is said."""
    head, data = case.head, case.data
    target = data.target if data is not None else None
    if head is None or data is None or target is None or not _gives_nothing_for_nothing(case):
        return
    activation = ACTIVATIONS.get(head.activation)
    if activation is None or target.all_alike or len(target.mean) != head.units or not _is_centred(data, centred):
        return
    nothing = float(activation.function(np.zeros(1))[0])
    away = np.abs(target.mean - nothing) / np.maximum(target.deviation, np.finfo(np.float64).tiny)
    output = int(away.argmax())
    if away[output] <= least:
        return
    yield Finding(
        "bias-needed",
        Severity.WARNING,
        head.layer.name,
        "No layer has a bias, and the targets need one.",
        f"For an input of zeros the output is {figure(nothing)} whatever the weights are. The targets"
        + (f" of output {output}" if len(target.mean) > 1 else "")
        + f" have a mean of {figure(target.mean[output])}, {figure(away[output], 3)} standard deviations from there, "
        "and the inputs are centred, so that no weight can give it.",
        f"Switch the bias of {head.layer.name} on.",
        why="The mean of the targets stays an error, which training can only hide in the weights.",
        source="https://www.deeplearningbook.org/contents/mlp.html",
        remedy=Remedy(f"Switch the bias of {head.layer.name} on", layers=((head.layer.name, (("use_bias", True),)),))
        if head.layer.class_name == "Dense"
        else None,
    )


def _is_centred(data: DataFacts, most: float) -> bool:
    # Of images and sequences each place has a mean of its own, which isn't known.
    if len(data.shape) != 1:
        return False
    return bool((np.abs(data.mean) <= most * data.deviation).all())


def _gives_nothing_for_nothing(case: Case) -> bool:
    """Whether an input of zeros comes through all layers as zeros, but for what the last activation makes of it."""
    return all(_passes_nothing(layer, layer.name == case.layers[-1].name) for layer in case.layers)


def _passes_nothing(layer: NetworkLayer, last: bool) -> bool:
    if layer.layer is None or layer.layer.has_bias:
        return False
    if layer.class_name in PASSING:
        return True
    return layer.class_name in ("Dense", "Activation", "ReLU", "LeakyReLU", "PReLU", "ELU") and (
        last or gives_0_at_0(layer.activation)
    )
