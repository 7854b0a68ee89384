"""Units that moved and then stand exactly still, while others go on."""

import bisect
from dataclasses import dataclass

import numpy as np

from biasstudio.doctor.case import Case
from biasstudio.doctor.dead_layers import RELUS
from biasstudio.doctor.network import NetworkLayer
from biasstudio.doctor.normalising import normalised_by
from biasstudio.doctor.trajectory import Booleans, Trajectory
from biasstudio.recording.history import Steps
from biasstudio.recording.network import BiasVector

# Of how many units the frames are read. Where more stand still, those of a vector that are read speak for the others.
_MOST_UNITS = 512
_MOST_FRAMES = 256
# Adam goes on for up to 134 steps after the last gradient, ever more slowly.
_COASTING = 200
_LEAST_MOVE_IN_ROUNDINGS = 100
_ALWAYS = 0.9
# Where hardly any loss is left, units stand still because nothing is left to learn.
_LEAST_LOSS = 1e-3


# Known by itself: its units are an array.
@dataclass(frozen=True, eq=False)
class Death:
    """`units` int64 (k,) of a vector that stand still.

    `gated`: what they give goes through a function that may let no gradient back. `shown`: a probe shows that they give
    nothing.
    """

    vector: BiasVector
    layer: NetworkLayer | None
    units: Steps
    gated: bool
    shown: bool

    @property
    def share(self) -> float:
        """Of the vector's units; 1 where all of them stand still."""
        return len(self.units) / self.vector.length


def deaths(case: Case, trajectory: Trajectory, steps: int, most_steps: int, frames: int) -> list[Death]:
    """Of each vector the units that have stood still for `steps` and for an epoch, or for `most_steps` where an epoch
    has more, seen in `frames` frames at least."""
    epoch = _epoch(case)
    span = max(steps, min(epoch, most_steps), frames * trajectory.steps // max(1, trajectory.history.size))
    if trajectory.steps <= span or share_of_loss(trajectory) < _LEAST_LOSS:
        return []
    seen_all = 0 < epoch <= span
    still = _still(trajectory, span, frames, seen_all)
    found = [_death(case, trajectory, vector, still, span) for vector in trajectory.vectors] if still.any() else []
    return [death for death in found if death is not None]


def _epoch(case: Case) -> int:
    """The steps of the newest whole epoch; 0 where none is known."""
    ends = [record.last_step for record in case.history.epochs()[-2:]] if case.history is not None else []
    return int(ends[-1] - (ends[-2] if len(ends) > 1 else 0)) if ends else 0


def share_of_loss(trajectory: Trajectory) -> float:
    """What is left of the first step's loss; 1 where it isn't known."""
    if "loss" not in trajectory.history.metric_names:
        return 1.0
    first = trajectory.history.metrics_at(trajectory.first_step + 1)["loss"]
    last = trajectory.history.metrics_at(trajectory.last_step)["loss"]
    return last / first if np.isfinite(first) and np.isfinite(last) and first > 0 else 1.0


def _still(trajectory: Trajectory, span: int, frames: int, seen_all: bool) -> Booleans:
    """Of each value whether it moved, and then stood still for the last `span` steps."""
    history, now = trajectory.history, trajectory.newest
    since = history.nearest_step(trajectory.last_step - span)
    standing = trajectory.still(history.frame(since), now, trajectory.last_step - since)
    candidates = standing & ~trajectory.unmoved
    still = np.zeros(standing.shape, np.bool_)
    # Where nothing at all moves, it is not that single units died.
    if not candidates.any() or standing.all():
        return still
    places = _sample(trajectory, candidates)
    at, values = history.recent(since, max(frames, _MOST_FRAMES), places)
    if len(at) < frames:
        return still
    ago = (trajectory.last_step - at).tolist()
    stand = [trajectory.still(row, now[places], steps) for steps, row in zip(ago, values, strict=True)]
    still[places] = np.all(stand, axis=0) & _stopped_short(trajectory, places, seen_all)
    return _with_unread(trajectory, candidates, places, still)


def _sample(trajectory: Trajectory, candidates: Booleans) -> Steps:
    """Places in a frame, from each vector that has candidates some."""
    found = [np.flatnonzero(candidates[trajectory.place(vector)]) for vector in trajectory.vectors]
    most = max(1, _MOST_UNITS // max(1, sum(len(units) > 0 for units in found)))
    starts = [trajectory.place(vector).start for vector in trajectory.vectors]
    taken = [start + units[:: -(-len(units) // most) or 1] for start, units in zip(starts, found, strict=True)]
    return np.concatenate(taken)


def _with_unread(trajectory: Trajectory, candidates: Booleans, places: Steps, still: Booleans) -> Booleans:
    """The candidates that weren't read taken for still where all that were, of the same vector, are."""
    if len(places) == np.count_nonzero(candidates):
        return still
    for vector in trajectory.vectors:
        place = trajectory.place(vector)
        read = places[(places >= place.start) & (places < place.stop)]
        if len(read) and still[read].all():
            still[place] = candidates[place]
    return still


def _stopped_short(trajectory: Trajectory, places: Steps, seen_all: bool) -> Booleans:
    """Of each value whether it was well on its way before it stood still: not one that rounding has slowed down.

    Nor one that moves seldom, as a unit may that few samples concern, where not all samples were seen since.
    """
    at, values = trajectory.history.recent(trajectory.first_step, _MOST_FRAMES, places)
    now = trajectory.newest[places]
    moving = np.array(
        [
            ~trajectory.still(row, now, int(trajectory.last_step - step))
            for step, row in zip(at.tolist(), values, strict=True)
        ]
    )
    last = len(at) - 1 - np.argmax(moving[::-1], axis=0)
    before = np.maximum(0, np.searchsorted(at, at[last] - _COASTING, side="right") - 1)
    way = np.abs(now - np.take_along_axis(values, before[np.newaxis], axis=0)[0])
    short = way >= _LEAST_MOVE_IN_ROUNDINGS * np.spacing(np.abs(now))
    if seen_all:
        return np.asarray(short)
    changed = np.cumsum(np.diff(values, axis=0, prepend=values[:1]) != 0, axis=0)
    rows = np.arange(len(places))
    share = (changed[last, rows] - changed[before, rows]) / np.maximum(1, last - before)
    return np.asarray(short & (share >= _ALWAYS))


def _death(case: Case, trajectory: Trajectory, vector: BiasVector, still: Booleans, span: int) -> Death | None:
    layer, place = case.layer_of(vector), trajectory.place(vector)
    units = np.flatnonzero(still[place])
    if not len(units) or not _is_judged(case, vector, layer):
        return None
    active = _activity(case, vector, layer, trajectory.last_step - span)
    units = units if active is None else units[~active[units]]
    gated = layer is not None and layer.layer is not None and case.function_after(layer) in RELUS
    return Death(vector, layer, units, gated, active is not None) if len(units) else None


def _is_judged(case: Case, vector: BiasVector, layer: NetworkLayer | None) -> bool:
    if vector.path.endswith("/key/bias"):
        return False
    if layer is None or layer.layer is None:
        return True
    arguments = dict(layer.layer.arguments)
    held = any(arguments.get(name) is not None for name in ("bias_constraint", "beta_constraint"))
    return layer.biases_learn and not held and normalised_by(case, layer) is None


def _activity(case: Case, vector: BiasVector, layer: NetworkLayer | None, since: int) -> Booleans | None:
    """Of each unit whether a probe that was taken since then shows that it gives something; None without such a one."""
    if case.probe is None or layer is None or case.probe.step < since or layer.activation not in RELUS:
        return None
    seen = case.probe.layers.get(layer.name)
    return None if seen is None or len(seen.active) != vector.length else np.asarray(seen.active > 0)


def stands_since(trajectory: Trajectory, place: slice) -> int:
    """The first step from which on the values in this part of a frame stand still; the last where they don't."""
    history, now = trajectory.history, trajectory.newest[place]

    def stands(step: int) -> bool:
        return bool(trajectory.still(history.frame(step)[place], now, trajectory.last_step - step).all())

    return bisect.bisect_left(range(trajectory.last_step), True, lo=trajectory.first_step, key=stands)
