"""UndoActions: one Undo and one Redo over several undo stacks, in the order in which things were done."""

from collections.abc import Sequence
from itertools import count

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence, QUndoCommand, QUndoStack
from PySide6.QtWidgets import QWidget

_numbers = count(1)


class Change(QUndoCommand):
    """Something that can be undone. `number` says when it was made, counted over all stacks."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.number = next(_numbers)


class UndoActions(QObject):
    """Undo takes back the newest change of the stacks that are open, Redo makes the oldest of those undone again.

    All commands in the stacks are Changes. A QUndoGroup would need one of the stacks to be the active one.
    """

    def __init__(self, window: QWidget, stacks: Sequence[QUndoStack]) -> None:
        super().__init__(window)
        self._open = dict.fromkeys(stacks, True)
        self.undo = _action(window, "Undo", [QKeySequence(QKeySequence.StandardKey.Undo)])
        self.redo = _action(window, "Redo", [QKeySequence("Ctrl+Shift+Z"), QKeySequence("Ctrl+Y")])
        self.undo.triggered.connect(self._undo)
        self.redo.triggered.connect(self._redo)
        for stack in stacks:
            stack.indexChanged.connect(self._show)
        self._show()

    def set_open(self, stack: QUndoStack, is_open: bool) -> None:
        """Whether what is in `stack` can be undone and redone for now."""
        self._open[stack] = is_open
        self._show()

    def close(self) -> None:
        """The window closes: stacks that are deleted say so by their signals."""
        for stack in self._open:
            stack.indexChanged.disconnect(self._show)

    def _next_to_undo(self) -> QUndoStack | None:
        stacks = [stack for stack, is_open in self._open.items() if is_open and stack.canUndo()]
        return max(stacks, key=lambda stack: _number(stack, stack.index() - 1), default=None)

    def _next_to_redo(self) -> QUndoStack | None:
        stacks = [stack for stack, is_open in self._open.items() if is_open and stack.canRedo()]
        return min(stacks, key=lambda stack: _number(stack, stack.index()), default=None)

    def _undo(self) -> None:
        stack = self._next_to_undo()
        if stack is not None:
            stack.undo()

    def _redo(self) -> None:
        stack = self._next_to_redo()
        if stack is not None:
            stack.redo()

    def _show(self) -> None:
        undone, redone = self._next_to_undo(), self._next_to_redo()
        self.undo.setEnabled(undone is not None)
        self.redo.setEnabled(redone is not None)
        self.undo.setText(f"&Undo {undone.undoText()}" if undone else "&Undo")
        self.redo.setText(f"&Redo {redone.redoText()}" if redone else "&Redo")


def _number(stack: QUndoStack, index: int) -> int:
    command = stack.command(index)
    return command.number if isinstance(command, Change) else 0


def _action(window: QWidget, name: str, shortcuts: list[QKeySequence]) -> QAction:
    action = QAction(f"&{name}", window)
    action.setObjectName(f"action{name}")
    action.setShortcuts(shortcuts)
    window.addAction(action)
    return action
