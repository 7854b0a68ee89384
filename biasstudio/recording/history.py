"""History: the frames of a run in memory, bounded in size; cheap windows of them for drawing.

One thread appends, any thread reads. A reader gets copies, so nothing that it holds changes under it.
"""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from biasstudio.recording.network import BiasVector

DEFAULT_BUDGET_BYTES = 256_000_000
_MAXIMUM_FRAMES = 1_000_000
_MAXIMUM_STEPS = 2_000_000
_MINIMUM_FRAMES = 16
_FIRST_ROWS = 1_024
_MOST_WINDOW_VALUES = 1_000_000

Floats = NDArray[np.float32]
Steps = NDArray[np.int64]


@dataclass(frozen=True)
class EpochRecord:
    """One finished epoch: its number from 1, its last step, and Keras's metrics for it (validation as val_…)."""

    epoch: int
    last_step: int
    metrics: Mapping[str, float]


class FrameArchive(Protocol):
    """Where frames are that the memory doesn't hold any more: a run's file. Any thread may call."""

    def frame(self, step: int) -> Floats | None:
        """The frame of exactly this step, float32 (total,); None where it is not there."""

    def nearest_step(self, step: int) -> int:
        """The newest step in it that is not after `step`; -1 where there is none."""


class History:
    """Frames of all bias vectors, oldest first, and the epoch and metrics of each step.

    Where the budget would be passed, every second frame is dropped (step 0 stays) and from then on only every second
    step is kept, and so on; the newest frame is always there. What was dropped is read from `archive`, where there is
    one. `vectors` gives the layout of a frame: the vectors' values one after the other, in this order, each flattened
    in C order. What a person sets by hand at the newest step lies over its frame, which stays as it was recorded, until
    the next step is there.
    """

    def __init__(
        self,
        vectors: Sequence[BiasVector],
        metric_names: Sequence[str] = (),
        budget_bytes: int = DEFAULT_BUDGET_BYTES,
    ) -> None:
        self.vectors = tuple(vectors)
        self.metric_names = tuple(metric_names)
        self.archive: FrameArchive | None = None
        self._slices: dict[str, slice] = {}
        start = 0
        for vector in self.vectors:
            self._slices[vector.path] = slice(start, start + vector.length)
            start += vector.length
        # Memory that is reserved here is only taken by the system when a frame is written to it.
        rows = max(_MINIMUM_FRAMES, min(_MAXIMUM_FRAMES, budget_bytes // (4 * start + 8)))
        self._values = np.empty((rows, start), np.float32)
        self._frame_steps = np.empty(rows, np.int64)
        self._size = 0
        self._kept = 0
        self._stride = 1
        self._steps = np.empty(_FIRST_ROWS, np.int64)
        self._epochs = np.empty(_FIRST_ROWS, np.int64)
        self._metrics = np.empty((_FIRST_ROWS, len(self.metric_names)), np.float32)
        self._count = 0
        self._from_archive: tuple[int, Floats] | None = None
        self._by_hand: dict[str, Floats] = {}
        self._epoch_records: list[EpochRecord] = []
        self._version = 0
        self._lock = threading.Lock()

    def append(self, step: int, epoch: int, values: Floats, metrics: Sequence[float] = ()) -> None:
        """Add one frame: `values` float32 (total,), `metrics` one for each of `metric_names`, NaN where not given.

        Steps must come in rising order.
        """
        row = np.asarray(metrics if len(metrics) else np.full(len(self.metric_names), np.nan), np.float32)
        with self._lock:
            self._by_hand = {}
            self._add(np.array([step]), np.array([epoch]), row.reshape(1, -1))
            self._hold(step, values)

    def set_by_hand(self, step: int, path: str, values: Floats | None) -> bool:
        """Lay `values`, float32 (n,), over a vector at `step`; None takes them away.

        False, and nothing is done, where `step` is not the newest any more. Any thread may call.
        """
        with self._lock:
            if not self._count or step != self._steps[self._count - 1]:
                return False
            if values is None:
                self._by_hand.pop(path, None)
            else:
                self._by_hand[path] = values.copy()
            self._version += 1
            return True

    def add_steps(self, steps: Steps, epochs: Steps, metrics: Floats) -> None:
        """Add steps without their frames: int64 (k,), int64 (k,), float32 (k, names). They are held after, or archived.

        For a run that is read from a file.
        """
        with self._lock:
            self._add(steps, epochs, metrics)
            self._version += 1

    def hold(self, step: int, values: Floats) -> None:
        """Keep the frame of a step that was added before, float32 (total,). Steps must come in rising order."""
        with self._lock:
            self._hold(step, values)

    def _add(self, steps: Steps, epochs: Steps, metrics: Floats) -> None:
        while self._count + len(steps) > len(self._steps):
            self._make_room_for_steps()
        rows = slice(self._count, self._count + len(steps))
        self._steps[rows], self._epochs[rows], self._metrics[rows] = steps, epochs, metrics
        self._count = rows.stop

    def _make_room_for_steps(self) -> None:
        if len(self._steps) >= _MAXIMUM_STEPS:
            keep = np.arange(0, self._count, 2)
            for array in (self._steps, self._epochs, self._metrics):
                array[: len(keep)] = array[keep]
            self._count = len(keep)
            return
        for name in ("_steps", "_epochs", "_metrics"):
            array = getattr(self, name)
            setattr(self, name, np.concatenate([array, np.empty_like(array)]))

    def _hold(self, step: int, values: Floats) -> None:
        row = self._row_for_next()
        self._frame_steps[row] = step
        self._values[row] = values
        self._size = row + 1
        if step % self._stride == 0:
            self._kept = row + 1
        self._version += 1

    def _row_for_next(self) -> int:
        # A newest frame that is not on the stride is overwritten by the one after it.
        while self._kept == len(self._frame_steps):
            self._thin(2 * self._stride)
        return self._kept

    def _thin(self, stride: int) -> None:
        self._stride = stride
        keep = np.flatnonzero(self._frame_steps[: self._kept] % stride == 0)
        for array in (self._values, self._frame_steps):
            array[: len(keep)] = array[keep]
        self._kept = self._size = len(keep)

    def make_room(self, frames: int) -> int:
        """Make room for `frames` more, one a step; gives the stride, 1, 2, 4…, on which they will be kept."""
        with self._lock:
            while self._kept + frames // self._stride >= len(self._frame_steps):
                self._thin(2 * self._stride)
            return self._stride

    def append_epoch(self, record: EpochRecord) -> None:
        with self._lock:
            self._epoch_records.append(record)
            self._version += 1

    @property
    def version(self) -> int:
        """Grows with every change: a reader that saw the same number has nothing new to draw."""
        return self._version

    @property
    def size(self) -> int:
        """Number of frames held."""
        return self._size

    @property
    def stride(self) -> int:
        """1 while every step is held; 2, 4, 8… where older frames were dropped to stay within the budget."""
        return self._stride

    @property
    def last_step(self) -> int:
        """The newest step; -1 while there is none."""
        with self._lock:
            return int(self._steps[self._count - 1]) if self._count else -1

    def vector(self, path: str) -> BiasVector:
        return next(vector for vector in self.vectors if vector.path == path)

    def nearest_step(self, step: int) -> int:
        """The newest step, held or archived, that is not after `step`; the first one where all are."""
        archived = self.archive.nearest_step(step) if self.archive is not None else -1
        with self._lock:
            return max(archived, int(self._frame_steps[self._row_of(step)]) if self._size else -1)

    def epoch_of(self, step: int) -> int:
        """The epoch, from 1, in which `step` was made; 0 for step 0."""
        with self._lock:
            return int(self._epochs[self._step_row_of(step)])

    def _row_of(self, step: int) -> int:
        return max(0, int(np.searchsorted(self._frame_steps[: self._size], step, side="right")) - 1)

    def _step_row_of(self, step: int) -> int:
        return max(0, int(np.searchsorted(self._steps[: self._count], step, side="right")) - 1)

    def values(self, path: str, step: int) -> Floats:
        """The vector's values, float32 (n,), at the newest step held or archived that is not after `step`."""
        part = self._slices[path]
        archived = self._archived(step)
        if archived is not None:
            return archived[part].copy()
        with self._lock:
            values: Floats = self._values[self._row_of(step), part].copy()
            return values

    def present_values(self, path: str, step: int) -> Floats:
        """As `values`, but with what was set by hand where `step` is the newest."""
        with self._lock:
            newest = self._count > 0 and step >= self._steps[self._count - 1]
            by_hand = self._by_hand.get(path) if newest else None
        return self.values(path, step) if by_hand is None else by_hand.copy()

    def frame(self, step: int) -> Floats:
        """All values, float32 (total,), at the newest step held or archived that is not after `step`."""
        archived = self._archived(step)
        if archived is not None:
            return archived.copy()
        with self._lock:
            frame: Floats = self._values[self._row_of(step)].copy()
            return frame

    def _archived(self, step: int) -> Floats | None:
        """The frame of `step` from the archive, where it is nearer than what is held."""
        if self.archive is None:
            return None
        with self._lock:
            held = int(self._frame_steps[self._row_of(step)]) if self._size else -1
            newest = int(self._steps[self._count - 1]) if self._count else -1
        if held == min(step, newest):
            return None
        nearest = self.archive.nearest_step(step)
        if nearest <= held:
            return None
        # Every panel asks for the same step, one after the other.
        known = self._from_archive
        if known is not None and known[0] == nearest:
            return known[1]
        frame = self.archive.frame(nearest)
        if frame is not None:
            self._from_archive = nearest, frame
        return frame

    def window(self, path: str, most: int, last_step: int | None = None) -> tuple[Steps, Floats]:
        """Up to about `most` frames of a vector from step 0 to `last_step`: steps int64 (m,), values float32 (m, n).

        Frames are taken at a power-of-two distance, so that a growing history does not flicker; the last is always in.
        Of a very long vector there are fewer frames: a window has about 1,000,000 values at most, or two frames. The
        newest frame is given with what was set by hand.
        """
        columns = self._slices[path]
        most = max(1, min(most, _MOST_WINDOW_VALUES // max(1, columns.stop - columns.start)))
        with self._lock:
            rows = self._rows(most, last_step)
            steps, values = self._frame_steps[rows], self._values[rows, columns]
            by_hand = self._by_hand.get(path)
            if by_hand is not None and len(steps) and steps[-1] == self._steps[self._count - 1]:
                values[-1] = by_hand
            return steps, values

    def _rows(self, most: int, last_step: int | None) -> Steps:
        end = self._size if last_step is None else self._row_of(last_step) + 1
        end = min(end, self._size)
        distance = 1
        while end > distance * max(1, most):
            distance *= 2
        rows = np.arange(0, end, distance, dtype=np.int64)
        return rows if len(rows) == 0 or rows[-1] == end - 1 else np.append(rows, end - 1)

    def place(self, path: str) -> slice:
        """Where the vector's values are in a frame."""
        return self._slices[path]

    def recent(self, since: int, most: int, places: slice | Steps = slice(None)) -> tuple[Steps, Floats]:
        """Up to `most` of the frames held from step `since` on: steps int64 (m,), values float32 (m, n).

        They are evenly spaced, and the newest is in. `places` are those in a frame that are wanted: all by default.
        """
        with self._lock:
            first = int(np.searchsorted(self._frame_steps[: self._size], since))
            distance = max(1, -(-(self._size - first) // max(1, most)))
            rows = np.arange(self._size - 1, first - 1, -distance)[::-1]
            values = self._values[rows, places] if isinstance(places, slice) else self._values[np.ix_(rows, places)]
            return self._frame_steps[rows], values

    def metric(self, name: str, most: int = 2_000) -> tuple[Steps, Floats]:
        """A batch metric from step 1 on: steps int64 (m,), values float32 (m,).

        Beyond `most` points each group of neighbours gives its lowest and its highest value, so that no peak is lost;
        NaN only where all of them are.
        """
        with self._lock:
            first = int(np.searchsorted(self._steps[: self._count], 1))
            steps = self._steps[first : self._count].copy()
            values = self._metrics[first : self._count, self.metric_names.index(name)].copy()
        if len(steps) <= most:
            return steps, values
        group = -(-2 * len(steps) // most)
        starts = np.arange(0, len(steps), group)
        steps_of_groups = np.repeat(steps[starts], 2)
        extremes = np.stack([np.fmin.reduceat(values, starts), np.fmax.reduceat(values, starts)], axis=1)
        return steps_of_groups, extremes.reshape(-1)

    def metrics_at(self, step: int) -> dict[str, float]:
        """The batch metrics of the newest step that is not after `step`; NaN at step 0."""
        with self._lock:
            row = self._step_row_of(step)
            return dict(zip(self.metric_names, map(float, self._metrics[row]), strict=True))

    def epochs(self) -> tuple[EpochRecord, ...]:
        """The finished epochs, oldest first."""
        with self._lock:
            return tuple(self._epoch_records)
