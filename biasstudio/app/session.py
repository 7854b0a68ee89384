"""Session: one window's document, its network and its training, wired to the worker."""

import logging

from PySide6.QtCore import QEvent, QObject, QTimer

from biasstudio.app.data_session import DataSession
from biasstudio.app.findings_session import FindingsSession
from biasstudio.app.hands_on_session import HandsOnSession
from biasstudio.app.job_session import JobSession
from biasstudio.app.model_session import ModelSession
from biasstudio.app.run_session import RunSession
from biasstudio.app.script_session import ScriptSession
from biasstudio.doctor.finding import Finding
from biasstudio.gui.checked_text import commit_typing
from biasstudio.gui.document import Document
from biasstudio.gui.main_window import MainWindow
from biasstudio.gui.panels.display_clock import FOLLOWING_SHARE, TRAINING_SHARE
from biasstudio.recording.network import learnable_sizes
from biasstudio.spec.arguments import SpecError
from biasstudio.spec.experiment import Experiment
from biasstudio.spec.learning import learning_fault
from biasstudio.worker.messages import (
    Build,
    BuildFailed,
    Built,
    Close,
    Diagnosis,
    ExamineExperiment,
    Pause,
    ReadWeights,
    RunStarted,
    Stop,
    TakeStep,
    Train,
    TrainingEnded,
    WorkerState,
)
from biasstudio.worker.model_worker import ModelWorker

_log = logging.getLogger(__name__)

START_WITHOUT_PAINT_MS = 500
_UNREAD = "Nothing found in the network itself; its data have not been looked at yet."
_UNREADABLE = "Nothing found in the network itself; its data can't be looked at."
_UNFIT = "Nothing found in the network itself; its data don't fit it."


class Session(QObject):
    """One window, its document and its worker. Lives in the GUI thread, which never waits for the worker."""

    def __init__(self, document: Document, window: MainWindow) -> None:
        super().__init__(window)
        self._document, self._window = document, window
        self.worker = ModelWorker(self)
        self.runs = RunSession(document, window)
        self.jobs = JobSession(window, self.runs, self.worker)
        self.findings = FindingsSession(document, window, self.runs, self.jobs)
        self.models = ModelSession(document, window, self.runs, self.worker)
        self.hands_on = HandsOnSession(document, window, self.runs, self.worker)
        self.data = DataSession(document, window)
        self.scripts = ScriptSession(document, window)
        self._state = WorkerState.LOADING
        self._built: Built | None = None
        self._asked: Experiment | None = None
        self._awaiting = False
        self._ended: TrainingEnded | None = None
        self._refused: SpecError | None = None
        self._data_fault = ""
        self._found: tuple[Finding, ...] = ()
        self._closing = self._probed = False
        window.ready = self.ready
        for files in (self.models, self.scripts):
            files.openingChanged.connect(self._update_actions)
        self._connect_worker()
        self._connect_window()
        # A window that a script never shows starts its worker too.
        self._starting = QTimer(self)
        self._starting.setSingleShot(True)
        self._starting.timeout.connect(self._start)
        self._starting.start(START_WITHOUT_PAINT_MS)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """See the window's first paint: only then may TensorFlow's load take the processor."""
        if event.type() == QEvent.Type.Paint:
            watched.removeEventFilter(self)
            _log.info("window painted")
            if not self.worker.isRunning():
                self._starting.start(0)
        return False

    def _start(self) -> None:
        if self._closing or self.worker.isRunning():
            return
        self.worker.start()
        self.runs.kept.library.start()
        self._build()

    def _close(self) -> None:
        self._closing = True
        self.jobs.close()
        self.models.close()
        self.data.close()
        self.scripts.close()
        self.runs.close()
        if self.worker.isRunning():
            self.worker.send(Close())
        # Not from within the window's own closing.
        QTimer.singleShot(0, self, self._finish)

    def ready(self) -> bool:
        """The present stack was built or refused, and nothing is under way."""
        return self._state is WorkerState.READY and not self._awaiting and not self._opening

    @property
    def _opening(self) -> bool:
        return self.models.opening or self.scripts.opening

    def _is_built(self) -> bool:
        """The worker's network is that of the present experiment."""
        if self._built is None or self._awaiting or self._refused is not None:
            return False
        return self._built.experiment.same_network(self._document.experiment)

    def _connect_worker(self) -> None:
        worker, window = self.worker, self._window
        worker.stateChanged.connect(self._show_state)
        worker.built.connect(self._show_built)
        worker.buildFailed.connect(self._show_refused)
        worker.dataFailed.connect(self._show_data_fault)
        worker.progressed.connect(window.status.show_progress)
        worker.diagnosed.connect(self._show_diagnosis)
        worker.contributionRead.connect(window.contribution.show_contribution)
        worker.trainingEnded.connect(self._show_end)
        worker.weightsRead.connect(window.weights.show_weights)
        worker.failed.connect(self._show_fault)
        worker.finished.connect(self._finish)
        worker.examined.connect(self.runs.take_examined)
        worker.runStarted.connect(self._take_run)
        worker.recordingFailed.connect(lambda sentence: self.runs.warn("recording", "Not recorded", sentence))

    def _connect_window(self) -> None:
        window, actions, worker = self._window, self._window.actions_of_training, self.worker
        self._document.changed.connect(self._follow_document)
        actions.train.triggered.connect(lambda: self._run(Train))
        actions.step.triggered.connect(lambda: self._run(TakeStep))
        actions.pause.triggered.connect(lambda: worker.send(Pause()))
        actions.stop.triggered.connect(lambda: worker.send(Stop()))
        actions.reset.triggered.connect(self._reset)
        window.stack_editor.layerChosen.connect(self._choose_layer)
        window.view.vectorChanged.connect(self._mark_layer)
        window.view.historyChanged.connect(self._follow_history)
        window.weights.requested.connect(lambda layer: worker.send(ReadWeights(layer)))
        window.contribution.requested.connect(worker.send)
        window.closeAsked.connect(self._close)
        self.runs.shownChanged.connect(self._follow_runs)
        self.runs.idle.connect(self._finish)
        self.runs.examineAsked.connect(lambda experiment: worker.send(ExamineExperiment(experiment)))

    def _run(self, command: type[Train | TakeStep]) -> None:
        commit_typing(self._window)
        self.runs.show_live()
        experiment, self._data_fault = self._document.experiment, ""
        # What was typed may ask for another network; it is built first.
        self.worker.send(command(experiment, self.runs.kept.new_recording(experiment)))

    def _reset(self) -> None:
        commit_typing(self._window)
        self.runs.show_live()
        self._build()
        self._update_actions()

    def _finish(self) -> None:
        if self._closing:
            if not self.worker.isRunning() and self.runs.is_idle and not self._window.has_closed:
                self._window.finish_closing()
        elif not self.worker.isRunning():
            self._window.show_fault("The model worker has ended; save your experiment and start again.", "")

    def _follow_document(self) -> None:
        # What a person edits is the network, not the run that is looked at.
        self.runs.show_live()
        self._data_fault = ""
        experiment, built = self._document.experiment, self._built
        if self._refused is not None and built is not None and self._goes_on(built.experiment, experiment):
            self._asked, self._refused = built.experiment, None
            self._window.stack_editor.show_built(built)
            self._show_findings(self._found)
        elif self._asked is None or self._refused is not None or not self._goes_on(self._asked, experiment):
            self._build()
        self._update_actions()

    def _goes_on(self, asked: Experiment, experiment: Experiment) -> bool:
        """Whether the network serves another experiment too: what fit alone takes, and who learns, needs no other.

        But an untrained one is built for who learns: compiled a second time, it would draw other batches.
        """
        return asked.same_network(experiment) and (not self.runs.is_untrained or asked.same_learning(experiment))

    def _build(self) -> None:
        self._asked, self._refused, self._awaiting = self._document.experiment, None, True
        self.worker.send(Build(self._asked))

    def _show_built(self, built: Built) -> None:
        if built.experiment is not self._asked:
            return  # a newer one is on its way
        window = self._window
        _log.info("network built, %s, %d bias vectors", built.versions, len(built.history.vectors))
        self._built, self._awaiting, self._refused, self._ended = built, False, None, None
        self.jobs.forget_outcome()
        self.hands_on.set_network(built.history)
        self.runs.set_live(built.history, built.experiment)
        window.stack_editor.show_built(built)
        self._probed = False
        self._show_findings(built.findings)
        window.weights.refresh()
        window.contribution.refresh()
        window.status.show_versions(built.versions)
        window.status.clear_progress()
        self._follow_history()
        self._update_actions()

    def _show_refused(self, failed: BuildFailed) -> None:
        if self._asked is None or not failed.experiment.same_network(self._asked):
            return
        self._refused, self._awaiting = failed.error, False
        self._window.stack_editor.show_problem(failed.error)
        self.findings.take((), f"{failed.error} The panels show the last network that could be built.")
        self._update_actions()

    def _show_state(self, state: WorkerState) -> None:
        self._state = state
        running = state in (WorkerState.TRAINING, WorkerState.PAUSED)
        self._window.set_locked(running)
        self.runs.set_running(running)
        self.findings.set_running(running)
        self._watch_frames()
        if state is not WorkerState.CLOSED:
            self._update_actions()

    def _take_run(self, started: RunStarted) -> None:
        _log.info("training begins, recorded in %s", started.recording.path)
        if not started.of_job:
            self.runs.set_live_file(started.recording.path)

    def _watch_frames(self) -> None:
        """Frames come while the network trains, and while a run is read or followed."""
        training = self._state is WorkerState.TRAINING
        self._window.clock.watch(TRAINING_SHARE if training else FOLLOWING_SHARE if self.runs.following else 0)

    def _follow_runs(self) -> None:
        self._watch_frames()
        self._window.weights.set_replaying(self.runs.replaying)
        self._window.contribution.set_replaying(self.runs.replaying)

    def _update_actions(self) -> None:
        built, problem = self._built, self._problem()
        trained = built is not None and built.history.last_step > 0
        can_train = problem is None and self._is_built()
        self._window.actions_of_training.update_enabled(
            self._state, can_train=can_train, trained=trained, reason=str(problem) if problem else ""
        )
        self.models.refused = self._refused is not None
        self.hands_on.follow(self._state, is_built=self._is_built(), of_job=self.jobs.under_way)
        self._show_message(self.data.show_problem(self._misfit(), self._data_fault) or str(problem or ""))

    def _problem(self) -> SpecError | None:
        """Why the present experiment can't be trained, as far as it is known."""
        if self._refused is not None:
            return self._refused
        if self._built is None or self._awaiting:
            return None
        return self._built.misfit or learning_fault(self._document.experiment, learnable_sizes(self._built.layers))

    def _misfit(self) -> SpecError | None:
        """Why the data don't fit the present network, where it is built."""
        known = self._refused is None and self._built is not None and not self._awaiting
        return self._built.misfit if known and self._built is not None else None

    def _show_message(self, problem: str) -> None:
        status = self._window.status
        if self._state is WorkerState.LOADING:
            status.show_message("Loading TensorFlow…", busy=True)
        elif self._state is WorkerState.BUILDING:
            status.show_message("Building the network…")
        elif self._state in (WorkerState.TRAINING, WorkerState.PAUSED):
            status.show_message(self._state.value)
        elif self._state is WorkerState.READING:
            status.show_message("Reading the data…", busy=True)
        elif self._opening:
            what = "model's file" if self.models.opening else "script"
            status.show_message(f"Reading the {what}…", busy=True)
        elif problem:
            status.show_message(problem)
        elif self._data_fault:
            status.show_message(self._data_fault)
        elif self.jobs.outcome:
            status.show_message(self.jobs.outcome)
        elif self._ended is not None:
            status.show_end(self._ended)
        elif self._built is not None:
            status.show_message("Ready to train")

    def _show_end(self, ended: TrainingEnded) -> None:
        self._ended = ended
        _log.info("training ended (%s) at step %d", ended.reason, ended.step)
        self.jobs.forget_outcome()
        if not self._data_fault:
            self._window.status.show_end(ended)
        if not self._probed:
            # Else a diagnosis that knows more is on its way.
            self._show_findings(ended.findings)
        self._window.weights.refresh()
        self._window.contribution.refresh()
        self.runs.refresh()

    def _show_data_fault(self, sentence: str) -> None:
        """The network stands as it is, and training may be asked for again."""
        self._data_fault = sentence
        self._show_findings(self._found)
        self._update_actions()

    def _show_diagnosis(self, diagnosis: Diagnosis) -> None:
        if not self._awaiting:
            self._probed = self._probed or diagnosis.probe is not None
            self._show_findings(diagnosis.findings)
            self._window.contribution.refresh()

    def _show_findings(self, findings: tuple[Finding, ...]) -> None:
        self._found = findings
        data, problem = self._document.experiment.data, self._problem()
        unread = not self._probed and (data.of_keras or data.found is not None)
        if self._misfit() is not None:
            otherwise = _UNFIT
        elif problem is not None:
            otherwise = str(problem)
        else:
            otherwise = _UNREADABLE if self._data_fault else _UNREAD if unread else ""
        self.findings.take(findings, otherwise)

    def _show_fault(self, sentence: str, details: str) -> None:
        if self._awaiting:
            self._refused, self._awaiting = SpecError(sentence), False
            self._window.stack_editor.show_problem(self._refused)
            self._update_actions()
        self._window.show_fault(sentence, details)

    def _follow_history(self) -> None:
        """Where another network is shown, panels, weights and the chosen card are of one layer all the same."""
        chosen = self._window.stack_editor.chosen_layer
        if chosen is None or self.runs.replaying:
            self._mark_layer()
        else:
            # A layer that the person chose stays chosen, also one without a bias.
            self._choose_layer(chosen)

    def _choose_layer(self, layer: str) -> None:
        self._window.view.choose_layer(layer)
        self._window.weights.choose_layer(layer)

    def _mark_layer(self) -> None:
        vector = self._window.view.vector
        if vector is not None:
            self._window.stack_editor.choose_layer(vector.layer)
            self._window.weights.choose_layer(vector.layer)
