"""Losses of a network that gives the same for every sample, and what it should give: Keras's formulas on numbers.

Source: keras.losses. `y` is float64 (rows, outputs), `c` float64 (outputs,); a loss is the mean over all.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from biasstudio.doctor.activations import Doubles
from biasstudio.spec.experiment import Training

EPSILON = 1e-7
"""Keras's own, with which it keeps logarithms and divisions from 0."""


@dataclass(frozen=True)
class ConstantLoss:
    """`loss(y, c)`; `best(y)` gives the c, float64 (outputs,), that makes it smallest, None where no formula does."""

    loss: Callable[[Doubles, Doubles], float]
    best: Callable[[Doubles], Doubles | None]


def _mean(values: Any) -> float:
    return float(np.mean(values))


def _where_slope_is_0(y: Doubles, slope: Callable[[Doubles], Doubles]) -> Doubles:
    """Halves an interval that holds the smallest value of a convex function; `slope` takes and gives (outputs,)."""
    low, high = y.min(0), y.max(0)
    for _ in range(60):
        middle = (low + high) / 2
        falls = slope(middle) < 0
        low, high = np.where(falls, middle, low), np.where(falls, high, middle)
    return np.asarray((low + high) / 2, np.float64)


def _huber(delta: float) -> ConstantLoss:
    def loss(y: Doubles, c: Doubles) -> float:
        error = np.abs(y - c)
        return _mean(np.where(error <= delta, error**2 / 2, delta * error - delta**2 / 2))

    return ConstantLoss(loss, lambda y: _where_slope_is_0(y, lambda c: np.clip(c - y, -delta, delta).mean(0)))


def _log_cosh(y: Doubles, c: Doubles) -> float:
    error = np.abs(c - y)
    return _mean(error + np.log1p(np.exp(-2 * error)) - np.log(2))


def _logarithms(y: Doubles) -> Doubles:
    return np.asarray(np.log1p(np.maximum(y, EPSILON)), np.float64)


def _percentage(y: Doubles, c: Doubles) -> float:
    return 100 * _mean(np.abs(y - c) / np.maximum(np.abs(y), EPSILON))


def _best_percentage(y: Doubles) -> Doubles:
    """The median, where each target weighs as much as its error does."""
    order = np.argsort(y, axis=0)
    ordered = np.take_along_axis(y, order, 0)
    weight = np.cumsum(1 / np.maximum(np.abs(ordered), EPSILON), axis=0)
    places = (weight >= weight[-1] / 2).argmax(0)
    return np.asarray(np.take_along_axis(ordered, places[np.newaxis], 0)[0], np.float64)


def _signs(y: Doubles) -> Doubles:
    """Keras takes labels of 0 and 1 for -1 and 1."""
    return 2 * y - 1 if ((y == 0) | (y == 1)).all() else y


def _squared_hinge(y: Doubles, c: Doubles) -> float:
    return _mean(np.maximum(1 - _signs(y) * c, 0) ** 2)


def _best_squared_hinge(y: Doubles) -> Doubles | None:
    signs = _signs(y)
    return np.asarray(signs.mean(0), np.float64) if (np.abs(signs) == 1).all() else None


_NUMBER_LOSSES = {
    "mean_squared_error": ConstantLoss(lambda y, c: _mean((y - c) ** 2), lambda y: y.mean(0)),
    "mean_absolute_error": ConstantLoss(lambda y, c: _mean(np.abs(y - c)), lambda y: np.median(y, 0)),
    "log_cosh": ConstantLoss(_log_cosh, lambda y: _where_slope_is_0(y, lambda c: np.tanh(c - y).mean(0))),
    "poisson": ConstantLoss(lambda y, c: _mean(c - y * np.log(c + EPSILON)), lambda y: y.mean(0)),
    "mean_squared_logarithmic_error": ConstantLoss(
        lambda y, c: _mean((_logarithms(c) - _logarithms(y)) ** 2), lambda y: np.expm1(_logarithms(y).mean(0))
    ),
    "mean_absolute_percentage_error": ConstantLoss(_percentage, _best_percentage),
    "squared_hinge": ConstantLoss(_squared_hinge, _best_squared_hinge),
}


def number_loss(training: Training) -> ConstantLoss | None:
    """The loss, where it compares each output with its target by itself, and a formula or its slope tells the best.

    Hinge has none: its best constant is all one class or all the other.
    """
    return _huber(training.setting("delta")) if training.loss == "huber" else _NUMBER_LOSSES.get(training.loss)
