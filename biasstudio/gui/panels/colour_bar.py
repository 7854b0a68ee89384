"""The scale of a heatmap's colours: a gradient beside the plot, with its limits and zero as figures."""

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from biasstudio.gui.panels import figures
from biasstudio.gui.panels.colouring import LEVELS, lookup_table
from biasstudio.gui.panels.plot import Plot
from biasstudio.gui.theme import theme

_BAR_PIXELS = 9


class ColourBar(QWidget):
    """Runs beside the data of `plot`, from -limit at the bottom to limit at the top."""

    def __init__(self, plot: Plot) -> None:
        super().__init__()
        self._plot = plot
        self._limit = 1.0
        self.setFont(plot.tick_font())
        self._fit_width()
        self.setAccessibleName("Colour scale")

    @property
    def limit(self) -> float:
        return self._limit

    def show_limit(self, limit: float) -> None:
        if limit != self._limit:
            self._limit = limit
            self._fit_width()
            self.update()

    def _fit_width(self) -> None:
        self.setFixedWidth(_BAR_PIXELS + 8 + max(map(self.fontMetrics().horizontalAdvance, self.texts())))

    def texts(self) -> list[str]:
        """The figures, top to bottom."""
        limit = figures.brief(self._limit, 2)
        return [limit, "0", figures.MINUS + limit]

    def paintEvent(self, _event: QPaintEvent) -> None:
        area = self._plot.data_rect()
        bar = QRectF(0, area.top(), _BAR_PIXELS, area.height())
        column = np.ascontiguousarray(lookup_table()[:LEVELS][::-1][:, None, :])
        height = self.fontMetrics().height()
        with QPainter(self) as painter:
            painter.drawImage(bar, QImage(column.data, 1, LEVELS, 3, QImage.Format.Format_RGB888))
            painter.setPen(QColor(theme().colours.muted))
            spots = (bar.top(), bar.center().y() - height / 2, bar.bottom() - height)
            for text, top in zip(self.texts(), spots, strict=True):
                place = QRectF(_BAR_PIXELS + 4, top, self.width() - _BAR_PIXELS - 4, height)
                painter.drawText(place, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)
