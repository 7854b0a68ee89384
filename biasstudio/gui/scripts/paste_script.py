"""PasteScript: a script typed or pasted, read while it is typed, with what comes of it beside."""

from PySide6.QtCore import Qt, QThreadPool, QTimer, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QLabel,
    QSplitter,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from biasstudio.gui.background import Job
from biasstudio.gui.scripts.notes_table import NotesTable
from biasstudio.gui.scripts.script_summary import summary_lines, training_in_words
from biasstudio.gui.scripts.script_text import ScriptText
from biasstudio.gui.theme import theme
from biasstudio.scripts.reading import ScriptReading, read_script
from biasstudio.spec.arguments import SpecError
from biasstudio.spec.experiment import Experiment

_PAUSE_MS = 350
_COLUMN_ROOM = 12
_READING = "Reading…"
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
        self.layers = QTreeWidget()
        self.notes = NotesTable()
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._pause.timeout.connect(self._read)
        self._lay_out()
        self.script.textChanged.connect(self._await)
        self.notes.lineChosen.connect(self.script.go_to)
        self.script.setPlainText(text)
        self.script.setFocus()
        self._show_nothing(_READING if text else _EMPTY)

    def _lay_out(self) -> None:
        self.layers.setObjectName("scriptLayers")
        self.layers.setAccessibleName("Layers found in the script")
        self.layers.setColumnCount(2)
        self.layers.setHeaderHidden(True)
        self.layers.setRootIsDecorated(False)
        self.layers.setSelectionMode(QTreeWidget.SelectionMode.NoSelection)
        self.layers.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.state = QLabel(wordWrap=True)
        self.state.setObjectName("scriptState")
        self.state.setTextFormat(Qt.TextFormat.PlainText)
        self.training = QLabel(wordWrap=True)
        self.training.setObjectName("scriptTraining")
        self.training.setProperty("role", "muted")
        self.not_read = QLabel("Not taken over, or changed")
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
        self.accepting = buttons.addButton("Open", QDialogButtonBox.ButtonRole.AcceptRole)
        self.accepting.setObjectName("openPasted")
        self.accepting.setProperty("role", "primary")
        self.accepting.setAutoDefault(False)
        buttons.accepted.connect(self._open)
        buttons.rejected.connect(self.reject)
        return buttons

    def _await(self) -> None:
        """The text is another: what was read of the one before counts no more."""
        self._reading = None
        self.accepting.setEnabled(False)
        self._pause.start()

    def _read(self) -> None:
        text = self.script.toPlainText()
        if self._job is not None:
            self._job.cancel()
        if not text.strip():
            self._show_nothing(_EMPTY)
            return
        self._say(_READING, "muted")
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
            item = QTreeWidgetItem([title, details])
            item.setForeground(1, QColor(theme().colours.muted))
            item.setToolTip(1, details)
            self.layers.addTopLevelItem(item)
        self.layers.resizeColumnToContents(0)
        self.layers.setColumnWidth(0, self.layers.columnWidth(0) + _COLUMN_ROOM)
        self.training.setText(training_in_words(reading.experiment))
        self.notes.show_notes(notes, self.script.line)
        self.script.mark({note.line for note in notes})
        self._show_parts(found=True, notes=bool(notes))
        self.accepting.setText("Open the rest" if notes else "Open")
        self.accepting.setEnabled(True)

    def _show_nothing(self, sentence: str, *, fault: bool = False) -> None:
        self._say(sentence, "error" if fault else "muted")
        self.script.mark(())
        self._show_parts(found=False, notes=False)
        self.accepting.setText("Open")
        self.accepting.setEnabled(False)

    def _show_parts(self, *, found: bool, notes: bool) -> None:
        self.layers.setVisible(found)
        self.training.setVisible(found)
        self.not_read.setVisible(notes)
        self.notes.setVisible(notes)
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
