"""Axis ranges that hold still while values move: they grow when they must, and shrink only when much is empty."""

import math

from biasstudio.gui.panels.moment import DRAWABLE

_HEADROOM = 0.1
_SHRINK_BELOW = 0.4
_NARROWEST = 1e-9


class SteadyLimit:
    """The limit of a zero-centred range, -limit to limit."""

    def __init__(self) -> None:
        self.limit = 0.0

    def reset(self) -> None:
        self.limit = 0.0

    def include(self, magnitude: float) -> float:
        """The limit to draw `magnitude` with; 1 while all is zero."""
        if not self.limit or magnitude > self.limit or magnitude < self.limit * _SHRINK_BELOW:
            wanted = magnitude * (1 + _HEADROOM) if magnitude else 1.0
            self.limit = min(max(wanted, _NARROWEST), DRAWABLE)
        return self.limit


class SteadyRange:
    """A range from low to high."""

    def __init__(self) -> None:
        self._range: tuple[float, float] | None = None

    def reset(self) -> None:
        self._range = None

    def include(self, low: float, high: float) -> tuple[float, float]:
        """The range to draw values from `low` to `high` in."""
        held = self._range
        if held is None or low < held[0] or high > held[1] or high - low < (held[1] - held[0]) * _SHRINK_BELOW:
            held = self._range = _with_headroom(_clamped(low), _clamped(high))
        return held


def _clamped(value: float) -> float:
    return max(-DRAWABLE, min(DRAWABLE, value))


def _with_headroom(low: float, high: float) -> tuple[float, float]:
    span = max(high - low, _NARROWEST)
    if high - low < _NARROWEST:
        span = max(abs(high), 1.0 if high == 0 else _NARROWEST)
    # A quantity that is never below zero has its axis start there.
    bottom = 0.0 if low == 0 < high else low - span * _HEADROOM
    top = 0.0 if high == 0 > low else high + span * _HEADROOM
    return bottom, top


def end_of_steps(last_step: int) -> int:
    """Where a step axis ends: at the last step, rounded up by 3 % at most so that it isn't redrawn at every step."""
    if last_step < 1:
        return 1
    quantum = max(1, (1 << (last_step.bit_length() - 1)) // 32)
    return -(-last_step // quantum) * quantum


def end_of_places(last: float) -> float:
    """Where an axis of epochs ends: as `end_of_steps`, for places that are not whole."""
    if last <= 0:
        return 1.0
    quantum = 2.0 ** (math.floor(math.log2(last)) - 5)
    return math.ceil(last / quantum - 1e-6) * quantum
