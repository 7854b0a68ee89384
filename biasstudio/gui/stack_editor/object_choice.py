"""ObjectChoice: which initializer, regularizer or constraint. ObjectParameters: its parameters, as fields."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget
from superqt import QFlowLayout

from biasstudio.gui.argument_field import ArgumentField, label_for, labelled
from biasstudio.gui.checked_text import forget_typing
from biasstudio.gui.choice_box import ChoiceBox
from biasstudio.gui.fault_label import FaultLabel
from biasstudio.spec.keras_objects import KerasObject, ObjectType

_SAMPLE_WIDTHS = {"seed": "from experiment", "value": "0.1, 0.1, 0.1, 0.1"}

_INDENT = 10


class ObjectChoice(ChoiceBox):
    """A list of initializers, regularizers or constraints by their Keras class names.

    `unset` is the text that stands for none, where none is allowed. `chosenByPerson` carries the name, or None.
    """

    chosenByPerson = Signal(object)

    def __init__(self, types: Mapping[str, ObjectType], unset: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._types = types
        if unset:
            self.addItem(unset, None)
        for name in types:
            self.addItem(name, name)
        self.activated.connect(lambda index: self.chosenByPerson.emit(self.itemData(index)))

    def show_object(self, shown: KerasObject | None) -> None:
        self.setCurrentIndex(self.findData(shown.name if shown is not None else None))

    def show_reasons(self, reasons: Mapping[str, str], formula: Callable[[str], str]) -> None:
        """Offer all but those that `reasons` speaks against; each tells its reason, or its formula, in its tooltip."""
        model = self.model()
        for index in range(self.count()):
            name = self.itemData(index)
            if name is None or not isinstance(model, QStandardItemModel):
                continue
            model.item(index).setEnabled(name not in reasons)
            self.setItemData(index, reasons.get(name) or formula(name), Qt.ItemDataRole.ToolTipRole)


class ObjectParameters(QWidget):
    """The parameters of a Keras object, labelled: as many in a row as fit, or, `in_rows`, each in its own row.

    `owner` says whose they are: bias, kernel. In rows the labels stand as wide as `align` says, as in the grid around.
    `edit` takes a parameter's name, its value and a merge key, and gives the sentence why not, or "".
    """

    faultChanged = Signal()

    def __init__(
        self,
        edit: Callable[[str, Any, str], str],
        parent: QWidget | None = None,
        *,
        owner: str = "bias",
        in_rows: bool = False,
    ) -> None:
        super().__init__(parent)
        self._edit = edit
        self._owner, self._in_rows, self._label_width = owner, in_rows, 0
        self._shown = ""
        self._empty = True
        self._fields: dict[str, ArgumentField] = {}
        self._groups: dict[str, tuple[QWidget, ...]] = {}
        self._labels: list[QLabel] = []
        self._rows: QWidget | None = None
        self._fault = FaultLabel(self)
        self._fault.faultChanged.connect(self.faultChanged)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(4)
        self._layout.addWidget(self._fault)

    @property
    def fault(self) -> str:
        return self._fault.fault

    @property
    def empty(self) -> bool:
        """Whether there is no parameter to show."""
        return self._empty

    def show_object(self, shown: KerasObject | None, *, with_seed: bool = True) -> None:
        """Show its parameters; the seed only where there is room for what is seldom wanted."""
        if self._shown != (shown.name if shown is not None else ""):
            self._rebuild(shown)
        for name, field in self._fields.items():
            if shown is not None:
                field.set_value(shown.get(name))
            for widget in self._groups[name]:
                widget.setVisible(with_seed or name != "seed")
        self._empty = not (set(self._fields) - (set() if with_seed else {"seed"}))
        self.setVisible(not self._empty)

    def _rebuild(self, shown: KerasObject | None) -> None:
        self._shown = shown.name if shown is not None else ""
        if self._rows is not None:
            forget_typing(self._rows)
            self._rows.hide()
            self._rows.deleteLater()
        self._fault.clear_faults()
        self._rows, self._fields, self._groups, self._labels = QWidget(self), {}, {}, []
        parameters = shown.type.parameters if shown is not None else ()
        fields = [self._add_field(ArgumentField(each, shown.get(each.name) if shown else None)) for each in parameters]
        if self._in_rows:
            self._lay_out_rows(self._rows, fields)
        else:
            self._lay_out_flow(self._rows, fields)
        self._layout.insertWidget(0, self._rows)

    def _lay_out_flow(self, rows: QWidget, fields: Sequence[ArgumentField]) -> None:
        flow = QFlowLayout(rows)
        flow.setContentsMargins(0, 0, 0, 0)
        flow.setHorizontalSpacing(12)
        flow.setVerticalSpacing(4)
        for field in fields:
            name = field.argument.name
            _set_width(field)
            # Only the seed is far from its initializer.
            group = labelled(f"{self._owner} seed" if name == "seed" else name, field)
            self._groups[name] = (group,)
            flow.addWidget(group)

    def _lay_out_rows(self, rows: QWidget, fields: Sequence[ArgumentField]) -> None:
        grid = QGridLayout(rows)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        for row, field in enumerate(fields):
            label = label_for(field, f"{self._owner} {field.argument.name}")
            label.setIndent(_INDENT)
            self._labels.append(label)
            self._groups[field.argument.name] = (label, field)
            grid.addWidget(label, row, 0)
            grid.addWidget(field, row, 1)
        self.align(self._label_width)

    @property
    def label_width(self) -> int:
        """What the widest label in rows needs."""
        return max((label.sizeHint().width() for label in self._labels), default=0)

    def align(self, width: int) -> None:
        """Make the labels in rows `width` wide."""
        self._label_width = width
        for label in self._labels:
            label.setMinimumWidth(width)

    def _add_field(self, field: ArgumentField) -> ArgumentField:
        self._fields[field.argument.name] = field
        self._fault.watch(field)
        field.valueChosen.connect(lambda value: self._choose(field, value))
        return field

    def _choose(self, field: ArgumentField, value: Any) -> None:
        reason = self._edit(field.argument.name, value, field.merge_key)
        if reason:
            field.refuse(reason)


def _set_width(field: ArgumentField) -> None:
    argument = field.argument
    field.set_width_for(max(argument.choices, key=len, default=_SAMPLE_WIDTHS.get(argument.name, "-0.0500")))
