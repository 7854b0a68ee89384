"""NotesTable: what of a script was not read, by line."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QFontDatabase, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from biasstudio.scripts.notes import Note

_LINE, _SENTENCE, _SOURCE = range(3)
_LEAST_ROW_HEIGHT = 28
_ROW_ROOM = 8


class NotesTable(QTableWidget):
    """A row for each note. `lineChosen` says which line the person wants to see."""

    lineChosen = Signal(int)

    def __init__(self, parent: QWidget | None = None, *, shows_source: bool = False) -> None:
        super().__init__(0, 3, parent)
        self.setObjectName("scriptNotes")
        self.setAccessibleName("What of the script is not read")
        self.setHorizontalHeaderLabels(["Line", "What", "In the script"])
        self.setColumnHidden(_SOURCE, not shows_source)
        self.setProperty("lined", True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setShowGrid(False)
        self.setItemDelegate(_RoomyRows(self))
        self.setTabKeyNavigation(False)
        self.setWordWrap(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setMinimumSectionSize(_LEAST_ROW_HEIGHT)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header = self.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setHighlightSections(False)
        header.setSectionResizeMode(_LINE, QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(_SENTENCE, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(_SOURCE, QHeaderView.ResizeMode.Stretch)
        self.itemSelectionChanged.connect(self._choose)

    def show_notes(self, notes: Sequence[Note], source_line: Callable[[int], str]) -> None:
        """These in place of those before; `source_line` gives the text of a line."""
        self.blockSignals(True)
        self.clearSelection()
        self.setRowCount(len(notes))
        for row, note in enumerate(notes):
            line = _item(str(note.line) if note.line else "—", note.line)
            line.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            source = _item(source_line(note.line).strip(), note.line)
            source.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
            for column, item in ((_LINE, line), (_SENTENCE, _item(note.sentence, note.line)), (_SOURCE, source)):
                self.setItem(row, column, item)
        self.blockSignals(False)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        # A scroll bar that comes or goes leaves the sentences another width.
        self.resizeRowsToContents()

    def _choose(self) -> None:
        chosen = self.selectedItems()
        if chosen and (line := chosen[0].data(Qt.ItemDataRole.UserRole)):
            self.lineChosen.emit(line)


class _RoomyRows(QStyledItemDelegate):
    """Some room above and below sentences of several lines."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return super().sizeHint(option, index) + QSize(0, _ROW_ROOM)


def _item(text: str, line: int) -> QTableWidgetItem:
    item = QTableWidgetItem(text)
    item.setToolTip(text)
    item.setData(Qt.ItemDataRole.UserRole, line)
    return item
