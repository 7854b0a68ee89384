"""What was set by hand in a bias vector: which units, and the text of it in a run's events."""

import numpy as np
from numpy.typing import NDArray

from biasstudio.recording.history import Floats
from biasstudio.recording.network import BiasVector


def differing_units(one: Floats, other: Floats) -> NDArray[np.intp]:
    """The indexes at which two float32 (n,) differ in any bit, so that NaN equals NaN, and -0 is not 0."""
    return np.flatnonzero(one.view(np.uint32) != other.view(np.uint32))


def edit_in_words(vector: BiasVector, units: NDArray[np.intp], values: Floats) -> str:
    """Such as “conv2d/bias [3, 7] = [0.5, -0.25]”, or “dense/bias = [0.0, 0.1]” where all units were set.

    Indexes are those of the flattened vector. Both lists are JSON, but for values that are not finite; each value is
    the shortest decimal that gives the same float32 again.
    """
    which = "" if len(units) == vector.length else f" [{', '.join(map(str, units.tolist()))}]"
    return f"{vector.path}{which} = [{', '.join(map(_exact, values[units]))}]"


def _exact(value: np.float32) -> str:
    short = str(value)
    # Whoever reads it as a double first must get the same float32 all the same.
    return short if np.float32(float(short)) == value else repr(float(value))
