"""Bias values set by hand while the network stands: written into it, evaluated, and told to the run's events."""

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from biasstudio.recording.bias_edit import differing_units, edit_in_words
from biasstudio.recording.history import Floats
from biasstudio.spec.arguments import SpecError
from biasstudio.spec.compatibility import misfit
from biasstudio.spec.experiment import Experiment
from biasstudio.worker.messages import BiasesEvaluated, SetBiases

if TYPE_CHECKING:
    from biasstudio.engine.build import Network
    from biasstudio.engine.evaluation import Batches, Evaluation

# A drag sends one edit after the other; figures that take no longer than this are shown all the same.
PATIENCE_SECONDS = 0.25
NO_VALIDATION = "There is no validation data: validation_share is 0."

Figures = Mapping[str, float]


class EditedNetwork:
    """The edits of one network since its newest step. Only the worker's own thread may call."""

    def __init__(self, network: "Network") -> None:
        self._network = network
        self._recorded: Floats | None = None
        self._evaluation: Evaluation | None = None
        self._before: tuple[Experiment, Figures] | None = None
        self._due: SetBiases | None = None

    def takes(self, edit: SetBiases) -> bool:
        """Whether the edit is of this network as it stands; false for one that a step has overtaken."""
        history = self._network.history
        return edit.step == history.last_step and self._network.experiment.same_network(edit.experiment)

    def make(self, edit: SetBiases) -> None:
        """Write the values into the network. `evaluate` tells then what they give."""
        from biasstudio.engine.biases import read_frame, write_bias

        variables = self._network.bias_variables
        if self._recorded is None:
            self._recorded = read_frame(variables)
        paths = [vector.path for vector in self._network.history.vectors]
        write_bias(variables[paths.index(edit.path)], edit.values)
        self._due = edit

    def evaluate(self, waits: Callable[[], bool]) -> BiasesEvaluated | None:
        """What the validation data give with the newest edit, and would give without any; None where that is known.

        Gives up where `waits` says that there is something else to do, and goes on when it is called again.
        """
        # Taken away first, so that a fault comes up once.
        edit, network, self._due = self._due, self._network, None
        if edit is None:
            return None
        started = time.monotonic()
        try:
            unfit = misfit(edit.experiment, network.layers[-1].output_shape) if network.layers else None
            batches = None if unfit else _validation_of(edit.experiment)
            if batches is None:
                return BiasesEvaluated(edit.number, note=str(unfit) if unfit else NO_VALIDATION)
            found = self._evaluate(edit, batches, lambda: waits() and time.monotonic() - started > PATIENCE_SECONDS)
        except SpecError as error:
            # The data can't be read.
            return BiasesEvaluated(edit.number, note=str(error))
        if found is None:
            self._due = edit
        return found

    def _evaluate(self, edit: SetBiases, batches: "Batches", gives_up: Callable[[], bool]) -> BiasesEvaluated | None:
        from biasstudio.engine.evaluation import Evaluation

        if self._evaluation is None:
            self._evaluation = Evaluation(self._network)
        if self._before is None or self._before[0] != edit.experiment:
            before = self._without_edits(lambda evaluation: evaluation.figures(batches, gives_up))
            if before is None:
                return None
            self._before = edit.experiment, before
        after = self._evaluation.figures(batches, gives_up)
        return None if after is None else BiasesEvaluated(edit.number, self._before[1], after)

    def _without_edits(self, look: Callable[["Evaluation"], Figures | None]) -> Figures | None:
        """What `look` gives while the network is as it was recorded."""
        from biasstudio.engine.biases import read_frame

        if self._evaluation is None or self._recorded is None:
            return None
        edited = read_frame(self._network.bias_variables)
        self._write(self._recorded)
        try:
            return look(self._evaluation)
        finally:
            self._write(edited)

    def _write(self, frame: Floats) -> None:
        from biasstudio.engine.biases import write_bias

        start = 0
        for variable, vector in zip(self._network.bias_variables, self._network.history.vectors, strict=True):
            write_bias(variable, frame[start : start + vector.length])
            start += vector.length

    def go_on(self) -> list[str]:
        """Training goes on: a text for each vector that is not as it was recorded; and all is forgotten."""
        from biasstudio.engine.biases import read_frame

        recorded, self._recorded, self._before, self._due = self._recorded, None, None, None
        if recorded is None:
            return []
        present, start, texts = read_frame(self._network.bias_variables), 0, []
        for vector in self._network.history.vectors:
            part = slice(start, start + vector.length)
            start = part.stop
            units = differing_units(recorded[part], present[part])
            if len(units):
                texts.append(edit_in_words(vector, units, present[part]))
        return texts


def _validation_of(experiment: Experiment) -> "Batches | None":
    from biasstudio.engine.evaluation import validation_batches

    return validation_batches(experiment)
