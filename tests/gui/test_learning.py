"""Who learns, chosen in the window: what moves and what stays, before and after a training."""

import sqlite3
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLabel, QWidget

from biasstudio.engine.build import build_network
from biasstudio.engine.train import recorder_of
from biasstudio.engine.train import train as run_training
from biasstudio.gui.runs.run_library import usual_folder
from biasstudio.spec.learning import BIASES, NOTHING, WEIGHTS
from tests.experiments import moons
from tests.gui.stack_editor.driving import card, choose, pick

# Without a display a list that opens can neither be raised nor grab the keyboard, and Qt says so.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


def learns(window, name) -> QComboBox:
    return card(window.stack_editor, name).findChild(QComboBox, "learnsChoice")


def train(window):
    assert window.wait_until(window.ready, 10_000)
    steps = window.view.history.last_step
    window.actions_of_training.train.trigger()
    assert window.wait_until(lambda: window.ready() and window.view.history.last_step > steps, 30_000)
    return window.view.history


def moved(history, path, since=0):
    return bool(np.any(history.values(path, history.last_step) != history.values(path, since)))


def test_a_layer_whose_weights_alone_learn_keeps_its_biases(open_window):
    window = open_window(moons())
    choose(window.stack_editor, "dense")
    pick(learns(window, "dense"), "only weights")
    assert window.document.stack.layer("dense").learns == WEIGHTS
    history = train(window)
    assert not moved(history, "dense/bias")
    assert moved(history, "dense_1/bias")


def test_a_change_before_the_training_gives_what_the_experiment_gives_anew(open_window):
    window = open_window(moons())
    window.document.edit_stack("Freeze", lambda stack: stack.let_learn("dense", BIASES))
    assert window.wait_until(window.ready, 10_000)
    history = train(window)
    network = build_network(window.document.experiment)
    with recorder_of(network) as recorder:
        run_training(network, network.experiment.training, lambda: False, recorder)
    for step in (1, history.last_step):
        assert np.array_equal(history.frame(step), network.history.frame(step))


def test_a_change_counts_on_a_trained_network_whose_weights_stay(open_window):
    window = open_window(moons())
    history = train(window)
    last = history.last_step
    choose(window.stack_editor, "dense")
    pick(learns(window, "dense"), "nothing")
    assert window.ready()
    assert window.view.history is history
    train(window)
    assert window.view.history is history
    assert history.last_step == 2 * last
    assert not moved(history, "dense/bias", last)
    assert moved(history, "dense_1/bias", last)
    file = next(usual_folder().glob("*.biasrun"))
    database = sqlite3.connect(file)
    events = database.execute("SELECT step, text FROM events WHERE kind = 'learns'").fetchall()
    database.close()
    assert events == [(last, "in all layers weights and biases, but in dense nothing; with a fresh optimizer")]


def test_biases_only_is_one_switch_for_all_layers(open_window):
    window = open_window(moons())
    toggle = window.findChild(QWidget, "argument_biases_only")
    QTest.mouseClick(toggle, Qt.MouseButton.LeftButton)
    assert window.document.experiment.training.biases_only
    choose(window.stack_editor, "dense")
    assert not learns(window, "dense").isEnabled()
    assert "Biases only" in learns(window, "dense").toolTip()
    kernels = weights(window, "dense")
    history = train(window)
    assert moved(history, "dense/bias")
    assert np.array_equal(weights(window, "dense"), kernels)


def weights(window, layer):
    """The kernel of a layer, as Keras's get_weights gives it."""
    window.tables.setCurrentWidget(window.weights)
    window.weights.choose_layer(layer)
    window.weights.refresh()
    assert window.wait_until(lambda: window.weights.weights is not None, 5_000)
    return window.weights.weights.arrays[0].values


def test_where_nothing_learns_that_is_said_and_nothing_is_trained(open_window):
    stack = moons().stack
    for layer in stack.layers:
        stack = stack.let_learn(layer.name, NOTHING)
    window = open_window(replace(moons(), stack=stack))
    assert not window.actions_of_training.train.isEnabled()
    sentence = "Nothing in this network learns: let at least one layer learn its weights or its biases."
    said = lambda: [label.text() for label in window.findChildren(QLabel) if sentence in label.text()]  # noqa: E731
    assert window.wait_until(lambda: bool(said()), 5_000)
    assert window.view.history.last_step == 0
    choose(window.stack_editor, "dense")
    pick(learns(window, "dense"), "only biases")
    assert window.document.stack.layer("dense").learns == BIASES
    assert moved(train(window), "dense/bias")


def test_the_choice_is_seen_where_it_is_not_the_usual_one(open_window):
    window = open_window(moons())
    assert not learns(window, "dense").isVisible()
    window.document.edit_stack("Freeze", lambda stack: stack.let_learn("dense", NOTHING))
    assert learns(window, "dense").isVisible()
    assert learns(window, "dense").currentText() == "nothing"
    window.document.undo_stack.undo()
    assert not learns(window, "dense").isVisible()
