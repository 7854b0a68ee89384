"""The heatmap panel: every unit's value over all steps, as colour."""

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QGraphicsRectItem, QHBoxLayout, QWidget

from biasstudio.gui.panels import figures
from biasstudio.gui.panels.colour_bar import ColourBar
from biasstudio.gui.panels.colouring import level_indexes, lookup_table
from biasstudio.gui.panels.comparison import moment_in, short_name, window_in
from biasstudio.gui.panels.moment import Doubles, Moment, largest, not_finite_note
from biasstudio.gui.panels.panel import PlotPanel
from biasstudio.gui.panels.plot import Plot
from biasstudio.gui.panels.ranges import SteadyLimit, end_of_steps
from biasstudio.gui.panels.vector_panel import extremes_of_groups
from biasstudio.gui.theme import theme
from biasstudio.gui.view_state import Scale, ViewState
from biasstudio.recording.history import History, Steps
from biasstudio.recording.network import BiasVector

_EXPLANATION = (
    "Every unit of the chosen bias vector over all steps: orange above zero, blue below, the surface's colour at zero, "
    "grey where a value is not finite. The line is the step that is shown. Click to choose a unit. Other runs can't be "
    "laid over it: while comparing, the scale Difference shows this run minus the first compared one."
)
_MOST_ROWS = 512


class HeatmapPanel(PlotPanel):
    """An image of unit × step. A column covers its step from half before to half after."""

    def __init__(self, state: ViewState, parent: QWidget | None = None) -> None:
        plot = Plot("Heatmap, unit by step", whole_left=True, whole_bottom=True, grid=False)
        super().__init__(state, "Heatmap", _EXPLANATION, plot, parent)
        self.setObjectName("heatmapPanel")
        self._limit = SteadyLimit()
        self.plot.box.invertY(True)
        self.image = pg.ImageItem(axisOrder="row-major")
        self.mark = QGraphicsRectItem()
        self.cursor_line = pg.InfiniteLine(0, angle=90)
        for item in (self.image, self.mark, self.cursor_line):
            self.plot.addItem(item, ignoreBounds=True)
        self.colour_bar = ColourBar(self.plot)
        self._place_colour_bar()
        self.plot.pressed.connect(self._click)
        self.plot.hovered.connect(self._hover)
        self.restyle()

    def _place_colour_bar(self) -> None:
        self.body.removeWidget(self.plot)
        row = QHBoxLayout()
        row.setSpacing(0)
        row.addWidget(self.plot, 1)
        row.addWidget(self.colour_bar)
        self.body.addLayout(row)

    def restyle(self) -> None:
        self.plot.restyle()
        self.image.setLookupTable(lookup_table())
        # Where all is zero the image has the surface's colour.
        self.plot.box.setBorder(pg.mkPen(theme().colours.border))
        self.mark.setPen(pg.mkPen(theme().colours.text, width=1.2))
        self.cursor_line.setPen(pg.mkPen(theme().colours.accent, width=1.5))
        self.colour_bar.update()

    def start_over(self) -> None:
        self._limit.reset()

    def draw_vector(self, history: History, vector: BiasVector) -> None:
        steps, _, values = window_in(self.state, self.drawn_scale, history, vector, self.plot.pixels_wide() // 2)
        size = max(1, -(-vector.length // _MOST_ROWS))
        limit = self._limit.include(largest(values))
        columns = columns_of(steps, self.plot.pixels_wide())
        image = level_indexes(extremes_of_groups(values, size), limit)[columns].T
        self.image.setImage(np.ascontiguousarray(image), autoLevels=False, levels=None)
        last = int(steps[-1])
        self.image.setRect(QRectF(-0.5, -0.5, last + 1, image.shape[0] * size))
        self.colour_bar.show_limit(limit)
        self._frame(vector, last)
        self._tell(vector, values)

    def _frame(self, vector: BiasVector, last: int) -> None:
        end = end_of_steps(last) if last else 0
        self.plot.set_labels("step", vector.unit)
        self.plot.set_units("left", vector.length)
        self.plot.set_range((-0.5, end + 0.5), (-0.5, vector.length - 0.5))
        self.cursor_line.setPos(self.state.step)
        self.cursor_line.setVisible(last > 0)
        unit = self.state.unit
        self.mark.setVisible(unit is not None)
        if unit is not None:
            self.mark.setRect(-0.5, unit - 0.5, last + 1, 1.0)

    def _tell(self, vector: BiasVector, values: Doubles) -> None:
        note = not_finite_note(values[-1])
        self.say(note or self.scale_note(f"{vector.unit} × step"), bool(note))

    def _click(self, _x: float, y: float) -> None:
        self.choose(round(y))

    def _hover(self, x: float, y: float) -> None:
        history, vector = self.state.history, self.state.vector
        unit = round(y)
        if history is None or vector is None or not 0 <= unit < vector.length or not 0 <= round(x) <= history.last_step:
            self.plot.say("", x, y)
            return
        step = history.nearest_step(round(x))
        moment = moment_in(self.state, history, vector, step)
        text = f"{figures.unit_name(vector, unit)} · step {step:,} · {figures.signed(moment.now[unit])}"
        self.plot.say(text + self._scale_in_words(moment, unit), x, y)

    def _scale_in_words(self, moment: Moment, unit: int) -> str:
        if self.drawn_scale is Scale.CHANGE:
            return f" · change {figures.signed(moment.change[unit])}"
        if self.drawn_scale is Scale.DIFFERENCE and moment.reference is not None:
            name, other = short_name(self.state.compared[0].name), figures.signed(moment.reference.now[unit])
            return f"\n{name} · {other} · difference {figures.signed(moment.difference[unit])}"
        return ""


def columns_of(steps: Steps, pixels: int) -> Steps:
    """For evenly spaced columns from the first step to the last, which of `steps` each shows: the newest not after it.

    Frames may be unevenly spaced; the image's columns can't be, if the step axis is to be true.
    """
    last = int(steps[-1])
    count = min(last + 1, max(pixels, 1))
    centres = (np.arange(count) + 0.5) * ((last + 1) / count) - 0.5
    found: Steps = np.searchsorted(steps, np.rint(centres).astype(np.int64), side="right") - 1
    found[-1] = len(steps) - 1
    return np.maximum(found, 0)
