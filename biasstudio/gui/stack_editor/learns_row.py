"""LearnsRow: what of a layer training may change."""

from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from biasstudio.gui.choice_box import ChoiceBox
from biasstudio.gui.locking import lock_control
from biasstudio.gui.stack_editor.layer_edits import LayerEdits
from biasstudio.spec.learning import ALL, BIASES, WHO_LEARNS
from biasstudio.spec.stack import Layer

_HELP = (
    "What of this layer training may change; a beta counts as a bias, a gamma as a weight.\n"
    "On a trained network the weights stay, and the next training goes on with a fresh optimizer."
)
_BIASES_ONLY = "“Biases only” is on in the settings: in every layer the biases learn, and nothing else."


class LearnsRow(QWidget):
    """Seen where the layer is chosen, and where its choice is not the usual one."""

    def __init__(self, edits: LayerEdits, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._edits = edits
        self._biases_only = False
        label = QLabel("learns", self)
        label.setProperty("role", "muted")
        self._choice = ChoiceBox(self)
        self._choice.setObjectName("learnsChoice")
        self._choice.setAccessibleName("learns")
        self._choice.setToolTip(_HELP)
        for learns, words in WHO_LEARNS.items():
            self._choice.addItem(words, learns)
        self._choice.activated.connect(lambda index: edits.let_learn(self._choice.itemData(index)))
        label.setBuddy(self._choice)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        row.addWidget(label)
        row.addWidget(self._choice, 1)

    def show_layer(self, layer: Layer, *, biases_only: bool, expanded: bool, locked: str) -> None:
        """Show the layer's choice; “biases only” goes before it. `locked` says why nothing can be edited."""
        self._choice.setCurrentIndex(self._choice.findData(BIASES if biases_only else layer.learns))
        lock_control(self._choice, "")
        lock_control(self._choice, locked or (_BIASES_ONLY if biases_only else ""))
        self.setVisible(expanded or layer.learns != ALL)
