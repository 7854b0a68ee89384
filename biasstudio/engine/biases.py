"""Find and read the bias variables of a Keras model."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from biasstudio.recording.network import BiasVector
from biasstudio.spec.layers import layer_types

_read = tf.raw_ops.ReadVariableOp

BIAS_NAMES = frozenset({"bias", "beta"})


def is_bias(variable: Any) -> bool:
    """Whether a Keras variable is a bias, by the last part of its path."""
    return variable.path.split("/")[-1] in BIAS_NAMES


def find_biases(model: Any) -> list[tuple[BiasVector, Any]]:
    """Every bias variable of a built `model` with its description, in the order of `model.variables`."""
    layers = {layer.name: type(layer).__name__ for layer in model.layers}
    found = []
    for variable in model.variables:
        path = variable.path.removeprefix(f"{model.name}/")
        if is_bias(variable):
            layer = path.split("/")[0]
            found.append((BiasVector(path, tuple(variable.shape), layer, _unit(layers.get(layer, ""))), variable))
    return found


def _unit(class_name: str) -> str:
    known = layer_types().get(class_name)
    return known.bias.unit if known and known.bias else "unit"


def read_frame(variables: Sequence[Any]) -> NDArray[np.float32]:
    """The present values of bias variables, one after the other, each in C order: float32 (total,)."""
    if not variables:
        return np.empty(0, np.float32)
    # The operation itself costs a quarter of what variable.numpy() wraps around it, and this is done at every step.
    arrays = [_read(resource=variable.value.handle, dtype=variable.value.dtype).numpy() for variable in variables]
    return np.concatenate([array.ravel() for array in arrays]).astype(np.float32, copy=False)
