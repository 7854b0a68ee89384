"""The vector panel: a bar for every unit now, over a ghost of its initial value."""

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QGraphicsRectItem, QToolButton, QWidget

from biasstudio.gui.bias_edits import BiasEdits
from biasstudio.gui.panels import figures
from biasstudio.gui.panels.bar_drag import BarDrag
from biasstudio.gui.panels.colouring import bar_brushes, bar_indexes, faded
from biasstudio.gui.panels.comparison import moment_at, noted, runs_with, values_in_words
from biasstudio.gui.panels.moment import Doubles, Moment, drawable, finite, largest, moment_of, undrawn_note
from biasstudio.gui.panels.overlays import Overlays
from biasstudio.gui.panels.panel import PlotPanel
from biasstudio.gui.panels.plot import Plot
from biasstudio.gui.panels.ranges import SteadyRange
from biasstudio.gui.panels.value_editor import ValueEditor
from biasstudio.gui.tab_order import put_before
from biasstudio.gui.theme import theme
from biasstudio.gui.view_state import ViewState
from biasstudio.recording.history import History
from biasstudio.recording.network import BiasVector

_LEAST_MARK_PIXELS = 4.0
# A little more than one, so that rounding never leaves a bar out.
_PIXEL = 1.05
_EDGE_SHARE = 0.03
_STROKE_PIXELS, _STROKE_SHARE = 2.0, 0.86
_EXPLANATION = (
    "The chosen bias vector at the step that is shown: a bar for every unit, orange above zero, blue below. "
    "The grey bar behind is the value at step 0, before training. Click a bar to choose its unit everywhere. "
    "While comparing, a stroke of a run's colour is that run's value. "
    "While the network stands, drag a bar's end to set its value by hand, or press F2 on the chosen unit to type it."
)


class VectorPanel(PlotPanel):
    """Bars at x = unit. Where units outnumber pixels a bar is a group's value of the greatest magnitude."""

    def __init__(self, state: ViewState, edits: BiasEdits | None = None, parent: QWidget | None = None) -> None:
        super().__init__(state, "Vector", _EXPLANATION, Plot("Bias vector, a bar for every unit", False, True), parent)
        self.setObjectName("vectorPanel")
        self._range = SteadyRange()
        self._moment: Moment | None = None
        self._group = 1
        self.ghosts = pg.BarGraphItem(x0=[0], x1=[0], height=[0], pen=None)
        self.bars = pg.BarGraphItem(x0=[0], x1=[0], height=[0], pen=None)
        self.mark = QGraphicsRectItem()
        self.zero = pg.InfiniteLine(0, angle=0)
        for item in (self.mark, self.ghosts, self.bars, self.zero):
            self.plot.addItem(item, ignoreBounds=True)
        self.others = Overlays(self.plot, _STROKE_PIXELS)
        self.edits = edits or BiasEdits(state, self)
        self.drag = BarDrag(self.plot, state, self.edits)
        self.drag.clicked.connect(self.choose)
        self.drag.ended.connect(self._let_axis_follow)
        self.editor = ValueEditor(self.plot)
        self.editor.valueChosen.connect(self._set_chosen)
        self.edits.reasonChanged.connect(self.editor.hide)
        self.plot.valueAsked.connect(self.ask_value)
        self.plot.hovered.connect(self._hover)
        self.restyle()

    def add_action(self, action: QAction) -> None:
        """Offer an action on the vector at the right of the title."""
        button = QToolButton()
        button.setObjectName(f"{action.objectName()}Button")
        # No higher than the title: the panel's plot lies as those beside it.
        button.setProperty("role", "slim")
        button.setMaximumHeight(self.title.sizeHint().height())
        button.setDefaultAction(action)
        self.header.addWidget(button)
        put_before(self.plot, [button])

    def restyle(self) -> None:
        self._brushes = np.array(bar_brushes(), dtype=object)
        self.plot.restyle()
        self.ghosts.setOpts(brush=faded(theme().colours.ghost, 0.75))
        self.mark.setPen(pg.mkPen(None))
        self.zero.setPen(pg.mkPen(theme().colours.faint))

    def start_over(self) -> None:
        self._range.reset()
        self._moment = None

    def draw_vector(self, history: History, vector: BiasVector) -> None:
        moment = moment_of(history, vector, self.state.step)
        self.plot.set_labels(figures.unit_axis(vector), "bias")
        self.plot.set_units("bottom", vector.length)
        self._draw_bars(moment)
        self._moment = moment
        others = self._draw_others(vector)
        shown = np.concatenate([finite(moment.initial), finite(moment.now), finite(others), [0.0]])
        # An axis that moved would move the bar away from the pointer that drags it.
        held = self.drag.dragging
        y = self.plot.shown_range()[1] if held else self._range.include(float(shown.min()), float(shown.max()))
        self.plot.set_range((-0.6, vector.length - 0.4), y)
        self._draw_mark(vector.length, y)
        note = undrawn_note(moment.now)
        grouped = f"{self._group} {vector.unit}s a bar" if self._group > 1 else "bias now"
        if any(vector == edited for edited, _units in self.edits.in_effect()):
            grouped = "edited by hand"
        self.say(note or noted(self.state, vector, f"{grouped} · ghost: step 0"), bool(note))

    def _draw_bars(self, moment: Moment) -> None:
        size = max(1, -(-moment.now.size // self.plot.pixels_wide()))
        pixel = _PIXEL * (moment.now.size + 0.2) / self.plot.pixels_wide()
        now = drawable(extremes_of_groups(moment.now, size))
        centres = np.arange(len(now)) * size + (size - 1) / 2
        if (
            size != self._group
            or self._moment is None
            or not np.array_equal(self._moment.initial, moment.initial, equal_nan=True)
        ):
            ghosts = drawable(extremes_of_groups(moment.initial, size))
            # Of what is narrower than a pixel some bars would not be painted at all.
            half = max(0.43 * size, pixel / 2)
            self.ghosts.setOpts(x0=centres - half, x1=centres + half, height=ghosts)
        self._group = self.drag.units_a_bar = size
        # Of what is drawn, as the bars are: values beyond are drawn at the edge.
        limit = max(largest(now), largest(drawable(moment.initial))) or 1.0
        brushes = self._brushes[bar_indexes(now, limit)]
        half = max(0.27 * size, pixel / 2)
        self.bars.setOpts(x0=centres - half, x1=centres + half, height=now, brushes=list(brushes))

    def _draw_others(self, vector: BiasVector) -> Doubles:
        """A stroke for each bar at every compared run's value. Returns all of these values."""
        strokes, shown = [], [np.empty(0)]
        for run, colour in runs_with(self.state, vector):
            values = moment_at(self.state, run, vector, self.state.step).now
            strokes.append((colour, *self._strokes(values)))
            shown.append(values)
        self.others.draw_pairs(strokes)
        return np.concatenate(shown)

    def _strokes(self, values: Doubles) -> tuple[Doubles, Doubles]:
        grouped = extremes_of_groups(values, self._group)
        keep = np.isfinite(grouped)
        centres = (np.arange(len(grouped)) * self._group + (self._group - 1) / 2)[keep]
        half = _STROKE_SHARE / 2 * self._group
        ends = np.stack([centres - half, centres + half], axis=1)
        return ends.reshape(-1), np.repeat(drawable(grouped[keep]), 2)

    def _draw_mark(self, length: int, y: tuple[float, float]) -> None:
        unit = self.state.unit
        self.mark.setVisible(unit is not None)
        if unit is not None:
            narrowest = _LEAST_MARK_PIXELS * (length + 0.2) / max(1.0, self.plot.data_rect().width())
            width = max(1.0, narrowest)
            # A band only some pixels wide is seen among the bars where it is strong.
            self.mark.setBrush(faded(theme().colours.accent, 0.22 if width > 2 * narrowest else 0.6))
            left = max(-0.6, min(unit - width / 2, length - 0.4 - width))
            self.mark.setRect(left, y[0], width, y[1] - y[0])

    def _choose_by_key(self, key: int) -> None:
        if not (key == Qt.Key.Key_Escape and self.drag.cancel()):
            super()._choose_by_key(key)

    def _let_axis_follow(self, value: float) -> None:
        """The axis was held while a bar was dragged to `value`: at its end there is to be room to drag on."""
        low, high = self.plot.shown_range()[1]
        if min(value - low, high - value) < _EDGE_SHARE * (high - low):
            self._range.reset()
        self.mark_dirty()

    def ask_value(self) -> None:
        """Let the person type the chosen unit's value."""
        vector, unit = self.state.vector, self.state.unit
        if vector is None or self._moment is None:
            return
        if unit is None:
            low, _high = self.plot.shown_range()[1]
            self.plot.say(f"Choose a {vector.unit} first: click its bar, or press an arrow key.", 0, low)
            return
        value = float(self._moment.now[unit])
        if self.edits.reason:
            self.plot.say(self.edits.reason, unit, value)
        else:
            self.plot.say("", 0, 0)
            spot = self.plot.position_of(unit, float(drawable(self._moment.now[unit : unit + 1])[0]))
            self.editor.open(figures.unit_name(vector, unit), value, spot)

    def _set_chosen(self, value: float) -> None:
        if self.state.vector is not None and self.state.unit is not None:
            self.edits.set_unit(self.state.vector, self.state.unit, value)

    def _hover(self, x: float, y: float) -> None:
        unit, vector, moment = round(x), self.state.vector, self._moment
        if vector is None or moment is None or not 0 <= unit < moment.now.size:
            self.plot.say("", x, y)
            return
        now, initial = figures.signed(moment.now[unit]), figures.signed(moment.initial[unit])
        name = figures.unit_name(vector, unit)
        hint = self.drag.show_cursor(x, y)
        others = values_in_words(self.state, vector, self.state.step, lambda other: other.now[unit])
        self.plot.say(f"{name} · step {self.state.step:,} · {now} · initial {initial}{others}{hint}", x, y)


def extremes_of_groups(values: Doubles, size: int) -> Doubles:
    """The finite value of the greatest magnitude in each group of `size` neighbours along the last axis."""
    if size == 1:
        return values
    starts = np.arange(0, values.shape[-1], size)
    usable = np.where(np.isfinite(values), values, 0.0)
    high = np.maximum.reduceat(usable, starts, axis=-1)
    low = np.minimum.reduceat(usable, starts, axis=-1)
    result: Doubles = np.where(-low > high, low, high)
    return result
