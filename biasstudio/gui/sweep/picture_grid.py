"""The grid of small pictures: arrow keys choose a run, a click or Enter opens it."""

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView, QWidget

from biasstudio.gui.sweep.cell_delegate import CellDelegate
from biasstudio.gui.sweep.grid_model import GridModel
from biasstudio.gui.sweep.scales import Scales

_LEAST_WIDTH, _MOST_WIDTH = 84, 220
_LEAST_HEIGHT, _MOST_HEIGHT = 58, 130
_LABEL_ROOM = 18
_MOST_LABEL_WIDTH = 150


class PictureGrid(QTableView):
    """Signals carry the index of the run in its sweep."""

    chosen = Signal(int)
    opened = Signal(int)

    def __init__(self, model: GridModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sweepPictures")
        self.setAccessibleName("Small pictures of the runs, initializers down, seeds across")
        self._grid, self._cells = model, CellDelegate(self)
        self.setModel(model)
        self.setItemDelegate(self._cells)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.setMouseTracking(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        for scroll_mode in (self.setHorizontalScrollMode, self.setVerticalScrollMode):
            scroll_mode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        for header in (self.horizontalHeader(), self.verticalHeader()):
            header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
            header.setHighlightSections(False)
            header.setSectionsClickable(False)
            header.setMinimumSectionSize(20)
        self.verticalHeader().setTextElideMode(Qt.TextElideMode.ElideRight)
        self.verticalHeader().setStyleSheet("QHeaderView::section { border: none; padding: 2px 6px 2px 2px; }")
        self.horizontalHeader().setStyleSheet("QHeaderView::section { border: none; padding: 1px; }")
        self.clicked.connect(self._open)
        self.selectionModel().currentChanged.connect(self._tell)
        model.modelReset.connect(self._fit_cells)

    @property
    def scales(self) -> Scales:
        """What the cells are drawn on."""
        return self._cells.scales

    def draw_on(self, scales: Scales) -> None:
        """Draw all cells on other scales."""
        if scales != self._cells.scales:
            self._cells.scales = scales
            self.viewport().update()

    def restyle(self) -> None:
        self._cells.restyle()
        self.viewport().update()

    def choose(self, run: int) -> None:
        """Highlight a run, by its index in the sweep."""
        cell = self._grid.cell_of(run)
        if cell.isValid() and cell != self.currentIndex():
            self.setCurrentIndex(cell)

    def _tell(self, cell: QModelIndex) -> None:
        if cell.isValid():
            self.chosen.emit(self._grid.run_at(cell))

    def _open(self, cell: QModelIndex) -> None:
        if self._grid.run_at(cell) >= 0:
            self.opened.emit(self._grid.run_at(cell))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self._open(self.currentIndex())
            return
        super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_cells()

    def _fit_cells(self) -> None:
        """Cells as large as there is room for, within limits; beyond them the grid scrolls."""
        rows, columns = self._grid.rowCount(), self._grid.columnCount()
        if not rows or not columns:
            return
        names = [str(self._grid.headerData(row, Qt.Orientation.Vertical)) for row in range(rows)]
        metrics = self.verticalHeader().fontMetrics()
        label = min(_MOST_LABEL_WIDTH, max(map(metrics.horizontalAdvance, names)) + _LABEL_ROOM)
        self.verticalHeader().setFixedWidth(label)
        width, height = self.width() - label, self.height() - self.horizontalHeader().height()
        # Room for the scroll bars, which come where cells can't be made smaller.
        width -= self.verticalScrollBar().sizeHint().width() if height // rows < _LEAST_HEIGHT else 0
        height -= self.horizontalScrollBar().sizeHint().height() if width // columns < _LEAST_WIDTH else 0
        for header, room, count, least, most in (
            (self.horizontalHeader(), width, columns, _LEAST_WIDTH, _MOST_WIDTH),
            (self.verticalHeader(), height, rows, _LEAST_HEIGHT, _MOST_HEIGHT),
        ):
            header.setDefaultSectionSize(max(least, min(most, room // count)))
