"""One run's metric in the timeline: every batch, and the validation after each epoch."""

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg

from biasstudio.gui.alignment import RunAxis
from biasstudio.gui.panels.moment import Doubles, drawable
from biasstudio.gui.panels.plot import Plot
from biasstudio.gui.theme import theme
from biasstudio.recording.history import EpochRecord, History


class MetricCurves:
    """A thin curve and a line with dots in `plot`. `bad` of the batch values drawn last are not finite, `good` are."""

    def __init__(self, plot: Plot) -> None:
        self.batches = pg.PlotCurveItem(antialias=False)
        self.validation = pg.PlotDataItem(symbol="o", symbolSize=7, antialias=True)
        self.bad = self.good = 0
        self._style: tuple[object, ...] = ()
        for item in (self.batches, self.validation):
            plot.addItem(item, ignoreBounds=True)

    def style(self, batches: object, validation: str) -> None:
        """Take these colours. Costs nothing where they are in use already."""
        wanted = (batches, validation, theme().colours.surface)
        if wanted != self._style:
            self._style = wanted
            self.batches.setPen(pg.mkPen(batches))
            self.validation.setPen(pg.mkPen(validation, width=2))
            self.validation.setSymbolBrush(validation)
            self.validation.setSymbolPen(pg.mkPen(theme().colours.surface))

    def hide(self) -> None:
        self.batches.hide()
        self.validation.hide()

    def draw(self, history: History, name: str | None, axis: RunAxis, most: int) -> Doubles:
        """Draw metric `name`, or no curve where the run has none. Returns the finite values drawn, float64 (k,)."""
        x, y = np.empty(0), np.empty(0)
        if name in history.metric_names:
            steps, values = history.metric(str(name), most)
            x, y = axis.place_of(steps), values.astype(np.float64)
        usable = np.isfinite(y)
        connect = np.append(usable[:-1] & usable[1:], False).astype(np.int32) if len(x) else usable.astype(np.int32)
        self.batches.setData(x, drawable(y), connect=connect, skipFiniteCheck=True)
        steps_of_epochs, validation = _of_epochs(history.epochs(), f"val_{name}")
        self.validation.setData(axis.place_of(steps_of_epochs), validation)
        self.batches.show()
        self.validation.show()
        self.bad, self.good = int((~usable).sum()), int(usable.sum())
        return np.concatenate([y[usable], validation])


def _of_epochs(epochs: Sequence[EpochRecord], name: str) -> tuple[Doubles, Doubles]:
    """Last steps and values, float64 (e,), of a metric at the ends of the epochs; only where it is finite."""
    found = [(record.last_step, record.metrics.get(name, np.nan)) for record in epochs]
    points = np.array([point for point in found if np.isfinite(point[1])], np.float64).reshape(-1, 2)
    return points[:, 0], drawable(points[:, 1])
