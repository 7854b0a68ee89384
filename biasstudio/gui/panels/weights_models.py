"""The arrays of a layer, and the values of one of them, as tables."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from biasstudio.gui.panels import figures
from biasstudio.gui.stack_editor.summary import shape_text
from biasstudio.worker.messages import WeightArray

Index = QModelIndex | QPersistentModelIndex
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
# Two lines in a cell: seven columns don't fit beside the panels.
HEADINGS = ("array\nshape", "mean\nsd", "min\nmax")


class ArraysModel(QAbstractTableModel):
    """A row for each array: name and shape, and figures of its finite values; the dtype is in the tooltip."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[tuple[str, ...]] = []
        self._tips: list[str] = []

    def show_arrays(self, arrays: tuple[WeightArray, ...]) -> None:
        self.beginResetModel()
        self._rows = [(f"{a.name}\n{shape_text(a.shape)}", *_figures(a.values)) for a in arrays]
        self._tips = [f"{a.name}: {shape_text(a.shape)}, {a.dtype}" for a in arrays]
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(HEADINGS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(HEADINGS):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return HEADINGS[section]
        return _side(section) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _side(index.column())
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tips[index.row()]
        return self._rows[index.row()][index.column()] if role == Qt.ItemDataRole.DisplayRole else None


class SliceModel(QAbstractTableModel):
    """The last two axes of an array as rows and columns; a vector is one column. A cell's text is made when asked."""

    def __init__(self) -> None:
        super().__init__()
        self._values: NDArray[Any] = np.empty((0, 0), np.float32)

    def show_slice(self, values: NDArray[Any]) -> None:
        """`values` of 0, 1 or 2 axes; not copied."""
        self.beginResetModel()
        self._values = values if values.ndim == 2 else values.reshape(-1, 1)
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else int(self._values.shape[0])

    def columnCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else int(self._values.shape[1])

    def headerData(self, section: int, _orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == Qt.ItemDataRole.DisplayRole:
            return str(section)
        return _RIGHT if role == Qt.ItemDataRole.TextAlignmentRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= self.rowCount() or index.column() >= self.columnCount():
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT
        if role == Qt.ItemDataRole.DisplayRole:
            return figures.signed(float(self._values[index.row(), index.column()]))
        return None


def _side(column: int) -> int:
    return _RIGHT if column else _LEFT


def _figures(values: NDArray[np.float32] | None) -> tuple[str, ...]:
    found = np.empty(0) if values is None else values[np.isfinite(values)].astype(np.float64)
    if not found.size:
        return ("–\n–",) * 2
    pairs = ((found.mean(), found.std()), (found.min(), found.max()))
    return tuple(f"{figures.signed(float(a))}\n{figures.signed(float(b))}" for a, b in pairs)
