"""Toggle: an on-off switch in the theme's colours."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QStyle, QWidget
from superqt import QToggleSwitch
from superqt.switch._toggle_switch import QStyleOptionToggleSwitch

from biasstudio.gui.theme import theme


class Toggle(QToggleSwitch):
    """A switch with a text beside it; checked is on."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.switchWidth, self.switchHeight, self.handleSize = 28, 16, 12
        theme().changed.connect(self.update)

    def initStyleOption(self, option: QStyleOptionToggleSwitch) -> None:
        super().initStyleOption(option)
        colours = theme().colours
        option.on_color, option.off_color = QColor(colours.accent), QColor(colours.faint)
        option.handle_color = QColor(colours.text if theme().dark else colours.surface)

    def drawGroove(self, painter: QPainter, rect: QRectF, option: QStyleOptionToggleSwitch) -> None:
        on = bool(option.state & QStyle.StateFlag.State_On)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setOpacity(1.0 if option.state & QStyle.StateFlag.State_Enabled else 0.45)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(option.on_color if on else option.off_color)
        painter.drawRoundedRect(rect, rect.height() / 2, rect.height() / 2)

    def drawHandle(self, painter: QPainter, rect: QRectF, option: QStyleOptionToggleSwitch) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(option.handle_color)
        painter.drawEllipse(rect)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        super().paintEvent(event)
        if self.hasFocus():
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(theme().colours.accent), 1))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)

    def _vertical_offset(self, option: QStyleOptionToggleSwitch) -> int:
        # The library's own adds its margin to a centre and so draws the switch below the middle of its text.
        return int(self.height() - option.switch_height) // 2
