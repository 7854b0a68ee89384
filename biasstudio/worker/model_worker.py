"""ModelWorker: the thread that owns the Keras model. Commands come in through a queue, reports go out as signals."""

import gc
import logging
import queue
import time
import traceback
import warnings
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QThread, Signal

from biasstudio.doctor.diagnose import diagnose
from biasstudio.spec.arguments import SpecError
from biasstudio.spec.compatibility import misfit
from biasstudio.spec.experiment import Experiment
from biasstudio.worker.messages import (
    Build,
    BuildFailed,
    Built,
    Close,
    Command,
    Pause,
    Progress,
    ReadWeights,
    Stop,
    TakeStep,
    Train,
    TrainingEnded,
    WeightArray,
    Weights,
    WorkerState,
)

if TYPE_CHECKING:
    from biasstudio.engine.build import Network

_log = logging.getLogger(__name__)

PROGRESS_SECONDS = 0.2
MAXIMUM_WEIGHTS_TO_COPY = 5_000_000


class ModelWorker(QThread):
    """Owns TensorFlow and the model. `send` may be called from any thread; the signals arrive in the receiver's."""

    stateChanged = Signal(WorkerState)
    built = Signal(Built)
    buildFailed = Signal(BuildFailed)
    progressed = Signal(Progress)
    trainingEnded = Signal(TrainingEnded)
    weightsRead = Signal(Weights)
    failed = Signal(str, str)
    """A fault that is not the person's: one sentence, and the traceback."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("modelWorker")
        self._commands: queue.SimpleQueue[Command] = queue.SimpleQueue()
        # Looked at between batches without taking a command from the queue.
        self._closing = False
        self._network: Network | None = None

    def send(self, command: Command) -> None:
        """Queue a command. During training it takes effect at the next batch."""
        if isinstance(command, Close):
            self._closing = True
        self._commands.put(command)

    def run(self) -> None:
        """The thread: load TensorFlow, then do as told until closed."""
        # Keras says this at each trace on the terminal; here it is a finding.
        warnings.filterwarnings("ignore", message="You are using a softmax over axis")
        self.stateChanged.emit(WorkerState.LOADING)
        try:
            # Imported here, in this thread, so that the window is up before TensorFlow is.
            import biasstudio.engine.train  # noqa: F401

            # What is loaded now stays: without TensorFlow's 270,000 objects each later collection of garbage, during
            # which no thread runs, takes a few milliseconds and not 150.
            gc.collect()
            gc.freeze()
        except Exception as error:  # noqa: BLE001 - a broken installation can raise anything; the person is told
            self._report(f"TensorFlow could not be loaded: {error}")
        while not self._closing:
            self.stateChanged.emit(WorkerState.READY)
            command = self._next()
            try:
                self._do(command)
            except MemoryError:
                self._report("There is not enough memory for this network.")
            except Exception as error:  # noqa: BLE001 - the thread must outlive any fault; it is logged and shown
                self._report(f"{type(error).__name__}: {str(error).strip().splitlines()[0] if str(error) else ''}")
        self._network = None
        self.stateChanged.emit(WorkerState.CLOSED)

    def _report(self, sentence: str) -> None:
        _log.exception("fault in the model worker")
        self.failed.emit(sentence, traceback.format_exc())

    def _next(self) -> Command:
        """The next command; of several builds in a row only the last."""
        command = self._commands.get()
        while isinstance(command, Build) and not self._commands.empty():
            later = self._commands.get()
            if not isinstance(later, Build):
                self._do(command)
            command = later
        return command

    def _do(self, command: Command) -> None:
        if self._closing:
            return
        if isinstance(command, Build):
            self._build(command.experiment)
        elif isinstance(command, Train | TakeStep):
            self._train(command.experiment, only_one=isinstance(command, TakeStep))
        elif isinstance(command, ReadWeights):
            self._read_weights(command.layer)

    def _build(self, experiment: Experiment) -> None:
        from biasstudio.engine.build import build_network, versions

        self.stateChanged.emit(WorkerState.BUILDING)
        started = time.perf_counter()
        try:
            network = build_network(experiment)
        except SpecError as error:
            self.buildFailed.emit(BuildFailed(experiment, error))
            return
        self._network = network
        self.built.emit(
            Built(
                experiment,
                network.layers,
                network.history,
                time.perf_counter() - started,
                misfit(experiment, network.layers[-1].output_shape),
                diagnose(experiment, network.history),
                versions(),
            )
        )

    def _train(self, experiment: Experiment, only_one: bool) -> None:
        from biasstudio.engine.build import check_stack
        from biasstudio.engine.train import planned_steps, train

        network = self._network
        if network is None or not network.experiment.same_network(experiment):
            raise RuntimeError("asked to train an experiment that is not built")
        if experiment.training.batch_size != network.experiment.training.batch_size:
            try:
                check_stack(experiment.stack, experiment.training.batch_size)
            except SpecError as error:
                self.buildFailed.emit(BuildFailed(experiment, error))
                return
        control = _TrainingControl(self, network, experiment, planned_steps(network, experiment.training), only_one)
        self.stateChanged.emit(WorkerState.TRAINING)
        finite = train(network, experiment.training, control.between_batches)
        control.report()
        reason = "non-finite" if not finite else "stopped" if control.stopped else "finished"
        findings = diagnose(experiment, network.history)
        self.trainingEnded.emit(TrainingEnded(reason, network.history.last_step, findings))

    def _read_weights(self, layer_name: str) -> None:
        network = self._network
        if network is None or layer_name not in [layer.name for layer in network.layers]:
            return
        layer = network.model.get_layer(layer_name)
        arrays = tuple(
            _weight_array(variable.path.split("/")[-1], values)
            for variable, values in zip(layer.weights, layer.get_weights(), strict=True)
        )
        self.weightsRead.emit(Weights(layer_name, network.history.last_step, arrays))


def _weight_array(name: str, values: Any) -> WeightArray:
    copied = values if values.size <= MAXIMUM_WEIGHTS_TO_COPY else None
    return WeightArray(name, tuple(values.shape), str(values.dtype), copied)


class _TrainingControl:
    """Between two batches: takes commands, holds while paused, and reports a few times a second."""

    def __init__(
        self, worker: ModelWorker, network: "Network", experiment: Experiment, steps_planned: int, only_one: bool
    ) -> None:
        from biasstudio.engine.train import StepRate

        self._worker, self._network, self._experiment = worker, network, experiment
        self._steps_planned, self._pause_after_step = steps_planned, only_one
        self._first_step = network.history.last_step
        self._rate = StepRate()
        self._reported_at = 0.0
        self._last_seen = self._first_step
        self.stopped = False

    def between_batches(self) -> bool:
        """True ends the training."""
        step = self._network.history.last_step
        if step != self._last_seen:
            self._rate.tick()
        self._take_waiting_commands()
        # A validation batch makes no step: a pause asked for by TakeStep waits for the next one.
        if self._pause_after_step and step != self._last_seen and not self._done(step):
            self._hold()
        self._last_seen = step
        if time.monotonic() - self._reported_at > PROGRESS_SECONDS:
            self.report()
        return self.stopped

    def _done(self, step: int) -> bool:
        return step - self._first_step >= self._steps_planned

    def _take_waiting_commands(self) -> None:
        while not self.stopped and not self._worker._commands.empty():
            self._take(self._worker._commands.get())

    def _take(self, command: Command) -> None:
        if isinstance(command, Pause):
            self._pause_after_step = True
        elif isinstance(command, Train):
            self._pause_after_step = False
        elif isinstance(command, Stop):
            self.stopped = True
        elif isinstance(command, ReadWeights):
            self._worker._read_weights(command.layer)
        elif isinstance(command, Build | Close):
            # It is done after the training has ended.
            self.stopped = True
            self._worker._commands.put(command)

    def _hold(self) -> None:
        self.report()
        self._worker.stateChanged.emit(WorkerState.PAUSED)
        stepping = False
        while self._pause_after_step and not self.stopped and not stepping:
            command = self._worker._commands.get()
            self._take(command)
            stepping = isinstance(command, TakeStep)
        self._rate.restart()
        if not self.stopped and not stepping:
            self._worker.stateChanged.emit(WorkerState.TRAINING)

    def report(self) -> None:
        """Emit the progress."""
        history = self._network.history
        step = history.last_step
        done, rate = step - self._first_step, self._rate.per_second
        self._reported_at = time.monotonic()
        self._worker.progressed.emit(
            Progress(
                step,
                -(-done * self._experiment.training.epochs // self._steps_planned),
                self._experiment.training.epochs,
                done,
                self._steps_planned,
                rate,
                (self._steps_planned - done) / rate if rate else None,
            )
        )
