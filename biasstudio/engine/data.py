"""The shipped and the generated data sets as arrays."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from biasstudio.resource_files import resource_path
from biasstudio.spec.arguments import SpecError
from biasstudio.spec.data_sets import DataSet


@dataclass(frozen=True)
class Samples:
    """`x` float32 (n, *sample_shape), `y` int32 (n,): labels from 0 to classes - 1."""

    x: NDArray[np.float32]
    y: NDArray[np.int32]

    def split(self, validation_share: float) -> tuple["Samples", "Samples | None"]:
        """Training and validation samples, cut where Keras's validation_split cuts: the last share validates.

        None where the share leaves nothing to validate with. Raises SpecError where it leaves nothing to train with.
        """
        at = int(np.floor(len(self.x) * (1.0 - validation_share)))
        if at == 0:
            raise SpecError(
                f"training: a validation_share of {validation_share:g} leaves none of the {len(self.x):,} samples to "
                "train with.",
                argument="validation_share",
            )
        if at == len(self.x):
            return self, None
        return Samples(self.x[:at], self.y[:at]), Samples(self.x[at:], self.y[at:])


@lru_cache(maxsize=4)
def load_samples(data: DataSet) -> Samples:
    """The samples of a data set of the catalogue. Raises OSError where a shipped file is missing."""
    if data.name.startswith("mnist"):
        return _mnist(data)
    generator = np.random.default_rng(data.get("seed"))
    points, labels = _GENERATORS[data.name](data.get("points"), generator)
    points = points + generator.normal(0.0, data.get("noise"), points.shape)
    order = generator.permutation(len(points))
    return Samples(points[order].astype(np.float32), labels[order].astype(np.int32))


def _mnist(data: DataSet) -> Samples:
    with np.load(resource_path("data/mnist_5k.npz"), allow_pickle=False) as file:
        images, digits = file["x"], file["y"].astype(np.int32)
    labels = {
        "mnist_digits": lambda: digits,
        "mnist_odd_even": lambda: digits % 2,
        "mnist_one_digit": lambda: (digits == data.get("digit")).astype(np.int32),
    }[data.name]()
    return Samples(images[..., np.newaxis].astype(np.float32) / np.float32(255), labels)


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
