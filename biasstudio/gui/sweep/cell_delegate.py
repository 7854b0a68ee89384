"""Paints a run of the grid as a small picture, with its loss in the corner."""

import math

import numpy as np
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QImage, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from biasstudio.gui.panels.colouring import faded, level_indexes, lookup_table
from biasstudio.gui.sweep.grid_model import RUN_ROLE, Index
from biasstudio.gui.sweep.picture import LossCurve, VectorPicture
from biasstudio.gui.sweep.scales import Kind, Scales
from biasstudio.gui.sweep.sweep import RunState, SweepRun
from biasstudio.gui.sweep.wording import plain
from biasstudio.gui.theme import theme
from biasstudio.recording.history import Floats, Steps

_MARGIN = 3
_FONT_SHRINK = 0.92
_DOT = 2.5

_UNDER_WAY = (RunState.RUNNING, RunState.PAUSED)


class CellDelegate(QStyledItemDelegate):
    """Draws on `scales`, which its owner sets and which are the same for all cells."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.scales = Scales(Kind.LOSS, "", 0.0, 1.0, 1)
        self.restyle()

    def restyle(self) -> None:
        """Take the theme's colours."""
        self._table = lookup_table()

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        run: SweepRun | None = index.data(RUN_ROLE)
        frame: QRect = option.rect.adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN)
        if run is None:
            return
        colours = theme().colours
        painter.save()
        painter.fillRect(frame, QColor(colours.surface))
        area = QRectF(frame.adjusted(1, 1, -1, -1))
        painter.setClipRect(area)
        self._draw_picture(painter, area, run)
        self._draw_texts(painter, frame, option.font, run)
        painter.setClipping(False)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.setPen(QPen(QColor(colours.accent if chosen else colours.border), 2 if chosen else 1))
        painter.drawRect(QRectF(frame).adjusted(0.5, 0.5, -0.5, -0.5))
        painter.restore()

    def _draw_picture(self, painter: QPainter, area: QRectF, run: SweepRun) -> None:
        if run.picture is None:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.scales.kind is Kind.LOSS:
            self._draw_loss(painter, area, run.picture.loss)
            return
        vector = run.picture.vectors.get(self.scales.path)
        if vector is None:
            self._say(painter, area, "no such vector" if run.state is not RunState.WAITING else "")
        elif self.scales.kind is Kind.VALUES:
            self._draw_values(painter, area, vector)
        else:
            self._draw_changes(painter, area, vector)

    def _draw_loss(self, painter: QPainter, area: QRectF, curve: LossCurve) -> None:
        colours = theme().colours
        if self.scales.constant_loss is not None:
            painter.setPen(QPen(QColor(colours.faint), 1, Qt.PenStyle.DotLine))
            height = self._height_of(area, self.scales.constant_loss)
            painter.drawLine(QPointF(area.left(), height), QPointF(area.right(), height))
        self._fill(painter, area, curve.steps, curve.low, curve.high, faded(colours.accent, 0.22))
        self._line(painter, area, curve.steps, curve.mean, colours.accent)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.above))
        for point in self._points(area, curve.validation_steps, curve.validation):
            painter.drawEllipse(point, _DOT, _DOT)

    def _draw_values(self, painter: QPainter, area: QRectF, vector: VectorPicture) -> None:
        colours = theme().colours
        zero = self._height_of(area, 0.0)
        painter.setPen(QPen(QColor(colours.ghost), 1))
        painter.drawLine(QPointF(area.left(), zero), QPointF(area.right(), zero))
        for low, high, opacity in ((0, 4, 0.18), (1, 3, 0.3)):
            bounds = vector.quantiles[low], vector.quantiles[high]
            self._fill(painter, area, vector.steps, *bounds, faded(colours.accent, opacity))
        self._line(painter, area, vector.steps, vector.quantiles[2], colours.accent)

    def _draw_changes(self, painter: QPainter, area: QRectF, vector: VectorPicture) -> None:
        last = int(vector.steps[-1])
        width = area.width() * min(1.0, last / self.scales.last_step)
        columns = max(1, round(width))
        at = np.searchsorted(vector.steps, np.linspace(0, last, columns), side="right") - 1
        indexes = level_indexes(vector.changes.astype(np.float64), self.scales.high)[at].T
        pixels = np.ascontiguousarray(self._table[indexes])
        image = QImage(pixels.data, columns, len(pixels), 3 * columns, QImage.Format.Format_RGB888)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        painter.drawImage(QRectF(area.left(), area.top(), max(1.0, width), area.height()), image)

    def _height_of(self, area: QRectF, value: float) -> float:
        """Where a value lies, in pixels."""
        part = (value - self.scales.low) / ((self.scales.high - self.scales.low) or 1.0)
        # Far outside of the picture a coordinate has no meaning but costs time.
        return area.bottom() - max(-3.0, min(4.0, part)) * area.height()

    def _points(self, area: QRectF, steps: Floats | Steps, values: Floats) -> list[QPointF]:
        """Points of the data in pixels; only those that are finite."""
        x = area.left() + steps.astype(np.float64) / self.scales.last_step * area.width()
        return [
            QPointF(at, self._height_of(area, value))
            for at, value in zip(x.tolist(), values.tolist(), strict=True)
            if math.isfinite(value)
        ]

    def _line(self, painter: QPainter, area: QRectF, steps: Floats | Steps, values: Floats, colour: str) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(colour), 1.4))
        painter.drawPolyline(QPolygonF(self._points(area, steps, values)))

    def _fill(
        self, painter: QPainter, area: QRectF, steps: Floats | Steps, low: Floats, high: Floats, colour: QColor
    ) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawPolygon(QPolygonF(self._points(area, steps, low) + self._points(area, steps, high)[::-1]))

    def _draw_texts(self, painter: QPainter, frame: QRect, font: QFont, run: SweepRun) -> None:
        small = QFont(font)
        small.setPointSizeF(font.pointSizeF() * _FONT_SHRINK)
        painter.setFont(small)
        if run.picture is None or run.state in (RunState.FAILED, RunState.NOT_RUN):
            self._say(painter, QRectF(frame), run.state.value, run.state is RunState.FAILED)
            return
        text, colour = corner_text(run)
        if not text:
            return
        small.setBold(run.state not in _UNDER_WAY)
        painter.setFont(small)
        metrics = QFontMetrics(small)
        box = QRectF(0, 0, metrics.horizontalAdvance(text) + 8, metrics.height() + 2)
        box.moveTopRight(QPointF(frame.right() - 1, frame.top() + 2))
        painter.fillRect(box, faded(theme().colours.surface, 0.8))
        painter.setPen(QColor(colour))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

    def _say(self, painter: QPainter, area: QRectF, text: str, warning: bool = False) -> None:
        painter.setPen(QColor(theme().colours.error if warning else theme().colours.faint))
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter, text)


def corner_text(run: SweepRun) -> tuple[str, str]:
    """The loss that stands in a cell's corner, and its colour; what is happening, where there is no loss."""
    colours = theme().colours
    if run.state is RunState.DIVERGED:
        return "NaN", colours.error
    if run.outcome is None or not run.outcome.epochs or run.state is RunState.PAUSED:
        return ("training…" if run.state is RunState.RUNNING else run.state.value), colours.muted
    return plain(run.outcome.loss), colours.muted if run.state in _UNDER_WAY else colours.text
