"""The card with the outcomes in figures: by initializer, or run by run."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QMenu,
    QStackedWidget,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from biasstudio.gui.panels.chips import Segments
from biasstudio.gui.panels.panel import ElidedLabel
from biasstudio.gui.sweep.columns import kind_columns, kind_rows, run_columns, run_rows
from biasstudio.gui.sweep.rows_model import Column, RowsModel
from biasstudio.gui.sweep.sweep import Sweep

_FONT_SHRINK = 0.92
_CELL_ROOM = 22


class FiguresTable(QTableView):
    """A RowsModel on screen: headings sort, Ctrl+C copies the selected rows, or all where none is."""

    def __init__(self, name: str, title: str, columns: Sequence[Column]) -> None:
        super().__init__()
        self.rows = RowsModel(columns, self)
        self.setObjectName(name)
        self.setAccessibleName(title)
        self.setModel(self.rows)
        font = self.font()
        font.setPointSizeF(font.pointSizeF() * _FONT_SHRINK)
        self.setFont(font)
        self.horizontalHeader().setFont(font)
        self.horizontalHeader().setStyleSheet("QHeaderView::section { padding: 4px 6px; }")
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setAlternatingRowColors(True)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(24)
        self._set_up_heading()
        self._make_copy()

    def _set_up_heading(self) -> None:
        heading = self.horizontalHeader()
        heading.setHighlightSections(False)
        heading.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        heading.setMinimumSectionSize(36)
        heading.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.setSortingEnabled(True)
        # The model says it in the heading: beside a right-aligned text there is no room for the style's arrow.
        heading.setSortIndicatorShown(False)
        self.fit_columns()

    def fit_columns(self) -> None:
        """Each column as wide as its figures need; the first one takes what is left."""
        heading = self.horizontalHeader()
        for number, column in enumerate(self.rows.columns):
            if number:
                needed = max(
                    heading.fontMetrics().horizontalAdvance(f"{column.heading} ▾"),
                    self.fontMetrics().horizontalAdvance(column.sample),
                )
                heading.setSectionResizeMode(number, QHeaderView.ResizeMode.Fixed)
                heading.resizeSection(number, needed + _CELL_ROOM)

    def _make_copy(self) -> None:
        self.copy_action = QAction("&Copy", self)
        self.copy_action.setShortcut(QKeySequence.StandardKey.Copy)
        self.copy_action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        self.copy_action.triggered.connect(self.copy_rows)
        self.addAction(self.copy_action)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._open_menu)

    def copy_rows(self) -> None:
        """Put the selected rows, or all where none is, on the clipboard as tab-separated text."""
        rows = sorted(index.row() for index in self.selectionModel().selectedRows())
        QGuiApplication.clipboard().setText(self.rows.as_text(rows or range(self.rows.rowCount())))

    def _open_menu(self, spot: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(self.copy_action)
        menu.popup(self.viewport().mapToGlobal(spot))


class OutcomeTables(QFrame):
    """Signals carry the index of the run in its sweep."""

    chosen = Signal(int)
    opened = Signal(int)

    def __init__(self, sweep: Sweep, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("card", True)
        self._sweep, self._path = sweep, ""
        self.kinds = FiguresTable("sweepOutcomes", "Outcomes by initializer", kind_columns("", "training", "", None))
        self.each = FiguresTable("sweepRuns", "Outcomes run by run", run_columns("", "training", "", None))
        self.subtitle = ElidedLabel()
        self.subtitle.setProperty("role", "muted")
        self.subtitle.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._tables = QStackedWidget()
        for table in (self.kinds, self.each):
            self._tables.addWidget(table)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 10, 6)
        layout.setSpacing(4)
        layout.addLayout(self._make_header())
        layout.addWidget(self._tables, 1)
        self.each.selectionModel().currentRowChanged.connect(self._tell)
        self.each.activated.connect(self._open)
        sweep.restarted.connect(self.refresh)
        self.refresh()

    def _make_header(self) -> QHBoxLayout:
        title = QLabel("Outcomes")
        title.setProperty("role", "title")
        self.views = Segments()
        for table, text, tip in (
            (self.kinds, "By initializer", "Mean and spread over the seeds of each initializer"),
            (self.each, "By run", "Every run by itself"),
        ):
            chip = self.views.add(text, tip, partial(self._tables.setCurrentWidget, table), f"{table.objectName()}View")
            chip.setChecked(table is self.kinds)
        header = QHBoxLayout()
        header.setSpacing(8)
        header.addWidget(title)
        header.addWidget(self.subtitle, 1)
        header.addWidget(self.views)
        return header

    def show_path(self, path: str) -> None:
        """Count the moved units of this bias vector."""
        self._path = path
        self.refresh()

    def refresh(self) -> None:
        """Take in the sweep as it is now."""
        outcomes = [run.outcome for run in self._sweep.runs if run.outcome is not None]
        metric = next((outcome.metric_name for outcome in outcomes if outcome.metric_name), "accuracy")
        of = "validation" if any(outcome.validated for outcome in outcomes) else "training"
        about = (metric, of, self._path, self._sweep.constant_loss)
        self.kinds.rows.show_columns(kind_columns(*about))
        self.each.rows.show_columns(run_columns(*about))
        for table in (self.kinds, self.each):
            table.fit_columns()
        self.kinds.rows.show_rows(kind_rows(self._sweep, self._path))
        self.each.rows.show_rows(run_rows(self._sweep, self._path))
        self.subtitle.setText(f"{of} figures after the last epoch" if outcomes else "")

    def choose(self, run: int) -> None:
        """Highlight a run, by its index in the sweep."""
        row = self.each.rows.row_of(run)
        if row >= 0 and row != self.each.currentIndex().row():
            self.each.selectRow(row)

    def _tell(self, current: QModelIndex) -> None:
        if current.isValid():
            self.chosen.emit(self.each.rows.number_at(current.row()))

    def _open(self, cell: QModelIndex) -> None:
        self.opened.emit(self.each.rows.number_at(cell.row()))
