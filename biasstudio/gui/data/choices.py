"""Choices: how a file is read, as labelled fields: one for each parameter of its kind."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QGridLayout, QLabel, QPushButton, QWidget

from biasstudio.data_files.preview import ArraysPreview, TablePreview
from biasstudio.gui.argument_field import ArgumentField, argument_help
from biasstudio.gui.checked_text import forget_typing
from biasstudio.gui.choice_box import ChoiceBox
from biasstudio.gui.data.data_reader import Preview
from biasstudio.gui.data.input_columns import InputColumns
from biasstudio.gui.fault_label import FaultLabel
from biasstudio.spec.arguments import Argument
from biasstudio.spec.data_sets import DATA_SET_TYPES

_LABELS = {
    "delimiter": "Delimiter",
    "header": "Header row",
    "encoding": "Encoding",
    "decimal": "Decimals",
    "target": "Target",
    "task": "Task",
    "missing": "Empty cells",
    "scaling": "Scaling",
    "shuffled": "Shuffled",
    "inputs": "Inputs",
    "targets": "Targets",
    "targets_path": "Targets",
    "size": "Size",
    "colour": "Colour",
}
_WORDS = {
    "delimiter": {",": "comma", ";": "semicolon", "|": "bar"},
    "decimal": {".": "point", ",": "comma"},
    "task": {"classes": "classes", "numbers": "numbers"},
    "missing": {"refuse": "refuse the file", "drop": "leave the row out", "mean": "put the mean there"},
    "scaling": {"none": "as they are", "standardise": "mean 0, sd 1", "pixels": "0–255 to 0–1"},
    "colour": {"rgb": "colour", "grey": "grey"},
}
# What a person picks among what the file holds.
_PICKED = ("target", "inputs", "targets")


class Choices(QWidget):
    """`chosen` carries a parameter's name and the value that a person chose."""

    chosen = Signal(str, object)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._boxes: dict[str, ChoiceBox] = {}
        self._fields: dict[str, ArgumentField] = {}
        self._columns = InputColumns(self)
        self._targets_file: QPushButton | None = None
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(10)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnStretch(1, 1)
        self._fault = FaultLabel(self)
        for argument in DATA_SET_TYPES[name].parameters:
            if argument.name != "path":
                self._add(argument)
        self._grid.addWidget(self._fault, self._grid.rowCount(), 0, 1, 2)
        self._grid.addWidget(self._columns, self._grid.rowCount(), 0, 1, 2)
        # The list takes all the height that is left; where there is none, the fields stay at the top.
        self._grid.setRowStretch(self._grid.rowCount() - 1, 100)
        self._grid.setRowStretch(self._grid.rowCount(), 1)

    def _add(self, argument: Argument) -> None:
        if argument.name == "columns":
            self._columns.chosen.connect(lambda columns: self.chosen.emit("columns", columns))
        elif argument.kind == "path":
            self._targets_file = self._button(argument)
            self._add_row(argument, self._targets_file, self._targets_file)
        elif argument.kind == "choice" or argument.name in _PICKED:
            box = self._box(argument)
            self._boxes[argument.name] = box
            self._add_row(argument, box, box)
        else:
            field = ArgumentField(argument, argument.default, self)
            field.valueChosen.connect(lambda value: self.chosen.emit(argument.name, value))
            self._fault.watch(field)
            self._fields[argument.name] = field
            self._add_row(argument, field, field.control)

    def _add_row(self, argument: Argument, widget: QWidget, control: QWidget) -> None:
        text = _LABELS[argument.name]
        control.setObjectName("data" + "".join(part.capitalize() for part in argument.name.split("_")))
        control.setAccessibleName(text)
        control.setToolTip(argument_help(argument) if argument.kind != "title" else argument.help)
        label = QLabel(text)
        label.setProperty("role", "muted")
        label.setBuddy(control)
        row = self._grid.rowCount()
        self._grid.addWidget(label, row, 0, Qt.AlignmentFlag.AlignVCenter)
        self._grid.addWidget(widget, row, 1)

    def _box(self, argument: Argument) -> ChoiceBox:
        box = ChoiceBox(self)
        words = _WORDS.get(argument.name, {})
        for choice in argument.choices:
            box.addItem(words.get(choice, choice), choice)
        box.activated.connect(lambda index: self.chosen.emit(argument.name, box.itemData(index)))
        return box

    def _button(self, argument: Argument) -> QPushButton:
        button = QPushButton("Choose…", self)
        button.clicked.connect(lambda _checked: self._ask_targets(argument.name))
        return button

    def _ask_targets(self, parameter: str) -> None:
        name, _ = QFileDialog.getOpenFileName(self, "The file of the targets", "", "NumPy arrays (*.npy)")
        if name:
            self.chosen.emit(parameter, name)

    def show_values(self, parameters: Mapping[str, Any], preview: Preview | None) -> None:
        """Show the values, and what can be picked of what the file holds."""
        self._fill(preview)
        for name, box in self._boxes.items():
            box.setCurrentIndex(box.findData(parameters.get(name)))
        for name, field in self._fields.items():
            if name in parameters:
                field.set_value(parameters[name])
        if self._targets_file is not None:
            path = parameters.get("targets_path")
            self._targets_file.setText(Path(path).name if path else "Choose…")
        if isinstance(preview, TablePreview):
            target = parameters.get("target", "")
            names = tuple(column.name for column in preview.columns if column.name != target)
            self._columns.show_columns(names, inputs_of(parameters, preview))

    def _fill(self, preview: Preview | None) -> None:
        names: list[str] = []
        if isinstance(preview, TablePreview):
            names = [column.name for column in preview.columns]
        elif isinstance(preview, ArraysPreview):
            names = [array.name for array in preview.arrays]
        for picked in _PICKED:
            box = self._boxes.get(picked)
            if box is None or not names or [box.itemData(index) for index in range(box.count())] == names:
                continue
            box.clear()
            for name in names:
                box.addItem(name, name)

    def forget(self) -> None:
        """It is about to go: what is half typed is chosen no more."""
        forget_typing(self)


def inputs_of(parameters: Mapping[str, Any], preview: TablePreview) -> frozenset[str]:
    """The names of the columns that are inputs."""
    chosen = parameters.get("columns") or [column.name for column in preview.columns]
    return frozenset(chosen) - {parameters.get("target", "")}
