"""ModelWorker: the thread that owns the Keras model. Commands come in through a queue, reports go out as signals."""

import gc
import logging
import traceback
import warnings
from collections.abc import Callable

from PySide6.QtCore import QObject, QThread, Signal

from biasstudio.data_files.opening import ReadingCancelledError
from biasstudio.spec.arguments import SpecError
from biasstudio.spec.experiment import Experiment
from biasstudio.worker.examination import examine
from biasstudio.worker.inbox import Inbox
from biasstudio.worker.messages import (
    BiasesEvaluated,
    Build,
    BuildFailed,
    Built,
    Close,
    Command,
    Diagnosis,
    Examined,
    ExamineExperiment,
    JobEnded,
    JobStarted,
    Progress,
    ReadContribution,
    ReadWeights,
    RunStarted,
    SaveModel,
    SetBiases,
    TakeStep,
    Train,
    TrainingEnded,
    TrainJobs,
    Weights,
    WorkerState,
)
from biasstudio.worker.training_jobs import train_jobs
from biasstudio.worker.window_network import WindowNetwork

_log = logging.getLogger(__name__)

# Edits come one after the other: the network is looked at when none has come for so long.
IDLE_SECONDS = 0.2


class ModelWorker(QThread):
    """Owns TensorFlow and the model. `send` may be called from any thread; the signals arrive in the receiver's."""

    stateChanged = Signal(WorkerState)
    built = Signal(Built)
    buildFailed = Signal(BuildFailed)
    dataFailed = Signal(str)
    """The data can't be read now, so there is no training: one sentence. It may be asked for again."""
    progressed = Signal(Progress)
    trainingEnded = Signal(TrainingEnded)
    weightsRead = Signal(Weights)
    runStarted = Signal(RunStarted)
    recordingFailed = Signal(str)
    """A run can't be recorded, or not any more: one sentence. The training goes on."""
    jobStarted = Signal(JobStarted)
    jobEnded = Signal(JobEnded)
    jobsEnded = Signal()
    diagnosed = Signal(Diagnosis)
    """What is wrong with the window's network: after a build, in a pause, and every few seconds of training."""
    contributionRead = Signal(object)
    """A Contribution, or a NoContribution."""
    examined = Signal(Examined)
    """What was asked for of a recorded experiment."""
    modelSaved = Signal(object)
    """The path of the file that was written."""
    modelNotSaved = Signal(str)
    biasesEvaluated = Signal(BiasesEvaluated)
    editOvertaken = Signal()
    """An edit of a bias came when the network had gone on already: it was not made."""
    failed = Signal(str, str)
    """A fault that is not the person's: one sentence, and the traceback."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("modelWorker")
        self.inbox = Inbox()
        # Known before its turn comes, so that what waits before it is not done any more.
        self._closing = False
        self._load_error = ""
        self.window_network = WindowNetwork(self)

    def send(self, command: Command) -> None:
        """Queue a command. During training it takes effect at the next batch."""
        if isinstance(command, Close):
            self._closing = True
        self.inbox.put(command)

    def run(self) -> None:
        """The thread: load TensorFlow, then do as told until closed."""
        # Keras says this at each trace on the terminal; here it is a finding.
        warnings.filterwarnings("ignore", message="You are using a softmax over axis")
        # TensorFlow would advise on the terminal against building one network after another, as is done here.
        logging.getLogger("tensorflow").setLevel(logging.ERROR)
        self.stateChanged.emit(WorkerState.LOADING)
        try:
            # Imported here, in this thread, so that the window is up before TensorFlow is.
            import biasstudio.engine.train  # noqa: F401 - loaded now, used by name where it is needed

            # What is loaded now stays: without TensorFlow's 270,000 objects each later collection of garbage, during
            # which no thread runs, takes a few milliseconds and not 150.
            gc.collect()
            gc.freeze()
        except Exception as error:  # noqa: BLE001 - a broken installation can raise anything; the person is told
            self._load_error = f"TensorFlow could not be loaded, so no network can be built: {error}"
            self.report(self._load_error)
        while not self._closing:
            self.stateChanged.emit(WorkerState.READY)
            self._guarded(self._do_next)
        self.window_network.close()
        self.stateChanged.emit(WorkerState.CLOSED)

    def _guarded(self, work: Callable[[], None]) -> None:
        """The thread must outlive any fault of `work`; it is logged and shown."""
        try:
            work()
        except MemoryError:
            self.report("There is not enough memory for this network.")
        except Exception as error:  # noqa: BLE001 - see above
            self.report(f"{type(error).__name__}: {str(error).strip().splitlines()[0] if str(error) else ''}")

    def report(self, sentence: str) -> None:
        """Log and show the fault that is being handled. Only the worker's own thread may call."""
        _log.exception("fault in the model worker")
        self.failed.emit(sentence, traceback.format_exc())

    def take(self) -> Command:
        """The next command, waited for; until it comes, what was set by hand is evaluated, and the network looked at.

        Only the worker's own thread may call.
        """
        while True:
            if not self.inbox.waits():
                self._guarded(self.window_network.evaluate_edits)
            command = self.inbox.take(IDLE_SECONDS if self.window_network.has_news else None)
            if command is not None:
                return command
            self.window_network.diagnose()

    def _do_next(self) -> None:
        command = self._next()
        # Many come in a drag, and none of them changes the state.
        while isinstance(command, SetBiases):
            self.window_network.set_biases(command)
            command = self._next()
        self._do(command)

    def _next(self) -> Command:
        """The next command; of several builds in a row only the last."""
        command = self.take()
        while isinstance(command, Build) and (later := self.inbox.take_waiting()) is not None:
            if not isinstance(later, Build):
                self.inbox.put_back(later)
                break
            command = later
        return command

    def _do(self, command: Command) -> None:
        if self._closing:
            return
        if isinstance(command, Build):
            self._build(command.experiment)
        elif isinstance(command, Train | TakeStep):
            self.window_network.train(command)
        elif isinstance(command, TrainJobs):
            train_jobs(self, command.jobs)
        elif isinstance(command, ReadWeights):
            self.window_network.read_weights(command.layer)
        elif isinstance(command, ReadContribution):
            self.window_network.read_contribution(command)
        elif isinstance(command, ExamineExperiment):
            self._examine(command)
        elif isinstance(command, SaveModel):
            self.window_network.save(command.path)

    def _build(self, experiment: Experiment) -> None:
        if self._load_error:
            self.buildFailed.emit(BuildFailed(experiment, SpecError(self._load_error)))
        else:
            self.window_network.build(experiment)

    def _examine(self, command: ExamineExperiment) -> None:
        if self._load_error:
            return
        # Data of one experiment are kept at a time.
        held = self.window_network.has_data
        try:
            self.examined.emit(examine(command.experiment, self.inbox.waits))
        except ReadingCancelledError:
            # After what waits.
            self.inbox.put(command)
        if held and not self.window_network.has_data:
            self.window_network.forget_diagnosis()
