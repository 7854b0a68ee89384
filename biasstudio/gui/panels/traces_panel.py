"""The traces panel: the course of every unit, or of the distribution of many, over all steps."""

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtWidgets import QGraphicsPathItem, QWidget

from biasstudio.gui.panels import figures
from biasstudio.gui.panels.colouring import faded
from biasstudio.gui.panels.comparison import axis_end, axis_label, noted, quantity_on, values_in_words, window_in
from biasstudio.gui.panels.moment import Doubles, difference, drawable, largest, undrawn_note, window_on
from biasstudio.gui.panels.overlays import lines_of
from biasstudio.gui.panels.panel import PlotPanel
from biasstudio.gui.panels.plot import Plot
from biasstudio.gui.panels.quantiles import row_quantiles
from biasstudio.gui.panels.ranges import SteadyLimit
from biasstudio.gui.panels.trace_line import TraceLine
from biasstudio.gui.panels.trace_overlays import MOST_LINES, TraceOverlays
from biasstudio.gui.theme import theme
from biasstudio.gui.view_state import Scale, ViewState
from biasstudio.recording.history import History, Steps
from biasstudio.recording.network import BiasVector

_EXPLANATION = (
    "The course of the chosen bias vector over all steps. Up to 16 units have a line each; of more, the bands show "
    "where all of them lie (light) and where the middle half lies (darker), and the line their median. "
    "The chosen unit and the two that changed most are drawn by name. While comparing, lines of a run's colour are "
    "that run's: the chosen unit, else the median, or every unit where there are up to 16."
)
_QUANTILES = (0.0, 0.25, 0.5, 0.75, 1.0)
_NAMED = 2


class TracesPanel(PlotPanel):
    """Lines for up to 16 units, a quantile fan for more, and named lines on top."""

    def __init__(self, state: ViewState, parent: QWidget | None = None) -> None:
        super().__init__(state, "Traces", _EXPLANATION, Plot("Traces, bias by step", False, True), parent)
        self.setObjectName("tracesPanel")
        self._limit = SteadyLimit()
        self._drawn: tuple[Steps, Doubles, Doubles] | None = None
        self.bands = (QGraphicsPathItem(), QGraphicsPathItem())
        self.lines = pg.PlotCurveItem(antialias=False)
        self.cursor_line = pg.InfiniteLine(0, angle=90)
        for item in (*self.bands, self.lines, self.cursor_line):
            self.plot.addItem(item, ignoreBounds=True)
        self.named = [TraceLine(self.plot) for _ in range(_NAMED)]
        self.chosen = TraceLine(self.plot)
        self.others = TraceOverlays(self.plot)
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
        scale, most = self.drawn_scale, self.plot.pixels_wide() // 2
        steps, frames, values = window_in(self.state, scale, history, vector, most)
        if len(steps) == 1:
            # Before training each line is one value: a short level stroke shows it.
            steps, frames, values = np.array([0, 1]), np.repeat(frames, 2, axis=0), np.repeat(values, 2, axis=0)
        x = self.state.axes()[0].place_of(steps)
        self._drawn = steps, x, values
        others = self.others.draw(self.state, vector, scale, most)
        limit = self._limit.include(max(largest(values), others))
        self.plot.set_labels(axis_label(self.state), quantity_on(scale))
        self.plot.set_range((0.0, axis_end(self.state, history)), (-limit, limit))
        if vector.length <= MOST_LINES:
            self._draw_lines(x, values)
        else:
            self._draw_fan(x, values)
        self._draw_named(vector, x, values, window_on(Scale.CHANGE, frames[[0, -1]])[-1])
        self.cursor_line.setPos(float(self.state.axes()[0].place_of(self.state.step)))
        self.cursor_line.setVisible(not self.state.following)
        self._tell(vector, values)

    def _draw_lines(self, x: Doubles, values: Doubles) -> None:
        for band in self.bands:
            band.setVisible(False)
        self.lines.setPen(pg.mkPen(faded(theme().colours.accent, 0.55 if values.shape[1] > 4 else 0.9)))
        x, y, connect = lines_of(x, values)
        self.lines.setData(x, y, connect=connect, skipFiniteCheck=True)

    def _draw_fan(self, x: Doubles, values: Doubles) -> None:
        lowest, low, median, high, highest = row_quantiles(values, _QUANTILES)
        for band, bottom, top in zip(self.bands, (lowest, low), (highest, high), strict=True):
            band.setVisible(True)
            keep = np.isfinite(bottom)
            there, back = x[keep], x[keep][::-1]
            y = drawable(np.concatenate([bottom[keep], top[keep][::-1]]))
            band.setPath(pg.arrayToQPath(np.concatenate([there, back]), y, connect="all", finiteCheck=False))
        keep = np.isfinite(median)
        self.lines.setPen(pg.mkPen(theme().colours.accent))
        self.lines.setData(x[keep], drawable(median[keep]), connect="all", skipFiniteCheck=True)

    def _draw_named(self, vector: BiasVector, x: Doubles, values: Doubles, change: Doubles) -> None:
        colours, chosen, taken = theme().colours, self.state.unit, list[float]()
        if chosen is None:
            self.chosen.hide()
        else:
            name = figures.unit_name(vector, chosen)
            taken = self.chosen.draw(x, values[:, chosen], name, colours.text, 2.0, taken)
        # Beside lines of other runs, names of single units say little.
        units = [] if self.state.compared else most_changed(change, chosen)
        for line, unit in zip(self.named, [*units, None, None], strict=False):
            if unit is None:
                line.hide()
            else:
                colour = colours.above if change[unit] > 0 else colours.below
                name = figures.unit_name(vector, unit)
                taken = line.draw(x, values[:, unit], name, colour, 1.0, taken)

    def _tell(self, vector: BiasVector, values: Doubles) -> None:
        note = undrawn_note(values[-1])
        how = "all, middle half, median" if vector.length > MOST_LINES else f"a line a {vector.unit}"
        self.say(note or noted(self.state, vector, self.scale_note(how)), bool(note))

    def _nearest(self, x: float, y: float) -> tuple[int, int] | None:
        """Row and unit of the line nearest to a point, where one is within some pixels."""
        if self._drawn is None:
            return None
        _, places, values = self._drawn
        row = int(np.clip(np.searchsorted(places, x), 0, len(places) - 1))
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
        steps, _, values = self._drawn
        row, unit = found
        step = min(int(steps[row]), self.state.history.last_step if self.state.history else 0)
        scale = self.drawn_scale
        word = "" if scale is Scale.VALUE else f"{quantity_on(scale)} "
        text = f"{figures.unit_name(vector, unit)} · step {step:,} · {word}{figures.signed(values[row, unit])}"
        if scale is not Scale.DIFFERENCE:
            text += values_in_words(self.state, vector, step, lambda other: other.on(scale)[unit], word)
        self.plot.say(text, x, y)


def most_changed(change: Doubles, but: int | None) -> list[int]:
    """The two units with the greatest change, the greatest first; none that has not changed, and not the chosen one."""
    sizes: NDArray[np.float64] = np.where(np.isfinite(change), np.abs(change), 0.0)
    if but is not None:
        sizes[but] = 0.0
    order = np.argsort(-sizes, kind="stable")[:_NAMED]
    return [int(unit) for unit in order if sizes[unit] > 0]
