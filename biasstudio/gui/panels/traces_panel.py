"""The traces panel: the course of every unit, or of the distribution of many, over all steps."""

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtWidgets import QGraphicsPathItem, QWidget

from biasstudio.gui.panels import figures
from biasstudio.gui.panels.colouring import faded
from biasstudio.gui.panels.moment import Doubles, difference, drawable, finite, not_finite_note, window_on
from biasstudio.gui.panels.panel import PlotPanel
from biasstudio.gui.panels.plot import Plot
from biasstudio.gui.panels.quantiles import row_quantiles
from biasstudio.gui.panels.ranges import SteadyLimit, end_of_steps
from biasstudio.gui.panels.trace_line import TraceLine
from biasstudio.gui.theme import theme
from biasstudio.gui.view_state import Scale, ViewState
from biasstudio.recording.history import History, Steps
from biasstudio.recording.network import BiasVector

_EXPLANATION = (
    "The course of the chosen bias vector over all steps. Up to 16 units have a line each; of more, the bands show "
    "where all of them lie (light) and where the middle half lies (darker), and the line their median. "
    "The chosen unit and the two that changed most are drawn by name."
)
MOST_LINES = 16
_QUANTILES = (0.0, 0.25, 0.5, 0.75, 1.0)
_NAMED = 2


class TracesPanel(PlotPanel):
    """Lines for up to 16 units, a quantile fan for more, and named lines on top."""

    def __init__(self, state: ViewState, parent: QWidget | None = None) -> None:
        super().__init__(state, "Traces", _EXPLANATION, Plot("Traces, bias by step", False, True), parent)
        self.setObjectName("tracesPanel")
        self._limit = SteadyLimit()
        self._drawn: tuple[Steps, Doubles] | None = None
        self.bands = (QGraphicsPathItem(), QGraphicsPathItem())
        self.lines = pg.PlotCurveItem(antialias=False)
        self.cursor_line = pg.InfiniteLine(0, angle=90)
        for item in (*self.bands, self.lines, self.cursor_line):
            self.plot.addItem(item, ignoreBounds=True)
        self.named = [TraceLine(self.plot) for _ in range(_NAMED)]
        self.chosen = TraceLine(self.plot)
        self.plot.pressed.connect(self._click)
        self.plot.hovered.connect(self._hover)
        self.restyle()

    def restyle(self) -> None:
        colours = theme().colours
        self.plot.restyle()
        for band, opacity in zip(self.bands, (0.14, 0.24), strict=True):
            band.setBrush(faded(colours.accent, opacity))
            band.setPen(pg.mkPen(None))
        self.cursor_line.setPen(pg.mkPen(faded(colours.accent, 0.7), width=1))

    def start_over(self) -> None:
        self._limit.reset()
        self._drawn = None

    def draw_vector(self, history: History, vector: BiasVector) -> None:
        steps, frames = history.window(vector.path, self.plot.pixels_wide() // 2)
        if len(steps) == 1:
            # Before training each line is one value: a short level stroke shows it.
            steps, frames = np.array([0, 1]), np.repeat(frames, 2, axis=0)
        values = window_on(self.drawn_scale, frames)
        self._drawn = steps, values
        found = finite(values)
        limit = self._limit.include(float(np.abs(found).max()) if found.size else 0.0)
        self.plot.set_labels("step", "bias" if self.drawn_scale is Scale.VALUE else "change")
        self.plot.set_range((0.0, float(end_of_steps(history.last_step))), (-limit, limit))
        if vector.length <= MOST_LINES:
            self._draw_lines(steps, values)
        else:
            self._draw_fan(steps, values)
        self._draw_named(vector, steps, values, window_on(Scale.CHANGE, frames[[0, -1]])[-1])
        self.cursor_line.setPos(self.state.step)
        self.cursor_line.setVisible(not self.state.following)
        self._tell(vector, values)

    def _draw_lines(self, steps: Steps, values: Doubles) -> None:
        for band in self.bands:
            band.setVisible(False)
        count, units = values.shape
        usable = np.isfinite(values)
        connect = np.zeros((units, count), np.int32)
        connect[:, :-1] = (usable[:-1] & usable[1:]).T
        self.lines.setPen(pg.mkPen(faded(theme().colours.accent, 0.55 if units > 4 else 0.9)))
        x = np.tile(steps.astype(np.float64), units)
        self.lines.setData(x, drawable(values).T.reshape(-1), connect=connect.reshape(-1), skipFiniteCheck=True)

    def _draw_fan(self, steps: Steps, values: Doubles) -> None:
        lowest, low, median, high, highest = row_quantiles(values, _QUANTILES)
        for band, bottom, top in zip(self.bands, (lowest, low), (highest, high), strict=True):
            band.setVisible(True)
            keep = np.isfinite(bottom)
            x = steps[keep].astype(np.float64)
            y = drawable(np.concatenate([bottom[keep], top[keep][::-1]]))
            band.setPath(pg.arrayToQPath(np.concatenate([x, x[::-1]]), y, connect="all", finiteCheck=False))
        keep = np.isfinite(median)
        self.lines.setPen(pg.mkPen(theme().colours.accent))
        self.lines.setData(steps[keep].astype(np.float64), drawable(median[keep]), connect="all", skipFiniteCheck=True)

    def _draw_named(self, vector: BiasVector, steps: Steps, values: Doubles, change: Doubles) -> None:
        colours, chosen, taken = theme().colours, self.state.unit, list[float]()
        if chosen is None:
            self.chosen.hide()
        else:
            name = figures.unit_name(vector, chosen)
            taken = self.chosen.draw(steps, values[:, chosen], name, colours.text, 2.0, taken)
        units = most_changed(change, chosen)
        for line, unit in zip(self.named, [*units, None, None], strict=False):
            if unit is None:
                line.hide()
            else:
                colour = colours.above if change[unit] > 0 else colours.below
                name = figures.unit_name(vector, unit)
                taken = line.draw(steps, values[:, unit], name, colour, 1.0, taken)

    def _tell(self, vector: BiasVector, values: Doubles) -> None:
        note = not_finite_note(values[-1])
        how = "all, middle half, median" if vector.length > MOST_LINES else f"a line a {vector.unit}"
        self.say(note or self.scale_note(how), bool(note))

    def _nearest(self, x: float, y: float) -> tuple[int, int] | None:
        """Row and unit of the line nearest to a point, where one is within some pixels."""
        if self._drawn is None:
            return None
        steps, values = self._drawn
        row = int(np.clip(np.searchsorted(steps, x), 0, len(steps) - 1))
        with np.errstate(invalid="ignore"):
            distances = np.abs(difference(values[row], np.full_like(values[row], y)))
        if not np.isfinite(distances).any():
            return None
        unit = int(np.nanargmin(distances))
        offset = self.plot.position_of(x, values[row, unit]).y() - self.plot.position_of(x, y).y()
        return (row, unit) if abs(offset) <= 12 else None

    def _click(self, x: float, y: float) -> None:
        found = self._nearest(x, y)
        if found is not None:
            self.choose(found[1])

    def _hover(self, x: float, y: float) -> None:
        found, vector = self._nearest(x, y), self.state.vector
        if found is None or vector is None or self._drawn is None:
            self.plot.say("", x, y)
            return
        steps, values = self._drawn
        row, unit = found
        step = min(int(steps[row]), self.state.history.last_step if self.state.history else 0)
        word = "" if self.drawn_scale is Scale.VALUE else "change "
        text = f"{figures.unit_name(vector, unit)} · step {step:,} · {word}{figures.signed(values[row, unit])}"
        self.plot.say(text, x, y)


def most_changed(change: Doubles, but: int | None) -> list[int]:
    """The two units with the greatest change, the greatest first; none that has not changed, and not the chosen one."""
    sizes: NDArray[np.float64] = np.where(np.isfinite(change), np.abs(change), 0.0)
    if but is not None:
        sizes[but] = 0.0
    order = np.argsort(-sizes, kind="stable")[:_NAMED]
    return [int(unit) for unit in order if sizes[unit] > 0]
