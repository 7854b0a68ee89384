"""InitializerChoice: which initializer. InitializerParameters: its parameters, as fields."""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget
from superqt import QFlowLayout

from biasstudio.gui.argument_field import ArgumentField, label_for, labelled
from biasstudio.gui.checked_text import forget_typing
from biasstudio.gui.choice_box import ChoiceBox
from biasstudio.gui.fault_label import FaultLabel
from biasstudio.spec.initializers import INITIALIZER_TYPES, Initializer

_SAMPLE_WIDTHS = {"seed": "from experiment", "value": "0.1, 0.1, 0.1, 0.1"}

_INDENT = 10


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
    """The parameters of an initializer, labelled: as many in a row as fit, or, `in_rows`, each in its own row.

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

    def show_initializer(self, initializer: Initializer, *, with_seed: bool) -> None:
        """Show its parameters; the seed only where there is room for what is seldom wanted."""
        if self._shown != initializer.name:
            self._shown = initializer.name
            self._rebuild(initializer)
        for name, field in self._fields.items():
            field.set_value(initializer.get(name))
            for widget in self._groups[name]:
                widget.setVisible(with_seed or name != "seed")
        self._empty = not (set(self._fields) - (set() if with_seed else {"seed"}))
        self.setVisible(not self._empty)

    def _rebuild(self, initializer: Initializer) -> None:
        if self._rows is not None:
            forget_typing(self._rows)
            self._rows.hide()
            self._rows.deleteLater()
        self._fault.clear_faults()
        self._rows, self._fields, self._groups, self._labels = QWidget(self), {}, {}, []
        fields = [
            self._add_field(ArgumentField(each, initializer.get(each.name))) for each in initializer.type.parameters
        ]
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
