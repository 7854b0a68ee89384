"""What data of files and of Keras have in common in a script: scaled inputs, float32, and an order by chance."""

from collections.abc import Mapping
from typing import Any

from biasstudio.scripts.patterns import Alternatives, Pattern
from biasstudio.spec.data_set_types import NONE, PIXELS, STANDARDISE

_STANDARDISED = """\
deviation = x.std({axes})
x = (x - x.mean({axes})) / np.where(deviation == 0, 1, deviation)"""
COLUMNS_SCALED: Alternatives = {STANDARDISE: Pattern(_STANDARDISED.format(axes="axis=0")), NONE: None}
"""Of columns of float64, by the data's `scaling`."""
ARRAYS_SCALED: Alternatives = {
    STANDARDISE: Pattern(_STANDARDISED.format(axes='axis=_AXES_, dtype="float64"')),
    PIXELS: Pattern('x = x.astype("float32") / 255'),
    NONE: None,
}
"""Of arrays of any type and shape; `axes` are all but the last."""
ORDERED: Alternatives = {
    True: Pattern('order = np.random.default_rng(0).permutation(len(x))\nx, y = x[order].astype("float32"), y[order]'),
    False: Pattern('x = x.astype("float32")'),
}
"""By the data's `shuffled`."""


def filled(alternatives: Alternatives, key: Any, values: Mapping[str, Any]) -> list[str]:
    """The lines of one alternative; none where nothing is written for it."""
    pattern = alternatives[key]
    return [] if pattern is None else pattern.filled(values).splitlines()
