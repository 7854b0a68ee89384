"""The attributes of a group or a data set in an HDF5 file, as far as they are texts."""

import math
import struct

from biasstudio.model_files.hdf5_blocks import NOWHERE, Blocks
from biasstudio.model_files.hdf5_headers import ATTRIBUTE, ATTRIBUTE_INFO, Header
from biasstudio.model_files.hdf5_types import DataType, data_type, shape
from biasstudio.spec.arguments import SpecError

_LONGEST_TEXT = 64_000_000


class Attributes:
    """Reads the attributes of one file."""

    def __init__(self, blocks: Blocks) -> None:
        self._blocks = blocks
        self._text = 0

    def read(self, header: Header, name: str) -> str | list[str] | None:
        """A text, or a list of texts; None where there is none of this name, or it is something else.

        Raises SpecError.
        """
        info = header.first(ATTRIBUTE_INFO)
        try:
            if info is not None and struct.unpack_from("<Q", info, 4 if info[1] & 1 else 2)[0] != NOWHERE:
                raise self._blocks.refused("has attributes in HDF5's newer layout")
            for kind, body in header.messages:
                if kind == ATTRIBUTE and (found := self._attribute(body, name)) is not None:
                    return found
        except SpecError:
            raise
        except (struct.error, IndexError, ValueError, OverflowError):
            raise self._blocks.damaged() from None
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
        kind, sides = data_type(parts[1]), shape(parts[2])
        if sides is None or not kind.text:
            return None
        count = math.prod(sides)
        if count * kind.size > len(body) - place:
            raise self._blocks.damaged("an attribute claims to be longer than it is")
        texts = [
            self._one_text(body[place + index * kind.size : place + (index + 1) * kind.size], kind)
            for index in range(count)
        ]
        return texts if sides else texts[0]

    def _one_text(self, body: bytes, kind: DataType) -> str:
        if kind.text == "variable":
            length, address, index = struct.unpack("<IQI", body)
            body = self._from_global_heap(address, index)[:length] if length else b""
        self._text += len(body)
        if self._text > _LONGEST_TEXT:
            raise self._blocks.damaged("its texts are longer than those of a model")
        return body.rstrip(b"\0").decode("utf-8", "replace")

    def _from_global_heap(self, address: int, wanted: int) -> bytes:
        signature, size = struct.unpack("<4s4xQ", self._blocks.read(address, 16))
        if signature != b"GCOL":
            raise self._blocks.damaged()
        place, end = address + 16, min(address + size, self._blocks.length)
        while place + 16 <= end:
            index, length = struct.unpack("<H6xQ", self._blocks.read(place, 16))
            if index == wanted:
                return self._blocks.read(place + 16, length)
            if index == 0:
                break
            place += 16 + -(-length // 8) * 8
        raise self._blocks.damaged("a text that it speaks of is not there")
