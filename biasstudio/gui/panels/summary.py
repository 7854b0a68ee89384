"""A bias vector in a few figures."""

from dataclasses import dataclass

import numpy as np

from biasstudio.gui.panels import figures
from biasstudio.gui.panels.moment import Moment, finite


@dataclass(frozen=True)
class Summary:
    """Of the finite values now; NaN where there is none. `change_norm` is the Euclidean length of the change.

    `difference_norm` is that of the difference to the reference; None where there is none.
    """

    mean: float
    sd: float
    low: float
    high: float
    norm: float
    change_norm: float
    moved: int
    count: int
    difference_norm: float | None = None

    def text(self) -> str:
        named = (("mean", self.mean), ("sd", self.sd), ("min", self.low), ("max", self.high), ("norm", self.norm))
        parts = [
            *(f"{name} {figures.brief(value)}" for name, value in named),
            f"moved {self.moved:,} of {self.count:,}",
            *([] if self.difference_norm is None else [f"norm of difference {figures.brief(self.difference_norm)}"]),
        ]
        return " · ".join(part.replace(" ", "\N{NO-BREAK SPACE}") for part in parts)


def summary_of(moment: Moment) -> Summary:
    now, change = finite(moment.now), finite(moment.change)
    moved, count = moment.changed, moment.now.size
    change_norm = float(np.linalg.norm(change))
    apart = float(np.linalg.norm(finite(moment.difference))) if moment.reference else None
    if not now.size:
        return Summary(np.nan, np.nan, np.nan, np.nan, np.nan, change_norm, moved, count, apart)
    norm, low, high = float(np.linalg.norm(now)), float(now.min()), float(now.max())
    return Summary(float(now.mean()), float(now.std()), low, high, norm, change_norm, moved, count, apart)
