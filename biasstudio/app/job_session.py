"""JobSession: what is trained beside the network of a window: twins, laid over it, and sweeps, in their dialog."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtCore import QObject

from biasstudio.app.run_session import RunSession
from biasstudio.gui.main_window import MainWindow
from biasstudio.gui.sweep.sweep_dialog import SweepDialog
from biasstudio.gui.sweep.twin_menu import TwinMenu
from biasstudio.gui.telling_metric import telling_metric
from biasstudio.gui.view_state import ComparedRun
from biasstudio.recording.history import History
from biasstudio.spec.experiment import Experiment
from biasstudio.spec.variations import Variation
from biasstudio.worker.messages import Job, JobEnded, JobStarted, Stop, Train, TrainJobs, WorkerState
from biasstudio.worker.model_worker import ModelWorker

_REFUSED = "This can't be trained"
_ASKED_FOR = "Asked for already"


@dataclass
class _Group:
    """Jobs that were sent together; a twin is laid over the experiment `beside`. Then how the newest of them goes.

    `fix` is what the one of the two that has a fix is called, where the twin proves it; else "".
    """

    jobs: tuple[Job, ...]
    beside: Experiment | None = None
    fix: str = ""
    history: History | None = None
    reason: str = ""

    @property
    def name(self) -> str:
        """What the person knows it as."""
        return f"“{self.jobs[0].label}”" if len(self.jobs) == 1 else f"a sweep of {len(self.jobs)} runs"

    @property
    def waits(self) -> bool:
        """Whether none of its jobs was started yet."""
        return self.history is None and not self.reason


class JobSession(QObject):
    """Lives in the GUI thread; sends jobs to the worker, and shows what comes of them."""

    def __init__(self, window: MainWindow, runs: RunSession, worker: ModelWorker) -> None:
        super().__init__(window)
        self._window, self._runs, self._worker = window, runs, worker
        self._dialog: SweepDialog | None = None
        # Jobs are trained in the order in which they were sent; each group of them ends with jobsEnded.
        self._groups: list[_Group] = []
        self._swept: tuple[Job, ...] | None = None
        self._running = False
        self.outcome = ""
        """What came of the last twin, in one sentence; "" where something else was done since."""
        self._twins = TwinMenu(window, lambda: (runs.shown_experiment, window.stack_editor.chosen_layer))
        window.actions_of_runs.add_twins(self._twins)
        window.actions_of_runs.sweep.triggered.connect(self._open_dialog)
        self._twins.twinAsked.connect(lambda twin: self.train_beside(twin.experiment, twin.label))
        self._twins.refused.connect(lambda sentence: runs.warn("job", _REFUSED, sentence))
        worker.jobStarted.connect(self._show_start)
        worker.jobEnded.connect(self._show_end)
        worker.jobsEnded.connect(self._end_group)
        worker.stateChanged.connect(self._follow_state)

    @property
    def under_way(self) -> bool:
        """Whether jobs are being trained, or wait for it."""
        return bool(self._groups)

    def close(self) -> None:
        """The window closes."""
        if self._dialog is not None:
            self._dialog.stop_watching()
            self._dialog.close()

    def train_beside(self, experiment: Experiment, label: str, fix: str = "") -> None:
        """Train a twin of what is shown, and lay it over that; `label` says what sets it apart.

        Where that proves a fix, `fix` is what the one that has it is called: the twin, if it is `label`.
        """
        shown = self._runs.shown_experiment
        same = next((group for group in self._groups if _is_of(group, experiment, label)), None)
        if same is not None:
            how = "waits, and is trained when this training ends" if same.waits else "is being trained"
            self._runs.warn("asked", _ASKED_FOR, f"{same.name} {how}.")
            return
        # A twin of what was never trained would have nothing to lie beside.
        if not self._runs.replaying and shown is not None and not self._runs.is_trained(shown):
            self._worker.send(Train(shown, self._runs.kept.new_recording(shown)))
        self._send([(experiment, label)], "", shown, fix)

    def forget_outcome(self) -> None:
        """Something else is told of now."""
        self.outcome = ""

    def _send(
        self, twins: Iterable[tuple[Experiment, str]], group: str, beside: Experiment | None = None, fix: str = ""
    ) -> tuple[Job, ...]:
        jobs = tuple(
            Job(experiment, self._runs.kept.new_recording(experiment, label, group), label)
            for experiment, label in twins
        )
        self._groups.append(_Group(jobs, beside, fix))
        self._worker.send(TrainJobs(jobs))
        self._say_waiting()
        return jobs

    def _follow_state(self, state: WorkerState) -> None:
        self._running = state in (WorkerState.TRAINING, WorkerState.PAUSED)
        if self._dialog is not None:
            self._dialog.set_paused(state is WorkerState.PAUSED)
        self._say_waiting()

    def _say_waiting(self) -> None:
        """While something trains, say what comes after it."""
        waiting = [group.name for group in self._groups if group.waits]
        if not waiting:
            self._window.notices.withdraw("waiting")
        elif self._running:
            text, them = f"{waiting[0]} is trained when this training ends.", "it"
            if len(waiting) > 1:
                text, them = f"{', '.join(waiting)} are trained, in this order, when this training ends.", "them"
            self._window.notices.say("waiting", "Waiting", f"{text} Stop ends this training and drops {them}.")

    def _open_dialog(self) -> None:
        experiment = self._runs.shown_experiment
        if experiment is None:
            self._runs.warn("job", _REFUSED, "The experiment of this run is not known, so it can't be swept.")
            return
        if self._dialog is None:
            self._dialog = self._make_dialog(experiment)
        elif not self._dialog.isVisible():
            self._dialog.show_experiment(experiment)
        self._dialog.show()
        self._dialog.raise_()
        self._dialog.activateWindow()

    def _make_dialog(self, experiment: Experiment) -> SweepDialog:
        dialog = SweepDialog(experiment, self._window)
        dialog.sweepAsked.connect(self._train_sweep)
        dialog.stopAsked.connect(lambda: self._worker.send(Stop()))
        dialog.openAsked.connect(self._runs.open)
        return dialog

    def _train_sweep(self, variations: tuple[Variation, ...]) -> None:
        if self._dialog is not None:
            self._dialog.start(variations)
            self._swept = self._send([(each.experiment, each.label) for each in variations], uuid.uuid4().hex)

    def _is_of_sweep(self, job: Job) -> bool:
        return self._swept is not None and any(job is one for one in self._swept)

    def _show_start(self, started: JobStarted) -> None:
        job = started.job
        self._groups[0].history = started.history
        self._window.notices.withdraw("asked")
        self._say_waiting()
        self._runs.kept.library.set_writing(job.recording.path)
        if self._is_of_sweep(job) and self._dialog is not None:
            self._dialog.job_started(started.index, job.recording.path, started.history)
        else:
            self._runs.lay_beside(job.recording.path, job.label, started.history, job.experiment)

    def _show_end(self, ended: JobEnded) -> None:
        self._groups[0].reason = ended.reason
        if self._is_of_sweep(ended.job) and self._dialog is not None:
            self._dialog.job_ended(ended.index, ended.reason, ended.sentence)
        elif ended.sentence:
            self._runs.warn("job", _REFUSED, ended.sentence)
        self._runs.kept.library.refresh()

    def _end_group(self) -> None:
        ended = self._groups.pop(0)
        self._window.notices.withdraw("asked")
        self._say_waiting()
        self._window.status.clear_progress()
        if ended.jobs is self._swept and self._dialog is not None:
            self._dialog.jobs_ended()
            self._swept = None
        elif ended.beside is not None and ended.history is not None:
            self._tell(ended, ended.beside, ended.history)
        self._runs.refresh()

    def _tell(self, group: _Group, beside: Experiment, history: History) -> None:
        """Say what came of a twin, and show the metric that tells it from the network that it lies over."""
        job = group.jobs[0]
        twin = ComparedRun(str(job.recording.path), job.label, history, job.experiment)
        view = self._window.view
        if group.reason == "stopped":
            self.outcome = f"Stopped at step {history.last_step:,}: {job.label}"
        elif view.history is not None and self._runs.shown_experiment == beside:
            shown = ComparedRun("", view.name, view.history, beside)
            pair, names = (twin, shown), (job.label, "without" if group.fix else view.name)
            if group.fix not in ("", job.label):
                pair, names = (shown, twin), (group.fix, "without")
            metric = telling_metric(*pair)
            if metric is not None:
                self.outcome = metric.sentence(*names)
                self._window.panels.timeline_panel.show_metric(metric.name)


def _is_of(group: _Group, experiment: Experiment, label: str) -> bool:
    return len(group.jobs) == 1 and (group.jobs[0].experiment, group.jobs[0].label) == (experiment, label)
