"""NumberBox: a whole number within limits, by keys and wheel."""

from PySide6.QtWidgets import QSpinBox, QWidget


class NumberBox(QSpinBox):
    """A spin box whose text stands where that of the other fields does."""

    def __init__(self, least: int, most: int, value: int | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setRange(least, most)
        self.setValue(least if value is None else value)
        # A style sheet's padding does not reach the text in a spin box.
        self.lineEdit().setTextMargins(7, 0, 0, 0)
