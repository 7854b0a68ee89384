"""Exporting a run as NPZ or CSV: asks where, works in a thread, and can be cancelled."""

from pathlib import Path

from PySide6.QtCore import QObject, QThreadPool, Signal
from PySide6.QtWidgets import QFileDialog, QProgressDialog, QWidget

from biasstudio.gui.background import Job
from biasstudio.recording.export import SUFFIXES, ExportCancelledError, export_run
from biasstudio.recording.run_format import RunError
from biasstudio.recording.run_reader import open_run

_FILTERS = "NumPy archive (*.npz);;Table, a row for each value (*.csv)"
_PROGRESS_AFTER_MS = 500


class RunExport(QObject):
    """One export at a time is shown; `failed` carries one sentence."""

    failed = Signal(str)
    done = Signal(Path)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._pool = QThreadPool(self)
        self._jobs: set[Job] = set()

    def ask(self, run: Path) -> None:
        """Ask for a file, and export there."""
        proposal = str(Path.home() / run.with_suffix(SUFFIXES[0]).name)
        chosen, kind = QFileDialog.getSaveFileName(self._window, "Export the run", proposal, _FILTERS)
        if chosen:
            path = Path(chosen)
            self.export(run, path if path.suffix else path.with_suffix(".csv" if "csv" in kind else ".npz"))

    def export(self, run: Path, path: Path) -> None:
        """Export in a thread."""
        job = Job(lambda job: _export(run, path, job), (RunError, OSError, ExportCancelledError), self)
        progress = QProgressDialog(f"Exporting {path.name}…", "Cancel", 0, 1000, self._window)
        progress.setMinimumDuration(_PROGRESS_AFTER_MS)
        progress.canceled.connect(job.cancel)
        job.progressed.connect(lambda share: progress.setValue(int(999 * share)))
        job.failed.connect(self.failed)
        job.succeeded.connect(lambda _nothing: self.done.emit(path))
        job.ended.connect(lambda: self._end(job, progress))
        self._jobs.add(job)
        job.start(self._pool)

    def close(self) -> None:
        """The window closes: give up what is under way."""
        for job in self._jobs:
            job.cancel()
        self._pool.waitForDone()

    def _end(self, job: Job, progress: QProgressDialog) -> None:
        self._jobs.discard(job)
        progress.close()
        progress.deleteLater()
        job.deleteLater()


def _export(path: Path, out: Path, job: Job) -> None:
    """In the pool's thread."""

    def progress(share: float) -> bool:
        job.report(share)
        return not job.cancelled

    try:
        with open_run(path) as run:
            export_run(run, out, progress)
    except OSError as error:
        raise RunError(f"{out} can't be written: {error.strerror}.") from error
