"""The values panel: the chosen bias vector in figures."""

from pathlib import Path

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPoint, Qt
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFileDialog,
    QHeaderView,
    QLabel,
    QMenu,
    QMessageBox,
    QTableView,
    QWidget,
)

from biasstudio.gui.bias_edits import BiasEdits, read_numbers
from biasstudio.gui.fault_label import FaultLabel
from biasstudio.gui.panels import figures
from biasstudio.gui.panels.comparison import missing_note, moment_in
from biasstudio.gui.panels.display_clock import DisplayClock
from biasstudio.gui.panels.moment import not_finite_note
from biasstudio.gui.panels.panel import Panel
from biasstudio.gui.panels.summary import summary_of
from biasstudio.gui.panels.value_delegate import ValueDelegate
from biasstudio.gui.panels.values_model import CHANGE, DIFFERENCE, INITIAL, NOW, OTHER, UNIT, ValuesModel
from biasstudio.gui.view_state import ViewState
from biasstudio.recording.history import Floats, History
from biasstudio.spec.arguments import SpecError

_EXPLANATION = (
    "The chosen bias vector in figures: each unit's value at step 0 and at the step that is shown, and the change. "
    "Click a heading to sort; the change sorts by its size. Ctrl+C copies the selected rows. While the network stands, "
    "double-click a value of now to set it by hand, or paste numbers for the selected rows. While comparing, there are "
    "the first compared run's value, in its colour, and the difference to it."
)

# Four columns of figures are to be read in a side of 250 pixels.
_FONT_SHRINK = 0.92
# Where there is no room for all, the columns at the end of this list go first.
_COLUMNS_BY_WORTH = (UNIT, NOW, DIFFERENCE, OTHER, CHANGE, INITIAL)
_WIDEST_HEADING = "difference ▾"


class ValuesTable(Panel):
    """The table valuesTable and a summary. The chosen unit is the current row, both ways."""

    least_seconds = 0.25

    def __init__(
        self, state: ViewState, clock: DisplayClock, edits: BiasEdits | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(state, "Values", _EXPLANATION, parent)
        self.setObjectName("valuesPanel")
        self.model = ValuesModel()
        self.model.setParent(self)
        self.table = QTableView()
        self.table.setObjectName("valuesTable")
        self.summary = QLabel()
        self.summary.setProperty("role", "muted")
        self.summary.setWordWrap(True)
        self.summary.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.body.addWidget(self.summary)
        self.body.addWidget(self.table, 1)
        self.fault = FaultLabel()
        self.body.addWidget(self.fault)
        self.edits = edits or BiasEdits(state, self)
        self._more: list[QAction] = []
        self._set_up_table()
        self._set_up_editing()
        self._make_actions()
        self._following_state = False
        clock.add(self)

    def _set_up_table(self) -> None:
        table = self.table
        table.setModel(self.model)
        table.setAccessibleName("Values of the bias vector")
        table.horizontalHeader().setStyleSheet("QHeaderView::section { padding: 4px 3px; }")
        font = table.font()
        font.setPointSizeF(font.pointSizeF() * _FONT_SHRINK)
        table.setFont(font)
        table.horizontalHeader().setFont(font)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setEditTriggers(QAbstractItemView.EditTrigger.DoubleClicked)
        table.setAlternatingRowColors(True)
        table.setShowGrid(False)
        table.setTabKeyNavigation(False)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(24)
        table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        table.horizontalHeader().setMinimumSectionSize(30)
        table.horizontalHeader().setSectionResizeMode(UNIT, QHeaderView.ResizeMode.ResizeToContents)
        # The others share what is left: their headings are short.
        table.horizontalHeader().setSectionResizeMode(DIFFERENCE, QHeaderView.ResizeMode.Fixed)
        table.setColumnWidth(DIFFERENCE, self._widest_heading())
        table.horizontalHeader().setHighlightSections(False)
        table.sortByColumn(UNIT, Qt.SortOrder.AscendingOrder)
        table.setSortingEnabled(True)
        # The model says it in the heading: beside a right-aligned text there is no room for the style's arrow.
        table.horizontalHeader().setSortIndicatorShown(False)
        table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        table.customContextMenuRequested.connect(self._open_menu)
        table.selectionModel().currentRowChanged.connect(self._choose)
        self._fit_columns()

    def _set_up_editing(self) -> None:
        delegate = ValueDelegate(self.table)
        delegate.faultChanged.connect(self.fault.show_fault)
        self.table.setItemDelegateForColumn(NOW, delegate)
        self.table.doubleClicked.connect(self._say_why_not)
        self.model.valueSet.connect(self._set_value)
        self.edits.reasonChanged.connect(self._follow_edits)
        self._follow_edits()

    def _follow_edits(self) -> None:
        self.model.editable = not self.edits.reason
        self.fault.clear_faults()
        if self.edits.reason and self.table.indexWidget(self.table.currentIndex()) is not None:
            self.table.setCurrentIndex(QModelIndex())

    def _say_why_not(self, index: QModelIndex) -> None:
        if index.column() == NOW:
            self.fault.show_fault(self.edits.reason)

    @property
    def _unit_word(self) -> str:
        return self.state.vector.unit if self.state.vector is not None else "unit"

    def edit_chosen(self) -> None:
        """Have the chosen unit's value typed, in whichever column the row was clicked."""
        row = self.table.currentIndex().row()
        self.fault.show_fault(
            self.edits.reason or ("" if row >= 0 else f"Choose a {self._unit_word} first: click its row.")
        )
        if row >= 0 and not self.edits.reason:
            now = self.model.index(row, NOW)
            self.table.selectionModel().setCurrentIndex(now, QItemSelectionModel.SelectionFlag.NoUpdate)
            self.table.edit(now)

    def _set_value(self, unit: int, value: float) -> None:
        if self.state.vector is not None:
            self.edits.set_unit(self.state.vector, unit, value)

    def paste(self) -> None:
        """Set the selected rows, from the top, to the numbers on the clipboard; one number is for all of them."""
        vector = self.state.vector
        rows = sorted(index.row() for index in self.table.selectionModel().selectedRows())
        if vector is None or not rows or self.edits.reason:
            self.fault.show_fault(self.edits.reason)
            return
        try:
            numbers = _numbers_for(len(rows), QGuiApplication.clipboard().text())
        except SpecError as error:
            self.fault.show_fault(str(error))
            return
        self.fault.clear_faults()
        values = self.edits.values(vector.path)
        values[[self.model.unit_at(row) for row in rows]] = numbers
        self.edits.set_vector(vector, values)

    def add_action(self, action: QAction) -> None:
        """Offer an action on the vector in the table's menu too."""
        self._more = [action]

    def _make_actions(self) -> None:
        self.edit_action = QAction("&Type a value", self)
        self.edit_action.setShortcut("F2")
        self.edit_action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        self.edit_action.triggered.connect(self.edit_chosen)
        self.paste_action = QAction("&Paste", self)
        self.paste_action.setShortcut(QKeySequence.StandardKey.Paste)
        self.paste_action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        self.paste_action.triggered.connect(self.paste)
        self.copy_action = QAction("&Copy", self)
        self.copy_action.setShortcut(QKeySequence.StandardKey.Copy)
        self.copy_action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        self.copy_action.triggered.connect(self.copy_rows)
        self.copy_csv_action = QAction("Copy as CS&V", self)
        self.copy_csv_action.triggered.connect(self.copy_csv)
        self.save_csv_action = QAction("&Save as CSV…", self)
        self.save_csv_action.triggered.connect(self._ask_and_save)
        self.table.addActions(
            [self.edit_action, self.copy_action, self.paste_action, self.copy_csv_action, self.save_csv_action]
        )

    def draw(self, history: History) -> None:
        vector = self.state.vector
        if vector is None:
            return
        moment = moment_in(self.state, history, vector, self.state.step)
        # Selecting a row here must not choose its unit: the state chose it already, or nobody did.
        self._following_state = True
        self._fit_columns()
        self.model.show_values(vector, moment, self.state.compared[0].name if moment.reference else "")
        self._select_chosen()
        self._following_state = False
        self.summary.setText(summary_of(moment).text())
        note = not_finite_note(moment.now)
        place = f"{vector.path} · step {self.state.step:,}"
        self.say(note or missing_note(self.state.compared[:1], vector) or place, bool(note))

    def _widest_heading(self) -> int:
        return self.table.horizontalHeader().fontMetrics().horizontalAdvance(_WIDEST_HEADING) + 8

    def _fit_columns(self) -> None:
        comparing = self.state.offers_difference
        count = max(4, self.table.viewport().width() // self._widest_heading()) if comparing else 4
        shown = _COLUMNS_BY_WORTH[:count] if comparing else (UNIT, INITIAL, NOW, CHANGE)
        for column in _COLUMNS_BY_WORTH:
            self.table.setColumnHidden(column, column not in shown)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_columns()

    def _select_chosen(self) -> None:
        unit, current = self.state.unit, self.table.currentIndex()
        if unit is None:
            if current.isValid():
                self.table.clearSelection()
                self.table.setCurrentIndex(QModelIndex())
        elif not current.isValid() or self.model.unit_at(current.row()) != unit:
            self.table.selectRow(self.model.row_of(unit))

    def _choose(self, current: QModelIndex) -> None:
        if current.isValid() and not self._following_state:
            self.state.choose_unit(self.model.unit_at(current.row()))

    def restyle(self) -> None:
        self.table.viewport().update()

    def copy_rows(self) -> None:
        """Put the selected rows, or all where none is, on the clipboard as tab-separated text."""
        rows = sorted(index.row() for index in self.table.selectionModel().selectedRows())
        QGuiApplication.clipboard().setText(self.model.as_text(rows or range(self.model.rowCount())))

    def copy_csv(self) -> None:
        """Put all rows on the clipboard as CSV."""
        QGuiApplication.clipboard().setText(self.model.as_text(range(self.model.rowCount()), ","))

    def save_csv(self, path: Path) -> None:
        """Write all rows to a file. Raises OSError where that fails."""
        path.write_text(self.model.as_text(range(self.model.rowCount()), ","), encoding="utf-8")

    def _ask_and_save(self) -> None:
        vector = self.state.vector
        if vector is None:
            return
        suggested = f"{vector.path.replace('/', '-')}-step-{self.state.step}.csv"
        name, _ = QFileDialog.getSaveFileName(self, "Save values as CSV", suggested, "CSV (*.csv)")
        if not name:
            return
        try:
            self.save_csv(Path(name))
        except OSError as error:
            QMessageBox.warning(self, "Not saved", f"The values could not be written to {name}: {error.strerror}.")

    def _open_menu(self, spot: QPoint) -> None:
        self.make_menu().popup(self.table.viewport().mapToGlobal(spot))

    def make_menu(self) -> QMenu:
        """The table's context menu; it deletes itself when it closes."""
        menu = QMenu(self.table)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addActions(
            [self.edit_action, self.copy_action, self.paste_action, self.copy_csv_action, self.save_csv_action]
        )
        if self._more:
            menu.addSeparator()
            menu.addActions(self._more)
        return menu


def _numbers_for(rows: int, text: str) -> Floats:
    """The numbers in `text`, float32 (rows,) or (1,). Raises SpecError."""
    numbers = read_numbers(text)
    if len(numbers) not in (1, rows):
        given, chosen = figures.counted(len(numbers), "number"), figures.counted(rows, "row")
        raise SpecError(f"The clipboard has {given}, but {chosen} {'is' if rows == 1 else 'are'} selected.")
    return numbers
