"""ClassCounts: how many samples each class has, as bars with their figures."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from biasstudio.gui.theme import theme

_ROW, _MOST_ROWS = 19, 10
_LONGEST_NAME, _LONGEST_BAR = 150, 360


class ClassCounts(QWidget):
    """One row for each class, the largest count as the longest bar; takes no room where there are no classes."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("dataClassCounts")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._rows: list[tuple[str, int]] = []
        self._left_out = 0
        theme().changed.connect(self.update)
        self.hide()

    def show_counts(self, names: tuple[str, ...], counts: tuple[int, ...]) -> None:
        """Of many classes the first are shown, and it is said how many others there are."""
        rows = list(zip(names, counts, strict=True)) if counts else []
        shown = rows if len(rows) <= _MOST_ROWS else rows[: _MOST_ROWS - 1]
        self._rows, self._left_out = shown, len(rows) - len(shown)
        words = ", ".join(f"{name} {count:,}" for name, count in rows)
        self.setAccessibleName(f"Samples of each class: {words}" if rows else "")
        self.setToolTip("\n".join(f"{name}: {count:,}" for name, count in rows[:60]))
        self.setVisible(bool(rows))
        self.updateGeometry()
        self.update()

    @property
    def said(self) -> list[str]:
        """Each row in words."""
        more = [f"and {self._left_out:,} more classes"] if self._left_out else []
        return [f"{name} {count:,}" for name, count in self._rows] + more

    def sizeHint(self) -> QSize:
        return QSize(200, _ROW * (len(self._rows) + bool(self._left_out)))

    def paintEvent(self, _event: QPaintEvent) -> None:
        if not self._rows:
            return
        painter, colours = QPainter(self), theme().colours
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        metrics = self.fontMetrics()
        names = min(_LONGEST_NAME, max(metrics.horizontalAdvance(name) for name, _ in self._rows)) + 14
        figures = max(metrics.horizontalAdvance(f"{count:,}") for _, count in self._rows) + 8
        room, most = (
            max(20, min(_LONGEST_BAR, self.width() - names - figures)),
            max(1, *(count for _, count in self._rows)),
        )
        for row, (name, count) in enumerate(self._rows):
            top = row * _ROW
            at = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
            painter.setPen(QColor(colours.text))
            text = metrics.elidedText(name, Qt.TextElideMode.ElideRight, names - 10)
            painter.drawText(QRectF(0, top, names - 10, _ROW), at, text)
            bar = QRectF(names, top + 5, max(2.0, room * count / most), _ROW - 10)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colours.accent))
            painter.drawRoundedRect(bar, 3, 3)
            painter.setPen(QColor(colours.muted))
            painter.drawText(QRectF(bar.right() + 8, top, figures, _ROW), at, f"{count:,}")
        if self._left_out:
            painter.drawText(QRectF(0, len(self._rows) * _ROW, self.width(), _ROW), at, self.said[-1])
