"""A run's file as a History: what the panels look at, whether a run is live, recorded, or being written elsewhere."""

import numpy as np

from biasstudio.recording.history import DEFAULT_BUDGET_BYTES, Floats, History, Steps
from biasstudio.recording.run_format import RunError
from biasstudio.recording.run_reader import Run


class RunArchive:
    """The frames of a run's file, for a History. Any thread may call.

    Where the file can't be read any more, there are no frames; whoever follows the file says why.
    """

    def __init__(self, run: Run) -> None:
        self._run = run
        self._length = sum(vector.length for vector in run.vectors)

    def frame(self, step: int) -> Floats | None:
        """The frame of exactly this step, float32 (total,); None where it is not there."""
        try:
            # Vectors that came along since then stand after those that the History has.
            return self._run.frame(step)[: self._length]
        except (KeyError, RunError):
            return None

    def nearest_step(self, step: int) -> int:
        """The newest step in it that is not after `step`; -1 where there is none."""
        steps = self._run.steps
        row = int(np.searchsorted(steps, step, side="right")) - 1
        return int(steps[row]) if row >= 0 else -1


class RunHistory:
    """Fills a History from a run and keeps it up with what is written. For one thread; any other may read `history`."""

    def __init__(self, run: Run, budget_bytes: int = DEFAULT_BUDGET_BYTES) -> None:
        self.run = run
        self._budget_bytes = budget_bytes
        self._start_over()

    def _start_over(self) -> None:
        self.history = History(self.run.vectors, self.run.metric_names, self._budget_bytes)
        self.history.archive = RunArchive(self.run)
        self._epoch = 0

    def take_in(self) -> bool:
        """Read what was written since the last time; True where `history` is another one now. Raises RunError.

        It is another where vectors or metrics came along, as between two fits of a changed model.
        """
        with self.run.snapshot():
            self.run.refresh()
            changed = self.run.vectors != self.history.vectors or self.run.metric_names != self.history.metric_names
            if changed:
                self._start_over()
            before, steps = self.history.last_step, self.run.steps
            scalars = self.run.scalars(before)
            epochs = self.run.epochs_after(self._epoch)
        self.history.add_steps(*scalars)
        self._hold(steps[steps > before])
        for record in epochs:
            self.history.append_epoch(record)
            self._epoch = record.epoch
        return changed

    def _hold(self, steps: Steps) -> None:
        """Fill the memory, outside the snapshot: a writer may thin out, and others read, meanwhile."""
        stride = self._stride_for(steps)
        for step in steps[(steps % stride == 0) | (steps == steps[-1:])].tolist():
            frame = self.run.read_frame(step)
            if frame is not None:
                self.history.hold(step, self.run.in_order(*frame))

    def _stride_for(self, steps: Steps) -> int:
        """Make room for these frames; the stride on which they are to be read."""
        stride, wanted = 0, self.history.stride
        while wanted != stride:
            stride = wanted
            wanted = self.history.make_room(int(np.count_nonzero(steps % stride == 0)) * stride)
        return stride
