"""Figures and durations of a sweep as text."""

import math

from biasstudio.gui.panels import figures
from biasstudio.gui.sweep.outcome import Spread

NOTHING = "–"
_THIN = "\N{NO-BREAK SPACE}"


def plain(value: float) -> str:
    """Three decimals, 0.693; a few significant digits where these would hide the value. A dash where there is none."""
    if math.isnan(value):
        return NOTHING
    if value == 0 or 5e-4 <= abs(value) < 1000:
        return f"{value:.3f}".replace("-", figures.MINUS)
    return figures.brief(value)


def mean_and_sd(spread: Spread) -> str:
    """Such as 0.312 ± 0.021; the mean alone where there is but one figure."""
    if math.isnan(spread.sd):
        return plain(spread.mean)
    return f"{plain(spread.mean)} ± {plain(spread.sd)}".replace(" ", _THIN)


def extremes(spread: Spread) -> str:
    """Such as 0.281 … 0.340."""
    return f"{plain(spread.low)} … {plain(spread.high)}".replace(" ", _THIN) if spread.count else NOTHING


def percent(share: float) -> str:
    """A share as whole percent. None of all and all are said only where they are meant."""
    if math.isnan(share):
        return NOTHING
    whole = round(100 * share)
    if 0 < share < 1:
        whole = min(99, max(1, whole))
    return f"{whole}{_THIN}%"


def about(seconds: float) -> str:
    """Such as about 40 s, about 3 min, about 1.5 h."""
    if seconds < 90:
        return f"about {max(1, round(seconds))} s"
    if seconds < 90 * 60:
        return f"about {round(seconds / 60)} min"
    return f"about {seconds / 3600:.1f} h"
