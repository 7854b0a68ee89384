"""BarDrag: the end of a bar in the vector panel is taken with the pointer, and its unit's value follows."""

import math
from dataclasses import dataclass, field

import numpy as np
from PySide6.QtCore import QObject, Qt, Signal

from biasstudio.gui.bias_edits import BiasEdits
from biasstudio.gui.panels import figures
from biasstudio.gui.panels.moment import DRAWABLE
from biasstudio.gui.panels.plot import Plot
from biasstudio.gui.view_state import ViewState
from biasstudio.recording.network import BiasVector

# How far from a bar's end the pointer takes it, and how far it moves before anything is set, in pixels.
_REACH, _SLACK = 6.0, 2.0


@dataclass
class _Taken:
    """A bar under the pressed pointer. `offset` is from the pointer up to the bar's end."""

    vector: BiasVector
    unit: int
    pressed_at: float
    offset: float
    before: float
    number: int = 0
    reason: str = ""
    moved: bool = field(default=False)


class BarDrag(QObject):
    """Follows the pointer on a plot of bars, one a unit. `clicked` says the unit that was pressed and not moved."""

    clicked = Signal(int)
    ended = Signal(float)
    """The value to which a bar was dragged."""

    def __init__(self, plot: Plot, state: ViewState, edits: BiasEdits) -> None:
        super().__init__(plot)
        self._plot, self._state, self._edits = plot, state, edits
        self._taken: _Taken | None = None
        self.units_a_bar = 1
        plot.pressed.connect(self._press)
        plot.dragged.connect(self._move)
        plot.released.connect(self._release)
        # What goes on under a drag ends it.
        edits.reasonChanged.connect(self._let_go)
        for changed in (state.historyChanged, state.vectorChanged):
            changed.connect(self._let_go)

    @property
    def dragging(self) -> bool:
        """Whether a bar is being moved."""
        return self._taken is not None and self._taken.moved

    def show_cursor(self, x: float, y: float) -> str:
        """Say by the pointer's shape whether a bar can be taken here; a line that says why it can't, where it can't."""
        near = self._end_at(x, y) is not None
        shape = Qt.CursorShape.SizeVerCursor if near and not self._reason() else Qt.CursorShape.ArrowCursor
        self._plot.viewport().setCursor(shape)
        return f"\n{self._reason()}" if near and self.units_a_bar > 1 else ""

    def cancel(self) -> bool:
        """Take a drag under way back; False where there is none."""
        taken = self._taken
        if taken is None or not taken.moved:
            return False
        self._taken = None
        self._edits.take_back(taken.number)
        self._plot.say("", 0, 0)
        return True

    def _reason(self) -> str:
        if self._edits.reason or self.units_a_bar == 1:
            return self._edits.reason
        vector = self._state.vector
        unit = vector.unit if vector else "unit"
        return f"A bar is {self.units_a_bar} {unit}s here, too narrow to drag: press F2, or use the values table."

    def _end_at(self, x: float, y: float) -> int | None:
        """The unit whose bar ends under the pointer."""
        vector, history, unit = self._state.vector, self._state.history, round(x)
        if vector is None or history is None or not 0 <= unit < vector.length:
            return None
        end = _drawn(float(history.present_values(vector.path, self._state.step)[unit]))
        apart = self._plot.position_of(x, y).y() - self._plot.position_of(unit, end).y()
        return unit if abs(apart) <= _REACH else None

    def _press(self, x: float, y: float) -> None:
        vector, history, unit = self._state.vector, self._state.history, self._end_at(x, y)
        if vector is None or history is None or unit is None:
            self._taken = None
            self.clicked.emit(round(x))
            return
        before = float(history.present_values(vector.path, self._state.step)[unit])
        self._taken = _Taken(vector, unit, y, _drawn(before) - y, before, self._edits.new_drag(), self._reason())

    def _move(self, _x: float, y: float) -> None:
        taken = self._taken
        if taken is None or not (taken.moved or self._pixels(y - taken.pressed_at) > _SLACK):
            return
        if taken.reason:
            self._plot.say(taken.reason, taken.unit, y)
            return
        if not taken.moved:
            taken.moved = True
            self._state.choose_unit(taken.unit)
        value = self._value_at(y + taken.offset)
        self._edits.set_unit(taken.vector, taken.unit, value, taken.number)
        self._plot.say(f"{figures.signed(value)} · was {figures.signed(taken.before)}", taken.unit, value)

    def _value_at(self, y: float) -> float:
        """`y` within the plot, with as many digits as its pixels can tell apart."""
        low, high = self._plot.shown_range()[1]
        a_pixel = (high - low) / max(1.0, self._plot.data_rect().height())
        return float(np.float32(round(min(max(y, low), high), -math.floor(math.log10(a_pixel)))))

    def _pixels(self, height: float) -> float:
        low, high = self._plot.shown_range()[1]
        return abs(height) / (high - low) * self._plot.data_rect().height()

    def _release(self) -> None:
        taken, self._taken = self._taken, None
        if taken is None:
            return
        if taken.moved:
            self.ended.emit(float(self._edits.values(taken.vector.path)[taken.unit]))
        elif not (taken.reason and self._plot.said()):
            self.clicked.emit(taken.unit)

    def _let_go(self) -> None:
        self._taken = None


def _drawn(value: float) -> float:
    """Where the bar of a value ends in the plot."""
    return max(-DRAWABLE, min(DRAWABLE, value)) if math.isfinite(value) else 0.0
