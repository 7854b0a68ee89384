"""Trajectory: a history as the rules look at it. What is read of it is bounded, however long it is and wide a frame."""

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from biasstudio.recording.history import Floats, History, Steps
from biasstudio.recording.network import BiasVector
from biasstudio.spec.experiment import Training

_MOST_VALUES = 1_000_000
_LEAST_FRAMES = 4

Booleans = NDArray[np.bool_]


def kept_at_each_step(training: Training | None, scheduled: bool) -> float:
    """The share of each bias that weight decay leaves at one step: 1 where there is none. NaN where it isn't known."""
    decay = training.setting("weight_decay") if training is not None else None
    if training is None or not decay:
        return 1.0
    return float("nan") if scheduled else 1.0 - training.learning_rate * decay


class Trajectory:
    """The frames of a history after step `since`, which is the start. Frames are float32 (total,), as the history's.

    `kept` is the share of a value that weight decay leaves at each step: a bias that only this moves stands still.
    """

    def __init__(self, history: History, since: int, kept: float) -> None:
        self.history, self.kept = history, kept
        self.vectors = history.vectors
        self.last_step = history.last_step
        self.first_step = max(0, since)

    @property
    def steps(self) -> int:
        """How many steps were made."""
        return self.last_step - self.first_step

    @cached_property
    def start(self) -> Floats:
        return self.history.frame(self.first_step)

    @cached_property
    def newest(self) -> Floats:
        return self.history.frame(self.last_step)

    @cached_property
    def unmoved(self) -> Booleans:
        """Of each value whether it is where it started, float32 for float32."""
        return self.still(self.start, self.newest, self.steps)

    @cached_property
    def still_vectors(self) -> tuple[BiasVector, ...]:
        """Those of which no value has moved since the start."""
        candidates = [vector for vector in self.vectors if self.unmoved[self.place(vector)].all()]
        return tuple(vector for vector in candidates if self._never_left_start(vector))

    def _never_left_start(self, vector: BiasVector) -> bool:
        steps, values = self.history.recent(self.first_step, 16, self.place(vector))
        start = self.start[self.place(vector)]
        each = zip(steps.tolist(), values, strict=True)
        return all(self.still(start, later, step - self.first_step).all() for step, later in each)

    def still(self, earlier: Floats, later: Floats, steps: int) -> Booleans:
        """Of each value whether nothing but weight decay has changed it in `steps` steps."""
        if self.kept == 1.0:
            return np.asarray(earlier == later)
        if not np.isfinite(self.kept):
            return np.zeros(earlier.shape, np.bool_)
        # Each step rounds once.
        return np.asarray(np.abs(later - earlier * self.kept**steps) <= steps * np.spacing(np.abs(earlier)))

    def place(self, vector: BiasVector) -> slice:
        """Where the vector's values are in a frame."""
        return self.history.place(vector.path)

    @property
    def every(self) -> int:
        """Of a very wide frame `newest_moves` looks at every second, third… value only."""
        return max(1, len(self.newest) * _LEAST_FRAMES // _MOST_VALUES)

    def newest_moves(self, most: int) -> tuple[Steps, NDArray[np.float64]]:
        """Of the newest frames held, up to `most`: steps int64 (m,), and how far values are from the start, (m, n)."""
        width = max(1, len(self.newest))
        frames = max(_LEAST_FRAMES, min(most, _MOST_VALUES * self.every // width))
        since = max(self.first_step, self.last_step - (frames - 1) * self.history.stride)
        steps, values = self.history.recent(since, frames, slice(None, None, self.every))
        return steps, np.subtract(values, self.start[:: self.every], dtype=np.float64)
