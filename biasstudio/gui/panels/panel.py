"""What every panel is: a card with a title, a body that is drawn on demand, and a sentence for when it is empty."""

import re

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QStackedLayout, QVBoxLayout, QWidget

from biasstudio.gui.panels.comparison import difference_title
from biasstudio.gui.panels.plot import Plot, arrow_of
from biasstudio.gui.theme import theme
from biasstudio.gui.view_state import Scale, ViewState
from biasstudio.recording.history import History
from biasstudio.recording.network import BiasVector

BEING_BUILT = "The network is being built…"
NO_BIASES = "This network has no biases: switch a layer's bias on."
# Parts after a · are left out where there is no room.
CHANGE_TITLE = "change · since step 0"


# A name in quotes may have a · of its own.
_BETWEEN_PARTS = re.compile(r" · (?![^“]*”)")


def fitting(text: str, metrics: QFontMetrics, width: int) -> str:
    """`text` within `width` pixels: without its last parts, and then with … at its end, or at that of its name."""
    parts = _BETWEEN_PARTS.split(text)
    while len(parts) > 1 and metrics.horizontalAdvance(" · ".join(parts)) > width:
        parts.pop()
    shown = " · ".join(parts)
    if metrics.horizontalAdvance(shown) <= width:
        return shown
    end = "”" if "“" in shown else ""
    elided = metrics.elidedText(shown, Qt.TextElideMode.ElideRight, width - metrics.horizontalAdvance(end))
    return elided + end if elided.count("“") > elided.count("”") else elided


class ElidedLabel(QLabel):
    """A line of text that, where there is no room, leaves out parts after a · and then ends in …"""

    def fitting(self, width: int) -> str:
        """What is shown of the text within `width` pixels."""
        return fitting(self.text(), self.fontMetrics(), width)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        room: QRect = self.contentsRect()
        shown = self.fitting(room.width())
        if shown == self.text():
            super().paintEvent(event)
            return
        with QPainter(self) as painter:
            painter.setPen(self.palette().color(self.foregroundRole()))
            painter.drawText(room, int(self.alignment()), shown)


class Panel(QFrame):
    """A card that draws the view state's present. Drawn only when dirty and visible, by the display clock."""

    becameDirty = Signal()
    least_seconds = 0.0
    """How long a drawing stands at least; text that changes faster can't be read."""

    def __init__(self, state: ViewState, title: str, explanation: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.state = state
        self._dirty = True
        self.setProperty("card", True)
        self.setAccessibleName(title)
        self.setAccessibleDescription(explanation)
        self.setWhatsThis(explanation)
        self.header = self._make_header(title, explanation)
        self.body = QVBoxLayout()
        self.body.setContentsMargins(0, 0, 0, 0)
        self._stack = self._make_stack()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 7, 6, 5)
        layout.setSpacing(2)
        layout.addWidget(self._header_widget)
        layout.addLayout(self._stack, 1)
        state.historyChanged.connect(self._start_over)
        state.vectorChanged.connect(self._start_over)
        state.scaleChanged.connect(self._start_over)
        state.comparedChanged.connect(self._start_over)
        state.alignmentChanged.connect(self._start_over)
        state.cursorChanged.connect(self.mark_dirty)
        state.unitChanged.connect(self.mark_dirty)
        theme().changed.connect(self._follow_theme)

    def _make_header(self, title: str, explanation: str) -> QHBoxLayout:
        self._header_widget = QWidget()
        self._header_widget.setToolTip(f"<p>{explanation}</p>")
        header = QHBoxLayout(self._header_widget)
        header.setContentsMargins(0, 0, 4, 0)
        header.setSpacing(6)
        self.title = QLabel(title)
        self.title.setProperty("role", "title")
        self.subtitle = ElidedLabel()
        self.subtitle.setProperty("role", "muted")
        self.subtitle.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        header.addWidget(self.title)
        header.addWidget(self.subtitle, 1)
        return header

    def _make_stack(self) -> QStackedLayout:
        stack = QStackedLayout()
        content = QWidget()
        content.setLayout(self.body)
        self.empty = QLabel(BEING_BUILT)
        self.empty.setProperty("role", "muted")
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty.setWordWrap(True)
        stack.addWidget(content)
        stack.addWidget(self.empty)
        return stack

    @property
    def dirty(self) -> bool:
        """Whether what is on screen is not the present state."""
        return self._dirty

    def mark_dirty(self) -> None:
        if not self._dirty:
            self._dirty = True
            if self.isVisible():
                self.becameDirty.emit()

    def refresh(self) -> None:
        """Draw the present state."""
        self._dirty = False
        history = self.state.history
        reason = BEING_BUILT if history is None or not history.size else self.why_empty(history)
        self._stack.setCurrentIndex(1 if reason else 0)
        self.empty.setText(reason)
        if reason:
            self.say("")
        elif history is not None:
            self.draw(history)

    def why_empty(self, history: History) -> str:
        """A sentence where there is nothing to draw, else nothing."""
        return "" if history.vectors else NO_BIASES

    def draw(self, history: History) -> None:
        """Draw a history that holds frames. Must be cheap: it runs in the window's thread while a network trains."""
        raise NotImplementedError

    def start_over(self) -> None:
        """Forget ranges that were held steady: what is drawn next is something else."""

    def restyle(self) -> None:
        """Take the theme's colours."""

    def say(self, subtitle: str, warning: bool = False) -> None:
        """Set the text at the right of the title."""
        if self.subtitle.text() != subtitle:
            self.subtitle.setText(subtitle)
            self.subtitle.setToolTip(subtitle)
        role = "warning" if warning else "muted"
        if self.subtitle.property("role") != role:
            self.subtitle.setProperty("role", role)
            self.subtitle.style().polish(self.subtitle)

    def _start_over(self) -> None:
        self.start_over()
        self.mark_dirty()

    def _follow_theme(self) -> None:
        self.restyle()
        self.mark_dirty()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._dirty:
            self.becameDirty.emit()


class PlotPanel(Panel):
    """A panel with one plot of the chosen vector, in which a unit can be chosen with the arrow keys."""

    def __init__(
        self, state: ViewState, title: str, explanation: str, plot: Plot, parent: QWidget | None = None
    ) -> None:
        super().__init__(state, title, explanation, parent)
        self.plot = plot
        self.body.addWidget(plot)
        plot.resized.connect(self.mark_dirty)
        plot.keyPressed.connect(self._choose_by_key)
        plot.focusChanged.connect(self._show_focus)

    def draw(self, history: History) -> None:
        if self.state.vector is not None:
            self.draw_vector(history, self.state.vector)

    def draw_vector(self, history: History, vector: BiasVector) -> None:
        raise NotImplementedError

    @property
    def drawn_scale(self) -> Scale:
        """The chosen scale; before the first step, where nothing has changed yet, the values are drawn."""
        history, scale = self.state.history, self.state.scale
        untrained = history is None or history.last_step < 1
        return Scale.VALUE if untrained and scale is Scale.CHANGE else scale

    def scale_note(self, text: str) -> str:
        """`text` with the scale in front where it isn't the plain one."""
        if self.drawn_scale is Scale.CHANGE:
            return f"{CHANGE_TITLE} · {text}"
        if self.drawn_scale is Scale.DIFFERENCE:
            return f"{difference_title(self.state)} · {text}"
        return f"values at step 0 · {text}" if self.state.scale is Scale.CHANGE else text

    def choose(self, unit: int) -> None:
        """Choose a unit; the chosen one again lets it go."""
        vector = self.state.vector
        if vector is not None and 0 <= unit < vector.length:
            self.state.choose_unit(None if unit == self.state.unit else unit)

    def _choose_by_key(self, key: int) -> None:
        vector, unit = self.state.vector, self.state.unit
        if vector is None or vector.length == 0:
            return
        if key == Qt.Key.Key_Escape:
            self.state.choose_unit(None)
        elif unit is None:
            self.state.choose_unit(0)
        else:
            self.state.choose_unit(max(0, min(vector.length - 1, unit + arrow_of(key))))

    def _show_focus(self, by_keyboard: bool) -> None:
        if bool(self.property("chosen")) != by_keyboard:
            self.setProperty("chosen", by_keyboard)
            self.style().polish(self)
