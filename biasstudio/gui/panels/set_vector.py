"""Setting a whole bias vector by hand: the action, and its dialog."""

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QDialogButtonBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from biasstudio.gui.bias_edits import BiasEdits, read_value, read_values
from biasstudio.gui.fault_label import FaultLabel
from biasstudio.gui.panels import figures
from biasstudio.gui.view_state import ViewState
from biasstudio.recording.history import Floats
from biasstudio.recording.network import BiasVector
from biasstudio.spec.arguments import SpecError

_TIP = "Set all units of the chosen bias vector by hand"


class SetVectorAction(QAction):
    """Opens the dialog for the chosen vector; says in its tooltip why it can't, where it can't."""

    def __init__(self, state: ViewState, edits: BiasEdits, parent: QWidget) -> None:
        super().__init__("Set the &vector…", parent)
        self._state, self._edits, self._window = state, edits, parent
        self.setObjectName("actionSetVector")
        self.setIconText("Set…")
        self.setShortcut(QKeySequence("Ctrl+B"))
        self.triggered.connect(self._open)
        for changed in (edits.reasonChanged, state.historyChanged, state.vectorChanged):
            changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        reason = self._edits.reason or ("" if self._state.vector else "This network has no bias vector.")
        self.setEnabled(not reason)
        self.setToolTip(reason or f"{_TIP} ({self.shortcut().toString(QKeySequence.SequenceFormat.NativeText)})")

    def _open(self) -> None:
        if self._state.vector is not None:
            SetVectorDialog(self._state.vector, self._edits, self._window).open()


class SetVectorDialog(QDialog):
    """Deletes itself when it closes. What can't be read stays, with the reason below."""

    def __init__(self, vector: BiasVector, edits: BiasEdits, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._vector, self._edits = vector, edits
        self.setObjectName("setVectorDialog")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(f"Set {vector.path}")
        self.setMinimumWidth(420)
        self.number = QLineEdit("0")
        self.number.setObjectName("vectorNumber")
        self.number.setAccessibleName("The number for all units")
        self.numbers = QPlainTextEdit()
        self.numbers.setObjectName("vectorNumbers")
        self.numbers.setAccessibleName("The numbers, one for each unit")
        self.numbers.setPlaceholderText("0.1, 0.2, −0.3 …")
        self.numbers.setTabChangesFocus(True)
        self.numbers.setMinimumHeight(64)
        self.fault = FaultLabel()
        self._ways = QButtonGroup(self)
        self._lay_out()
        # Training, or another network, may come while the dialog is open.
        edits.reasonChanged.connect(self._follow)
        self.number.setFocus()
        self.number.selectAll()

    def _lay_out(self) -> None:
        rows = QVBoxLayout(self)
        rows.setContentsMargins(16, 14, 16, 14)
        rows.setSpacing(8)
        head = QLabel(f"{self._vector.path} · {figures.counted(self._vector.length, self._vector.unit)}")
        head.setProperty("role", "title")
        head.setTextFormat(Qt.TextFormat.PlainText)
        rows.addWidget(head)
        self._add_way(rows, "one", "All units to one &number", self.number)
        self._add_way(rows, "initial", "The values of step &0, before training")
        self._add_way(rows, "recorded", f"What training made at this &step, {self._edits.step:,}")
        self._add_way(rows, "list", "&These numbers, in the order of the units", self.numbers)
        self._ways.buttons()[0].setChecked(True)
        rows.addWidget(self.fault)
        # The sentence takes its lines from the list's room.
        self.resize(420, 360)
        box = QDialogButtonBox()
        box.addButton("Set", QDialogButtonBox.ButtonRole.AcceptRole).setProperty("role", "primary")
        box.addButton("Cancel", QDialogButtonBox.ButtonRole.RejectRole)
        box.accepted.connect(self.accept)
        box.rejected.connect(self.reject)
        rows.addWidget(box)

    def _add_way(
        self, rows: QVBoxLayout, name: str, text: str, field: QLineEdit | QPlainTextEdit | None = None
    ) -> None:
        button = QRadioButton(text)
        button.setObjectName(f"vectorTo_{name}")
        self._ways.addButton(button)
        rows.addWidget(button)
        if field is not None:
            rows.addWidget(field, 1 if isinstance(field, QPlainTextEdit) else 0)
            # What is typed is what is meant.
            field.textChanged.connect(lambda *_: button.setChecked(True))
            button.toggled.connect(lambda on: field.setFocus() if on else None)
        button.toggled.connect(lambda _on: self.fault.clear_faults())

    def values(self) -> Floats:
        """What is chosen, float32 (n,). Raises SpecError."""
        button = self._ways.checkedButton()
        chosen = button.objectName().removeprefix("vectorTo_") if button is not None else ""
        if chosen == "one":
            return np.full(self._vector.length, read_value(self.number.text()), np.float32)
        if chosen == "list":
            return read_values(self.numbers.toPlainText(), self._vector)
        return self._edits.recorded(self._vector.path, 0 if chosen == "initial" else None)

    def accept(self) -> None:
        try:
            values = self.values()
        except SpecError as error:
            self.fault.show_fault(str(error))
            return
        self._edits.set_vector(self._vector, values)
        super().accept()

    def _follow(self) -> None:
        if self._edits.reason:
            self.reject()
