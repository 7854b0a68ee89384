"""Look at what a batch of samples makes of a network, beside its training: nothing of its states is touched."""

import math
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from biasstudio.doctor.network import PASSING
from biasstudio.doctor.probe import LayerProbe, Probe
from biasstudio.engine.build import Network
from biasstudio.engine.data_facts import MOST_PROBE_SAMPLES, probe_samples
from biasstudio.spec.experiment import Experiment

# Outputs of all layers are held at once, as float32: 200 MB.
_MOST_OUTPUTS = 50_000_000
_FEWEST_SAMPLES = 8


class Prober:
    """Runs a fixed batch through a network. Belongs to the thread that owns the network.

    Layers are called as in prediction: dropout is off, and moving statistics stay. No random number is drawn, so that
    training goes on bit for bit as it would have.
    """

    def __init__(self, network: Network) -> None:
        self._network = network
        classes = {layer.name: type(layer).__name__ for layer in network.model.layers}
        # What only hands on tells nothing new.
        self._outputs = {
            name: output for name, output in outputs_by_layer(network.model).items() if classes[name] not in PASSING
        }
        # The network's own output is found again with them, so that the loss sees what it sees in training.
        self._model = keras.Model(network.model.inputs, [*network.model.outputs, *self._outputs.values()])
        self._look = tf.function(self._looked_at, reduce_retracing=True)

    @property
    def most_samples(self) -> int:
        """So many that their outputs fit into memory."""
        each = sum(math.prod(side or 1 for side in output.shape[1:]) for output in self._outputs.values())
        return max(_FEWEST_SAMPLES, min(MOST_PROBE_SAMPLES, _MOST_OUTPUTS // max(1, each)))

    def probe(self, experiment: Experiment) -> Probe:
        """What the experiment's samples make of the network as it stands. They must fit it.

        Raises SpecError where none are left to train with, OSError where their file is missing.
        """
        samples = probe_samples(experiment, self.most_samples)
        statistics, gradients = self._look(tf.constant(samples.x), tf.constant(samples.y))
        vectors = self._network.history.vectors
        return Probe(
            self._network.history.last_step,
            len(samples.x),
            {name: LayerProbe(*np.asarray(rows)) for name, rows in zip(self._outputs, statistics, strict=True)},
            {
                vector.path: np.asarray(gradient).reshape(-1)
                for vector, gradient in zip(vectors, gradients, strict=True)
            },
        )

    def _looked_at(self, x: Any, y: Any) -> Any:
        variables = [variable.value for variable in self._network.bias_variables]
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            for variable in variables:
                tape.watch(variable)
            answer, *outputs = self._model(x, training=False)
            loss = self._network.model.loss(y, answer)
        gradients = tape.gradient(loss, variables, unconnected_gradients=tf.UnconnectedGradients.ZERO)
        return [_statistics(output) for output in outputs], [tf.cast(each, tf.float32) for each in gradients]


def outputs_by_layer(model: Any) -> dict[str, Any]:
    """The symbolic output of each layer of a built model that gives a single one of numbers, by the layer's name.

    Shared layers, which give several, are left out. So is all of a subclassed model, whose graph isn't known.
    """
    graph = getattr(model, "_functional", model)
    calls: dict[str, list[Any]] = {}
    for nodes in getattr(graph, "_nodes_by_depth", {}).values():
        for node in nodes:
            if node.arguments.keras_tensors:
                calls.setdefault(node.operation.name, []).append(node.output_tensors)
    outputs = {name: made[0][0] for name, made in calls.items() if len(made) == 1 and len(made[0]) == 1}
    return {
        layer.name: outputs[layer.name]
        for layer in model.layers
        if layer.name in outputs and _is_rows_of_numbers(outputs[layer.name])
    }


def _is_rows_of_numbers(output: Any) -> bool:
    return str(output.dtype).startswith("float") and len(output.shape) > 1 and output.shape[-1] is not None


def _statistics(output: Any) -> Any:
    """The fields of a LayerProbe as rows: float32 (5, units)."""
    rows = tf.reshape(tf.cast(output, tf.float32), (-1, output.shape[-1]))
    return tf.stack(
        [
            tf.reduce_mean(tf.cast(rows > 0, tf.float32), 0),
            tf.reduce_mean(rows, 0),
            tf.reduce_mean(tf.square(rows), 0),
            tf.reduce_min(rows, 0),
            tf.reduce_max(rows, 0),
        ]
    )
