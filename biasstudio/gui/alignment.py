"""Steps of several runs on one axis: by step, or by epoch, so that runs with other batch sizes line up. No Qt."""

from bisect import bisect_left
from collections.abc import Sequence
from enum import Enum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from biasstudio.recording.history import History, Steps

# What comes back from a place is a whole step again in spite of rounding.
_ROUNDING = 1e-6


class Alignment(Enum):
    """What runs that are compared have in common at one place of an axis."""

    STEP = "Step"
    EPOCH = "Epoch"


class RunAxis:
    """Where a run's steps lie on the common axis: straight between knots, and on beyond the last.

    By step a place is the step itself. By epoch it is the number of epochs done: 1.5 is half way through epoch 2.
    """

    def __init__(self, steps: Sequence[float], places: Sequence[float]) -> None:
        self._steps = np.array(steps, np.float64)
        self._places = np.array(places, np.float64)

    def place_of(self, steps: ArrayLike) -> NDArray[np.float64]:
        """Steps of any shape as places, float64 of the same shape."""
        return _along(np.asarray(steps, np.float64), self._steps, self._places)

    def steps_at(self, places: ArrayLike) -> NDArray[np.float64]:
        """Places as steps of this run; not rounded, and not held within the run."""
        return _along(np.asarray(places, np.float64), self._places, self._steps)


def _along(x: NDArray[np.float64], knots: NDArray[np.float64], values: NDArray[np.float64]) -> NDArray[np.float64]:
    slope = (values[-1] - values[-2]) / (knots[-1] - knots[-2])
    beyond = values[-1] + (x - knots[-1]) * slope
    found: NDArray[np.float64] = np.where(x > knots[-1], beyond, np.interp(x, knots, values))
    return found


def axes_of(histories: Sequence[History], alignment: Alignment) -> tuple[RunAxis, ...]:
    """An axis for each history. An epoch that goes on counts as long as the run's last one.

    Where no epoch of a run has ended, an epoch of another run says how long one is; else the longest run does.
    """
    if alignment is Alignment.STEP:
        return (RunAxis((0, 1), (0, 1)),) * len(histories)
    lengths = [_epoch_length(history) for history in histories]
    longest = max((history.last_step for history in histories), default=1)
    usual = next((length for length in lengths if length), max(longest, 1))
    return tuple(_epoch_axis(history, length or usual) for history, length in zip(histories, lengths, strict=True))


def corresponding_steps(axis: RunAxis, other: RunAxis, steps: ArrayLike) -> Steps:
    """For steps of the run of `axis`, the last whole steps of the run of `other` that are not after them."""
    whole: Steps = np.floor(other.steps_at(axis.place_of(steps)) + _ROUNDING).astype(np.int64)
    return whole


def _epoch_axis(history: History, length: int) -> RunAxis:
    steps, epochs = [0], [0]

    def end_epochs_before(epoch: int) -> None:
        # Epochs that were cut short have no record; they count as whole, so that the next one starts where it did.
        end = _last_step_before(history, epoch)
        if end > steps[-1]:
            steps.append(end)
            epochs.append(epoch - 1)
        elif len(steps) == 1:
            epochs[0] = epoch - 1

    for record in history.epochs():
        if record.epoch > epochs[-1] + 1:
            end_epochs_before(record.epoch)
        if record.last_step > steps[-1] and record.epoch > epochs[-1]:
            steps.append(record.last_step)
            epochs.append(record.epoch)
    newest = history.epoch_of(history.last_step) if history.size else 0
    if newest > epochs[-1] + 1:
        end_epochs_before(newest)
    return RunAxis([*steps, steps[-1] + length], [*epochs, epochs[-1] + 1])


def _epoch_length(history: History) -> int:
    """Number of steps of the last epoch that has ended; 0 where none has."""
    records = history.epochs()
    return max(1, records[-1].last_step - _last_step_before(history, records[-1].epoch)) if records else 0


def _last_step_before(history: History, epoch: int) -> int:
    return max(0, bisect_left(range(history.last_step + 1), epoch, key=history.epoch_of) - 1)
