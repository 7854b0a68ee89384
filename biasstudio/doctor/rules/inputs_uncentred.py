"""inputs-uncentred: inputs lie far from zero, so that all weights together act as one large bias."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from biasstudio.doctor.activations import Doubles
from biasstudio.doctor.case import Case
from biasstudio.doctor.data_facts import DataFacts
from biasstudio.doctor.figures import as_float32, figure
from biasstudio.doctor.finding import Finding, Severity
from biasstudio.doctor.network import LINEAR, PASSING, NetworkLayer
from biasstudio.doctor.remedy import Remedy

_WEIGHING = ("Dense", "EinsumDense", "Conv", "SeparableConv", "DepthwiseConv", "SimpleRNN", "LSTM", "GRU")
_CHANNELS = (1, 3, 4)


def inputs_uncentred(case: Case, *, most: float = 3.0) -> Iterator[Finding]:
    """`most`: how many of its standard deviations an input's mean may lie from zero."""
    data = case.data
    if data is None or len(data.low) != len(data.mean):
        return
    for first in case.layers:
        seen = _first_weighing(case, first, data) if not first.inputs else None
        if seen is None:
            continue
        layer, scale, offset = seen
        mean, deviation = data.mean * scale + offset, data.deviation * np.abs(scale)
        ratio = np.divide(np.abs(mean), deviation, out=np.zeros(len(mean)), where=_judged(data) & (deviation > 0))
        if ratio.max() > most:
            yield _finding(layer, data, ratio, most)


def _judged(data: DataFacts) -> NDArray[np.bool_]:
    """Columns that vary: a constant one is a bias, and one of 0 and 1 says yes or no. Pixels from 0 to 1 are usual."""
    if len(data.shape) == 3 and data.shape[-1] in _CHANNELS and data.low.min() >= 0 and data.high.max() <= 1:
        return np.zeros(len(data.mean), bool)
    # What rounding makes of a constant column is not a deviation.
    varies = data.deviation > 1e-6 * np.abs(data.mean)
    return np.asarray(varies & ~data.only_0_and_1)


def _first_weighing(case: Case, layer: NetworkLayer, data: DataFacts) -> tuple[NetworkLayer, Doubles, Doubles] | None:
    """The first layer with weights, and the scale and offset of what comes to it; None where it gets something else."""
    scale, offset = np.ones(len(data.mean)), np.zeros(len(data.mean))
    while layer.class_name in PASSING or layer.class_name in ("Rescaling", "GaussianNoise"):
        if layer.class_name == "Rescaling" and layer.layer is not None:
            factor, added = (np.asarray(layer.layer.get(name), np.float64) for name in ("scale", "offset"))
            if factor.size not in (1, len(scale)) or added.size not in (1, len(scale)):
                return None
            scale, offset = scale * factor, offset * factor + added
        after = case.after(layer.name)
        if len(after) != 1 or len(after[0].inputs) != 1:
            return None
        layer = after[0]
    if not layer.class_name.startswith(_WEIGHING) or layer.class_name.startswith("ConvLSTM"):
        return None
    return None if _is_normalised_after(case, layer) else (layer, scale, offset)


def _is_normalised_after(case: Case, layer: NetworkLayer) -> bool:
    """A BatchNormalization of the weighted sum takes the inputs' means away with its own."""
    after = case.after(layer.name)
    return layer.activation == LINEAR and len(after) == 1 and after[0].class_name == "BatchNormalization"


def _finding(layer: NetworkLayer, data: DataFacts, ratio: Doubles, most: float) -> Finding:
    worst, count = int(ratio.argmax()), int((ratio > most).sum())
    which = f"Input {worst} of {len(ratio)} has" if len(ratio) > 1 else "The input has"
    return Finding(
        "inputs-uncentred",
        Severity.WARNING,
        layer.name,
        "The inputs lie far from zero.",
        f"{which} a mean of {figure(data.mean[worst])} and a standard deviation of {figure(data.deviation[worst], 3)}: "
        f"{figure(ratio[worst], 3)} deviations from zero"
        + (f"; {count} of {len(ratio)} inputs are more than {figure(most)} away." if count > 1 else "."),
        "Subtract the mean and divide by the standard deviation: standardise the data, or put a Normalization layer "
        "in front.",
        why=f"Every change of a weight of {layer.name} moves all samples the same way, as its bias does, and what "
        "differs between samples is learned late.",
        source="https://keras.io/api/layers/preprocessing_layers/numerical/normalization/",
        remedy=_normalise(data),
    )


def _normalise(data: DataFacts) -> Remedy | None:
    """A Normalization with the data's own mean and variance. Constant inputs are centred and not divided."""
    if not data.shape or not (np.isfinite(data.mean).all() and np.isfinite(data.deviation).all()):
        return None
    constant = data.deviation <= 1e-6 * np.abs(data.mean)
    variance = np.where(constant, 1.0, data.deviation**2)
    numbers = {
        name: tuple(as_float32(value) for value in values)
        for name, values in (("mean", data.mean), ("variance", variance))
    }
    return Remedy("Put a Normalization layer in front", inserted=((0, "Normalization", tuple(numbers.items())),))
