"""WindowNetwork: the network that the window shows: built, trained, set by hand, looked at and saved."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from biasstudio.data_files.opening import ReadingCancelledError
from biasstudio.doctor.contribution import NoContribution
from biasstudio.spec.arguments import SpecError
from biasstudio.spec.compatibility import misfit
from biasstudio.spec.experiment import Experiment
from biasstudio.spec.learning import learning_in_words
from biasstudio.worker.edited_network import EditedNetwork
from biasstudio.worker.messages import (
    BuildFailed,
    Built,
    Diagnosis,
    ReadContribution,
    SetBiases,
    TakeStep,
    Train,
    TrainingEnded,
    WeightArray,
    Weights,
    WorkerState,
)
from biasstudio.worker.network_doctor import NetworkDoctor
from biasstudio.worker.network_training import check_learning, fit, read_samples, recorder_for

if TYPE_CHECKING:
    from biasstudio.engine.build import Network
    from biasstudio.engine.recorder import BiasRecorder
    from biasstudio.worker.model_worker import ModelWorker

MAXIMUM_WEIGHTS_TO_COPY = 5_000_000


class WindowNetwork:
    """Reports through the worker's signals. Only the worker's own thread may call."""

    def __init__(self, worker: "ModelWorker") -> None:
        self._worker = worker
        self._refused: Experiment | None = None
        self._network: Network | None = None
        self._recorder: BiasRecorder | None = None
        self._edits: EditedNetwork | None = None
        self._doctor: NetworkDoctor | None = None

    def build(self, experiment: Experiment) -> None:
        """In place of the network before, which stays where this one is refused."""
        from biasstudio.engine.build import build_network, versions

        self._worker.stateChanged.emit(WorkerState.BUILDING)
        started = time.perf_counter()
        try:
            network = build_network(experiment)
        except SpecError as error:
            self._refused = experiment
            self._worker.buildFailed.emit(BuildFailed(experiment, error))
            return
        self.close()
        self._network, self._refused, self._edits = network, None, EditedNetwork(network)
        self._doctor = NetworkDoctor(network, experiment, self._worker.inbox.waits)
        self._worker.built.emit(
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

    def close(self) -> None:
        """Forget the network, and end its recording."""
        if self._recorder is not None:
            self._recorder.close()
        self._network = self._recorder = self._edits = self._doctor = None

    def train(self, command: Train | TakeStep) -> None:
        """Train the network, which must be that of the command's experiment."""
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
            check_learning(experiment, network)
        except SpecError as error:
            self._worker.buildFailed.emit(BuildFailed(experiment, error))
            return
        same_learning = network.experiment.same_learning(experiment)
        self._network = network = with_learning_of(network, experiment)
        if self._recorder is None:
            self._recorder = recorder_for(self._worker, network, command.recording)
        elif not same_learning:
            self._recorder.note_event("learns", f"{learning_in_words(experiment)}; with a fresh optimizer")
        for text in self.edits_in_effect():
            self._recorder.note_event("edit", text)
        self._edits = EditedNetwork(network)
        if self._doctor is not None:
            self._doctor.start_training(network, experiment)
        try:
            reason = fit(self._worker, network, experiment, self._recorder, only_one=isinstance(command, TakeStep))
        except SpecError as error:
            self._worker.dataFailed.emit(str(error))
            reason = "stopped"
        self._end_training(reason, network)

    def _end_training(self, reason: str, network: "Network") -> None:
        diagnosis = self.diagnose()
        findings = diagnosis.findings if diagnosis is not None else ()
        self._worker.trainingEnded.emit(TrainingEnded(reason, network.history.last_step, findings))

    def _read_data(self, experiment: Experiment, network: "Network") -> bool:
        """Whether the samples are at hand now; where they aren't it was said why, or the person stopped it."""
        try:
            read_samples(self._worker, experiment)
        except ReadingCancelledError:
            self._end_training("stopped", network)
            return False
        except SpecError as error:
            self._worker.dataFailed.emit(str(error))
            return False
        return True

    def set_biases(self, edit: SetBiases) -> None:
        """Set a vector of the network, which must stand."""
        if self._edits is None or not self._edits.takes(edit):
            self._worker.editOvertaken.emit()
            return
        self._edits.make(edit)
        self.forget_diagnosis()

    def evaluate_edits(self) -> None:
        """Report what the newest edit gives, where that isn't known; given up for a command."""
        evaluated = self._edits.evaluate(self._worker.inbox.waits) if self._edits is not None else None
        if evaluated is not None:
            self._worker.biasesEvaluated.emit(evaluated)

    def edits_in_effect(self) -> list[str]:
        """A text for each vector that was set by hand, as training goes on from there."""
        return self._edits.go_on() if self._edits is not None else []

    @property
    def has_news(self) -> bool:
        """Whether the network stands at a step that wasn't looked at."""
        return self._doctor is not None and self._doctor.has_news

    @property
    def has_data(self) -> bool:
        """Whether its data are at hand."""
        return self._doctor is not None and self._doctor.has_data

    @property
    def is_diagnosis_due(self) -> bool:
        """Whether it is time to look at the network while it trains."""
        return self._doctor is not None and self._doctor.is_due

    def forget_diagnosis(self) -> None:
        """It is to be looked at again."""
        if self._doctor is not None:
            self._doctor.forget()

    def diagnose(self, *, in_training: bool = False) -> Diagnosis | None:
        """Report what is wrong with the network.

        A fault in it is told, and ends the looking, but nothing else. None where it was given up for a command.
        """
        doctor = self._doctor
        if doctor is None:
            return None
        try:
            diagnosis = doctor.look_in_training() if in_training else doctor.look()
        except ReadingCancelledError:
            return None
        except Exception as error:  # noqa: BLE001 - the thread must outlive any fault; it is logged and shown
            self._doctor = None
            self._worker.report(f"The network can't be examined: {type(error).__name__}: {error}")
            return None
        self._worker.diagnosed.emit(diagnosis)
        return diagnosis

    def read_weights(self, layer_name: str) -> None:
        """Report the arrays of a layer; none for one that is not built."""
        network = self._network
        if network is None or layer_name not in [layer.name for layer in network.layers]:
            self._worker.weightsRead.emit(Weights(layer_name, 0, ()))
            return
        layer = network.model.get_layer(layer_name)
        arrays = tuple(
            _weight_array(variable.path.split("/")[-1], values)
            for variable, values in zip(layer.weights, layer.get_weights(), strict=True)
        )
        self._worker.weightsRead.emit(Weights(layer_name, network.history.last_step, arrays))

    def read_contribution(self, asked: ReadContribution) -> None:
        """Report what goes into a unit."""
        if self._doctor is None:
            self._worker.contributionRead.emit(NoContribution(asked.path, asked.unit, "There is no network yet."))
        else:
            self._worker.contributionRead.emit(self._doctor.contribution(asked))

    def save(self, path: Path) -> None:
        """Write the network to a model's file, and report."""
        from biasstudio.engine.save_model import save_model

        if self._network is None:
            self._worker.modelNotSaved.emit("There is no network yet that could be saved.")
            return
        try:
            save_model(self._network.model, path)
        except SpecError as error:
            self._worker.modelNotSaved.emit(str(error))
        else:
            self._worker.modelSaved.emit(path)


def _weight_array(name: str, values: Any) -> WeightArray:
    copied = values if values.size <= MAXIMUM_WEIGHTS_TO_COPY else None
    return WeightArray(name, tuple(values.shape), str(values.dtype), copied)
