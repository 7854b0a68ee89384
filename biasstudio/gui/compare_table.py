"""CompareTable: a row for each setting and outcome, its name beside the values, or above them where it is narrow."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTableView, QWidget

from biasstudio.gui.compare_model import CompareModel, Row
from biasstudio.gui.theme import theme

LEAST_COLUMN = 112
_BESIDE_HEIGHT, _PADDING, _GAP = 26, 5, 2
_SIDE, _TALL = 8, 1000
_NAME_SIZE = 0.92
"""For that of the values."""


class CompareTable(QTableView):
    """Names of rows and of runs stay in sight, wherever it is scrolled to."""

    def __init__(self, model: CompareModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        # Before anything polishes the table.
        self.setProperty("lined", True)
        self._rows = model
        self.names_above = False
        self.setModel(model)
        self.setItemDelegate(_Values(self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        for header in (self.horizontalHeader(), self.verticalHeader()):
            header.setTextElideMode(Qt.TextElideMode.ElideMiddle)
            header.setHighlightSections(False)
        self.horizontalHeader().setMinimumSectionSize(40)
        self.verticalHeader().setMinimumSectionSize(_BESIDE_HEIGHT)

    def fit(self, width: int) -> None:
        """Give each run a column that can be read in a table of this width, and the names what they need."""
        count = self._rows.columnCount()
        if not count:
            return
        names = self.verticalHeader()
        room = width - self.verticalScrollBar().sizeHint().width()
        needed = names.sizeHint().width()
        self.names_above = needed + count * LEAST_COLUMN > room
        names.setVisible(not self.names_above)
        names.setFixedWidth(needed)
        room -= 0 if self.names_above else needed
        for column in range(count):
            self.setColumnWidth(column, max(LEAST_COLUMN, room // count))
        for number, row in enumerate(self._rows.rows):
            self.setRowHeight(number, self._height_of(row, room) if self.names_above else _BESIDE_HEIGHT)
            # Where there is little room, a heading that says nothing more is not worth a row.
            self.setRowHidden(number, self.names_above and row.heading and not row.values[0])

    def _height_of(self, row: Row, room: int) -> int:
        """With the name above."""
        text, wrap = row.values[0] if row.heading else "", int(Qt.TextFlag.TextWordWrap)
        lines = self.fontMetrics().boundingRect(0, 0, room - 2 * _SIDE, _TALL, wrap, text).height()
        return self.name_height + max(self.fontMetrics().height(), lines) + 2 * _PADDING + _GAP

    def is_heading(self, row: int) -> bool:
        return self._rows.rows[row].heading

    def name_font(self, row: int) -> QFont:
        """What the name of a row is written in, above its values."""
        font = QFont(self.font())
        font.setPixelSize(round(_NAME_SIZE * self.fontInfo().pixelSize()))
        font.setBold(self.is_heading(row))
        return font

    @property
    def name_height(self) -> int:
        return QFontMetrics(self.font()).height()

    def name_rect(self, row: int) -> QRect:
        """Where a row's name stands in the viewport, when it is above the values."""
        top = self.rowViewportPosition(row) + _PADDING
        return QRect(_SIDE, top, self.viewport().width() - 2 * _SIDE, self.name_height)

    def value_rect(self, row: int, cell: QRect) -> QRect:
        """Where a cell's text stands below the name; the note of a heading stays in sight as its name does."""
        if self.is_heading(row):
            return self.name_rect(row).translated(0, self.name_height + _GAP).adjusted(0, 0, 0, _TALL)
        return cell.adjusted(_SIDE, _PADDING + self.name_height + _GAP, -_SIDE, 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.names_above:
            self._paint_names()

    def _paint_names(self) -> None:
        painter = QPainter(self.viewport())
        first, last = self.rowAt(0), self.rowAt(self.viewport().height() - 1)
        end = last + 1 if last >= 0 else self._rows.rowCount()
        for row in (row for row in range(max(0, first), end) if not self.isRowHidden(row)):
            name, font, place = self._rows.rows[row].name, self.name_font(row), self.name_rect(row)
            name = QFontMetrics(font).elidedText(name, Qt.TextElideMode.ElideMiddle, place.width())
            painter.setFont(font)
            painter.setPen(QColor(theme().colours.text if self.is_heading(row) else theme().colours.muted))
            painter.drawText(place, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), name)
        painter.end()


class _Values(QStyledItemDelegate):
    """A cell's text, in the lower part of the cell where its row's name is above it."""

    def __init__(self, table: CompareTable) -> None:
        super().__init__(table)
        self._table = table

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        table = self._table
        if not table.names_above:
            super().paint(painter, option, index)
            return
        self.initStyleOption(option, index)
        text, option.text = option.text, ""
        table.style().drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, table)
        place, wrap = table.value_rect(index.row(), option.rect), int(Qt.TextFlag.TextWordWrap)
        if not table.is_heading(index.row()):
            text, wrap = option.fontMetrics.elidedText(text, Qt.TextElideMode.ElideRight, place.width()), 0
        painter.save()
        painter.setFont(option.font)
        painter.setPen(option.palette.text().color())
        painter.drawText(place, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop) | wrap, text)
        painter.restore()
