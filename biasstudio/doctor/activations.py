"""Activations as functions of numbers: what they give, between which limits, and where they come from."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Doubles = NDArray[np.float64]
Function = Callable[[Any], Any]


@dataclass(frozen=True)
class Activation:
    """`low` and `high` are what it comes to at most. `inverse` gives what goes in where `low` < value < `high`; None
    where no one value does."""

    low: float
    high: float
    function: Function
    inverse: Function | None = None


def sigmoid(z: Any) -> Any:
    return 0.5 * (1 + np.tanh(np.asarray(z) / 2))


def softplus(z: Any) -> Any:
    return np.logaddexp(0, z)


def log_softmax(z: Doubles) -> Doubles:
    """Along the last axis."""
    return np.asarray(z - np.logaddexp.reduce(z, axis=-1, keepdims=True), np.float64)


def _logit(p: Any) -> Any:
    return np.log(p) - np.log1p(-p)


def _relu(z: Any) -> Any:
    return np.maximum(z, 0)


def _positive(value: Any) -> Any:
    """Of a function that gives what is above 0 as it is."""
    return value


def _elu_inverse(value: Any) -> Any:
    return np.where(value > 0, value, np.log1p(np.minimum(value, 0)))


_INFINITE = math.inf
# Lowest values of functions that dip below zero, found to the last digit: each is where its slope is 0.
_SILU_LOW, _GELU_LOW, _MISH_LOW = -0.2784645427610738, -0.16997120747990369, -0.30884032257160484
_SELU_ALPHA, _SELU_SCALE = 1.6732632423543772, 1.0507009873554805

ACTIVATIONS = {
    "linear": Activation(-_INFINITE, _INFINITE, lambda z: z, lambda value: value),
    "relu": Activation(0.0, _INFINITE, _relu, _positive),
    "relu6": Activation(0.0, 6.0, lambda z: np.clip(z, 0, 6), _positive),
    "sigmoid": Activation(0.0, 1.0, sigmoid, _logit),
    "hard_sigmoid": Activation(0.0, 1.0, lambda z: np.clip(z / 6 + 0.5, 0, 1), lambda value: 6 * (value - 0.5)),
    "tanh": Activation(-1.0, 1.0, np.tanh, np.arctanh),
    "hard_tanh": Activation(-1.0, 1.0, lambda z: np.clip(z, -1, 1), lambda value: value),
    "softsign": Activation(-1.0, 1.0, lambda z: z / (1 + np.abs(z)), lambda value: value / (1 - np.abs(value))),
    "softplus": Activation(0.0, _INFINITE, softplus, lambda value: value + np.log(-np.expm1(-value))),
    "exponential": Activation(0.0, _INFINITE, np.exp, np.log),
    "elu": Activation(-1.0, _INFINITE, lambda z: np.where(z > 0, z, np.expm1(np.minimum(z, 0))), _elu_inverse),
    "celu": Activation(-1.0, _INFINITE, lambda z: np.where(z > 0, z, np.expm1(np.minimum(z, 0))), _elu_inverse),
    "selu": Activation(
        -_SELU_ALPHA * _SELU_SCALE,
        _INFINITE,
        lambda z: _SELU_SCALE * np.where(z > 0, z, _SELU_ALPHA * np.expm1(np.minimum(z, 0))),
    ),
    "silu": Activation(_SILU_LOW, _INFINITE, lambda z: z * sigmoid(z)),
    "mish": Activation(_MISH_LOW, _INFINITE, lambda z: z * np.tanh(softplus(z))),
    "log_sigmoid": Activation(-_INFINITE, 0.0, lambda z: -softplus(-z)),
}
"""By Keras's names, with Keras's default settings (https://keras.io/api/layers/activations/)."""

_GIVES_0_AT_0 = frozenset(
    {
        *("linear", "relu", "relu6", "tanh", "hard_tanh", "softsign", "elu", "celu", "selu", "silu", "mish", "gelu"),
        *("leaky_relu", "hard_silu", "prelu", "hard_shrink", "soft_shrink", "tanh_shrink"),
    }
)


def gives_0_at_0(activation: str | None) -> bool:
    """Whether nothing comes out where nothing goes in."""
    return activation in _GIVES_0_AT_0


def limits_of(activation: str) -> tuple[float, float] | None:
    """Between which limits it gives values; None where that isn't known."""
    if activation == "gelu":
        return _GELU_LOW, _INFINITE
    if activation in ("softmax", "sparsemax"):
        return 0.0, 1.0
    known = ACTIVATIONS.get(activation)
    return (known.low, known.high) if known is not None else None
