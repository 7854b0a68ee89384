"""The system's file manager, which shows a folder."""

from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices


def show_folder(folder: Path) -> str:
    """Show a folder; "" where a file manager was asked to, else a sentence that says where the folder is."""
    if QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder))):
        return ""
    return f"No file manager answers here; the folder is {folder}"
