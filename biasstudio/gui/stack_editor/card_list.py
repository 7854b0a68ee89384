"""CardList: the cards of a stack, one below the other, put in another order by the mouse."""

from collections.abc import Sequence

from PySide6.QtCore import QPoint, Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from biasstudio.gui.stack_editor.layer_card import LayerCard

_GAP = 8


class CardList(QWidget):
    """`first` above, the cards below it, then `empty` where there are none. `dragMoved` carries the mouse's place."""

    layerMoved = Signal(str, int)
    """A card was dropped: the layer's name and its place in the resulting stack."""
    dragMoved = Signal(QPoint)

    def __init__(self, first: QWidget, empty: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.cards: list[LayerCard] = []
        self._empty = empty
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(_GAP)
        self._layout.addWidget(first)
        self._layout.addWidget(empty)
        self._layout.addStretch()
        self._indicator = QFrame(self)
        self._indicator.setObjectName("dropIndicator")
        self._indicator.setFixedHeight(3)
        self._indicator.hide()

    def show_cards(self, cards: Sequence[LayerCard]) -> None:
        """These cards, in this order; those that are in the list already stay as they are."""
        for index, card in enumerate(cards, start=1):
            if card not in self.cards:
                self._connect(card)
            if self._layout.indexOf(card) != index:
                self._layout.removeWidget(card)
                self._layout.insertWidget(index, card)
                card.show()
        self.cards = list(cards)
        self._empty.setVisible(not cards)

    def set_right_margin(self, pixels: int) -> None:
        self._layout.setContentsMargins(0, 0, pixels, 0)

    def take_away(self, card: LayerCard) -> None:
        """The card's layer is gone."""
        self._layout.removeWidget(card)
        card.hide()
        card.deleteLater()

    def _connect(self, card: LayerCard) -> None:
        card.head.dragMoved.connect(lambda place: self._show_place(card, place))
        card.head.dropped.connect(lambda place: self._drop(card, place))
        card.head.dragCancelled.connect(self._indicator.hide)

    def _place_of(self, card: LayerCard, place: QPoint) -> int:
        height = self.mapFromGlobal(place).y()
        return sum(other.geometry().center().y() < height for other in self.cards if other is not card)

    def _show_place(self, card: LayerCard, place: QPoint) -> None:
        others = [other for other in self.cards if other is not card]
        index = self._place_of(card, place)
        if not others:
            return
        line = others[index].geometry().top() if index < len(others) else others[-1].geometry().bottom() + _GAP
        self._indicator.setGeometry(0, line - _GAP // 2 - 1, self.width(), 3)
        self._indicator.raise_()
        self._indicator.show()
        self.dragMoved.emit(self.mapFromGlobal(place))

    def _drop(self, card: LayerCard, place: QPoint) -> None:
        self._indicator.hide()
        self.layerMoved.emit(card.name, self._place_of(card, place))
