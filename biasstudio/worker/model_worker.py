"""ModelWorker: the thread that owns the Keras model. Commands come in through a queue, reports go out as signals."""

import gc
import logging
import threading
import time
import traceback
import warnings
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QThread, Signal

from biasstudio.data_files.opening import ReadingCancelledError
from biasstudio.doctor.diagnose import diagnose
from biasstudio.recording.network import learnable_sizes
from biasstudio.recording.run_format import RunError
from biasstudio.spec.arguments import SpecError
from biasstudio.spec.compatibility import misfit
from biasstudio.spec.experiment import Experiment
from biasstudio.spec.learning import learning_fault, learning_in_words
from biasstudio.worker.messages import (
    Build,
    BuildFailed,
    Built,
    Close,
    Command,
    Job,
    JobEnded,
    JobStarted,
    Pause,
    Progress,
    ReadWeights,
    Recording,
    RunStarted,
    SaveModel,
    Stop,
    TakeStep,
    Train,
    TrainingEnded,
    TrainJobs,
    WeightArray,
    Weights,
    WorkerState,
)

if TYPE_CHECKING:
    from biasstudio.engine.build import Network
    from biasstudio.engine.recorder import BiasRecorder

_log = logging.getLogger(__name__)

PROGRESS_SECONDS = 0.2
MAXIMUM_WEIGHTS_TO_COPY = 5_000_000


class _Inbox:
    """Commands in the order in which they were sent. Any thread may put, the worker's takes."""

    def __init__(self) -> None:
        self._commands: deque[Command] = deque()
        self._changed = threading.Condition()

    def put(self, command: Command) -> None:
        with self._changed:
            self._commands.append(command)
            self._changed.notify()

    def put_back(self, command: Command) -> None:
        """As the next to be taken: for one that came too early."""
        with self._changed:
            self._commands.appendleft(command)

    def take(self) -> Command:
        """The next command, waited for."""
        with self._changed:
            self._changed.wait_for(lambda: self._commands)
            return self._commands.popleft()

    def take_waiting(self) -> Command | None:
        """The next command, if there is one."""
        with self._changed:
            return self._commands.popleft() if self._commands else None

    def holds(self, kinds: tuple[type[Command], ...]) -> bool:
        """Whether a command of these kinds waits."""
        with self._changed:
            return any(isinstance(command, kinds) for command in self._commands)


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
    modelSaved = Signal(object)
    """The path of the file that was written."""
    modelNotSaved = Signal(str)
    failed = Signal(str, str)
    """A fault that is not the person's: one sentence, and the traceback."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("modelWorker")
        self.inbox = _Inbox()
        # Known before its turn comes, so that what waits before it is not done any more.
        self._closing = False
        self._load_error = ""
        self._refused: Experiment | None = None
        self._network: Network | None = None
        self._recorder: BiasRecorder | None = None

    def send(self, command: Command) -> None:
        """Queue a command. During training it takes effect at the next batch."""
        if isinstance(command, Close):
            self._closing = True
        self.inbox.put(command)

    def run(self) -> None:
        """The thread: load TensorFlow, then do as told until closed."""
        # Keras says this at each trace on the terminal; here it is a finding.
        warnings.filterwarnings("ignore", message="You are using a softmax over axis")
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
            self._report(self._load_error)
        while not self._closing:
            self.stateChanged.emit(WorkerState.READY)
            command = self._next()
            try:
                self._do(command)
            except MemoryError:
                self._report("There is not enough memory for this network.")
            except Exception as error:  # noqa: BLE001 - the thread must outlive any fault; it is logged and shown
                self._report(f"{type(error).__name__}: {str(error).strip().splitlines()[0] if str(error) else ''}")
        self._forget_network()
        self.stateChanged.emit(WorkerState.CLOSED)

    def _forget_network(self) -> None:
        if self._recorder is not None:
            self._recorder.close()
        self._network = self._recorder = None

    def _report(self, sentence: str) -> None:
        _log.exception("fault in the model worker")
        self.failed.emit(sentence, traceback.format_exc())

    def _next(self) -> Command:
        """The next command; of several builds in a row only the last."""
        command = self.inbox.take()
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
            self._train(command, only_one=isinstance(command, TakeStep))
        elif isinstance(command, TrainJobs):
            self._train_jobs(command.jobs)
        elif isinstance(command, ReadWeights):
            self.read_weights(command.layer)
        elif isinstance(command, SaveModel):
            self.save_model(command.path)

    def _build(self, experiment: Experiment) -> None:
        if self._load_error:
            self.buildFailed.emit(BuildFailed(experiment, SpecError(self._load_error)))
            return
        from biasstudio.engine.build import build_network, versions

        self.stateChanged.emit(WorkerState.BUILDING)
        started = time.perf_counter()
        try:
            network = build_network(experiment)
        except SpecError as error:
            self._refused = experiment
            self.buildFailed.emit(BuildFailed(experiment, error))
            return
        self._forget_network()
        self._network, self._refused = network, None
        self.built.emit(
            Built(
                experiment,
                network.layers,
                network.history,
                time.perf_counter() - started,
                misfit(experiment, network.layers[-1].output_shape),
                diagnose(experiment, network.history),
                versions(),
                network.starting_anew,
            )
        )

    def _train(self, command: Train | TakeStep, only_one: bool) -> None:
        from biasstudio.engine.build import check_network, with_learning_of
        from biasstudio.engine.train import planned_steps

        experiment, network = command.experiment, self._network
        if self._refused is not None and self._refused.same_network(experiment):
            return  # asked for before the refusal was seen
        if network is None or not network.experiment.same_network(experiment):
            raise RuntimeError("asked to train an experiment that is not built")
        if misfit(experiment, network.layers[-1].output_shape) is not None:
            return  # said when it was built
        if not self._read_data(experiment, network):
            return
        try:
            check_network(experiment)
            planned_steps(network, experiment.training)
            _check_learning(experiment, network)
        except SpecError as error:
            self.buildFailed.emit(BuildFailed(experiment, error))
            return
        same_learning = network.experiment.same_learning(experiment)
        self._network = network = with_learning_of(network, experiment)
        if self._recorder is None:
            self._recorder = self._record(network, command.recording)
        elif not same_learning:
            self._recorder.note_event("learns", f"{learning_in_words(experiment)}; with a fresh optimizer")
        try:
            reason = self._fit(network, experiment, self._recorder, only_one=only_one)
        except SpecError as error:
            self.dataFailed.emit(str(error))
            reason = "stopped"
        findings = diagnose(experiment, network.history)
        self.trainingEnded.emit(TrainingEnded(reason, network.history.last_step, findings))

    def _read_data(self, experiment: Experiment, network: "Network") -> bool:
        """Whether the samples are at hand now; where they aren't it was said why, or the person stopped it."""
        try:
            self._load_samples(experiment)
        except ReadingCancelledError:
            findings = diagnose(experiment, network.history)
            self.trainingEnded.emit(TrainingEnded("stopped", network.history.last_step, findings))
            return False
        except SpecError as error:
            self.dataFailed.emit(str(error))
            return False
        return True

    def _load_samples(self, experiment: Experiment) -> None:
        """Kept by the engine for what follows. Raises SpecError; Stop, Close and another build cancel it."""
        from biasstudio.engine.data import load_samples

        self.stateChanged.emit(WorkerState.READING)
        load_samples(experiment, lambda: self.inbox.holds((Stop, Close, Build)))

    def _record(self, network: "Network", recording: Recording | None, *, of_job: bool = False) -> "BiasRecorder":
        """A recorder for a network: into the history, and into a file where one is wanted and can be written."""
        from biasstudio.engine.train import recorder_of

        if recording is None:
            return recorder_of(network)
        try:
            recorder = recorder_of(
                network, recording.path, recording.name, group=recording.group, size_limit=recording.size_limit
            )
        except RunError as error:
            self.recordingFailed.emit(f"{error} This training is not recorded.")
            return recorder_of(network)
        network.history.archive = recorder.archive
        self.runStarted.emit(RunStarted(recording, of_job))
        return recorder

    def _fit(
        self,
        network: "Network",
        experiment: Experiment,
        recorder: "BiasRecorder",
        *,
        only_one: bool = False,
        job: str = "",
    ) -> str:
        """Train, and give how it ended: finished, stopped or non-finite."""
        from biasstudio.engine.train import planned_steps, train

        control = _TrainingControl(
            self, experiment, recorder, planned_steps(network, experiment.training), only_one, job
        )
        self.stateChanged.emit(WorkerState.TRAINING)
        try:
            finite = train(network, experiment.training, control.between_batches, recorder)
        except SpecError:
            recorder.say_state("failed")
            raise
        finally:
            for command in reversed(control.later):
                self.inbox.put_back(command)
        control.report()
        reason = "non-finite" if not finite else "stopped" if control.stopped else "finished"
        recorder.say_state("failed" if reason == "non-finite" else reason)
        return reason

    def _train_jobs(self, jobs: tuple[Job, ...]) -> None:
        for index, job in enumerate(jobs):
            label = f"{index + 1} of {len(jobs)}: {job.label}" if len(jobs) > 1 else job.label
            try:
                if self._train_job(index, job, label) == "stopped":
                    break
            except ReadingCancelledError:
                break
            except SpecError as error:
                self.jobEnded.emit(JobEnded(index, job, "refused", str(error)))
        self.jobsEnded.emit()

    def _train_job(self, index: int, job: Job, label: str) -> str:
        """Raises SpecError where the job's network can't be built, or doesn't fit its data."""
        from biasstudio.engine.build import build_network

        self.stateChanged.emit(WorkerState.BUILDING)
        network = build_network(job.experiment)
        unfit = misfit(job.experiment, network.layers[-1].output_shape)
        if unfit is not None:
            raise unfit
        _check_learning(job.experiment, network)
        self._load_samples(job.experiment)
        recorder = self._record(network, job.recording, of_job=True)
        try:
            self.jobStarted.emit(JobStarted(index, job, network.history))
            reason = self._fit(network, job.experiment, recorder, job=label)
        finally:
            recorder.close()
        self.jobEnded.emit(JobEnded(index, job, reason))
        return reason

    def read_weights(self, layer_name: str) -> None:
        """Report the arrays of a layer; none for one that is not built. Only the worker's own thread may call."""
        network = self._network
        if network is None or layer_name not in [layer.name for layer in network.layers]:
            self.weightsRead.emit(Weights(layer_name, 0, ()))
            return
        layer = network.model.get_layer(layer_name)
        arrays = tuple(
            _weight_array(variable.path.split("/")[-1], values)
            for variable, values in zip(layer.weights, layer.get_weights(), strict=True)
        )
        self.weightsRead.emit(Weights(layer_name, network.history.last_step, arrays))

    def save_model(self, path: Path) -> None:
        """Write the network to a file, and report. Only the worker's own thread may call."""
        from biasstudio.engine.save_model import save_model

        if self._network is None:
            self.modelNotSaved.emit("There is no network yet that could be saved.")
            return
        try:
            save_model(self._network.model, path)
        except SpecError as error:
            self.modelNotSaved.emit(str(error))
        else:
            self.modelSaved.emit(path)


def _check_learning(experiment: Experiment, network: "Network") -> None:
    """Raises SpecError where nothing would learn."""
    fault = learning_fault(experiment, learnable_sizes(network.layers))
    if fault is not None:
        raise fault


def _weight_array(name: str, values: Any) -> WeightArray:
    copied = values if values.size <= MAXIMUM_WEIGHTS_TO_COPY else None
    return WeightArray(name, tuple(values.shape), str(values.dtype), copied)


class _TrainingControl:
    """Between two batches: takes commands, holds while paused, and reports a few times a second."""

    def __init__(
        self,
        worker: ModelWorker,
        experiment: Experiment,
        recorder: "BiasRecorder",
        steps_planned: int,
        only_one: bool,
        job: str,
    ) -> None:
        from biasstudio.engine.train import StepRate

        self._worker, self._experiment = worker, experiment
        self._recorder, self._job = recorder, job
        self._told = bool(recorder.failure)
        # Jobs that were asked for while this goes on come after it.
        self.later: list[TrainJobs] = []
        self._steps_planned = steps_planned
        self._pausing, self._steps_asked = only_one, int(only_one)
        self._first_step = recorder.last_step
        self._rate = StepRate()
        self._reported_at = 0.0
        self._last_seen = self._first_step
        self.stopped = False

    def between_batches(self) -> bool:
        """True ends the training."""
        step = self._recorder.last_step
        # A batch of the validation makes no step, and no pause begins there.
        made_step = step != self._last_seen
        self._last_seen = step
        if made_step:
            self._rate.tick()
            self._steps_asked = max(0, self._steps_asked - 1)
        while not self.stopped and (command := self._worker.inbox.take_waiting()) is not None:
            self._take(command)
        if made_step and step - self._first_step < self._steps_planned:
            self._hold()
        if time.monotonic() - self._reported_at > PROGRESS_SECONDS:
            self.report()
        return self.stopped

    def _take(self, command: Command) -> None:
        if isinstance(command, Pause):
            self._pausing, self._steps_asked = True, 0
        elif isinstance(command, TakeStep):
            self._pausing, self._steps_asked = True, self._steps_asked + 1
        elif isinstance(command, Train):
            self._pausing = False
        elif isinstance(command, Stop):
            self.stopped = True
            self._recorder.note_event("stop")
        elif isinstance(command, TrainJobs):
            self.later.append(command)
        elif isinstance(command, ReadWeights):
            self._worker.read_weights(command.layer)
        elif isinstance(command, SaveModel):
            self._worker.save_model(command.path)
        elif isinstance(command, Build | Close):
            # It ends the training and is done right after.
            self.stopped = True
            self._worker.inbox.put_back(command)

    def _hold(self) -> None:
        if not self._must_hold():
            return
        # The panels show the very step at which it is held.
        self._recorder.flush()
        self.report()
        self._recorder.note_event("pause")
        self._worker.stateChanged.emit(WorkerState.PAUSED)
        while self._must_hold():
            self._take(self._worker.inbox.take())
        self._rate.restart()
        if not self.stopped and not self._pausing:
            self._worker.stateChanged.emit(WorkerState.TRAINING)

    def _must_hold(self) -> bool:
        return self._pausing and not self._steps_asked and not self.stopped

    def report(self) -> None:
        """Emit the progress."""
        step = self._recorder.last_step
        done, rate = step - self._first_step, self._rate.per_second
        self._reported_at = time.monotonic()
        if self._recorder.failure and not self._told:
            self._told = True
            self._worker.recordingFailed.emit(f"{self._recorder.failure} The training goes on, without being recorded.")
        self._worker.progressed.emit(
            Progress(
                step,
                -(-done * self._experiment.training.epochs // self._steps_planned),
                self._experiment.training.epochs,
                done,
                self._steps_planned,
                rate,
                (self._steps_planned - done) / rate if rate else None,
                self._job,
            )
        )
