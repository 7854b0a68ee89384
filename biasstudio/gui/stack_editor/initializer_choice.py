"""InitializerChoice: which initializer. InitializerParameters: its parameters, as fields."""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget
from superqt import QFlowLayout

from biasstudio.gui.argument_field import ArgumentField
from biasstudio.gui.checked_text import forget_typing
from biasstudio.gui.choice_box import ChoiceBox
from biasstudio.gui.fault_label import FaultLabel
from biasstudio.spec.initializers import INITIALIZER_TYPES, Initializer

_SAMPLE_WIDTHS = {"seed": "from experiment", "value": "0.1, 0.1, 0.1, 0.1"}


class InitializerChoice(ChoiceBox):
    """A list of initializers by their Keras class names. `for_vector` gives each its formula for one as tooltip."""

    def __init__(self, names: Sequence[str], parent: QWidget | None = None, *, for_vector: bool = True) -> None:
        super().__init__(parent)
        self._for_vector = for_vector
        for index, name in enumerate(names):
            self.addItem(name)
            if for_vector:
                self.setItemData(index, INITIALIZER_TYPES[name].formula, Qt.ItemDataRole.ToolTipRole)

    def show_initializer(self, initializer: Initializer) -> None:
        self.setCurrentText(initializer.name)
        if self._for_vector:
            self.setToolTip(f"{initializer.name}: {initializer.type.formula}")


class InitializerParameters(QWidget):
    """The parameters of an initializer, labelled, as many in a row as fit.

    `edit` takes a parameter's name, its value and a merge key, and gives the sentence why not, or "".
    """

    faultChanged = Signal()

    def __init__(self, edit: Callable[[str, Any, str], str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._edit = edit
        self._shown = ""
        self._empty = True
        self._fields: dict[str, ArgumentField] = {}
        self._groups: dict[str, QWidget] = {}
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

    def show_initializer(self, initializer: Initializer, *, with_seed: bool) -> None:
        """Show its parameters; the seed only where there is room for what is seldom wanted."""
        if self._shown != initializer.name:
            self._shown = initializer.name
            self._rebuild(initializer)
        for name, field in self._fields.items():
            field.set_value(initializer.get(name))
            self._groups[name].setVisible(with_seed or name != "seed")
        self._empty = not (set(self._fields) - (set() if with_seed else {"seed"}))
        self.setVisible(not self._empty)

    def _rebuild(self, initializer: Initializer) -> None:
        if self._rows is not None:
            forget_typing(self._rows)
            self._rows.hide()
            self._rows.deleteLater()
        self._fault.clear_faults()
        self._rows, self._fields, self._groups = QWidget(self), {}, {}
        flow = QFlowLayout(self._rows)
        flow.setContentsMargins(0, 0, 0, 0)
        flow.setHorizontalSpacing(12)
        flow.setVerticalSpacing(4)
        for argument in initializer.type.parameters:
            field = self._add_field(ArgumentField(argument, initializer.get(argument.name)))
            self._groups[argument.name] = _labelled(argument.name, field)
            flow.addWidget(self._groups[argument.name])
        self._layout.insertWidget(0, self._rows)

    def _add_field(self, field: ArgumentField) -> ArgumentField:
        name = field.argument.name
        longest = max(field.argument.choices, key=len, default=_SAMPLE_WIDTHS.get(name, "-0.0500"))
        field.set_width_for(longest)
        self._fields[name] = field
        self._fault.watch(field)
        field.valueChosen.connect(lambda value: self._choose(field, value))
        return field

    def _choose(self, field: ArgumentField, value: Any) -> None:
        reason = self._edit(field.argument.name, value, field.merge_key)
        if reason:
            field.refuse(reason)


def _labelled(text: str, field: ArgumentField) -> QWidget:
    group = QWidget()
    row = QHBoxLayout(group)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(6)
    label = QLabel(text)
    label.setProperty("role", "muted")
    label.setBuddy(field.control)
    row.addWidget(label)
    row.addWidget(field)
    return group
