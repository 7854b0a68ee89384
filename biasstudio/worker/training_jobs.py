"""Twins and sweeps: networks that are trained one after the other beside the window's, each for a recording."""

from typing import TYPE_CHECKING

from biasstudio.data_files.opening import ReadingCancelledError
from biasstudio.spec.arguments import SpecError
from biasstudio.spec.compatibility import misfit
from biasstudio.worker.messages import Job, JobEnded, JobStarted, WorkerState
from biasstudio.worker.network_training import check_learning, fit, read_samples, recorder_for

if TYPE_CHECKING:
    from biasstudio.worker.model_worker import ModelWorker


def train_jobs(worker: "ModelWorker", jobs: tuple[Job, ...]) -> None:
    """Train them all, or up to the one that is stopped. Only the worker's own thread may call."""
    for index, job in enumerate(jobs):
        label = f"{index + 1} of {len(jobs)}: {job.label}" if len(jobs) > 1 else job.label
        try:
            if _train_job(worker, index, job, label) == "stopped":
                break
        except ReadingCancelledError:
            break
        except SpecError as error:
            worker.jobEnded.emit(JobEnded(index, job, "refused", str(error)))
    worker.jobsEnded.emit()


def _train_job(worker: "ModelWorker", index: int, job: Job, label: str) -> str:
    """Raises SpecError where the job's network can't be built, or doesn't fit its data."""
    from biasstudio.engine.build import build_network

    worker.stateChanged.emit(WorkerState.BUILDING)
    network = build_network(job.experiment)
    unfit = misfit(job.experiment, network.layers[-1].output_shape)
    if unfit is not None:
        raise unfit
    check_learning(job.experiment, network)
    read_samples(worker, job.experiment)
    recorder = recorder_for(worker, network, job.recording, of_job=True)
    try:
        worker.jobStarted.emit(JobStarted(index, job, network.history))
        reason = fit(worker, network, job.experiment, recorder, job=label)
    finally:
        recorder.close()
    worker.jobEnded.emit(JobEnded(index, job, reason))
    return reason
