"""One bias vector at one step, beside its initial values, in double precision; what can't be drawn is set apart."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from biasstudio.gui.view_state import Scale
from biasstudio.recording.history import Floats, History
from biasstudio.recording.network import BiasVector

Doubles = NDArray[np.float64]

# Qt can't turn a view around that spans more; a value beyond is drawn at the edge.
DRAWABLE = 1e11


@dataclass(frozen=True)
class Moment:
    """`initial` and `now`: float64 (n,). `reference` is the same vector of the first compared run, if there is one."""

    initial: Doubles
    now: Doubles
    reference: "Moment | None" = None

    @cached_property
    def change(self) -> Doubles:
        """now - initial, float64 (n,); NaN where both are infinite."""
        return difference(self.now, self.initial)

    @cached_property
    def difference(self) -> Doubles:
        """now - the reference's now, float64 (n,); NaN where there is no reference."""
        return difference(self.now, self.reference.now if self.reference else np.full_like(self.now, np.nan))

    def on(self, scale: Scale) -> Doubles:
        """The values, the changes or the differences, float64 (n,)."""
        if scale is Scale.DIFFERENCE:
            return self.difference
        return self.now if scale is Scale.VALUE else self.change

    def start_on(self, scale: Scale) -> Doubles:
        """The same at step 0, float64 (n,)."""
        reference = self.reference
        return Moment(self.initial, self.initial, reference and Moment(reference.initial, reference.initial)).on(scale)

    @property
    def changed(self) -> int:
        """How many units are another than at the start."""
        return int(np.count_nonzero(~((self.now == self.initial) | (np.isnan(self.now) & np.isnan(self.initial)))))


def moment_of(history: History, vector: BiasVector, step: int) -> Moment:
    """A vector at `step`, with what was set by hand there."""
    initial = history.values(vector.path, 0).astype(np.float64)
    return Moment(initial, history.present_values(vector.path, step).astype(np.float64))


def difference(now: Doubles, initial: Doubles) -> Doubles:
    """now - initial, elementwise; infinite minus infinite is NaN."""
    with np.errstate(invalid="ignore"):
        result: Doubles = now - initial
    return result


def window_on(scale: Scale, values: Floats, reference: Floats | None = None) -> Doubles:
    """Frames float32 (m, n), step 0 first, as values, changes since step 0, or differences to those of `reference`."""
    doubles = values.astype(np.float64)
    if scale is Scale.DIFFERENCE and reference is not None:
        return difference(doubles, reference.astype(np.float64))
    return doubles if scale is Scale.VALUE else difference(doubles, doubles[:1])


def finite(values: Doubles) -> Doubles:
    """The finite ones of `values`, flat."""
    flat = values.reshape(-1)
    keep = np.isfinite(flat)
    return flat if keep.all() else flat[keep]


def drawable(values: Doubles) -> Doubles:
    """`values` with 0 where they are not finite, and none too great to draw."""
    return np.clip(np.nan_to_num(values, nan=0.0, posinf=0.0, neginf=0.0), -DRAWABLE, DRAWABLE)


def largest(values: Doubles) -> float:
    """The greatest magnitude among the finite values; 0 where there is none."""
    found = finite(values)
    return float(np.abs(found).max()) if found.size else 0.0


def undrawn_note(values: Doubles) -> str:
    """What of these values isn't drawn where it is; empty where all are."""
    count = int(np.count_nonzero(np.abs(finite(values)) > DRAWABLE))
    beyond = f"{count} of {values.size} values beyond {DRAWABLE:.0e} {'is' if count == 1 else 'are'} drawn there"
    return not_finite_note(values) or (beyond.replace("e+", "e") if count else "")


def not_finite_note(values: Doubles) -> str:
    """Such as "12 of 32 values are not finite"; empty where all are."""
    count = int(values.size - np.count_nonzero(np.isfinite(values)))
    return f"{count} of {values.size} values {'is' if count == 1 else 'are'} not finite" if count else ""
