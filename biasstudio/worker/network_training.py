"""One training of a network by the model worker: its samples, its recording, its batches, and how it ended.

Only the worker's own thread may call.
"""

from typing import TYPE_CHECKING

from biasstudio.recording.network import learnable_sizes
from biasstudio.recording.run_format import RunError
from biasstudio.spec.arguments import SpecError
from biasstudio.spec.experiment import Experiment
from biasstudio.spec.learning import learning_fault
from biasstudio.worker.messages import Build, Close, Recording, RunStarted, Stop, WorkerState
from biasstudio.worker.training_control import TrainingControl

if TYPE_CHECKING:
    from biasstudio.engine.build import Network
    from biasstudio.engine.recorder import BiasRecorder
    from biasstudio.worker.model_worker import ModelWorker


def check_learning(experiment: Experiment, network: "Network") -> None:
    """Raises SpecError where nothing would learn."""
    fault = learning_fault(experiment, learnable_sizes(network.layers))
    if fault is not None:
        raise fault


def read_samples(worker: "ModelWorker", experiment: Experiment) -> None:
    """Kept by the engine for what follows.

    Raises SpecError, and ReadingCancelledError: Stop, Close and another build cancel it.
    """
    from biasstudio.engine.data import load_samples

    worker.stateChanged.emit(WorkerState.READING)
    load_samples(experiment, lambda: worker.inbox.holds((Stop, Close, Build)))


def recorder_for(
    worker: "ModelWorker", network: "Network", recording: Recording | None, *, of_job: bool = False
) -> "BiasRecorder":
    """A recorder for a network: into the history, and into a file where one is wanted and can be written."""
    from biasstudio.engine.train import recorder_of

    if recording is None:
        return recorder_of(network)
    try:
        recorder = recorder_of(
            network, recording.path, recording.name, group=recording.group, size_limit=recording.size_limit
        )
    except RunError as error:
        worker.recordingFailed.emit(f"{error} This training is not recorded.")
        return recorder_of(network)
    network.history.archive = recorder.archive
    worker.runStarted.emit(RunStarted(recording, of_job))
    return recorder


def fit(
    worker: "ModelWorker",
    network: "Network",
    experiment: Experiment,
    recorder: "BiasRecorder",
    *,
    only_one: bool = False,
    job: str = "",
) -> str:
    """Train, and give how it ended: finished, stopped or non-finite. Raises SpecError where the data fail."""
    from biasstudio.engine.train import planned_steps, train

    control = TrainingControl(worker, experiment, recorder, planned_steps(network, experiment.training), only_one, job)
    worker.stateChanged.emit(WorkerState.TRAINING)
    try:
        finite = train(network, experiment.training, control.between_batches, recorder)
    except SpecError:
        recorder.say_state("failed")
        raise
    finally:
        for command in reversed(control.later):
            worker.inbox.put_back(command)
    control.report()
    reason = "non-finite" if not finite else "stopped" if control.stopped else "finished"
    recorder.say_state("failed" if reason == "non-finite" else reason)
    return reason
