"""RunList: the list of runs itself: keys, the editing of a name, and the sentence where there is nothing to list."""

from PySide6.QtCore import QModelIndex, QRect, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QWidget

from biasstudio.gui.runs.run_delegate import RunDelegate
from biasstudio.gui.runs.runs_model import RunsInOrder
from biasstudio.gui.theme import theme


class RunList(QListView):
    """Several runs can be chosen. `opened`: a row was double-clicked, or Enter pressed on it."""

    opened = Signal()

    def __init__(self, runs: RunsInOrder, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("runsList")
        self.setAccessibleName("Recorded runs")
        self.sentence = ""
        """Shown where no run is."""
        self.setModel(runs)
        self.setItemDelegate(RunDelegate(self))
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.doubleClicked.connect(lambda _index: self.opened.emit())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not self._editing():
            self.opened.emit()
        else:
            super().keyPressEvent(event)

    def _editing(self) -> bool:
        return self.state() == QAbstractItemView.State.EditingState

    def rename(self, index: QModelIndex) -> None:
        """Let the name be typed in its row."""
        self.scrollTo(index)
        self.edit(index)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.model().rowCount() or not self.sentence:
            return
        with QPainter(self.viewport()) as painter:
            painter.setPen(QColor(theme().colours.muted))
            area: QRect = self.viewport().rect().adjusted(16, 24, -16, -8)
            place = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop
            painter.drawText(area, int(place | Qt.TextFlag.TextWordWrap), self.sentence)
