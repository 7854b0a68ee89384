"""BiasRow: whether a layer has a bias, how it starts, what that gives, and a picture of it."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from biasstudio.gui.stack_editor.bias_preview import BiasPreview
from biasstudio.gui.stack_editor.layer_edits import LayerEdits
from biasstudio.gui.stack_editor.object_choice import ObjectChoice, ObjectParameters
from biasstudio.gui.stack_editor.summary import formula_in_words, start_in_full, start_in_words
from biasstudio.gui.toggle import Toggle
from biasstudio.spec.bias_shapes import Shape, bias_pieces, unfitting_initializers
from biasstudio.spec.initializers import INITIALIZER_TYPES, Initializer
from biasstudio.spec.layers import BiasRole
from biasstudio.spec.stack import Layer


class BiasRow(QWidget):
    """The bias of one layer, or of one inside it. `faultChanged` says that `fault`, of a field, is another."""

    faultChanged = Signal()

    def __init__(self, role: BiasRole, edits: LayerEdits, heading: str = "", parent: QWidget | None = None) -> None:
        """`heading` says whose bias it is, where that is not plain."""
        super().__init__(parent)
        self._role, self._edits = role, edits
        self._whole, self._layer = edits.whole, edits.layer
        self._input: Shape | None = None
        self._heading = QLabel(heading, self)
        self._heading.setProperty("role", "muted")
        self._heading.setVisible(bool(heading))
        self._values = np.empty(0, np.float32)
        self._expanded = False
        self._toggle = self._make_toggle()
        # Switched off with the bias; the choice itself is switched off where the stack is locked.
        self._start = QWidget(self)
        self._choice = self._make_choice()
        self._given = QLabel(self)
        self._given.setProperty("role", "muted")
        self._parameters = ObjectParameters(self._set_parameter, self)
        self._parameters.faultChanged.connect(self.faultChanged)
        self._formula = QLabel(self, wordWrap=True)
        self._formula.setProperty("role", "muted")
        self._preview = BiasPreview(self)
        self._lay_out()

    def _make_toggle(self) -> Toggle:
        toggle = Toggle(
            "bias" if self._role.variable == "bias" else f"{self._role.toggle} ({self._role.variable})", self
        )
        toggle.setObjectName("biasToggle")
        toggle.setAccessibleName("use bias")
        toggle.setToolTip(f"{self._role.toggle}\n{self._layer.type.argument(self._role.toggle).help}")
        toggle.clicked.connect(lambda on: self._edits.switch_bias(on))
        return toggle

    def _make_choice(self) -> ObjectChoice:
        choice = ObjectChoice(INITIALIZER_TYPES, parent=self._start)
        choice.setObjectName("initializerChoice")
        choice.setAccessibleName(self._role.initializer)
        choice.chosenByPerson.connect(lambda name: self._edits.choose_object(self._role.initializer, name))
        return choice

    def _lay_out(self) -> None:
        start = QHBoxLayout(self._start)
        start.setContentsMargins(0, 0, 0, 0)
        start.addWidget(self._choice)
        self._row = QGridLayout()
        self._row.setHorizontalSpacing(8)
        self._row.setVerticalSpacing(2)
        self._row.setColumnStretch(1, 1)
        self._row.addWidget(self._toggle, 0, 0)
        self._row.addWidget(self._start, 0, 1)
        self._row.addWidget(self._given, 0, 2)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self._heading)
        layout.addLayout(self._row)
        for widget in (self._formula, self._parameters, self._preview):
            layout.addWidget(widget)

    @property
    def fault(self) -> str:
        return self._parameters.fault

    def show_layer(self, whole: Layer, *, expanded: bool) -> None:
        """Show the bias in this layer of the stack; `expanded` adds the formula and the seed."""
        self._whole, self._layer, self._expanded = whole, whole.part(self._edits.path), expanded
        on, initializer = self._is_on, self._initializer
        self._toggle.setChecked(on)
        self._start.setEnabled(on)
        self._choice.show_object(initializer)
        self._parameters.show_object(initializer, with_seed=expanded)
        self._parameters.setVisible(on and not self._parameters.empty)
        self._show_start()

    @property
    def _is_on(self) -> bool:
        return bool(self._layer.get(self._role.toggle))

    @property
    def _initializer(self) -> Initializer:
        initializer: Initializer = self._layer.get(self._role.initializer)
        return initializer

    def show_input(self, shape: Shape | None) -> None:
        """The shape of what the layer of the stack reads, without the batch; None where it is not known."""
        self._input = shape
        self._show_start()

    def show_values(self, values: NDArray[np.float32]) -> None:
        """The initial values of its vectors, as built."""
        self._values = values
        self._preview.show_values(values)
        self._show_start()

    def _show_start(self) -> None:
        on, initializer = self._is_on, self._initializer
        whole, path = self._whole, self._edits.path
        pieces = [piece for piece in bias_pieces(whole, self._input) if piece.path == path]
        self._choice.show_reasons(
            unfitting_initializers(whole, path, self._input),
            lambda name: formula_in_words(Initializer.of(name), pieces),
        )
        formula = formula_in_words(initializer, pieces)
        self._choice.setToolTip(f"{initializer.name}: {formula}")
        self._formula.setText(formula)
        self._formula.setVisible(self._expanded and on)
        self._given.setText(start_in_words(initializer, pieces) if on else "no bias")
        self._given.setToolTip(f"What {initializer.name} gives:\n{start_in_full(initializer, pieces)}" if on else "")
        self._preview.setVisible(on and bool(np.any(self._values)))
        self._place_given()

    def _place_given(self) -> None:
        """Beside the choice, or below it where both would not fit."""
        text_width = self._choice.fontMetrics().horizontalAdvance(self._choice.currentText())
        needed = max(text_width + 40, self._choice.minimumSizeHint().width())
        needed += self._toggle.sizeHint().width() + self._given.sizeHint().width() + 16
        fits = needed <= self.width()
        if fits == (self._row.itemAtPosition(0, 2) is None):
            self._row.removeWidget(self._given)
            self._row.addWidget(self._given, *((0, 2) if fits else (1, 1)))
            self._given.setContentsMargins(0 if fits else 8, 0, 0, 0)
        self._given.setAlignment(
            Qt.AlignmentFlag.AlignVCenter | (Qt.AlignmentFlag.AlignRight if fits else Qt.AlignmentFlag.AlignLeft)
        )

    def minimumSizeHint(self) -> QSize:
        # What is given goes below the choice where there is no room for it beside.
        needed = self._toggle.sizeHint().width() + self._choice.minimumSizeHint().width() + 8
        return QSize(needed, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_given()

    def _set_parameter(self, parameter: str, value: object, merge_key: str) -> str:
        return self._edits.set_object_parameter(self._role.initializer, parameter, value, merge_key)
