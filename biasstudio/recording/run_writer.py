"""RunWriter: writes a .biasrun file from a thread of its own, so that no training waits for a disk."""

import atexit
import logging
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from biasstudio.recording.history import EpochRecord, Floats
from biasstudio.recording.network import BiasVector
from biasstudio.recording.run_database import DATABASE_ERRORS, Entry, RunDatabase
from biasstudio.recording.run_format import DEFAULT_SIZE_LIMIT, RunAbout, RunError, RunEvent

_log = logging.getLogger(__name__)

COMMIT_SECONDS = 0.2
_MOST_WAITING_BYTES = 256_000_000
_CLOSE_SECONDS = 60.0


class RunWriter:
    """Writes one run. What is appended is on disk within a second, whatever becomes of the process.

    One thread appends, which never waits for the disk; `frame`, `failure` and `flush` are for any thread. When the
    disk fails, `failure` says why in one sentence, what was committed stays, and appending does nothing any more.
    """

    def __init__(
        self, path: Path, about: RunAbout, size_limit: int = DEFAULT_SIZE_LIMIT, *, overwrite: bool = True
    ) -> None:
        """Create the file; an older run at `path` is replaced where `overwrite` is set. Raises RunError."""
        self.path = Path(path)
        self.failure = ""
        self._database = RunDatabase(self.path, about, size_limit, overwrite)
        self._started = time.monotonic()
        self._waiting: list[Entry] = []
        self._waiting_bytes = 0
        self._writing: list[Entry] = []
        self._missed = 0
        self._hurry = False
        self._layout = -1
        self._state, self._said = "", "recording"
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._run, name=f"write {self.path.name}", daemon=True)
        self._thread.start()
        atexit.register(self.close_as_said)

    def start_layout(self, vectors: Sequence[BiasVector], metric_names: Sequence[str]) -> None:
        """Say what the frames appended from now on hold, and the names of their metrics."""
        self._layout += 1
        self._put(Entry("layout", self._layout, (tuple(vectors), tuple(metric_names))))

    def append(
        self,
        step: int,
        epoch: int,
        values: Floats,
        metrics: Sequence[float] = (),
        gradients: Floats | None = None,
    ) -> None:
        """Add one frame, float32 (total,); steps must rise. The arrays must not be changed any more."""
        size = values.nbytes + (0 if gradients is None else gradients.nbytes)
        kept: Floats | None = values
        if self._waiting_bytes + size > _MOST_WAITING_BYTES:
            # A disk that is slower than the training must not fill the memory.
            self._missed += 1
            kept, gradients, size = None, None, 0
        numbers = np.asarray(metrics, np.float32)
        content = (self._layout, epoch, self._milliseconds(), numbers, kept, gradients)
        self._put(Entry("step", step, content), size)

    def append_epoch(self, record: EpochRecord) -> None:
        self._put(Entry("epoch", record.last_step, record))

    def say_state(self, state: str) -> None:
        """Say in the file how the run stands, while more may come: finished, stopped or failed; recording again."""
        self._said = state
        self._put(Entry("state", 0, state))

    def append_event(self, step: int, kind: str, text: str = "") -> None:
        """Note something that happened: a fit, a pause, a stop, an error."""
        self._put(Entry("event", step, RunEvent(step, self._milliseconds(), kind, text)))

    def frame(self, step: int) -> Floats | None:
        """The frame of a step, float32 (total,), from what waits or from the file; None where neither has it."""
        with self._changed:
            for entry in (*self._waiting, *self._writing):
                if entry.kind == "step" and entry.step == step and entry.content[4] is not None:
                    values: Floats = entry.content[4]
                    return values
        return self._database.read_frame(step)

    def nearest_step(self, step: int) -> int:
        """The newest step recorded that is not after `step`; -1 where there is none."""
        with self._changed:
            waiting = [
                entry.step
                for entry in (*self._waiting, *self._writing)
                if entry.kind == "step" and entry.step <= step and entry.content[4] is not None
            ]
        return max(waiting) if waiting else self._database.nearest_step(step)

    def flush(self, seconds: float = 30.0) -> bool:
        """Wait until all that was appended is committed; False where it took too long or the disk has failed."""
        with self._changed:
            self._hurry = True
            self._changed.notify_all()
            done = self._changed.wait_for(
                lambda: bool(self.failure) or not (self._waiting or self._writing) or not self._thread.is_alive(),
                seconds,
            )
        return done and not self.failure

    def close(self, state: str = "finished") -> None:
        """Write what is left, say in the file how the run ended, and end the thread. More calls do nothing."""
        with self._changed:
            if self._state:
                return
            self._state = state
            self._changed.notify_all()
        self._thread.join(_CLOSE_SECONDS)
        atexit.unregister(self.close_as_said)

    def close_as_said(self) -> None:
        """Close in the state said last; stopped, where the training did not come to its end."""
        self.close("stopped" if self._said == "recording" else self._said)

    def _milliseconds(self) -> int:
        return int(1000 * (time.monotonic() - self._started))

    def _put(self, entry: Entry, size: int = 0) -> None:
        with self._changed:
            if self.failure or self._state:
                return
            self._waiting.append(entry)
            self._waiting_bytes += size

    def _run(self) -> None:
        """The writer thread."""
        try:
            while not self._write_waiting():
                pass
        except (*DATABASE_ERRORS, RunError) as error:
            self._fail(f"{self.path.name} can't be written any more: {self._database.reason(error)}.")
        except Exception as error:  # noqa: BLE001 - a bug of ours must not end the training either; it is logged
            _log.exception("fault in the writer of %s", self.path)
            self._fail(f"{self.path.name} can't be written any more: {type(error).__name__}: {error}.")
        finally:
            self._database.close()

    def _write_waiting(self) -> bool:
        """Commit what waits, after a moment; True where that was the last."""
        with self._changed:
            self._changed.wait_for(lambda: bool(self._state) or self._hurry, COMMIT_SECONDS)
            closing, self._hurry = bool(self._state), False
            self._writing, self._waiting, self._waiting_bytes = self._waiting, [], 0
            missed, self._missed = self._missed, 0
        if missed:
            text = f"the frames of {missed} steps were not recorded: the disk was too slow"
            step = self._writing[-1].step
            self._writing.append(Entry("event", step, RunEvent(step, self._milliseconds(), "missed", text)))
        self._database.write(self._writing)
        if closing:
            self._database.finish(self._state)
        with self._changed:
            self._writing = []
            self._changed.notify_all()
        return closing

    def _fail(self, sentence: str) -> None:
        with self._changed:
            self.failure = sentence
            self._waiting, self._writing, self._waiting_bytes = [], [], 0
            self._changed.notify_all()
