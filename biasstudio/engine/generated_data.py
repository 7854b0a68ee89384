"""The generated data sets: points in the plane, and a label for each."""

import numpy as np
from numpy.typing import NDArray

from biasstudio.spec.data_sets import DataSet


def generated_points(data: DataSet) -> tuple[NDArray[np.float32], NDArray[np.int32]]:
    """(n, 2) points and their labels, in an order by chance; the same for the same parameters."""
    generator = np.random.default_rng(data.get("seed"))
    points, labels = _GENERATORS[data.name](data.get("points"), generator)
    points = points + generator.normal(0.0, data.get("noise"), points.shape)
    order = generator.permutation(len(points))
    return points[order].astype(np.float32), labels[order].astype(np.int32)


_Points = tuple[NDArray[np.float64], NDArray[np.int64]]


def _halves(count: int) -> tuple[int, int, NDArray[np.int64]]:
    first = count - count // 2
    return first, count // 2, np.repeat(np.array([0, 1]), [first, count // 2])


def _two_moons(count: int, generator: np.random.Generator) -> _Points:
    upper, lower, labels = _halves(count)
    a, b = generator.uniform(0, np.pi, upper), generator.uniform(0, np.pi, lower)
    points = np.concatenate([np.stack([np.cos(a), np.sin(a)], 1), np.stack([1 - np.cos(b), 0.5 - np.sin(b)], 1)])
    return points, labels


def _circles(count: int, generator: np.random.Generator) -> _Points:
    outer, inner, labels = _halves(count)
    angle = generator.uniform(0, 2 * np.pi, count)
    radius = np.repeat([1.0, 0.5], [outer, inner])
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], 1), labels


def _spirals(count: int, generator: np.random.Generator) -> _Points:
    _, _, labels = _halves(count)
    # The square root spreads the points evenly along an arm whose turns grow longer outwards.
    turn = np.sqrt(generator.uniform(0, 1, count))
    angle = 3 * np.pi * turn + np.pi * labels
    return np.stack([2 * turn * np.cos(angle), 2 * turn * np.sin(angle)], 1), labels


def _xor(count: int, generator: np.random.Generator) -> _Points:
    points = generator.uniform(-1, 1, (count, 2))
    return points, (points[:, 0] * points[:, 1] < 0).astype(np.int64)


_GENERATORS = {"two_moons": _two_moons, "circles": _circles, "spirals": _spirals, "xor": _xor}
