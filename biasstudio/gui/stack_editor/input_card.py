"""InputCard: the shape of one sample, at the head of the stack."""

from dataclasses import replace

from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from biasstudio.gui.argument_field import ArgumentField
from biasstudio.gui.document import Document
from biasstudio.gui.fault_label import FaultLabel
from biasstudio.gui.locking import lock_controls
from biasstudio.gui.stack_editor.card import Card
from biasstudio.gui.stack_editor.layer_edits import try_edit
from biasstudio.gui.stack_editor.summary import shape_text
from biasstudio.spec.stack import INPUT_SHAPE

_PROBLEM = 1


class InputCard(Card):
    """The stack's input shape; where it is not the data's, a button that makes it so."""

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self.setObjectName("inputCard")
        self.setAccessibleName("Input")
        self._field = ArgumentField(INPUT_SHAPE, document.stack.input_shape, self)
        self._field.control.setAccessibleName("input shape")
        self._field.set_width_for("100 × 100 × 3")
        self._field.valueChosen.connect(self._choose)
        self._fault = FaultLabel(self)
        self._fault.watch(self._field)
        self._fault.faultChanged.connect(lambda: self.mark("fault", bool(self._fault.fault)))
        self._use_data = QPushButton("Use the data’s shape", self)
        self._use_data.setObjectName("useDataShapeButton")
        self._use_data.clicked.connect(self._take_data_shape)
        self._problem = ""
        self._lay_out()
        self.show_document()

    def _lay_out(self) -> None:
        title = QLabel("Input", self)
        title.setProperty("role", "title")
        head = QHBoxLayout()
        head.addWidget(title)
        head.addStretch()
        head.addWidget(self._field)
        button_row = QHBoxLayout()
        button_row.addWidget(self._use_data)
        button_row.addStretch()
        rows = QVBoxLayout(self)
        rows.setContentsMargins(10, 6, 10, 6)
        rows.setSpacing(6)
        rows.addLayout(head)
        rows.addWidget(self._fault)
        rows.addLayout(button_row)

    def show_document(self) -> None:
        """Show the document's shape."""
        experiment = self._document.experiment
        self._field.set_value(experiment.stack.input_shape)
        data = experiment.data.type
        differs = data.sample_shape != experiment.stack.input_shape
        self._use_data.setVisible(bool(self._problem) and differs)
        self._use_data.setToolTip(f"{data.title}: a sample is {shape_text(data.sample_shape)}")

    def show_problem(self, sentence: str) -> None:
        """What is wrong with the input; "" for nothing."""
        self._problem = sentence
        self._fault.show_fault(sentence, _PROBLEM)
        self.show_document()

    def set_locked(self, reason: str) -> None:
        lock_controls(self, reason)

    def _choose(self, shape: tuple[int, ...]) -> None:
        reason = self._edit(shape, self._field.merge_key)
        if reason:
            self._field.refuse(reason)

    def _take_data_shape(self) -> None:
        self._edit(self._document.experiment.data.type.sample_shape)

    def _edit(self, shape: tuple[int, ...], merge_key: str = "") -> str:
        return try_edit(
            self._document, "Set the input shape", lambda stack: replace(stack, input_shape=shape), merge_key
        )
