"""Case: what is known of a network and its training, as plain data. What is None isn't known, and isn't judged."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from biasstudio.doctor.data_facts import DataFacts
from biasstudio.doctor.network import Head, NetworkLayer, head_of, layers_of_stack
from biasstudio.doctor.probe import Probe
from biasstudio.recording.history import History
from biasstudio.recording.network import BuiltLayer
from biasstudio.spec.experiment import Experiment, Training


@dataclass(frozen=True)
class Case:
    """What the rules look at. `layers` in an order in which each comes after those that it is called on.

    `from_file`: the weights came from a file, so initializers say nothing of how the biases start. `scheduled`: the
    learning rate changes while training, so that of `training` is but one of them.
    """

    layers: tuple[NetworkLayer, ...]
    training: Training | None = None
    history: History | None = None
    data: DataFacts | None = None
    probe: Probe | None = None
    steps_planned: int | None = None
    from_file: bool = False
    scheduled: bool = False

    @cached_property
    def head(self) -> Head | None:
        """What gives the output; None where it isn't known."""
        return head_of(self.layers)

    @property
    def trained(self) -> bool:
        """Whether a step was made."""
        return self.history is not None and self.history.last_step > 0

    @property
    def judged(self) -> tuple[str, ...]:
        """What the rules could look at, in words."""
        steps = self.history.last_step if self.history is not None and self.trained else 0
        known = {
            "the network": any(layer.layer is not None for layer in self.layers),
            "loss and optimizer": self.training is not None,
            "the data": self.data is not None,
            f"a batch of {self.probe.samples if self.probe is not None else 0} samples": self.probe is not None,
            f"{steps:,} steps of training": steps > 0,
        }
        return tuple(words for words, is_known in known.items() if is_known)

    def layer(self, name: str) -> NetworkLayer:
        return next(layer for layer in self.layers if layer.name == name)

    def after(self, name: str) -> tuple[NetworkLayer, ...]:
        """The layers that are called on the output of the layer `name`."""
        return tuple(layer for layer in self.layers if name in layer.inputs)


def case_of(
    experiment: Experiment,
    built: Sequence[BuiltLayer],
    history: History | None = None,
    steps_planned: int | None = None,
    data: DataFacts | None = None,
    probe: Probe | None = None,
) -> Case:
    """The case of an experiment whose layers were built. Of a file's own network only the history is known."""
    shapes: Mapping[str, tuple[int, ...]] = {layer.name: layer.output_shape for layer in built}
    layers = layers_of_stack(experiment, shapes)
    from_file = experiment.weights is not None
    return Case(layers, experiment.training, history, data, probe, steps_planned, from_file)
