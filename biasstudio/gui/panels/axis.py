"""A plot's axis: one level of ticks at round numbers, quiet grid lines, true minus signs."""

import math
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QRectF
from PySide6.QtGui import QFont, QFontMetrics

from biasstudio.gui.panels import figures
from biasstudio.gui.theme import theme

_END_ROOM = 16
_ROUND = (1.0, 2.0, 5.0, 10.0)


class Axis(pg.AxisItem):
    """An axis at `orientation`, left or bottom. `whole`: ticks stand at whole numbers only."""

    def __init__(self, orientation: str, whole: bool = False) -> None:
        super().__init__(orientation)
        self.whole = whole
        self.last_unit: int | None = None
        self.enableAutoSIPrefix(False)
        self.setStyle(tickLength=0, tickAlpha=255, tickTextOffset=5, autoExpandTextSpace=False)

    def style_with(self, font: QFont, grid: bool) -> None:
        colours = theme().colours
        self.setTickFont(font)
        self.setPen(pg.mkPen(None))
        self.setTickPen(pg.mkPen(colours.grid))
        self.setTextPen(pg.mkPen(colours.muted))
        self.setGrid(255 if grid else False)
        self.label.setFont(font)
        metrics = QFontMetrics(font)
        label_room = metrics.height() if self.label.isVisible() else 0
        if self.orientation in ("left", "right"):
            widest = "00000" if self.whole else "−0.000"
            self.setWidth(metrics.horizontalAdvance(widest) + label_room + 6)
        else:
            self.setHeight(metrics.height() + label_room + 6)

    def tickSpacing(self, minVal: float, maxVal: float, size: float) -> list[tuple[float, float]]:
        span = max(maxVal - minVal, 1e-300)
        wanted = span * self._pixels_a_tick(size) / max(size, 1.0)
        if self.last_unit is not None:
            return [(float(2 ** max(0, math.ceil(math.log2(wanted)))), 0.0)]
        power = 10.0 ** math.floor(math.log10(wanted))
        spacing = next(step * power for step in _ROUND if step * power >= wanted * 0.999)
        return [(max(spacing, 1.0) if self.whole else spacing, 0.0)]

    def _pixels_a_tick(self, size: float) -> float:
        # A short axis has three ticks where the figures leave room for them.
        if self.orientation in ("left", "right"):
            return min(28.0, max(15.0, size / 3))
        return min(46.0, max(30.0, size / 3)) if self.whole else 46.0

    def tickValues(self, minVal: float, maxVal: float, size: float) -> list[tuple[float, list[float]]]:
        # On a plot that is upside down the range comes the other way round.
        minVal, maxVal = sorted((minVal, maxVal))
        spacing, _ = self.tickSpacing(minVal, maxVal, size)[0]
        first, last = math.ceil(minVal / spacing - 1e-9), math.floor(maxVal / spacing + 1e-9)
        values = [index * spacing for index in range(first, last + 1)]
        if self.last_unit is not None:
            values = [v for v in values if 0 <= v <= self.last_unit]
        return [(spacing, values)]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        return [figures.tick(value * scale, spacing) for value in values]

    def boundingRect(self) -> QRectF:
        # Room for the figures at both ends, which stand out by half; without it they are left out.
        rect = QRectF(super().boundingRect())
        if self.orientation in ("left", "right"):
            return rect.adjusted(0, -_END_ROOM, 0, _END_ROOM)
        return rect.adjusted(-_END_ROOM, 0, _END_ROOM, 0)

    def wheelEvent(self, event: Any) -> None:
        event.ignore()
