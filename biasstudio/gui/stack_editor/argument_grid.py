"""ArgumentGrid: a layer's name and all of its arguments, but those of its bias, as labelled fields."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from biasstudio.gui.argument_field import ArgumentField, argument_help
from biasstudio.gui.checked_text import CheckedText, forget_typing
from biasstudio.gui.choice_box import ChoiceBox
from biasstudio.gui.fault_label import FaultLabel
from biasstudio.gui.stack_editor.layer_edits import LayerEdits
from biasstudio.gui.stack_editor.object_choice import ObjectChoice, ObjectParameters
from biasstudio.spec.arguments import Argument
from biasstudio.spec.constraints import CONSTRAINT_TYPES
from biasstudio.spec.initializers import INITIALIZER_TYPES
from biasstudio.spec.keras_objects import ObjectType
from biasstudio.spec.regularizers import REGULARIZER_TYPES
from biasstudio.spec.stack import Layer

_INDENT = 10


_OBJECT_TYPES: dict[str, Mapping[str, ObjectType]] = {
    "initializer": INITIALIZER_TYPES,
    "regularizer": REGULARIZER_TYPES,
    "constraint": CONSTRAINT_TYPES,
}


class ArgumentGrid(QWidget):
    """A row for each argument: its label, its field, and below them what is wrong with it.

    What is seldom wanted is behind a button; layers inside have grids of their own.
    """

    faultChanged = Signal()
    controlsChanged = Signal()
    """There are other controls in it than before."""

    def __init__(self, edits: LayerEdits, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._edits = edits
        self._fields: dict[str, ArgumentField] = {}
        self._objects: dict[str, tuple[ObjectChoice, ObjectParameters]] = {}
        self._faults: list[FaultLabel] = []
        self._labels: list[QLabel] = []
        self._inside: list[InsideLayer | InsideCells] = []
        self._sections = QVBoxLayout(self)
        self._sections.setContentsMargins(0, 2, 0, 0)
        self._sections.setSpacing(4)
        self._grid = _new_grid()
        self._sections.addLayout(self._grid)
        # Keras names what lies in a wrapper by itself.
        self._name = None if edits.path else self._add_name()
        role, arguments = edits.layer.type.bias, edits.layer.type.arguments
        of_bias = set() if role is None else {role.initializer, role.toggle}
        shown = [each for each in arguments if each.name not in of_bias or each.kind == "text"]
        for argument in shown:
            if not argument.advanced:
                self._add_argument(argument)
        self._more = self._add_more([argument for argument in shown if argument.advanced])

    def _add_more(self, arguments: list[Argument]) -> QWidget | None:
        """What is seldom wanted, behind a button."""
        if not arguments:
            return None
        button, more = QPushButton("More", self), QWidget(self)
        button.setCheckable(True)
        button.setObjectName("moreArguments")
        button.setProperty("role", "quiet")
        button.setToolTip(", ".join(argument.name for argument in arguments))
        button.toggled.connect(more.setVisible)
        button.toggled.connect(lambda on: button.setText("Less" if on else "More"))
        changed = any(self._edits.layer.get(argument.name) != argument.default for argument in arguments)
        self._sections.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        self._sections.addWidget(more)
        self._grid = _new_grid(more)
        for argument in arguments:
            self._add_argument(argument)
        # What is not as usual is never out of sight.
        button.setChecked(changed)
        more.setVisible(changed)
        return more

    @property
    def fault(self) -> str:
        """The first thing that is wrong with a field, or ""."""
        faults = [label.fault for label in self._faults]
        faults += [parameters.fault for _, parameters in self._objects.values()]
        faults += [inside.fault for inside in self._inside]
        return next(filter(None, faults), "")

    def show_layer(self, layer: Layer) -> None:
        """Show the layer that is edited."""
        if self._name is not None:
            self._name.set_value(layer.name)
        for name, field in self._fields.items():
            field.set_value(layer.get(name))
        for name, (choice, parameters) in self._objects.items():
            choice.show_object(layer.get(name))
            parameters.show_object(layer.get(name))
        for inside in self._inside:
            inside.show_layer(layer)
        self._align()

    def _align(self) -> None:
        # The parameters' rows are grids of their own: all labels have one width.
        objects = [parameters for _, parameters in self._objects.values()]
        width = max((label.sizeHint().width() for label in self._labels), default=0)
        width = max([width, *(parameters.label_width for parameters in objects)])
        for label in self._labels:
            label.setMinimumWidth(width)
        for parameters in objects:
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
        if reason and self._name is not None:
            self._name.refuse(reason)

    def _add_argument(self, argument: Argument) -> None:
        if argument.kind in _OBJECT_TYPES:
            self._add_object(argument)
        elif argument.kind in ("layer", "layers"):
            self._add_inside(argument)
        else:
            self._add_field(argument)

    def _add_field(self, argument: Argument) -> None:
        field = ArgumentField(argument, self._edits.layer.get(argument.name), self)
        self._fields[argument.name] = field
        field.valueChosen.connect(lambda value: self._choose(field, value))
        self._add_row(argument.name, field, argument_help(argument))
        self._watch(field)

    def _add_inside(self, argument: Argument) -> None:
        inside = (InsideLayer if argument.kind == "layer" else InsideCells)(argument, self._edits, self)
        inside.faultChanged.connect(self.faultChanged)
        inside.controlsChanged.connect(self.controlsChanged)
        self._inside.append(inside)
        self._grid.addWidget(inside, self._grid.rowCount(), 0, 1, 2)

    def _choose(self, field: ArgumentField, value: Any) -> None:
        reason = self._edits.set_argument(field.argument.name, value, field.merge_key)
        if reason:
            field.refuse(reason)

    def _add_object(self, argument: Argument) -> None:
        name = argument.name
        choice = ObjectChoice(_OBJECT_TYPES[argument.kind], argument.unset, self)
        choice.setObjectName(f"argument_{name}")
        choice.setAccessibleName(name)
        choice.setToolTip(argument_help(argument))
        fault = FaultLabel(self)
        fault.faultChanged.connect(self.faultChanged)
        choice.chosenByPerson.connect(lambda chosen: fault.show_fault(self._edits.choose_object(name, chosen), 0))
        self._add_row(name, choice, argument_help(argument))
        parameters = ObjectParameters(
            lambda parameter, value, key: self._edits.set_object_parameter(name, parameter, value, key),
            self,
            owner=name.removesuffix(f"_{argument.kind}").replace("_", " "),
            in_rows=True,
        )
        parameters.faultChanged.connect(self.faultChanged)
        self._faults.append(fault)
        self._grid.addWidget(fault, self._grid.rowCount(), 0, 1, 2)
        self._grid.addWidget(parameters, self._grid.rowCount(), 0, 1, 2)
        self._objects[name] = (choice, parameters)

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


def _new_grid(parent: QWidget | None = None) -> QGridLayout:
    grid = QGridLayout(parent) if parent is not None else QGridLayout()
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(10)
    grid.setVerticalSpacing(4)
    grid.setColumnStretch(1, 1)
    return grid


class _Inside(QWidget):
    """Layers inside a layer: which, and all of their arguments."""

    faultChanged = Signal()
    controlsChanged = Signal()

    def __init__(self, argument: Argument, edits: LayerEdits, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._argument, self._edits = argument, edits
        self._shown: tuple[str, ...] = ()
        self._grids: list[ArgumentGrid] = []
        self._fault = FaultLabel(self)
        self._fault.faultChanged.connect(self.faultChanged)
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(0, 2, 0, 2)
        self._rows.setSpacing(4)
        self._rows.addWidget(self._fault)
        self._parts: QWidget | None = None

    @property
    def fault(self) -> str:
        return next(filter(None, [self._fault.fault, *(grid.fault for grid in self._grids)]), "")

    def _show(self, layers: tuple[Layer, ...]) -> None:
        names = tuple(layer.class_name for layer in layers)
        if names != self._shown or self._parts is None:
            self._shown = names
            self._rebuild(layers)
            self.controlsChanged.emit()
        for grid, layer in zip(self._grids, layers, strict=True):
            grid.show_layer(layer)

    def _rebuild(self, layers: tuple[Layer, ...]) -> None:
        if self._parts is not None:
            forget_typing(self._parts)
            self._parts.hide()
            self._parts.deleteLater()
        self._parts, self._grids = QWidget(self), []
        column = QVBoxLayout(self._parts)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        self._fill(column, layers)
        self._rows.insertWidget(0, self._parts)

    def _fill(self, column: QVBoxLayout, layers: tuple[Layer, ...]) -> None:
        raise NotImplementedError

    def _add_head(self, column: QVBoxLayout, text: str, present: str | None, number: int) -> QHBoxLayout:
        """The line that says which layer it is, and lets another be chosen."""
        head = QHBoxLayout()
        label = QLabel(text)
        label.setProperty("role", "title")
        choice = ChoiceBox()
        choice.setObjectName(f"argument_{self._argument.name}")
        choice.setAccessibleName(text)
        choice.setToolTip(self._argument.help)
        if self._argument.unset:
            choice.addItem(self._argument.unset, None)
        for name in self._argument.choices:
            choice.addItem(name, name)
        choice.setCurrentIndex(choice.findData(present))
        choice.activated.connect(lambda index: self._choose(number, choice.itemData(index)))
        head.addWidget(label)
        head.addWidget(choice, 1)
        column.addLayout(head)
        return head

    def _add_grid(self, column: QVBoxLayout, *steps: str | int) -> None:
        grid = ArgumentGrid(self._edits.inside(*steps))
        grid.setContentsMargins(_INDENT, 0, 0, 0)
        grid.faultChanged.connect(self.faultChanged)
        grid.controlsChanged.connect(self.controlsChanged)
        self._grids.append(grid)
        column.addWidget(grid)

    def _choose(self, number: int, class_name: str | None) -> None:
        raise NotImplementedError

    def _refuse(self, reason: str) -> None:
        self._fault.show_fault(reason, 0)
        if reason and self._parts is not None:
            # The choice shows what is, not what was refused.
            self._shown = ()
            self.show_layer(self._edits.layer)

    def show_layer(self, layer: Layer) -> None:
        raise NotImplementedError


class InsideLayer(_Inside):
    """The layer that a wrapper wraps; or none, where none is allowed."""

    def show_layer(self, layer: Layer) -> None:
        value = layer.get(self._argument.name)
        self._show(() if value is None else (value,))

    def _fill(self, column: QVBoxLayout, layers: tuple[Layer, ...]) -> None:
        name = self._argument.name
        self._add_head(column, name.replace("_", " "), layers[0].class_name if layers else None, 0)
        if layers:
            self._add_grid(column, name)

    def _choose(self, _number: int, class_name: str | None) -> None:
        self._refuse(self._edits.choose_layer(self._argument.name, class_name))


class InsideCells(_Inside):
    """The cells of an RNN, one after the other."""

    def show_layer(self, layer: Layer) -> None:
        self._show(layer.get(self._argument.name))

    def _fill(self, column: QVBoxLayout, layers: tuple[Layer, ...]) -> None:
        for number, layer in enumerate(layers):
            head = self._add_head(column, f"cell {number + 1}", layer.class_name, number)
            if len(layers) > 1:
                head.addWidget(self._button("Remove", "removeCell", partial(self._remove, number)))
            self._add_grid(column, self._argument.name, number)
        column.addWidget(self._button("Add a cell", "addCell", self._add), 0, Qt.AlignmentFlag.AlignLeft)

    def _button(self, text: str, name: str, call: Callable[[], None]) -> QPushButton:
        button = QPushButton(text)
        button.setObjectName(name)
        button.setProperty("role", "quiet")
        button.clicked.connect(lambda _checked: call())
        return button

    def _choose(self, number: int, class_name: str | None) -> None:
        names = list(self._shown)
        names[number] = str(class_name)
        self._set(names)

    def _add(self) -> None:
        self._set([*self._shown, self._shown[-1]])

    def _remove(self, number: int) -> None:
        cells = self._edits.layer.get(self._argument.name)
        self._refuse(self._edits.set_argument(self._argument.name, (*cells[:number], *cells[number + 1 :])))

    def _set(self, names: list[str]) -> None:
        self._refuse(self._edits.choose_cells(self._argument.name, names))
