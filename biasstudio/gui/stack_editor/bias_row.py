"""BiasRow: whether a layer has a bias, how it starts, what that gives, and a picture of it."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from biasstudio.gui.stack_editor.bias_preview import BiasPreview
from biasstudio.gui.stack_editor.initializer_choice import InitializerChoice, InitializerParameters
from biasstudio.gui.stack_editor.layer_edits import LayerEdits
from biasstudio.gui.stack_editor.summary import start_in_words
from biasstudio.gui.toggle import Toggle
from biasstudio.spec.initializers import VECTOR_INITIALIZERS
from biasstudio.spec.layers import BiasRole
from biasstudio.spec.stack import Layer


class BiasRow(QWidget):
    """The bias of one layer. `faultChanged` says that `fault`, of one of its fields, is another."""

    faultChanged = Signal()

    def __init__(self, role: BiasRole, edits: LayerEdits, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._role, self._edits = role, edits
        self._layer = edits.layer
        self._length: int | None = None
        self._values = np.empty(0, np.float32)
        self._expanded = False
        self._toggle = self._make_toggle()
        # Switched off with the bias; the choice itself is switched off where the stack is locked.
        self._start = QWidget(self)
        self._choice = self._make_choice()
        self._given = QLabel(self)
        self._given.setProperty("role", "muted")
        self._parameters = InitializerParameters(self._set_parameter, self)
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

    def _make_choice(self) -> InitializerChoice:
        choice = InitializerChoice(VECTOR_INITIALIZERS, self._start)
        choice.setObjectName("initializerChoice")
        choice.setAccessibleName(self._role.initializer)
        choice.textActivated.connect(lambda name: self._edits.choose_initializer(self._role.initializer, name))
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
        layout.addLayout(self._row)
        for widget in (self._formula, self._parameters, self._preview):
            layout.addWidget(widget)

    @property
    def fault(self) -> str:
        return self._parameters.fault

    def show_layer(self, layer: Layer, *, expanded: bool) -> None:
        """Show the layer's bias; `expanded` adds the formula and the seed."""
        self._layer, self._expanded = layer, expanded
        initializer = layer.bias_initializer
        if initializer is None:
            return
        self._toggle.setChecked(layer.has_bias)
        self._start.setEnabled(layer.has_bias)
        self._choice.show_initializer(initializer)
        self._parameters.show_initializer(initializer, with_seed=expanded)
        self._parameters.setVisible(layer.has_bias and not self._parameters.empty)
        self._formula.setText(initializer.type.formula)
        self._formula.setVisible(expanded and layer.has_bias)
        self._show_start()

    def show_values(self, length: int, values: NDArray[np.float32]) -> None:
        """The vector's length and, of all vectors of the layer, the initial values, as built."""
        self._length, self._values = length, values
        self._preview.show_values(values)
        self._show_start()

    def _show_start(self) -> None:
        layer, initializer = self._layer, self._layer.bias_initializer
        length = layer.get(self._role.length) if self._role.length else self._length
        text = start_in_words(initializer, length) if initializer is not None else ""
        self._given.setText(text if layer.has_bias else "no bias")
        of_length = f" on a vector of {length}" if length else ""
        self._given.setToolTip(f"What {self._choice.currentText()} gives{of_length}" if layer.has_bias else "")
        self._preview.setVisible(layer.has_bias and bool(np.any(self._values)))
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
        return self._edits.set_initializer_parameter(self._role.initializer, parameter, value, merge_key)
