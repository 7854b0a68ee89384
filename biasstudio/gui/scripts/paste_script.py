"""PasteScript: a script typed or pasted, read while it is typed, with what comes of it beside."""

from PySide6.QtCore import Qt, QThreadPool, QTimer, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from biasstudio.gui.background import Job
from biasstudio.gui.scripts.notes_table import NotesTable
from biasstudio.gui.scripts.script_summary import summary_lines, training_in_words
from biasstudio.gui.scripts.script_text import ScriptText
from biasstudio.scripts.reading import ScriptReading, read_script
from biasstudio.spec.arguments import SpecError
from biasstudio.spec.experiment import Experiment

_PAUSE_MS = 350
_EMPTY = "Paste a Keras script on the left. It is read, never run."


class PasteScript(QDialog):
    """`opened` carries the experiment that the person wants. The reading works in a thread of its own."""

    opened = Signal(object)

    def __init__(self, present: Experiment, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("pasteScript")
        self.setWindowTitle("Paste a script — Bias Studio")
        self.setWindowFlag(Qt.WindowType.WindowMaximizeButtonHint)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(1000, 640)
        self._present, self._pool = present, QThreadPool(self)
        self._job: Job | None = None
        self._reading: ScriptReading | None = None
        self.script = ScriptText("scriptText", "The script")
        self.script.setPlaceholderText("model = keras.Sequential([…])")
        self.layers = QListWidget()
        self.notes = NotesTable()
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._pause.timeout.connect(self._read)
        self._lay_out()
        self.script.textChanged.connect(self._await)
        self.notes.lineChosen.connect(self.script.go_to)
        self.script.setPlainText(text)
        self.script.setFocus()
        self._show_nothing(_EMPTY)

    def _lay_out(self) -> None:
        self.layers.setObjectName("scriptLayers")
        self.layers.setAccessibleName("Layers found in the script")
        self.layers.setSelectionMode(QListWidget.SelectionMode.NoSelection)
        self.layers.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.state = QLabel(wordWrap=True)
        self.state.setObjectName("scriptState")
        self.state.setTextFormat(Qt.TextFormat.PlainText)
        self.training = QLabel(wordWrap=True)
        self.training.setObjectName("scriptTraining")
        self.training.setProperty("role", "muted")
        self.not_read = QLabel("Not taken over")
        self.not_read.setProperty("role", "title")
        columns = QSplitter(Qt.Orientation.Horizontal)
        columns.setHandleWidth(10)
        columns.setChildrenCollapsible(False)
        columns.addWidget(self.script)
        columns.addWidget(self._found())
        columns.setStretchFactor(0, 3)
        columns.setStretchFactor(1, 2)
        columns.setSizes([590, 390])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 14, 14, 12)
        layout.setSpacing(10)
        layout.addWidget(columns, 1)
        layout.addWidget(self._buttons())

    def _found(self) -> QFrame:
        card = QFrame()
        card.setProperty("card", True)
        layout = QVBoxLayout(card)
        layout.setContentsMargins(12, 10, 12, 10)
        layout.setSpacing(6)
        layout.addWidget(self.state)
        layout.addWidget(self.layers, 3)
        layout.addWidget(self.training)
        layout.addWidget(self.not_read)
        layout.addWidget(self.notes, 2)
        self._filler = QWidget()
        layout.addWidget(self._filler, 1)
        return card

    def _buttons(self) -> QDialogButtonBox:
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.open = buttons.addButton("Open", QDialogButtonBox.ButtonRole.AcceptRole)
        self.open.setObjectName("openPasted")
        self.open.setProperty("role", "primary")
        self.open.setAutoDefault(False)
        buttons.accepted.connect(self._open)
        buttons.rejected.connect(self.reject)
        return buttons

    def _await(self) -> None:
        """The text is another: what was read of the one before counts no more."""
        self._reading = None
        self.open.setEnabled(False)
        self._pause.start()

    def _read(self) -> None:
        text = self.script.toPlainText()
        if self._job is not None:
            self._job.cancel()
        if not text.strip():
            self._show_nothing(_EMPTY)
            return
        job = Job(lambda _job: read_script(text, self._present), (SpecError,), self)
        self._job = job
        job.succeeded.connect(self._show)
        job.failed.connect(lambda sentence: self._show_nothing(sentence, fault=True))
        job.ended.connect(job.deleteLater)
        job.start(self._pool)

    def _show(self, reading: ScriptReading) -> None:
        self._reading = reading
        layers, notes = reading.experiment.stack.layers, reading.notes
        count = "1 layer" if len(layers) == 1 else f"{len(layers)} layers"
        self._say(f"{count} found", "title")
        self.layers.clear()
        for title, details in summary_lines(reading.experiment):
            item = QListWidgetItem(f"{title}   {details}" if details else title)
            item.setToolTip(item.text())
            self.layers.addItem(item)
        self.training.setText(training_in_words(reading.experiment))
        self.notes.show_notes(notes, self.script.line)
        self.script.mark({note.line for note in notes})
        self._show_parts(found=True, notes=bool(notes))
        self.open.setText("Open the rest" if notes else "Open")
        self.open.setEnabled(True)

    def _show_nothing(self, sentence: str, *, fault: bool = False) -> None:
        self._say(sentence, "error" if fault else "muted")
        self.script.mark(())
        self._show_parts(found=False, notes=False)
        self.open.setText("Open")
        self.open.setEnabled(False)

    def _show_parts(self, *, found: bool, notes: bool) -> None:
        for widget in (self.layers, self.training):
            widget.setVisible(found)
        for widget in (self.not_read, self.notes):
            widget.setVisible(notes)
        self._filler.setVisible(not found)

    def _say(self, sentence: str, role: str) -> None:
        self.state.setText(sentence)
        if self.state.property("role") != role:
            self.state.setProperty("role", role)
            self.state.style().polish(self.state)

    def _open(self) -> None:
        if self._reading is not None:
            self.opened.emit(self._reading.experiment)
            self.accept()

    def done(self, result: int) -> None:
        """Give up what is being read."""
        self._pause.stop()
        if self._job is not None:
            self._job.cancel()
        self._pool.waitForDone()
        super().done(result)
