"""Curves of the compared runs over a plot: one item for each run, whatever the number of units."""

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtGui import QPen

from biasstudio.gui.panels.colouring import faded
from biasstudio.gui.panels.moment import Doubles, drawable
from biasstudio.gui.panels.plot import Plot

_FAINT = 0.6

Stroke = tuple[str, Doubles, Doubles]
"""A colour, and the points of a curve: x and y."""


class Overlays:
    """Curves in `plot` that are reused from drawing to drawing, one after the other for the compared runs."""

    def __init__(self, plot: Plot, width: float = 1.0) -> None:
        self._plot = plot
        self._width = width
        self._curves: list[pg.PlotCurveItem] = []

    @property
    def curves(self) -> list[pg.PlotCurveItem]:
        """Those that are shown."""
        return [curve for curve in self._curves if curve.isVisible()]

    def draw_pairs(self, strokes: Sequence[Stroke]) -> None:
        """Draw each two neighbouring points as a stroke of its own."""
        for index, (colour, x, y) in enumerate(strokes):
            self._show(index, x, y, "pairs", pg.mkPen(colour, width=self._width))
        self._hide_from(len(strokes))

    def draw_steps(self, strokes: Sequence[Stroke]) -> None:
        """Draw the outline of bars: x has their edges, one more than y has heights."""
        for index, (colour, edges, heights) in enumerate(strokes):
            outline = np.concatenate([[0.0], np.repeat(heights, 2), [0.0]])
            self._show(index, np.repeat(edges, 2), outline, "all", pg.mkPen(colour, width=self._width))
        self._hide_from(len(strokes))

    def draw_lines(self, strokes: Sequence[Stroke]) -> None:
        """Draw a line for each column of y (m, k) over x (m,), broken where values are not finite; many are faint."""
        for index, (colour, x, y) in enumerate(strokes):
            pen = pg.mkPen(colour, width=self._width) if y.shape[1] == 1 else pg.mkPen(faded(colour, _FAINT))
            self._show(index, *lines_of(x, y), pen)
        self._hide_from(len(strokes))

    def _show(self, index: int, x: Doubles, y: Doubles, connect: str | NDArray[np.int32], pen: QPen) -> None:
        while len(self._curves) <= index:
            curve = pg.PlotCurveItem(antialias=False)
            curve.setZValue(4)
            self._plot.addItem(curve, ignoreBounds=True)
            self._curves.append(curve)
        curve = self._curves[index]
        curve.setPen(pen)
        curve.setData(x, y, connect=connect, skipFiniteCheck=True)
        curve.show()

    def _hide_from(self, index: int) -> None:
        for curve in self._curves[index:]:
            curve.hide()


def lines_of(x: Doubles, y: Doubles) -> tuple[Doubles, Doubles, NDArray[np.int32]]:
    """The columns of y (m, k) over x (m,), one after the other in one curve: its x, y and connections."""
    count, lines = y.shape
    usable = np.isfinite(y)
    connect = np.zeros((lines, count), np.int32)
    connect[:, :-1] = (usable[:-1] & usable[1:]).T
    return np.tile(x, lines), drawable(y).T.reshape(-1), connect.reshape(-1)
