"""What a script's arrays and tables hold, followed from where they come from to where they train a network."""

import ast
import math
from dataclasses import dataclass, field, replace
from typing import Any

from biasstudio.scripts.arithmetic import is_number
from biasstudio.scripts.notes import Note
from biasstudio.scripts.values import Given, Method, Unknown
from biasstudio.spec.data_set_types import NONE, PIXELS, STANDARDISE

INPUTS, TARGETS, TABLE = "inputs", "targets", "table"
ALL, TRAIN, TEST = "all", "train", "test"
CENTRED = "centred"
MADE_HERE = "The data are made by {text}, which isn't run here."
_WHOLE = slice(None)
# What changes the type, the place in memory or the look of an array, and nothing that a network would see.
_SAME = {"astype", "copy", "to_numpy", "numpy", "values", "cache", "prefetch", "to_frame", "reset_index", "as_matrix"}
_SAME |= {"toarray", "squeeze", "ravel", "flatten"}
# What gives a table other rows, names or columns, but no value that there is another.
_KEEPING_VALUES = {"drop", "dropna", "drop_duplicates", "fillna", "rename", "reset_index", "set_index", "sort_values"}


@dataclass(frozen=True)
class Source:
    """Where data come from. `kind` is the name of a data set of the catalogue, or "" for what is not among them.

    `options` are parameters of the data set, as the script gives them.
    """

    kind: str
    line: int
    what: str
    options: tuple[tuple[str, Any], ...] = ()

    def option(self, name: str, default: Any = None) -> Any:
        return dict(self.options).get(name, default)

    def with_options(self, **options: Any) -> "Source":
        return replace(self, options=tuple((dict(self.options) | options).items()))


@dataclass(frozen=True)
class Array:
    """An array or a table. `shape` begins with the samples; a side that isn't known is None, as is a shape.

    `columns` are the steps that chose columns of a table: (kind, what). `unread` is what was done to it that an
    experiment doesn't have. `share` is what train_test_split kept back: this is the rest or, as TEST, that very part.
    """

    source: Source
    role: str
    part: str = ALL
    shape: tuple[int | None, ...] | None = None
    scaling: str = NONE
    one_hot: bool = False
    columns: tuple[tuple[str, Any], ...] = ()
    share: float | None = None
    unread: tuple[Note, ...] = ()
    dropped: list[str] = field(default_factory=list, compare=False)
    """Columns that a table loses later on, by pop or del."""
    encoded: bool = False
    """Whether the script numbers the classes anew, from 0 on."""
    changed: list[int] = field(default_factory=list, compare=False)
    """Lines that may change values where they stand, of this array or of any that was made from the same."""

    def not_read(self, line: int, text: str) -> "Array":
        """The same after a step that isn't read here."""
        step = Note(line, f"What “{text}” does to the data is not read.")
        return self if len(self.unread) > 20 else replace(self, unread=(*self.unread, step), shape=None)


@dataclass(frozen=True)
class Statistic:
    """The mean or the standard deviation of the columns of an array."""

    kind: str
    source: Source


@dataclass(frozen=True)
class Pairs:
    """Inputs and targets together, as tf.data and scikit-learn's bunches have them."""

    x: Any
    y: Any
    batch_size: Any = None
    unread: tuple[Note, ...] = ()
    shuffled: bool = False


def is_as_read(array: Array) -> bool:
    """Whether its values are those of the file for certain."""
    known = not array.unread and not array.changed
    return known and not array.one_hot and not array.encoded and array.scaling == NONE


def attribute(array: Array, name: str) -> Any:
    if name == "shape":
        return Unknown() if array.shape is None else tuple(Unknown() if side is None else side for side in array.shape)
    if name == "ndim":
        return Unknown() if array.shape is None else len(array.shape)
    if name == "columns":
        return Unknown()
    return array if name in ("values", "iloc", "loc") else Method(array, name)


def attribute_of_pairs(pairs: Pairs, name: str) -> Any:
    return {"data": pairs.x, "target": pairs.y, "images": pairs.x}.get(name, Method(pairs, name))


def part_of_pairs(pairs: Pairs, key: Any) -> Any:
    named = {"data": pairs.x, "target": pairs.y, 0: pairs.x, 1: pairs.y}
    return named.get(key, Unknown()) if isinstance(key, str | int) else Unknown()


def operated(array: Array, operator: type, other: Any, line: int, text: str) -> Any:
    """array `operator` other: read where it scales pixels, or takes a mean or divides by a deviation."""
    if array.role == TARGETS and not array.columns:
        return array.not_read(line, text)
    factor = 1 / other if operator is ast.Mult and is_number(other) and other else other
    if operator in (ast.Div, ast.Mult) and is_number(factor):
        if factor == 1:
            return array
        if array.scaling == NONE and math.isclose(factor, 255):
            return replace(array, scaling=PIXELS)
    if isinstance(other, Statistic) and other.source == array.source:
        if operator is ast.Sub and other.kind == "mean" and array.scaling in (NONE, PIXELS):
            return replace(array, scaling=CENTRED)
        if operator is ast.Div and other.kind == "std" and array.scaling == CENTRED:
            return replace(array, scaling=STANDARDISE)
    return array.not_read(line, text)


def part_of(array: Array, index: Any, line: int, text: str) -> Any:
    """array[index]: columns of a table, or another axis; a part of the samples is not read."""
    if isinstance(index, str):
        return _columns(array, "names", (index,), single=True)
    if isinstance(index, list) and index and all(isinstance(name, str) for name in index):
        return _columns(array, "names", tuple(index))
    if array.role != TABLE and (array.shape is None or not _keeps_samples(index)):
        return array.not_read(line, text)
    steps = index if isinstance(index, tuple) else (index,)
    if array.role == TABLE and len(steps) == 2 and steps[0] == _WHOLE:
        chosen = steps[1]
        if isinstance(chosen, slice) or (isinstance(chosen, int) and not isinstance(chosen, bool)):
            return _columns(array, "places", chosen, single=isinstance(chosen, int))
        if isinstance(chosen, str | list):
            return part_of(array, chosen, line, text)
    shape = None if array.shape is None else _indexed(array.shape, steps)
    return array.not_read(line, text) if shape is None else replace(array, shape=shape)


def _keeps_samples(index: Any) -> bool:
    first = index[0] if isinstance(index, tuple) and index else index
    return first == _WHOLE or first is Ellipsis


def _indexed(shape: tuple[int | None, ...], steps: tuple[Any, ...]) -> tuple[int | None, ...] | None:
    """The shape after new axes were put between the others; None where the steps do more than that."""
    if any(not (step is None or step is Ellipsis or step == _WHOLE) for step in steps) or len(steps) > 10:
        return None
    taken = sum(step == _WHOLE for step in steps)
    whole: list[Any] = []
    rest = len(shape) - taken
    for step in [*steps, *([] if Ellipsis in steps else [Ellipsis])]:
        whole += [_WHOLE] * rest if step is Ellipsis else [step]
    sides = iter(shape)
    return tuple(1 if step is None else next(sides) for step in whole) if rest >= 0 else None


def _columns(array: Array, kind: str, what: Any, single: bool = False) -> Any:
    if array.role != TABLE:
        return Unknown()
    count = None if array.shape is None else array.shape[0]
    sides: tuple[int | None, ...] = (count,)
    if not single:
        width = len(what) if isinstance(what, tuple) else _width(what, array)
        sides = (count, width)
    steps = (*array.columns, *(("but", (name,)) for name in array.dropped))
    return replace(array, columns=(*steps, (kind, what)), shape=sides, dropped=[])


def _width(places: Any, array: Array) -> int | None:
    before = array.shape[1] if array.shape is not None and len(array.shape) == 2 else None
    if before is not None:
        return len(range(before)[places])
    known = isinstance(places.stop, int) and places.stop > 0 and (places.start or 0) >= 0
    return len(range(places.stop)[places]) if known else None


def without_columns(array: Array, names: Any) -> Any:
    """A table without the columns that are named."""
    listed = (names,) if isinstance(names, str) else names
    if array.role != TABLE or not isinstance(listed, list | tuple) or not all(isinstance(name, str) for name in listed):
        return None
    count, width = array.shape if array.shape is not None and len(array.shape) == 2 else (None, None)
    fewer = None if width is None else width - len(listed)
    steps = (*array.columns, *(("but", (name,)) for name in array.dropped), ("but", tuple(listed)))
    return replace(array, columns=steps, shape=(count, fewer), dropped=[])


def reshaped(array: Array, sides: Any, line: int, text: str) -> Any:
    """The array in another shape that keeps the samples."""
    sides = tuple(sides) if isinstance(sides, list | tuple) else (sides,)
    if array.role == TABLE and len(sides) == 2 and sides[1] == 1:
        return array
    shape = array.shape
    if shape is None or not sides or not _is_count(sides[0], shape[0]):
        return array.not_read(line, text)
    known = [side for side in shape[1:] if side is not None]
    values = math.prod(known) if len(known) == len(shape) - 1 else None
    rest = [side for side in sides[1:] if side != -1]
    if values is None or not all(isinstance(side, int) and side > 0 for side in rest) or len(sides) > 6:
        return array.not_read(line, text)
    product = math.prod(rest)
    free = len(sides) - 1 - len(rest)
    if free > 1 or values % product or (not free and product != values):
        return array.not_read(line, text)
    return replace(array, shape=(shape[0], *(values // product if side == -1 else side for side in sides[1:])))


def _is_count(side: Any, count: int | None) -> bool:
    return side == -1 or isinstance(side, Unknown) or side == count


def method(array: Array, name: str, given: Given, line: int, text: str) -> Any:
    """What a method of an array or a table gives; None where it isn't known."""
    if given.named.get("inplace") is True and name not in _KEEPING_VALUES:
        array.changed.append(line)
    if name == "astype" and "bool" in str(given.get("dtype", 0)):
        return replace(array, encoded=True)
    if name in _SAME:
        return array
    if name == "reshape":
        return reshaped(array, given.positional[0] if len(given.positional) == 1 else given.positional, line, text)
    if name in ("mean", "std"):
        return Statistic(name, array.source) if given.get("axis", 0, 0) == 0 else None
    if name == "drop":
        names = given.named.get("columns", given.get("labels", 0))
        changed = without_columns(array, names)
        if changed is not None and given.named.get("inplace") is True:
            array.dropped.extend([names] if isinstance(names, str) else names)
            return None
        return changed or array.not_read(line, text)
    if name == "pop" and given.positional and isinstance(given.positional[0], str):
        column = _columns(array, "names", (given.positional[0],), single=True)
        array.dropped.append(given.positional[0])
        return column
    if name == "dropna":
        return replace(array, source=array.source.with_options(missing="drop"))
    if name == "fillna" and given.positional and isinstance(given.positional[0], Statistic):
        return replace(array, source=array.source.with_options(missing="mean"))
    if name == "sub" and given.positional:
        return operated(array, ast.Sub, given.positional[0], line, text)
    # What only looks at the data gives nothing that is followed here.
    looks = name in (
        "describe",
        "info",
        "max",
        "min",
        "sum",
        "unique",
        "nunique",
        "value_counts",
        "plot",
        "hist",
        "corr",
    )
    return None if looks or name in ("isnull", "isna", "groupby") else array.not_read(line, text)


def npz_member(file: str, name: str, line: int) -> Array:
    """One array of an NPZ file."""
    return Array(Source("npz", line, file, (("member", name),)), INPUTS)


def one_hot(array: Array, classes: Any) -> Array:
    """The targets as rows with a 1 for the class."""
    count = array.shape[0] if array.shape else None
    return replace(array, one_hot=True, shape=(count, classes if isinstance(classes, int) else None))
