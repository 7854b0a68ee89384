"""Card: a framed surface that can be chosen or at fault."""

from PySide6.QtWidgets import QFrame, QWidget


class Card(QFrame):
    """The frame that the theme draws for what is a layer, or the input."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("card", True)

    def mark(self, name: str, on: bool) -> None:
        """Set the mark `name`, chosen or fault, that the style sheet knows."""
        if bool(self.property(name)) != on:
            self.setProperty(name, on)
            self.style().polish(self)

    def marked(self, name: str) -> bool:
        return bool(self.property(name))
