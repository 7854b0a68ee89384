"""The headers of the objects in an HDF5 file: what is said of a group or a data set, in messages of a kind each."""

import struct
from dataclasses import dataclass

from biasstudio.model_files.hdf5_blocks import Blocks

MAXIMUM_OBJECTS = 200_000
_MOST_MESSAGES = 100_000

# The kinds of messages that are read.
DATASPACE, LINK_INFO, DATATYPE, LINK, EXTERNAL_FILES, LAYOUT = 0x01, 0x02, 0x03, 0x06, 0x07, 0x08
ATTRIBUTE, SYMBOL_TABLE, ATTRIBUTE_INFO = 0x0C, 0x11, 0x15
_CONTINUATION = 0x10


@dataclass(frozen=True)
class Header:
    """An object's messages, each with its kind."""

    messages: tuple[tuple[int, bytes], ...]

    def first(self, kind: int) -> bytes | None:
        return next((body for each, body in self.messages if each == kind), None)


class Headers:
    """Reads the headers of a file, each once."""

    def __init__(self, blocks: Blocks) -> None:
        self._blocks = blocks
        self._seen: set[int] = set()

    def read(self, address: int) -> Header:
        """The header at an address, with what it goes on with. Raises SpecError."""
        if address in self._seen:
            raise self._blocks.refused("links one object from two places")
        self._seen.add(address)
        if len(self._seen) > MAXIMUM_OBJECTS:
            raise self._blocks.damaged("it claims to hold more objects than a model has")
        if self._blocks.read(address, 4) == b"OHDR":
            messages = self._messages_of_version_2(address)
        else:
            messages = self._messages_of_version_1(address)
        return Header(tuple(messages))

    def _messages_of_version_1(self, address: int) -> list[tuple[int, bytes]]:
        version, length = struct.unpack("<B7xI4x", self._blocks.read(address, 16))
        if version != 1:
            raise self._blocks.damaged()
        extents = [(address + 16, length)]
        messages: list[tuple[int, bytes]] = []
        for start, size in extents:
            block, place = self._blocks.read(start, size), 0
            while place + 8 <= len(block):
                kind, size_of_body, flags = struct.unpack_from("<HHB", block, place)
                place += 8
                self._take(messages, extents, kind, flags, block[place : place + size_of_body])
                place += size_of_body
        return messages

    def _messages_of_version_2(self, address: int) -> list[tuple[int, bytes]]:
        version, flags = struct.unpack("<4xBB", self._blocks.read(address, 6))
        if version != 2:
            raise self._blocks.damaged()
        place = address + 6 + (16 if flags & 0x20 else 0) + (4 if flags & 0x10 else 0)
        width = 1 << (flags & 3)
        length = int.from_bytes(self._blocks.read(place, width), "little")
        extents = [(place + width, length)]
        messages: list[tuple[int, bytes]] = []
        extra = 2 if flags & 4 else 0
        for number, (start, size) in enumerate(extents):
            # A continuation has a signature before its messages and a checksum after them.
            block, place = self._blocks.read(start, size), 0
            if number:
                block = block[4:-4]
            while place + 4 + extra <= len(block):
                kind, size_of_body, message_flags = struct.unpack_from("<BHB", block, place)
                place += 4 + extra
                self._take(messages, extents, kind, message_flags, block[place : place + size_of_body])
                place += size_of_body
        return messages

    def _take(
        self, messages: list[tuple[int, bytes]], extents: list[tuple[int, int]], kind: int, flags: int, body: bytes
    ) -> None:
        if len(messages) >= _MOST_MESSAGES:
            raise self._blocks.damaged("one of its objects claims to have more parts than there can be")
        if kind == _CONTINUATION:
            start, length = struct.unpack_from("<QQ", body)
            if start in self._seen:
                raise self._blocks.damaged()
            self._seen.add(start)
            extents.append((start, length))
        elif kind in (DATASPACE, DATATYPE, LAYOUT, ATTRIBUTE) and flags & 2:
            raise self._blocks.refused("keeps a part of an object elsewhere")
        else:
            messages.append((kind, body))
