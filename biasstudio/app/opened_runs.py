"""OpenedRuns: the runs that the panels show, each read from its file by a thread of its own."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from biasstudio.recording.run_summary import RunSummary
from biasstudio.spec.experiment import Experiment
from biasstudio.worker.messages import Diagnosis, Examined
from biasstudio.worker.run_follower import OpenedRun, RunFollower, RunState


class OpenedRuns(QObject):
    """The followers of the runs' files, and what they have told. Lives in the GUI thread."""

    changed = Signal()
    """A run was opened or read, or it has another state or name."""
    judged = Signal()
    """A run has other findings."""
    failed = Signal(object, str)
    """The file at this path can't be read (any more): one sentence."""
    examineAsked = Signal(Experiment)
    """The Doctor has to know more of the experiment of a run; the answer goes to `take_examined`."""
    closed = Signal()
    """A file was closed, and its thread has ended."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._opened: dict[Path, OpenedRun] = {}
        self._followers: dict[Path, RunFollower] = {}
        self._ending: set[RunFollower] = set()
        self._loading: set[Path] = set()
        self._examined: dict[Path, Experiment] = {}

    def get(self, path: Path | None) -> OpenedRun | None:
        """The run of a file, once it is open."""
        return self._opened.get(path) if path is not None else None

    @property
    def are_closed(self) -> bool:
        """Whether no file is open any more."""
        return not self._followers and not self._ending

    @property
    def may_grow(self) -> bool:
        """Whether frames may come from a file."""
        states = (self._opened[path].state for path in self._followers if path in self._opened)
        return bool(self._loading) or any(state is RunState.RECORDING for state in states)

    def follow(self, path: Path, *, interrupted: bool) -> None:
        """Open a run's file, where it isn't open. `interrupted`: its writer is known to have died."""
        if path in self._followers:
            return
        follower = RunFollower(path, self, interrupted=interrupted)
        self._followers[path] = follower
        self._loading.add(path)
        follower.opened.connect(self._take)
        follower.loaded.connect(lambda: self._loaded(path))
        follower.stateChanged.connect(lambda state: self._change_state(path, state))
        follower.diagnosed.connect(lambda diagnosis: self._take_findings(path, diagnosis))
        follower.failed.connect(lambda sentence: self._fail(path, sentence))
        follower.finished.connect(lambda: self._ended(follower))
        follower.start()

    def keep(self, paths: Collection[Path]) -> None:
        """Close all but these."""
        for path, follower in list(self._followers.items()):
            if path not in paths:
                self._end(follower)

    def examine(self, path: Path | None) -> None:
        """Ask what the Doctor has to know of a run, once for each: its steps are shown meanwhile."""
        run = self.get(path)
        if run is not None and run.experiment is not None and self._examined.get(run.path) != run.experiment:
            self._examined[run.path] = run.experiment
            self.examineAsked.emit(run.experiment)

    def take_examined(self, examined: Examined) -> None:
        """What was asked for."""
        for path, experiment in self._examined.items():
            if experiment == examined.experiment:
                self._followers[path].know(examined)

    def take_names(self, runs: Sequence[RunSummary]) -> None:
        """A run that is open may have been renamed or annotated."""
        words = {run.path: (run.name, run.note) for run in runs}
        changed = False
        for path, run in self._opened.items():
            name, note = words.get(path, (run.name, run.note))
            if (name, note) != (run.name, run.note):
                self._opened[path], changed = replace(run, name=name, note=note), True
        if changed:
            self.changed.emit()

    def _take(self, run: OpenedRun) -> None:
        self._opened[run.path] = run
        self.changed.emit()

    def _loaded(self, path: Path) -> None:
        self._loading.discard(path)
        self.changed.emit()

    def _take_findings(self, path: Path, diagnosis: Diagnosis) -> None:
        if path in self._opened:
            self._opened[path] = self._opened[path].with_diagnosis(diagnosis)
            self.judged.emit()

    def _change_state(self, path: Path, state: RunState) -> None:
        if path in self._opened:
            self._opened[path] = self._opened[path].with_state(state)
            self.changed.emit()

    def _fail(self, path: Path, sentence: str) -> None:
        self._loading.discard(path)
        self.failed.emit(path, sentence)

    def _end(self, follower: RunFollower) -> None:
        del self._followers[follower.path]
        self._opened.pop(follower.path, None)
        self._examined.pop(follower.path, None)
        self._loading.discard(follower.path)
        self._ending.add(follower)
        follower.close()

    def _ended(self, follower: RunFollower) -> None:
        self._ending.discard(follower)
        follower.deleteLater()
        self.closed.emit()
