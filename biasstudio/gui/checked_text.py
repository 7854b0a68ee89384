"""CheckedText: a line edit whose text is read as a value; a text that is none stays, marked, until it is mended."""

from collections.abc import Callable
from itertools import count
from typing import Any

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QHideEvent, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QLineEdit, QWidget

from biasstudio.spec.arguments import SpecError

TYPING_PAUSE_MS = 300
_sessions = count(1)


class CheckedText(QLineEdit):
    """A line edit for a value that `read` makes of a text (raising SpecError) and `write` makes a text of.

    `valueChosen` comes after a pause in typing, or only on Enter and focus-out where `while_typing` is false.
    `faultChanged` carries the sentence that says what is wrong, "" when nothing is any more.
    """

    valueChosen = Signal(object)
    faultChanged = Signal(str)

    def __init__(
        self,
        read: Callable[[str], Any],
        write: Callable[[Any], str],
        value: Any,
        parent: QWidget | None = None,
        *,
        while_typing: bool = True,
    ) -> None:
        super().__init__(write(value), parent)
        self._read, self._write = read, write
        self._value = self._before = value
        self.fault = ""
        self.session = next(_sessions)
        self._pause = QTimer(self, singleShot=True, interval=TYPING_PAUSE_MS)
        self._pause.timeout.connect(self._take)
        self.editingFinished.connect(self._finish)
        self.setCursorPosition(0)
        if while_typing:
            self.textEdited.connect(lambda _text: self._pause.start())

    @property
    def value(self) -> Any:
        """The last value shown or chosen."""
        return self._value

    def set_value(self, value: Any) -> None:
        """Show `value`. A text that already means it, and one typed while the value stays, is left as it is."""
        if value == self._value:
            return
        self._value = self._before = value
        if not self._means(value):
            self.setText(self._write(value))
            self.setCursorPosition(0)
        self._pause.stop()
        self._set_fault("")

    def refuse(self, reason: str) -> None:
        """The value just chosen can't be had, for `reason`: mark the text and keep it."""
        self._value = self._before
        self._set_fault(reason)

    def restore(self) -> None:
        """Back to the last good text."""
        self._pause.stop()
        self.setText(self._write(self._value))
        self._set_fault("")

    def commit(self) -> None:
        """Choose what is typed so far, as Enter would."""
        if self._pause.isActive() or self.text() != self._write(self._value):
            self._finish()

    def _means(self, value: Any) -> bool:
        try:
            return bool(self._read(self.text()) == value)
        except SpecError:
            return False

    def _take(self) -> None:
        self._pause.stop()
        try:
            value = self._read(self.text())
        except SpecError as error:
            self._set_fault(str(error))
            return
        self._set_fault("")
        if value != self._value:
            self._before, self._value = self._value, value
            self.valueChosen.emit(value)

    def _finish(self) -> None:
        if self.text() != self._write(self._value) or self.fault:
            self._take()
        if not self.fault and self.text() != self._write(self._value):
            self.setText(self._write(self._value))
            self.setCursorPosition(0)

    def _set_fault(self, fault: str) -> None:
        if fault == self.fault:
            return
        self.fault = fault
        self.setProperty("fault", bool(fault))
        self.style().polish(self)
        self.setAccessibleDescription(fault)
        self.faultChanged.emit(fault)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.session = next(_sessions)
        super().focusInEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        if self._pause.isActive():
            self._take()
        super().hideEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.text() != self._write(self._value):
            self.restore()
            return
        super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride and _is_undo(event):
            # The document holds what was typed, so its undo takes it back; a wrong text is only here.
            self._take()
            if not self.fault:
                event.ignore()
                return False
        return super().event(event)


def _is_undo(event: QKeyEvent) -> bool:
    return event.matches(QKeySequence.StandardKey.Undo) or event.matches(QKeySequence.StandardKey.Redo)


def commit_typing(container: QWidget) -> None:
    """Choose what is half typed in `container`: for what acts on the document before the pause in typing is over."""
    for text in container.findChildren(CheckedText):
        text.commit()


def restore_texts(container: QWidget) -> None:
    """Give up what is half typed or wrong in `container`: it belongs to a document that goes."""
    for text in container.findChildren(CheckedText):
        text.restore()


def forget_typing(container: QWidget) -> None:
    """What is half typed in `container`, which is about to go, is chosen no more."""
    for text in container.findChildren(CheckedText):
        text.blockSignals(True)
