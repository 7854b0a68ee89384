"""Icons of the toolbar: SVG shapes drawn in the scheme's colours."""

from PySide6.QtCore import QByteArray, QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from biasstudio.gui.theme import theme
from biasstudio.resource_files import resource_path

_SIZE = QSize(32, 32)


def action_icon(name: str, *, primary: bool = False) -> QIcon:
    """The icon resources/icons/NAME.svg in the text's colour, or in that of a primary button; faint when disabled."""
    colours = theme().colours
    icon = QIcon()
    icon.addPixmap(_drawn(name, colours.accent_text if primary else colours.text), QIcon.Mode.Normal)
    icon.addPixmap(_drawn(name, colours.faint), QIcon.Mode.Disabled)
    return icon


def application_icon() -> QIcon:
    """The application's own icon."""
    return QIcon(str(resource_path("icons/biasstudio.svg")))


def _drawn(name: str, colour: str) -> QPixmap:
    text = resource_path(f"icons/{name}.svg").read_text(encoding="utf-8").replace("currentColor", colour)
    pixmap = QPixmap(_SIZE)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    QSvgRenderer(QByteArray(text.encode())).render(painter)
    painter.end()
    return pixmap
