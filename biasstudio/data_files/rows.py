"""Rows of an array, a row for each sample: in memory, or in a file of which only what is asked for is read."""

import math
import os
import shutil
import sys
import tempfile
import threading
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, Protocol

import numpy as np
from numpy.typing import NDArray

from biasstudio.data_files.opening import Cancelled, go_on
from biasstudio.spec.arguments import SpecError

Array = NDArray[Any]
BYTES_AT_ONCE = 16_000_000
# What stays free on the disk.
_DISK_RESERVE = 1_000_000_000


class SampleRows(Protocol):
    """`shape` begins with the number of samples. Any thread may read."""

    @property
    def shape(self) -> tuple[int, ...]: ...
    @property
    def dtype(self) -> np.dtype[Any]: ...
    def read(self, start: int, stop: int) -> Array:
        """The samples from `start` up to `stop`."""

    def take(self, indexes: Array) -> Array:
        """The samples of these numbers, in this order."""


class MemoryRows:
    """Rows of an array in memory."""

    def __init__(self, array: Array) -> None:
        self.array, self.shape, self.dtype = array, array.shape, array.dtype

    def read(self, start: int, stop: int) -> Array:
        part: Array = self.array[start:stop]
        return part

    def take(self, indexes: Array) -> Array:
        taken: Array = self.array[indexes]
        return taken


class DiskRows:
    """Rows of an array in C order in a file, from `offset` on. The file stays open as long as this lives."""

    def __init__(self, file: BinaryIO, offset: int, dtype: np.dtype[Any], shape: tuple[int, ...], name: str) -> None:
        self.shape, self.dtype = shape, dtype
        self._offset, self._name = offset, name
        self._row_bytes = dtype.itemsize * math.prod(shape[1:])
        self._descriptor = os.dup(file.fileno())
        weakref.finalize(self, os.close, self._descriptor)

    def read(self, start: int, stop: int) -> Array:
        rows = np.empty((max(0, stop - start), *self.shape[1:]), self.dtype)
        self._fill(rows, start)
        return rows

    def take(self, indexes: Array) -> Array:
        rows = np.empty((len(indexes), *self.shape[1:]), self.dtype)
        for place, index in enumerate(indexes):
            self._fill(rows[place : place + 1], int(index))
        return rows

    def with_last_axis(self) -> "DiskRows":
        """The same rows of single numbers, as arrays of one number each."""
        other = DiskRows.__new__(DiskRows)
        other.__dict__.update(self.__dict__ | {"shape": (*self.shape, 1), "_kept": self})
        return other

    def _fill(self, rows: Array, start: int) -> None:
        """Not mapped into memory: pages of a mapped file would count as this program's own."""
        if not rows.size:
            return
        view = rows.reshape(-1).view(np.uint8).data
        place = self._offset + start * self._row_bytes
        while view:
            part = _read_at(self._descriptor, min(len(view), 1 << 30), place)
            if not part:
                raise SpecError(f"{self._name} has become shorter while it was read.", argument="path")
            view[: len(part)] = part
            view, place = view[len(part) :], place + len(part)


def _read_at(descriptor: int, size: int, place: int) -> bytes:
    if hasattr(os, "pread"):
        return os.pread(descriptor, size, place)
    with _SEEKING:
        os.lseek(descriptor, place, os.SEEK_SET)
        return os.read(descriptor, size)


# Two arrays of one file share its position.
_SEEKING = threading.Lock()


def parts_of(rows: SampleRows, cancelled: Cancelled) -> Iterator[tuple[int, Array]]:
    """All rows, a few megabytes at a time, each with the number of its first. Raises SpecError where cancelled."""
    count = rows.shape[0]
    step = max(1, BYTES_AT_ONCE // max(1, rows.dtype.itemsize * math.prod(rows.shape[1:])))
    for start in range(0, count, step):
        go_on(cancelled)
        yield start, rows.read(start, min(count, start + step))


def scratch_file(needed: int, name: str) -> BinaryIO:
    """A file without a name, gone when it is closed, with room for `needed` bytes. Raises SpecError, OSError."""
    folder = _scratch_folder()
    free = shutil.disk_usage(folder).free - _DISK_RESERVE
    if needed > free:
        raise SpecError(
            f"{name} takes {_gigabytes(needed)} on the disk while it is used, and {folder} has "
            f"{_gigabytes(max(0, free))} to spare.",
            argument="path",
        )
    return tempfile.TemporaryFile(dir=folder, buffering=0)


def _scratch_folder() -> Path:
    # Where Linux keeps /tmp in memory, /var/tmp is on the disk.
    on_disk = Path("/var/tmp")  # noqa: S108 - the file has no name there
    chosen = "TMPDIR" in os.environ or sys.platform == "win32" or not os.access(on_disk, os.W_OK)
    return Path(tempfile.gettempdir()) if chosen else on_disk


def _gigabytes(size: int) -> str:
    return f"{size / 1e9:,.1f} GB"
