"""ArgumentGrid: a layer's name and all of its arguments, but those of its bias, as labelled fields."""

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from biasstudio.gui.argument_field import ArgumentField, argument_help
from biasstudio.gui.checked_text import CheckedText
from biasstudio.gui.fault_label import FaultLabel
from biasstudio.gui.stack_editor.initializer_choice import InitializerChoice, InitializerParameters
from biasstudio.gui.stack_editor.layer_edits import LayerEdits
from biasstudio.spec.arguments import Argument
from biasstudio.spec.initializers import INITIALIZER_TYPES
from biasstudio.spec.stack import Layer


class ArgumentGrid(QWidget):
    """A row for each argument: its label, its field, and below them what is wrong with it."""

    faultChanged = Signal()

    def __init__(self, edits: LayerEdits, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._edits = edits
        self._fields: dict[str, ArgumentField] = {}
        self._initializers: dict[str, tuple[InitializerChoice, InitializerParameters]] = {}
        self._faults: list[FaultLabel] = []
        self._labels: list[QLabel] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 2, 0, 0)
        self._grid.setHorizontalSpacing(10)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(1, 1)
        self._name = self._add_name()
        role = edits.layer.type.bias
        for argument in edits.layer.type.arguments:
            of_bias = role is not None and argument.name in (role.toggle, role.initializer)
            if not of_bias and argument.kind not in ("regularizer", "constraint", "layer", "layers"):
                self._add_argument(argument)

    @property
    def fault(self) -> str:
        """The first thing that is wrong with a field, or ""."""
        faults = [label.fault for label in self._faults]
        faults += [parameters.fault for _, parameters in self._initializers.values()]
        return next(filter(None, faults), "")

    def show_layer(self, layer: Layer) -> None:
        self._name.set_value(layer.name)
        for name, field in self._fields.items():
            field.set_value(layer.get(name))
        for name, (choice, parameters) in self._initializers.items():
            choice.show_initializer(layer.get(name))
            parameters.show_initializer(layer.get(name), with_seed=True)
        self._align()

    def _align(self) -> None:
        # The parameters' rows are grids of their own: all labels have one width.
        initializers = [parameters for _, parameters in self._initializers.values()]
        width = max(label.sizeHint().width() for label in self._labels)
        width = max([width, *(parameters.label_width for parameters in initializers)])
        for label in self._labels:
            label.setMinimumWidth(width)
        for parameters in initializers:
            parameters.align(width)

    def _add_name(self) -> CheckedText:
        # Only when it is whole: each name on the way would be another network.
        name = CheckedText(str.strip, str, self._edits.name, self, while_typing=False)
        name.setObjectName("argument_name")
        name.setAccessibleName("name")
        name.setToolTip("The layer's name in Keras, such as dense_1.\nLetters, digits, _ , - and ., no spaces.")
        name.valueChosen.connect(self._rename)
        self._add_row("name", name, name.toolTip())
        self._watch(name)
        return name

    def _rename(self, name: str) -> None:
        reason = self._edits.rename(name)
        if reason:
            self._name.refuse(reason)

    def _add_argument(self, argument: Argument) -> None:
        if argument.kind == "initializer":
            self._add_initializer(argument)
            return
        field = ArgumentField(argument, self._edits.layer.get(argument.name), self)
        self._fields[argument.name] = field
        field.valueChosen.connect(lambda value: self._choose(field, value))
        self._add_row(argument.name, field, argument_help(argument))
        self._watch(field)

    def _choose(self, field: ArgumentField, value: Any) -> None:
        reason = self._edits.set_argument(field.argument.name, value, field.merge_key)
        if reason:
            field.refuse(reason)

    def _add_initializer(self, argument: Argument) -> None:
        name = argument.name
        choice = InitializerChoice(tuple(INITIALIZER_TYPES), self, for_vector=False)
        choice.setObjectName(f"argument_{name}")
        choice.setAccessibleName(name)
        choice.setToolTip(argument_help(argument))
        choice.textActivated.connect(lambda chosen: self._edits.choose_initializer(name, chosen))
        self._add_row(name, choice, argument_help(argument))
        parameters = InitializerParameters(
            lambda parameter, value, key: self._edits.set_initializer_parameter(name, parameter, value, key),
            self,
            owner=name.removesuffix("_initializer").replace("_", " "),
            in_rows=True,
        )
        parameters.faultChanged.connect(self.faultChanged)
        self._grid.addWidget(parameters, self._grid.rowCount(), 0, 1, 2)
        self._initializers[name] = (choice, parameters)

    def _add_row(self, text: str, field: QWidget, tool_tip: str) -> None:
        row = self._grid.rowCount()
        label = QLabel(text, self)
        label.setProperty("role", "muted")
        label.setToolTip(tool_tip)
        self._labels.append(label)
        self._grid.addWidget(label, row, 0, Qt.AlignmentFlag.AlignVCenter)
        self._grid.addWidget(field, row, 1)

    def _watch(self, field: ArgumentField | CheckedText) -> None:
        label = FaultLabel(self)
        label.watch(field)
        label.faultChanged.connect(self.faultChanged)
        self._faults.append(label)
        self._grid.addWidget(label, self._grid.rowCount(), 0, 1, 2)
