"""A run reduced to the few numbers that its small picture needs, so that hundreds of them can be kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from biasstudio.gui.panels.moment import difference, largest
from biasstudio.gui.panels.quantiles import row_quantiles
from biasstudio.gui.panels.vector_panel import extremes_of_groups
from biasstudio.recording.history import Floats, History, Steps

QUANTILES = (0.0, 0.25, 0.5, 0.75, 1.0)
MOST_VECTORS = 12
"""Pictures are kept of so many bias vectors: about 10 KB each, 24 MB for 200 runs."""
_MOST_POINTS = 64
_MOST_ROWS = 32


@dataclass(frozen=True)
class LossCurve:
    """Batch losses in groups of neighbours: last step, lowest, mean and highest of each; validation after epochs."""

    steps: Floats
    low: Floats
    mean: Floats
    high: Floats
    validation_steps: Floats
    validation: Floats


@dataclass(frozen=True)
class VectorPicture:
    """One bias vector over the steps: quantiles of its values float32 (5, m), changes since step 0 float32 (m, rows).

    A row is a unit, or the greatest change of a group of neighbours where there are many.
    """

    steps: Steps
    quantiles: Floats
    changes: Floats


@dataclass(frozen=True)
class Picture:
    """All that is drawn of a run. `last_step` is where it ends."""

    last_step: int
    loss: LossCurve
    vectors: Mapping[str, VectorPicture] = field(default_factory=dict)


def picture_of(history: History, paths: Sequence[str]) -> Picture:
    """The run as far as it is, with those of `paths` that its network has."""
    known = {vector.path for vector in history.vectors if vector.length}
    vectors = {path: _vector_picture(history, path) for path in paths if path in known and history.size}
    return Picture(max(0, history.last_step), _loss_curve(history), vectors)


def _loss_curve(history: History) -> LossCurve:
    steps, losses = np.empty(0, np.int64), np.empty(0, np.float32)
    if "loss" in history.metric_names:
        # Every value, for means; a metric has two million at most.
        steps, losses = history.metric("loss", most=2**62)
    records = [record for record in history.epochs() if np.isfinite(record.metrics.get("val_loss", np.nan))]
    validation = np.array([(record.last_step, record.metrics["val_loss"]) for record in records], np.float32)
    validation = _spaced(validation.reshape(-1, 2))
    usable = np.isfinite(losses)
    return LossCurve(*_grouped(steps[usable], losses[usable]), validation[:, 0], validation[:, 1])


def _spaced(points: Floats) -> Floats:
    """At most about `_MOST_POINTS` rows, the last among them."""
    distance = -(-len(points) // _MOST_POINTS) or 1
    return points[::-1][::distance][::-1].copy()


def _grouped(steps: Steps, values: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Last step, lowest, mean and highest of each group of neighbours."""
    if not len(steps):
        nothing = np.empty(0, np.float32)
        return nothing, nothing, nothing, nothing
    size = -(-len(steps) // _MOST_POINTS)
    starts = np.arange(0, len(steps), size)
    ends = np.append(starts[1:], len(steps))
    means = np.add.reduceat(values.astype(np.float64), starts) / (ends - starts)
    return (
        steps[ends - 1].astype(np.float32),
        np.minimum.reduceat(values, starts),
        means.astype(np.float32),
        np.maximum.reduceat(values, starts),
    )


def _vector_picture(history: History, path: str) -> VectorPicture:
    steps, values = history.window(path, _MOST_POINTS)
    doubles = values.astype(np.float64)
    changes = difference(doubles, doubles[:1])
    grouped = extremes_of_groups(changes, -(-changes.shape[1] // _MOST_ROWS))
    quantiles = row_quantiles(doubles, QUANTILES)
    return VectorPicture(steps, quantiles.astype(np.float32), np.ascontiguousarray(grouped, np.float32))


def common_limit(magnitudes: Sequence[float]) -> float:
    """The greatest of them, for a scale that all pictures share; a few that are far off the others are cut off."""
    found = np.array([magnitude for magnitude in magnitudes if np.isfinite(magnitude) and magnitude > 0])
    return float(min(found.max(), 5 * np.median(found))) if len(found) else 1.0


def loss_limit(pictures: Sequence[Picture], reference: float | None) -> float:
    """The top of the loss axis; a `reference` that is drawn too lies below it."""
    tops = [float(max(curve.mean.max(initial=0), curve.validation.max(initial=0))) for curve in _curves(pictures)]
    return max(common_limit(tops), 1.15 * (reference or 0.0))


def _curves(pictures: Sequence[Picture]) -> list[LossCurve]:
    return [picture.loss for picture in pictures if len(picture.loss.steps)]


def value_limits(pictures: Sequence[Picture], path: str) -> tuple[float, float]:
    """Bottom and top of the axis of values."""
    shown = [picture.vectors[path].quantiles for picture in pictures if path in picture.vectors]
    limit = common_limit([largest(quantiles.astype(np.float64)) for quantiles in shown])
    low = min((float(np.nanmin(each, initial=0.0)) for each in shown), default=-limit)
    high = max((float(np.nanmax(each, initial=0.0)) for each in shown), default=limit)
    low, high = max(low, -limit), min(high, limit)
    return (low, high) if high > low else (-limit, limit)


def change_limit(pictures: Sequence[Picture], path: str) -> float:
    """The end of the colours of changes, on both sides of zero."""
    shown = [picture.vectors[path].changes for picture in pictures if path in picture.vectors]
    return common_limit([largest(changes.astype(np.float64)) for changes in shown])
