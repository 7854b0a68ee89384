"""OpenedScript: asks whether the rest of a script is opened, where some of it was not read."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QVBoxLayout, QWidget

from biasstudio.gui.scripts.notes_table import NotesTable
from biasstudio.scripts.notes import Note


class OpenedScript(QDialog):
    """Lists by line what was not read; accepted where the person wants the rest."""

    def __init__(self, name: str, text: str, notes: Sequence[Note], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("openedScript")
        self.setWindowTitle("Opened from script — Bias Studio")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(860, 440)
        title = QLabel(f"Not everything in {name} can be taken over")
        title.setTextFormat(Qt.TextFormat.PlainText)
        title.setProperty("role", "title")
        about = QLabel("What is left out or changed, by line. Everything else becomes the experiment.", wordWrap=True)
        about.setProperty("role", "muted")
        lines = text.split("\n")
        self.notes = NotesTable(shows_source=True)
        self.notes.show_notes(notes, lambda line: lines[line - 1] if 0 < line <= len(lines) else "")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 14, 16, 14)
        layout.setSpacing(8)
        for widget in (title, about):
            layout.addWidget(widget)
        layout.addWidget(self.notes, 1)
        layout.addWidget(self._buttons())
        self.rest.setFocus()

    def _buttons(self) -> QDialogButtonBox:
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.rest = buttons.addButton("Open the rest", QDialogButtonBox.ButtonRole.AcceptRole)
        self.rest.setObjectName("openRest")
        self.rest.setProperty("role", "primary")
        self.rest.setDefault(True)
        self.rest.setToolTip("Open what could be read, with these things left out")
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        return buttons
