"""Job: a piece of work off the GUI thread, whose outcome comes back to it."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QRunnable, QThreadPool, Signal


class Job(QObject):
    """Runs `work(job)` in a pool's thread; all signals arrive in the thread that made the job.

    `work` looks at `cancelled` now and then, and may call `report`. An error of the kinds in `expected` is said by
    `failed` in its own words; any other is a bug, and raised again where it is seen.
    """

    succeeded = Signal(object)
    failed = Signal(str)
    progressed = Signal(float)
    ended = Signal()
    _done = Signal(object, object)

    def __init__(
        self,
        work: Callable[["Job"], Any],
        expected: tuple[type[Exception], ...] = (),
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._work, self._expected = work, expected
        self.cancelled = self.running = False
        # Kept here: the pool must not be the only one that knows it.
        self._runnable = _Runnable(self)
        self._done.connect(self._finish)

    def start(self, pool: QThreadPool) -> None:
        self.running = True
        pool.start(self._runnable)

    def cancel(self) -> None:
        """Any thread may call. What `work` gives back then is not said any more."""
        self.cancelled = True

    def report(self, share: float) -> None:
        """How much is done, from 0 to 1. For the work itself."""
        self.progressed.emit(share)

    def run(self) -> None:
        """In the pool's thread."""
        result, error = None, None
        try:
            result = None if self.cancelled else self._work(self)
        except Exception as caught:  # noqa: BLE001 - it is raised again in the GUI thread
            error = caught
        self._done.emit(result, error)

    def _finish(self, result: Any, error: Exception | None) -> None:
        self.running = False
        unexpected = error if error is not None and not isinstance(error, self._expected) else None
        if error is not None and unexpected is None and not self.cancelled:
            self.failed.emit(str(error))
        elif error is None and not self.cancelled:
            self.succeeded.emit(result)
        self.ended.emit()
        if unexpected is not None:
            raise unexpected


class _Runnable(QRunnable):
    def __init__(self, job: Job) -> None:
        super().__init__()
        self.setAutoDelete(False)
        self._job = job

    def run(self) -> None:
        self._job.run()
