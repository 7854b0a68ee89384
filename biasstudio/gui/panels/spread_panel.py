"""The spread panel: how the values are distributed now, against the start."""

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from biasstudio.gui.panels import figures
from biasstudio.gui.panels.colouring import faded
from biasstudio.gui.panels.moment import Doubles, Moment, drawable, finite, largest, moment_of, not_finite_note
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
    "The thin line is the chosen unit."
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
        self.ghosts = pg.BarGraphItem(x0=[0], x1=[0], height=[0], pen=None)
        self.bars = pg.BarGraphItem(x0=[0], x1=[0], height=[0], pen=None)
        self.start_line = pg.InfiniteLine(0, angle=90)
        self.start_label = pg.TextItem(anchor=(0, 0))
        self.start_label.setFont(plot.tick_font())
        self.unit_line = pg.InfiniteLine(0, angle=90)
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
        moment = moment_of(history, vector, self.state.step)
        shown = moment.on(self.drawn_scale)
        start = _start_of(moment, self.drawn_scale)
        limit = self._limit.include(max(largest(shown), largest(start)))
        edges = np.linspace(-limit, limit, bins_for(vector.length) + 1)
        counts, ghosts = _count(shown, edges), _count(start, edges)
        single = _single_value(start)
        self._draw_bars(edges, counts, ghosts if single is None else np.zeros_like(ghosts))
        self._counts = edges, counts, ghosts
        top = counts.max() if single is not None else max(counts.max(), ghosts.max())
        # Above the bars there is room for the label.
        room = 1 + (0.0 if single is None else _LABEL_PIXELS / self.plot.data_rect().height())
        self.plot.set_range((-limit, limit), (0.0, self._height.include(float(top)) * room))
        self._draw_start(single)
        self._draw_unit(shown)
        self._tell(vector, moment.now)

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
        value = self.drawn_scale is Scale.VALUE
        self.plot.set_labels("bias" if value else "change", f"{vector.unit}s")
        note = not_finite_note(now)
        self.say(note or (self.scale_note("now · ghost: step 0") if value else CHANGE_TITLE), bool(note))

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
        self.plot.say(f"{span} · step {self.state.step:,} · {count} · step 0: {int(ghosts[index])}", x, y)


def bins_for(units: int) -> int:
    """An odd number of bins: about two for the square root of the number of values."""
    wanted = int(2 * np.sqrt(units)) | 1
    return max(_FEWEST_BINS, min(_MOST_BINS, wanted))


def _start_of(moment: Moment, scale: Scale) -> Doubles:
    return moment.initial if scale is Scale.VALUE else np.zeros_like(moment.initial)


def _count(values: Doubles, edges: Doubles) -> Doubles:
    counts: Doubles = np.histogram(drawable(finite(values)), edges)[0].astype(np.float64)
    return counts


def _single_value(values: Doubles) -> float | None:
    found = finite(values)
    return float(found[0]) if found.size and bool((found == found[0]).all()) else None
