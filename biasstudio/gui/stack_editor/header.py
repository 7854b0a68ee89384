"""StackHeader: the title of the stack's pane, its size in a line, and what is wrong with it as a whole."""

from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from biasstudio.gui.fault_label import FaultLabel


class StackHeader(QWidget):
    """Title, the button that adds a layer, a line about the built network, and a place for a fault."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        title = QLabel("Stack", self)
        title.setProperty("role", "title")
        self.add_button = QPushButton("+ Add layer", self)
        self.add_button.setObjectName("addLayerButton")
        self.add_button.setProperty("role", "quiet")
        self.add_button.setAccessibleName("Add layer")
        self.add_button.setToolTip("Add a layer below the chosen one (Insert)")
        self.add_button.setShortcut("Ins")
        self._summary = QLabel("Not built yet", self, wordWrap=True)
        self._summary.setObjectName("stackSummary")
        self._summary.setProperty("role", "muted")
        self._fault = FaultLabel(self)
        head = QHBoxLayout()
        head.addWidget(title)
        head.addStretch()
        head.addWidget(self.add_button)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(2, 0, 6, 4)
        rows.setSpacing(2)
        rows.addLayout(head)
        rows.addWidget(self._summary)
        rows.addWidget(self._fault)

    def show_network(self, parameters: int, biases: int, seconds: float) -> None:
        """The size of the built network, and how long building it took."""
        took = f"{seconds:.1f} s" if seconds >= 1 else f"{seconds * 1000:.0f} ms"
        parts = (_counted(parameters, "parameter"), _counted(biases, "bias", "biases"), f"built in {took}")
        # A part is never broken over two lines.
        self._summary.setText(" · ".join(part.replace(" ", "\u00a0") for part in parts))

    def show_refused(self) -> None:
        """What stood here was said of another network."""
        self._summary.setText("Not built")

    def show_fault(self, sentence: str) -> None:
        """What is wrong with the stack as a whole; "" for nothing."""
        self._fault.show_fault(sentence)


def _counted(count: int, singular: str, plural: str = "") -> str:
    return f"{count:,} {singular if count == 1 else plural or singular + 's'}"
