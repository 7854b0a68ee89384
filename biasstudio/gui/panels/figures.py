"""Numbers and units as text: signs, ticks, names of units. A true minus sign on screen, a plain one in copies."""

import math
import re

import numpy as np

from biasstudio.recording.network import BiasVector

MINUS = "−"
_SMALLEST_FIXED = 1e-3
_LARGEST_FIXED = 1e4
_MOST_TICK_DECIMALS = 4


def signed(value: float) -> str:
    """A value with its sign and four decimals, +0.4599; in scientific form where four decimals would hide it."""
    if math.isnan(value):
        return "NaN"
    if value == 0:
        return "0.0000"
    fixed = math.isinf(value) or _SMALLEST_FIXED <= abs(value) < _LARGEST_FIXED
    text = f"{value:+.4f}" if fixed else re.sub(r"e\+?(-?)0?", r"e\1", f"{value:+.1e}")
    return text.replace("-", MINUS)


def brief(value: float, digits: int = 3) -> str:
    """A value with a few significant digits, for a line of text."""
    return f"{value:.{digits}g}".replace("e-0", "e-").replace("e+0", "e").replace("e+", "e").replace("-", MINUS)


def tick(value: float, spacing: float) -> str:
    """The text of an axis tick: as many decimals as the distance between ticks asks for."""
    if abs(value) < spacing / 1e6:
        return "0"
    decimals = max(0, -math.floor(math.log10(spacing) + 1e-9))
    if decimals > _MOST_TICK_DECIMALS - 1 or abs(value) >= _LARGEST_FIXED * 10:
        digits = max(0, math.floor(math.log10(abs(value)) + 1e-9) - math.floor(math.log10(spacing) + 1e-9))
        mantissa, exponent = f"{value:.{digits}e}".split("e")
        return f"{mantissa}e{int(exponent)}".replace("-", MINUS)
    return f"{value:.{decimals}f}".replace("-", MINUS)


def unit_index(vector: BiasVector, unit: int) -> str:
    """A unit's place in its vector: 25; (1, 3) in a vector of more than one axis; f 3 for a gate's unit."""
    gate, place = _gate(vector, unit)
    row = f"{_ROWS[unit // vector.shape[-1]]} " if gate and len(vector.shape) == 2 else ""
    if gate:
        return f"{row}{gate} {place}"
    if len(vector.shape) < 2:
        return str(unit)
    return "(" + ", ".join(str(int(i)) for i in np.unravel_index(unit, vector.shape)) + ")"


def unit_name(vector: BiasVector, unit: int) -> str:
    """Such as channel 25; gate f, unit 3; recurrent, gate z, unit 1; head 1, unit 3."""
    gate, place = _gate(vector, unit)
    noun = vector.unit.split()[-1]
    if gate:
        row = f"{_ROWS[unit // vector.shape[-1]]}, " if len(vector.shape) == 2 else ""
        return f"{row}gate {gate}, {noun} {place}"
    if vector.unit == "head unit" and len(vector.shape) == 2:
        return f"head {unit // vector.shape[1]}, {noun} {unit % vector.shape[1]}"
    return f"{vector.unit} {unit_index(vector, unit)}"


# GRU's bias: what is added to the input's part of a gate, and to that of the state before.
_ROWS = ("input", "recurrent")


def _gate(vector: BiasVector, unit: int) -> tuple[str, int]:
    """The gate that a unit belongs to, and its number there; "" where there are no gates."""
    length = vector.shape[-1] if vector.shape else 0
    if not vector.gates or length % len(vector.gates) or len(vector.shape) > 2 or vector.length > 2 * length:
        return "", unit
    gate, place = divmod(unit % length, length // len(vector.gates))
    return vector.gates[gate], place


def unit_axis(vector: BiasVector) -> str:
    """What an axis along the units is called: channel; gate unit, the gates i, f, c, o in turn."""
    return f"{vector.unit} · gates {', '.join(vector.gates)} in turn" if vector.gates else vector.unit


def counted(count: int, noun: str) -> str:
    """1 channel, 32 channels."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
