"""Hands on in the real window: what is set while the network stands is evaluated, undone, and trained from."""

import sqlite3

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QPushButton

from biasstudio.gui.runs.run_library import usual_folder
from tests.experiments import moons
from tests.gui.panels.pointer import drag_end, move_pressed, press, release

# Without a display a dialog can't be raised, and Qt says so.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

PATH = "dense/bias"


@pytest.fixture
def window(open_window):
    window = open_window(moons(epochs=10_000))
    window.panels.vector_panel.refresh()
    return window


def pause(window, steps=20):
    actions, history = window.actions_of_training, window.view.history
    actions.train.trigger()
    assert window.wait_until(lambda: history.last_step > steps, 30_000)
    actions.pause.trigger()
    assert window.wait_until(lambda: not window.edits.reason, 10_000)
    window.panels.vector_panel.refresh()
    return history


def set_unit(window, unit, value):
    """As the values table does, and wait for the figures."""
    edits, sent = window.edits, []
    edits.valuesSet.connect(lambda *_: sent.append(1))
    edits.set_unit(window.view.history.vector(PATH), unit, value)
    wait_for_figures(window)


def wait_for_figures(window):
    shown = lambda: "→" in window.hands_on.figures.text() and not window.hands_on.isHidden()  # noqa: E731
    assert window.wait_until(shown, 10_000), (window.hands_on.figures.text(), window.hands_on.isHidden(), window.faults)


def in_keras(window, layer="dense"):
    """What `get_weights` gives of the network."""
    window.tables.setCurrentWidget(window.weights)
    window.weights.choose_layer(layer)
    window.weights.refresh()
    assert window.wait_until(lambda: window.weights.weights is not None, 10_000)
    return window.weights.weights.arrays[1].values


def recorded():
    database = sqlite3.connect(next(usual_folder().glob("*.biasrun")))
    events = database.execute("SELECT step, text FROM events WHERE kind = 'edit'").fetchall()
    frames = {step: np.frombuffer(blob, "<f4") for step, blob in database.execute("SELECT step, biases FROM frames")}
    database.close()
    return events, frames


def test_a_bar_is_dragged_while_paused_and_training_goes_on_from_there(window):
    history = pause(window)
    step, plot = history.last_step, window.panels.vector_panel.plot
    made = history.values(PATH, step)
    places = [window.geometry(), window.panels.geometry(), plot.geometry(), window.status.height()]
    start = plot.position_of(3, made[3])
    press(plot, start)
    move_pressed(plot, start + QPoint(0, 12))
    move_pressed(plot, start + QPoint(0, 24))
    wait_for_figures(window)
    assert [window.geometry(), window.panels.geometry(), plot.geometry(), window.status.height()] == places
    release(plot, start + QPoint(0, 24))
    value = history.present_values(PATH, step)[3]
    assert value < made[3]
    expected = made.copy()
    expected[3] = value
    assert np.array_equal(in_keras(window), expected)
    bar = window.hands_on
    assert bar.objectName() == "handsOnBar"
    assert bar.what.text() == "dense/bias unit 3"
    assert bar.figures.text().startswith("validation loss ")
    assert "accuracy" in bar.figures.text()
    window.values.refresh()
    assert window.values.model.column(2)[3] == value
    window.actions_of_training.step.trigger()
    # Forgotten only when the worker says that it stands again.
    assert window.wait_until(lambda: history.last_step == step + 1 and bar.isHidden(), 10_000)
    assert not window.undo.isEnabled()
    assert abs(history.values(PATH, step + 1)[3] - value) < 0.02
    assert np.array_equal(history.values(PATH, step), made)
    window.actions_of_training.stop.trigger()
    assert window.wait_until(window.ready, 10_000)
    events, frames = recorded()
    assert events == [(step, f"dense/bias [3] = [{value!s}]")]
    assert np.array_equal(frames[step][:8], made)


def test_undo_takes_edits_back_while_the_experiment_is_locked(window):
    window.document.edit("Other epochs", lambda experiment: experiment.change_training(epochs=9_000))
    history = pause(window)
    made = history.values(PATH, history.last_step)
    assert not window.undo.isEnabled()
    set_unit(window, 1, 0.5)
    set_unit(window, 2, -0.5)
    assert window.undo.text() == "&Undo Set unit 2 of dense/bias"
    QTest.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert np.array_equal(in_keras(window), np.where(np.arange(8) == 1, np.float32(0.5), made))
    window.undo.trigger()
    assert not window.undo.isEnabled()
    assert window.hands_on.isHidden()
    assert np.array_equal(in_keras(window), made)
    window.redo.trigger()
    window.redo.trigger()
    wait_for_figures(window)
    QTest.mouseClick(window.findChild(QPushButton, "undoAllEdits"), Qt.MouseButton.LeftButton)
    assert np.array_equal(in_keras(window), made)
    assert window.document.experiment.training.epochs == 9_000
    assert window.document.undo_stack.count() == 1


def test_before_training_edits_and_the_experiments_changes_are_undone_in_turn(window):
    history = window.view.history
    start = history.values(PATH, 0)
    set_unit(window, 0, 0.25)
    clean = window.document.modified
    window.document.edit("Other epochs", lambda experiment: experiment.change_training(epochs=7))
    assert not clean
    assert window.wait_until(window.ready, 10_000)
    assert history.present_values(PATH, 0)[0] == 0.25
    window.undo.trigger()
    assert window.document.experiment.training.epochs == 10_000
    assert history.present_values(PATH, 0)[0] == 0.25
    window.undo.trigger()
    assert np.array_equal(in_keras(window), start)
    # Another network has nothing to undo of this one.
    set_unit(window, 0, 0.25)
    window.document.edit_stack("More units", lambda stack: stack.change("dense", units=9))
    assert window.hands_on.isHidden() or window.wait_until(window.hands_on.isHidden, 10_000)
    assert window.wait_until(window.ready, 10_000)
    assert window.undo.text() == "&Undo More units"


def test_at_step_0_the_ghost_is_the_start_and_the_bar_what_was_set(window):
    panel, history = window.panels.vector_panel, window.view.history
    start = history.values(PATH, 0)
    drag_end(panel.plot, 2, start[2], 0.08)
    panel.refresh()
    value = history.present_values(PATH, 0)[2]
    assert value == pytest.approx(0.08, abs=0.01)
    assert panel.bars.opts["height"][2] == pytest.approx(value)
    assert panel.ghosts.opts["height"][2] == start[2]
    assert "edited by hand" in panel.subtitle.text()
    pause(window, 3)
    window.actions_of_training.stop.trigger()
    assert window.wait_until(window.ready, 10_000)
    events, frames = recorded()
    assert events == [(0, f"dense/bias [2] = [{value!s}]")]
    assert np.array_equal(frames[0][:8], start)


def test_why_nothing_can_be_set_is_said(window):
    history = window.view.history
    window.actions_of_training.train.trigger()
    assert window.wait_until(lambda: history.last_step > 5, 30_000)
    assert "pause it" in window.set_vector.toolTip()
    assert not window.set_vector.isEnabled()
    window.actions_of_training.pause.trigger()
    assert window.wait_until(window.set_vector.isEnabled, 10_000)
    window.view.show_step(2)
    assert "step 2" in window.set_vector.toolTip()
    window.view.follow()
    assert window.set_vector.isEnabled()
    window.actions_of_training.stop.trigger()
    assert window.wait_until(window.ready, 10_000)
    # A network that was trained stands, too.
    assert window.set_vector.isEnabled()
    set_unit(window, 0, 1.0)
    window.files.open_path(next(usual_folder().glob("*.biasrun")))
    assert window.wait_until(lambda: "recorded run" in window.set_vector.toolTip(), 10_000)
    # Undo shows what it changes.
    window.undo.trigger()
    assert window.view.history is history
    assert window.hands_on.isHidden()


def test_a_whole_vector_is_set_in_the_dialog(window):
    history = pause(window)
    window.set_vector.trigger()
    dialog = window.findChild(QDialog, "setVectorDialog")
    dialog.number.setText("0.125")
    QTest.keyClick(dialog.number, Qt.Key.Key_Return)
    wait_for_figures(window)
    assert np.array_equal(in_keras(window), np.full(8, 0.125, np.float32))
    assert window.hands_on.what.text() == "dense/bias 8 units"
    assert (history.present_values(PATH, history.last_step) == 0.125).all()


def test_without_validation_data_the_bar_says_so(open_window):
    window = open_window(moons(validation_share=0.0))
    window.edits.set_unit(window.view.history.vector(PATH), 0, 1.0)
    assert window.wait_until(lambda: "no validation data" in window.hands_on.figures.text(), 10_000)
