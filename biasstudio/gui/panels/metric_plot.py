"""One metric over all steps: each batch, the validation after each epoch, and where the epochs end."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt

from biasstudio.gui.panels.moment import Doubles, drawable
from biasstudio.gui.panels.plot import Plot
from biasstudio.gui.panels.ranges import SteadyRange, end_of_steps
from biasstudio.gui.theme import theme
from biasstudio.recording.history import EpochRecord, History

_EPOCH_LABEL_PIXELS = 58
_LABEL_ROOM = 4
_EPOCH_LINE_PIXELS = 6
_AXIS_STARTS_AT_ZERO_ABOVE = 0.6


class MetricPlot(Plot):
    """Draws one metric of a history; a line marks the step that is shown."""

    def __init__(self) -> None:
        super().__init__("Timeline of loss and metrics; left and right move the step that is shown", False, True)
        # Else Qt shifts what is painted when the plot changes its height, and leaves slivers of it.
        self.setViewportUpdateMode(Plot.ViewportUpdateMode.FullViewportUpdate)
        self._range = SteadyRange()
        self.batches = pg.PlotCurveItem(antialias=False)
        self.validation = pg.PlotDataItem(symbol="o", symbolSize=7, antialias=True)
        self.boundaries = pg.PlotCurveItem(antialias=False)
        self.cursor_line = pg.InfiniteLine(0, angle=90)
        for item in (self.boundaries, self.batches, self.validation, self.cursor_line):
            self.addItem(item, ignoreBounds=True)
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
        self.batches.setPen(pg.mkPen(colours.muted))
        self.validation.setPen(pg.mkPen(colours.above, width=2))
        self.validation.setSymbolBrush(colours.above)
        self.validation.setSymbolPen(pg.mkPen(colours.surface))
        self.boundaries.setPen(pg.mkPen(colours.ghost, style=Qt.PenStyle.DotLine))
        self.cursor_line.setPen(pg.mkPen(colours.accent, width=2))

    def start_over(self) -> None:
        self._range.reset()

    def draw(self, history: History, name: str | None, step: int) -> tuple[int, int]:
        """Draw metric `name`, or no curve. Returns how many of the batch values are not finite, and how many are."""
        end = float(end_of_steps(history.last_step))
        epochs = history.epochs()
        batch_x, batch_y = np.empty(0), np.empty(0)
        if name is not None:
            steps, values = history.metric(name, self.pixels_wide())
            batch_x, batch_y = steps.astype(np.float64), values.astype(np.float64)
        validation_x, validation_y = _of_epochs(epochs, f"val_{name}")
        usable = np.isfinite(batch_y)
        self._draw_batches(batch_x, batch_y, usable)
        self.validation.setData(validation_x, validation_y)
        y = self._y_range(np.concatenate([batch_y[usable], validation_y]))
        self.set_labels("step", name or "")
        self.set_range((0.0, end), y)
        self._draw_epochs(history, epochs, end, y)
        self.cursor_line.setPos(step)
        return int((~usable).sum()), int(usable.sum())

    def _draw_batches(self, x: Doubles, y: Doubles, usable: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> None:
        connect = np.append(usable[:-1] & usable[1:], False).astype(np.int32) if len(x) else usable.astype(np.int32)
        self.batches.setData(x, drawable(y), connect=connect, skipFiniteCheck=True)

    def _y_range(self, shown: Doubles) -> tuple[float, float]:
        if not len(shown):
            return self._range.include(0.0, 1.0)
        low, high = float(shown.min()), float(shown.max())
        # Distances from zero are to be seen unless all values are far from it.
        return self._range.include(0.0 if 0 <= low < high * _AXIS_STARTS_AT_ZERO_ABOVE else low, high)

    def _draw_epochs(self, history: History, epochs: Sequence[EpochRecord], end: float, y: tuple[float, float]) -> None:
        ends = [record.last_step for record in epochs]
        edges = [0, *ends] + ([history.last_step] if not ends or ends[-1] < history.last_step else [])
        pixels = self.pixels_wide() / end
        lines = _thinned(ends, _EPOCH_LINE_PIXELS / pixels)
        x = np.repeat(np.array(lines, np.float64), 2)
        self.boundaries.setData(x, np.tile(np.array(y), len(lines)), connect="pairs")
        middles = [(a + b) / 2 for a, b in pairwise(edges)]
        # The epoch of the last stretch is the one its steps were made in, whatever the records say.
        numbers = [*(record.epoch for record in epochs), history.epoch_of(history.last_step)]
        shown = _thinned(middles, _EPOCH_LABEL_PIXELS / pixels)
        labels = [(middle, f"epoch {numbers[index]}") for index, middle in enumerate(middles) if middle in shown]
        self.plotItem.getAxis("top").setTicks([labels if history.last_step > 0 else []])


def _of_epochs(epochs: Sequence[EpochRecord], name: str) -> tuple[Doubles, Doubles]:
    """Last steps and values, float64 (e,), of a metric at the ends of the epochs; only where it is finite."""
    found = [(record.last_step, record.metrics.get(name, np.nan)) for record in epochs]
    points = np.array([point for point in found if np.isfinite(point[1])], np.float64).reshape(-1, 2)
    return points[:, 0], drawable(points[:, 1])


def _thinned(places: Sequence[float], distance: float) -> list[float]:
    """Places, rising, of which each is at least `distance` after the one before."""
    kept: list[float] = []
    for place in places:
        if not kept or place - kept[-1] >= distance:
            kept.append(place)
    return kept
