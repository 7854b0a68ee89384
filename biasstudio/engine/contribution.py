"""What goes into one unit's activation, from its inputs and from its bias, as Keras itself computes it."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from biasstudio.doctor.contribution import Contribution, NoContribution
from biasstudio.engine.build import Network
from biasstudio.engine.data_facts import probe_samples
from biasstudio.engine.probe import outputs_by_layer
from biasstudio.spec.experiment import Experiment

_MOST_PARTS = 20
# Inputs and outputs of the layer are held, as float32: 200 MB.
_MOST_VALUES = 50_000_000
_WEIGHTED_SUMS = ("Dense", "EinsumDense", "BaseConv", "BaseConvTranspose", "BaseSeparableConv", "BaseDepthwiseConv")
_NORMALIZATIONS = ("BatchNormalization", "LayerNormalization", "GroupNormalization")


def contribution(
    network: Network, experiment: Experiment, path: str, unit: int, sample: int | None = None
) -> Contribution | NoContribution:
    """Of `unit`, an index into the vector `path` in C order, on one of the probe's samples, or on all for None.

    Only the thread that owns the network may call. The experiment's samples must fit it. Raises SpecError where none
    are left to train with, OSError where their file is missing.
    """
    vectors = [vector.path for vector in network.history.vectors]
    variable = network.bias_variables[vectors.index(path)] if path in vectors else None
    if variable is None or not 0 <= unit < math.prod(variable.shape):
        return NoContribution(path, unit, f"There is no unit {unit} of {path} in this network.")
    layer = next((each for each in network.model.layers if _owns(each, variable)), None)
    reason = _why_not(network.model, layer, variable, path)
    if reason:
        return NoContribution(path, unit, reason)
    seen = _Seen(network, experiment, layer, unit)
    if sample is not None and not 0 <= sample < seen.count:
        return NoContribution(path, unit, f"There is no sample {sample}: {seen.count} are looked at.")
    bias = float(np.asarray(variable).reshape(-1)[unit])
    return seen.contribution(path, network.history.last_step, bias, sample)


def _owns(layer: Any, variable: Any) -> bool:
    """Whether it is the layer itself, and not one inside it, that made the variable."""
    return any(variable is own for own in layer._trainable_variables)


def _why_not(model: Any, layer: Any, variable: Any, path: str) -> str:
    classes = {kind.__name__ for kind in type(layer).__mro__}
    if layer is None or not classes.intersection((*_WEIGHTED_SUMS, *_NORMALIZATIONS)):
        return (
            f"What goes into {path} can't be split here: that is done for Dense, EinsumDense, convolutions and "
            "normalizations, each with a bias of its own."
        )
    output = outputs_by_layer(model).get(layer.name)
    if output is None:
        return f"What goes into {path} can't be split here: {layer.name} is called several times, or gives no numbers."
    if len(variable.shape) != 1 or output.shape[-1] != variable.shape[0]:
        return f"What goes into {path} can't be split here: its values do not lie along the last axis of the output."
    return ""


@contextmanager
def _without_activation(layer: Any) -> Iterator[None]:
    """The layer itself is called, so that its weights are those of the training; it is as before afterwards."""
    if not hasattr(layer, "activation"):
        yield
        return
    activation, layer.activation = layer.activation, keras.activations.linear
    try:
        yield
    finally:
        layer.activation = activation


class _Seen:
    """What goes into one unit's activation on the probe's samples, and what comes out: float32 (samples, positions)."""

    def __init__(self, network: Network, experiment: Experiment, layer: Any, unit: int) -> None:
        self._layer, self._unit = layer, unit
        into, out = _around(network.model, layer)
        self._around, self._x = keras.Model(network.model.inputs[0], [into, out]), probe_samples(experiment).x
        self.count, self._shape = len(self._x), tuple(out.shape[1:-1])
        each = sum(math.prod(side or 1 for side in tensor.shape[1:]) for tensor in (into, out))
        size = max(1, _MOST_VALUES // each)
        parts = [self._columns(self._x[start : start + size]) for start in range(0, self.count, size)]
        self._before, self._after = (np.concatenate(columns) for columns in zip(*parts, strict=True))

    def _columns(self, x: Any) -> tuple[Any, Any]:
        into, out = self._around(x, training=False)
        both = self._summed(into)[..., self._unit], out[..., self._unit]
        before, after = (np.asarray(column, np.float32).reshape(len(x), -1) for column in both)
        return before, after

    def _summed(self, x: Any) -> Any:
        """What goes into the activation. Moving statistics of a normalization are used, and stay."""
        extra = {"training": False} if type(self._layer).__name__ == "BatchNormalization" else {}
        with _without_activation(self._layer):
            return self._layer.call(x, **extra)

    def contribution(self, path: str, step: int, bias: float, sample: int | None) -> Contribution:
        at = np.arange(self.count) if sample is None else np.array([sample])
        places = self._before[at].argmax(1)
        largest, active = self._before[at, places], self._after > 0
        activation = getattr(self._layer, "activation", keras.activations.linear)
        return Contribution(
            path,
            self._unit,
            step,
            at,
            largest - np.float32(bias),
            bias,
            largest,
            self._after[at, places],
            keras.activations.serialize(activation) if activation is not None else "linear",
            self.count,
            float(active.any(1).mean()),
            float(active.mean()) if self._shape else None,
            tuple(_index(place, self._shape) for place in places) if self._shape else (),
            self._parts(sample, int(places[0])) if sample is not None else (),
        )

    def _parts(self, sample: int, place: int) -> tuple[tuple[tuple[int, ...], float], ...]:
        """Each input times its weight: a sum is linear, so that its slope is the weight."""
        if type(self._layer).__name__ in _NORMALIZATIONS:
            return ()
        x, _ = self._around(self._x[sample : sample + 1], training=False)
        with tf.GradientTape() as tape:
            tape.watch(x)
            value = tf.reshape(self._summed(x)[..., self._unit], [-1])[place]
        parts = np.asarray(x * tape.gradient(value, x))[0]
        largest = np.argsort(-np.abs(parts), axis=None, kind="stable")[:_MOST_PARTS]
        indexes = [_index(each, parts.shape) for each in largest]
        return tuple((index, float(parts[index])) for index in indexes if parts[index] != 0)


def _index(place: Any, shape: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(int(side) for side in np.unravel_index(place, shape))


def _around(model: Any, layer: Any) -> tuple[Any, Any]:
    """The symbolic input and output of a layer that is called once."""
    out = outputs_by_layer(model)[layer.name]
    (into,) = out._keras_history.operation._inbound_nodes[out._keras_history.node_index].input_tensors
    return into, out
