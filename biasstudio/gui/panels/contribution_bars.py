"""ContributionBars: what goes into a unit from its inputs, from its bias, and the sum of both, on one scale."""

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from biasstudio.gui.panels.figures import brief
from biasstudio.gui.theme import theme

_ROW, _BAR = 40, 12
Row = tuple[str, float, float, float]
"""What it is, and its lowest, mean and highest value."""


class ContributionBars(QWidget):
    """For each row a bar from zero to the mean, the range over the samples as a lighter one, and the figures."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: tuple[Row, ...] = ()
        self.setObjectName("contributionBars")
        self.setAccessibleName("contributions")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme().changed.connect(self.update)

    def show_rows(self, rows: Sequence[Row]) -> None:
        """Draw these. All values must be finite."""
        self.rows = tuple(rows)
        self.setAccessibleDescription("; ".join(f"{title} {figures(row)}" for row in rows for title in row[:1]))
        self.setMinimumHeight(self.sizeHint().height())
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(180, _ROW * len(self.rows))

    def paintEvent(self, _event: QPaintEvent) -> None:
        values = [value for row in self.rows for value in row[1:]]
        low, high = min(0.0, *values, 0.0), max(0.0, *values, 0.0)
        scale = (self.width() - 1) / ((high - low) or 1.0)
        with QPainter(self) as painter:
            for number, row in enumerate(self.rows):
                self._draw(painter, number * _ROW, row, -low * scale, scale)

    def _draw(self, painter: QPainter, top: int, row: Row, zero: float, scale: float) -> None:
        title, low, mean, high = row
        colours = theme().colours
        text = QRectF(0, top, self.width(), _ROW - _BAR - 8)
        painter.setPen(QColor(colours.muted))
        painter.drawText(text, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom), title)
        painter.setPen(QColor(colours.text))
        room = self.width() - painter.fontMetrics().horizontalAdvance(f"{title}  ")
        said = next((each for each in _forms(row) if painter.fontMetrics().horizontalAdvance(each) <= room), "")
        painter.drawText(text, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom), said)
        bars = top + _ROW - _BAR - 5
        painter.fillRect(QRectF(0, bars, self.width(), _BAR), QColor(colours.field))
        for start, end, strength in ((low, high, 0.35), (0.0, mean, 1.0)):
            for sign, name in ((-1, colours.below), (1, colours.above)):
                a, b = (min(start, 0.0), min(end, 0.0)) if sign < 0 else (max(start, 0.0), max(end, 0.0))
                colour = QColor(name)
                colour.setAlphaF(strength)
                left, right = sorted((zero + a * scale, zero + b * scale))
                painter.fillRect(QRectF(left, bars, right - left, _BAR), colour)
        painter.fillRect(QRectF(zero, bars - 2, 1, _BAR + 4), QColor(colours.muted))


def figures(row: Row) -> str:
    """One figure where all samples have the same, else range and mean."""
    return _forms(row)[0]


def _forms(row: Row) -> tuple[str, ...]:
    """The figures, and shorter forms of them for where there is less room."""
    _title, low, mean, high = row
    if low == high:
        return (brief(mean),)
    both = f"{brief(low)} … {brief(high)}"
    return f"{both}, mean {brief(mean)}", both, f"mean {brief(mean)}", brief(mean)
