"""saturated: units of tanh or sigmoid that stand at one end for every sample, where there is hardly any slope."""

from collections.abc import Iterator

import numpy as np

from biasstudio.doctor.biases import own_bias_path, units_in_words, zeros_remedy
from biasstudio.doctor.case import Case
from biasstudio.doctor.figures import figure
from biasstudio.doctor.finding import Finding, Severity
from biasstudio.doctor.network import NetworkLayer
from biasstudio.doctor.probe import LayerProbe


def saturated(case: Case, *, slope: float = 0.01, many: float = 0.5) -> Iterator[Finding]:
    """`slope`: mean share of the steepest slope below which a unit is saturated; `many`: share of a layer's units from
    which on it is a warning, and not a note."""
    probe, head = case.probe, case.head
    if case.data is not None and case.data.all_alike:
        return  # that a unit is at one end for the one sample there is says nothing of it
    for layer in case.layers if probe is not None else ():
        # An output that is sure of its answers is at the end on purpose.
        at_end = layer is case.layers[-1] or (head is not None and layer.name in (head.where, head.layer.name))
        if probe is None or at_end or layer.name not in probe.layers or not probe.is_finite:
            continue
        outputs = probe.layers[layer.name]
        slopes = _slopes(layer, outputs)
        if slopes is None:
            continue
        # One that changes sides tells samples apart, and is no work of a bias.
        one_side = np.abs(_centred(layer, outputs)) > 1 - slope
        units = np.flatnonzero((slopes < slope) & one_side)
        if len(units):
            yield _finding(case, layer, units, slopes, many)


def _slopes(layer: NetworkLayer, outputs: LayerProbe) -> np.ndarray | None:
    """Mean slope of each unit as a share of the steepest."""
    if layer.activation == "tanh":
        return 1 - outputs.mean_square
    return 4 * (outputs.mean - outputs.mean_square) if layer.activation == "sigmoid" else None


def _centred(layer: NetworkLayer, outputs: LayerProbe) -> np.ndarray:
    """The mean output, between -1 and 1."""
    return outputs.mean if layer.activation == "tanh" else 2 * outputs.mean - 1


def _finding(case: Case, layer: NetworkLayer, units: np.ndarray, slopes: np.ndarray, many: float) -> Finding:
    total, probe = len(slopes), case.probe
    samples, steepest = probe.samples if probe is not None else 0, max(0.0, float(slopes[units].max()))
    return Finding(
        "saturated",
        Severity.WARNING if len(units) >= many * total else Severity.NOTE,
        layer.name,
        f"{len(units)} of {total} units of {layer.name} {'is' if len(units) == 1 else 'are'} saturated.",
        f"On {samples:,} samples {layer.activation} has there on average {figure(steepest, 2)} of its steepest slope, "
        f"or less: {units_in_words(units)}.",
        "Start the biases from zeros.",
        step=probe.step if probe is not None else None,
        why="At the end of the curve a unit gives the same for every sample, and hardly any gradient comes through.",
        vector=own_bias_path(case, layer),
        unit=int(units[0]),
        source="https://proceedings.mlr.press/v9/glorot10a.html",
        remedy=zeros_remedy(layer),
    )
