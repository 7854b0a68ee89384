"""Functions of NumPy, Keras and scikit-learn that make or change arrays."""

import ast
from dataclasses import replace
from typing import Any

from biasstudio.scripts import arrays
from biasstudio.scripts.arithmetic import is_number
from biasstudio.scripts.arrays import INPUTS, MADE_HERE, TARGETS, TEST, Array, Source, Statistic
from biasstudio.scripts.values import Given, Unknown

_MAKERS = {"random", "zeros", "ones", "array", "linspace", "arange", "eye", "full", "concatenate", "vstack", "hstack"}
_MAKERS |= {"asarray", "stack", "default_rng", "empty", "column_stack", "meshgrid", "where", "sin", "cos", "append"}

_CHANGERS = {"copyto", "place", "put", "putmask"}


def numpy_call(path: str, given: Given, line: int, text: str) -> Any:
    """What a function of NumPy gives; None where it is no data that are followed here."""
    name = path.rpartition(".")[2]
    first = given.positional[0] if given.positional else None
    _mark_changed(name, given, line)
    if isinstance(first, Array):
        return _numpy_of_array(name, first, given, line, text)
    if isinstance(first, list | tuple) and any(isinstance(each, Array) for each in first):
        return next(each for each in first if isinstance(each, Array)).not_read(line, text)
    if name in ("prod", "product") and isinstance(first, list | tuple):
        return _product(first)
    if name in ("sqrt", "log", "exp", "floor", "ceil", "int", "float32"):
        return first if name in ("int", "float32") else None
    if path.split(".")[1] in _MAKERS:
        return Array(Source("", line, MADE_HERE.format(text=text)), INPUTS, shape=_made_shape(path, given))
    return None


def _mark_changed(name: str, given: Given, line: int) -> None:
    """The array whose values a function of NumPy changes where they stand, if any."""
    changed = given.get("a", 0, given.named.get("arr")) if name in _CHANGERS else given.named.get("out")
    if isinstance(changed, Array):
        changed.changed.append(line)


def _product(values: Any) -> Any:
    result = 1
    for value in values[:10]:
        if not isinstance(value, int):
            return None
        result *= value
    return result if result < 10**15 else None


def _made_shape(path: str, given: Given) -> tuple[int | None, ...] | None:
    """Of np.random.rand(1000, 20), np.zeros((3, 4)), np.array([[0, 1]])."""
    name, first = path.rpartition(".")[2], given.positional[0] if given.positional else None
    if name in ("rand", "randn"):
        sides: Any = given.positional
    elif name in ("array", "asarray"):
        return _nested_shape(first)
    elif name in ("random", "zeros", "ones", "empty", "random_sample", "standard_normal"):
        sides = given.get("size", 0) if path.startswith("numpy.random") else first
    else:
        sides = given.named.get("size", given.positional[2] if len(given.positional) > 2 else None)
    sides = tuple(sides) if isinstance(sides, list | tuple) else (sides,)
    return sides if sides and all(isinstance(side, int) for side in sides) and len(sides) < 7 else None


def _nested_shape(value: Any) -> tuple[int | None, ...] | None:
    shape: list[int | None] = []
    while isinstance(value, list | tuple) and len(shape) < 6:
        shape.append(len(value))
        value = value[0] if value else None
    return tuple(shape) or None


def _numpy_of_array(name: str, array: Array, given: Given, line: int, text: str) -> Any:
    if name in ("asarray", "array", "copy", "float32", "squeeze", "asarray_chkfinite", "ravel"):
        return array
    if name == "expand_dims":
        return _expanded(array, given.get("axis", 1), line, text)
    if name == "reshape":
        return arrays.reshaped(array, given.get("newshape", 1, given.named.get("shape")), line, text)
    if name in ("mean", "std"):
        return Statistic(name, array.source) if given.get("axis", 1, 0) == 0 else None
    if name in ("unique", "max", "min", "argmax", "sum", "bincount"):
        return None
    if name == "divide" and len(given.positional) == 2:
        return arrays.operated(array, ast.Div, given.positional[1], line, text)
    return array.not_read(line, text)


def _expanded(array: Array, axis: Any, line: int, text: str) -> Any:
    shape = array.shape
    if shape is None or not isinstance(axis, int) or axis == 0 or not -len(shape) - 1 < axis <= len(shape):
        return array.not_read(line, text)
    at = axis if axis > 0 else len(shape) + 1 + axis
    return replace(array, shape=(*shape[:at], 1, *shape[at:]))


def expand(given: Given, line: int, text: str) -> Any:
    first = given.positional[0] if given.positional else None
    return _expanded(first, given.get("axis", 1), line, text) if isinstance(first, Array) else None


def same(given: Given, _line: int, _text: str) -> Any:
    first = given.positional[0] if given.positional else None
    return first if isinstance(first, Array) else None


def one_hot(given: Given, _line: int, _text: str) -> Any:
    first = given.get("y", 0)
    classes = given.get("num_classes", 1, given.named.get("nb_classes", given.named.get("depth")))
    return arrays.one_hot(first, classes) if isinstance(first, Array) else None


def padded(given: Given, line: int, text: str) -> Any:
    array, length = given.get("sequences", 0), given.get("maxlen", 1)
    if not isinstance(array, Array):
        return None
    if "post" in (given.get("padding", 3), given.get("truncating", 4)):
        array = array.not_read(line, f"{text}: padding at the end")
    source = array.source.with_options(maxlen=length)
    count = array.shape[0] if array.shape else None
    return replace(array, source=source, shape=(count, length if isinstance(length, int) else None))


def split(given: Given, _line: int, _text: str) -> Any:
    share: Any = given.named.get("test_size")
    if share is None and is_number(given.named.get("train_size")):
        share = 1 - given.named["train_size"]
    parts: list[Any] = []
    for array in given.positional:
        if not isinstance(array, Array):
            parts += [Unknown(), Unknown()]
            continue
        count = array.shape[0] if array.shape else None
        kept = 0.25 if share is None else share
        if isinstance(kept, int) and count:
            kept = kept / count
        kept = float(kept) if is_number(kept) and 0 < kept < 1 else None
        sides = None if array.shape is None else (None, *array.shape[1:])
        part = replace(array, share=kept, shape=sides)
        parts += [part, replace(part, part=TEST)]
    return parts


def scaled(scaler: str, array: Array, line: int, text: str) -> Any:
    if scaler == "LabelEncoder" and array.role != INPUTS:
        return replace(array, encoded=True)
    if scaler == "StandardScaler" and array.role != TARGETS and array.scaling == "none":
        return replace(array, scaling="standardise")
    return array.not_read(line, text)
