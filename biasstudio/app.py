"""The application: wires window, worker and document together. The one place that knows all three."""

import logging
import signal
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication

from biasstudio.doctor.finding import Finding
from biasstudio.gui.checked_text import commit_typing
from biasstudio.gui.document import Document
from biasstudio.gui.file_actions import load_example
from biasstudio.gui.icons import application_icon
from biasstudio.gui.main_window import MainWindow
from biasstudio.gui.theme import theme
from biasstudio.spec.arguments import SpecError
from biasstudio.spec.experiment import Experiment
from biasstudio.worker.messages import (
    Build,
    BuildFailed,
    Built,
    Close,
    Pause,
    ReadWeights,
    Stop,
    TakeStep,
    Train,
    TrainingEnded,
    WorkerState,
)
from biasstudio.worker.model_worker import ModelWorker

START_WITHOUT_PAINT_MS = 500


class Session(QObject):
    """One window, its document and its worker. Lives in the GUI thread, which never waits for the worker."""

    def __init__(self, document: Document, window: MainWindow) -> None:
        super().__init__(window)
        self._document, self._window = document, window
        self.worker = ModelWorker(self)
        self._state = WorkerState.LOADING
        self._built: Built | None = None
        self._asked: Experiment | None = None
        self._awaiting = False
        self._ended: TrainingEnded | None = None
        self._refused: SpecError | None = None
        self._closing = False
        window.ready = self.ready
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
            if not self.worker.isRunning():
                self._starting.start(0)
        return False

    def _start(self) -> None:
        if self._closing or self.worker.isRunning():
            return
        self.worker.start()
        self._build()

    def _close(self) -> None:
        self._closing = True
        if self.worker.isRunning():
            self.worker.send(Close())
        else:
            # Not from within the window's own closing.
            QTimer.singleShot(0, self._window, self._window.finish_closing)

    def ready(self) -> bool:
        """The present stack was built or refused, and nothing is under way."""
        return self._state is WorkerState.READY and not self._awaiting

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
        worker.progressed.connect(window.status.show_progress)
        worker.trainingEnded.connect(self._show_end)
        worker.weightsRead.connect(window.weights.show_weights)
        worker.failed.connect(self._show_fault)
        worker.finished.connect(self._finish)

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
        window.weights.requested.connect(lambda layer: worker.send(ReadWeights(layer)))
        window.findings.showAsked.connect(self._show_finding)
        window.closeAsked.connect(self._close)

    def _run(self, command: type[Train | TakeStep]) -> None:
        commit_typing(self._window)
        # What was typed may ask for another network; it is built first.
        self.worker.send(command(self._document.experiment))

    def _reset(self) -> None:
        commit_typing(self._window)
        self._build()
        self._update_actions()

    def _finish(self) -> None:
        if self._closing:
            self._window.finish_closing()
        else:
            self._window.show_fault("The model worker has ended; save your experiment and start again.", "")

    def _follow_document(self) -> None:
        experiment, built = self._document.experiment, self._built
        if self._refused is not None and built is not None and built.experiment.same_network(experiment):
            self._asked, self._refused = built.experiment, None
            self._window.stack_editor.show_built(built)
            self._show_findings(self._ended.findings if self._ended else built.findings)
        # What fit alone takes needs no other network: the trained one goes on with it.
        elif self._asked is None or self._refused is not None or not self._asked.same_network(experiment):
            self._build()
        self._update_actions()

    def _build(self) -> None:
        self._asked, self._refused, self._awaiting = self._document.experiment, None, True
        self.worker.send(Build(self._asked))

    def _show_built(self, built: Built) -> None:
        if built.experiment is not self._asked:
            return  # a newer one is on its way
        window = self._window
        self._built, self._awaiting, self._refused, self._ended = built, False, None, None
        window.view.set_history(built.history)
        window.stack_editor.show_built(built)
        self._show_findings(built.findings)
        window.weights.refresh()
        window.status.show_versions(built.versions)
        window.status.clear_progress()
        # A layer that the person chose stays chosen, also one without a bias.
        if window.stack_editor.chosen_layer is None:
            self._mark_layer()
        else:
            self._choose_layer(window.stack_editor.chosen_layer)
        self._update_actions()

    def _show_refused(self, failed: BuildFailed) -> None:
        if self._asked is None or not failed.experiment.same_network(self._asked):
            return
        self._refused, self._awaiting = failed.error, False
        self._window.stack_editor.show_problem(failed.error)
        self._window.findings.show_findings((), f"{failed.error} The panels show the last network that could be built.")
        self._update_actions()

    def _show_state(self, state: WorkerState) -> None:
        self._state = state
        running = state in (WorkerState.TRAINING, WorkerState.PAUSED)
        self._window.set_locked(running)
        self._window.clock.set_training(state is WorkerState.TRAINING)
        if state is not WorkerState.CLOSED:
            self._update_actions()

    def _update_actions(self) -> None:
        built, problem = self._built, self._problem()
        trained = built is not None and built.history.last_step > 0
        can_train = problem is None and self._is_built()
        self._window.actions_of_training.update_enabled(
            self._state, can_train=can_train, trained=trained, reason=str(problem) if problem else ""
        )
        self._show_message(problem)

    def _problem(self) -> SpecError | None:
        """Why the present experiment can't be trained, as far as it is known."""
        if self._refused is not None:
            return self._refused
        return self._built.misfit if self._built is not None and not self._awaiting else None

    def _show_message(self, problem: SpecError | None) -> None:
        status = self._window.status
        if self._state is WorkerState.LOADING:
            status.show_message("Loading TensorFlow…", busy=True)
        elif self._state is WorkerState.BUILDING:
            status.show_message("Building the network…")
        elif self._state in (WorkerState.TRAINING, WorkerState.PAUSED):
            status.show_message(self._state.value)
        elif problem is not None:
            status.show_message(str(problem))
        elif self._ended is not None:
            status.show_end(self._ended)
        elif self._built is not None:
            status.show_message("Ready to train")

    def _show_end(self, ended: TrainingEnded) -> None:
        self._ended = ended
        self._window.status.show_end(ended)
        self._show_findings(ended.findings)
        self._window.weights.refresh()

    def _show_findings(self, findings: tuple[Finding, ...]) -> None:
        problem = self._problem()
        if problem is None:
            self._window.findings.show_findings(findings)
        else:
            self._window.findings.show_findings(findings, str(problem))

    def _show_fault(self, sentence: str, details: str) -> None:
        if self._awaiting:
            self._refused, self._awaiting = SpecError(sentence), False
            self._window.stack_editor.show_problem(self._refused)
            self._update_actions()
        self._window.show_fault(sentence, details)

    def _choose_layer(self, layer: str) -> None:
        self._window.view.choose_layer(layer)
        self._window.weights.choose_layer(layer)

    def _mark_layer(self) -> None:
        vector = self._window.view.vector
        if vector is not None:
            self._window.stack_editor.choose_layer(vector.layer)
            self._window.weights.choose_layer(vector.layer)

    def _show_finding(self, finding: Finding) -> None:
        if finding.where:
            self._window.stack_editor.choose_layer(finding.where)
            self._choose_layer(finding.where)
        if finding.step is not None:
            self._window.view.show_step(finding.step)


def create_window(experiment: Experiment | None = None) -> MainWindow:
    """The wired main window, not shown yet, on the tutorial network by default. A QApplication must exist.

    It is closed with `close()`, which ends its worker; its signal `closed` says when that is done.
    """
    application = QCoreApplication.instance()
    if not isinstance(application, QApplication):
        raise RuntimeError("create_window() needs a QApplication")
    theme()
    window = MainWindow(Document(experiment or load_example("tutorial")))
    window.setWindowIcon(application_icon())
    Session(window.document, window)
    return window


def create_application() -> QApplication:
    """The QApplication, named so that settings are found again."""
    QCoreApplication.setOrganizationName("biasstudio")
    QCoreApplication.setApplicationName("biasstudio")
    application = QApplication(sys.argv[:1])
    application.setApplicationDisplayName("Bias Studio")
    application.setDesktopFileName("biasstudio")
    application.setQuitOnLastWindowClosed(False)
    return application


def _show_bug(window: MainWindow, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """What escaped from our own code: logged, and shown to be copied."""
    logging.getLogger(__name__).error("unexpected", exc_info=(kind, error, trace))
    window.show_fault(f"{kind.__name__}: {error}", "".join(traceback.format_exception(kind, error, trace)))


def run(files: Sequence[Path]) -> int:
    """Open the window, with a file if one is given, and run until it is closed; the exit status."""
    logging.basicConfig(level=logging.WARNING)
    application = create_application()
    window = create_window()
    window.closed.connect(application.quit)
    # Ctrl-C in the terminal closes as the window's own button does; Python looks for it when a timer lets it run.
    signal.signal(signal.SIGINT, lambda *_: window.close_without_asking())
    signal.signal(signal.SIGTERM, lambda *_: window.close_without_asking())
    let_python_run = QTimer(window)
    let_python_run.timeout.connect(lambda: None)
    let_python_run.start(250)
    sys.excepthook = lambda kind, error, trace: _show_bug(window, kind, error, trace)
    window.show()
    for file in files:
        window.files.open_path(file)
    return application.exec()
