"""How the benchmarks print what they measured."""

from collections.abc import Sequence

import numpy as np


def row(name: str, values: Sequence[float], unit: str) -> str:
    """Median, lowest and highest of `values`, and how many there were."""
    low, middle, high = np.min(values), np.median(values), np.max(values)
    return f"{name:38} median {middle:8.3f} {unit}   {low:.3f} to {high:.3f}   n = {len(values)}"


def ratio(name: str, values: Sequence[float], against: Sequence[float]) -> str:
    """The median of the ratios pair by pair."""
    return row(f"{name} (ratio, pair by pair)", [a / b for a, b in zip(values, against, strict=True)], "×")
