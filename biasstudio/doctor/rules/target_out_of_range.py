"""target-out-of-range: the output's activation can't give some of the targets."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from biasstudio.doctor.activations import Doubles, limits_of
from biasstudio.doctor.case import Case
from biasstudio.doctor.data_facts import TargetFacts
from biasstudio.doctor.figures import figure
from biasstudio.doctor.finding import Finding, Severity
from biasstudio.doctor.network import Head
from biasstudio.doctor.remedy import Remedy
from biasstudio.spec.losses import LOSS_TYPES, NUMBER


def target_out_of_range(case: Case, *, share: float = 0.01) -> Iterator[Finding]:
    """`share`: how many of the targets, or how much of their variance, must be out of reach to be remarked on."""
    head, training, target = case.head, case.training, case.data.target if case.data is not None else None
    if head is None or training is None or target is None or LOSS_TYPES[training.loss].target != NUMBER:
        return
    limits = limits_of(head.activation) if _is_plain(case, head) else None
    if limits is None or len(target.mean) != head.units:
        return
    beyond = target.values - np.clip(target.values, *limits)
    outside = float(np.mean(_are_outside(beyond, target)))
    lost = float(np.mean(beyond**2) / max(np.mean(target.deviation**2), np.finfo(np.float64).tiny))
    if outside == 0 or (outside < share and lost < share):
        return
    yield Finding(
        "target-out-of-range",
        Severity.ERROR if outside > 0.5 else Severity.WARNING,
        head.where,
        f"The output can't reach {_how_many(outside)} of the targets.",
        f"{head.where} has {head.activation}, which gives {_between(*limits)}; the targets go from "
        f"{figure(target.low.min())} to {figure(target.high.max())}, and {outside:.1%} of them lie outside.",
        "Set the activation to linear"
        + (", or bring the targets between the limits." if np.isfinite(limits[1]) else "."),
        why="However long it trains, what is out of reach stays an error, and pulls the biases to the limit.",
        source="https://www.deeplearningbook.org/contents/mlp.html",
        remedy=_linear(head),
    )


def _are_outside(beyond: Doubles, target: TargetFacts) -> NDArray[np.bool_]:
    # What rounding may have added is not outside.
    scale = np.maximum(1.0, np.maximum(np.abs(target.low), np.abs(target.high)))
    return np.asarray(np.abs(beyond) > 1e-6 * scale)


def _is_plain(case: Case, head: Head) -> bool:
    """Whether the function has Keras's default settings: a ReLU layer, say, may have a slope of its own."""
    layer = case.layer(head.where).layer
    if layer is None:
        return False
    names = ("max_value", "negative_slope", "threshold", "alpha")
    defaults = {argument.name: argument.default for argument in layer.type.arguments}
    return all(dict(layer.arguments)[name] == defaults[name] for name in names if name in defaults)


def _how_many(share: float) -> str:
    return "any" if share == 1 else f"{share:.0%}" if share >= 0.01 else "some"


def _between(low: float, high: float) -> str:
    if np.isinf(high):
        return f"nothing below {figure(low, 3)}"
    return f"nothing above {figure(high, 3)}" if np.isinf(low) else f"values from {figure(low, 3)} to {figure(high, 3)}"


def _linear(head: Head) -> Remedy | None:
    if head.where != head.layer.name:
        return None
    text = f"Set the activation of {head.where} to linear"
    return Remedy(text, layers=((head.where, (("activation", "linear"),)),))
