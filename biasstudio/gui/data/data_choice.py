"""DataChoice: the list of data sets under headings, with a person's own and the ways to open others at its end."""

from itertools import groupby

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QKeyEvent, QPainter, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from biasstudio.gui.choice_box import ChoiceBox
from biasstudio.gui.data.wording import facts_of
from biasstudio.gui.theme import theme
from biasstudio.spec.data_sets import GIVEN_TYPES, DataSet
from biasstudio.spec.own_data_types import OWN_TYPES

_OPEN, _IMAGES, _LOOK = "open", "images", "look"
_MOST_OWN = 5


class DataChoice(ChoiceBox):
    """`chosen` carries a DataSet. Of a person's own data those that were in use before can be chosen again."""

    chosen = Signal(object)
    openAsked = Signal()
    imagesAsked = Signal()
    lookAsked = Signal()
    """The person wants to look at the present data."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("dataChoice")
        self.setAccessibleName("data")
        self._own: list[DataSet] = []
        self._shown: DataSet | None = None
        self._rows = QStandardItemModel(self)
        self.setModel(self._rows)
        self.setItemDelegate(_Delegate(self))
        self.setMaxVisibleItems(30)
        self.activated.connect(self._choose)
        self._fill()
        self.set_width_for_widest()

    def _fill(self) -> None:
        self._rows.clear()
        for group, types in groupby(GIVEN_TYPES.values(), lambda entry: entry.group):
            self._add_heading(group)
            for entry in types:
                self._add(entry.title, entry.name, entry.summary)
        self._add_heading(OWN_TYPES[0].group)
        for data in self._own:
            self._add(data.type.title, data, facts_of(data))
        self._add("Open data…", _OPEN, "A table, or arrays of NumPy")
        self._add("Open a folder of images…", _IMAGES, "A folder for each class")
        self._add("Look at these data…", _LOOK, "What the present data hold, and how many samples each class has")

    def _add_heading(self, text: str) -> None:
        item = QStandardItem(text)
        # The keys pass over what is not enabled, and a click chooses nothing.
        item.setFlags(Qt.ItemFlag.NoItemFlags)
        self._rows.appendRow(item)

    def _add(self, text: str, value: object, tip: str) -> None:
        item = QStandardItem(text)
        item.setData(value, Qt.ItemDataRole.UserRole)
        item.setToolTip(tip)
        self._rows.appendRow(item)

    def show_data(self, data: DataSet) -> None:
        """Show which data are in use."""
        self._shown = data
        if data.found is not None and data not in self._own:
            same_file = [each for each in self._own if each.get("path") == data.get("path")]
            self._own = [data, *(each for each in self._own if each not in same_file)][:_MOST_OWN]
            self._fill()
        wanted: object = data.name if data.found is None else data
        values = [self.itemData(row) for row in range(self.count())]
        self.setCurrentIndex(values.index(wanted))
        self.setToolTip(data.type.summary if data.found is None else facts_of(data))

    def _choose(self, row: int) -> None:
        value, shown = self.itemData(row), self._shown
        if shown is not None:
            # What is opened may yet be given up.
            self.show_data(shown)
        if value == _OPEN:
            self.openAsked.emit()
        elif value == _IMAGES:
            self.imagesAsked.emit()
        elif value == _LOOK:
            self.lookAsked.emit()
        elif shown is not None and value not in (shown.name if shown.found is None else None, shown):
            self.chosen.emit(value if isinstance(value, DataSet) else DataSet.of(value))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        last = next(row for row in range(self.count()) if self.itemData(row) == _OPEN) - 1
        while self.itemData(last) is None:
            last -= 1
        # Stepping through the data sets opens no dialog; End goes to the last of them.
        if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_PageDown) and self.currentIndex() >= last and not _alt(event):
            return
        if event.key() == Qt.Key.Key_End:
            self._choose(last)
            return
        super().keyPressEvent(event)


def _alt(event: QKeyEvent) -> bool:
    return bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)


class _Delegate(QStyledItemDelegate):
    """Headings small and muted, with room above; what is under them is indented."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        size = super().sizeHint(option, index)
        return QSize(size.width() + 16, size.height() + (10 if index.data(Qt.ItemDataRole.UserRole) is None else 4))

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        colours, place = theme().colours, option.rect
        heading = index.data(Qt.ItemDataRole.UserRole) is None
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(place, QColor(colours.accent_soft))
        if heading:
            font = painter.font()
            font.setWeight(QFont.Weight.DemiBold)
            painter.setFont(font)
        painter.setPen(QColor(colours.muted if heading else colours.text))
        side = Qt.AlignmentFlag.AlignBottom if heading else Qt.AlignmentFlag.AlignVCenter
        inner = place.adjusted(8, 0, -6, -3) if heading else place.adjusted(16, 0, -6, 0)
        painter.drawText(inner, Qt.AlignmentFlag.AlignLeft | side, index.data())
        painter.restore()
