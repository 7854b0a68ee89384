"""DataDialog: opens data of a person's own: a preview, the choices to be made, and what comes of them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import QSize, Qt, QThreadPool, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from biasstudio.data_files.preview import ArraysPreview, ImagesPreview, TablePreview
from biasstudio.gui.data.choices import Choices, inputs_of
from biasstudio.gui.data.class_counts import ClassCounts
from biasstudio.gui.data.data_reader import DataReader, Preview, Reading, Request
from biasstudio.gui.data.fit_choice import FitChoice
from biasstudio.gui.data.preview_view import PreviewView
from biasstudio.gui.data.wording import found_in_words
from biasstudio.gui.fault_label import FaultLabel
from biasstudio.resource_files import resource_path
from biasstudio.spec.data_sets import DataSet
from biasstudio.spec.experiment import Experiment
from biasstudio.spec.shipped_data_types import DIGIT_NAMES, TABLE_TARGETS

_CHOICES_WIDTH = 264
_READING = "Reading…"


class DataDialog(QDialog):
    """Modal to its window. `chosen` carries the experiment on the data, when the person takes them."""

    chosen = Signal(object)
    otherAsked = Signal()
    """The person wants another file."""

    def __init__(
        self, experiment: Experiment, pool: QThreadPool, parent: QWidget | None = None, *, replaceable: bool = False
    ) -> None:
        """Where the network is `replaceable`, as an example is, one that the data fit is proposed in its place."""
        super().__init__(parent)
        self.setObjectName("dataDialog")
        self.setWindowTitle("Data — Bias Studio")
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._experiment = experiment
        self._reading: Reading | None = None
        self._given: DataSet | None = None
        self._request: Request | None = None
        self._choices: Choices | None = None
        self._choices_name = ""
        self._reader = DataReader(pool, self)
        self._reader.read.connect(self._show_reading)
        self._reader.busyChanged.connect(self._show_state)
        self._make_parts(pool, replaceable)
        self._lay_out()
        self.resize(self.sizeHint())

    @property
    def reading(self) -> Reading | None:
        """What was read last, None before anything was."""
        return self._reading

    @property
    def busy(self) -> bool:
        """Whether something is being read."""
        return self._reader.busy

    def sizeHint(self) -> QSize:
        return QSize(980, 640)

    def _make_parts(self, pool: QThreadPool, replaceable: bool) -> None:
        self._title = QLabel()
        self._title.setObjectName("dataFile")
        self._title.setProperty("role", "title")
        self._other = QPushButton("Another file…")
        self._other.setObjectName("dataOther")
        self._other.setProperty("role", "quiet")
        self._other.setToolTip("Choose another file or folder")
        self._other.setAutoDefault(False)
        self._other.clicked.connect(lambda _checked: self.otherAsked.emit())
        self._busy = QProgressBar()
        self._busy.setObjectName("dataBusy")
        self._busy.setAccessibleName("Reading the data")
        self._busy.setRange(0, 0)
        self._busy.setTextVisible(False)
        self._busy.setFixedWidth(120)
        self.preview = PreviewView(pool)
        self._summary = QLabel(wordWrap=True)
        self._summary.setObjectName("dataSummary")
        self.counts = ClassCounts()
        self._fault = FaultLabel()
        self._fault.setObjectName("dataFault")
        self.fit = FitChoice(replaceable)
        self._buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self._take = self._buttons.addButton("Use these data", QDialogButtonBox.ButtonRole.AcceptRole)
        self._take.setObjectName("dataTake")
        self._take.setProperty("role", "primary")
        self._take.setDefault(True)
        self._buttons.accepted.connect(self._accept)
        self._buttons.rejected.connect(self.reject)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self._title)
        head.addWidget(self._other)
        head.addStretch(1)
        head.addWidget(self._busy)
        self._form = QScrollArea()
        self._form.setWidgetResizable(True)
        self._form.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._form.setFrameShape(QFrame.Shape.NoFrame)
        self._form.setFixedWidth(_CHOICES_WIDTH)
        card = QFrame()
        card.setProperty("card", True)
        QHBoxLayout(card).addWidget(self.preview)
        right = QVBoxLayout()
        right.setSpacing(8)
        right.addWidget(card, 1)
        right.addWidget(self._summary)
        right.addWidget(self.counts)
        right.addWidget(self._fault)
        middle = QHBoxLayout()
        middle.setSpacing(14)
        middle.addWidget(self._form)
        middle.addLayout(right, 1)
        foot = QHBoxLayout()
        foot.setSpacing(14)
        foot.addWidget(self.fit, 1)
        foot.addWidget(self._buttons, 0, Qt.AlignmentFlag.AlignBottom)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(16, 12, 16, 14)
        rows.setSpacing(10)
        rows.addLayout(head)
        rows.addLayout(middle, 1)
        rows.addLayout(foot)

    def open_path(self, path: Path) -> None:
        """Find out what a file or folder holds, and propose how to read it."""
        self._start(Request(path))

    def open_data(self, data: DataSet) -> None:
        """Go on with data that were chosen before; those that come with Bias Studio are only looked at."""
        parameters = dict(data.parameters)
        if data.found is not None:
            self._start(Request(Path(parameters["path"]), data.name, parameters))
            return
        self._given = data
        self._title.setText(data.type.title)
        self._other.hide()
        self._form.hide()
        if data.name in TABLE_TARGETS:
            self._reader.ask(Request(resource_path(f"data/{data.name}.csv")), at_once=True)
        elif data.name in DIGIT_NAMES:
            self.preview.show_digits()
        else:
            self.preview.show_nothing(data.type.summary)
        self._show_data(data, None)
        self._show_state()

    def _start(self, request: Request) -> None:
        self._request, self._reading = request, None
        self._title.setText(request.path.name)
        self._title.setToolTip(str(request.path))
        self.preview.show_nothing(_READING)
        self._reader.ask(request, at_once=True)

    def _choose(self, parameter: str, value: Any) -> None:
        """A person chose a parameter's value: read again."""
        if self._request is None or self._reading is None:
            return
        # Of choices that follow each other fast none is lost.
        parameters = dict(self._request.parameters or self._reading.parameters) | {parameter: value}
        if parameter in ("target", "targets", "targets_path"):
            # What suits one target needs not suit another.
            parameters = {name: each for name, each in parameters.items() if name not in ("task", "shuffled")}
        if parameter == "target":
            parameters["columns"] = tuple(name for name in parameters.get("columns", ()) if name != value)
        name = self._reading.name
        if parameter == "targets_path" and self._reading.data is None:
            # Only now there is enough to propose the rest.
            name, parameters = "", {"targets_path": value}
        self._request = Request(self._request.path, name, parameters)
        self._show_values(parameters)
        self._reader.ask(self._request)

    def _show_reading(self, reading: Reading) -> None:
        self._reading = reading
        self._request = Request(reading.request.path, reading.name, reading.parameters)
        if self._given is None:
            if reading.name != self._choices_name:
                self._make_choices(reading.name)
            self._show_values(reading.parameters)
            self._show_data(reading.data, reading.preview)
        self._show_preview(reading)
        self._fault.show_fault(reading.fault)
        self._show_state()

    def _show_data(self, data: DataSet | None, preview: Preview | None) -> None:
        """What was found, how many samples each class has, and what the network needs for it."""
        self._summary.setText(found_in_words(data, preview) if data is not None else "")
        self._summary.setVisible(data is not None)
        counts = data.type.counts if data is not None else ()
        self.counts.show_counts(data.type.class_names if data is not None and counts else (), counts)
        self.fit.show_data(self._experiment, data)

    @property
    def _data(self) -> DataSet | None:
        return self._given or (self._reading.data if self._reading is not None else None)

    def _make_choices(self, name: str) -> None:
        if self._choices is not None:
            self._choices.forget()
        self._choices, self._choices_name = (Choices(name) if name else None), name
        if self._choices is not None:
            self._choices.chosen.connect(self._choose)
            self._form.setWidget(self._choices)
        self._form.setVisible(self._choices is not None)

    def _show_values(self, parameters: Mapping[str, Any]) -> None:
        if self._choices is not None and self._reading is not None:
            self._choices.show_values(parameters, self._reading.preview)

    def _show_preview(self, reading: Reading) -> None:
        preview, given = reading.preview, reading.parameters
        if isinstance(preview, TablePreview):
            self.preview.show_table(preview, given.get("target", ""), inputs_of(given, preview))
        elif isinstance(preview, ArraysPreview):
            uses = {given.get("inputs", reading.request.path.stem): "inputs"}
            targets = given.get("targets") or Path(given.get("targets_path", "")).stem
            self.preview.show_arrays(preview, uses | {targets: "targets"})
        elif isinstance(preview, ImagesPreview):
            self.preview.show_images(preview)
        else:
            self.preview.show_nothing("There is nothing to show of it.")

    def _show_state(self) -> None:
        busy = self._reader.busy
        self._busy.setVisible(busy)
        fault = self._reading.fault if self._reading is not None else ""
        ready = self._data is not None and (not busy or self._given is not None)
        self._take.setEnabled(ready)
        self._take.setToolTip("" if ready else _READING if busy else fault)

    def _accept(self) -> None:
        if self._take.isEnabled() and self._data is not None:
            self.chosen.emit(self._data)
            self.accept()

    def done(self, result: int) -> None:
        self._reader.cancel()
        self.preview.stop()
        super().done(result)
