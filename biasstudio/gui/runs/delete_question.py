"""The questions before runs are deleted. They don't block: the answer comes by a call."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget

from biasstudio.recording.run_summary import RunSummary


def ask_for_trash(parent: QWidget, runs: Sequence[RunSummary], agreed: Callable[[], None]) -> QMessageBox:
    """Whether the runs may go to the trash."""
    return _ask(
        parent, f"Move {_named(runs)} to the trash?", "The system's trash gives them back.", "Move to trash", agreed
    )


def ask_for_good(parent: QWidget, runs: Sequence[RunSummary], agreed: Callable[[], None]) -> QMessageBox:
    """Whether the runs may be deleted where there is no trash."""
    return _ask(
        parent,
        f"Delete {_named(runs)} for good?",
        "This place has no trash. What is deleted can't be brought back.",
        "Delete for good",
        agreed,
    )


def _named(runs: Sequence[RunSummary]) -> str:
    return f"“{runs[0].name}”" if len(runs) == 1 else f"{len(runs)} runs"


def _ask(parent: QWidget, text: str, sentence: str, button: str, agreed: Callable[[], None]) -> QMessageBox:
    box = QMessageBox(parent)
    box.setObjectName("deleteQuestion")
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setIcon(QMessageBox.Icon.Question)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(text)
    box.setInformativeText(sentence)
    yes = box.addButton(button, QMessageBox.ButtonRole.AcceptRole)
    box.addButton(QMessageBox.StandardButton.Cancel)
    # Enter, pressed in haste, deletes nothing.
    box.setDefaultButton(QMessageBox.StandardButton.Cancel)
    yes.clicked.connect(lambda _checked=False: agreed())
    box.open()
    return box
