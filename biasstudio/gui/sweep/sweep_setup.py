"""What a sweep is to try: the layer, initializers, seeds and epochs."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from biasstudio.gui.choice_box import ChoiceBox
from biasstudio.gui.number_box import NumberBox
from biasstudio.gui.panels.figures import counted
from biasstudio.gui.sweep.wording import about
from biasstudio.spec.arguments import SpecError
from biasstudio.spec.experiment import Experiment
from biasstudio.spec.initializers import Initializer
from biasstudio.spec.variations import (
    MAXIMUM_RUNS,
    Variation,
    fitting_initializers,
    initializer_label,
    layers_with_bias,
    sweep_of,
)

_EVERY_LAYER = "All layers with a bias"
_USUAL_SEEDS = 6
_KIND_ROLE = int(Qt.ItemDataRole.UserRole)


class SweepSetup(QFrame):
    """`runAsked` carries the variations, in the order of training; `stopAsked` ends them."""

    runAsked = Signal(tuple)
    stopAsked = Signal()

    def __init__(self, experiment: Experiment, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("card", True)
        self._experiment = experiment
        self._seconds_of_run: float | None = None
        self._running = False
        self.layer = ChoiceBox()
        self.layer.setObjectName("sweepLayer")
        self.kinds = QListWidget()
        self.kinds.setObjectName("sweepInitializers")
        self.seeds = _number("sweepSeeds", 1, MAXIMUM_RUNS, "How many seeds: runs of each initializer")
        self.first_seed = _number("sweepFirstSeed", 0, 2**31 - 1 - MAXIMUM_RUNS, "The seed of the first run of each")
        self.epochs = _number("sweepEpochs", 1, 100_000, "Epochs of each run")
        self.said = QLabel()
        self.run = QPushButton("Run")
        self.stop = QPushButton("Stop")
        self._lay_out()
        self._connect()
        self.show_experiment(experiment)

    def _lay_out(self) -> None:
        title = QLabel("Sweep")
        title.setProperty("role", "title")
        self.said.setProperty("role", "muted")
        self.said.setWordWrap(True)
        self.run.setObjectName("sweepRun")
        self.run.setProperty("role", "primary")
        self.stop.setObjectName("sweepStop")
        self.stop.setToolTip("End the run under way after its present step, and leave the others")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 12)
        layout.setSpacing(6)
        layout.addWidget(title)
        layout.addWidget(_named("The bias of", self.layer))
        layout.addWidget(self.layer)
        layout.addWidget(_named("starts as", self.kinds))
        layout.addWidget(self.kinds, 1)
        layout.addLayout(self._numbers())
        layout.addWidget(self.said)
        layout.addWidget(self.run)
        layout.addWidget(self.stop)

    def _numbers(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        for row, (text, field) in enumerate(
            (("Seeds", self.seeds), ("First seed", self.first_seed), ("Epochs", self.epochs))
        ):
            grid.addWidget(_named(text, field), row, 0)
            grid.addWidget(field, row, 1)
        grid.setColumnStretch(1, 1)
        return grid

    def _connect(self) -> None:
        self.layer.activated.connect(self._offer_kinds)
        self.kinds.itemChanged.connect(self._tell)
        for field in (self.seeds, self.first_seed, self.epochs):
            field.valueChanged.connect(self._tell)
        self.run.clicked.connect(self._ask)
        self.stop.clicked.connect(self.stopAsked)

    def show_experiment(self, experiment: Experiment) -> None:
        """Start from this experiment."""
        self._experiment = experiment
        self.layer.clear()
        names = [layer.name for layer in layers_with_bias(experiment)]
        self.layer.addItems(names)
        if len(names) > 1:
            self.layer.addItem(_EVERY_LAYER)
        self.seeds.setValue(_USUAL_SEEDS)
        self.first_seed.setValue(min(experiment.training.seed, self.first_seed.maximum()))
        self.epochs.setValue(experiment.training.epochs)
        self._offer_kinds()

    @property
    def chosen_layer(self) -> str | None:
        """None for all of them."""
        return None if self.layer.currentText() in ("", _EVERY_LAYER) else self.layer.currentText()

    def _offer_kinds(self) -> None:
        """The present initializers, zeros and no bias at first; the others after them."""
        self.kinds.clear()
        layers = [layer for layer in layers_with_bias(self._experiment) if self.chosen_layer in (None, layer.name)]
        present = tuple(dict.fromkeys(layer.bias_initializer for layer in layers if layer.bias_initializer))
        if not present:
            self._tell()
            return
        usual = tuple(Initializer.of(name) for name in fitting_initializers(self._experiment, self.chosen_layer))
        ticked = {*present, Initializer.of("Zeros")}
        for kind in dict.fromkeys([*present, Initializer.of("Zeros"), None, *usual]):
            item = QListWidgetItem(initializer_label(kind))
            item.setData(_KIND_ROLE, kind)
            item.setSizeHint(QSize(0, self.kinds.fontMetrics().height() + 6))
            item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsUserCheckable | Qt.ItemFlag.ItemIsSelectable)
            item.setCheckState(Qt.CheckState.Checked if kind in ticked else Qt.CheckState.Unchecked)
            if kind in present:
                item.setToolTip("As it is in the stack now")
            self.kinds.addItem(item)
        self._tell()

    def chosen_kinds(self) -> list[Initializer | None]:
        """The ticked initializers; None for no bias."""
        items = [self.kinds.item(row) for row in range(self.kinds.count())]
        return [item.data(_KIND_ROLE) for item in items if item.checkState() == Qt.CheckState.Checked]

    def variations(self) -> tuple[Variation, ...]:
        """All that is to be trained. Raises SpecError where that is nothing, or too much."""
        fitting_initializers(self._experiment, self.chosen_layer)  # says why, where there is no bias at all
        seeds = range(self.first_seed.value(), self.first_seed.value() + self.seeds.value())
        experiment = self._experiment.change_training(epochs=self.epochs.value())
        return sweep_of(experiment, self.chosen_layer, self.chosen_kinds(), seeds)

    def show_rate(self, seconds_of_run: float) -> None:
        """How long a run takes, of as many epochs as are chosen now."""
        self._seconds_of_run = seconds_of_run / self.epochs.value()
        self._tell()

    def set_running(self, running: bool) -> None:
        """While a sweep is trained nothing can be chosen."""
        self._running = running
        for widget in (self.layer, self.kinds, self.seeds, self.first_seed, self.epochs):
            widget.setEnabled(not running)
        self._tell()

    def _tell(self) -> None:
        self.stop.setEnabled(self._running)
        try:
            count = len(self.variations())
        except SpecError as error:
            self.said.setText(str(error))
            self.run.setEnabled(False)
            return
        time = ""
        if self._seconds_of_run is not None:
            time = f", {about(count * self._seconds_of_run * self.epochs.value())}"
        self.said.setText(f"{counted(count, 'run')}{time}. Each is kept in the list of runs.")
        self.run.setEnabled(not self._running)

    def _ask(self) -> None:
        self.runAsked.emit(self.variations())


def _number(name: str, least: int, most: int, tip: str) -> NumberBox:
    box = NumberBox(least, most)
    box.setObjectName(name)
    box.setToolTip(tip)
    return box


def _named(text: str, field: QWidget) -> QLabel:
    label = QLabel(text)
    label.setBuddy(field)
    field.setAccessibleName(text)
    return label
