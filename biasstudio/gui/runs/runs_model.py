"""RunsModel: the runs as a Qt list, and what of it is shown, in which order."""

from collections.abc import Sequence
from dataclasses import replace
from enum import Enum
from html import escape
from pathlib import Path
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
    Signal,
)

from biasstudio.gui.runs.run_words import UNREADABLE, everything
from biasstudio.recording.run_summary import RunSummary

AnyIndex = QModelIndex | QPersistentModelIndex
RUN_ROLE = Qt.ItemDataRole.UserRole
MARK_ROLE = Qt.ItemDataRole.UserRole + 1
"""None; -1 for the run that the panels show; the index of its colour for a compared one."""
SHOWN = -1


class Order(Enum):
    """How the list is sorted."""

    NEWEST = "Newest"
    OLDEST = "Oldest"
    NAME = "Name"
    LOSS = "Loss"


class RunsModel(QAbstractListModel):
    """One row for each run. `renameAsked`: a name was typed; the row shows it, and is put right by the next list."""

    renameAsked = Signal(Path, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runs: list[RunSummary] = []
        self._marks: dict[Path, int] = {}

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self._runs)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        run = self._runs[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return run.name
        if role == RUN_ROLE:
            return run
        if role == MARK_ROLE:
            return self._marks.get(run.path)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return everything(run)
        if role == Qt.ItemDataRole.ToolTipRole:
            # Names and notes may come from anyone: nothing in them is taken for markup.
            return f"<p style='white-space: pre-wrap'>{escape(everything(run))}</p>"
        return None

    def flags(self, index: AnyIndex) -> Qt.ItemFlag:
        flags = super().flags(index)
        if index.isValid() and self._runs[index.row()].state != UNREADABLE:
            flags |= Qt.ItemFlag.ItemIsEditable
        return flags

    def setData(self, index: AnyIndex, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        name = str(value).strip()
        if not index.isValid() or role != Qt.ItemDataRole.EditRole or not name:
            return False
        run = self._runs[index.row()]
        if name == run.name:
            return False
        self._runs[index.row()] = replace(run, name=name)
        self._say_changed(index.row())
        self.renameAsked.emit(run.path, name)
        return True

    def runs(self) -> list[RunSummary]:
        return list(self._runs)

    def set_note(self, path: Path, note: str) -> None:
        """Show another note until the next list comes."""
        for row, run in enumerate(self._runs):
            if run.path == path:
                self._runs[row] = replace(run, note=note)
                self._say_changed(row)

    def show_runs(self, runs: Sequence[RunSummary]) -> None:
        """Take these, row by row, so that what is chosen stays chosen."""
        wanted = {run.path: run for run in runs}
        for row in reversed(range(len(self._runs))):
            run = self._runs[row]
            if run.path not in wanted:
                self.beginRemoveRows(QModelIndex(), row, row)
                del self._runs[row]
                self.endRemoveRows()
            elif run != wanted[run.path]:
                self._runs[row] = wanted[run.path]
                self._say_changed(row)
        known = {run.path for run in self._runs}
        new = [run for run in wanted.values() if run.path not in known]
        if new:
            self.beginInsertRows(QModelIndex(), len(self._runs), len(self._runs) + len(new) - 1)
            self._runs += new
            self.endInsertRows()

    def mark(self, marks: dict[Path, int]) -> None:
        """Say which runs the panels show: SHOWN, or the index of a compared run's colour."""
        if marks != self._marks:
            self._marks = dict(marks)
            for row in range(len(self._runs)):
                self._say_changed(row)

    def _say_changed(self, row: int) -> None:
        index = self.index(row)
        self.dataChanged.emit(index, index)


class RunsInOrder(QSortFilterProxyModel):
    """The runs that have all of the searched words in name, note, experiment or group, in the chosen order."""

    def __init__(self, model: RunsModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._words: list[str] = []
        self._order = Order.NEWEST
        self.setSourceModel(model)
        self.setDynamicSortFilter(True)
        self.sort(0)

    def search(self, text: str) -> None:
        self._words = text.casefold().split()
        self.invalidate()

    def order_by(self, order: Order) -> None:
        self._order = order
        self.invalidate()

    def filterAcceptsRow(self, row: int, parent: AnyIndex) -> bool:
        run: RunSummary = self.sourceModel().index(row, 0, parent).data(RUN_ROLE)
        text = f"{run.name}\n{run.note}\n{run.title}\n{run.group}\n{run.state}".casefold()
        return all(word in text for word in self._words)

    def lessThan(self, left: AnyIndex, right: AnyIndex) -> bool:
        return self._key(left.data(RUN_ROLE)) < self._key(right.data(RUN_ROLE))

    def _key(self, run: RunSummary) -> tuple[Any, ...]:
        seconds = run.created.timestamp()
        # The path last, so that the order of runs that are alike never changes.
        if self._order is Order.NAME:
            return run.name.casefold(), -seconds, str(run.path)
        if self._order is Order.LOSS:
            loss = run.metrics.get("loss", float("inf"))
            return loss if loss == loss else float("inf"), -seconds, str(run.path)
        return seconds if self._order is Order.OLDEST else -seconds, str(run.path)
