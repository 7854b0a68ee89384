"""One metric over all steps: each batch, the validation after each epoch, and where the epochs end."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFontMetricsF

from biasstudio.gui.alignment import RunAxis
from biasstudio.gui.panels.colouring import faded
from biasstudio.gui.panels.comparison import axis_end, axis_label, series_colour
from biasstudio.gui.panels.metric_curves import MetricCurves
from biasstudio.gui.panels.moment import Doubles
from biasstudio.gui.panels.plot import Plot
from biasstudio.gui.panels.ranges import SteadyRange
from biasstudio.gui.theme import theme
from biasstudio.gui.view_state import ViewState
from biasstudio.recording.history import EpochRecord, History

_LABEL_GAP_PIXELS = 12
_LABEL_ROOM = 4
_EPOCH_LINE_PIXELS = 6
_AXIS_STARTS_AT_ZERO_ABOVE = 0.6
# Batches of several runs cover each other: the validation of each is to stand out.
_FAINT = 0.5


class MetricPlot(Plot):
    """Draws one metric of the shown run and of the compared ones; a line marks the step that is shown."""

    def __init__(self) -> None:
        super().__init__("Timeline of loss and metrics; left and right move the step that is shown", False, True)
        # Else Qt shifts what is painted when the plot changes its height, and leaves slivers of it.
        self.setViewportUpdateMode(Plot.ViewportUpdateMode.FullViewportUpdate)
        self._range = SteadyRange()
        self.boundaries = pg.PlotCurveItem(antialias=False)
        self.addItem(self.boundaries, ignoreBounds=True)
        self.shown = MetricCurves(self)
        self.batches, self.validation = self.shown.batches, self.shown.validation
        for item in (self.batches, self.validation):
            item.setZValue(1)
        self.others: list[MetricCurves] = []
        self.cursor_line = pg.InfiniteLine(0, angle=90)
        self.cursor_line.setZValue(2)
        self.addItem(self.cursor_line, ignoreBounds=True)
        self.plotItem.showAxis("top")
        self.restyle_items()

    def restyle_items(self) -> None:
        colours = theme().colours
        self.restyle()
        top = self.plotItem.getAxis("top")
        top.setStyle(tickLength=0, tickAlpha=0, tickTextOffset=2, autoExpandTextSpace=False)
        top.setPen(pg.mkPen(None))
        top.setTextPen(pg.mkPen(colours.faint))
        top.setTickFont(self.tick_font())
        # What stands out of the axis's bounds is not wiped away when labels move.
        top.setHeight(self.fontMetrics().height() + _LABEL_ROOM)
        self.boundaries.setPen(pg.mkPen(colours.ghost, style=Qt.PenStyle.DotLine))
        self.cursor_line.setPen(pg.mkPen(colours.accent, width=2))

    def start_over(self) -> None:
        self._range.reset()

    def draw(self, state: ViewState, history: History, name: str | None) -> None:
        """Draw metric `name`, or no curve."""
        axes, end = state.axes(), axis_end(state, history)
        self._style_shown(bool(state.compared))
        values = [self.shown.draw(history, name, axes[0], self.pixels_wide())]
        for index, (run, axis) in enumerate(zip(state.compared, axes[1:], strict=True)):
            values.append(self._curves_of(index).draw(run.history, name, axis, self.pixels_wide()))
        for curves in self.others[len(state.compared) :]:
            curves.hide()
        y = self._y_range(np.concatenate(values))
        self.set_labels(axis_label(state), name or "")
        self.set_range((0.0, end), y)
        self._draw_epochs(history, axes[0], end, y)
        self.cursor_line.setPos(float(axes[0].place_of(state.step)))

    def covered(self, area: QRectF) -> int:
        """How many pixels of the curves, along the steps, lie in `area`, which is in pixels of the widget."""
        (start, end), (low, high) = self.shown_range()
        data = self.data_rect()
        if data.isEmpty():
            return 0
        pixels = np.arange(area.left(), area.right())
        places = start + (pixels - data.left()) / data.width() * (end - start)
        limits = [high - (edge - data.top()) / data.height() * (high - low) for edge in (area.bottom(), area.top())]
        count = 0
        for curves in (self.shown, *self.others):
            for item in (curves.batches, curves.validation):
                x, y = item.getData()
                if item.isVisible() and x is not None and len(x):
                    drawn = np.interp(places, x, y, left=np.nan, right=np.nan)
                    count += int(((drawn > limits[0]) & (drawn < limits[1])).sum())
        return count

    def _style_shown(self, comparing: bool) -> None:
        colours = theme().colours
        if comparing:
            # The colour that stands for the shown run in all panels.
            self.shown.style(faded(colours.accent, _FAINT), colours.accent)
        else:
            self.shown.style(colours.muted, colours.above)

    def _curves_of(self, index: int) -> MetricCurves:
        """The curves of the compared run at `index`, in its colour."""
        if index == len(self.others):
            self.others.append(MetricCurves(self))
        colour = series_colour(index)
        self.others[index].style(faded(colour, _FAINT), colour)
        return self.others[index]

    def _y_range(self, shown: Doubles) -> tuple[float, float]:
        if not len(shown):
            return self._range.include(0.0, 1.0)
        low, high = float(shown.min()), float(shown.max())
        # Distances from zero are to be seen unless all values are far from it.
        return self._range.include(0.0 if 0 <= low < high * _AXIS_STARTS_AT_ZERO_ABOVE else low, high)

    def _draw_epochs(self, history: History, axis: RunAxis, end: float, y: tuple[float, float]) -> None:
        epochs: Sequence[EpochRecord] = history.epochs()
        ends = [record.last_step for record in epochs]
        edges = [0, *ends] + ([history.last_step] if not ends or ends[-1] < history.last_step else [])
        pixels = self.pixels_wide() / end
        lines = _thinned(axis.place_of(ends).tolist(), _EPOCH_LINE_PIXELS / pixels)
        x = np.repeat(np.array(lines, np.float64), 2)
        self.boundaries.setData(x, np.tile(np.array(y), len(lines)), connect="pairs")
        middles = [(a + b) / 2 for a, b in pairwise(axis.place_of(edges).tolist())]
        # The epoch of the last stretch is the one its steps were made in, whatever the records say.
        numbers = [*(record.epoch for record in epochs), history.epoch_of(history.last_step)]
        texts = [f"epoch {number}" for number in numbers]
        shown = set(_thinned(middles, self._label_pixels(max(texts, key=len)) / pixels))
        labels = [(middle, text) for middle, text in zip(middles, texts, strict=False) if middle in shown]
        self.plotItem.getAxis("top").setTicks([labels if history.last_step > 0 else []])

    def _label_pixels(self, widest: str) -> float:
        """How far apart the middles of two labels must be."""
        return QFontMetricsF(self.tick_font()).horizontalAdvance(widest) + _LABEL_GAP_PIXELS


def _thinned(places: Sequence[float], distance: float) -> list[float]:
    """Places, rising, of which each is at least `distance` after the one before."""
    kept: list[float] = []
    for place in places:
        if not kept or place - kept[-1] >= distance:
            kept.append(place)
    return kept
