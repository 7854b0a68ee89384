"""Pictures of the icons as each system wants them, drawn from the SVG: python packaging/icons.py FOLDER"""

import os
import shutil
import sys
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

DRAWN = Path(__file__).resolve().parent.parent / "resources" / "icons"
NAMES = {
    "biasstudio": "biasstudio",
    "application-vnd.biasstudio.experiment": "experiment",
    "application-vnd.biasstudio.run": "run",
}
"""The SVG of each, by the names that Linux's icon theme has for them."""
SIZES = (16, 32, 48, 64, 128, 256, 512)


def draw(source: Path, size: int, target: Path) -> None:
    """Write an SVG as a square PNG with transparency."""
    image = QImage(size, size, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    QSvgRenderer(str(source)).render(painter)
    painter.end()
    target.parent.mkdir(parents=True, exist_ok=True)
    assert image.save(str(target)), target


def main(folder: Path) -> None:
    """Make folder/hicolor as Linux's icon theme has it, and NAME.ico and NAME.icns for Windows and macOS."""
    _application = QGuiApplication(sys.argv[:1])
    for name, drawing in NAMES.items():
        source, theme = DRAWN / f"{drawing}.svg", folder / "hicolor"
        kind = "apps" if name == "biasstudio" else "mimetypes"
        for size in SIZES:
            draw(source, size, theme / f"{size}x{size}" / kind / f"{name}.png")
        scalable = theme / "scalable" / kind / f"{name}.svg"
        scalable.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, scalable)
        with Image.open(theme / "512x512" / kind / f"{name}.png") as largest:
            largest.save(folder / f"{drawing}.ico", sizes=[(size, size) for size in SIZES if size <= 256])
            largest.save(folder / f"{drawing}.icns")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
