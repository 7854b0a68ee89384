"""Find, read and write the bias variables of a Keras model."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from biasstudio.recording.network import BIAS_NAMES, CELL_GATES, BiasVector

_read = tf.raw_ops.ReadVariableOp

# What one element of a layer's bias is, by the name of its class or of one that it inherits from.
_UNITS = {
    "BaseConv": "channel",
    "BaseConvTranspose": "channel",
    "BaseDepthwiseConv": "channel",
    "BaseSeparableConv": "channel",
    "BatchNormalization": "channel",
    "GroupNormalization": "channel",
    "ConvLSTMCell": "gate channel",
    "LSTMCell": "gate unit",
    "GRUCell": "gate unit",
}
_ATTENTIONS = (keras.layers.MultiHeadAttention, keras.layers.GroupQueryAttention)
_PROJECTIONS = ("_query_dense", "_key_dense", "_value_dense", "_gate_dense")


def is_bias(variable: Any) -> bool:
    """Whether a Keras variable is a bias, by the last part of its path."""
    return variable.path.split("/")[-1] in BIAS_NAMES


def find_biases(model: Any) -> list[tuple[BiasVector, Any]]:
    """Every bias variable of a built `model` with its description, in the order of `model.variables`.

    Those of nested models and wrapped layers are among them; that of a shared layer once. Where Keras has given two
    variables the same path, the later ones are called path (2), path (3)…
    """
    owners, heads = _owners(model), _of_heads(model)
    seen: Counter[str] = Counter()
    found = []
    for variable in filter(is_bias, model.variables):
        path = variable.path.removeprefix(f"{model.name}/")
        seen[path] += 1
        name = path if seen[path] == 1 else f"{path} ({seen[path]})"
        owner = owners.get(id(variable))
        unit = "head unit" if id(variable) in heads else _named(_UNITS, owner, "unit")
        gates = _named(CELL_GATES, owner, ())
        found.append((BiasVector(name, tuple(variable.shape), path.split("/")[0], unit, gates), variable))
    return found


def _owners(model: Any) -> dict[int, Any]:
    """The layer that made each bias variable, by the variable's id."""
    layers = model._flatten_layers()
    return {id(getattr(layer, name)): layer for layer in layers for name in BIAS_NAMES if hasattr(layer, name)}


def _of_heads(model: Any) -> set[int]:
    """The biases of attention layers that have a row for each head, by the variables' ids."""
    attentions = [layer for layer in model._flatten_layers() if isinstance(layer, _ATTENTIONS)]
    projections = [getattr(layer, name, None) for layer in attentions for name in _PROJECTIONS]
    biases = [getattr(projection, "bias", None) for projection in projections]
    return {id(bias) for bias in biases if bias is not None}


_Named = TypeVar("_Named")


def _named(known: Mapping[str, _Named], layer: Any, usual: _Named) -> _Named:
    """What is known of the layer's class, or of one that it inherits from."""
    return next((known[kind.__name__] for kind in type(layer).__mro__ if kind.__name__ in known), usual)


def read_frame(variables: Sequence[Any]) -> NDArray[np.float32]:
    """The present values of bias variables, one after the other, each in C order: float32 (total,)."""
    if not variables:
        return np.empty(0, np.float32)
    arrays = [_read_one(variable) for variable in variables]
    return np.concatenate([array.ravel() for array in arrays]).astype(np.float32, copy=False)


def write_bias(variable: Any, values: NDArray[np.float32]) -> None:
    """Set a bias variable to `values`, float32 (n,), flattened in C order. Its constraint is not applied."""
    variable.assign(values.reshape(variable.shape))


def _read_one(variable: Any) -> NDArray[Any]:
    value = variable.value
    if not isinstance(value, tf.Variable):
        return np.asarray(keras.ops.convert_to_numpy(variable))
    if isinstance(value, tf.distribute.DistributedValues):
        # The replicas hold the same values.
        value = value.values[0]
    # The operation itself costs a quarter of what variable.numpy() wraps around it, and this is done at every step.
    array: NDArray[Any] = _read(resource=value.handle, dtype=value.dtype).numpy()
    return array
