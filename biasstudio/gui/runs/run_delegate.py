"""RunDelegate: draws a run as three lines, and lets its name be typed in place."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QLineEdit, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from biasstudio.gui.panels.comparison import series_colour
from biasstudio.gui.runs.run_words import INTERRUPTED, RECORDING, UNREADABLE, figures_of, when
from biasstudio.gui.runs.runs_model import MARK_ROLE, RUN_ROLE, SHOWN
from biasstudio.gui.theme import theme
from biasstudio.recording.run_summary import RunSummary

AnyIndex = QModelIndex | QPersistentModelIndex
_PADDING_X, _PADDING_Y, _LINE_GAP = 10, 7, 2
_DOT, _DOT_ROOM = 8, 14
_PILL_PADDING, _PILL_GAP = 7, 8
_RADIUS = 6.0
_SMALL = 0.92


class RunDelegate(QStyledItemDelegate):
    """Name and state; when and what was trained; how it went. A dot before the name says what the panels show."""

    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:  # noqa: ARG002 - all rows are alike
        bold, small = _fonts(option)
        height = QFontMetrics(bold).height() + 2 * (QFontMetrics(small).height() + _LINE_GAP)
        return QSize(160, height + 2 * _PADDING_Y)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        run: RunSummary = index.data(RUN_ROLE)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        _draw_ground(painter, option)
        area = _text_area(option)
        bold, small = _fonts(option)
        right = _draw_pill(painter, small, run.state, area)
        top = area.adjusted(0, 0, right - area.right(), 0)
        mark = index.data(MARK_ROLE)
        if mark is not None:
            _draw_dot(painter, mark, top.left(), top.top() + QFontMetrics(bold).height() / 2)
            top.setLeft(top.left() + _DOT_ROOM)
        _draw_line(painter, top, bold, theme().colours.text, " ".join(run.name.split()))
        self._draw_facts(painter, area, bold, small, run)
        painter.restore()

    def _draw_facts(self, painter: QPainter, area: QRect, bold: QFont, small: QFont, run: RunSummary) -> None:
        colours, line = theme().colours, QFontMetrics(small).height() + _LINE_GAP
        second = area.adjusted(0, QFontMetrics(bold).height() + _LINE_GAP, 0, 0)
        about = f"{when(run.created)} · {run.title}" if run.title else when(run.created)
        _draw_line(painter, second, small, colours.muted, about)
        third = second.adjusted(0, line, 0, 0)
        if run.state == UNREADABLE:
            _draw_line(painter, third, small, colours.error, run.note.removeprefix(run.path.name).strip())
        else:
            _draw_line(painter, third, small, colours.muted, _fitting(figures_of(run), small, third.width()))

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: AnyIndex) -> QWidget:  # noqa: ARG002
        editor = QLineEdit(parent)
        editor.setObjectName("runNameEditor")
        editor.setAccessibleName("Name of the run")
        editor.setMaxLength(200)
        return editor

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: AnyIndex) -> None:  # noqa: ARG002
        area: QRect = option.rect
        editor.setGeometry(area.adjusted(3, 2, -3, 2 + editor.sizeHint().height() - area.height()))


def _fonts(option: QStyleOptionViewItem) -> tuple[QFont, QFont]:
    bold, small = QFont(option.font), QFont(option.font)
    bold.setWeight(QFont.Weight.DemiBold)
    small.setPointSizeF(small.pointSizeF() * _SMALL)
    return bold, small


def _text_area(option: QStyleOptionViewItem) -> QRect:
    area: QRect = option.rect
    return area.adjusted(_PADDING_X, _PADDING_Y, -_PADDING_X, -_PADDING_Y)


def _draw_ground(painter: QPainter, option: QStyleOptionViewItem) -> None:
    colours, state = theme().colours, option.state
    area = QRectF(option.rect).adjusted(1, 1, -1, -1)
    painter.setPen(Qt.PenStyle.NoPen)
    if state & QStyle.StateFlag.State_Selected:
        painter.setBrush(QColor(colours.accent_soft))
        painter.drawRoundedRect(area, _RADIUS, _RADIUS)
    elif state & QStyle.StateFlag.State_MouseOver:
        painter.setBrush(QColor(colours.window))
        painter.drawRoundedRect(area, _RADIUS, _RADIUS)
    if state & QStyle.StateFlag.State_HasFocus and state & QStyle.StateFlag.State_KeyboardFocusChange:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(colours.accent), 1, Qt.PenStyle.DotLine))
        painter.drawRoundedRect(area.adjusted(0.5, 0.5, -0.5, -0.5), _RADIUS, _RADIUS)


def _draw_pill(painter: QPainter, font: QFont, state: str, area: QRect) -> int:
    """The state at the right of the first line; gives where the name must end."""
    colours, metrics = theme().colours, QFontMetrics(font)
    inks = {RECORDING: colours.accent, "failed": colours.error, UNREADABLE: colours.error}
    inks[INTERRUPTED] = colours.warning
    width = metrics.horizontalAdvance(state) + 2 * _PILL_PADDING
    pill = QRectF(area.right() + 1 - width, area.top(), width, metrics.height() + 1)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colours.accent_soft if state == RECORDING else colours.field))
    painter.drawRoundedRect(pill, pill.height() / 2, pill.height() / 2)
    painter.setFont(font)
    painter.setPen(QColor(inks.get(state, colours.muted)))
    painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, state)
    return int(pill.left()) - _PILL_GAP


def _draw_dot(painter: QPainter, mark: int, left: float, middle: float) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(theme().colours.accent if mark == SHOWN else series_colour(mark)))
    painter.drawEllipse(QRectF(left, middle - _DOT / 2, _DOT, _DOT))


def _draw_line(painter: QPainter, area: QRect, font: QFont, colour: str, text: str) -> None:
    metrics = QFontMetrics(font)
    painter.setFont(font)
    painter.setPen(QColor(colour))
    shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, area.width())
    painter.drawText(area, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop), shown)


def _fitting(text: str, font: QFont, width: int) -> str:
    """As many of the parts between · as there is room for: a figure that is cut off says something else."""
    parts = text.split(" · ")
    while len(parts) > 1 and QFontMetrics(font).horizontalAdvance(" · ".join(parts)) > width:
        parts.pop()
    return " · ".join(parts)
