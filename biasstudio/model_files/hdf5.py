"""HDF5 as Keras writes it, read in Python alone: every block is looked at before memory is taken for it.

The HDF5 library hangs on some damaged files, opens other files where a link or a data set says so, and loads filters
from the system's plug-in folder. None of that can happen here: only bytes of the one given file are read. What Keras
never writes (links to elsewhere, chunks, compression, external and virtual data) is refused by name.

Source: HDF5 File Format Specification 3.0, https://docs.hdfgroup.org/hdf5/v1_14/_f_m_t3.html
"""

import math
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from biasstudio.model_files.hdf5_attributes import Attributes
from biasstudio.model_files.hdf5_blocks import NOWHERE, Blocks, shortened
from biasstudio.model_files.hdf5_headers import (
    DATASPACE,
    DATATYPE,
    EXTERNAL_FILES,
    LAYOUT,
    MAXIMUM_OBJECTS,
    Header,
    Headers,
)
from biasstudio.model_files.hdf5_links import links
from biasstudio.model_files.hdf5_types import DataType, data_type, shape
from biasstudio.spec.arguments import SpecError

MAXIMUM_DEPTH = 60


@dataclass(frozen=True)
class StoredArray:
    """One data set: where its values lie. `type_name` is NumPy's name, or what stands in the file instead."""

    path: str
    shape: tuple[int, ...]
    type_name: str
    address: int
    kind: DataType
    header: Header

    @property
    def size(self) -> int:
        return math.prod(self.shape)


@dataclass
class StoredGroup:
    """One group with what is in it, in the order of the names."""

    path: str
    header: Header
    groups: dict[str, "StoredGroup"] = field(default_factory=dict)
    arrays: dict[str, StoredArray] = field(default_factory=dict)

    def group(self, path: str) -> "StoredGroup | None":
        """The group at a path of names below this one."""
        here: StoredGroup | None = self
        for name in path.split("/"):
            here = here.groups.get(name) if here is not None else None
        return here

    def array(self, path: str) -> StoredArray | None:
        """The data set at a path of names below this one."""
        parent, _, name = path.rpartition("/")
        group = self.group(parent) if parent else self
        return group.arrays.get(name) if group is not None else None

    def walk(self) -> Iterator["StoredGroup"]:
        """This group and all below it."""
        yield self
        for group in self.groups.values():
            yield from group.walk()


class Hdf5:
    """An open HDF5 file; `root` has all of its groups and data sets. The caller closes `file`.

    Raises SpecError, here and wherever something is read, with a sentence that starts with `name`.
    """

    def __init__(self, file: BinaryIO, name: str) -> None:
        self._blocks = Blocks(file, name)
        self._headers, self._attributes = Headers(self._blocks), Attributes(self._blocks)
        try:
            self.root = self._group("", self._blocks.root_address(), 0)
        except SpecError:
            raise
        except (struct.error, IndexError, ValueError, OverflowError, UnicodeError):
            raise self._blocks.damaged() from None

    def _group(self, path: str, address: int, depth: int, header: Header | None = None) -> StoredGroup:
        if depth > MAXIMUM_DEPTH:
            raise self._blocks.damaged(f"it has groups in groups more than {MAXIMUM_DEPTH} deep")
        group = StoredGroup(path, header or self._headers.read(address))
        for name, child in links(self._blocks, group.header):
            if not name or "/" in name or name in group.groups or name in group.arrays:
                raise self._blocks.damaged("it has two things of one name")
            place = f"{path}/{name}" if path else name
            child_header = self._headers.read(child)
            if child_header.first(DATATYPE) is not None and child_header.first(DATASPACE) is not None:
                group.arrays[name] = self._array(place, child_header)
            else:
                group.groups[name] = self._group(place, child, depth + 1, child_header)
        return group

    def _array(self, path: str, header: Header) -> StoredArray:
        if header.first(EXTERNAL_FILES) is not None:
            raise self._blocks.refused(f"says that the values of “{shortened(path)}” lie in another file")
        kind = data_type(header.first(DATATYPE) or b"")
        sides = shape(header.first(DATASPACE) or b"")
        layout = header.first(LAYOUT)
        if layout is None:
            raise self._blocks.damaged()
        version, where = layout[0], layout[1]
        if version not in (3, 4):
            raise self._blocks.refused(f"keeps “{shortened(path)}” in an old layout")
        if where == 3:
            raise self._blocks.refused(f"says that “{shortened(path)}” is put together from other data sets")
        if where != 1:
            raise self._blocks.refused(f"keeps “{shortened(path)}” in chunks or in its header")
        address, length = struct.unpack_from("<QQ", layout, 2)
        if sides is None:
            raise self._blocks.refused(f"has nothing as “{shortened(path)}”")
        wanted = math.prod(sides) * kind.size
        if wanted and (address == NOWHERE or length != wanted or address + wanted > self._blocks.length):
            held = 0 if address == NOWHERE else max(0, min(length, self._blocks.length - address))
            raise SpecError(
                f"{self._blocks.name} says that “{shortened(path)}” has {wanted:,} bytes, but holds {held:,} of them."
            )
        name = str(kind.numpy) if kind.numpy is not None else "text" if kind.text else "other data"
        return StoredArray(path, sides, name, address, kind, header)

    def numbers(self, array: StoredArray) -> NDArray[np.generic]:
        """The values of a data set; its size is its claim and was compared with the file's. Raises SpecError."""
        kind = array.kind
        if kind.numpy is None:
            raise SpecError(f"{self._blocks.name}: “{shortened(array.path)}” holds no numbers.")
        values: NDArray[np.generic] = np.empty(array.size, kind.numpy)
        self._blocks.read_into(values.view(np.uint8), array.address)
        if kind.bfloat16 or (kind.size == 2 and self._attributes.read(array.header, "dtype") == "bfloat16"):
            # The upper half of a float32.
            values = (values.view("<u2").astype("<u4") << 16).view("<f4")
        return values.reshape(array.shape)

    def text(self, group: StoredGroup | StoredArray, name: str) -> str | None:
        """An attribute that is one text; None where there is none of this name. Raises SpecError."""
        value = self._attributes.read(group.header, name)
        return value if isinstance(value, str) else None

    def texts(self, group: StoredGroup, name: str) -> list[str] | None:
        """An attribute that is a list of texts, or where it was too long for one, in name0, name1…; or None."""
        value = self._attributes.read(group.header, name)
        if isinstance(value, list):
            return value
        parts: list[str] = []
        for number in range(MAXIMUM_OBJECTS):
            value = self._attributes.read(group.header, f"{name}{number}")
            if not isinstance(value, list):
                break
            parts += value
        return parts or None
