"""ChoiceBox: a combo box that a scrolling pane can hold."""

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QComboBox, QWidget

from biasstudio.gui.theme import theme


class ChoiceBox(QComboBox):
    """A combo box whose value the wheel leaves alone, so that the wheel scrolls what is around it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        # The list may be wider than the box, which is as narrow as its place.
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(6)

    def set_width_for_widest(self) -> None:
        """As wide as the widest of its items needs."""
        texts = [self.itemText(index) for index in range(self.count())]
        self.setFixedWidth(max(map(self.fontMetrics().horizontalAdvance, texts), default=0) + 34)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(theme().colours.muted if self.isEnabled() else theme().colours.faint), 1.5))
        middle = QPointF(self.width() - 13, self.height() / 2 + 2)
        painter.drawPolyline([middle + QPointF(-3.5, -3.5), middle, middle + QPointF(3.5, -3.5)])

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()

    def event(self, event: QEvent) -> bool:
        # Alt+Down opens the list, whatever shortcut of the pane has the same keys.
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride and _opens_list(event):
            event.accept()
            return True
        return super().event(event)

    def showPopup(self) -> None:
        self.view().setMinimumWidth(self.view().sizeHintForColumn(0) + 24)
        super().showPopup()


def _opens_list(event: QKeyEvent) -> bool:
    return event.key() == Qt.Key.Key_Down and event.modifiers() == Qt.KeyboardModifier.AltModifier
