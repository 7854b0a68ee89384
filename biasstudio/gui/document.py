"""Document: the experiment being edited, its undo history and its file. The window shows it; edits go through it."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from biasstudio.gui.undo_actions import Change
from biasstudio.spec.experiment import Experiment, save_experiment
from biasstudio.spec.stack import Stack


class _Change(Change):
    """One edit. Neighbouring edits with the same non-empty `merge_key`, such as typing in one field, become one."""

    def __init__(self, document: "Document", text: str, after: Experiment, merge_key: str) -> None:
        super().__init__(text)
        self._document, self._before, self._after = document, document.experiment, after
        self._merge_key = merge_key

    def redo(self) -> None:
        self._document._show(self._after)

    def undo(self) -> None:
        self._document._show(self._before)

    def id(self) -> int:
        return 1 if self._merge_key else -1

    def mergeWith(self, other: QUndoCommand) -> bool:
        if not isinstance(other, _Change) or other._merge_key != self._merge_key:
            return False
        self._after, self.number = other._after, other.number
        return True


class Document(QObject):
    """The experiment being edited. Lives in the GUI thread. `path` is None until it was saved or opened."""

    changed = Signal()
    aboutToBeReplaced = Signal()
    pathChanged = Signal()

    def __init__(self, experiment: Experiment, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._experiment = experiment
        self.path: Path | None = None
        self.undo_stack = QUndoStack(self)

    @property
    def experiment(self) -> Experiment:
        return self._experiment

    @property
    def stack(self) -> Stack:
        return self._experiment.stack

    @property
    def modified(self) -> bool:
        return not self.undo_stack.isClean()

    def edit(self, text: str, change: Callable[[Experiment], Experiment], merge_key: str = "") -> None:
        """Apply an undoable edit called `text`. A SpecError of `change` passes through and nothing is changed."""
        after = change(self._experiment)
        if after != self._experiment:
            self.undo_stack.push(_Change(self, text, after, merge_key))

    def edit_stack(self, text: str, change: Callable[[Stack], Stack], merge_key: str = "") -> None:
        """`edit` for the stack alone."""
        self.edit(
            text,
            lambda experiment: replace(experiment, stack=change(experiment.stack)),
            merge_key,
        )

    def _show(self, experiment: Experiment) -> None:
        self._experiment = experiment
        self.changed.emit()

    def replace(self, experiment: Experiment, path: Path | None) -> None:
        """Another document in place of this one: nothing to undo, nothing unsaved."""
        self.aboutToBeReplaced.emit()
        self._experiment, self.path = experiment, path
        self.undo_stack.clear()
        self.changed.emit()
        self.pathChanged.emit()

    def save(self, path: Path) -> None:
        """Raises OSError; the document then stays modified."""
        save_experiment(self._experiment, path)
        self.path = path
        self.undo_stack.setClean()
        self.pathChanged.emit()
