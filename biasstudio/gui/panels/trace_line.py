"""A line of one unit in the traces, with its name at its end."""

import numpy as np
import pyqtgraph as pg

from biasstudio.gui.panels.colouring import faded
from biasstudio.gui.panels.moment import Doubles, drawable
from biasstudio.gui.panels.plot import Plot
from biasstudio.gui.theme import theme


class TraceLine:
    """A curve and a label in `plot`, reused from drawing to drawing."""

    def __init__(self, plot: Plot) -> None:
        self._plot = plot
        self._colour = ""
        self.curve = pg.PlotCurveItem(antialias=False)
        self.label = pg.TextItem()
        font = plot.tick_font()
        font.setBold(True)
        self.label.setFont(font)
        self.label.textItem.document().setDocumentMargin(1)
        for item in (self.curve, self.label):
            item.setZValue(5)
            plot.addItem(item, ignoreBounds=True)
        self.hide()

    def hide(self) -> None:
        self.curve.hide()
        self.label.hide()

    def draw(
        self, x: Doubles, values: Doubles, name: str, colour: str, width: float, taken: list[float]
    ) -> list[float]:
        """Draw float64 (m,) over x (m,). The label is left out where it would cover one at the heights `taken`.

        Returns the taken heights, in pixels, with this label's.
        """
        usable = np.isfinite(values)
        connect = np.append(usable[:-1] & usable[1:], False).astype(np.int32)
        self.curve.setPen(pg.mkPen(colour, width=width))
        self.curve.setData(x, drawable(values), connect=connect, skipFiniteCheck=True)
        self.curve.show()
        ends = np.flatnonzero(usable)
        self.label.setVisible(bool(len(ends)))
        if not len(ends):
            return taken
        end = int(ends[-1])
        return self._place_label(float(x[end]), float(drawable(values[end : end + 1])[0]), name, colour, taken)

    def _place_label(self, x: float, y: float, name: str, colour: str, taken: list[float]) -> list[float]:
        height = self.label.boundingRect().height() or 16.0
        area, spot = self._plot.data_rect(), self._plot.position_of(x, y)
        # Above the line, or below it where above there is no room or another label.
        above, below = spot.y() - height / 2, spot.y() + height / 2
        free = [
            middle
            for middle in (above, below)
            if area.top() <= middle - height / 2 + 2
            and middle + height / 2 - 2 <= area.bottom()
            and all(abs(middle - other) >= height * 0.75 for other in taken)
        ]
        self.label.setVisible(bool(free))
        if not free:
            return taken
        if self.label.textItem.toPlainText() != name:
            self.label.setText(name)
        if colour != self._colour:
            # Sets the text anew, which costs more than drawing it.
            self._colour = colour
            self.label.setColor(colour)
        self.label.fill = pg.mkBrush(faded(theme().colours.surface, 0.5))
        self.label.setAnchor((1.0 if spot.x() > area.center().x() else 0.0, 1.0 if free[0] == above else 0.0))
        self.label.setPos(x, y)
        return [*taken, free[0]]
