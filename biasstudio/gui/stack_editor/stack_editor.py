"""StackEditor: the pane in which a stack is made and changed."""

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from biasstudio.gui.checked_text import forget_typing
from biasstudio.gui.document import Document
from biasstudio.gui.locking import lock_control
from biasstudio.gui.stack_editor.add_layer import AddLayerPopup
from biasstudio.gui.stack_editor.card_list import CardList
from biasstudio.gui.stack_editor.header import StackHeader
from biasstudio.gui.stack_editor.input_card import InputCard
from biasstudio.gui.stack_editor.layer_card import LayerCard
from biasstudio.gui.stack_editor.layer_edits import LayerEdits, try_edit
from biasstudio.gui.stack_editor.weights_row import WeightsRow
from biasstudio.gui.tab_order import order_tabs, tab_stops
from biasstudio.spec.arguments import INPUT, SpecError
from biasstudio.spec.stack import Layer
from biasstudio.worker.messages import Built

_MARGIN = 8
MISFIT = "This doesn't fit the data."
LOCK_REASON = "Stop the training to change the stack"


class StackEditor(QWidget):
    """Shows the document's stack, and edits it through the document. A card is kept as long as its layer."""

    layerChosen = Signal(str)

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._chosen: LayerCard | None = None
        self._lock_reason = ""
        self._header = StackHeader(self)
        self._header.add_button.clicked.connect(self._open_catalogue)
        self._weights = WeightsRow(document, self)
        self._input = InputCard(document, self)
        self._empty = self._make_empty()
        self._list = CardList(self._input, self._empty, self)
        self._list.layerMoved.connect(lambda name, index: LayerEdits(document, name).move_to(index))
        self._list.dragMoved.connect(self._scroll_along)
        self._catalogue = AddLayerPopup(self)
        self._catalogue.layerPicked.connect(self._add_layer)
        # The chosen card has its new height only after the layout's next turn.
        self._reveal = QTimer(self, singleShot=True, interval=0)
        self._reveal.timeout.connect(self._reveal_chosen)
        self._lay_out()
        document.changed.connect(self._show_document)
        self._show_document()

    def _make_empty(self) -> QWidget:
        empty = QWidget()
        empty.setObjectName("emptyStack")
        sentence = QLabel("A stack needs at least one layer.", empty)
        sentence.setProperty("role", "muted")
        button = QPushButton("Add a layer", empty)
        button.setObjectName("addFirstLayerButton")
        button.setProperty("role", "primary")
        button.clicked.connect(self._open_catalogue)
        rows = QVBoxLayout(empty)
        rows.setContentsMargins(0, 28, 0, 0)
        rows.setSpacing(12)
        for widget in (sentence, button):
            rows.addWidget(widget, 0, Qt.AlignmentFlag.AlignHCenter)
        return empty

    def _lay_out(self) -> None:
        self._scroll = QScrollArea(self)
        self._scroll.setObjectName("stackView")
        self._scroll.setAccessibleName("layers of the stack")
        self._scroll.setWidgetResizable(True)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(self._list)
        self._scroll.verticalScrollBar().rangeChanged.connect(self._keep_margin)
        self._keep_margin(0, 0)
        rows = QVBoxLayout(self)
        # The scroll bar stands in the right margin, so that it takes no room from the cards when it comes.
        rows.setContentsMargins(_MARGIN, _MARGIN, 0, _MARGIN)
        rows.setSpacing(6)
        rows.addWidget(self._header)
        rows.addWidget(self._weights)
        rows.addWidget(self._scroll, 1)
        self.setMinimumWidth(280)

    def _keep_margin(self, _lowest: int, highest: int) -> None:
        self._list.set_right_margin(0 if highest else _MARGIN)

    @property
    def chosen_layer(self) -> str | None:
        """The name of the chosen layer."""
        return self._chosen.name if self._chosen is not None else None

    def _show_document(self) -> None:
        layers = self._document.stack.layers
        old = self._list.cards
        cards = [card or self._make_card(layer) for card, layer in zip(_kept(old, layers), layers, strict=True)]
        place = old.index(self._chosen) if self._chosen in old else 0
        for card in set(old) - set(cards):
            forget_typing(card)
            self._list.take_away(card)
        self._list.show_cards(cards)
        for card, layer in zip(cards, layers, strict=True):
            card.forget_refusal()
            card.show_layer(layer)
            card.show_biases_only(self._document.experiment.training.biases_only)
        self._input.show_document()
        self._weights.show_document()
        if self._chosen is not None and self._chosen not in cards:
            self._chosen = None
            if cards:
                self._choose(cards[min(place, len(cards) - 1)])
        self._order_tabs()

    def _make_card(self, layer: Layer) -> LayerCard:
        card = LayerCard(self._document, layer, self._list)
        card.chosen.connect(lambda: self._choose(card))
        card.stepped.connect(lambda step: self._step(card, step))
        card.controlsChanged.connect(self._order_tabs)
        card.set_locked(self._lock_reason)
        return card

    def _order_tabs(self) -> None:
        parts = (self._header, self._weights, self._input, self._empty, *self._list.cards)
        order_tabs([stop for part in parts for stop in tab_stops(part)])

    def _choose(self, card: LayerCard) -> None:
        self._mark_chosen(card, expanded=True)
        self.layerChosen.emit(card.name)

    def _step(self, card: LayerCard, step: int) -> None:
        index = self._list.cards.index(card) + step
        if 0 <= index < len(self._list.cards):
            self._list.cards[index].setFocus()
            self._choose(self._list.cards[index])

    def choose_layer(self, name: str) -> None:
        """Choose the layer, if there is one of this name, without `layerChosen`; only a person's click expands it."""
        card = self._card(name)
        if card is not None and card is not self._chosen:
            self._mark_chosen(card, expanded=False)

    def _mark_chosen(self, card: LayerCard, *, expanded: bool) -> None:
        self._chosen = card
        for other in self._list.cards:
            other.set_chosen(other is card, expanded=expanded and other is card)
        if self.isVisible():
            self._reveal.start()

    def _card(self, name: str | None) -> LayerCard | None:
        return next((card for card in self._list.cards if card.name == name), None)

    def _reveal_chosen(self) -> None:
        if self._chosen is not None:
            self._scroll.ensureWidgetVisible(self._chosen, 0, 8)

    def _scroll_along(self, place: QPoint) -> None:
        self._scroll.ensureVisible(place.x(), place.y(), 0, 48)

    def hideEvent(self, event: QHideEvent) -> None:
        self._reveal.stop()
        super().hideEvent(event)

    def _open_catalogue(self) -> None:
        button = self._header.add_button
        self._catalogue.open_at(self._header.mapToGlobal(QPoint(0, button.geometry().bottom() + 4)), self.width() - 20)

    def _add_layer(self, class_name: str) -> None:
        stack = self._document.stack
        name = stack.free_name(class_name)
        index = len(stack.layers) if self._chosen is None else stack.index(self._chosen.name) + 1
        reason = try_edit(self._document, f"Add {class_name}", lambda stack: stack.add(class_name, index))
        self._header.show_fault(reason)
        card = self._card(name)
        if card is not None and not reason:
            self._choose(card)
            card.setFocus()

    def show_built(self, built: Built) -> None:
        """Show the network as built: output shapes, parameters, initial biases; faults are gone, but a misfit."""
        self._clear_problems()
        with_weights = sum(layer.parameters > 0 for layer in built.layers)
        self._weights.show_notes(built.starting_anew, of_all=len(built.starting_anew) >= with_weights > 0)
        history = built.history
        biases = sum(vector.length for vector in history.vectors)
        self._header.show_network(sum(layer.parameters for layer in built.layers), biases, built.seconds)
        facts = {layer.name: layer for layer in built.layers}
        shape: tuple[int, ...] | None = built.experiment.stack.input_shape
        for card in self._list.cards:
            fact = facts.get(card.name)
            card.show_built(fact)
            card.show_input(shape)
            shape = None if fact is None else fact.output_shape
            vectors = [vector for vector in history.vectors if vector.layer == card.name]
            card.show_start([history.values(vector.path, 0) for vector in vectors])
        if built.misfit is not None:
            # In full it stands over the panels, where it can be mended.
            self._mark_problem(built.misfit, MISFIT)

    def show_problem(self, error: SpecError) -> None:
        """Say why the stack can't be built: on the card of the layer at fault, else in the header."""
        self._clear_problems()
        self._header.show_refused()
        self._mark_problem(error, str(error))
        names = [card.name for card in self._list.cards]
        # From the layer at fault on, nothing was built.
        first = names.index(error.layer) if error.layer in names else 0
        for card in self._list.cards[first:]:
            card.show_built(None)

    def _clear_problems(self) -> None:
        self._header.show_fault("")
        self._input.show_problem("")
        for card in self._list.cards:
            card.show_problem("")

    def _mark_problem(self, error: SpecError, sentence: str) -> None:
        card = self._card(error.layer)
        if card is not None:
            card.show_problem(sentence)
        elif error.layer == INPUT:
            self._input.show_problem(sentence)
        else:
            self._header.show_fault(sentence)

    def set_locked(self, locked: bool) -> None:
        """Allow no edits while training; each control says why. Layers can still be chosen."""
        self._lock_reason = LOCK_REASON if locked else ""
        self._input.set_locked(self._lock_reason)
        self._weights.set_locked(self._lock_reason)
        for card in self._list.cards:
            card.set_locked(self._lock_reason)
        for button in (self._header.add_button, *self._empty.findChildren(QPushButton)):
            lock_control(button, self._lock_reason)


def _kept(cards: list[LayerCard], layers: tuple[Layer, ...]) -> list[LayerCard | None]:
    """The card of each layer, by its name, or by its place where it was renamed; None for a new layer."""
    by_name = {card.name: card for card in cards}
    kept: list[LayerCard | None] = [by_name.get(layer.name) for layer in layers]
    if len(cards) == len(layers):
        free = set(cards) - set(kept)
        kept = [card or (old if old in free else None) for card, old in zip(kept, cards, strict=True)]
    matches = zip(kept, layers, strict=True)
    return [card if card and card.layer.class_name == layer.class_name else None for card, layer in matches]
