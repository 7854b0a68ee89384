"""RunFollower: the thread that reads a run's file into a History, and keeps it up while another process writes it."""

import logging
import threading
import time
import traceback
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from pathlib import Path

from PySide6.QtCore import QObject, QThread, Signal

from biasstudio.doctor.case import Case, case_of
from biasstudio.doctor.diagnose import diagnose
from biasstudio.doctor.finding import Finding
from biasstudio.recording.history import History
from biasstudio.recording.run_format import LIVING_SECONDS, RunError
from biasstudio.recording.run_history import RunHistory
from biasstudio.recording.run_reader import Run, open_run
from biasstudio.spec.experiment import Experiment
from biasstudio.worker.messages import Diagnosis, Examined

_log = logging.getLogger(__name__)

LOOK_SECONDS = 0.08
LOOK_AFTER_END_SECONDS = 1.0
JUDGE_SECONDS = 2.0
_ONLY_STEPS = "A script trained this run, and its network is not in the file: only the steps are judged."
_NOT_EXAMINED = "Its layers and its data have not been looked at yet: that waits until nothing is trained."


class RunState(Enum):
    """What becomes of a run's file. The value is what the person reads."""

    RECORDING = "being recorded"
    FINISHED = "finished"
    STOPPED = "stopped"
    FAILED = "ended by values that stopped being finite"
    INTERRUPTED = "interrupted before its end"
    SILENT = "interrupted: nothing has been written for some seconds, its training has ended or hangs"
    LOST = "its file was deleted or moved; what was read so far is still here"


@dataclass(frozen=True)
class OpenedRun:
    """A run that was opened. `history` fills while it is looked at. `experiment` is None where a script trained."""

    path: Path
    name: str
    note: str
    created: datetime
    history: History
    experiment: Experiment | None
    experiment_fault: str
    """Why the experiment in the file can't be read, if so."""
    state: RunState
    thinned: int
    """1, or how far apart the frames are where older ones were thinned out."""
    findings: tuple[Finding, ...] = ()
    """Of the whole run, as far as it was read."""
    unjudged: str = ""
    """What of it could not be judged, and why."""

    def with_state(self, state: RunState) -> "OpenedRun":
        return replace(self, state=state)

    def with_diagnosis(self, diagnosis: Diagnosis) -> "OpenedRun":
        return replace(self, findings=diagnosis.findings, unjudged=diagnosis.note)


class RunFollower(QThread):
    """Reads one run; `close` ends it. The signals arrive in the receiver's thread."""

    opened = Signal(OpenedRun)
    """Once at first, and again with another history where the run's vectors have changed."""
    loaded = Signal()
    """All that was in the file at first has been read."""
    stateChanged = Signal(RunState)
    diagnosed = Signal(Diagnosis)
    """What the steps read so far show; again, every few seconds, where there are more of them."""
    failed = Signal(str)
    """The file can't be read (any more): one sentence."""

    def __init__(self, path: Path, parent: QObject | None = None, *, interrupted: bool = False) -> None:
        """`interrupted`: the writer is known to have died, until a sign of life comes from it."""
        super().__init__(parent)
        self._interrupted = interrupted
        self.setObjectName("runFollower")
        self.path = path
        self._closing = threading.Event()
        self._run: Run | None = None
        self._state: RunState | None = None
        self._experiment: Experiment | None = None
        self._examined: Examined | None = None
        self._judged: tuple[History, int, Examined | None] | None = None
        self._judge_at = 0.0

    def close(self) -> None:
        """End following, without waiting for it; `finished` says when it has ended."""
        self._closing.set()

    def know(self, examined: Examined) -> None:
        """Judge the run by its experiment's layers and data too. Any thread may call."""
        self._examined, self._judge_at = examined, 0.0

    def run(self) -> None:
        """The thread."""
        try:
            self._run = open_run(self.path)
            self._follow(self._run)
        except RunError as error:
            self.failed.emit(str(error))
        except MemoryError:
            self.failed.emit(f"There is not enough memory to open {self.path.name}.")
        except Exception as error:  # noqa: BLE001 - the thread must end well whatever the file holds; it is logged
            _log.error("fault in following %s\n%s", self.path, traceback.format_exc())
            self.failed.emit(f"{self.path.name} can't be shown: {type(error).__name__}: {error}")
        # Frames that the memory doesn't hold are read from the file as long as the run is looked at.
        self._closing.wait()
        if self._run is not None:
            self._run.close()

    def _follow(self, run: Run) -> None:
        self._check_frames(run)
        reading = RunHistory(run)
        inode, heard, beat = self.path.stat().st_ino, time.monotonic(), run.heartbeat
        self._interrupted = self._interrupted or _is_old(run)
        self._state = self._state_of(run, silent=self._interrupted)
        self._report(run, reading)
        reading.take_in()
        self.loaded.emit()
        self._judge(reading.history)
        # A run that has ended may be trained on: it is looked at now and then.
        while not self._closing.wait(LOOK_SECONDS if run.state == "recording" else LOOK_AFTER_END_SECONDS):
            if self._lost(inode):
                self._change(RunState.LOST)
                return
            if reading.take_in():
                self._report(run, reading)
            now = time.monotonic()
            if now > self._judge_at:
                self._judge(reading.history)
            if run.heartbeat != beat:
                heard, beat, self._interrupted = now, run.heartbeat, False
                self._change(self._state_of(run, silent=False))
            elif run.state != "recording" or now - heard > LIVING_SECONDS:
                self._change(self._state_of(run, silent=True))

    def _check_frames(self, run: Run) -> None:
        """Wait for the first frame of a run that has just begun; one that ended without any can't be shown."""
        waited = time.monotonic()
        while not len(run.steps) and not self._closing.is_set():
            if run.state != "recording" or time.monotonic() - waited > LIVING_SECONDS:
                raise RunError(f"{self.path.name} holds no frames: its training ended before anything was recorded.")
            self._closing.wait(LOOK_SECONDS)
            run.refresh()

    def _judge(self, history: History) -> None:
        """Have the Doctor look at all steps, where there are new ones: for a hundredth of the time at most."""
        known = self._examined
        if self._judged == (history, history.version, known):
            return
        self._judged, started = (history, history.version, known), time.monotonic()
        self.diagnosed.emit(self._diagnosis(history, known))
        ended = time.monotonic()
        self._judge_at = ended + max(JUDGE_SECONDS, 100 * (ended - started))

    def _diagnosis(self, history: History, known: Examined | None) -> Diagnosis:
        step, experiment = history.last_step, self._experiment
        if experiment is None:
            return Diagnosis(step, diagnose(Case((), history=history)), note=_ONLY_STEPS)
        if known is None or known.experiment != experiment:
            return Diagnosis(step, diagnose(case_of(experiment, (), history)), note=_NOT_EXAMINED)
        return Diagnosis(step, diagnose(case_of(experiment, known.layers, history, data=known.data)), note=known.note)

    def _lost(self, inode: int) -> bool:
        try:
            return self.path.stat().st_ino != inode
        except OSError:
            return True

    def _state_of(self, run: Run, silent: bool) -> RunState:
        states = {"finished": RunState.FINISHED, "stopped": RunState.STOPPED, "failed": RunState.FAILED}
        dead = RunState.INTERRUPTED if self._interrupted else RunState.SILENT
        return states.get(run.state, dead if silent else RunState.RECORDING)

    def _change(self, state: RunState) -> None:
        if state is not self._state:
            self._state = state
            self.stateChanged.emit(state)

    def _report(self, run: Run, reading: RunHistory) -> None:
        state = self._state or RunState.RECORDING
        experiment, fault = None, ""
        try:
            experiment = run.experiment
        except RunError as error:
            # Its values can be looked at all the same.
            fault = str(error)
        self._experiment = experiment
        self.opened.emit(
            OpenedRun(self.path, run.name, run.note, run.created, reading.history, experiment, fault, state, run.stride)
        )


def _is_old(run: Run) -> bool:
    """Whether its last sign of life is too long ago for the clock of another machine to be the reason."""
    return time.time() - run.heartbeat > 15 * LIVING_SECONDS
