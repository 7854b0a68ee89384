"""ModelWorker: the thread that owns the Keras model. Commands come in through a queue, reports go out as signals."""

import gc
import logging
import time
import traceback
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QThread, Signal

from biasstudio.data_files.opening import ReadingCancelledError
from biasstudio.doctor.contribution import NoContribution
from biasstudio.recording.network import learnable_sizes
from biasstudio.recording.run_format import RunError
from biasstudio.spec.arguments import SpecError
from biasstudio.spec.compatibility import misfit
from biasstudio.spec.experiment import Experiment
from biasstudio.spec.learning import learning_fault, learning_in_words
from biasstudio.worker.edited_network import EditedNetwork
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
    Job,
    JobEnded,
    JobStarted,
    Progress,
    ReadContribution,
    ReadWeights,
    Recording,
    RunStarted,
    SaveModel,
    SetBiases,
    Stop,
    TakeStep,
    Train,
    TrainingEnded,
    TrainJobs,
    WeightArray,
    Weights,
    WorkerState,
)
from biasstudio.worker.network_doctor import NetworkDoctor
from biasstudio.worker.training_control import TrainingControl

if TYPE_CHECKING:
    from biasstudio.engine.build import Network
    from biasstudio.engine.recorder import BiasRecorder

_log = logging.getLogger(__name__)

MAXIMUM_WEIGHTS_TO_COPY = 5_000_000
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
        self._refused: Experiment | None = None
        self._network: Network | None = None
        self._recorder: BiasRecorder | None = None
        self._edits: EditedNetwork | None = None
        self._doctor: NetworkDoctor | None = None

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
            self._report(self._load_error)
        while not self._closing:
            self.stateChanged.emit(WorkerState.READY)
            self._guarded(self._do_next)
        self._forget_network()
        self.stateChanged.emit(WorkerState.CLOSED)

    def _guarded(self, work: Callable[[], None]) -> None:
        """The thread must outlive any fault of `work`; it is logged and shown."""
        try:
            work()
        except MemoryError:
            self._report("There is not enough memory for this network.")
        except Exception as error:  # noqa: BLE001 - see above
            self._report(f"{type(error).__name__}: {str(error).strip().splitlines()[0] if str(error) else ''}")

    def _forget_network(self) -> None:
        if self._recorder is not None:
            self._recorder.close()
        self._network = self._recorder = self._edits = self._doctor = None

    def _report(self, sentence: str) -> None:
        _log.exception("fault in the model worker")
        self.failed.emit(sentence, traceback.format_exc())

    def take(self) -> Command:
        """The next command, waited for; until it comes, what was set by hand is evaluated, and the network looked at.

        Only the worker's own thread may call.
        """
        while True:
            if self._edits is not None and not self.inbox.waits():
                self._guarded(self._evaluate)
            news = self._doctor is not None and self._doctor.has_news
            command = self.inbox.take(IDLE_SECONDS if news else None)
            if command is not None:
                return command
            self.diagnose()

    def _evaluate(self) -> None:
        evaluated = self._edits.evaluate(self.inbox.waits) if self._edits is not None else None
        if evaluated is not None:
            self.biasesEvaluated.emit(evaluated)

    def set_biases(self, edit: SetBiases) -> None:
        """Set a vector of the window's network, which must stand. Only the worker's own thread may call."""
        if self._edits is None or not self._edits.takes(edit):
            self.editOvertaken.emit()
            return
        self._edits.make(edit)
        if self._doctor is not None:
            self._doctor.forget()

    def edits_in_effect(self) -> list[str]:
        """A text for each vector that was set by hand, as training goes on from there. Only the worker's own thread."""
        return self._edits.go_on() if self._edits is not None else []

    def _do_next(self) -> None:
        command = self._next()
        # Many come in a drag, and none of them changes the state.
        while isinstance(command, SetBiases):
            self.set_biases(command)
            command = self._next()
        self._do(command)

    def is_diagnosis_due(self) -> bool:
        """Whether it is time to look at the window's network while it trains. Only the worker's own thread may call."""
        return self._doctor is not None and self._doctor.is_due

    def diagnose(self, *, in_training: bool = False) -> Diagnosis | None:
        """Report what is wrong with the window's network. Only the worker's own thread may call.

        A fault in it is told, and ends the looking, but nothing else. None where it was given up for a command.
        """
        doctor = self._doctor
        if doctor is None:
            return None
        try:
            diagnosis = doctor.look_in_training() if in_training else doctor.look()
        except ReadingCancelledError:
            return None
        except Exception as error:  # noqa: BLE001 - see above
            self._doctor = None
            self._report(f"The network can't be examined: {type(error).__name__}: {error}")
            return None
        self.diagnosed.emit(diagnosis)
        return diagnosis

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
            self._train(command, only_one=isinstance(command, TakeStep))
        elif isinstance(command, TrainJobs):
            self._train_jobs(command.jobs)
        elif isinstance(command, ReadWeights):
            self.read_weights(command.layer)
        elif isinstance(command, ReadContribution):
            self.read_contribution(command)
        elif isinstance(command, ExamineExperiment):
            self._examine(command)
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
        self._network, self._refused, self._edits = network, None, EditedNetwork(network)
        self._doctor = NetworkDoctor(network, experiment, self.inbox.waits)
        self.built.emit(
            Built(
                experiment,
                network.layers,
                network.history,
                time.perf_counter() - started,
                misfit(experiment, network.layers[-1].output_shape),
                self._doctor.findings_unseen(),
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
        for text in self.edits_in_effect():
            self._recorder.note_event("edit", text)
        self._edits = EditedNetwork(network)
        if self._doctor is not None:
            self._doctor.start_training(network, experiment)
        try:
            reason = self._fit(network, experiment, self._recorder, only_one=only_one)
        except SpecError as error:
            self.dataFailed.emit(str(error))
            reason = "stopped"
        self._end_training(reason, network)

    def _end_training(self, reason: str, network: "Network") -> None:
        diagnosis = self.diagnose()
        findings = diagnosis.findings if diagnosis is not None else ()
        self.trainingEnded.emit(TrainingEnded(reason, network.history.last_step, findings))

    def _read_data(self, experiment: Experiment, network: "Network") -> bool:
        """Whether the samples are at hand now; where they aren't it was said why, or the person stopped it."""
        try:
            self._load_samples(experiment)
        except ReadingCancelledError:
            self._end_training("stopped", network)
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

        control = TrainingControl(
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

    def read_contribution(self, asked: ReadContribution) -> None:
        """Report what goes into a unit. Only the worker's own thread may call."""
        if self._doctor is None:
            self.contributionRead.emit(NoContribution(asked.path, asked.unit, "There is no network yet."))
        else:
            self.contributionRead.emit(self._doctor.contribution(asked))

    def _examine(self, command: ExamineExperiment) -> None:
        if self._load_error:
            return
        # Data of one experiment are kept at a time.
        holds = self._doctor is not None and self._doctor.has_data
        try:
            self.examined.emit(examine(command.experiment, self.inbox.waits))
        except ReadingCancelledError:
            # After what waits.
            self.inbox.put(command)
        if holds and self._doctor is not None and not self._doctor.has_data:
            self._doctor.forget()

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
