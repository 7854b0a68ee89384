"""ScriptText: a script in a fixed-width font, with its line numbers and marks on some of the lines."""

from collections.abc import Collection

from PySide6.QtCore import QEvent, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontDatabase, QPainter, QPaintEvent, QResizeEvent, QTextCursor, QTextFormat
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit, QWidget

from biasstudio.gui.theme import theme

_NUMBER_ROOM = 14
_TAB_SPACES = 4
# How much of a mark's colour covers the line, of 255.
_MARK, _STRONG_MARK = 38, 90


class ScriptText(QPlainTextEdit):
    """Edited as text; Tab goes to the next control."""

    def __init__(self, name: str, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(title)
        self.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setTabChangesFocus(True)
        self.setTabStopDistance(_TAB_SPACES * self.fontMetrics().horizontalAdvance(" "))
        self._marked: frozenset[int] = frozenset()
        self._numbers = _LineNumbers(self)
        self.blockCountChanged.connect(self._make_room)
        self.updateRequest.connect(self._scroll_numbers)
        self.cursorPositionChanged.connect(self._show_marks)
        theme().changed.connect(self._show_marks)
        self._make_room()

    def mark(self, lines: Collection[int]) -> None:
        """Mark these lines, counted from 1, and no others."""
        self._marked = frozenset(lines)
        self._show_marks()
        self._numbers.update()

    def go_to(self, line: int) -> None:
        """Put the cursor on a line, and bring it into view."""
        block = self.document().findBlockByNumber(line - 1)
        if block.isValid():
            self.setTextCursor(QTextCursor(block))
            self.centerCursor()
            self.setFocus()

    def line(self, number: int) -> str:
        """The text of a line; "" where there is none."""
        block = self.document().findBlockByNumber(number - 1)
        return block.text() if number > 0 and block.isValid() else ""

    def _show_marks(self) -> None:
        marks, here = [], self.textCursor().blockNumber() + 1
        lines = {line: _see_through(theme().colours.warning, line == here) for line in self._marked}
        if not self.isReadOnly():
            lines.setdefault(here, QColor(theme().colours.accent_soft))
        for line, colour in lines.items():
            block = self.document().findBlockByNumber(line - 1)
            if block.isValid():
                mark = QTextEdit.ExtraSelection()
                mark.format.setBackground(colour)
                mark.format.setProperty(QTextFormat.Property.FullWidthSelection, True)
                mark.cursor = QTextCursor(block)
                marks.append(mark)
        self.setExtraSelections(marks)

    def _make_room(self) -> None:
        self.setViewportMargins(self._numbers.sizeHint().width(), 0, 0, 0)
        self._place_numbers()

    def _place_numbers(self) -> None:
        inside = self.contentsRect()
        self._numbers.setGeometry(QRect(inside.topLeft(), QSize(self._numbers.sizeHint().width(), inside.height())))

    def _scroll_numbers(self, changed: QRect, by: int) -> None:
        if by:
            self._numbers.scroll(0, by)
        else:
            self._numbers.update(0, changed.y(), self._numbers.width(), changed.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_numbers()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange and hasattr(self, "_numbers"):
            self._make_room()

    def paint_numbers(self, event: QPaintEvent) -> None:
        """Draw the numbers of the lines in view."""
        colours, painter = theme().colours, QPainter(self._numbers)
        block, height = self.firstVisibleBlock(), self.fontMetrics().height()
        top = self.blockBoundingGeometry(block).translated(self.contentOffset()).top()
        while block.isValid() and top <= event.rect().bottom():
            number = block.blockNumber() + 1
            painter.setPen(QColor(colours.warning if number in self._marked else colours.faint))
            place = QRect(0, round(top), self._numbers.width() - _NUMBER_ROOM // 2, height)
            painter.drawText(place, Qt.AlignmentFlag.AlignRight, str(number))
            top += self.blockBoundingRect(block).height()
            block = block.next()
        painter.end()


def _see_through(colour: str, strong: bool) -> QColor:
    faded = QColor(colour)
    faded.setAlpha(_STRONG_MARK if strong else _MARK)
    return faded


class _LineNumbers(QWidget):
    """The margin of a ScriptText."""

    def __init__(self, text: ScriptText) -> None:
        super().__init__(text)
        self._text = text
        self.setFont(text.font())

    def sizeHint(self) -> QSize:
        digits = max(2, len(str(self._text.blockCount())))
        return QSize(digits * self._text.fontMetrics().horizontalAdvance("9") + _NUMBER_ROOM, 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        self._text.paint_numbers(event)
