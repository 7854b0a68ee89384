"""ArgumentField: an editor for one argument of a layer, an initializer, a data set or the training settings."""

from typing import Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from biasstudio.gui.checked_text import CheckedText
from biasstudio.gui.choice_box import ChoiceBox
from biasstudio.gui.toggle import Toggle
from biasstudio.spec.arguments import Argument


class ArgumentField(QWidget):
    """Edits one argument: a text for numbers, a list for a choice, a switch for a boolean.

    `control` is the widget that takes the keys; its objectName is argument_ and the argument's name. The document is
    the owner's: on `valueChosen` it makes the edit, and calls `refuse` where the edit is impossible. A wrong text is
    never a value; `faultChanged` carries the sentence that says why, for the owner to show, and "" when it is mended.
    """

    valueChosen = Signal(object)
    faultChanged = Signal(str)

    def __init__(self, argument: Argument, value: Any, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.argument = argument
        self.control: CheckedText | ChoiceBox | Toggle = self._make_control(value)
        self.control.setObjectName(f"argument_{argument.name}")
        self.control.setAccessibleName(argument.name)
        self.control.setToolTip(argument_help(argument))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.control)
        if isinstance(self.control, Toggle):
            layout.addStretch()
        self.setFocusProxy(self.control)

    def _make_control(self, value: Any) -> CheckedText | ChoiceBox | Toggle:
        if self.argument.kind == "boolean":
            return self._make_toggle(value)
        if self.argument.kind == "choice":
            return self._make_choice(value)
        text = CheckedText(self.argument.parse, self._write, value, self)
        text.setPlaceholderText(self.argument.unset)
        text.setMinimumWidth(36)
        text.valueChosen.connect(self.valueChosen)
        text.faultChanged.connect(self.faultChanged)
        return text

    def _write(self, value: Any) -> str:
        # What stands for None is the placeholder: there is nothing to delete before typing.
        return "" if value is None else self.argument.format(value)

    def _make_toggle(self, value: bool) -> Toggle:
        toggle = Toggle("", self)
        toggle.setChecked(value)
        toggle.clicked.connect(lambda on: self.valueChosen.emit(on))
        return toggle

    def _make_choice(self, value: Any) -> ChoiceBox:
        box = ChoiceBox(self)
        if self.argument.unset:
            box.addItem(self.argument.unset, None)
        for choice in self.argument.choices:
            box.addItem(choice, choice)
        box.setCurrentIndex(box.findData(value))
        box.activated.connect(lambda index: self.valueChosen.emit(box.itemData(index)))
        return box

    @property
    def value(self) -> Any:
        """The value shown, or the last good one where a wrong text is shown."""
        if isinstance(self.control, CheckedText):
            return self.control.value
        return self.control.isChecked() if isinstance(self.control, Toggle) else self.control.currentData()

    @property
    def fault(self) -> str:
        """What is wrong with the text in the field, or ""."""
        return self.control.fault if isinstance(self.control, CheckedText) else ""

    @property
    def merge_key(self) -> str:
        """Edits with the same key were typed in one go and are undone in one; "" for an edit by itself."""
        return f"typing {self.control.session}" if isinstance(self.control, CheckedText) else ""

    def set_value(self, value: Any) -> None:
        """Show `value` without choosing it."""
        if isinstance(self.control, CheckedText):
            self.control.set_value(value)
        elif isinstance(self.control, Toggle):
            self.control.setChecked(value)
        else:
            self.control.setCurrentIndex(self.control.findData(value))

    def refuse(self, reason: str) -> None:
        """The value just chosen can't be had, for `reason`."""
        if isinstance(self.control, CheckedText):
            self.control.refuse(reason)
        else:
            self.faultChanged.emit(reason)

    def set_width_for(self, sample: str) -> None:
        """As wide as the text `sample` needs."""
        margins = QSize(22, 0) if isinstance(self.control, CheckedText) else QSize(40, 0)
        self.control.setFixedWidth(self.control.fontMetrics().horizontalAdvance(sample) + margins.width())
        if isinstance(self.control, CheckedText):
            self.control.setAlignment(Qt.AlignmentFlag.AlignLeft)


def argument_help(argument: Argument) -> str:
    """What the argument is, takes and starts with, for a tooltip."""
    default = getattr(argument.default, "name", None) or argument.format(argument.default)
    takes = argument.expected()
    parts = [
        argument.help,
        f"Takes {takes}{f', or {argument.unset}' if argument.unset else ''}.",
        f"Default: {default}",
    ]
    return "\n".join(part for part in parts if part)


def label_for(field: ArgumentField | ChoiceBox, text: str) -> QLabel:
    """A quiet label that names the field and passes the keys of its mnemonic on to it."""
    label = QLabel(text)
    label.setProperty("role", "muted")
    label.setBuddy(field.control if isinstance(field, ArgumentField) else field)
    return label


def labelled(text: str, field: ArgumentField | ChoiceBox) -> QWidget:
    """The field with its label before it."""
    group = QWidget()
    row = QHBoxLayout(group)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(6)
    row.addWidget(label_for(field, text))
    row.addWidget(field)
    return group
