"""The lines of a script that load the data into x and y, bit for bit as the experiment has them; and found again."""

import ast
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from biasstudio.data_files.reading import open_source
from biasstudio.resource_files import resource_path
from biasstudio.scripts.patterns import Pattern
from biasstudio.scripts.source_text import literal
from biasstudio.scripts.written_arrays import find_arrays, save_kept, write_arrays, write_kept
from biasstudio.scripts.written_keras_data import find_keras_data, write_keras_data
from biasstudio.scripts.written_tables import find_table, shipped_table, write_shipped, write_table
from biasstudio.spec.arguments import SpecError
from biasstudio.spec.data_sets import DataSet
from biasstudio.spec.shipped_data_types import TABLE_TARGETS

_DIGITS_FILE = "mnist_5k.npz"
_SHIPPED_DIGITS = f"data/{_DIGITS_FILE}"
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
class ScriptFile:
    """A file that must lie beside a script: a copy of `source`, or the samples of `data` as arrays x and y."""

    name: str
    source: Path | None = None
    data: DataSet | None = None

    def write(self, path: Path) -> None:
        """Raises SpecError or OSError."""
        if self.source is not None:
            shutil.copyfile(self.source, path)
        elif self.data is not None:
            x, y = open_source(self.data).arrays()
            save_kept(path, {"x": x, "y": y})


@dataclass(frozen=True)
class WrittenData:
    """`text` leaves x and y, and x_test and y_test where those validate; `files` must lie beside the script."""

    text: str
    samples: int
    files: tuple[ScriptFile, ...] = ()


def write_data(data: DataSet, folder: Path | None) -> WrittenData:
    """For a script in `folder`. Raises SpecError or OSError where the data can't be said in a script."""
    if data.found is not None:
        return _own(data, folder, data.found.samples)
    if data.name in _PATTERNS:
        text = _PATTERNS[data.name].filled(dict(data.parameters))
        files = (ScriptFile(_DIGITS_FILE, resource_path(_SHIPPED_DIGITS)),) if "mnist" in data.name else ()
        return WrittenData(text, sum(data.type.counts) or data.get("points"), files)
    if data.name in TABLE_TARGETS:
        file = ScriptFile(f"{data.name}.csv", resource_path(f"data/{data.name}.csv"))
        return WrittenData(write_shipped(data), shipped_table(data).survey.row_count, (file,))
    return WrittenData(write_keras_data(data), sum(data.type.counts))


def _own(data: DataSet, folder: Path | None, samples: int) -> WrittenData:
    if not open_source(data).in_memory:
        raise SpecError(
            f"{data.type.title} is larger than memory: training reads it a batch at a time, which a short script can't."
        )
    text = None
    if data.name == "csv":
        text = write_table(data, folder)
    elif data.name != "images":
        text = write_arrays(data, folder)
    if text is not None:
        return WrittenData(text, samples)
    # What is done to them is too long to be written: rows left out, images of many kinds.
    name = f"{Path(data.get('path')).stem}.npz"
    what = f"The samples of {literal(data.type.title)}, as the experiment has them."
    return WrittenData(write_kept(name, what), samples, (ScriptFile(name, data=data),))


def find_data(statements: Sequence[ast.stmt], folder: Path | None) -> tuple[DataSet, int] | None:
    """The data set that the first of `statements` load, and how many of them do, where they are such lines.

    None too where their file is not there, or can't be read.
    """
    for find in (_find_shipped, find_table, find_arrays, find_keras_data):
        try:
            found = find(statements, folder)
        except (SpecError, OSError):
            continue
        if found is not None:
            return found
    return None


def _find_shipped(statements: Sequence[ast.stmt], folder: Path | None) -> tuple[DataSet, int] | None:
    for name, pattern in _PATTERNS.items():
        values = pattern.found_in(statements)
        if values is not None and not ("mnist" in name and _is_another(folder)):
            return DataSet.of(name, **values), len(pattern.statements)
    return None


def _is_another(folder: Path | None) -> bool:
    """Whether the file of the digits beside the script is not the one that comes with this program."""
    there = None if folder is None else folder / _DIGITS_FILE
    return there is not None and there.is_file() and there.read_bytes() != resource_path(_SHIPPED_DIGITS).read_bytes()
