"""Notices: short messages over the panels that stay until they are answered, each with what can be done about it."""

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from biasstudio.gui.locking import lock_control
from biasstudio.gui.panels.panel import ElidedLabel

Answer = tuple[str, str, Callable[[], object]]
"""A button: its text, its tooltip, and what it does."""


class Notices(QWidget):
    """A column of notices, each under a key of its own; takes no room while there is none."""

    saidMore = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("notices")
        self._shown: dict[str, _Notice] = {}
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(6)
        self.hide()

    def say(
        self,
        key: str,
        title: str,
        text: str,
        answers: Sequence[Answer] = (),
        *,
        warning: bool = False,
        why_not: Mapping[str, str] | None = None,
    ) -> None:
        """Show a notice, in place of the one before under this key.

        `why_not` says, by an answer's text, why it can't be given for now.
        """
        notice = self._shown.get(key)
        if notice is None or not notice.offers(answers):
            self.withdraw(key)
            notice = self._shown[key] = _Notice(answers)
            self._layout.addWidget(notice)
        notice.say(title, text, warning)
        notice.answer_by(answers, why_not or {})
        self.show()
        self.saidMore.emit()

    def withdraw(self, key: str) -> None:
        """Take a notice away, if it is there."""
        notice = self._shown.pop(key, None)
        if notice is not None:
            # Hidden at once: a widget that waits for its deletion would still be painted.
            notice.hide()
            self._layout.removeWidget(notice)
            notice.deleteLater()
        self.setVisible(bool(self._shown))

    def said(self, key: str) -> str:
        """Title and text of a notice; empty where there is none."""
        return self._shown[key].said if key in self._shown else ""


class _Notice(QFrame):
    def __init__(self, answers: Sequence[Answer]) -> None:
        super().__init__()
        self.setProperty("notice", "note")
        self._calls: dict[str, Callable[[], object]] = {}
        self._title, self._text = ElidedLabel(), QLabel(wordWrap=True)
        self._title.setProperty("role", "title")
        self._text.setProperty("role", "muted")
        # As wide as its text, narrower where there is no room.
        self._title.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self._grid = QGridLayout(self)
        # As high as one with a button.
        self._grid.setContentsMargins(*((12, 4, 6, 4) if answers else (12, 8, 12, 8)))
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(0)
        self._grid.setColumnStretch(1, 1)
        self._grid.addWidget(self._title, 0, 0)
        self._grid.addWidget(self._text, 0, 1)
        self.buttons = [self._button(text, tip) for text, tip, _call in answers]
        for column, button in enumerate(self.buttons, 2):
            self._grid.addWidget(button, 0, column)

    def _place_text(self) -> None:
        """Beside the title, or below it where both don't fit."""
        widths = [button.sizeHint().width() + 8 for button in self.buttons]
        text = self._text.fontMetrics().horizontalAdvance(self._text.text())
        fits = self._title.sizeHint().width() + text + sum(widths) + 40 <= self.width()
        if fits == (self._grid.itemAtPosition(1, 0) is not None):
            self._grid.removeWidget(self._text)
            self._grid.addWidget(self._text, *((0, 1, 1, 1) if fits else (1, 0, 1, 2 + len(self.buttons))))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_text()

    def _button(self, text: str, tip: str) -> QPushButton:
        button = QPushButton(text)
        button.setProperty("role", "quiet")
        button.setToolTip(tip)
        button.setAccessibleDescription(tip)
        button.clicked.connect(lambda _checked: self._calls[text]())
        return button

    def offers(self, answers: Sequence[Answer]) -> bool:
        return [button.text() for button in self.buttons] == [text for text, _tip, _call in answers]

    def answer_by(self, answers: Sequence[Answer], why_not: Mapping[str, str]) -> None:
        """What the buttons do from now on, and which of them do nothing."""
        self._calls = {text: call for text, _tip, call in answers}
        for button in self.buttons:
            lock_control(button, why_not.get(button.text(), ""))

    def say(self, title: str, text: str, warning: bool) -> None:
        self._title.setText(title)
        self._text.setText(text)
        self._place_text()
        self._text.setToolTip(text)
        self.setAccessibleName(self.said)
        kind = "warning" if warning else "note"
        if self.property("notice") != kind:
            self.setProperty("notice", kind)
            self.style().polish(self)

    @property
    def said(self) -> str:
        return f"{self._title.text()} {self._text.text()}".strip()
