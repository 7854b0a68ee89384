"""The pane in which a stack is made and changed."""

from biasstudio.gui.stack_editor.stack_editor import StackEditor

__all__ = ["StackEditor"]
