"""RunLibrary: the runs in the user's data folder, watched, read and edited off the GUI thread."""

import contextlib
import re
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from PySide6.QtCore import QFileSystemWatcher, QObject, QSettings, QStandardPaths, QThreadPool, QTimer, Signal

from biasstudio.gui.background import Job
from biasstudio.gui.runs.run_words import INTERRUPTED, RECORDING
from biasstudio.gui.runs.runs_folder import RunsFolder, delete_for_good, move_to_trash
from biasstudio.recording.run_format import SUFFIX, RunError
from biasstudio.recording.run_summary import RunSummary, edit_run

_REST_MS = 250
_SLOW_MS = 2_000
_STOP_MS = 5_000
_MOST_NAME_LETTERS = 60
_OFFERED = "runs/offered"


def usual_folder() -> Path:
    """Where runs are kept: in the user's data folder."""
    place = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppDataLocation)
    return Path(place) / "runs"


class RunLibrary(QObject):
    """Knows all runs of a folder from `start` to `stop`. Lives in the GUI thread, and never makes it wait."""

    changed = Signal(list)
    """All runs as RunSummary, newest first."""
    problemChanged = Signal(str)
    """One sentence on the folder, or on what was asked last and could not be done; "" when there is none any more."""
    interruptedFound = Signal(list)
    """Runs whose writer died and which were not offered yet: call `set_offered` when they were."""
    trashRefused = Signal(list)
    """Paths that were to go to the trash, where there is none."""
    deleted = Signal(list)

    def __init__(self, parent: QObject | None = None, folder: Path | None = None) -> None:
        super().__init__(parent)
        self.folder = folder or usual_folder()
        self.runs: list[RunSummary] = []
        self._content = RunsFolder(self.folder)
        self._written_here: Path | None = None
        self._given: set[Path] = set()
        self._folder_problem = self._edit_problem = self._said = ""
        self._reading: Job | None = None
        self._again = self._started = False
        self._found: set[Path] = set()
        # One thread: what is asked for is done in its order.
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._watcher: QFileSystemWatcher | None = None
        self._rest = self._timer(_REST_MS)
        self._slow = self._timer(_SLOW_MS)

    def _timer(self, milliseconds: int) -> QTimer:
        timer = QTimer(self, singleShot=True, interval=milliseconds)
        timer.timeout.connect(self.refresh)
        return timer

    def start(self) -> None:
        """Make the folder where there is none, read it, and watch it from now on."""
        self._started = True
        self._watcher = QFileSystemWatcher(self)
        self._watcher.directoryChanged.connect(lambda _path: self._rest.start())
        self.refresh()

    def stop(self) -> None:
        """Watch no more. What was asked for, such as a note being saved, is done first: some milliseconds."""
        self._started = self._again = False
        for timer in (self._rest, self._slow):
            timer.stop()
        if self._watcher is not None:
            self._watcher.deleteLater()
            self._watcher = None
        if self._reading is not None:
            self._reading.cancel()
        self._pool.waitForDone(_STOP_MS)

    def refresh(self) -> None:
        """Look at the folder now; only files that changed are read."""
        if self._reading is not None:
            self._again = True
            return
        written_here = self._written_here
        self._reading = self._job(lambda job: self._content.read(lambda: job.cancelled, written_here))
        self._reading.succeeded.connect(self._take)
        self._reading.failed.connect(self._say_folder)
        self._reading.ended.connect(self._go_on)
        self._reading.start(self._pool)

    def set_writing(self, path: Path | None) -> None:
        """Say which run this window is recording; it is never taken for interrupted. None: none any more."""
        self._written_here = path
        if self._started:
            self._rest.start()

    def new_path(self, name: str) -> Path:
        """A path for a new run, unlike all others, in the order of time. Makes the folder where it can."""
        with contextlib.suppress(OSError):
            # Where that fails, who writes the run says why.
            self.folder.mkdir(parents=True, exist_ok=True)
        safe = re.sub(r"[^\w-]+", "-", name).strip("-")[:_MOST_NAME_LETTERS] or "run"
        stem = f"{datetime.now().astimezone():%Y-%m-%d_%H-%M-%S}_{safe}"
        path, number = self.folder / f"{stem}{SUFFIX}", 2
        while path in self._given or path.exists():
            path, number = self.folder / f"{stem}-{number}{SUFFIX}", number + 1
        self._given.add(path)
        return path

    def rename(self, path: Path, name: str) -> None:
        self._edit(lambda _job: edit_run(path, name=name))

    def annotate(self, path: Path, note: str) -> None:
        self._edit(lambda _job: edit_run(path, note=note))

    def delete(self, paths: Sequence[Path]) -> None:
        """Move runs to the trash; `trashRefused` names those for which there is none."""
        self._edit(lambda _job: move_to_trash(paths), lambda refused: self._say_deleted(paths, refused))

    def delete_for_good(self, paths: Sequence[Path]) -> None:
        self._edit(lambda _job: delete_for_good(paths), lambda _: self._say_deleted(paths, ()))

    def interrupted(self) -> list[RunSummary]:
        """Runs whose writer died and which were not offered to the person yet, newest first."""
        offered = self._offered()
        return [run for run in self.runs if run.state == INTERRUPTED and run.path.name not in offered]

    def set_offered(self, paths: Sequence[Path]) -> None:
        """Remember that these were offered: once is enough."""
        there = {run.path.name for run in self.runs}
        names = (self._offered() | {path.name for path in paths}) & there
        QSettings().setValue(_OFFERED, sorted(names))

    def _offered(self) -> set[str]:
        stored = QSettings().value(_OFFERED, [])
        # An ini file gives back a list of one as a string.
        names = [stored] if isinstance(stored, str) else stored
        return {str(name) for name in names} if isinstance(names, list) else set()

    def _job(self, work: Callable[[Job], Any]) -> Job:
        job = Job(work, (RunError, OSError), self)
        job.ended.connect(job.deleteLater)
        return job

    def _edit(self, work: Callable[[Job], Any], then: Callable[[Any], None] = lambda _: None) -> None:
        job = self._job(work)
        job.succeeded.connect(self._forget_edit_problem)
        job.succeeded.connect(then)
        job.failed.connect(self._say_edit)
        job.ended.connect(self.refresh)
        job.start(self._pool)

    def _take(self, runs: list[RunSummary]) -> None:
        self._folder_problem = ""
        self._say()
        if runs != self.runs:
            self.runs = runs
            self.changed.emit(list(runs))
        new = [run for run in self.interrupted() if run.path not in self._found]
        if new:
            self._found.update(run.path for run in new)
            self.interruptedFound.emit(new)

    def _go_on(self) -> None:
        self._reading = None
        if not self._started:
            return
        watched = self._watcher.directories() if self._watcher is not None else []
        if self._watcher is not None and not watched and self.folder.is_dir():
            self._watcher.addPath(str(self.folder))
            # What came between the look and the watch.
            self._again = True
        if self._again:
            self._again = False
            self._rest.start()
        if self._folder_problem or any(run.state == RECORDING for run in self.runs):
            self._slow.start()

    def _say_deleted(self, paths: Sequence[Path], refused: Sequence[Path]) -> None:
        self.deleted.emit([path for path in paths if path not in refused])
        if refused:
            self.trashRefused.emit(list(refused))

    def _say_folder(self, sentence: str) -> None:
        self._folder_problem = sentence
        self._say()

    def _say_edit(self, sentence: str) -> None:
        self._edit_problem = sentence
        self._say()
        # Who showed the wish as if it were done shows the truth again.
        self.changed.emit(list(self.runs))

    def _forget_edit_problem(self) -> None:
        self._edit_problem = ""
        self._say()

    def _say(self) -> None:
        sentence = self._folder_problem or self._edit_problem
        if sentence != self._said:
            self._said = sentence
            self.problemChanged.emit(sentence)
