"""Small checkable buttons: chips that stand alone, and segments of which one is on."""

from collections.abc import Callable, Iterable

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QWidget


class Chip(QPushButton):
    """A checkable button as wide as its text. `role`, for the style sheet: chip or segment."""

    def __init__(self, text: str, tip: str, name: str = "", role: str = "chip") -> None:
        super().__init__(text)
        self.setObjectName(name)
        self.setCheckable(True)
        self.setProperty("role", role)
        self.setAccessibleName(text)
        self.explain(tip)

    def explain(self, tip: str) -> None:
        """Say in another sentence what it does."""
        self.setToolTip(tip)
        self.setAccessibleDescription(tip)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()


class Segments(QWidget):
    """Chips side by side of which exactly one is on."""

    def __init__(self, role: str = "segment") -> None:
        super().__init__()
        self._role = role
        self._group = QButtonGroup(self)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(2)

    def add(self, text: str, tip: str, chosen: Callable[[], None], name: str = "") -> Chip:
        """Add a choice; `chosen` is called when a person takes it."""
        chip = Chip(text, tip, name, self._role)
        chip.clicked.connect(lambda _checked: chosen())
        self._group.addButton(chip)
        self._row.addWidget(chip)
        return chip

    def chips(self) -> Iterable[Chip]:
        return [button for button in self._group.buttons() if isinstance(button, Chip)]

    def clear(self) -> None:
        for chip in self.chips():
            self._group.removeButton(chip)
            self._row.removeWidget(chip)
            chip.hide()
            chip.deleteLater()
