"""Undo over two stacks: in the order in which things were done, whatever was done and undone."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtGui import QUndoStack
from PySide6.QtWidgets import QWidget

from biasstudio.gui.undo_actions import Change, UndoActions


class Write(Change):
    """Appends a number to a list."""

    def __init__(self, written, number):
        super().__init__(f"Write {number}")
        self.written, self.what = written, number

    def redo(self):
        self.written.append(self.what)

    def undo(self):
        assert self.written.pop() == self.what


@pytest.fixture
def undo(qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    stacks = QUndoStack(window), QUndoStack(window)
    actions = UndoActions(window, stacks)
    yield actions, stacks
    actions.close()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(chosen=st.lists(st.sampled_from([0, 1]), max_size=12), undone=st.integers(0, 12))
def test_things_are_undone_in_their_order_and_made_again(undo, chosen, undone):
    actions, stacks = undo
    for stack in stacks:
        stack.clear()
    written = []
    for number, stack in enumerate(chosen):
        stacks[stack].push(Write(written, number))
    everything = list(written)
    for _ in range(undone):
        actions.undo.trigger()
    assert written == everything[: max(0, len(everything) - undone)]
    assert actions.undo.isEnabled() == bool(written)
    assert actions.undo.text() == (f"&Undo Write {written[-1]}" if written else "&Undo")
    for _ in range(undone):
        actions.redo.trigger()
    assert written == everything
    assert not actions.redo.isEnabled()


def test_what_is_closed_is_left_out(undo):
    actions, (first, second) = undo
    written = []
    first.push(Write(written, 1))
    second.push(Write(written, 2))
    actions.set_open(second, False)
    assert actions.undo.text() == "&Undo Write 1"
    actions.set_open(first, False)
    assert not actions.undo.isEnabled()
    actions.undo.trigger()
    assert written == [1, 2]
    actions.set_open(second, True)
    actions.undo.trigger()
    assert written == [1]
    assert actions.redo.isEnabled()
    actions.set_open(second, False)
    assert not actions.redo.isEnabled()
