"""Numbers as text in findings and remedies: one notation for a reader, and one that can be typed into a script."""

import math
import re
from collections.abc import Iterable

MINUS = "−"
_SMALLEST_WRITTEN_OUT, _LARGEST_WRITTEN_OUT = 1e-4, 1e6


def figure(value: float, digits: int = 4) -> str:
    """Up to `digits` significant digits: 0.0123, −5.79, 28,800; beyond a million and under 0.0001 as 3.47e7."""
    number = float(value)
    if not math.isfinite(number):
        return "NaN" if math.isnan(number) else f"{number:g}".replace("-", MINUS)
    rounded = float(f"{number:.{digits}g}")
    if rounded == 0 or _SMALLEST_WRITTEN_OUT <= abs(rounded) < _LARGEST_WRITTEN_OUT:
        text = f"{rounded or 0.0:,.15g}"
    else:
        text = re.sub(r"e\+?(-?)0*", r"e\1", f"{rounded:.{digits - 1}e}")
        text = re.sub(r"\.?0+e", "e", text)
    return text.replace("-", MINUS)


def figures(values: Iterable[float], most: int = 4, digits: int = 4) -> str:
    """The first of them, such as −1.2, 0.4, 0.8 …; once where all are the same."""
    numbers = [float(value) for value in values]
    if len(set(numbers)) == 1:
        numbers = numbers[:1]
    texts = [figure(number, digits) for number in numbers[:most]]
    # A comma within a number would look like one between two.
    between = "; " if len(texts) > 1 and any("," in text for text in texts) else ", "
    return between.join(texts) + (" …" if len(numbers) > most else "")


def typed(values: Iterable[float]) -> str:
    """As Python: 347200.0, or [-1.2, 0.4, 0.8]; once where all are the same."""
    numbers = [as_float32(value) for value in values]
    return repr(numbers[0]) if len(set(numbers)) == 1 else repr(numbers)


def as_float32(value: float) -> float:
    """The number with the seven digits that a float32 holds."""
    return float(f"{float(value):.7g}")
