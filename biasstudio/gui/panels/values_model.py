"""The values of a bias vector as a table: unit, initial, now, change; while comparing, also the difference."""

import csv
import io
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QBrush, QColor

from biasstudio.gui.panels import figures
from biasstudio.gui.panels.comparison import series_colour
from biasstudio.gui.panels.moment import Doubles, Moment
from biasstudio.gui.theme import theme
from biasstudio.recording.network import BiasVector

Index = QModelIndex | QPersistentModelIndex
UNIT, INITIAL, NOW, CHANGE, OTHER, DIFFERENCE = range(6)
_BY_SIZE = (CHANGE, DIFFERENCE)
_TIPS = (
    "The unit's place in the vector, from 0.",
    "The value at step 0, before training.",
    "The value at the step that is shown. Double-click one, or press F2, to set it by hand.",
    "now − initial. Sorted by its size, whatever its sign.",
    "The value in “{}” at the step that corresponds.",
    "now − the value in “{}”. Sorted by its size, whatever its sign.",
)


class ValuesModel(QAbstractTableModel):
    """Sorts by itself, with NumPy: a proxy model would ask for every value again at each new frame.

    A value that is set in the column `now` is only said by `valueSet`, with its unit: it comes back by `show_values`.
    """

    valueSet = Signal(int, float)

    def __init__(self) -> None:
        super().__init__()
        self._vector: BiasVector | None = None
        self._columns = [np.empty(0)] * 6
        self._other = ""
        self._order: NDArray[np.intp] = np.empty(0, np.intp)
        self._sorted_by, self._falling = UNIT, False
        self.editable = False

    def show_values(self, vector: BiasVector, moment: Moment, other_name: str = "") -> None:
        """Show other values. Selected and current rows stay with their units.

        `other_name` is the run that the moment's reference is of; "" where there is none.
        """
        self._name_other(other_name)
        other = vector != self._vector
        if other:
            self.beginResetModel()
        self._vector = vector
        reference = moment.reference.now if moment.reference else np.full(vector.length, np.nan)
        units = np.arange(vector.length, dtype=np.float64)
        self._columns = [units, moment.initial, moment.now, moment.change, reference, moment.difference]
        if other:
            self._order = self._sorted_units()
            self.endResetModel()
            return
        self._sort_again()
        if vector.length:
            self.dataChanged.emit(self.index(0, INITIAL), self.index(vector.length - 1, DIFFERENCE))

    def _name_other(self, name: str) -> None:
        if name != self._other:
            self._other = name
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, OTHER, DIFFERENCE)
        if not name and self._sorted_by > CHANGE:
            # Nobody could see any more what the rows are sorted by.
            self.sort(UNIT)

    def unit_at(self, row: int) -> int:
        return int(self._order[row])

    def row_of(self, unit: int) -> int:
        """The unit's row; -1 where there is none."""
        found = np.flatnonzero(self._order == unit)
        return int(found[0]) if len(found) else -1

    def column(self, column: int) -> Doubles:
        """A column's numbers in the order of the units, float64 (n,)."""
        return self._columns[column]

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        if 0 <= column <= DIFFERENCE:
            self._sorted_by, self._falling = column, order == Qt.SortOrder.DescendingOrder
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, UNIT, DIFFERENCE)
            self._sort_again()

    def _sorted_units(self) -> NDArray[np.intp]:
        keys = self._columns[self._sorted_by]
        keys = np.abs(keys) if self._sorted_by in _BY_SIZE else keys
        # NumPy puts NaN last, rising or falling.
        return np.argsort(-keys if self._falling else keys, kind="stable")

    def _sort_again(self) -> None:
        order = self._sorted_units()
        if np.array_equal(order, self._order):
            return
        self.layoutAboutToBeChanged.emit()
        held = self.persistentIndexList()
        units = [self.unit_at(index.row()) for index in held]
        self._order = order
        moved = [self.index(self.row_of(unit), index.column()) for unit, index in zip(units, held, strict=True)]
        self.changePersistentIndexList(held, moved)
        self.layoutChanged.emit()

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self._order)

    def columnCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else 6

    def headings(self) -> tuple[str, ...]:
        """The columns' names."""
        return (self._vector.unit if self._vector else "unit", "initial", "now", "change", "other", "difference")

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation != Qt.Orientation.Horizontal or not 0 <= section <= DIFFERENCE:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            arrow = ("▴", "▾")[self._falling] if section == self._sorted_by else ""
            return f"{self.headings()[section]} {arrow}".rstrip()
        if role == Qt.ItemDataRole.ToolTipRole:
            return _TIPS[section].format(self._other)
        return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter) if role == _ALIGNMENT else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self._order) or self._vector is None:
            return None
        unit, column = self.unit_at(index.row()), index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            if column == UNIT:
                return figures.unit_index(self._vector, unit)
            return figures.signed(float(self._columns[column][unit]))
        if role == Qt.ItemDataRole.EditRole:
            return float(self._columns[column][unit])
        if role == _ALIGNMENT:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if role == Qt.ItemDataRole.ForegroundRole:
            return _ink(column, float(self._columns[column][unit]))
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        editable = self.editable and index.isValid() and index.column() == NOW
        return flags | Qt.ItemFlag.ItemIsEditable if editable else flags

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.EditRole or not self.flags(index) & Qt.ItemFlag.ItemIsEditable:
            return False
        self.valueSet.emit(self.unit_at(index.row()), float(value))
        return True

    def as_text(self, rows: Iterable[int], delimiter: str = "\t") -> str:
        """Rows under their headings, separated values: plain minus signs, and every digit of a float32."""
        out = io.StringIO()
        writer = csv.writer(out, delimiter=delimiter, lineterminator="\n")
        columns = range(INITIAL, (DIFFERENCE if self._other else CHANGE) + 1)
        headings = [*self.headings()[:OTHER], self._other, self.headings()[DIFFERENCE]]
        writer.writerow([headings[column] for column in (UNIT, *columns)])
        for unit in map(self.unit_at, rows):
            name = figures.unit_index(self._vector, unit) if self._vector else str(unit)
            writer.writerow([name, *(f"{self._columns[column][unit]:.9g}" for column in columns)])
        return out.getvalue()


_ALIGNMENT = Qt.ItemDataRole.TextAlignmentRole


def _ink(column: int, value: float) -> QBrush | None:
    colours = theme().colours
    if column == INITIAL:
        return QBrush(QColor(colours.muted))
    if column == OTHER:
        return QBrush(QColor(series_colour(0)))
    if column not in _BY_SIZE or value == 0 or np.isnan(value):
        return None
    return QBrush(QColor(colours.above if value > 0 else colours.below))
