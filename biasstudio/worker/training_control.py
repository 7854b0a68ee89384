"""TrainingControl: what the model worker does between two batches of a training."""

import time
from typing import TYPE_CHECKING

from biasstudio.spec.experiment import Experiment
from biasstudio.worker.messages import (
    Build,
    Close,
    Command,
    ExamineExperiment,
    Pause,
    Progress,
    ReadContribution,
    ReadWeights,
    SaveModel,
    SetBiases,
    Stop,
    TakeStep,
    Train,
    TrainJobs,
    WorkerState,
)

if TYPE_CHECKING:
    from biasstudio.engine.recorder import BiasRecorder
    from biasstudio.worker.model_worker import ModelWorker

PROGRESS_SECONDS = 0.2


class TrainingControl:
    """Between two batches: takes commands, holds while paused, and reports a few times a second."""

    def __init__(
        self,
        worker: "ModelWorker",
        experiment: Experiment,
        recorder: "BiasRecorder",
        steps_planned: int,
        only_one: bool,
        job: str,
    ) -> None:
        from biasstudio.engine.train import StepRate

        self._worker, self._recorder, self._job = worker, recorder, job
        self._told = bool(recorder.failure)
        # What was asked for while this goes on and builds networks of its own comes after it.
        self.later: list[TrainJobs | ExamineExperiment] = []
        self._steps_planned = steps_planned
        self._pausing, self._steps_asked = only_one, int(only_one)
        self._first_step = recorder.last_step
        # As the history counts them, on from earlier trainings of this network.
        self._epochs = recorder.epoch + experiment.training.epochs
        self._rate = StepRate()
        self._reported_at = 0.0
        self._last_seen = self._first_step
        self.stopped = self._holding = False

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
        if made_step and not self._job and not self.stopped and self._worker.window_network.is_diagnosis_due:
            # What is looked at and what is recorded are of the same step.
            self._recorder.flush()
            self._worker.window_network.diagnose(in_training=True)
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
            # It ends all that was asked for: of those that wait, too, it is said that they have ended.
            self.later = [TrainJobs(()) if isinstance(each, TrainJobs) else each for each in self.later]
        elif isinstance(command, TrainJobs | ExamineExperiment):
            self.later.append(command)
        elif isinstance(command, ReadWeights):
            self._worker.window_network.read_weights(command.layer)
        elif isinstance(command, ReadContribution):
            self._worker.window_network.read_contribution(command)
        elif isinstance(command, SaveModel):
            self._worker.window_network.save(command.path)
        elif isinstance(command, SetBiases):
            self._set_biases(command)
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
        self._holding = True
        while self._must_hold():
            self._take(self._worker.take())
        self._holding = False
        self._go_on()

    def _go_on(self) -> None:
        if not self.stopped and not self._job:
            for text in self._worker.window_network.edits_in_effect():
                self._recorder.note_event("edit", text)
        self._rate.restart()
        if not self.stopped and not self._pausing:
            self._worker.stateChanged.emit(WorkerState.TRAINING)

    def _set_biases(self, edit: SetBiases) -> None:
        # While a job is trained, the window's own network stands.
        if self._holding or self._job:
            self._worker.window_network.set_biases(edit)
        else:
            self._worker.editOvertaken.emit()

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
                self._recorder.epoch,
                self._epochs,
                done,
                self._steps_planned,
                rate,
                (self._steps_planned - done) / rate if rate else None,
                self._job,
            )
        )
