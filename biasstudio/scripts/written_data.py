"""The lines of a script that load the data into x and y, bit for bit as the experiment has them; and found again."""

import ast
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from biasstudio.resource_files import resource_path
from biasstudio.scripts.patterns import Pattern
from biasstudio.spec.data_sets import DataSet

_DIGITS_FILE = "mnist_5k.npz"
_DIGITS = """\
with np.load("mnist_5k.npz") as data:
    x = data["x"][..., np.newaxis].astype("float32") / 255
    y = {}
"""
_POINTS = """\
rng = np.random.default_rng(_SEED_)
n = _POINTS_
{}
x = x + rng.normal(0.0, _NOISE_, x.shape)
order = rng.permutation(n)
x, y = x[order].astype("float32"), y[order].astype("int32")
"""
_TWO_MOONS = """\
a = rng.uniform(0, np.pi, n - n // 2)
b = rng.uniform(0, np.pi, n // 2)
upper = np.stack([np.cos(a), np.sin(a)], axis=1)
lower = np.stack([1 - np.cos(b), 0.5 - np.sin(b)], axis=1)
x = np.concatenate([upper, lower])
y = np.repeat([0, 1], [n - n // 2, n // 2])"""
_CIRCLES = """\
angle = rng.uniform(0, 2 * np.pi, n)
radius = np.repeat([1.0, 0.5], [n - n // 2, n // 2])
x = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
y = np.repeat([0, 1], [n - n // 2, n // 2])"""
_SPIRALS = """\
y = np.repeat([0, 1], [n - n // 2, n // 2])
turn = np.sqrt(rng.uniform(0, 1, n))
angle = 3 * np.pi * turn + np.pi * y
x = np.stack([2 * turn * np.cos(angle), 2 * turn * np.sin(angle)], axis=1)"""
_XOR = """\
x = rng.uniform(-1, 1, (n, 2))
y = (x[:, 0] * x[:, 1] < 0).astype("int64")"""

_PATTERNS = {
    "mnist_odd_even": Pattern(_DIGITS.format('data["y"].astype("int32") % 2')),
    "mnist_digits": Pattern(_DIGITS.format('data["y"].astype("int32")')),
    "mnist_one_digit": Pattern(_DIGITS.format('(data["y"] == _DIGIT_).astype("int32")')),
    "two_moons": Pattern(_POINTS.format(_TWO_MOONS)),
    "circles": Pattern(_POINTS.format(_CIRCLES)),
    "spirals": Pattern(_POINTS.format(_SPIRALS)),
    "xor": Pattern(_POINTS.format(_XOR)),
}


@dataclass(frozen=True)
class WrittenData:
    """`text` leaves x and y; `files` must lie beside the script: each one's name there, and where it is now."""

    text: str
    files: tuple[tuple[str, Path], ...] = ()
    samples: int = 0


def write_data(data: DataSet) -> WrittenData:
    """Raises SpecError or OSError where the data can't be said in a script."""
    files, samples = (), 0
    if data.name.startswith("mnist"):
        return WrittenData(
            _PATTERNS[data.name].filled(dict(data.parameters)),
            ((_DIGITS_FILE, resource_path(f"data/{_DIGITS_FILE}")),),
            5000,
        )
    return WrittenData(_PATTERNS[data.name].filled(dict(data.parameters)), files, data.get("points") or samples)


def find_data(statements: Sequence[ast.stmt], folder: Path | None) -> tuple[DataSet, int] | None:
    """The data set that the first of `statements` load, and how many of them do, where they are such lines."""
    for name, pattern in _PATTERNS.items():
        values = pattern.found_in(statements)
        if values is not None:
            return _data_set(name, values), len(pattern.statements)
    return None


def _data_set(name: str, values: dict[str, Any]) -> DataSet:
    return DataSet.of(name, **values)
