"""The output bias that the data give: where it should start, and what that saves at the first step."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from biasstudio.doctor.activations import ACTIVATIONS, Doubles, log_softmax
from biasstudio.doctor.biases import start_of_bias
from biasstudio.doctor.case import Case
from biasstudio.doctor.constant_losses import number_loss
from biasstudio.doctor.data_facts import TargetFacts
from biasstudio.doctor.figures import as_float32, figures
from biasstudio.doctor.network import Head
from biasstudio.doctor.remedy import Remedy
from biasstudio.spec.arguments import MAXIMUM_ARRAY_LENGTH
from biasstudio.spec.experiment import Training
from biasstudio.spec.initializers import Initializer

CROSS_ENTROPIES = ("binary_crossentropy", "categorical_crossentropy", "sparse_categorical_crossentropy")
# The distance from 1 to the float32 before it: what is nearer to 0 or 1 can't be told from them.
_NEAREST = float(np.finfo(np.float32).epsneg)


@dataclass(frozen=True)
class OutputBias:
    """The best bias for a network whose weights give nothing yet. `values` float64 (units,).

    `clipped` is a sentence where a class is never or always there, so that the best one would be infinite.
    """

    values: Doubles
    loss: Callable[[Doubles], float]
    """The loss of such a network with any bias, float64 (units,)."""
    clipped: str = ""


def output_bias(case: Case) -> OutputBias | None:
    """None where data, head or loss aren't known, don't belong together, or no formula has an answer."""
    head, training, data = case.head, case.training, case.data
    if head is None or training is None or data is None or data.target is None or not head.units:
        return None
    if training.loss in CROSS_ENTROPIES or (training.loss == "kl_divergence" and head.activation == "softmax"):
        return _of_probabilities(head, head.units, training, data.target)
    return _of_numbers(head, head.units, training, data.target)


def _of_probabilities(head: Head, units: int, training: Training, target: TargetFacts) -> OutputBias | None:
    logits = training.loss in CROSS_ENTROPIES and bool(training.setting("from_logits"))
    binary = training.loss == "binary_crossentropy"
    if head.activation != ("linear" if logits else "sigmoid" if binary else "softmax"):
        return None
    shares = _shares(units, training, target)
    if shares is None or (not binary and units < 2):
        return None
    inside = np.clip(shares, _NEAREST, 1 - _NEAREST)
    if binary:
        best = np.log(inside) - np.log1p(-inside)
        return OutputBias(best, lambda b: float(np.mean(np.logaddexp(0, b) - shares * b)), _clipped(shares, inside))
    logarithms = np.log(inside)
    # A divergence leaves out what the targets themselves are uncertain of.
    own = _uncertainty(target.values) if training.loss == "kl_divergence" else 0.0
    return OutputBias(
        # Only differences count: those with a mean of 0 are nearest to where training starts.
        logarithms - logarithms.mean(),
        lambda b: -float(np.sum(shares * log_softmax(b))) - own,
        _clipped(shares, inside),
    )


def _shares(units: int, training: Training, target: TargetFacts) -> Doubles | None:
    """What the loss takes for each output's probability, over all samples; None where targets are none."""
    if training.loss == "sparse_categorical_crossentropy":
        if target.counts is None or target.one_hot or len(target.counts) > units:
            return None
        counts = np.concatenate([target.counts, np.zeros(units - len(target.counts))])
        return np.asarray(counts / counts.sum(), np.float64)
    if len(target.mean) != units or target.low.min() < 0 or target.high.max() > 1:
        return None
    smoothing = training.setting("label_smoothing") if training.loss in CROSS_ENTROPIES else 0.0
    spread = 0.5 if training.loss == "binary_crossentropy" else 1 / units
    if training.loss != "binary_crossentropy" and not np.isclose(target.mean.sum(), 1):
        return None
    return np.asarray(target.mean * (1 - smoothing) + spread * smoothing, np.float64)


def _uncertainty(rows: Doubles) -> float:
    """Mean entropy of rows of probabilities."""
    return float(-np.sum(rows * np.log(np.maximum(rows, _NEAREST)), axis=1).mean())


def _clipped(shares: Doubles, inside: Doubles) -> str:
    places = np.flatnonzero(shares != inside)
    if not len(places):
        return ""
    which = ", ".join(map(str, places[:5])) + (" …" if len(places) > 5 else "")
    return (
        f"The share of output {which} is {'0' if shares[places[0]] < 0.5 else '1'} in these samples, for which the "
        "best start would be infinite; it is held to what a float32 can tell from 0 and 1."
    )


# Some are searched for, and the rules are run a few times a minute.
@lru_cache(maxsize=16)
def _best(target: TargetFacts, training: Training) -> Doubles | None:
    known = number_loss(training)
    return known.best(target.values) if known is not None else None


def _of_numbers(head: Head, units: int, training: Training, target: TargetFacts) -> OutputBias | None:
    known, activation = number_loss(training), ACTIVATIONS.get(head.activation)
    if known is None or activation is None or activation.inverse is None or len(target.mean) != units:
        return None
    best = _best(target, training)
    if best is None or not ((activation.low < best) & (best < activation.high)).all():
        return None
    values = np.asarray(activation.inverse(best), np.float64)
    return OutputBias(values, lambda b: known.loss(target.values, activation.function(b)))


def present_bias(case: Case) -> Doubles | None:
    """Where the head's bias starts, float64 (units,); None where it isn't known."""
    head = case.head
    start = start_of_bias(case, head.layer) if head is not None else None
    return start if start is not None and head is not None and len(start) == head.units else None


def start_remedy(head: Head, values: Doubles) -> Remedy | None:
    """Have the head's bias start from `values`; None where they can't be written down."""
    role = head.layer.layer.type.bias if head.layer.layer is not None else None
    if role is None or len(values) > MAXIMUM_ARRAY_LENGTH or not np.isfinite(values).all():
        return None
    numbers = tuple(as_float32(value) for value in values)
    initializer = Initializer.of("Constant", value=numbers[0] if len(set(numbers)) == 1 else numbers)
    change = (head.layer.name, ((role.initializer, initializer),))
    return Remedy(f"Start the bias of {head.layer.name} from {figures(values)}", layers=(change,))
