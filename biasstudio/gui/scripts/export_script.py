"""ExportScript: the experiment as a Keras script, to look at, to copy, and to save."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QVBoxLayout, QWidget

from biasstudio.gui.scripts.script_text import ScriptText
from biasstudio.scripts.writing import WrittenScript


class ExportScript(QDialog):
    """Shows a written script. `saveAsked` and `copyAsked` say what the person wants with it."""

    saveAsked = Signal()
    copyAsked = Signal()

    def __init__(self, script: WrittenScript, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("exportScript")
        self.setWindowTitle("Keras script — Bias Studio")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(760, 640)
        about = QLabel(wordWrap=True)
        about.setObjectName("exportAbout")
        about.setProperty("role", "muted")
        about.setText(f"Run by Python it trains to the same biases, step by step.{files_in_words(script)}")
        text = ScriptText("writtenScript", "The script")
        text.setReadOnly(True)
        text.setPlainText(script.text.rstrip())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 12, 14, 12)
        layout.setSpacing(10)
        layout.addWidget(about)
        layout.addWidget(text, 1)
        layout.addWidget(self._buttons())

    def _buttons(self) -> QDialogButtonBox:
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        copy = buttons.addButton("Copy", QDialogButtonBox.ButtonRole.ActionRole)
        copy.setObjectName("copyWritten")
        copy.setToolTip("Put the script on the clipboard")
        copy.clicked.connect(self.copyAsked)
        save = buttons.addButton("Save…", QDialogButtonBox.ButtonRole.AcceptRole)
        save.setObjectName("saveWritten")
        save.setProperty("role", "primary")
        save.setDefault(True)
        buttons.accepted.connect(self.saveAsked)
        buttons.rejected.connect(self.reject)
        return buttons


def files_in_words(script: WrittenScript) -> str:
    """A sentence on what must lie beside the script; "" where nothing must."""
    names = [file.name for file in script.files]
    if not names:
        return ""
    return f" It loads {' and '.join(names)}, which Save puts beside it."
