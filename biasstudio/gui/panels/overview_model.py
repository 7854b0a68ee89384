"""The rows of the overview: every bias vector of the network in a line."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from biasstudio.gui.panels import figures
from biasstudio.gui.panels.moment import Doubles, Moment, moment_of
from biasstudio.gui.panels.summary import Summary, summary_of
from biasstudio.recording.history import History
from biasstudio.recording.network import BiasVector

Index = QModelIndex | QPersistentModelIndex
STRIP_ROLE = int(Qt.ItemDataRole.UserRole)
PATH_ROLE = STRIP_ROLE + 1
STRIP_COLUMN = 2
HEADINGS = ("vector", "length", "values now", "mean", "sd", "change", "moved", "difference")
DIFFERENCE_COLUMN = 7
_TIPS = (
    "The bias vector's Keras path. Click a row to show that vector.",
    "How many values the vector has.",
    "The values at the step that is shown, in unit order: orange above zero, blue below; each on the row's own scale.",
    "Mean of the values.",
    "Standard deviation of the values.",
    "Euclidean norm of the change since step 0.",
    "Share of the units whose value is another than at step 0.",
    "Euclidean norm of the difference to the first compared run, at the step that corresponds.",
)


@dataclass(frozen=True)
class _Row:
    vector: BiasVector
    values: Doubles
    summary: Summary


class OverviewModel(QAbstractTableModel):
    """A row for each of a history's vectors, at one step. The strip column gives the values under STRIP_ROLE."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[_Row] = []

    def show_step(self, history: History, step: int, moment_at: Callable[[BiasVector], Moment] | None = None) -> None:
        """Show the vectors as they are at `step`, or as `moment_at` gives them."""
        rows = []
        for vector in history.vectors:
            moment = moment_at(vector) if moment_at else moment_of(history, vector, step)
            rows.append(_Row(vector, moment.now, summary_of(moment)))
        same = [row.vector for row in rows] == [row.vector for row in self._rows]
        if not same:
            self.beginResetModel()
        self._rows = rows
        if not same:
            self.endResetModel()
        elif rows:
            self.dataChanged.emit(self.index(0, STRIP_COLUMN), self.index(len(rows) - 1, len(HEADINGS) - 1))

    def row_of(self, path: str) -> int:
        """The vector's row; -1 where there is none."""
        return next((number for number, row in enumerate(self._rows) if row.vector.path == path), -1)

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(HEADINGS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(HEADINGS):
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(section)
        return {Qt.ItemDataRole.DisplayRole: HEADINGS, Qt.ItemDataRole.ToolTipRole: _TIPS}.get(
            Qt.ItemDataRole(role), [None] * len(HEADINGS)
        )[section]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        row = self._rows[index.row()]
        if role == PATH_ROLE:
            return row.vector.path
        if role == STRIP_ROLE and index.column() == STRIP_COLUMN:
            return row.values
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(index.column())
        if role == Qt.ItemDataRole.DisplayRole:
            return _texts(row)[index.column()]
        return None


def _alignment(column: int) -> int:
    side = Qt.AlignmentFlag.AlignLeft if column in (0, STRIP_COLUMN) else Qt.AlignmentFlag.AlignRight
    return int(side | Qt.AlignmentFlag.AlignVCenter)


def _texts(row: _Row) -> tuple[str, ...]:
    summary = row.summary
    share = f"{100 * summary.moved / summary.count:.0f} %" if summary.count else "–"
    numbers = (figures.brief(summary.mean), figures.brief(summary.sd), figures.brief(summary.change_norm))
    apart = "–" if summary.difference_norm is None else figures.brief(summary.difference_norm)
    return (row.vector.path, f"{summary.count:,}", "", *numbers, share, apart)
