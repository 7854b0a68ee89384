"""Looks at the worker's network now and then, and tells what is wrong: after a build, in pauses, and while training."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from biasstudio.data_files.opening import ReadingCancelledError, never
from biasstudio.doctor.case import Case
from biasstudio.doctor.contribution import Contribution, NoContribution
from biasstudio.doctor.diagnose import diagnose
from biasstudio.doctor.finding import Finding
from biasstudio.doctor.probe import Probe
from biasstudio.spec.arguments import SpecError
from biasstudio.spec.compatibility import misfit
from biasstudio.spec.experiment import Experiment
from biasstudio.worker.messages import Diagnosis, ReadContribution

if TYPE_CHECKING:
    from biasstudio.engine.build import Network
    from biasstudio.engine.probe import Prober

SECONDS_BETWEEN = 2.0
# Of the time that training takes.
_MOST_SHARE = 0.01
# What the first look takes, in which TensorFlow traces it; each later one is a tenth of that and less.
_SECONDS_OF_FIRST_LOOK = 0.5


class NetworkDoctor:
    """Of one network. Only the worker's own thread may call.

    `is_wanted` says whether something else waits to be done: then data are not read on for a look.
    """

    def __init__(self, network: "Network", experiment: Experiment, is_wanted: Callable[[], bool] = never) -> None:
        self.network, self.experiment, self._is_wanted = network, experiment, is_wanted
        self._prober: Prober | None = None
        self._looked_at, self._trained_since = -1, 0
        self._training_since = self._due_at = time.monotonic()

    @property
    def has_news(self) -> bool:
        """Whether the network stands at a step that wasn't looked at."""
        return self._looked_at != self.network.history.last_step

    @property
    def has_data(self) -> bool:
        """Whether the data of the network are at hand."""
        from biasstudio.engine.data import are_at_hand

        return are_at_hand(self.experiment.data)

    def forget(self) -> None:
        """The network was changed at the step at which it stands, or its data are to be read again."""
        self._looked_at = -1

    def start_training(self, network: "Network", experiment: Experiment) -> None:
        """`network` is the same, maybe compiled anew."""
        if network.model is not self.network.model:
            self._prober = None
        before, now = self.experiment, experiment
        if before.training.learning_rate != now.training.learning_rate or not before.same_learning(now):
            # What was trained with other settings says nothing of these.
            self._trained_since = network.history.last_step
        self.network, self.experiment = network, experiment
        self._training_since = time.monotonic()
        self._due_at = self._training_since + SECONDS_BETWEEN

    def findings_unseen(self) -> tuple[Finding, ...]:
        """What the network, the data and the history tell, without a look at what the layers give."""
        return diagnose(self._case(None))

    def look(self) -> Diagnosis:
        """What is wrong at the present step. Raises ReadingCancelledError where the data were not read to their end."""
        probe = self._probe()
        self._looked_at = self.network.history.last_step
        return Diagnosis(self.network.history.last_step, diagnose(self._case(probe)), probe)

    @property
    def is_due(self) -> bool:
        """Whether it is time to look between two batches: every few seconds, within a share of the training's time.

        What was looked at in a pause isn't looked at again when training goes on.
        """
        return time.monotonic() >= self._due_at and self.has_news

    def look_in_training(self) -> Diagnosis:
        """As `look`; but the first time, which takes long, only in a training that takes much longer."""
        started = time.monotonic()
        if self._prober is None and started - self._training_since < _SECONDS_OF_FIRST_LOOK / _MOST_SHARE:
            diagnosis = Diagnosis(self.network.history.last_step, self.findings_unseen())
        else:
            diagnosis = self.look()
        ended = time.monotonic()
        self._due_at = ended + max(SECONDS_BETWEEN, (ended - started) / _MOST_SHARE)
        return diagnosis

    def contribution(self, asked: ReadContribution) -> Contribution | NoContribution:
        """What goes into a unit, or why that isn't said."""
        from biasstudio.engine.contribution import contribution

        if not self.has_data:
            return NoContribution(asked.path, asked.unit, "The data of this network are not read yet.")
        unfit = self._misfit()
        if unfit is not None:
            return NoContribution(asked.path, asked.unit, str(unfit))
        return contribution(self.network, self.experiment, asked.path, asked.unit, asked.sample)

    def _case(self, probe: Probe | None) -> Case:
        from biasstudio.engine.experiment_case import case_of_network

        return case_of_network(self.network, self.experiment, probe, self._trained_since)

    def _misfit(self) -> SpecError | None:
        """Why no samples go through the network now, or None. Raises ReadingCancelledError."""
        from biasstudio.engine.data import may_be_downloaded
        from biasstudio.engine.data_facts import data_facts

        unfit = misfit(self.experiment, self.network.layers[-1].output_shape)
        if unfit is not None:
            return unfit
        if may_be_downloaded(self.experiment.data):
            return SpecError("The data are loaded when the training begins.")
        try:
            data_facts(self.experiment, self._is_wanted)
        except ReadingCancelledError:
            raise
        except SpecError as error:
            return error
        return None

    def _probe(self) -> Probe | None:
        from biasstudio.engine.data_facts import probe_samples
        from biasstudio.engine.probe import Prober, can_be_probed

        network = self.network
        if self._misfit() is not None or not can_be_probed(network.model):
            return None
        if self._prober is None:
            biases = zip(network.history.vectors, network.bias_variables, strict=True)
            self._prober = Prober(network.model, tuple(biases), network.model.loss)
        samples = probe_samples(self.experiment, self._prober.most_samples)
        return self._prober.probe(samples.x, samples.y, network.history.last_step)
