"""TableModel: the first rows of a table, with what its columns hold and which is the target."""

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QBrush, QColor, QFont

from biasstudio.data_files.preview import ColumnPreview, TablePreview
from biasstudio.gui.theme import theme

_Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()


class TableModel(QAbstractTableModel):
    """Read only."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._preview: TablePreview | None = None
        self._target = ""
        self._inputs: frozenset[str] = frozenset()

    def show(self, preview: TablePreview, target: str, inputs: frozenset[str]) -> None:
        """Show a preview; `inputs` are the names of the columns that the network gets."""
        self.beginResetModel()
        self._preview, self._target, self._inputs = preview, target, inputs
        self.endResetModel()

    @property
    def target(self) -> int:
        """The number of the target's column, −1 where there is none."""
        names = [column.name for column in self._columns]
        return names.index(self._target) if self._target in names else -1

    @property
    def _columns(self) -> tuple[ColumnPreview, ...]:
        return self._preview.columns if self._preview is not None else ()

    def rowCount(self, parent: _Index = _NOWHERE) -> int:
        return 0 if parent.isValid() or self._preview is None else len(self._preview.rows)

    def columnCount(self, parent: _Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._columns)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if self._preview is None or not index.isValid():
            return None
        column, row = self._columns[index.column()], self._preview.rows[index.row()]
        text = row[index.column()] if index.column() < len(row) else ""
        if role == Qt.ItemDataRole.DisplayRole:
            return text
        if role == Qt.ItemDataRole.ToolTipRole:
            return text if text else "an empty cell"
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if column.kind == "number" else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.ForegroundRole and column.name == self._target:
            return QBrush(QColor(theme().colours.accent))
        if role == Qt.ItemDataRole.ForegroundRole and not self._used(column):
            return QBrush(QColor(theme().colours.faint))
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is Qt.Orientation.Vertical:
            return section + 1 if role == Qt.ItemDataRole.DisplayRole else None
        column = self._columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return f"{column.name}\n{self._about(column)}"
        if role == Qt.ItemDataRole.ToolTipRole:
            return _facts(column)
        if role == Qt.ItemDataRole.FontRole and column.name == self._target:
            font = QFont()
            font.setBold(True)
            return font
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if column.kind == "number" else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def _used(self, column: ColumnPreview) -> bool:
        return column.name == self._target or column.name in self._inputs

    def _about(self, column: ColumnPreview) -> str:
        parts = [column.kind]
        if column.missing:
            parts.append(f"{column.missing:,} empty")
        if column.name == self._target:
            parts.append("target")
        elif not self._used(column):
            parts.append("left out")
        return " · ".join(parts)


def _facts(column: ColumnPreview) -> str:
    """What is known of a column, for a tooltip."""
    lines = [column.name, f"{column.distinct:,} different {'numbers' if column.kind == 'number' else 'texts'}"]
    if column.lowest is not None and column.highest is not None:
        lines.append(f"from {column.lowest:g} to {column.highest:g}")
    if column.missing:
        lines.append(f"{column.missing:,} empty cells")
    return "\n".join(lines)
