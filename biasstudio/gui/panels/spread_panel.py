"""The spread panel: how the values are distributed now, against the start."""

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from biasstudio.gui.panels import figures
from biasstudio.gui.panels.colouring import faded
from biasstudio.gui.panels.comparison import (
    difference_title,
    moment_at,
    moment_in,
    noted,
    quantity_on,
    runs_with,
    short_name,
)
from biasstudio.gui.panels.moment import Doubles, drawable, finite, largest, undrawn_note
from biasstudio.gui.panels.overlays import Overlays
from biasstudio.gui.panels.panel import CHANGE_TITLE, PlotPanel
from biasstudio.gui.panels.plot import Plot
from biasstudio.gui.panels.ranges import SteadyLimit
from biasstudio.gui.theme import theme
from biasstudio.gui.view_state import Scale, ViewState
from biasstudio.recording.history import History
from biasstudio.recording.network import BiasVector

_EXPLANATION = (
    "How the values of the chosen bias vector are distributed at the step that is shown, over a grey ghost of their "
    "distribution at step 0, in the same bins. Where all began at one value, a dashed line stands there instead. "
    "The thin line is the chosen unit. While comparing, an outline of a run's colour is that run's distribution."
)
_LABEL_PIXELS = 16
_FEWEST_BINS, _MOST_BINS = 15, 61


class SpreadPanel(PlotPanel):
    """A histogram with zero-centred bins: a middle one around zero, as many on either side."""

    def __init__(self, state: ViewState, parent: QWidget | None = None) -> None:
        plot = Plot("Spread, units by bias", whole_left=True)
        super().__init__(state, "Spread", _EXPLANATION, plot, parent)
        self.setObjectName("spreadPanel")
        self._limit, self._height = SteadyLimit(), SteadyLimit()
        self._counts: tuple[Doubles, Doubles, Doubles] | None = None
        self._outlines: list[tuple[str, Doubles]] = []
        self.ghosts = pg.BarGraphItem(x0=[0], x1=[0], height=[0], pen=None)
        self.bars = pg.BarGraphItem(x0=[0], x1=[0], height=[0], pen=None)
        self.start_line = pg.InfiniteLine(0, angle=90)
        self.start_label = pg.TextItem(anchor=(0, 0))
        self.start_label.setFont(plot.tick_font())
        self.unit_line = pg.InfiniteLine(0, angle=90)
        self.others = Overlays(plot, 1.5)
        for item in (self.ghosts, self.start_line, self.bars, self.unit_line, self.start_label):
            self.plot.addItem(item, ignoreBounds=True)
        self.plot.hovered.connect(self._hover)
        self.restyle()

    def restyle(self) -> None:
        colours = theme().colours
        self.plot.restyle()
        self.ghosts.setOpts(brush=faded(colours.ghost, 0.75))
        self.bars.setOpts(brush=colours.accent)
        self.start_line.setPen(pg.mkPen(colours.faint, width=1, style=Qt.PenStyle.DashLine))
        self.start_label.setColor(colours.muted)
        self.unit_line.setPen(pg.mkPen(colours.text, width=1.5))

    def start_over(self) -> None:
        self._limit.reset()
        self._height.reset()

    def draw_vector(self, history: History, vector: BiasVector) -> None:
        moment, scale = moment_in(self.state, history, vector, self.state.step), self.drawn_scale
        shown, start, others = moment.on(scale), moment.start_on(scale), self._others(vector)
        limit = self._limit.include(max(map(largest, (shown, start, *(values for _, _, values in others)))))
        edges = np.linspace(-limit, limit, bins_for(vector.length) + 1)
        counts, ghosts = _count(shown, edges), _count(start, edges)
        single = _single_value(start)
        self._draw_bars(edges, counts, ghosts if single is None else np.zeros_like(ghosts))
        outlines = [(name, colour, _count(values, edges)) for name, colour, values in others]
        self.others.draw_steps([(colour, edges, heights) for _, colour, heights in outlines])
        self._counts, self._outlines = (edges, counts, ghosts), [(name, heights) for name, _, heights in outlines]
        top = max(0.0 if single is not None else ghosts.max(), counts.max(), *(o.max() for _, _, o in outlines))
        # Above the bars there is room for the label.
        room = 1 + (0.0 if single is None else _LABEL_PIXELS / self.plot.data_rect().height())
        self.plot.set_range((-limit, limit), (0.0, self._height.include(float(top)) * room))
        self._draw_start(single)
        self._draw_unit(shown)
        self._tell(vector, moment.now)

    def _others(self, vector: BiasVector) -> list[tuple[str, str, Doubles]]:
        """Name, colour and values of each compared run; none where differences to one of them are drawn."""
        if self.drawn_scale is Scale.DIFFERENCE:
            return []
        runs = runs_with(self.state, vector)
        step = self.state.step
        return [
            (run.name, colour, moment_at(self.state, run, vector, step).on(self.drawn_scale)) for run, colour in runs
        ]

    def _draw_bars(self, edges: Doubles, counts: Doubles, ghosts: Doubles) -> None:
        centres, width = (edges[:-1] + edges[1:]) / 2, edges[1] - edges[0]
        self.ghosts.setOpts(x0=centres - 0.46 * width, x1=centres + 0.46 * width, height=ghosts)
        self.bars.setOpts(x0=centres - 0.3 * width, x1=centres + 0.3 * width, height=counts)

    def _draw_start(self, single: float | None) -> None:
        self.start_line.setVisible(single is not None)
        self.start_label.setVisible(single is not None)
        if single is not None:
            value = "0" if single == 0 else figures.brief(single)
            self.start_line.setPos(single)
            # In a narrow panel the line's name is worth more than a value that is cut off.
            fits = self._place_label(f"step 0: all {value}", single) or self._place_label("step 0", single)
            self.start_label.setVisible(fits)

    def _place_label(self, text: str, x: float) -> bool:
        """Write `text` at the right of x, or at its left. False where it fits on neither side."""
        if self.start_label.textItem.toPlainText() != text:
            self.start_label.setText(text)
        (left, right), (_, top) = self.plot.shown_range()
        pixels = self.plot.data_rect().width() / (right - left)
        width = self.start_label.boundingRect().width()
        beside = (right - x) * pixels >= width
        self.start_label.setAnchor((0.0 if beside else 1.0, 0.0))
        self.start_label.setPos(x, top)
        return bool(beside or (x - left) * pixels >= width)

    def _draw_unit(self, shown: Doubles) -> None:
        unit = self.state.unit
        visible = unit is not None and bool(np.isfinite(shown[unit]))
        self.unit_line.setVisible(visible)
        if visible and unit is not None:
            self.unit_line.setPos(float(drawable(shown[unit : unit + 1])[0]))

    def _tell(self, vector: BiasVector, now: Doubles) -> None:
        scale = self.drawn_scale
        self.plot.set_labels(quantity_on(scale), f"{vector.unit}s")
        note = undrawn_note(now)
        titles = {Scale.CHANGE: CHANGE_TITLE, Scale.VALUE: self.scale_note("now · ghost: step 0")}
        text = difference_title(self.state) if scale is Scale.DIFFERENCE else titles[scale]
        self.say(note or noted(self.state, vector, text), bool(note))

    def _hover(self, x: float, y: float) -> None:
        vector = self.state.vector
        if self._counts is None or vector is None:
            return
        edges, counts, ghosts = self._counts
        index = int(np.searchsorted(edges, x, side="right")) - 1
        if not 0 <= index < len(counts):
            self.plot.say("", x, y)
            return
        span = f"{figures.brief(edges[index])} to {figures.brief(edges[index + 1])}"
        count = figures.counted(int(counts[index]), vector.unit)
        others = "".join(f"\n{short_name(name)} · {int(heights[index])}" for name, heights in self._outlines)
        self.plot.say(f"{span} · step {self.state.step:,} · {count} · step 0: {int(ghosts[index])}{others}", x, y)


def bins_for(units: int) -> int:
    """An odd number of bins: about two for the square root of the number of values."""
    wanted = int(2 * np.sqrt(units)) | 1
    return max(_FEWEST_BINS, min(_MOST_BINS, wanted))


def _count(values: Doubles, edges: Doubles) -> Doubles:
    counts: Doubles = np.histogram(drawable(finite(values)), edges)[0].astype(np.float64)
    return counts


def _single_value(values: Doubles) -> float | None:
    found = finite(values)
    return float(found[0]) if found.size and bool((found == found[0]).all()) else None
