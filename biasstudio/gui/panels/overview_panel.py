"""The overview panel: one row for every bias vector of the network."""

import numpy as np
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QImage, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from biasstudio.gui.panels import figures
from biasstudio.gui.panels.colouring import level_indexes, lookup_table
from biasstudio.gui.panels.comparison import moment_in
from biasstudio.gui.panels.moment import largest
from biasstudio.gui.panels.overview_model import DIFFERENCE_COLUMN, PATH_ROLE, STRIP_COLUMN, STRIP_ROLE, OverviewModel
from biasstudio.gui.panels.panel import Panel
from biasstudio.gui.panels.vector_panel import extremes_of_groups
from biasstudio.gui.theme import theme
from biasstudio.gui.view_state import ViewState
from biasstudio.recording.history import History

_EXPLANATION = (
    "Every bias vector of the network in a row: its values now as a strip, their mean and standard deviation, "
    "how far they have moved since step 0, and how many did. Click a row to look at that vector. "
    "While comparing, also how far they are from those of the first compared run."
)
# Where there is no room, the columns at the end of this list go first.
_COLUMNS_BY_WORTH = (0, STRIP_COLUMN, DIFFERENCE_COLUMN, 5, 6, 3, 4, 1)
_COLUMN_PIXELS = {0: 120, STRIP_COLUMN: 90, DIFFERENCE_COLUMN: 84, 5: 72, 6: 62, 3: 72, 4: 72, 1: 56}


class StripDelegate(QStyledItemDelegate):
    """Paints a vector's values as a strip of colours, each vector on its own zero-centred scale."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.restyle()

    def restyle(self) -> None:
        self._table = lookup_table()

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().paint(painter, option, index)
        values = index.data(STRIP_ROLE)
        room: QRect = option.rect.adjusted(6, 6, -6, -6)
        if values is None or not values.size or room.width() < 4:
            return
        grouped = extremes_of_groups(values, max(1, -(-values.size // room.width())))
        colours = np.ascontiguousarray(self._table[level_indexes(grouped, largest(grouped) or 1.0)])
        picture = QImage(colours.data, len(colours), 1, 3 * len(colours), QImage.Format.Format_RGB888)
        painter.drawImage(room, picture)
        painter.setPen(theme().colours.grid)
        painter.drawRect(room.adjusted(-1, -1, 0, 0))


class OverviewPanel(Panel):
    """A table; the chosen vector's row is the selected one."""

    least_seconds = 0.25

    def __init__(self, state: ViewState, parent: QWidget | None = None) -> None:
        super().__init__(state, "Overview", _EXPLANATION, parent)
        self.setObjectName("overviewPanel")
        self.model = OverviewModel()
        self.model.setParent(self)
        self.table = QTableView()
        self._strips = StripDelegate(self.table)
        self._set_up_table()
        self.body.addWidget(self.table)

    def _set_up_table(self) -> None:
        table = self.table
        table.setModel(self.model)
        table.setItemDelegateForColumn(STRIP_COLUMN, self._strips)
        table.setAccessibleName("Overview of all bias vectors")
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        table.setShowGrid(False)
        table.setTabKeyNavigation(False)
        table.setMinimumHeight(80)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(26)
        table.horizontalHeader().setHighlightSections(False)
        table.horizontalHeader().setSectionResizeMode(STRIP_COLUMN, QHeaderView.ResizeMode.Stretch)
        for column, width in _COLUMN_PIXELS.items():
            table.setColumnWidth(column, width)
        table.selectionModel().currentRowChanged.connect(self._choose)
        self._fit_columns()

    def restyle(self) -> None:
        self._strips.restyle()
        self.table.viewport().update()

    def draw(self, history: History) -> None:
        step = self.state.step
        self.model.show_step(history, step, lambda vector: moment_in(self.state, history, vector, step))
        self._fit_columns()
        self.say(f"{figures.counted(len(history.vectors), 'bias vector')} · step {self.state.step:,}")
        row = self.model.row_of(self.state.vector.path) if self.state.vector else -1
        if row >= 0 and row != self.table.currentIndex().row():
            self.table.selectRow(row)

    def _choose(self, current: QModelIndex) -> None:
        path = current.data(PATH_ROLE)
        if path is not None:
            self.state.choose_vector(path)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_columns()

    def _fit_columns(self) -> None:
        room = self.width() - 30
        for column in _COLUMNS_BY_WORTH:
            wanted = column != DIFFERENCE_COLUMN or bool(self.state.compared)
            room -= _COLUMN_PIXELS[column] if wanted else 0
            self.table.setColumnHidden(column, room < 0 or not wanted)
