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

from biasstudio.spec.arguments import SpecError

SIGNATURE = b"\x89HDF\r\n\x1a\n"
MAXIMUM_DEPTH = 60
MAXIMUM_OBJECTS = 200_000
# Blocks of metadata are far smaller; what claims more is damaged or made to fill the memory.
_LONGEST_BLOCK = 32_000_000
_MOST_BLOCKS = 2_000_000
_LONGEST_TEXT = 64_000_000
_MOST_MESSAGES = 100_000
_NOWHERE = 0xFFFFFFFFFFFFFFFF

_DATASPACE, _LINK_INFO, _DATATYPE, _LINK, _EXTERNAL_FILES, _LAYOUT = 0x01, 0x02, 0x03, 0x06, 0x07, 0x08
_ATTRIBUTE, _CONTINUATION, _SYMBOL_TABLE, _ATTRIBUTE_INFO = 0x0C, 0x10, 0x11, 0x15
_FIXED, _FLOAT, _STRING, _OPAQUE, _ENUM, _VARIABLE = 0, 1, 3, 5, 8, 9


@dataclass(frozen=True)
class _Type:
    """A data type. `numpy` is None for what are no numbers; `text` is "fixed" or "variable" for strings."""

    size: int
    numpy: np.dtype[np.generic] | None = None
    text: str = ""
    bfloat16: bool = False


@dataclass(frozen=True)
class StoredArray:
    """One data set: where its values lie. `type_name` is NumPy's name, or what stands in the file instead."""

    path: str
    shape: tuple[int, ...]
    type_name: str
    address: int
    kind: _Type
    header: "_Header"

    @property
    def size(self) -> int:
        return math.prod(self.shape)


@dataclass
class StoredGroup:
    """One group with what is in it, in the order of the names."""

    path: str
    header: "_Header"
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


@dataclass(frozen=True)
class _Header:
    messages: tuple[tuple[int, bytes], ...]

    def first(self, kind: int) -> bytes | None:
        return next((body for each, body in self.messages if each == kind), None)


class Hdf5:
    """An open HDF5 file; `root` has all of its groups and data sets. The caller closes `file`.

    Raises SpecError, here and wherever something is read, with a sentence that starts with `name`.
    """

    def __init__(self, file: BinaryIO, name: str) -> None:
        self._file, self._name = file, name
        self._length = file.seek(0, 2)
        self._blocks = self._text = 0
        self._seen: set[int] = set()
        try:
            self.root = self._group("", self._root_address(), 0)
        except SpecError:
            raise
        except (struct.error, IndexError, ValueError, OverflowError, UnicodeError):
            raise self._damaged() from None

    def _damaged(self, how: str = "what stands in it is no HDF5") -> SpecError:
        return SpecError(f"{self._name} is damaged: {how}.")

    def _refused(self, what: str) -> SpecError:
        return SpecError(f"{self._name} {what}, which Keras never writes and Bias Studio doesn't follow.")

    def _read(self, address: int, length: int) -> bytes:
        self._blocks += 1
        if self._blocks > _MOST_BLOCKS or length > _LONGEST_BLOCK:
            raise self._damaged("it claims to hold more than a model's weights can be")
        if address < 0 or length < 0 or address + length > self._length:
            raise self._damaged(f"it points to byte {address + length:,}, but ends after {self._length:,}")
        self._file.seek(address)
        block = self._file.read(length)
        if len(block) != length:
            raise self._damaged("it ends too early")
        return block

    def _root_address(self) -> int:
        if self._length < 96 or self._read(0, 8) != SIGNATURE:
            raise SpecError(f"{self._name} is not an HDF5 file.")
        version = self._read(8, 1)[0]
        if version in (0, 1):
            offsets, lengths = self._read(13, 2)
            start = 24 + 4 * version
            base, address = struct.unpack("<Q32xQ", self._read(start, 48))
        elif version in (2, 3):
            offsets, lengths = self._read(9, 2)
            base, address = struct.unpack("<Q16xQ", self._read(12, 32))
        else:
            raise SpecError(f"{self._name} has version {version} of HDF5, which is not known here.")
        if (offsets, lengths, base) != (8, 8, 0):
            raise self._refused("has addresses of another size")
        return int(address)

    # Object headers

    def _header(self, address: int) -> _Header:
        if address in self._seen:
            raise self._refused("links one object from two places")
        self._seen.add(address)
        if len(self._seen) > MAXIMUM_OBJECTS:
            raise self._damaged("it claims to hold more objects than a model has")
        if self._read(address, 4) == b"OHDR":
            messages = self._messages_of_version_2(address)
        else:
            messages = self._messages_of_version_1(address)
        return _Header(tuple(messages))

    def _messages_of_version_1(self, address: int) -> list[tuple[int, bytes]]:
        version, length = struct.unpack("<B7xI4x", self._read(address, 16))
        if version != 1:
            raise self._damaged()
        blocks = [(address + 16, length)]
        messages: list[tuple[int, bytes]] = []
        for start, size in blocks:
            block, place = self._read(start, size), 0
            while place + 8 <= len(block):
                kind, size_of_body, flags = struct.unpack_from("<HHB", block, place)
                place += 8
                self._take(messages, blocks, kind, flags, block[place : place + size_of_body])
                place += size_of_body
        return messages

    def _messages_of_version_2(self, address: int) -> list[tuple[int, bytes]]:
        version, flags = struct.unpack("<4xBB", self._read(address, 6))
        if version != 2:
            raise self._damaged()
        place = address + 6 + (16 if flags & 0x20 else 0) + (4 if flags & 0x10 else 0)
        width = 1 << (flags & 3)
        length = int.from_bytes(self._read(place, width), "little")
        blocks = [(place + width, length)]
        messages: list[tuple[int, bytes]] = []
        extra = 2 if flags & 4 else 0
        for number, (start, size) in enumerate(blocks):
            # A continuation has a signature before its messages and a checksum after them.
            block, place = self._read(start, size), 0
            if number:
                block = block[4:-4]
            while place + 4 + extra <= len(block):
                kind, size_of_body, message_flags = struct.unpack_from("<BHB", block, place)
                place += 4 + extra
                self._take(messages, blocks, kind, message_flags, block[place : place + size_of_body])
                place += size_of_body
        return messages

    def _take(
        self, messages: list[tuple[int, bytes]], blocks: list[tuple[int, int]], kind: int, flags: int, body: bytes
    ) -> None:
        if len(messages) >= _MOST_MESSAGES:
            raise self._damaged("one of its objects claims to have more parts than there can be")
        if kind == _CONTINUATION:
            start, length = struct.unpack_from("<QQ", body)
            if start in self._seen:
                raise self._damaged()
            self._seen.add(start)
            blocks.append((start, length))
        elif kind in (_DATASPACE, _DATATYPE, _LAYOUT, _ATTRIBUTE) and flags & 2:
            raise self._refused("keeps a part of an object elsewhere")
        else:
            messages.append((kind, body))

    # Groups

    def _group(self, path: str, address: int, depth: int, header: _Header | None = None) -> StoredGroup:
        if depth > MAXIMUM_DEPTH:
            raise self._damaged(f"it has groups in groups more than {MAXIMUM_DEPTH} deep")
        group = StoredGroup(path, header or self._header(address))
        for name, child in self._links(group.header):
            if not name or "/" in name or name in group.groups or name in group.arrays:
                raise self._damaged("it has two things of one name")
            place = f"{path}/{name}" if path else name
            child_header = self._header(child)
            if child_header.first(_DATATYPE) is not None and child_header.first(_DATASPACE) is not None:
                group.arrays[name] = self._array(place, child_header)
            else:
                group.groups[name] = self._group(place, child, depth + 1, child_header)
        return group

    def _links(self, header: _Header) -> Iterator[tuple[str, int]]:
        table, info = header.first(_SYMBOL_TABLE), header.first(_LINK_INFO)
        if table is not None:
            tree, heap = struct.unpack_from("<QQ", table)
            yield from self._links_of_tree(tree, self._heap(heap))
        if info is not None:
            # Links that are not in the header itself lie in a heap of their own.
            start = 2 + (8 if info[1] & 1 else 0)
            if struct.unpack_from("<Q", info, start)[0] != _NOWHERE:
                raise self._refused("has a group in HDF5's newer layout")
        for kind, body in header.messages:
            if kind == _LINK:
                yield self._link(body)

    def _heap(self, address: int) -> bytes:
        signature, size, start = struct.unpack("<4s4xQ8xQ", self._read(address, 32))
        if signature != b"HEAP":
            raise self._damaged()
        return self._read(start, size)

    def _links_of_tree(self, address: int, names: bytes) -> Iterator[tuple[str, int]]:
        seen, waiting = set(), [address]
        while waiting:
            here = waiting.pop()
            if here in seen:
                raise self._damaged("its list of names runs in a circle")
            seen.add(here)
            if self._read(here, 4) == b"SNOD":
                yield from self._links_of_node(here, names)
                continue
            signature, kind, _level, used = struct.unpack("<4sBBH", self._read(here, 8))
            if signature != b"TREE" or kind != 0:
                raise self._damaged()
            entries = self._read(here + 24, 16 * used)
            waiting += [struct.unpack_from("<Q", entries, 16 * index + 8)[0] for index in range(used)][::-1]

    def _links_of_node(self, address: int, names: bytes) -> Iterator[tuple[str, int]]:
        (count,) = struct.unpack("<6xH", self._read(address, 8))
        entries = self._read(address + 8, 40 * count)
        for index in range(count):
            start, child, cached = struct.unpack_from("<QQI", entries, 40 * index)
            name = _text_at(names, start)
            if cached == 2:
                raise self._refused(f"holds a link, “{_short(name)}”, to another place")
            yield name, child

    def _link(self, body: bytes) -> tuple[str, int]:
        version, flags = struct.unpack_from("<BB", body)
        if version != 1:
            raise self._damaged()
        place = 2
        kind = body[place] if flags & 8 else 0
        place += (1 if flags & 8 else 0) + (8 if flags & 4 else 0) + (1 if flags & 16 else 0)
        width = 1 << (flags & 3)
        length = int.from_bytes(body[place : place + width], "little")
        name = body[place + width : place + width + length].decode("utf-8")
        place += width + length
        if kind == 0:
            return name, int(struct.unpack_from("<Q", body, place)[0])
        if kind == 64:
            target = _text_at(body, place + 3)
            raise self._refused(f"holds a link, “{_short(name)}”, to another file, “{_short(target)}”")
        raise self._refused(f"holds a link, “{_short(name)}”, to another place")

    # Data sets

    def _array(self, path: str, header: _Header) -> StoredArray:
        if header.first(_EXTERNAL_FILES) is not None:
            raise self._refused(f"says that the values of “{_short(path)}” lie in another file")
        kind = self._type(header.first(_DATATYPE) or b"")
        shape = _shape(header.first(_DATASPACE) or b"")
        layout = header.first(_LAYOUT)
        if layout is None:
            raise self._damaged()
        version, where = layout[0], layout[1]
        if version not in (3, 4):
            raise self._refused(f"keeps “{_short(path)}” in an old layout")
        if where == 3:
            raise self._refused(f"says that “{_short(path)}” is put together from other data sets")
        if where != 1:
            raise self._refused(f"keeps “{_short(path)}” in chunks or in its header")
        address, length = struct.unpack_from("<QQ", layout, 2)
        if shape is None:
            raise self._refused(f"has nothing as “{_short(path)}”")
        wanted = math.prod(shape) * kind.size
        if wanted and (address == _NOWHERE or length != wanted or address + wanted > self._length):
            held = 0 if address == _NOWHERE else max(0, min(length, self._length - address))
            raise SpecError(
                f"{self._name} says that “{_short(path)}” has {wanted:,} bytes, but holds {held:,} of them."
            )
        name = str(kind.numpy) if kind.numpy is not None else "text" if kind.text else "other data"
        return StoredArray(path, shape, name, address, kind, header)

    def numbers(self, array: StoredArray) -> NDArray[np.generic]:
        """The values of a data set; its size is its claim and was compared with the file's. Raises SpecError."""
        kind = array.kind
        if kind.numpy is None:
            raise SpecError(f"{self._name}: “{_short(array.path)}” holds no numbers.")
        values: NDArray[np.generic] = np.empty(array.size, kind.numpy)
        view = values.view(np.uint8)
        self._file.seek(array.address)
        place = 0
        while place < len(view):
            part = self._file.read(min(1 << 24, len(view) - place))
            if not part:
                raise self._damaged("it ends too early")
            view[place : place + len(part)] = np.frombuffer(part, np.uint8)
            place += len(part)
        if kind.bfloat16 or (kind.size == 2 and self.attribute(array.header, "dtype") == "bfloat16"):
            # The upper half of a float32.
            values = (values.view("<u2").astype("<u4") << 16).view("<f4")
        return values.reshape(array.shape)

    def _type(self, body: bytes) -> _Type:
        kind, bits, _, _, size = struct.unpack_from("<BBBBI", body)
        kind &= 15
        order = ">" if bits & 1 else "<"
        if kind == _FIXED and size in (1, 2, 4, 8):
            return _Type(size, np.dtype(f"{order}{'i' if bits & 8 else 'u'}{size}"))
        if kind == _FLOAT and size in (2, 4, 8):
            bfloat16 = size == 2 and body[13] == 8
            return _Type(size, np.dtype(f"{order}{'u2' if bfloat16 else f'f{size}'}"), bfloat16=bfloat16)
        if kind == _OPAQUE and size == 2:
            return _Type(size, np.dtype("<u2"))
        if kind == _ENUM and size == 1:
            return _Type(size, np.dtype("u1"))
        if kind == _STRING:
            return _Type(size, text="fixed")
        if kind == _VARIABLE and bits & 15 == 1:
            return _Type(16, text="variable")
        return _Type(size)

    # Attributes

    def text(self, group: StoredGroup | StoredArray, name: str) -> str | None:
        """An attribute that is one text; None where there is none of this name. Raises SpecError."""
        value = self.attribute(group.header, name)
        return value if isinstance(value, str) else None

    def texts(self, group: StoredGroup, name: str) -> list[str] | None:
        """An attribute that is a list of texts, or where it was too long for one, in name0, name1…; or None."""
        value = self.attribute(group.header, name)
        if isinstance(value, list):
            return value
        parts: list[str] = []
        for number in range(MAXIMUM_OBJECTS):
            value = self.attribute(group.header, f"{name}{number}")
            if not isinstance(value, list):
                break
            parts += value
        return parts or None

    def attribute(self, header: _Header, name: str) -> str | list[str] | None:
        """A text, or a list of texts; None where there is none of this name, or it is something else."""
        info = header.first(_ATTRIBUTE_INFO)
        try:
            if info is not None and struct.unpack_from("<Q", info, 4 if info[1] & 1 else 2)[0] != _NOWHERE:
                raise self._refused("has attributes in HDF5's newer layout")
            for kind, body in header.messages:
                if kind == _ATTRIBUTE and (found := self._attribute(body, name)) is not None:
                    return found
        except SpecError:
            raise
        except (struct.error, IndexError, ValueError, OverflowError):
            raise self._damaged() from None
        return None

    def _attribute(self, body: bytes, wanted: str) -> str | list[str] | None:
        version, name_size, type_size, space_size = struct.unpack_from("<BxHHH", body)
        place = 9 if version == 3 else 8
        name = body[place : place + name_size].split(b"\0")[0]
        if name != wanted.encode():
            return None
        # Only in the first version each part is filled up to 8 bytes.
        parts = []
        for size in (name_size, type_size, space_size):
            parts.append(body[place : place + size])
            place += -(-size // 8) * 8 if version == 1 else size
        kind, shape = self._type(parts[1]), _shape(parts[2])
        if shape is None or not kind.text:
            return None
        count = math.prod(shape)
        if count * kind.size > len(body) - place:
            raise self._damaged("an attribute claims to be longer than it is")
        texts = [
            self._one_text(body[place + index * kind.size : place + (index + 1) * kind.size], kind)
            for index in range(count)
        ]
        return texts if shape else texts[0]

    def _one_text(self, body: bytes, kind: _Type) -> str:
        if kind.text == "variable":
            length, address, index = struct.unpack("<IQI", body)
            body = self._from_global_heap(address, index)[:length] if length else b""
        self._text += len(body)
        if self._text > _LONGEST_TEXT:
            raise self._damaged("its texts are longer than those of a model")
        return body.rstrip(b"\0").decode("utf-8", "replace")

    def _from_global_heap(self, address: int, wanted: int) -> bytes:
        signature, size = struct.unpack("<4s4xQ", self._read(address, 16))
        if signature != b"GCOL":
            raise self._damaged()
        place, end = address + 16, min(address + size, self._length)
        while place + 16 <= end:
            index, length = struct.unpack("<H6xQ", self._read(place, 16))
            if index == wanted:
                return self._read(place + 16, length)
            if index == 0:
                break
            place += 16 + -(-length // 8) * 8
        raise self._damaged("a text that it speaks of is not there")


def _shape(body: bytes) -> tuple[int, ...] | None:
    """None for what holds nothing at all."""
    version, rank = body[0], body[1]
    if version == 2 and body[3] == 2:
        return None
    shape = struct.unpack_from(f"<{rank}Q", body, 8 if version == 1 else 4)
    return tuple(int(side) for side in shape)


def _text_at(block: bytes, start: int) -> str:
    end = block.index(b"\0", start)
    return block[start:end].decode("utf-8", "replace")


def _short(name: str) -> str:
    printable = "".join(sign if sign.isprintable() else "?" for sign in name[:80])
    return printable if len(name) <= 80 else printable + "…"
