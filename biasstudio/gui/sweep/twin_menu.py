"""TwinMenu: the same experiment and seed with other biases, in one click."""

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from biasstudio.spec.arguments import SpecError
from biasstudio.spec.experiment import Experiment
from biasstudio.spec.initializers import Initializer
from biasstudio.spec.variations import Variation, fitting_initializers, layers_with_bias, variation_of


class TwinMenu(QMenu):
    """Filled when it opens, for the experiment that is shown then. `refused` says why there is no twin."""

    twinAsked = Signal(Variation)
    refused = Signal(str)

    def __init__(self, parent: QWidget, shown: Callable[[], tuple[Experiment | None, str | None]]) -> None:
        """`shown` gives the experiment that a twin would be of, where it is known, and the layer chosen in the stack.

        A twin with another initializer is of that layer alone, where it has a bias.
        """
        super().__init__("Train a &twin", parent)
        self.setToolTipsVisible(True)
        self._shown = shown
        self.without = QAction("&Without biases", self)
        self.without.setObjectName("actionTwinWithoutBiases")
        self.without.setShortcut("Ctrl+T")
        self.without.setToolTip("Train the same experiment and seed with every bias off, and lay it beside")
        self.without.triggered.connect(lambda: self._ask(None, None))
        self.addAction(self.without)
        parent.addAction(self.without)
        self.others = self.addMenu("With another &initializer")
        self.others.setToolTipsVisible(True)
        self.others.aboutToShow.connect(self._fill)

    def _fill(self) -> None:
        self.others.clear()
        experiment, layer = self._shown()
        if experiment is None:
            self.others.addAction("The experiment of this run is not known").setEnabled(False)
            return
        if layer not in [each.name for each in layers_with_bias(experiment)]:
            layer = None
        try:
            names = fitting_initializers(experiment, layer)
        except SpecError as error:
            self.others.addAction(str(error)).setEnabled(False)
            return
        where = f"the bias of {layer}" if layer else "every bias that it fits"
        for name in names:
            action = self.others.addAction(name)
            action.setToolTip(f"Train the same experiment and seed with {name} on {where}, and lay it beside")
            action.triggered.connect(lambda _checked=False, name=name: self._ask(Initializer.of(name), layer))

    def _ask(self, initializer: Initializer | None, layer: str | None) -> None:
        experiment, _layer = self._shown()
        if experiment is None:
            self.refused.emit("The experiment of this run is not known, so it has no twin.")
            return
        try:
            self.twinAsked.emit(variation_of(experiment, initializer, layer))
        except SpecError as error:
            self.refused.emit(str(error))
