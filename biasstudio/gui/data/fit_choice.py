"""FitChoice: whether the network is changed so that it can be trained on the data at once."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from biasstudio.gui.toggle import Toggle
from biasstudio.spec.arguments import SpecError
from biasstudio.spec.data_sets import DataSet
from biasstudio.spec.experiment import Experiment
from biasstudio.spec.fitting import Fitting, fitted_to, small_network_for


class FitChoice(QWidget):
    """One switch that fits the present network; where that can't be, one that puts a small network in its place."""

    def __init__(self, replaceable: bool, parent: QWidget | None = None) -> None:
        """Where the network is `replaceable`, nobody has worked on it."""
        super().__init__(parent)
        self._replaceable = replaceable
        self._change: Callable[[Experiment, DataSet], Fitting] = fitted_to
        self.box = Toggle()
        self.box.setObjectName("dataFit")
        self.box.setChecked(True)
        self._about = QLabel(wordWrap=True)
        self._about.setObjectName("dataFitAbout")
        self._about.setProperty("role", "muted")
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(2)
        rows.addWidget(self.box, 0, Qt.AlignmentFlag.AlignLeft)
        rows.addWidget(self._about)
        self.hide()

    def show_data(self, experiment: Experiment, data: DataSet | None) -> None:
        """Say what would be changed for `data`."""
        self.setVisible(data is not None)
        if data is None:
            return
        try:
            self._offer(fitted_to, "Fit the network to the data", _changes(fitted_to(experiment, data)))
        except SpecError as error:
            self._offer_small(experiment, data, str(error))

    def _offer_small(self, experiment: Experiment, data: DataSet, reason: str) -> None:
        try:
            parts = small_network_for(experiment, data).changes
        except SpecError as other:
            self._offer(None, "Fit the network to the data", str(other))
            return
        text = f"Put a small network in its place: {', '.join(parts)}"
        self._offer(small_network_for, text, f"The network doesn't fit. {reason}")

    def _offer(self, change: Callable[[Experiment, DataSet], Fitting] | None, text: str, about: str) -> None:
        if change is not self._change:
            # To lose a network of their own is for the person to choose.
            self.box.setChecked(change is fitted_to or self._replaceable)
        self._change = change or fitted_to
        self.box.setEnabled(change is not None)
        self.box.setText(text)
        self.box.setAccessibleName(text)
        self._about.setText(about)

    def apply(self, experiment: Experiment, data: DataSet) -> Experiment:
        """The experiment on `data`, with the network changed where that was chosen. Raises SpecError."""
        if self.box.isEnabled() and self.box.isChecked():
            return self._change(experiment, data).experiment
        return experiment.change_data(data)


def _changes(fitting: Fitting) -> str:
    changes = ", ".join(fitting.changes)
    return f"Sets: {changes}." if changes else "It fits as it is."
