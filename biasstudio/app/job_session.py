"""JobSession: what is trained beside the network of a window: twins, laid over it, and sweeps, in their dialog."""

import uuid
from collections.abc import Iterable

from PySide6.QtCore import QObject

from biasstudio.app.run_session import RunSession
from biasstudio.gui.main_window import MainWindow
from biasstudio.gui.sweep.sweep_dialog import SweepDialog
from biasstudio.gui.sweep.twin_menu import TwinMenu
from biasstudio.spec.experiment import Experiment
from biasstudio.spec.variations import Variation
from biasstudio.worker.messages import Job, JobEnded, JobStarted, Stop, Train, TrainJobs
from biasstudio.worker.model_worker import ModelWorker

_REFUSED = "This can't be trained"


class JobSession(QObject):
    """Lives in the GUI thread; sends jobs to the worker, and shows what comes of them."""

    def __init__(self, window: MainWindow, runs: RunSession, worker: ModelWorker) -> None:
        super().__init__(window)
        self._window, self._runs, self._worker = window, runs, worker
        self._dialog: SweepDialog | None = None
        # Jobs are trained in the order in which they were sent; each group of them ends with jobsEnded.
        self._groups: list[tuple[Job, ...]] = []
        self._swept: tuple[Job, ...] | None = None
        self._twins = TwinMenu(window, lambda: (runs.shown_experiment, window.stack_editor.chosen_layer))
        window.actions_of_runs.add_twins(self._twins)
        window.actions_of_runs.sweep.triggered.connect(self._open_dialog)
        self._twins.twinAsked.connect(lambda twin: self.train_beside(twin.experiment, twin.label))
        self._twins.refused.connect(lambda sentence: runs.warn("job", _REFUSED, sentence))
        worker.jobStarted.connect(self._show_start)
        worker.jobEnded.connect(self._show_end)
        worker.jobsEnded.connect(self._end_group)

    @property
    def under_way(self) -> bool:
        """Whether jobs are being trained, or wait for it."""
        return bool(self._groups)

    def close(self) -> None:
        """The window closes."""
        if self._dialog is not None:
            self._dialog.stop_watching()
            self._dialog.close()

    def train_beside(self, experiment: Experiment, label: str) -> None:
        """Train a twin of what is shown, and lay it over that; `label` says what sets it apart."""
        shown = self._runs.shown_experiment
        # A twin of what was never trained would have nothing to lie beside.
        if not self._runs.replaying and shown is not None and not self._runs.is_trained(shown):
            self._worker.send(Train(shown, self._runs.new_recording(shown)))
        self._send([(experiment, label)], "")

    def _send(self, twins: Iterable[tuple[Experiment, str]], group: str) -> tuple[Job, ...]:
        jobs = tuple(
            Job(experiment, self._runs.new_recording(experiment, label, group), label) for experiment, label in twins
        )
        self._groups.append(jobs)
        self._worker.send(TrainJobs(jobs))
        return jobs

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
        self._runs.library.set_writing(job.recording.path)
        if self._is_of_sweep(job) and self._dialog is not None:
            self._dialog.job_started(started.index, job.recording.path, started.history)
        else:
            self._runs.lay_beside(job.recording.path, job.label, started.history, job.experiment)

    def _show_end(self, ended: JobEnded) -> None:
        if self._is_of_sweep(ended.job) and self._dialog is not None:
            self._dialog.job_ended(ended.index, ended.reason, ended.sentence)
        elif ended.sentence:
            self._runs.warn("job", _REFUSED, ended.sentence)
        self._runs.library.refresh()

    def _end_group(self) -> None:
        ended = self._groups.pop(0) if self._groups else ()
        if ended is self._swept and self._dialog is not None:
            self._dialog.jobs_ended()
            self._swept = None
        self._runs.refresh()
