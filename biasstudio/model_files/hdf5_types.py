"""The types and shapes of what an HDF5 file holds, as NumPy knows them."""

import struct
from dataclasses import dataclass

import numpy as np

_FIXED, _FLOAT, _STRING, _OPAQUE, _ENUM, _VARIABLE = 0, 1, 3, 5, 8, 9


@dataclass(frozen=True)
class DataType:
    """A data type. `numpy` is None for what are no numbers; `text` is "fixed" or "variable" for strings."""

    size: int
    numpy: np.dtype[np.generic] | None = None
    text: str = ""
    bfloat16: bool = False


def data_type(body: bytes) -> DataType:
    """What a message says of the type."""
    kind, bits, _, _, size = struct.unpack_from("<BBBBI", body)
    kind &= 15
    order = ">" if bits & 1 else "<"
    if kind == _FIXED and size in (1, 2, 4, 8):
        return DataType(size, np.dtype(f"{order}{'i' if bits & 8 else 'u'}{size}"))
    if kind == _FLOAT and size in (2, 4, 8):
        bfloat16 = size == 2 and body[13] == 8
        return DataType(size, np.dtype(f"{order}{'u2' if bfloat16 else f'f{size}'}"), bfloat16=bfloat16)
    if kind == _OPAQUE and size == 2:
        return DataType(size, np.dtype("<u2"))
    if kind == _ENUM and size == 1:
        return DataType(size, np.dtype("u1"))
    if kind == _STRING:
        return DataType(size, text="fixed")
    if kind == _VARIABLE and bits & 15 == 1:
        return DataType(16, text="variable")
    return DataType(size)


def shape(body: bytes) -> tuple[int, ...] | None:
    """What a message says of the sides; None for what holds nothing at all."""
    version, rank = body[0], body[1]
    if version == 2 and body[3] == 2:
        return None
    sides = struct.unpack_from(f"<{rank}Q", body, 8 if version == 1 else 4)
    return tuple(int(side) for side in sides)
