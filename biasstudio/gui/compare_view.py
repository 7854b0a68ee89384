"""CompareView: two or more runs side by side: what was set otherwise, and what came of it."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAction, QGuiApplication, QHideEvent, QKeySequence, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QStackedLayout, QVBoxLayout, QWidget

from biasstudio.gui.compare_model import CompareModel, rows_of
from biasstudio.gui.compare_table import CompareTable
from biasstudio.gui.panels.chips import Chip
from biasstudio.gui.panels.panel import ElidedLabel
from biasstudio.gui.theme import theme
from biasstudio.gui.view_state import ComparedRun

NOTHING_COMPARED = "Choose two or more runs to see what was set otherwise in them, and what came of it."
_EXPLANATION = (
    "The settings that differ between the compared runs, and their outcomes. What is another than in the first run is "
    "bold. Ctrl+C copies the selected rows."
)
_EVERYTHING_TIP = "Also show the settings that are the same in all runs."


_REST_MS = 1000
"""Figures that change faster can't be read."""


class CompareView(QFrame):
    """A table with a row for each setting and outcome, of two or more runs."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("compareView")
        self.setProperty("card", True)
        self.setAccessibleName("Comparison of runs")
        self.setAccessibleDescription(_EXPLANATION)
        self.setWhatsThis(_EXPLANATION)
        self._runs: tuple[ComparedRun, ...] = ()
        self._rest = QTimer(self, singleShot=True, interval=_REST_MS)
        self._rest.timeout.connect(self.refresh)
        self.model = CompareModel()
        self.model.setParent(self)
        self.table = CompareTable(self.model)
        self.everything = Chip("All settings", _EVERYTHING_TIP, "compareEverything")
        self.subtitle = ElidedLabel()
        self.empty = QLabel(NOTHING_COMPARED)
        self._lay_out()
        self._set_up_table()
        self.model.modelReset.connect(self._lay_out_rows)
        self.everything.toggled.connect(self.refresh)
        theme().changed.connect(self.refresh)
        self.refresh()

    def _lay_out(self) -> None:
        title = QLabel("Compare")
        title.setProperty("role", "title")
        title.setToolTip(f"<p>{_EXPLANATION}</p>")
        self.subtitle.setProperty("role", "muted")
        self.empty.setProperty("role", "muted")
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty.setWordWrap(True)
        head = QHBoxLayout()
        head.addWidget(title)
        head.addWidget(self.subtitle, 1)
        head.addWidget(self.everything)
        self._stack = QStackedLayout()
        self._stack.addWidget(self.table)
        self._stack.addWidget(self.empty)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 7, 10, 8)
        layout.addLayout(head)
        layout.addLayout(self._stack, 1)

    def _set_up_table(self) -> None:
        table = self.table
        table.setAccessibleName("Settings and outcomes of the compared runs")
        self.copy_action = QAction("&Copy", self)
        self.copy_action.setShortcut(QKeySequence.StandardKey.Copy)
        self.copy_action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        self.copy_action.triggered.connect(self.copy_rows)
        table.addAction(self.copy_action)
        table.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)

    def show_runs(self, runs: Sequence[ComparedRun]) -> None:
        """Show these side by side, the shown run first; fewer than two leave a sentence."""
        self._runs = tuple(runs)
        self.refresh()

    def refresh(self) -> None:
        """Read the runs again, which may have gone on."""
        comparing = len(self._runs) > 1
        self._stack.setCurrentIndex(0 if comparing else 1)
        self.everything.setVisible(comparing)
        self.subtitle.setText(f"{len(self._runs)} runs" if comparing else "")
        rows = rows_of(self._runs, self.everything.isChecked()) if comparing else []
        self.model.show_rows([run.name for run in self._runs], rows)

    def _lay_out_rows(self) -> None:
        self.table.clearSpans()
        for number, row in enumerate(self.model.rows):
            if row.heading:
                self.table.setSpan(number, 0, 1, len(self._runs))
        self.table.fit(self.table.width())

    def follow(self) -> None:
        """One of the runs has gone on: read them again within a second, where they are in sight."""
        if self.isVisible() and len(self._runs) > 1 and not self._rest.isActive():
            self._rest.start()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._rest.stop()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.table.fit(self.table.width())

    def copy_rows(self) -> None:
        """Put the selected rows, or all where none is, on the clipboard as tab-separated text."""
        rows = sorted({index.row() for index in self.table.selectionModel().selectedIndexes()})
        QGuiApplication.clipboard().setText(self.model.as_text(rows or range(self.model.rowCount())))
