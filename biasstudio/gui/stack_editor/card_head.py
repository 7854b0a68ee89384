"""CardHead: the top line of a layer's card, by which it is dragged."""

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QMenu, QSizePolicy, QToolButton, QWidget
from superqt import QElidingLabel


class CardHead(QWidget):
    """Class, name, output shape and a menu. `dragMoved` and `dropped` carry the mouse's place on the screen."""

    dragMoved = Signal(QPoint)
    dropped = Signal(QPoint)
    dragCancelled = Signal()

    def __init__(self, title: str, menu: QMenu, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.drag_allowed = True
        self._pressed_at: QPoint | None = None
        self._dragging = False
        self.setObjectName("cardHead")
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        self.setToolTip("Drag to move the layer")
        self._title = QLabel(title, self)
        self._title.setProperty("role", "title")
        self._name = QElidingLabel("", self)
        self._name.setProperty("role", "muted")
        self._name.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._shape = QLabel("–", self)
        self._shape.setProperty("role", "muted")
        self._shape.setObjectName("outputShape")
        self._shape.setToolTip("Output shape, without the batch")
        self._lay_out(_menu_button(menu, self))

    def _lay_out(self, menu_button: QToolButton) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(self._title)
        row.addWidget(self._name, 1)
        row.addWidget(self._shape)
        row.addWidget(menu_button)

    def show_name(self, name: str) -> None:
        self._name.setText(name)

    def show_shape(self, shape: str) -> None:
        self._shape.setText(shape)

    def cancel_drag(self) -> None:
        """The layer stays where it is."""
        if self._dragging:
            self._end()
            self.dragCancelled.emit()

    def _end(self) -> None:
        self._pressed_at, self._dragging = None, False
        self.setCursor(Qt.CursorShape.OpenHandCursor)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.drag_allowed:
            self._pressed_at = event.globalPosition().toPoint()
        # The card goes on with it: a press without a drag chooses the card.
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed_at is None:
            return
        place = event.globalPosition().toPoint()
        if not self._dragging and (place - self._pressed_at).manhattanLength() >= QApplication.startDragDistance():
            self._dragging = True
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
        if self._dragging:
            self.dragMoved.emit(place)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        was_dragging = self._dragging
        self._end()
        if was_dragging:
            self.dropped.emit(event.globalPosition().toPoint())
        else:
            event.ignore()


def _menu_button(menu: QMenu, parent: QWidget) -> QToolButton:
    button = QToolButton(parent)
    button.setText("⋯")
    button.setObjectName("layerMenu")
    button.setProperty("role", "quiet")
    button.setProperty("menu", True)
    button.setAccessibleName("layer menu")
    button.setToolTip("Duplicate, move, remove")
    button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    button.setCursor(Qt.CursorShape.ArrowCursor)
    button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
    button.setMenu(menu)
    return button
