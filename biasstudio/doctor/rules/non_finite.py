"""non-finite: a bias or the loss is or became infinite or NaN, or is about to."""

import bisect
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from biasstudio.doctor.case import Case
from biasstudio.doctor.figures import figure
from biasstudio.doctor.finding import Finding, Severity
from biasstudio.doctor.runaway import calm_down, what_to_do
from biasstudio.doctor.trajectory import Trajectory
from biasstudio.recording.history import History, Steps

_SOURCE = "https://www.deeplearningbook.org/contents/optimization.html"
_MOST_LISTED = 4


def non_finite(case: Case, *, growth: float = 10.0, frames: int = 151) -> Iterator[Finding]:
    """`growth`: how many times longer than the one before each of two changes running must be, to be warned of.
    `frames`: how many of the newest are looked at for it."""
    history = case.history
    if history is None or history.nearest_step(0) < 0:
        return
    trained = history.last_step > 0
    if trained and _is_finite(history, history.last_step):
        yield from _growing(case, case.trajectory, growth, frames) if case.trajectory is not None else ()
    elif not np.isfinite(history.frame(0)).all():
        yield _from_the_start(history)
    elif trained:
        yield _lost(case, history)


def _from_the_start(history: History) -> Finding:
    """Of the network as it was made or read, before any step that is known."""
    at_fault = {
        vector: lost
        for vector in history.vectors
        if len(lost := np.flatnonzero(~np.isfinite(history.values(vector.path, 0))))
    }
    first = next(iter(at_fault))
    layers = list(dict.fromkeys(vector.layer for vector in at_fault))
    counts = [
        f"{each.path} ({len(lost):,} of {each.length:,} {each.unit}{'s' if each.length > 1 else ''})"
        for each, lost in at_fault.items()
    ]
    besides = f" and {len(counts) - _MOST_LISTED:,} more" if len(counts) > _MOST_LISTED else ""
    others = f" and of {len(layers) - 1:,} other layer{'s' if len(layers) > 2 else ''}" if len(layers) > 1 else ""
    value = history.values(first.path, 0)[at_fault[first][0]]
    return Finding(
        "non-finite",
        Severity.ERROR,
        first.layer,
        f"Biases of {first.layer}{others} are not finite.",
        f"NaN or infinite from the start: {', '.join(counts[:_MOST_LISTED])}{besides}. The first is {figure(value)}.",
        "Take weights that were saved while all values were finite, or let the network start anew.",
        0,
        why="What it gives is no number either, and training can't bring a number back out of NaN.",
        vector=first.path,
        unit=int(at_fault[first][0]),
        source=_SOURCE,
    )


def _lost(case: Case, history: History) -> Finding:
    last = history.last_step
    # What isn't finite stays so.
    step = bisect.bisect_left(range(last), True, lo=1, key=lambda each: not _is_finite(history, each))
    at_fault = [
        f"{vector.path} ({np.count_nonzero(~np.isfinite(values)):,} of {vector.length:,} values)"
        for vector in history.vectors
        if not np.isfinite(values := history.values(vector.path, step)).all()
    ]
    loss = history.metrics_at(step).get("loss", np.nan)
    what = ", ".join(at_fault) if at_fault else "no bias yet"
    after = f"{last - step:,} steps were made after it." if step < last else "Training was ended there."
    fix, remedy = what_to_do(case, step)
    return Finding(
        "non-finite",
        Severity.ERROR,
        at_fault[0].split("/")[0] if at_fault else "",
        f"Values stopped being finite at step {step:,}.",
        f"Loss {figure(loss)} at step {step:,}; not finite: {what}. {_before(history, step)}{after}",
        fix,
        step,
        why="From there on every value is lost: nothing can bring a number back out of NaN.",
        vector=at_fault[0].split(" (")[0] if at_fault else "",
        source=_SOURCE,
        remedy=remedy,
    )


def _growing(case: Case, trajectory: Trajectory, growth: float, frames: int) -> Iterator[Finding]:
    steps, moved = trajectory.newest_moves(frames)
    lengths = np.linalg.norm(np.diff(moved, axis=0), axis=1)
    twice = [at for at in range(2, len(lengths)) if _grew(lengths[at - 2 : at + 1], growth)]
    for at in filter(lambda at: _leads_away(case, steps, moved, at), twice):
        first, second, third = lengths[at - 2 : at + 1]
        farthest = int(np.argmax(np.abs(moved[at + 1]))) * trajectory.every
        vector = next(each for each in trajectory.vectors if trajectory.place(each).stop > farthest)
        fix, remedy = calm_down(case)
        yield Finding(
            "non-finite",
            Severity.WARNING,
            vector.layer,
            "The biases are running away.",
            f"At steps {steps[at - 1]:,}, {steps[at]:,} and {steps[at + 1]:,} they moved by {figure(first, 3)}, "
            f"{figure(second, 3)} and {figure(third, 3)}, {figure(second / first, 2)} and {figure(third / second, 2)} "
            "times as far as the step before, and by more than all of the way until then. The farthest is in "
            f"{vector.path}.",
            fix,
            int(steps[at + 1]),
            why="Steps that overshoot by more each time soon pass the largest number there is.",
            vector=vector.path,
            unit=farthest - trajectory.place(vector).start,
            source=_SOURCE,
            remedy=remedy,
        )
        return


def _grew(lengths: NDArray[np.float64], growth: float) -> bool:
    first, second, third = lengths
    return bool(first > 0 and second > growth * first and third > growth * second)


def _leads_away(case: Case, steps: Steps, moved: NDArray[np.float64], at: int) -> bool:
    """Whether the change is more than a large one among small ones: longer than all of the way before it, made while
    the loss rose, and not undone since."""
    change = np.linalg.norm(moved[at + 1] - moved[at])
    losses = (
        [case.history.metrics_at(int(step)).get("loss", np.nan) for step in steps[at : at + 2]] if case.history else []
    )
    return bool(
        np.ptp(np.diff(steps[at - 2 : at + 2])) == 0
        and change > np.linalg.norm(moved[at])
        and np.linalg.norm(moved[-1]) > change / 2
        and not losses[-1] <= losses[0]
    )


def _is_finite(history: History, step: int) -> bool:
    # A script's own loop may have recorded no loss.
    return bool(np.isfinite(history.metrics_at(step).get("loss", 0.0)) and np.isfinite(history.frame(step)).all())


def _before(history: History, step: int) -> str:
    loss = history.metrics_at(step - 1).get("loss", np.nan)
    return f"The step before, the loss was {figure(loss)}. " if np.isfinite(loss) else ""
