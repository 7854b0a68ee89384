"""Look at what a batch of samples makes of a network, beside its training: nothing of its states is touched."""

import functools
import math
from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from biasstudio.doctor.network import PASSING
from biasstudio.doctor.probe import LayerProbe, Probe
from biasstudio.engine.data_facts import MOST_PROBE_SAMPLES
from biasstudio.recording.network import BiasVector

# Outputs of all layers are held at once, as float32: 200 MB.
_MOST_OUTPUTS = 50_000_000
_FEWEST_SAMPLES = 8

Loss = Callable[[Any, Any], Any]


def can_be_probed(model: Any) -> bool:
    """Whether it is built, its graph of layers is known, and it takes one input."""
    return _graph(model) is not None and len(model.inputs or ()) == 1 == len(model.outputs or ())


class Prober:
    """Runs batches through a model that can be probed. Belongs to the thread that owns the model.

    Layers are called as in prediction: dropout is off, and moving statistics stay. No random number is drawn, so that
    training goes on bit for bit as it would have.
    """

    def __init__(
        self, model: Any, biases: Sequence[tuple[BiasVector, Any]], loss: Loss | None, *, traced: bool = True
    ) -> None:
        """`biases` as `find_biases` gives them; `loss` of targets and outputs, None where gradients aren't wanted.

        `traced`: the first time takes some tenths of a second more, and each later one far less.
        """
        self._biases, self._loss = tuple(biases), loss
        classes = {layer.name: type(layer).__name__ for layer in model.layers}
        # What only hands on tells nothing new.
        self._outputs = {
            name: output for name, output in outputs_by_layer(model).items() if classes[name] not in PASSING
        }
        # The model's own output is found again with them, so that the loss sees what it sees in training.
        self._model = keras.Model(model.inputs[0], [*model.outputs, *self._outputs.values()])
        # TensorFlow counts traces by a function's code, so that many probers would look like one that is traced anew
        # each time, which it warns of. A partial is counted by itself.
        look = functools.partial(self._looked_at)
        self._look = tf.function(look, reduce_retracing=True) if traced else look

    @property
    def most_samples(self) -> int:
        """So many that their outputs fit into memory."""
        each = sum(math.prod(side or 1 for side in output.shape[1:]) for output in self._outputs.values())
        return max(_FEWEST_SAMPLES, min(MOST_PROBE_SAMPLES, _MOST_OUTPUTS // max(1, each)))

    def probe(self, x: NDArray[Any], y: NDArray[Any] | None, step: int) -> Probe:
        """What up to `most_samples` samples (n, *shape) make of the model as it stands at `step`. They must fit it.

        Targets that the loss doesn't take give no gradients.
        """
        targets = None if y is None or self._loss is None else tf.constant(y)
        try:
            statistics, gradients = self._look(tf.constant(x), targets)
        except (ValueError, tf.errors.InvalidArgumentError):
            if targets is None:
                raise
            statistics, gradients = self._look(tf.constant(x), None)
        return Probe(
            step,
            len(x),
            {name: LayerProbe(*np.asarray(rows)) for name, rows in zip(self._outputs, statistics, strict=True)},
            {
                vector.path: np.asarray(gradient).reshape(-1)
                for (vector, _), gradient in zip(self._biases, gradients, strict=False)
            },
        )

    def _looked_at(self, x: Any, targets: Any) -> Any:
        variables = [variable.value for _, variable in self._biases]
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(variables)
            answer, *outputs = self._model(x, training=False)
            loss = self._loss(targets, answer) if self._loss is not None and targets is not None else None
        statistics = [_statistics(output) for output in outputs]
        if loss is None:
            return statistics, []
        gradients = tape.gradient(loss, variables, unconnected_gradients=tf.UnconnectedGradients.ZERO)
        return statistics, [tf.cast(gradient, tf.float32) for gradient in gradients]


def outputs_by_layer(model: Any) -> dict[str, Any]:
    """The symbolic output of each layer of a built model that gives a single one of numbers, by the layer's name.

    Shared layers, which give several, are left out. So is all of a subclassed model, whose graph isn't known.
    """
    graph = _graph(model)
    calls: dict[str, list[Any]] = {}
    for nodes in graph._nodes_by_depth.values() if graph is not None else ():
        for node in nodes:
            if node.arguments.keras_tensors:
                calls.setdefault(node.operation.name, []).append(node.output_tensors)
    outputs = {name: made[0][0] for name, made in calls.items() if len(made) == 1 and len(made[0]) == 1}
    return {
        layer.name: outputs[layer.name]
        for layer in model.layers
        if layer.name in outputs and _is_rows_of_numbers(outputs[layer.name])
    }


def _graph(model: Any) -> Any:
    """The model, or what a Sequential one holds, that knows which layer is called on which; None where none does."""
    graph = getattr(model, "_functional", model)
    return graph if hasattr(graph, "_nodes_by_depth") else None


def _is_rows_of_numbers(output: Any) -> bool:
    return str(output.dtype).startswith("float") and len(output.shape) > 1 and output.shape[-1] is not None


def _statistics(output: Any) -> Any:
    """The fields of a LayerProbe as rows: float32 (5, units)."""
    rows = tf.reshape(tf.cast(output, tf.float32), (tf.shape(output)[0], -1, output.shape[-1]))

    def mean(values: Any) -> Any:
        # In two steps: a float32 sum of so many numbers loses digits.
        return tf.reduce_mean(tf.reduce_mean(values, 1), 0)

    return tf.stack(
        [
            mean(tf.cast(rows > 0, tf.float32)),
            mean(rows),
            mean(tf.square(rows)),
            tf.reduce_min(rows, (0, 1)),
            tf.reduce_max(rows, (0, 1)),
        ]
    )
