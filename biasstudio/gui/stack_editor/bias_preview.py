"""BiasPreview: the initial values of a layer's biases as a strip of small bars."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from biasstudio.gui.theme import theme

_HEIGHT = 36
_LEAST_BAR = 2.0


class BiasPreview(QWidget):
    """A bar for each unit, from zero, in the diverging pair. Where there are more units than room, a bar is a group."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._values = np.empty(0, np.float32)
        self.setObjectName("biasPreview")
        self.setAccessibleName("initial biases")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme().changed.connect(self.update)

    @property
    def values(self) -> NDArray[np.float32]:
        """What is drawn."""
        return self._values

    def show_values(self, values: NDArray[np.float32]) -> None:
        """Draw `values`, float32 (n,)."""
        self._values = np.nan_to_num(values, posinf=0.0, neginf=0.0)
        if self._values.size:
            text = f"Initial values from {self._values.min():.3g} to {self._values.max():.3g}"
            self.setToolTip(f"{text}\n{self._values.size} {'unit' if self._values.size == 1 else 'units'}, in order")
            self.setAccessibleDescription(text)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(80, _HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        if not self._values.size:
            return
        painter = QPainter(self)
        low, high = _extremes(self._values, int(self.width() / _LEAST_BAR))
        scale = float(np.abs(self._values).max()) or 1.0
        top, bottom = max(0.0, float(high.max())), min(0.0, float(low.min()))
        span = (top - bottom) or scale
        zero = 1 + (self.height() - 2) * (top / span if top > bottom else 0.5)
        painter.fillRect(QRectF(0, zero - 0.5, self.width(), 1), QColor(theme().colours.border))
        pitch = self.width() / len(high)
        painter.setPen(Qt.PenStyle.NoPen)
        for index, pair in enumerate(zip(low, high, strict=True)):
            for value in pair:
                self._draw_bar(painter, index * pitch, pitch, zero, float(value) * (self.height() - 2) / span)

    def _draw_bar(self, painter: QPainter, left: float, pitch: float, zero: float, height: float) -> None:
        if not height:
            return
        colours = theme().colours
        colour = QColor(colours.above if height > 0 else colours.below)
        colour.setAlphaF(min(1.0, 0.4 + 0.6 * abs(height) / self.height()))
        width = min(pitch * 0.72, 18.0) if pitch > _LEAST_BAR else pitch
        painter.fillRect(QRectF(left + (pitch - width) / 2, min(zero, zero - height), width, abs(height)), colour)


def _extremes(values: NDArray[np.float32], most: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Lowest and highest of each group, at most about `most` groups; a group of one gives its value once."""
    group = -(-values.size // max(1, most))
    starts = np.arange(0, values.size, group)
    low, high = np.minimum.reduceat(values, starts), np.maximum.reduceat(values, starts)
    return np.minimum(low, 0), np.maximum(high, 0)
