"""Values as colours of the diverging pair."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QBrush, QColor

from biasstudio.gui.panels.moment import Doubles
from biasstudio.gui.theme import theme

LEVELS = 255
"""Odd, so that zero has a level of its own in the middle."""
NOT_FINITE = 255
"""The index that stands for NaN and infinity."""
_FAINTEST = 0.3


def level_indexes(values: Doubles, limit: float) -> NDArray[np.uint8]:
    """Values of any shape as indexes: 0 for -limit, 127 for zero, 254 for limit, 255 for what is not finite."""
    usable = np.isfinite(values)
    scaled = np.clip(np.where(usable, values, 0.0) / limit, -1.0, 1.0)
    indexes = np.rint((scaled + 1.0) * ((LEVELS - 1) / 2)).astype(np.uint8)
    indexes[~usable] = NOT_FINITE
    return indexes


def lookup_table() -> NDArray[np.uint8]:
    """The colours of the indexes, uint8 (256, 3)."""
    no_value = QColor(theme().colours.ghost)
    last_row = np.array([[no_value.red(), no_value.green(), no_value.blue()]], np.uint8)
    return np.vstack([theme().diverging(LEVELS), last_row])


def bar_brushes() -> list[QBrush]:
    """A brush for each index. Small values keep some colour: a bar must be seen whatever its height."""
    brushes = []
    for index in range(LEVELS):
        offset = (index - (LEVELS - 1) / 2) / ((LEVELS - 1) / 2)
        colour = QColor(theme().colours.above if offset >= 0 else theme().colours.below)
        colour.setAlphaF(_FAINTEST + (1 - _FAINTEST) * min(1.0, abs(offset)))
        brushes.append(QBrush(colour))
    return [*brushes, QBrush(QColor(theme().colours.ghost))]


def bar_indexes(values: Doubles, limit: float) -> NDArray[np.uint8]:
    """As `level_indexes`, but what is below zero is never at zero's level, whose brush is that of above."""
    indexes = level_indexes(values, limit)
    below = (values < 0) & (indexes != NOT_FINITE)
    indexes[below] = np.minimum(indexes[below], (LEVELS - 1) // 2 - 1)
    return indexes


def faded(name: str, opacity: float) -> QColor:
    """A colour with an opacity from 0 to 1."""
    colour = QColor(name)
    colour.setAlphaF(opacity)
    return colour
