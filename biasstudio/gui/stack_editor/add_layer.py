"""AddLayerPopup: the catalogue of layers under the headings of their categories, filtered by typing."""

from itertools import groupby

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from biasstudio.gui.theme import theme
from biasstudio.spec.layers import LayerType, layer_types

_TYPE = Qt.ItemDataRole.UserRole
_ITEM_HEIGHT, _HEADING_HEIGHT = 44, 28
_LIST_KEYS = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


class AddLayerPopup(QFrame):
    """A list to pick a layer from. `layerPicked` carries its class name; Escape closes the list."""

    layerPicked = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("addLayerPopup")
        self.setProperty("popup", True)
        self._filter = QLineEdit(self, placeholderText="Find a layer")
        self._filter.setObjectName("layerFilter")
        self._filter.setAccessibleName("find a layer")
        self._filter.textChanged.connect(self._show_matches)
        self._filter.installEventFilter(self)
        self._list = QListWidget(self)
        self._list.setObjectName("layerCatalogue")
        self._list.setAccessibleName("layers")
        self._delegate = _LayerDelegate(self._list)
        self._list.setItemDelegate(self._delegate)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.itemClicked.connect(lambda item: self._pick() if item is self._list.currentItem() else None)
        for category, in_category in groupby(layer_types().values(), lambda layer_type: layer_type.category):
            self._add_heading(category)
            for layer_type in in_category:
                self._add(layer_type)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.addWidget(self._filter)
        layout.addWidget(self._list)

    def _add_heading(self, category: str) -> None:
        # No flags: the keys pass over it, and a click on it picks nothing.
        QListWidgetItem(category, self._list).setFlags(Qt.ItemFlag.NoItemFlags)

    def _add(self, layer_type: LayerType) -> None:
        item = QListWidgetItem(f"{layer_type.name} · {layer_type.category}", self._list)
        item.setData(_TYPE, layer_type)
        item.setToolTip(layer_type.summary)

    def open_at(self, place: QPoint, width: int) -> None:
        """Show the whole catalogue with its upper left corner at `place` on the screen."""
        self._filter.clear()
        self._show_matches("")
        self._list.scrollToTop()
        self.setFixedSize(max(width, 280), min(480, 54 + _ITEM_HEIGHT * self._list.count()))
        screen = self.screen().availableGeometry()
        place.setY(max(screen.top(), min(place.y(), screen.bottom() - self.height())))
        self.move(place)
        self.show()
        self._filter.setFocus()

    def _show_matches(self, text: str) -> None:
        """What has all typed words in its name, category or summary; best, where the name starts so.

        What was found stands without headings: it is short, and each says its category.
        """
        words = text.lower().split()
        first: QListWidgetItem | None = None
        for row in range(self._list.count()):
            item = self._list.item(row)
            layer_type = item.data(_TYPE)
            if layer_type is None:
                item.setHidden(bool(words))
                continue
            searched = f"{layer_type.name} {layer_type.category} {layer_type.summary}".lower()
            item.setHidden(not all(word in searched for word in words))
            starts = layer_type.name.lower().startswith(text.lower())
            if not item.isHidden() and (first is None or (starts and not _starts(first, text))):
                first = item
        self._delegate.categories_shown = bool(words)
        self._list.setCurrentItem(first)  # type: ignore[arg-type]  # None, for no item, is allowed

    def _pick(self) -> None:
        item = self._list.currentItem()
        if item is not None and not item.isHidden():
            self.close()
            self.layerPicked.emit(item.data(_TYPE).name)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and event.key() in _LIST_KEYS:
            self._list.event(event)
            return True
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._pick()
        else:
            super().keyPressEvent(event)


def _starts(item: QListWidgetItem, text: str) -> bool:
    return bool(item.data(_TYPE).name.lower().startswith(text.lower()))


class _LayerDelegate(QStyledItemDelegate):
    """Name in bold, summary below, and the category at right where no heading says it; headings small."""

    categories_shown = False

    def sizeHint(self, _option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(100, _ITEM_HEIGHT if index.data(_TYPE) is not None else _HEADING_HEIGHT)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        layer_type, colours = index.data(_TYPE), theme().colours
        painter.save()
        place: QRect = option.rect
        if layer_type is None:
            painter.setPen(QColor(colours.muted))
            font = painter.font()
            font.setWeight(QFont.Weight.DemiBold)
            painter.setFont(font)
            at = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom
            painter.drawText(place.adjusted(8, 0, -8, -5), at, index.data())
            painter.restore()
            return
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(place, QColor(colours.accent_soft))
        inner = place.adjusted(8, 4, -8, -4)
        upper, lower = inner.adjusted(0, 0, 0, -inner.height() // 2), inner.adjusted(0, inner.height() // 2, 0, 0)
        painter.setPen(QColor(colours.muted))
        if self.categories_shown:
            painter.drawText(upper, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, layer_type.category)
        summary = painter.fontMetrics().elidedText(layer_type.summary, Qt.TextElideMode.ElideRight, lower.width())
        painter.drawText(lower, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, summary)
        font = painter.font()
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(QColor(colours.text))
        painter.drawText(upper, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, layer_type.name)
        painter.restore()
