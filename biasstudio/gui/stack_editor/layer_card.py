"""LayerCard: one layer of the stack."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QVBoxLayout, QWidget

from biasstudio.gui.checked_text import forget_typing
from biasstudio.gui.document import Document
from biasstudio.gui.fault_label import FaultLabel
from biasstudio.gui.locking import lock_controls
from biasstudio.gui.stack_editor.argument_grid import ArgumentGrid
from biasstudio.gui.stack_editor.bias_row import BiasRow
from biasstudio.gui.stack_editor.card import Card
from biasstudio.gui.stack_editor.card_head import CardHead
from biasstudio.gui.stack_editor.layer_edits import LayerEdits
from biasstudio.gui.stack_editor.learns_row import LearnsRow
from biasstudio.gui.stack_editor.summary import layer_summary, shape_text
from biasstudio.recording.network import BuiltLayer
from biasstudio.spec.bias_shapes import Path, Shape, bias_pieces
from biasstudio.spec.stack import Layer

_PROBLEM, _REFUSAL = 1, 2
_STEPS = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}


class LayerCard(Card):
    """One layer: compact, or with all of its arguments while it is chosen."""

    chosen = Signal()
    stepped = Signal(int)
    """An arrow key asks for the card above (-1) or below (1)."""
    controlsChanged = Signal()
    """There are other controls in the card than before."""

    def __init__(self, document: Document, layer: Layer, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._edits = LayerEdits(document, layer.name)
        self._layer: Layer | None = None
        self._expanded = False
        self._lock_reason = ""
        self._grid: ArgumentGrid | None = None
        self.setObjectName("layerCard")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self._make_actions()
        menu = QMenu(self)
        menu.addActions(self.actions())
        self.head = CardHead(layer.class_name, menu, self)
        self._summary = QLabel(self, wordWrap=True)
        self._summary.setProperty("role", "muted")
        self._parameters = QLabel(self)
        self._parameters.setProperty("role", "muted")
        self._parameters.setToolTip("Trainable and other weights of this layer")
        self._biases: dict[Path, BiasRow] = {}
        self._bias_classes: tuple[tuple[Path, str], ...] = ()
        self._input: Shape | None = None
        self._learns = LearnsRow(self._edits, self)
        self._biases_only = self._parameterless = False
        self._fault = FaultLabel(self)
        self._fault.faultChanged.connect(self._mark_fault)
        self._lay_out()
        self.show_built(None)
        self.show_layer(layer)

    def _make_actions(self) -> None:
        edits = self._edits
        self._add_action("Duplicate", "Ctrl+D", edits.duplicate)
        self._add_action("Move up", "Alt+Up", lambda: edits.move_by(-1))
        self._add_action("Move down", "Alt+Down", lambda: edits.move_by(1))
        remove = self._add_action("Remove", "Del", edits.remove)
        # In a field of the card the key is for the text.
        remove.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)

    def _add_action(self, text: str, shortcut: str, edit: Callable[[], str]) -> QAction:
        action = QAction(text, self)
        action.setShortcut(shortcut)
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        action.setToolTip(f"{text} ({shortcut})")
        action.triggered.connect(lambda: self._fault.show_fault(edit(), _REFUSAL))
        self.addAction(action)
        return action

    def _lay_out(self) -> None:
        summary_row = QHBoxLayout()
        summary_row.addWidget(self._summary, 1)
        summary_row.addWidget(self._parameters, 0, Qt.AlignmentFlag.AlignTop)
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(10, 6, 10, 8)
        self._rows.setSpacing(6)
        self._rows.addWidget(self.head)
        self._rows.addLayout(summary_row)
        self._bias_rows = QVBoxLayout()
        self._bias_rows.setSpacing(6)
        self._rows.addLayout(self._bias_rows)
        self._rows.addWidget(self._learns)
        self._rows.addWidget(self._fault)

    @property
    def name(self) -> str:
        return self._edits.name

    @property
    def layer(self) -> Layer:
        return self._edits.layer if self._layer is None else self._layer

    def show_layer(self, layer: Layer) -> None:
        """Show `layer` in place of what was shown, which may have had another name."""
        if layer == self._layer:
            return
        self._layer, self._edits.name = layer, layer.name
        self.setAccessibleName(f"{layer.class_name} {layer.name}")
        self.setToolTip(layer.type.summary)
        self.head.show_name(layer.name)
        self._summary.setText(layer_summary(layer))
        self._summary.setVisible(bool(self._summary.text()))
        self._show_details()

    def _show_details(self) -> None:
        expanded = self._expanded
        self._make_biases()
        for row in self._biases.values():
            row.show_layer(self.layer, expanded=expanded)
        if self._grid is None and expanded:
            self._grid = ArgumentGrid(self._edits, self)
            self._grid.faultChanged.connect(self._mark_fault)
            self._grid.controlsChanged.connect(self._lock_again)
            self._rows.insertWidget(self._rows.count() - 1, self._grid)
        if self._grid is not None:
            self._grid.show_layer(self.layer)
            # A wrong text is never out of sight.
            self._grid.setVisible(expanded or bool(self._grid.fault))
        self._lock_again()

    def _make_biases(self) -> None:
        """A row for the bias of the layer, and of each layer inside; anew where there are others than before."""
        layer = self.layer
        classes = tuple((path, layer.part(path).class_name) for path in layer.bias_parts)
        if classes == self._bias_classes:
            return
        for row in self._biases.values():
            forget_typing(row)
            row.hide()
            self._bias_rows.removeWidget(row)
            row.deleteLater()
        self._bias_classes, self._biases = classes, {}
        for path, class_name in classes:
            role = layer.part(path).type.bias
            if role is not None:
                heading = _place_inside(path, class_name) if path else ""
                row = BiasRow(role, self._edits.inside(*path), heading, self)
                row.faultChanged.connect(self._mark_fault)
                row.show_input(self._input)
                self._biases[path] = row
                self._bias_rows.addWidget(row)

    def _lock_again(self) -> None:
        lock_controls(self, self._lock_reason)
        self._show_learning()
        self.controlsChanged.emit()

    def show_biases_only(self, biases_only: bool) -> None:
        """Whether the settings let nothing but biases learn, in every layer."""
        self._biases_only = biases_only
        self._show_learning()

    def _show_learning(self) -> None:
        # A layer without a weight has nothing to choose.
        expanded = self._expanded and not self._parameterless
        self._learns.show_layer(self.layer, biases_only=self._biases_only, expanded=expanded, locked=self._lock_reason)

    def set_chosen(self, chosen: bool, *, expanded: bool) -> None:
        """Mark the card as the chosen one; `expanded` shows all of its arguments too."""
        self.mark("chosen", chosen)
        if expanded != self._expanded:
            self._expanded = expanded
            self._show_details()
        elif self._grid is not None:
            self._grid.setVisible(expanded or bool(self._grid.fault))

    def show_built(self, built: BuiltLayer | None) -> None:
        """The layer as built; None where it could not be."""
        self.head.show_shape("–" if built is None else shape_text(built.output_shape))
        count = 0 if built is None else built.parameters
        self._parameterless = built is not None and not count
        self._show_learning()
        self._parameters.setText("" if not count else f"{count:,} {'param' if count == 1 else 'params'}")
        self._parameters.setVisible(bool(count))

    def show_input(self, shape: Shape | None) -> None:
        """The shape of what the layer reads, without the batch; None where it is not known."""
        self._input = shape
        for row in self._biases.values():
            row.show_input(shape)

    def show_start(self, values: Sequence[NDArray[np.float32]]) -> None:
        """The initial values of its bias vectors, float32 (n,) each, in Keras's order."""
        layer, left = self.layer, list(values)
        groups: dict[Path, list[NDArray[np.float32]]] = {path: [] for path in self._biases}
        pieces = [piece for piece in bias_pieces(layer, self._input) if _is_on(layer.part(piece.path))]
        for path, _vector in dict.fromkeys((piece.path, piece.vector) for piece in pieces):
            if left and path in groups:
                groups[path].append(left.pop(0))
        for path, parts in groups.items():
            self._biases[path].show_values(np.concatenate(parts) if parts else np.empty(0, np.float32))

    def show_problem(self, sentence: str) -> None:
        """What keeps the layer from being built or trained; "" for nothing."""
        self._fault.show_fault(sentence, _PROBLEM)

    def forget_refusal(self) -> None:
        """The edit that was refused is past."""
        self._fault.show_fault("", _REFUSAL)

    def _mark_fault(self) -> None:
        parts = (self._fault, *self._biases.values(), self._grid)
        self.mark("fault", any(part is not None and part.fault for part in parts))

    def set_locked(self, reason: str) -> None:
        """Allow no edit for `reason`; "" allows them again."""
        self._lock_reason = reason
        self.head.drag_allowed = not reason
        for action in self.actions():
            action.setEnabled(not reason)
        lock_controls(self, reason)
        self._show_learning()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.setFocus(Qt.FocusReason.MouseFocusReason)
            self.chosen.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if not self.hasFocus():
            # A field of the card has had no use for the key: it is not for the card.
            super().keyPressEvent(event)
        elif key in _STEPS and not event.modifiers():
            self.stepped.emit(_STEPS[key])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.chosen.emit()
        elif key == Qt.Key.Key_Escape:
            self.head.cancel_drag()
        else:
            super().keyPressEvent(event)


def _is_on(part: Layer) -> bool:
    return part.type.bias is not None and bool(part.get(part.type.bias.toggle))


def _place_inside(path: Path, class_name: str) -> str:
    """Whose bias it is: layer · LSTM; cell 2 · GRUCell."""
    words = [f"{step + 1}" if isinstance(step, int) else step.replace("_", " ") for step in path]
    return f"{' '.join(words)} · {class_name}"
