"""HandsOnBar: says in the status bar what was set by hand, and what the validation data give since."""

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from biasstudio.gui.bias_edits import BiasEdits, Units
from biasstudio.gui.panels import figures
from biasstudio.gui.panels.panel import ElidedLabel
from biasstudio.recording.network import BiasVector
from biasstudio.worker.messages import BiasesEvaluated

_TIP = (
    "Values that were set by hand at this step, and loss and metric on the validation data without and with them. "
    "The training goes on from the values that are set; the run's file keeps what training made, and notes the edit."
)


class HandsOnBar(QFrame):
    """As high as the status bar's other parts, so that nothing moves while a bar is dragged."""

    undoAllAsked = Signal()

    def __init__(self, edits: BiasEdits, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._edits = edits
        self.setObjectName("handsOnBar")
        self.setProperty("notice", "note")
        self.setToolTip(f"<p>{_TIP}</p>")
        self.what, self.figures = ElidedLabel(), ElidedLabel()
        self._title = QLabel("Edited by hand")
        self._title.setProperty("role", "title")
        self.what.setTextFormat(Qt.TextFormat.PlainText)
        self.figures.setObjectName("handsOnFigures")
        self.undo_all = QPushButton("Undo all")
        self.undo_all.setObjectName("undoAllEdits")
        self.undo_all.setProperty("role", "slim")
        self.undo_all.setToolTip("Back to the values that training made at this step")
        self.undo_all.clicked.connect(lambda _checked: self.undoAllAsked.emit())
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 0, 2, 0)
        row.setSpacing(10)
        row.addWidget(self._title)
        # The figures have what room there is; where the edit is can be seen in the panels too.
        self.what.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        row.addWidget(self.what)
        row.addWidget(self.figures, 1)
        row.addWidget(self.undo_all)

    def show_edits(self) -> bool:
        """Say what is in effect; False where nothing is."""
        found = self._edits.in_effect()
        self.what.setText(" · ".join(_named(vector, units) for vector, units in found))
        self.what.setToolTip(self.what.text())
        if not found:
            self.figures.clear()
        elif not self.figures.text():
            self.figures.setText("validating…")
        self._say()
        return bool(found)

    def show_figures(self, evaluated: BiasesEvaluated) -> None:
        """Show what the validation data give."""
        parts = [_change(name, evaluated.before, after) for name, after in evaluated.after.items()]
        self.figures.setText(evaluated.note or f"validation {' · '.join(parts)}")
        self.figures.setToolTip(self.figures.text())
        self._say()

    def _say(self) -> None:
        self.setAccessibleName(f"{self._title.text()}: {self.what.text()}. {self.figures.text()}")


def _named(vector: BiasVector, units: Units) -> str:
    if len(units) == 1:
        return f"{vector.path} {figures.unit_name(vector, int(units[0]))}"
    return f"{vector.path} {figures.counted(len(units), vector.unit)}"


def _change(name: str, before: Mapping[str, float], after: float) -> str:
    """Such as: loss 0.3120 → 0.2870 (−0.025)."""
    difference = after - before[name]
    sign = "" if difference < 0 else "+"
    apart = f" ({sign}{figures.brief(difference, 2)})" if difference else ""
    return f"{name} {before[name]:.4f} → {after:.4f}{apart}"
