"""A table of figures whose columns say how they are written, sorted and copied."""

import csv
import io
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

Index = QModelIndex | QPersistentModelIndex
TipOf = Callable[[Any], str]


@dataclass(frozen=True)
class Column:
    """`text` writes a row's cell, `key` sorts it. `copies` are the columns of a copy: heading and value of a row."""

    heading: str
    tip: str
    text: Callable[[Any], str]
    key: Callable[[Any], float | str]
    copies: tuple[tuple[str, Callable[[Any], object]], ...] = ()
    right: bool = True
    sample: str = ""
    """A text that the column must have room for."""

    tip_of: TipOf | None = field(default=None)
    """A cell's own tooltip."""


class RowsModel(QAbstractTableModel):
    """Sorts by itself; what has no value goes last."""

    def __init__(self, columns: Sequence[Column], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._columns = tuple(columns)
        self._rows: tuple[Any, ...] = ()
        self._order: list[int] = []
        self._sorted_by, self._falling = -1, False

    @property
    def columns(self) -> tuple[Column, ...]:
        return self._columns

    def show_columns(self, columns: Sequence[Column]) -> None:
        """The same columns under other headings, as many as before."""
        self._columns = tuple(columns)
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(columns) - 1)

    def show_rows(self, rows: Sequence[Any]) -> None:
        """Show these. Where there are as many as before, they are the same ones with other figures."""
        if len(rows) != len(self._rows):
            self.beginResetModel()
            self._rows = tuple(rows)
            self._order = self._sorted()
            self.endResetModel()
            return
        self._rows = tuple(rows)
        self._sort_again()
        if rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, len(self._columns) - 1))

    def number_at(self, row: int) -> int:
        """Which of the given rows stands in a row of the table."""
        return self._order[row] if 0 <= row < len(self._order) else -1

    def row_of(self, number: int) -> int:
        """The row of the table in which a given row stands; -1 where there is none."""
        return self._order.index(number) if number in self._order else -1

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        if column < len(self._columns):
            self._sorted_by, self._falling = column, order == Qt.SortOrder.DescendingOrder
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(self._columns) - 1)
            self._sort_again()

    def _sorted(self) -> list[int]:
        numbers = list(range(len(self._rows)))
        if self._sorted_by < 0:
            return numbers
        keys = [self._columns[self._sorted_by].key(row) for row in self._rows]
        missing = [number for number in numbers if isinstance(key := keys[number], float) and math.isnan(key)]
        there = [number for number in numbers if number not in set(missing)]
        return [*sorted(there, key=lambda number: keys[number], reverse=self._falling), *missing]

    def _sort_again(self) -> None:
        order = self._sorted()
        if order == self._order:
            return
        self.layoutAboutToBeChanged.emit()
        held = self.persistentIndexList()
        numbers = [self._order[index.row()] for index in held]
        self._order = order
        moved = [self.index(order.index(number), index.column()) for number, index in zip(numbers, held, strict=True)]
        self.changePersistentIndexList(held, moved)
        self.layoutChanged.emit()

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self._columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(self._columns):
            return None
        column = self._columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            arrow = ("▴", "▾")[self._falling] if section == self._sorted_by else ""
            return f"{column.heading} {arrow}".rstrip()
        if role == Qt.ItemDataRole.ToolTipRole:
            return column.tip
        return _alignment(column) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self._order):
            return None
        column, row = self._columns[index.column()], self._rows[self._order[index.row()]]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.text(row)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(column)
        return column.tip_of(row) if role == Qt.ItemDataRole.ToolTipRole and column.tip_of else None

    def as_text(self, rows: Iterable[int], delimiter: str = "\t") -> str:
        """Rows of the table under their headings, separated values with every digit."""
        cells = [copy for column in self._columns for copy in column.copies or ((column.heading, column.text),)]
        out = io.StringIO()
        writer = csv.writer(out, delimiter=delimiter, lineterminator="\n")
        writer.writerow([heading for heading, _ in cells])
        for row in rows:
            writer.writerow([_written(value(self._rows[self._order[row]])) for _, value in cells])
        return out.getvalue()


def _alignment(column: Column) -> int:
    side = Qt.AlignmentFlag.AlignRight if column.right else Qt.AlignmentFlag.AlignLeft
    return int(side | Qt.AlignmentFlag.AlignVCenter)


def _written(value: object) -> str:
    if isinstance(value, float):
        return "" if math.isnan(value) else f"{value:.9g}"
    return str(value)
