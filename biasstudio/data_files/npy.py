"""The NPY format of NumPy, read without evaluating anything: a header that says what follows, then plain numbers."""

import math
import re
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np

from biasstudio.data_files.opening import Cancelled, go_on
from biasstudio.data_files.rows import (
    BYTES_AT_ONCE,
    Array,
    DiskRows,
    MemoryRows,
    SampleRows,
    parts_of,
    scratch_file,
)
from biasstudio.spec.arguments import SpecError, shown

IN_MEMORY_BYTES = 500_000_000
"""Larger arrays, as float32, are not held in memory. A fixed number: the same file trains alike on every machine."""
_MAGIC = b"\x93NUMPY"
_LONGEST_HEADER = 10_000
_MAXIMUM_RANK = 6
_LONGEST_TEXT = 200
_MEMBER = r"'(descr|fortran_order|shape)':\s*('[^'\\]*'|True|False|\([\dL, ]*\))"
_HEADER = re.compile(rf"\{{\s*{_MEMBER},\s*{_MEMBER},\s*{_MEMBER},?\s*\}}\s*")
_RECORDS = re.compile(r"\{\s*'descr':\s*[\[(]")
# Booleans, whole numbers and real ones; texts can be the names of classes.
_NUMBERS = re.compile(r"[<>|=](b1|[iu][1248]|f(2|4|8|12|16))")
_TEXTS = re.compile(r"[<>|=]U(\d{1,6})")


@dataclass(frozen=True)
class ArrayHeader:
    """What an array is, as the file says, and on which byte its values begin."""

    dtype: np.dtype[np.generic]
    shape: tuple[int, ...]
    fortran_order: bool
    offset: int

    @property
    def value_bytes(self) -> int:
        return self.dtype.itemsize * math.prod(self.shape)


def read_header(read: BinaryIO, name: str) -> ArrayHeader:
    """Of the array that `read` gives from its present place on. `name` starts the sentences. Raises SpecError."""
    start = read.read(8)
    if len(start) < 8 or not start.startswith(_MAGIC):
        raise SpecError(f"{name} is not an array of NumPy.", argument="path")
    if start[6] not in (1, 2, 3) or start[7] != 0:
        raise SpecError(f"{name} is written in version {start[6]}.{start[7]} of NumPy's format; 1.0 to 3.0 are read.")
    length_bytes = 2 if start[6] == 1 else 4
    length = int.from_bytes(read.read(length_bytes), "little")
    # The names of the fields of a structured array can be longer; those are refused all the same.
    text = read.read(min(length, _LONGEST_HEADER)).decode("utf-8" if start[6] == 3 else "latin-1", errors="replace")
    found = _HEADER.fullmatch(text) if length <= _LONGEST_HEADER else None
    members = dict(zip(found.groups()[::2], found.groups()[1::2], strict=True)) if found else {}
    if len(members) < 3:
        what = "holds records with named fields" if _RECORDS.match(text) else "has a header that makes no sense"
        raise SpecError(f"{name} {what}: expected an array of numbers.", argument="path")
    return ArrayHeader(
        _dtype(members["descr"], name),
        _shape(members["shape"], name),
        members["fortran_order"] == "True",
        8 + length_bytes + length,
    )


def _dtype(written: str, name: str) -> np.dtype[np.generic]:
    text = written.strip("'")
    if "O" in text:
        raise SpecError(
            f"{name} holds Python objects, and not numbers: they are pickled, and opening them could run code. Save "
            "the array with a dtype of numbers.",
            argument="path",
        )
    texts = _TEXTS.fullmatch(text)
    fits = _NUMBERS.fullmatch(text) is not None or (texts is not None and 0 < int(texts[1]) <= _LONGEST_TEXT)
    try:
        if fits:
            return np.dtype(text)
    except TypeError:
        pass  # a length that this machine's numbers don't have
    raise SpecError(f"{name} holds {_described(text)}: expected numbers.", argument="path")


def _described(text: str) -> str:
    kinds = {
        "c": "complex numbers",
        "M": "dates",
        "m": "spans of time",
        "S": "bytes",
        "U": "long texts",
        "V": "raw bytes",
    }
    return kinds.get(text[1:2], f"values of the dtype {shown(text)}")


def _shape(written: str, name: str) -> tuple[int, ...]:
    sides = re.findall(r"\d+", written) if re.fullmatch(r"\((\d{1,18}L?,\s*)*(\d{1,18}L?)?\s*\)", written) else ["x"]
    if sides == ["x"]:
        raise SpecError(f"{name} has the shape {shown(written)}, which makes no sense.", argument="path")
    if len(sides) > _MAXIMUM_RANK:
        raise SpecError(f"{name} has {len(sides)} dimensions; up to {_MAXIMUM_RANK} are read.", argument="path")
    return tuple(int(side) for side in sides)


def rows_in_file(file: BinaryIO, start: int, header: ArrayHeader, name: str, cancelled: Cancelled) -> SampleRows:
    """The array whose header begins at byte `start` of an uncompressed file: in memory where it is small.

    The caller has checked that the file is as long as the header says. Raises SpecError, OSError.
    """
    offset = start + header.offset
    if not header.fortran_order or len(header.shape) < 2:
        rows: SampleRows = DiskRows(file, offset, header.dtype, header.shape, name)
        return in_memory(rows, cancelled) if fits_in_memory(header.shape) else rows
    columns = DiskRows(file, offset, header.dtype, header.shape[::-1], name)
    if fits_in_memory(header.shape):
        whole = columns.read(0, header.shape[-1])
        return MemoryRows(np.ascontiguousarray(whole.transpose()))
    return _turned(file, offset, header, name, cancelled)


def fits_in_memory(shape: tuple[int, ...]) -> bool:
    """Whether an array of this shape is held whole, as float32."""
    return 4 * math.prod(shape) <= IN_MEMORY_BYTES


def in_memory(rows: SampleRows, cancelled: Cancelled) -> MemoryRows:
    """All of the rows. Raises SpecError."""
    array = np.empty(rows.shape, rows.dtype)
    for start, part in parts_of(rows, cancelled):
        array[start : start + len(part)] = part
    return MemoryRows(array)


def _turned(file: BinaryIO, offset: int, header: ArrayHeader, name: str, cancelled: Cancelled) -> DiskRows:
    """An array in Fortran order, where the values of one sample lie far apart, written again in C order."""
    count, values = header.shape[0], math.prod(header.shape[1:])
    # In the file each value of all samples lies together.
    flat = DiskRows(file, offset, header.dtype, (values * count,), name)
    target = scratch_file(header.value_bytes, name)
    with target:
        step = max(1, BYTES_AT_ONCE // (values * header.dtype.itemsize))
        for start in range(0, count, step):
            part = np.empty((min(step, count - start), values), header.dtype)
            for place in range(values):
                part[:, place] = flat.read(place * count + start, place * count + start + len(part))
            target.write(_c_order(part, header.shape[1:]))
            go_on(cancelled)
        return DiskRows(target, 0, header.dtype, header.shape, name)


def _c_order(part: Array, shape: tuple[int, ...]) -> bytes:
    return part.reshape(len(part), *shape[::-1]).transpose(0, *range(len(shape), 0, -1)).tobytes()
