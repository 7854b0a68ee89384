"""RunNote: the note of the chosen run, saved when the person leaves it."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QHideEvent, QKeyEvent
from PySide6.QtWidgets import QPlainTextEdit, QWidget

_LINES = 3
_MOST_LETTERS = 20_000


class RunNote(QPlainTextEdit):
    """Editable text under the list. `noteAsked` carries the run's path and the text, once it is another."""

    noteAsked = Signal(Path, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("runNote")
        self.setAccessibleName("Note of the chosen run")
        self.setToolTip("What you want to remember of this run. It is saved when you go on to something else.")
        self.setPlaceholderText("Add a note to this run")
        self.setTabChangesFocus(True)
        self.setFixedHeight(_LINES * self.fontMetrics().lineSpacing() + 14)
        self._path: Path | None = None
        self._saved = ""

    @property
    def path(self) -> Path | None:
        """The run whose note this is."""
        return self._path

    def show_note(self, path: Path | None, note: str) -> None:
        """Show a run's note; what was typed for another run is saved first. What is being typed here stays."""
        if path != self._path:
            self.commit()
        elif note == self._saved or (self.hasFocus() and self.toPlainText() != self._saved):
            return
        self._path, self._saved = path, note
        self.setPlainText(note)

    def commit(self) -> None:
        """Save what was typed."""
        text = self.toPlainText().strip()[:_MOST_LETTERS]
        if self._path is not None and text != self._saved:
            self._saved = text
            self.noteAsked.emit(self._path, text)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if event.key() == Qt.Key.Key_Escape:
            self.setPlainText(self._saved)
        elif enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.commit()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        # The menu of the text itself is no other thing to go on to.
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.commit()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.commit()
