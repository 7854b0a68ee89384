"""The weights view: what a layer's get_weights() gives, array by array."""

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from biasstudio.gui.number_box import NumberBox
from biasstudio.gui.panels.panel import ElidedLabel
from biasstudio.gui.panels.weights_models import ArraysModel, SliceModel
from biasstudio.worker.messages import WeightArray, Weights

_EXPLANATION = (
    "The arrays of the chosen layer as Keras's get_weights() gives them{}, and below the values of one of them. "
    "Of an array with more than two axes, the last two are shown; choose the others' indexes above the table."
)
_NO_LAYER = "Choose a layer to see its weights."
_NO_WEIGHTS = "{} has no weights, or is not built."
_TOO_LARGE = "This array is too large to be shown here."
_NOT_OF_RUN = "A run holds biases only: these are the weights of the network in the stack."


class WeightsView(QFrame):
    """Shows a Weights message; emits `requested` with the layer's name when it wants a newer one."""

    requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("weightsView")
        self.setProperty("card", True)
        self.setAccessibleName("Weights")
        self.setWhatsThis(_EXPLANATION.format(""))
        self._layer = ""
        self._weights: Weights | None = None
        self._arrays: tuple[WeightArray, ...] = ()
        self._array: WeightArray | None = None
        self._spins: list[NumberBox] = []
        self.title = ElidedLabel(_NO_LAYER)
        self.title.setProperty("role", "title")
        self.refresh_button = QPushButton("Refresh")
        self.message = QLabel()
        self.message.setProperty("role", "muted")
        self.message.setWordWrap(True)
        self.beside_run = QLabel(_NOT_OF_RUN)
        self.beside_run.setProperty("role", "muted")
        self.beside_run.setWordWrap(True)
        self.beside_run.hide()
        self.arrays_model, self.slice_model = ArraysModel(), SliceModel()
        self.arrays_table = _table(self.arrays_model, "Arrays of the layer", self)
        self.slice_table = _table(self.slice_model, "Values of the array", self)
        self._axes = QHBoxLayout()
        self._lay_out()
        self._show_array(None)

    def _lay_out(self) -> None:
        self._show_title("")
        self.refresh_button.setProperty("role", "quiet")
        self.refresh_button.setToolTip("Read the layer's weights again.")
        self.refresh_button.setEnabled(False)
        self.refresh_button.clicked.connect(self._request)
        header = QHBoxLayout()
        header.addWidget(self.title, 1)
        header.addWidget(self.refresh_button)
        arrays = self.arrays_table
        arrays.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        arrays.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        arrays.setShowGrid(False)
        arrays.setSizeAdjustPolicy(QAbstractItemView.SizeAdjustPolicy.AdjustToContents)
        arrays.verticalHeader().setDefaultSectionSize(2 * arrays.fontMetrics().height() + 8)
        arrays.setMinimumHeight(60)
        arrays.setMaximumHeight(180)
        arrays.verticalHeader().hide()
        arrays.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        arrays.horizontalHeader().setStretchLastSection(True)
        arrays.selectionModel().currentRowChanged.connect(self._choose_row)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 7, 10, 8)
        layout.addLayout(header)
        layout.addWidget(self.beside_run)
        layout.addWidget(arrays)
        layout.addLayout(self._axes)
        layout.addWidget(self.message)
        layout.addWidget(self.slice_table, 1)
        layout.addStretch(0)

    @property
    def weights(self) -> Weights | None:
        """The newest answer for the layer that is wanted; None while it is awaited."""
        return self._weights

    def set_replaying(self, replaying: bool) -> None:
        """Say whether the panels beside show a run in place of the network whose weights these are."""
        self.beside_run.setVisible(replaying)

    def choose_layer(self, layer: str) -> None:
        """The layer whose weights are wanted; asks for them where this view is on screen."""
        if layer == self._layer:
            return
        self._layer = layer
        self._await()
        self.refresh_button.setEnabled(bool(layer))
        if self.isVisible():
            self._request()

    def show_weights(self, weights: Weights) -> None:
        """Show an answer. One that is about another layer than the wanted one comes too late, and is left."""
        if self._layer and weights.layer != self._layer:
            return
        self._layer = weights.layer
        self._weights = weights
        self.refresh_button.setEnabled(True)
        self._show_title(f"step {weights.step:,}")
        self._show_arrays(weights.arrays)

    def refresh(self) -> None:
        """Forget what is shown, which may be another network's or an older step's; ask again once on screen."""
        if not self._layer:
            return
        self._await()
        if self.isVisible():
            self._request()

    def _await(self) -> None:
        self._weights = None
        self._show_title("reading…")
        self._show_arrays(())

    def _show_title(self, note: str) -> None:
        self.title.setText(f"{self._layer} · {note}" if self._layer else _NO_LAYER)
        step = f" at step {self._weights.step:,}" if self._weights is not None else ""
        self.title.setToolTip(f"<p>{_EXPLANATION.format(step)}</p>")

    def _show_arrays(self, arrays: tuple[WeightArray, ...]) -> None:
        row = self.arrays_table.currentIndex().row()
        same = [(a.name, a.shape) for a in arrays] == [(a.name, a.shape) for a in self._arrays]
        self._arrays = arrays
        places = [spin.value() for spin in self._spins] if same else []
        self.arrays_model.show_arrays(arrays)
        if arrays:
            self.arrays_table.selectRow(max(0, row) if same else 0)
            for spin, place in zip(self._spins, places, strict=False):
                spin.setValue(place)
        else:
            self._show_array(None)

    def _choose_row(self, current: QModelIndex) -> None:
        if current.isValid():
            self._show_array(self._arrays[current.row()])

    def _show_array(self, array: WeightArray | None) -> None:
        self._array = array
        leading = array.shape[:-2] if array is not None and array.values is not None else ()
        self._offer_axes(leading)
        self._show_slice()

    def _offer_axes(self, leading: tuple[int, ...]) -> None:
        self._spins.clear()
        while (item := self._axes.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for axis, size in enumerate(leading):
            spin = NumberBox(0, max(0, size - 1))
            spin.setPrefix(f"axis {axis}: ")
            spin.setAccessibleName(f"Index along axis {axis}")
            spin.setToolTip(f"Which index along axis {axis}, 0 to {size - 1}.")
            spin.valueChanged.connect(self._show_slice)
            self._spins.append(spin)
            self._axes.addWidget(spin)
        if leading:
            self._axes.addStretch(1)

    def _show_slice(self) -> None:
        array = self._array
        values = array.values if array is not None else None
        self.message.setText(self._what_is_missing())
        self.message.setVisible(bool(self.message.text()))
        self.slice_table.setVisible(values is not None)
        if values is not None:
            self.slice_model.show_slice(values[tuple(spin.value() for spin in self._spins)])

    def _what_is_missing(self) -> str:
        if self._array is None:
            return _NO_WEIGHTS.format(self._layer) if self._weights is not None else ""
        return _TOO_LARGE if self._array.values is None else ""

    def _request(self) -> None:
        if self._layer:
            self.requested.emit(self._layer)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not event.spontaneous():
            self._request()


def _table(model: ArraysModel | SliceModel, name: str, owner: QWidget) -> QTableView:
    table = QTableView()
    model.setParent(owner)
    table.setModel(model)
    table.setAccessibleName(name)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    table.setTabKeyNavigation(False)
    table.verticalHeader().setDefaultSectionSize(24)
    table.horizontalHeader().setDefaultSectionSize(84)
    table.horizontalHeader().setHighlightSections(False)
    table.setWordWrap(False)
    table.setTextElideMode(Qt.TextElideMode.ElideRight)
    return table
