"""The blocks of an HDF5 file: only bytes of this one file are read, and each is looked at before memory is taken."""

import struct
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from biasstudio.spec.arguments import SpecError

SIGNATURE = b"\x89HDF\r\n\x1a\n"
NOWHERE = 0xFFFFFFFFFFFFFFFF
# Blocks of metadata are far smaller; what claims more is damaged or made to fill the memory.
_LONGEST_BLOCK = 32_000_000
_MOST_BLOCKS = 2_000_000


class Blocks:
    """An open file. The caller closes `file`; `name` starts every sentence that is said of it."""

    def __init__(self, file: BinaryIO, name: str) -> None:
        self._file, self.name = file, name
        self.length = file.seek(0, 2)
        self._blocks = 0

    def damaged(self, how: str = "what stands in it is no HDF5") -> SpecError:
        """The error to raise for what can't be so."""
        return SpecError(f"{self.name} is damaged: {how}.")

    def refused(self, what: str) -> SpecError:
        """The error to raise for what HDF5 allows, but Keras never writes."""
        return SpecError(f"{self.name} {what}, which Keras never writes and Bias Studio doesn't follow.")

    def read(self, address: int, length: int) -> bytes:
        """A block of metadata. Raises SpecError."""
        self._blocks += 1
        if self._blocks > _MOST_BLOCKS or length > _LONGEST_BLOCK:
            raise self.damaged("it claims to hold more than a model's weights can be")
        if address < 0 or length < 0 or address + length > self.length:
            raise self.damaged(f"it points to byte {address + length:,}, but ends after {self.length:,}")
        self._file.seek(address)
        block = self._file.read(length)
        if len(block) != length:
            raise self.damaged("it ends too early")
        return block

    def read_into(self, values: NDArray[np.uint8], address: int) -> None:
        """Fill bytes that were taken for values; that they are in the file was looked at before. Raises SpecError."""
        self._file.seek(address)
        place = 0
        while place < len(values):
            part = self._file.read(min(1 << 24, len(values) - place))
            if not part:
                raise self.damaged("it ends too early")
            values[place : place + len(part)] = np.frombuffer(part, np.uint8)
            place += len(part)

    def root_address(self) -> int:
        """Where the root group's header lies, as the superblock says. Raises SpecError."""
        if self.length < 96 or self.read(0, 8) != SIGNATURE:
            raise SpecError(f"{self.name} is not an HDF5 file.")
        version = self.read(8, 1)[0]
        if version in (0, 1):
            offsets, lengths = self.read(13, 2)
            start = 24 + 4 * version
            base, address = struct.unpack("<Q32xQ", self.read(start, 48))
        elif version in (2, 3):
            offsets, lengths = self.read(9, 2)
            base, address = struct.unpack("<Q16xQ", self.read(12, 32))
        else:
            raise SpecError(f"{self.name} has version {version} of HDF5, which is not known here.")
        if (offsets, lengths, base) != (8, 8, 0):
            raise self.refused("has addresses of another size")
        return int(address)


def shortened(name: str) -> str:
    """A name of the file, as it can be said in a sentence."""
    printable = "".join(sign if sign.isprintable() else "?" for sign in name[:80])
    return printable if len(name) <= 80 else printable + "…"
