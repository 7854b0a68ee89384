"""The mouse on a plot, at points of its data."""

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication


def click(plot, x, y):
    QTest.mouseClick(plot.viewport(), Qt.MouseButton.LeftButton, pos=plot.position_of(x, y))


def hover(plot, x, y):
    QTest.mouseMove(plot.viewport(), plot.position_of(x, y))


def drag(plot, from_x, to_x, y):
    start, end = plot.position_of(from_x, y), plot.position_of(to_x, y)
    QTest.mousePress(plot.viewport(), Qt.MouseButton.LeftButton, pos=start)
    _move_pressed(plot, (start + end) / 2)
    _move_pressed(plot, end)
    QTest.mouseRelease(plot.viewport(), Qt.MouseButton.LeftButton, pos=end)


def _move_pressed(plot, spot):
    left = Qt.MouseButton.LeftButton
    spot = QPointF(spot)
    where = plot.viewport().mapToGlobal(spot)
    moved = QMouseEvent(QEvent.Type.MouseMove, spot, where, Qt.MouseButton.NoButton, left, Qt.KeyboardModifier(0))
    QApplication.sendEvent(plot.viewport(), moved)


def press(plot, spot):
    QTest.mousePress(plot.viewport(), Qt.MouseButton.LeftButton, pos=spot)


def move_pressed(plot, spot):
    _move_pressed(plot, spot)


def release(plot, spot):
    QTest.mouseRelease(plot.viewport(), Qt.MouseButton.LeftButton, pos=spot)


def drag_end(plot, unit, value, to_value):
    """Take a bar's end and move it in three moves."""
    start, end = plot.position_of(unit, value), plot.position_of(unit, to_value)
    press(plot, start)
    for share in (0.3, 0.7, 1.0):
        _move_pressed(plot, QPointF(start) + share * QPointF(end - start))
    release(plot, end)
