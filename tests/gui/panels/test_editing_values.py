"""Values set by hand in the vector panel and in the values table, with the pointer and by keys."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester, QTest

from biasstudio.gui.bias_edits import NO_NETWORK, NOT_LIVE, BiasEdits
from biasstudio.gui.checked_text import CheckedText
from biasstudio.gui.panels.set_vector import SetVectorAction, SetVectorDialog
from biasstudio.gui.panels.values_model import CHANGE, NOW, UNIT
from biasstudio.gui.panels.values_table import ValuesTable
from biasstudio.gui.panels.vector_panel import VectorPanel
from biasstudio.recording.network import BiasVector
from tests.gui.panels.conftest import CONV, frames_of, history_of
from tests.gui.panels.pointer import click, drag_end, hover, move_pressed, press, release

PATH = CONV.path
TRAINING = "The network is being trained."


@pytest.fixture
def edits(state, history):
    edits = BiasEdits(state)
    state.set_history(history)
    edits.set_network(history)
    edits.set_busy("")
    edits.sent = []
    edits.valuesSet.connect(lambda path, values: edits.sent.append((path, values)))
    return edits


@pytest.fixture
def panel(state, edits, on_screen):
    panel = on_screen(VectorPanel(state, edits), 420, 300)
    panel.refresh()
    return panel


@pytest.fixture
def values(state, clock, edits, on_screen):
    values = on_screen(ValuesTable(state, clock, edits), 320, 500)
    values.refresh()
    return values


def test_a_bars_end_is_dragged_to_a_value_and_the_frame_stays(panel, edits, history, frames, state):
    drag_end(panel.plot, 3, frames[50, 3], 0.2)
    value = history.present_values(PATH, 50)[3]
    a_pixel = np.ptp(panel.plot.shown_range()[1]) / panel.plot.data_rect().height()
    assert abs(value - 0.2) <= a_pixel
    # No more digits than pixels can tell apart.
    assert len(str(value)) <= 5
    assert state.unit == 3
    expected = frames[50, :32].copy()
    expected[3] = value
    assert np.array_equal(history.present_values(PATH, 50), expected)
    path, sent = edits.sent[-1]
    assert path == PATH
    assert np.array_equal(sent, expected)
    assert np.array_equal(history.frame(50), frames[50])
    panel.refresh()
    assert panel.bars.opts["height"][3] == pytest.approx(value)
    assert panel.ghosts.opts["height"][3] == pytest.approx(frames[0, 3])


def test_a_drag_is_undone_and_made_again_in_one(panel, edits, history, frames):
    drag_end(panel.plot, 3, frames[50, 3], 0.2)
    value = history.present_values(PATH, 50)[3]
    assert (edits.undo_stack.count(), edits.undo_stack.undoText()) == (1, "Set channel 3 of conv2d/bias")
    edits.undo_stack.undo()
    assert np.array_equal(history.present_values(PATH, 50), frames[50, :32])
    assert edits.in_effect() == []
    edits.undo_stack.redo()
    assert history.present_values(PATH, 50)[3] == value
    assert [(vector, units.tolist()) for vector, units in edits.in_effect()] == [(CONV, [3])]


def test_a_click_on_a_bars_end_only_chooses_the_unit(panel, edits, state, frames):
    click(panel.plot, 3, frames[50, 3])
    assert state.unit == 3
    panel.refresh()
    click(panel.plot, 3, frames[50, 3])
    assert state.unit is None
    assert edits.sent == []


def test_escape_takes_a_drag_back_and_leaves_nothing_to_redo(panel, edits, history, frames, state):
    start = panel.plot.position_of(3, frames[50, 3])
    press(panel.plot, start)
    move_pressed(panel.plot, start + QPoint(0, 30))
    assert history.present_values(PATH, 50)[3] != frames[50, 3]
    assert "was" in panel.plot.said()
    QTest.keyClick(panel.plot, Qt.Key.Key_Escape)
    move_pressed(panel.plot, start + QPoint(0, 50))
    release(panel.plot, start + QPoint(0, 50))
    assert np.array_equal(history.present_values(PATH, 50), frames[50, :32])
    assert edits.undo_stack.count() == 0
    assert state.unit == 3


def test_the_axis_holds_still_while_a_bar_is_dragged_and_values_stay_within(panel, edits, history):
    edits.set_unit(CONV, 5, 3.0)
    panel.refresh()
    before = panel.plot.shown_range()
    start = panel.plot.position_of(5, 3.0)
    press(panel.plot, start)
    # At zero nothing is left that needs the axis; far below the plot it would have to grow.
    for y in (panel.plot.position_of(5, 0.0).y(), panel.plot.height() + 500):
        move_pressed(panel.plot, QPoint(start.x(), y))
        panel.refresh()
        assert panel.plot.shown_range() == before
    assert history.present_values(PATH, 50)[5] == pytest.approx(before[1][0], abs=0.03)
    release(panel.plot, start)
    assert panel.dirty
    panel.refresh()
    assert panel.plot.shown_range()[1][0] < history.present_values(PATH, 50)[5] - 0.02


def test_back_where_it_began_a_drag_was_none(panel, edits, frames):
    start = panel.plot.position_of(3, frames[50, 3])
    press(panel.plot, start)
    # A value has a few digits only where the pointer has been.
    move_pressed(panel.plot, start + QPoint(0, 30))
    edits.set_unit(CONV, 3, float(frames[50, 3]), panel.drag._taken.number)
    release(panel.plot, start)
    assert edits.undo_stack.count() == 0


def test_the_pointer_says_where_a_bar_can_be_taken(panel, edits, frames):
    shape = lambda: panel.plot.viewport().cursor().shape()  # noqa: E731
    hover(panel.plot, 3, frames[50, 3])
    assert shape() == Qt.CursorShape.SizeVerCursor
    hover(panel.plot, 3, frames[50, 3] + 0.3)
    assert shape() == Qt.CursorShape.ArrowCursor
    edits.set_busy(TRAINING)
    hover(panel.plot, 3, frames[50, 3])
    assert shape() == Qt.CursorShape.ArrowCursor


@pytest.mark.parametrize(
    ("hinder", "reason"),
    [
        (lambda edits, _state: edits.set_busy(TRAINING), TRAINING),
        (lambda _edits, state: state.show_step(20), "This is step 20: only the newest step can be changed"),
        (lambda _edits, state: state.set_history(history_of(frames_of(50))), NOT_LIVE),
    ],
)
def test_where_nothing_can_be_set_who_tries_is_told(panel, values, edits, state, hinder, reason):
    hinder(edits, state)
    assert edits.reason.startswith(reason)
    for part in (panel, values):
        part.refresh()
    now = state.history.values(PATH, state.step)[3]
    start = panel.plot.position_of(3, now)
    press(panel.plot, start)
    move_pressed(panel.plot, start + QPoint(0, 40))
    assert panel.plot.said() == edits.reason
    release(panel.plot, start + QPoint(0, 40))
    state.choose_unit(3)
    panel.refresh()
    panel.ask_value()
    assert not panel.editor.isVisible()
    index = values.model.index(3, NOW)
    QTest.mouseClick(values.table.viewport(), Qt.MouseButton.LeftButton, pos=values.table.visualRect(index).center())
    QTest.mouseDClick(values.table.viewport(), Qt.MouseButton.LeftButton, pos=values.table.visualRect(index).center())
    assert values.table.findChild(CheckedText) is None
    assert edits.reason in values.fault.text()
    values.paste()
    assert edits.sent == []
    edits.set_busy("Something else.")
    assert values.fault.text() == ""


def test_a_network_is_needed(state):
    edits = BiasEdits(state)
    assert edits.reason == NO_NETWORK
    edits.undo_all()
    assert edits.in_effect() == []


def type_into(editor, text):
    editor.setFocus()
    editor.selectAll()
    QTest.keyClicks(editor, text)
    QTest.keyClick(editor, Qt.Key.Key_Return)


@pytest.mark.parametrize("key", [Qt.Key.Key_F2, Qt.Key.Key_Return])
def test_a_value_is_typed_for_the_chosen_unit(panel, edits, history, state, key):
    state.choose_unit(4)
    panel.refresh()
    panel.plot.setFocus()
    QTest.keyClick(panel.plot, key)
    editor = panel.editor
    assert editor.isVisible()
    assert editor.rect().contains(editor.text.geometry())
    assert editor.text.height() > editor.fontMetrics().height()
    assert np.float32(editor.text.text()) == history.values(PATH, 50)[4]
    type_into(editor.text, "1e99")
    assert editor.isVisible()
    assert "float32" in editor.fault.text()
    assert editor.rect().contains(editor.fault.geometry())
    assert panel.plot.rect().contains(editor.geometry())
    assert edits.sent == []
    type_into(editor.text, "-0.125")
    assert not editor.isVisible()
    assert history.present_values(PATH, 50)[4] == -0.125
    assert panel.plot.hasFocus()
    QTest.keyClick(panel.plot, key)
    QTest.keyClicks(editor.text, "7")
    QTest.keyClick(editor.text, Qt.Key.Key_Escape)
    assert not editor.isVisible()
    assert history.present_values(PATH, 50)[4] == -0.125


def test_without_a_chosen_unit_typing_asks_for_one(panel):
    panel.plot.setFocus()
    QTest.keyClick(panel.plot, Qt.Key.Key_F2)
    assert not panel.editor.isVisible()
    assert "Choose a channel first" in panel.plot.said()


def test_where_a_bar_is_several_units_it_is_not_dragged_but_typed(panel, edits, state):
    many = BiasVector("big/bias", (5000,), "big", "unit")
    history = history_of(frames_of(1, (many,)), (many,))
    state.set_history(history)
    edits.set_network(history)
    panel.refresh()
    x = 100 * panel.drag.units_a_bar
    end = float(history.values("big/bias", 1)[x])
    start = panel.plot.position_of(x, end)
    press(panel.plot, start)
    move_pressed(panel.plot, start + QPoint(0, 40))
    assert "too narrow to drag" in panel.plot.said()
    release(panel.plot, start + QPoint(0, 40))
    assert edits.sent == []
    state.choose_unit(321)
    panel.refresh()
    panel.ask_value()
    type_into(panel.editor.text, "0.5")
    assert history.present_values("big/bias", 1)[321] == 0.5


def edit_cell(values, row):
    index = values.model.index(row, NOW)
    values.table.setCurrentIndex(index)
    values.table.edit(index)
    return values.table.findChild(CheckedText)


def test_the_column_now_is_edited_in_the_table(qtbot, values, edits, history, frames, state):
    QAbstractItemModelTester(values.model, QAbstractItemModelTester.FailureReportingMode.Fatal, values)
    values.table.sortByColumn(CHANGE, Qt.SortOrder.DescendingOrder)
    unit = values.model.unit_at(2)
    for column in (UNIT, CHANGE):
        assert not values.model.flags(values.model.index(2, column)) & Qt.ItemFlag.ItemIsEditable
    text = edit_cell(values, 2)
    assert np.float32(text.text()) == frames[50, unit]
    type_into(text, "many")
    assert "not 'many'" in values.fault.text()
    # A frame that comes meanwhile doesn't take what was typed.
    values.refresh()
    assert text.text() == "many"
    type_into(text, "0.75")
    # The table takes it when it comes back to its events.
    qtbot.waitUntil(lambda: values.table.findChild(CheckedText) is None, timeout=5_000)
    assert history.present_values(PATH, 50)[unit] == 0.75
    assert values.fault.text() == ""
    values.refresh()
    assert values.model.column(NOW)[unit] == 0.75
    assert values.model.column(CHANGE)[unit] == pytest.approx(0.75 - frames[0, unit])
    assert state.unit == unit
    assert edits.undo_stack.count() == 1


@pytest.mark.parametrize("column", [UNIT, NOW, CHANGE])
def test_f2_types_the_value_of_the_row_that_was_clicked(qtbot, values, edits, history, state, column):
    place = values.table.visualRect(values.model.index(2, column)).center()
    values.table.setFocus()
    state.choose_unit(None)
    values.refresh()
    QTest.keyClick(values.table, Qt.Key.Key_F2)
    assert "Choose a channel first" in values.fault.text()
    QTest.mouseClick(values.table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    QTest.keyClick(values.table, Qt.Key.Key_F2)
    text = values.table.findChild(CheckedText)
    assert values.fault.text() == ""
    type_into(text, "0.75")
    qtbot.waitUntil(lambda: values.table.findChild(CheckedText) is None, timeout=5_000)
    assert history.present_values(PATH, 50)[2] == 0.75
    assert state.unit == 2
    edits.set_busy(TRAINING)
    QTest.keyClick(values.table, Qt.Key.Key_F2)
    assert values.table.findChild(CheckedText) is None
    assert edits.reason in values.fault.text()


def test_typing_what_is_there_already_is_no_edit(qtbot, values, edits):
    text = edit_cell(values, 2)
    QTest.keyClick(text, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: values.table.findChild(CheckedText) is None, timeout=5_000)
    assert edits.sent == []
    assert edits.undo_stack.count() == 0


def test_numbers_are_pasted_into_the_selected_rows(values, edits, history, frames):
    values.table.sortByColumn(NOW, Qt.SortOrder.DescendingOrder)
    values.table.clearSelection()
    for row in (1, 3):
        values.table.selectionModel().select(
            values.model.index(row, 0),
            values.table.selectionModel().SelectionFlag.Select | values.table.selectionModel().SelectionFlag.Rows,
        )
    units = [values.model.unit_at(row) for row in (1, 3)]
    QGuiApplication.clipboard().setText("0.5\n-0.5\n2")
    values.paste_action.trigger()
    assert "3 numbers, but 2 rows" in values.fault.text()
    QGuiApplication.clipboard().setText("0.5 x")
    values.paste_action.trigger()
    assert "Number 2 of the list" in values.fault.text()
    assert edits.sent == []
    QGuiApplication.clipboard().setText("0.5\n-0.5")
    values.paste_action.trigger()
    expected = frames[50, :32].copy()
    expected[units] = 0.5, -0.5
    assert np.array_equal(history.present_values(PATH, 50), expected)
    assert edits.undo_stack.count() == 1
    QGuiApplication.clipboard().setText("0.25")
    values.paste_action.trigger()
    assert (history.present_values(PATH, 50)[units] == 0.25).all()


def way(dialog, name):
    return dialog.findChild(object, f"vectorTo_{name}")


def test_a_whole_vector_is_set_in_four_ways(edits, history, frames, on_screen):
    numbers = np.linspace(-1, 1, 32).astype(np.float32)
    listed = "[" + ", ".join(map(str, numbers[:16])) + ";\n" + " ".join(map(str, numbers[16:])) + "]"
    for name, text, expected in (
        ("one", "−0.5", np.full(32, -0.5)),
        ("initial", None, frames[0, :32]),
        ("list", listed, numbers),
        ("recorded", None, frames[50, :32]),
    ):
        dialog = on_screen(SetVectorDialog(CONV, edits), 420, 360)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
        way(dialog, name).click()
        if name == "one":
            dialog.number.setText(text)
        elif name == "list":
            dialog.numbers.setPlainText(text)
        dialog.accept()
        assert not dialog.isVisible()
        assert np.array_equal(history.present_values(PATH, 50), expected.astype(np.float32)), name
    assert edits.undo_stack.count() == 4
    edits.undo_all()
    assert np.array_equal(history.present_values(PATH, 50), frames[50, :32])


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("list", "1, 2, 3", "conv2d/bias has 32 channels, but these are 3 numbers."),
        ("list", "1", "conv2d/bias has 32 channels, but this is 1 number."),
        ("list", "0 " * 31 + "nan", "Number 32 of the list: A bias takes a number, not 'nan'."),
        ("one", "inf", "A bias takes a number, not 'inf'."),
        ("one", "", "A bias takes a number, not ''."),
    ],
)
def test_what_is_no_vector_stays_in_the_dialog_with_the_reason(edits, on_screen, name, text, sentence):
    dialog = on_screen(SetVectorDialog(CONV, edits), 420, 360)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
    if name == "list":
        dialog.numbers.setPlainText(text)
    else:
        dialog.number.setText("1")
        dialog.number.setText(text)
    assert way(dialog, name).isChecked()
    dialog.accept()
    assert dialog.isVisible()
    assert dialog.fault.fault == sentence
    assert edits.sent == []
    # Training goes on: there is nothing to set any more.
    edits.set_busy(TRAINING)
    assert not dialog.isVisible()


def test_the_action_says_why_it_can_not_be_used(state, edits, on_screen):
    action = SetVectorAction(state, edits, on_screen(VectorPanel(state, edits)))
    assert action.isEnabled()
    edits.set_busy(TRAINING)
    assert (action.isEnabled(), action.toolTip()) == (False, TRAINING)


EDITS = st.lists(
    st.one_of(
        st.tuples(st.just("unit"), st.integers(0, 31), st.sampled_from([0.0, -0.5, 0.25])),
        st.tuples(st.just("drag"), st.integers(0, 31), st.lists(st.sampled_from([0.0, -0.5, 0.25]), max_size=4)),
        st.tuples(st.just("vector"), st.just(0), st.sampled_from([0.0, -0.5])),
        st.sampled_from([("undo", 0, 0), ("redo", 0, 0), ("all", 0, 0)]),
    ),
    max_size=15,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(EDITS)
def test_whatever_is_set_and_undone_network_and_panels_have_the_same(edits, history, frames, chosen):
    edits.undo_all()
    edits.forget()
    made = frames[50, :32]
    edits.sent[:] = [(PATH, made)]
    # All states, one after the other, and where among them it stands.
    states, place = [made], 0
    for kind, unit, value in chosen:
        now = states[place].copy()
        if kind == "undo":
            edits.undo_stack.undo()
            place = max(0, place - 1)
        elif kind == "redo":
            edits.undo_stack.redo()
            place = min(len(states) - 1, place + 1)
        elif kind == "all":
            edits.undo_all()
            place = 0
        else:
            touched = make(edits, now, kind, unit, value)
            if touched:
                states = states[: place + 1]
            if not np.array_equal(now, states[place]):
                states, place = [*states, now], place + 1
        assert np.array_equal(history.present_values(PATH, 50), states[place])
        assert np.array_equal(edits.sent[-1][1], states[place])
        differing = np.flatnonzero(states[place] != made).tolist()
        assert [units.tolist() for _vector, units in edits.in_effect()] == ([differing] if differing else [])


def make(edits, now, kind, unit, value):
    """Make an edit, and in `now` what it should give; whether another value was there at any time."""
    before, touched = now.copy(), False
    if kind == "unit":
        edits.set_unit(CONV, unit, value)
        now[unit] = value
    elif kind == "vector":
        edits.set_vector(CONV, np.full(32, value, np.float32))
        now[:] = value
    else:
        drag = edits.new_drag()
        for one in value:
            edits.set_unit(CONV, unit, one, drag)
            now[unit] = one
            touched = touched or one != before[unit]
    return touched or not np.array_equal(now, before)


def test_what_the_network_did_not_take_is_not_shown(edits, history, frames):
    edits.set_unit(CONV, 3, 0.5)
    edits.discard()
    assert np.array_equal(history.present_values(PATH, 50), frames[50, :32])
    assert not edits.undo_stack.canUndo()


def test_what_was_set_before_the_newest_step_is_neither_undone_nor_kept(edits, history, frames):
    edits.set_unit(CONV, 3, 0.5)
    history.append(51, 3, frames[50], ())
    sent = len(edits.sent)
    edits.undo_stack.undo()
    assert len(edits.sent) == sent
    edits.set_unit(CONV, 4, 0.25)
    assert edits.undo_stack.count() == 1
    edits.undo_stack.undo()
    assert np.array_equal(history.present_values(PATH, 51), frames[50, :32])
