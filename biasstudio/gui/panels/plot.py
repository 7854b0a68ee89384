"""The plot in a panel: fixed ranges set by hand, the theme's colours, and the pointer in the data's coordinates."""

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QFont, QKeyEvent, QMouseEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QLabel, QSizePolicy

from biasstudio.gui.panels.axis import Axis
from biasstudio.gui.theme import theme

_TICK_FONT_SHRINK = 0.92


class Plot(pg.PlotWidget):
    """A plot without menus, zoom or automatic ranges. Pointer signals carry x and y in the data's coordinates."""

    pressed = Signal(float, float)
    dragged = Signal(float, float)
    released = Signal()
    valueAsked = Signal()
    """F2 or Enter: the person wants to type a value."""
    hovered = Signal(float, float)
    keyPressed = Signal(int)
    resized = Signal()
    focusChanged = Signal(bool)

    def __init__(self, name: str, whole_left: bool = False, whole_bottom: bool = False, grid: bool = True) -> None:
        self._bottom, self._side, self._grid = Axis("bottom", whole_bottom), Axis("left", whole_left), grid
        super().__init__(axisItems={"left": self._side, "bottom": self._bottom})
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(120, 84)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMenuEnabled(False)
        self.hideButtons()
        self.setMouseEnabled(x=False, y=False)
        self.disableAutoRange()
        self.box = self.plotItem.getViewBox()
        self.plotItem.layout.setContentsMargins(0, 5, 14, 0)
        for axis in (self._side, self._bottom):
            axis.setZValue(self.box.zValue() - 1)
        self._shown: tuple[float, float, float, float] | None = None
        self._hint = QLabel(self)
        self._hint.setProperty("role", "hover")
        # A run may be called anything.
        self._hint.setTextFormat(Qt.TextFormat.PlainText)
        self._hint.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._hint.hide()
        self.restyle()

    def tick_font(self) -> QFont:
        """The font of ticks and labels, a little smaller than the window's."""
        font = QFont(self.font())
        font.setPointSizeF(font.pointSizeF() * _TICK_FONT_SHRINK)
        return font

    def restyle(self) -> None:
        font = self.tick_font()
        self.setBackground(theme().colours.surface)
        self._side.style_with(font, self._grid)
        self._bottom.style_with(font, False)

    def set_labels(self, bottom: str, left: str) -> None:
        for axis, text in ((self._bottom, bottom), (self._side, left)):
            if axis.labelText != text:
                axis.setLabel(text)
                axis.setVisible(True)
                self.restyle()
                # Where the data lies is asked for in the same drawing.
                self.plotItem.layout.activate()
        self._fit_side_label()

    def _fit_side_label(self) -> None:
        # It runs along the axis: on a short one it would reach beyond the plot.
        label = self._side.label
        shown = (self._bottom, self.plotItem.getAxis("top"))
        room = self.height() - sum(axis.minimumHeight() for axis in shown if axis.isVisible())
        fits = bool(self._side.labelText) and label.boundingRect().width() <= room
        if fits != label.isVisible():
            label.setVisible(fits)
            self.restyle()
            self.plotItem.layout.activate()

    def label_texts(self) -> tuple[str, str]:
        """What the bottom and the left axis are labelled with."""
        return self._bottom.labelText, self._side.labelText

    def set_units(self, orientation: str, count: int) -> None:
        """Number `count` units along an axis: ticks a power of two apart."""
        axis = self._bottom if orientation == "bottom" else self._side
        if axis.last_unit != count - 1:
            axis.last_unit = count - 1
            axis.picture = None
            axis.update()

    def set_range(self, x: tuple[float, float], y: tuple[float, float]) -> None:
        """Show this part. Nothing is drawn anew where it is shown already."""
        if self._shown != (*x, *y):
            self._shown = (*x, *y)
            self.box.setRange(xRange=x, yRange=y, padding=0, disableAutoRange=True)

    def shown_range(self) -> tuple[tuple[float, float], tuple[float, float]]:
        (x0, x1), (y0, y1) = self.box.viewRange()
        return (x0, x1), (y0, y1)

    def pixels_wide(self) -> int:
        return max(32, int(self.box.width()))

    def data_rect(self) -> QRectF:
        """Where the data lies in the widget, in pixels."""
        return QRectF(self.box.sceneBoundingRect())

    def position_of(self, x: float, y: float) -> QPoint:
        """A point of the data in the widget, in pixels."""
        return QPoint(self.mapFromScene(self.box.mapViewToScene(QPointF(x, y))))

    def say(self, text: str, x: float, y: float) -> None:
        """Show a small label beside a point of the data; no text hides it."""
        self._hint.setVisible(bool(text))
        if not text:
            return
        self._hint.setText(text)
        self._hint.setWordWrap(False)
        self._hint.adjustSize()
        if self._hint.width() > self.width() - 4:
            self._hint.setWordWrap(True)
            self._hint.resize(self.width() - 4, self._hint.heightForWidth(self.width() - 4))
        spot = self.position_of(x, y) + QPoint(12, -self._hint.height() - 6)
        spot.setX(max(0, min(spot.x(), self.width() - self._hint.width() - 2)))
        spot.setY(max(0, min(spot.y(), self.height() - self._hint.height() - 2)))
        self._hint.move(spot)
        self._hint.raise_()

    def said(self) -> str:
        return self._hint.text() if self._hint.isVisibleTo(self) else ""

    def _data_at(self, event: QMouseEvent) -> tuple[float, float]:
        point = self.box.mapSceneToView(QPointF(self.mapToScene(event.position().toPoint())))
        return point.x(), point.y()

    # The pointer is followed here, not in pyqtgraph's scene, which would look through all items at each move.
    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.setFocus(Qt.FocusReason.MouseFocusReason)
            self.pressed.emit(*self._data_at(event))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self.dragged.emit(*self._data_at(event))
        elif self.data_rect().contains(event.position()):
            self.hovered.emit(*self._data_at(event))
        else:
            self._hint.hide()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.released.emit()
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hint.hide()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        arrows = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Escape)
        if event.key() in arrows and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            self.keyPressed.emit(event.key())
            event.accept()
        elif event.key() in (Qt.Key.Key_F2, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.valueAsked.emit()
            event.accept()
        else:
            event.ignore()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.focusChanged.emit(event.reason() != Qt.FocusReason.MouseFocusReason)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.focusChanged.emit(False)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.resized.emit()


def arrow_of(key: int) -> int:
    """-1 for left and up, 1 for right and down, 0 for other keys."""
    if key in (Qt.Key.Key_Left, Qt.Key.Key_Up):
        return -1
    return 1 if key in (Qt.Key.Key_Right, Qt.Key.Key_Down) else 0
