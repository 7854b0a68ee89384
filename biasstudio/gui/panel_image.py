"""A panel as an image: PNG or SVG in a file, or on the clipboard, with its title and labels, in the present scheme."""

from pathlib import Path

from PySide6.QtCore import QByteArray, QObject, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QAction, QGuiApplication, QImage, QImageWriter, QPainter
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QFileDialog, QWidget

from biasstudio.atomic_file import written_whole
from biasstudio.gui.panels.panel import Panel

PNG_SCALE = 2.0
"""Pixels of a PNG for each on a plain screen, so that it is sharp in print."""
_FILTERS = "PNG image (*.png);;SVG drawing (*.svg)"


def image_of(panel: QWidget, scale: float = 1.0) -> QImage:
    """The panel as it is on screen."""
    image = QImage((QSize(panel.width(), panel.height()) * scale), QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(scale)
    image.fill(panel.palette().color(panel.backgroundRole()))
    panel.render(image)
    return image


def save_image(panel: QWidget, path: Path) -> None:
    """Write a PNG, or an SVG where `path` ends so; whole or not at all.

    Raises OSError, and ValueError for other suffixes.
    """
    suffix = path.suffix.lower()
    if suffix not in (".png", ".svg"):
        raise ValueError(f"{path.name}: expected a name that ends in .png or .svg")
    with written_whole(path) as temporary:
        if not (_draw_svg if suffix == ".svg" else _draw_png)(panel, temporary):
            raise OSError(None, "the image could not be written")


def _draw_png(panel: QWidget, path: Path) -> bool:
    return QImageWriter(str(path), QByteArray(b"png")).write(image_of(panel, PNG_SCALE))


def _draw_svg(panel: QWidget, path: Path) -> bool:
    # pyqtgraph's own exporter crashes with this Qt.
    generator = QSvgGenerator()
    generator.setFileName(str(path))
    generator.setSize(panel.size())
    generator.setViewBox(QRect(QPoint(0, 0), panel.size()))
    generator.setTitle(panel.accessibleName())
    painter = QPainter()
    if not painter.begin(generator):
        return False
    panel.render(painter, QPoint(0, 0))
    return painter.end()


def _copy(panel: Panel) -> None:
    QGuiApplication.clipboard().setImage(image_of(panel, PNG_SCALE))


class PanelImages(QObject):
    """Gives every panel a context menu with its image. `failed` carries one sentence."""

    failed = Signal(str)

    def __init__(self, panels: tuple[Panel, ...], window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        for panel in panels:
            panel.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
            self._add(panel, "&Save as image…", self._ask)
            self._add(
                panel, "&Copy image", lambda panel: QGuiApplication.clipboard().setImage(image_of(panel, PNG_SCALE))
            )

    def _add(self, panel: Panel, text: str, call: object) -> None:
        action = QAction(text, panel)
        if callable(call):
            action.triggered.connect(lambda: call(panel))
        panel.addAction(action)

    def _ask(self, panel: Panel) -> None:
        vector = panel.state.vector
        name = f"{panel.accessibleName()} {vector.path if vector else ''}".strip().replace("/", "-")
        proposal = str(Path.home() / f"{name.lower().replace(' ', '-')}.png")
        chosen, kind = QFileDialog.getSaveFileName(self._window, f"Save {panel.accessibleName()}", proposal, _FILTERS)
        if not chosen:
            return
        path = Path(chosen)
        if not path.suffix:
            path = path.with_suffix(".svg" if "svg" in kind else ".png")
        try:
            save_image(panel, path)
        except OSError as error:
            self.failed.emit(f"{path} can't be written: {error.strerror}.")
        except ValueError as error:
            self.failed.emit(f"{error}.")
