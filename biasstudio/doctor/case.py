"""Case: what is known of a network and its training, as plain data. What is None isn't known, and isn't judged."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from biasstudio.doctor.data_facts import DataFacts
from biasstudio.doctor.network import LINEAR, NORMALIZING, Head, NetworkLayer, head_of, layers_of_stack
from biasstudio.doctor.probe import Probe
from biasstudio.doctor.trajectory import Trajectory, kept_at_each_step
from biasstudio.recording.history import History
from biasstudio.recording.network import BiasVector, BuiltLayer
from biasstudio.spec.experiment import Experiment, Training


@dataclass(frozen=True)
class Case:
    """What the rules look at. `layers` in an order in which each comes after those that it is called on.

    `from_file`: the weights came from a file, so initializers say nothing of how the biases start. `scheduled`: the
    learning rate changes while training, so that of `training` is but one of them. `trained_since`: the last step
    before `training` and who learns became as they are; only steps after it say something of them.
    """

    layers: tuple[NetworkLayer, ...]
    training: Training | None = None
    history: History | None = None
    data: DataFacts | None = None
    probe: Probe | None = None
    steps_planned: int | None = None
    from_file: bool = False
    scheduled: bool = False
    trained_since: int = 0

    @cached_property
    def head(self) -> Head | None:
        """What gives the output; None where it isn't known."""
        return head_of(self.layers)

    @cached_property
    def trajectory(self) -> Trajectory | None:
        """The recorded steps under the present settings; None where there are none."""
        if self.history is None or self.history.last_step <= max(0, self.trained_since):
            return None
        return Trajectory(self.history, self.trained_since, kept_at_each_step(self.training, self.scheduled))

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
            f"a batch of {self.probe.samples if self.probe is not None else 0:,} samples": self.probe is not None,
            f"{steps:,} steps of training": steps > 0,
        }
        return tuple(words for words, is_known in known.items() if is_known)

    def layer(self, name: str) -> NetworkLayer:
        return next(layer for layer in self.layers if layer.name == name)

    def layer_of(self, vector: BiasVector) -> NetworkLayer | None:
        """The layer that a bias vector belongs to; None where the layers aren't known, or it could be several."""
        known = self._by_path.get(vector.layer, [])
        return known[0] if len(known) == 1 else None

    @cached_property
    def _by_path(self) -> Mapping[str, list[NetworkLayer]]:
        # A layer in a nested model is called outer/inner here, and inner alone by Keras's path of its variables.
        found: dict[str, list[NetworkLayer]] = {}
        for layer in self.layers:
            found.setdefault(layer.name.split("/")[-1], []).append(layer)
        return found

    def only_through(self, other: str) -> frozenset[str]:
        """The layers of which all that they give comes to the end through the layer `other`, and that layer."""
        found = {other}
        for layer in reversed(self.layers):
            after = self.after(layer.name)
            if after and all(each.name in found for each in after):
                found.add(layer.name)
        return frozenset(found)

    def all_after(self, name: str) -> frozenset[str]:
        """The layers that get something of what the layer `name` gives, near and far."""
        found = {name}
        for layer in self.layers:
            if not found.isdisjoint(layer.inputs):
                found.add(layer.name)
        return frozenset(found - {name})

    def function_after(self, layer: NetworkLayer) -> str | None:
        """The activation that the layer's values go through: its own, or that of a layer after it that is nothing else.

        A normalization may lie between. Linear where there is none, None where it isn't known.
        """
        if layer.activation != LINEAR and layer.class_name not in NORMALIZING:
            return layer.activation
        after = self.after(layer.name)
        if len(after) == 1 and (after[0].class_name in NORMALIZING or after[0].is_activation):
            return self.function_after(after[0])
        return LINEAR

    def after(self, name: str) -> tuple[NetworkLayer, ...]:
        """The layers that are called on the output of the layer `name`."""
        return self._after.get(name, ())

    @cached_property
    def _after(self) -> Mapping[str, tuple[NetworkLayer, ...]]:
        found: dict[str, tuple[NetworkLayer, ...]] = {}
        for layer in self.layers:
            for name in dict.fromkeys(layer.inputs):
                found[name] = (*found.get(name, ()), layer)
        return found


def case_of(
    experiment: Experiment,
    built: Sequence[BuiltLayer],
    history: History | None = None,
    steps_planned: int | None = None,
    data: DataFacts | None = None,
    probe: Probe | None = None,
    trained_since: int = 0,
) -> Case:
    """The case of an experiment whose layers were built. Of a file's own network only the history is known."""
    shapes: Mapping[str, tuple[int, ...]] = {layer.name: layer.output_shape for layer in built}
    layers = layers_of_stack(experiment, shapes)
    from_file = experiment.weights is not None
    return Case(
        layers, experiment.training, history, data, probe, steps_planned, from_file, trained_since=trained_since
    )
