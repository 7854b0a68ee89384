"""What is done to the inputs before they are float32."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from biasstudio.data_files.opening import Cancelled
from biasstudio.data_files.rows import Array, MemoryRows, SampleRows, parts_of
from biasstudio.spec.data_set_types import PIXELS, STANDARDISE


@dataclass(frozen=True)
class Scaling:
    """`mean` and `deviation` float64 of the last axis; none where the inputs are not standardised."""

    pixels: bool = False
    mean: NDArray[np.float64] | None = None
    deviation: NDArray[np.float64] | None = None

    def scaled(self, part: Array) -> NDArray[np.float32]:
        """Samples as float32."""
        if self.mean is not None and self.deviation is not None:
            standardised: NDArray[np.float32] = ((part - self.mean) / self.deviation).astype(np.float32)
            return standardised
        plain: NDArray[np.float32] = part.astype(np.float32)
        return plain / np.float32(255) if self.pixels else plain


def scaling_of(rows: SampleRows, kind: str, cancelled: Cancelled) -> Scaling:
    """Standardised is each column, or channel: `(x - mean) / deviation` over all samples, in float64, where

        axes = tuple(range(x.ndim - 1))
        mean, deviation = x.mean(axis=axes, dtype="float64"), x.std(axis=axes, dtype="float64")

    and a deviation of 0 counts as 1. Raises SpecError where cancelled.
    """
    if kind != STANDARDISE:
        return Scaling(pixels=kind == PIXELS)
    if isinstance(rows, MemoryRows):
        axes = tuple(range(rows.array.ndim - 1))
        mean = rows.array.mean(axis=axes, dtype=np.float64)
        deviation = rows.array.std(axis=axes, dtype=np.float64)
    else:
        mean, deviation = _of_parts(rows, cancelled)
    return Scaling(mean=mean, deviation=np.where(deviation == 0, 1.0, deviation))


def _of_parts(rows: SampleRows, cancelled: Cancelled) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The same for rows that are not in memory: a pass for the mean, and one for the deviation."""
    last, count = rows.shape[-1], 0
    total, squares = np.zeros(last), np.zeros(last)
    for _, part in parts_of(rows, cancelled):
        flat = part.reshape(-1, last)
        total += flat.sum(axis=0, dtype=np.float64)
        count += len(flat)
    mean = total / count
    for _, part in parts_of(rows, cancelled):
        squares += ((part.reshape(-1, last) - mean) ** 2).sum(axis=0)
    return mean, np.sqrt(squares / count)
