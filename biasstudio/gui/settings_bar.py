"""SettingsBar: the data and the training settings of the experiment, in a row that wraps."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget
from superqt import QFlowLayout

from biasstudio.gui.argument_field import ArgumentField, labelled
from biasstudio.gui.checked_text import CheckedText, forget_typing, restore_texts
from biasstudio.gui.choice_box import ChoiceBox
from biasstudio.gui.data.data_choice import DataChoice
from biasstudio.gui.data.wording import facts_of, short_summary
from biasstudio.gui.document import Document
from biasstudio.gui.fault_label import FaultLabel
from biasstudio.gui.locking import lock_control, lock_controls
from biasstudio.gui.tab_order import order_tabs
from biasstudio.gui.training_more import TrainingMore
from biasstudio.spec.arguments import Argument, SpecError
from biasstudio.spec.data_sets import DataSet
from biasstudio.spec.experiment import TRAINING_ARGUMENTS, Experiment
from biasstudio.spec.losses import LOSS_TYPES
from biasstudio.spec.optimizers import OPTIMIZER_TYPES

LOCK_REASON = "Stop the training to change the settings"

# Label and a text that the field must have room for.
_FIELDS = {
    "learning_rate": ("Learning rate", "0.00001"),
    "epochs": ("Epochs", "1000"),
    "batch_size": ("Batch", "1000"),
    "validation_share": ("Validation", "0.15"),
    "seed": ("Seed", "12345"),
    "biases_only": ("Biases only", ""),
}
_SAMPLES = {"points": "100000", "noise": "0.05", "seed": "12345", "digit": "3"}


class SettingsBar(QWidget):
    """Data, loss, optimizer and numbers, each an undoable edit of the document."""

    openDataAsked = Signal()
    openImagesAsked = Signal()
    editDataAsked = Signal()

    def __init__(self, document: Document, leading: QWidget | None = None, parent: QWidget | None = None) -> None:
        """`leading` stands in the same row, before the settings."""
        super().__init__(parent)
        self._document = document
        self._lock_reason = ""
        self._data_name = ""
        self._data_fields: list[ArgumentField] = []
        self._groups: list[QWidget] = []
        self._fault = FaultLabel(self)
        self._row = QWidget(self)
        self._flow = QFlowLayout(self._row)
        self._flow.setContentsMargins(0, 0, 0, 0)
        self._flow.setHorizontalSpacing(14)
        self._flow.setVerticalSpacing(6)
        if leading is not None:
            self._flow.addWidget(leading)
        self._data = self._add_data()
        losses = {loss.name: loss.title for loss in LOSS_TYPES.values()}
        optimizers = {name: name for name in OPTIMIZER_TYPES}
        self._choices = {
            "loss": self._add_choice("Loss", "lossChoice", "loss", losses),
            "optimizer": self._add_choice("Optimizer", "optimizerChoice", "optimizer", optimizers),
        }
        self._fields = [self._add_field(argument) for argument in TRAINING_ARGUMENTS if argument.name in _FIELDS]
        self._more = TrainingMore(document)
        self._flow.addWidget(self._more)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self._row)
        layout.addWidget(self._fault)
        document.changed.connect(self._show_document)
        self._show_document()

    def _add_data(self) -> DataChoice:
        box = DataChoice()
        box.chosen.connect(self._choose_data)
        box.openAsked.connect(self.openDataAsked)
        box.imagesAsked.connect(self.openImagesAsked)
        box.lookAsked.connect(self.editDataAsked)
        group = labelled("Data", box)
        # The data's parameters stand beside its name and wrap with it.
        self._data_row = QHBoxLayout()
        self._data_row.setSpacing(12)
        self._summary = QLabel()
        self._summary.setObjectName("dataFound")
        self._summary.setProperty("role", "muted")
        self._edit_data = QPushButton("Edit data…")
        self._edit_data.setObjectName("dataEdit")
        self._edit_data.setProperty("role", "quiet")
        self._edit_data.setToolTip("Look at the data again, and change how they are read")
        self._edit_data.clicked.connect(lambda _checked: self.editDataAsked.emit())
        group_row = group.layout()
        if isinstance(group_row, QHBoxLayout):
            group_row.addLayout(self._data_row)
            group_row.addWidget(self._summary)
            group_row.addWidget(self._edit_data)
        self._add_group(group)
        return box

    def _add_choice(self, label: str, object_name: str, setting: str, choices: Mapping[str, str]) -> ChoiceBox:
        box = _choice(object_name, setting, choices)
        box.setToolTip(next(argument.help for argument in TRAINING_ARGUMENTS if argument.name == setting))
        text = f"Set the {setting} to "
        box.activated.connect(
            lambda index: self._set_training(text + box.itemText(index), setting, box.itemData(index))
        )
        self._add_group(labelled(label, box))
        return box

    def _add_field(self, argument: Argument) -> ArgumentField:
        label, sample = _FIELDS[argument.name]
        field = ArgumentField(argument, getattr(self._document.experiment.training, argument.name))
        if sample:
            field.set_width_for(sample)
        field.control.setAccessibleName(label)
        field.valueChosen.connect(lambda value: self._choose_number(field, label.lower(), value))
        self._fault.watch(field)
        self._add_group(labelled(label, field))
        return field

    def _add_group(self, group: QWidget) -> None:
        # A switch is lower than a field; side by side they stand on one line.
        group.setMinimumHeight(self._groups[0].sizeHint().height() if self._groups else 0)
        self._groups.append(group)
        self._flow.addWidget(group)

    def _choose_number(self, field: ArgumentField, label: str, value: Any) -> None:
        reason = self._set_training(f"Set the {label}", field.argument.name, value, field.merge_key)
        if reason:
            field.refuse(reason)

    def _set_training(self, text: str, setting: str, value: Any, merge_key: str = "") -> str:
        return self._edit(text, lambda experiment: experiment.change_training(**{setting: value}), merge_key)

    def _choose_data(self, data: DataSet) -> None:
        self._edit(f"Set the data to {data.type.title}", lambda experiment: experiment.change_data(data))

    def _choose_data_parameter(self, field: ArgumentField, value: Any) -> None:
        name = field.argument.name

        def change(experiment: Experiment) -> Experiment:
            return experiment.change_data(experiment.data.change(**{name: value}))

        reason = self._edit(f"Set {name} of the data", change, field.merge_key)
        if reason:
            field.refuse(reason)

    def _edit(self, text: str, change: Any, merge_key: str = "") -> str:
        try:
            self._document.edit(text, change, merge_key)
        except SpecError as error:
            return str(error)
        return ""

    def _show_document(self) -> None:
        experiment = self._document.experiment
        self._data.show_data(experiment.data)
        if experiment.data.name != self._data_name:
            self._rebuild_data_fields(experiment.data)
        own = experiment.data.found is not None
        self._summary.setText(short_summary(experiment.data) if own else "")
        self._summary.setToolTip(facts_of(experiment.data) if own else "")
        for widget in (self._summary, self._edit_data):
            widget.setVisible(own)
        for field in self._data_fields:
            field.set_value(experiment.data.get(field.argument.name))
        for setting, box in self._choices.items():
            box.setCurrentIndex(box.findData(getattr(experiment.training, setting)))
        for field in self._fields:
            field.set_value(getattr(experiment.training, field.argument.name))
        self._fit_height()

    def _rebuild_data_fields(self, data: DataSet) -> None:
        self._data_name = data.name
        while (item := self._data_row.takeAt(0)) is not None:
            if (group := item.widget()) is not None:
                restore_texts(group)
                forget_typing(group)
                group.hide()
                group.deleteLater()
        # Those of a person's own data are in a dialog.
        parameters = () if data.type.own else data.type.parameters
        self._data_fields = [self._make_data_field(argument, data) for argument in parameters]
        for field in self._data_fields:
            self._data_row.addWidget(labelled(f"{field.argument.name}", field))
        order_tabs([self._data, *(field.control for field in self._data_fields)])
        self._lock()
        self._fit_height()

    def _make_data_field(self, argument: Argument, data: DataSet) -> ArgumentField:
        field = ArgumentField(argument, data.get(argument.name))
        # The training has a seed of its own.
        field.control.setObjectName(f"argument_data_{argument.name}")
        field.control.setAccessibleName(f"data {argument.name}")
        if isinstance(field.control, ChoiceBox):
            field.control.set_width_for_widest()
        elif isinstance(field.control, CheckedText):
            field.set_width_for(_SAMPLES.get(argument.name, "12345"))
        field.valueChosen.connect(lambda value: self._choose_data_parameter(field, value))
        self._fault.watch(field)
        return field

    def set_locked(self, locked: bool) -> None:
        """Allow no edits while training; each control says why."""
        self._lock_reason = LOCK_REASON if locked else ""
        self._lock()

    def _lock(self) -> None:
        for group in self._groups:
            lock_controls(group, self._lock_reason)
        lock_control(self._more, self._lock_reason)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_height()

    def _fit_height(self) -> None:
        # A tool bar, unlike a layout, does not ask for the height that goes with a width.
        self._flow.invalidate()
        self._row.setFixedHeight(self._flow.heightForWidth(max(self.width(), 200)))


def _choice(object_name: str, accessible_name: str, choices: Mapping[str, str]) -> ChoiceBox:
    box = ChoiceBox()
    box.setObjectName(object_name)
    box.setAccessibleName(accessible_name)
    for name, title in choices.items():
        box.addItem(title, name)
    box.set_width_for_widest()
    return box
