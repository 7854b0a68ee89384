"""WeightsRow: says that the network starts from the weights of a file, and can drop that."""

from dataclasses import replace

from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from biasstudio.gui.document import Document
from biasstudio.gui.locking import lock_controls
from biasstudio.spec.experiment import Experiment

_STARTS = "Starts from the weights of {}, not from initializers"
_NONE_FITS = "Starts from initializers: no layer fits the weights of {}"


class WeightsRow(QWidget):
    """Takes no room while the network starts from its initializers."""

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self.setObjectName("weightsRow")
        self._label = QLabel(self, wordWrap=True)
        self._label.setObjectName("weightsFile")
        self._drop = QPushButton("Drop", self)
        self._drop.setObjectName("dropWeightsButton")
        self._drop.setProperty("role", "quiet")
        self._drop.setAccessibleName("Drop the file's weights")
        self._drop.setToolTip("Start from the initializers instead, as a new network does")
        self._drop.clicked.connect(self._drop_weights)
        self._notes = QLabel(self, wordWrap=True)
        self._notes.setObjectName("startingAnew")
        self._notes.setProperty("role", "muted")
        head = QHBoxLayout()
        head.addWidget(self._label, 1)
        head.addWidget(self._drop)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(2, 0, 6, 4)
        rows.setSpacing(2)
        rows.addLayout(head)
        rows.addWidget(self._notes)
        self.show_document()

    def show_document(self) -> None:
        """Show the document's file, if it has one."""
        weights = self._document.experiment.weights
        self.setVisible(weights is not None and not weights.whole)
        if weights is not None:
            self._label.setToolTip(str(weights.path))
        self.show_notes(())

    def show_notes(self, notes: tuple[str, ...], *, of_all: bool = False) -> None:
        """Which layers start anew all the same: a sentence for each; `of_all` where no layer takes the weights."""
        weights = self._document.experiment.weights
        if weights is not None:
            self._label.setText((_NONE_FITS if of_all else _STARTS).format(weights.path.name))
        self._notes.setText("\n".join(notes))
        self._notes.setVisible(bool(notes))

    def set_locked(self, reason: str) -> None:
        lock_controls(self, reason)

    def _drop_weights(self) -> None:
        def without(experiment: Experiment) -> Experiment:
            return replace(experiment, weights=None)

        self._document.edit("Drop the file's weights", without)
