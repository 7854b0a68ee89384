"""The runs of a sweep as a grid: initializers down, seeds across."""

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from biasstudio.gui.panels import figures
from biasstudio.gui.sweep.sweep import RunState, Sweep, SweepRun
from biasstudio.gui.sweep.wording import percent, plain
from biasstudio.spec.variations import initializer_label

Index = QModelIndex | QPersistentModelIndex
RUN_ROLE = int(Qt.ItemDataRole.UserRole)
"""The SweepRun of a cell, None where there is none."""


class GridModel(QAbstractTableModel):
    """Reads a Sweep; a cell is one run."""

    def __init__(self, sweep: Sweep) -> None:
        super().__init__(sweep)
        self._sweep = sweep
        sweep.restarted.connect(self._start_over)
        sweep.changed.connect(self._show_change)

    def _start_over(self) -> None:
        self.beginResetModel()
        self.endResetModel()

    def _show_change(self, run: int) -> None:
        cell = self.cell_of(run)
        if cell.isValid():
            self.dataChanged.emit(cell, cell)

    def cell_of(self, run: int) -> QModelIndex:
        """The cell of a run, by its index in the sweep; invalid for -1."""
        if not 0 <= run < len(self._sweep.runs):
            return QModelIndex()
        variation = self._sweep.runs[run].variation
        row, column = self._sweep.initializers.index(variation.initializer), self._sweep.seeds.index(variation.seed)
        return self.index(row, column)

    def run_at(self, cell: Index) -> int:
        """The index in the sweep of a cell's run; -1 where there is none."""
        if not cell.isValid():
            return -1
        return self._sweep.index_of(self._sweep.initializers[cell.row()], self._sweep.seeds[cell.column()])

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self._sweep.initializers)

    def columnCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self._sweep.seeds)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        across = orientation == Qt.Orientation.Horizontal
        names = self._sweep.seeds if across else self._sweep.initializers
        if not 0 <= section < len(names):
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return f"seed {names[section]}" if across else initializer_label(self._sweep.initializers[section])
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignHCenter if across else Qt.AlignmentFlag.AlignLeft
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        number = self.run_at(index)
        if number < 0:
            return None
        run = self._sweep.runs[number]
        if role == RUN_ROLE:
            return run
        if role == Qt.ItemDataRole.ToolTipRole:
            return in_words(run)
        return in_words(run).replace("\n", ", ") if role == Qt.ItemDataRole.AccessibleTextRole else None


def in_words(run: SweepRun) -> str:
    """All that is known of a run, in a few lines."""
    lines = [run.variation.label]
    outcome = run.outcome
    if outcome is None or run.state is RunState.FAILED:
        return "\n".join([*lines, run.sentence or run.state.value])
    lines.append(f"{run.state.value} · {figures.counted(max(0, outcome.last_step), 'step')}")
    if outcome.epochs and outcome.finite:
        of = "validation " if outcome.validated else ""
        metric = f" · {outcome.metric_name} {plain(outcome.metric)}" if outcome.metric_name else ""
        lines.append(f"{of}loss {plain(outcome.loss)}{metric}")
    lines += [f"{path}: {percent(share)} of the units moved" for path, share in list(outcome.moved.items())[:4]]
    lines += [run.sentence] if run.sentence else []
    return "\n".join([*lines, "Click to open this run"] if run.path else lines)
