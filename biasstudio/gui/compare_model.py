"""The rows of the comparison: settings that differ and what came of them, a column for each run."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QPixmap

from biasstudio.gui.outcomes import outcomes_of
from biasstudio.gui.panels.comparison import series_colour
from biasstudio.gui.panels.figures import MINUS
from biasstudio.gui.theme import theme
from biasstudio.gui.view_state import ComparedRun
from biasstudio.spec.differences import UNKNOWN, experiment_differences

Index = QModelIndex | QPersistentModelIndex
_SAME = "All settings are the same."
_TOO_FEW = "Fewer than two of these runs have an experiment: a script made their networks."
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)


@dataclass(frozen=True)
class Row:
    """A name and a text for each run; a heading has one text for all."""

    name: str
    values: tuple[str, ...]
    heading: bool = False


def rows_of(runs: Sequence[ComparedRun], everything: bool) -> list[Row]:
    """Settings, those that differ unless `everything`, and outcomes, each under a heading."""
    experiments = [run.experiment for run in runs]
    settings = experiment_differences(experiments, everything)
    enough = sum(experiment is not None for experiment in experiments) > 1
    note = "" if settings else (_SAME if enough else _TOO_FEW)
    return [
        Row("Experiment", (note,), True),
        *(Row(f"{setting.part} · {setting.name}", setting.values) for setting in settings),
        Row("Outcome", ("",), True),
        *(Row(outcome.name, outcome.values) for outcome in outcomes_of([run.history for run in runs])),
    ]


class CompareModel(QAbstractTableModel):
    """The first run's column is the one that the others are held against."""

    def __init__(self) -> None:
        super().__init__()
        self._names: tuple[str, ...] = ()
        self.rows: list[Row] = []

    def show_rows(self, names: Sequence[str], rows: list[Row]) -> None:
        """Show these; where only values are others, what is selected and scrolled to stays."""
        if tuple(names) == self._names and [_kind(row) for row in rows] == [_kind(row) for row in self.rows]:
            self.rows = rows
            if rows and names:
                self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, len(names) - 1))
                self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(names) - 1)
            return
        self.beginResetModel()
        self._names, self.rows = tuple(names), rows
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self._names)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        names = self._names if orientation == Qt.Orientation.Horizontal else [row.name for row in self.rows]
        if not 0 <= section < len(names):
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return names[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _LEFT
        if orientation == Qt.Orientation.Horizontal:
            return _swatch(section) if role == Qt.ItemDataRole.DecorationRole else None
        return _bold() if role == Qt.ItemDataRole.FontRole and self.rows[section].heading else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self.rows) or index.column() >= len(self._names):
            return None
        row = self.rows[index.row()]
        text = row.values[index.column()] if index.column() < len(row.values) else ""
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return text
        differs = not row.heading and self.differs(index.row(), index.column())
        if role == Qt.ItemDataRole.FontRole:
            return _bold() if differs else None
        if role == Qt.ItemDataRole.ForegroundRole:
            return QBrush(QColor(theme().colours.text if differs or index.column() == 0 else theme().colours.muted))
        return None

    def differs(self, row: int, column: int) -> bool:
        """Whether a run's value is known and another than the first run's."""
        values = self.rows[row].values
        return column < len(values) and UNKNOWN not in (values[0], values[column]) and values[column] != values[0]

    def as_text(self, rows: Iterable[int]) -> str:
        """Rows under the runs' names, tab-separated; plain minus signs."""
        out = io.StringIO()
        writer = csv.writer(out, delimiter="\t", lineterminator="\n")
        writer.writerow(["setting", *self._names])
        for row in (self.rows[number] for number in rows):
            writer.writerow([row.name, *(value.replace(MINUS, "-") for value in row.values)])
        return out.getvalue()


def _kind(row: Row) -> tuple[str, str]:
    """What a row's place and height depend on."""
    return row.name, row.values[0] if row.heading else ""


def _bold() -> QFont:
    font = QFont()
    font.setBold(True)
    return font


def _swatch(column: int) -> QPixmap:
    picture = QPixmap(10, 10)
    picture.fill(QColor(series_colour(column - 1) if column else theme().colours.accent))
    return picture
