"""The legend of the small pictures: what their marks mean, and the scale that all of them share, said once."""

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget
from superqt import QFlowLayout

from biasstudio.gui.panels import figures
from biasstudio.gui.panels.colouring import LEVELS, faded, lookup_table
from biasstudio.gui.sweep.scales import Kind, Scales
from biasstudio.gui.sweep.wording import plain
from biasstudio.gui.theme import theme

_MARKS = {
    "batch": "loss of the batches",
    "dot": "validation loss",
    "dots": "always the same answer",
    "fan": "all units, half of them, median",
    "bar": "change since step 0",
}
_MARKS_OF = {Kind.LOSS: ("batch", "dot", "dots"), Kind.VALUES: ("fan",), Kind.CHANGE: ("bar",)}


class Mark(QWidget):
    """A mark of the pictures, as it is drawn there."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name
        self.setFixedSize(self.sizeHint())

    def sizeHint(self) -> QSize:
        return QSize(64 if self._name == "bar" else 18, 14)

    def paintEvent(self, _event: QPaintEvent) -> None:
        colours, area = theme().colours, QRectF(self.rect())
        middle = area.center().y()
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            if self._name == "bar":
                row = np.ascontiguousarray(lookup_table()[:LEVELS][None])
                painter.drawImage(area.adjusted(0, 2, 0, -2), QImage(row.data, LEVELS, 1, 3 * LEVELS, _RGB))
                return
            if self._name == "dot":
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(colours.above))
                painter.drawEllipse(area.center(), 3, 3)
                return
            line = QPen(QColor(colours.faint), 1, Qt.PenStyle.DotLine)
            if self._name in ("batch", "fan"):
                painter.fillRect(area.adjusted(0, 2, 0, -2), faded(colours.accent, 0.18))
                line = QPen(QColor(colours.accent), 1.4)
            if self._name == "fan":
                painter.fillRect(area.adjusted(0, 4, 0, -4), faded(colours.accent, 0.3))
            painter.setPen(line)
            painter.drawLine(QPointF(0, middle), QPointF(area.right(), middle))


_RGB = QImage.Format.Format_RGB888


class Legend(QWidget):
    """One line, or more where there is no room."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        flow = QFlowLayout(self)
        flow.setContentsMargins(2, 0, 2, 0)
        flow.setHorizontalSpacing(14)
        flow.setVerticalSpacing(2)
        self._entries = {name: _entry(name, text) for name, text in _MARKS.items()}
        self._scale, self._steps = _label(""), _label("")
        for widget in (*(entry for entry, _ in self._entries.values()), self._scale, self._steps):
            flow.addWidget(widget)

    def show_scales(self, scales: Scales, validated: bool) -> None:
        """Say what is drawn; `validated`: there are validation losses among it."""
        shown = [
            name
            for name in _MARKS_OF[scales.kind]
            if (name != "dot" or validated) and (name != "dots" or scales.constant_loss is not None)
        ]
        for name, (entry, _) in self._entries.items():
            entry.setVisible(name in shown)
        if scales.constant_loss is not None:
            self._entries["dots"][1].setText(f"{_MARKS['dots']}, {plain(scales.constant_loss)}")
        self._scale.setText(_scale_in_words(scales))
        self._steps.setText(f"across: step 0 to {scales.last_step:,}")

    def text(self) -> str:
        """What is said at present."""
        texts = [label for entry, label in self._entries.values() if not entry.isHidden()]
        return " · ".join(label.text() for label in (*texts, self._scale, self._steps))


def _scale_in_words(scales: Scales) -> str:
    low, high = figures.brief(scales.low, 2), figures.brief(scales.high, 2)
    if scales.kind is Kind.CHANGE:
        return f"from {low} to {figures.brief(scales.high, 2)} · a row is a unit"
    what = "loss" if scales.kind is Kind.LOSS else "bias"
    return f"up: {what} {low} to {high}"


def _entry(name: str, text: str) -> tuple[QWidget, QLabel]:
    entry, label = QWidget(), _label(text)
    row = QHBoxLayout(entry)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(5)
    row.addWidget(Mark(name))
    row.addWidget(label)
    return entry, label


def _label(text: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("role", "muted")
    return label
