"""The window, driven as a person drives it; looked at through the model's own values."""

import keras
import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLabel, QLineEdit, QMessageBox, QToolBar

from biasstudio.app import FileOpener, create_window
from biasstudio.doctor.finding import Severity
from biasstudio.gui.stack_editor.layer_card import LayerCard
from biasstudio.spec.data_sets import DataSet
from biasstudio.spec.experiment import Experiment, save_experiment
from biasstudio.spec.initializers import VECTOR_INITIALIZERS
from biasstudio.spec.stack import Stack
from biasstudio.worker.messages import WorkerState
from tests.experiments import moons, tutorial


def card(window, layer):
    return next(card for card in window.findChildren(LayerCard) if card.name == layer)


def click_action(qtbot, window, action):
    """Click the toolbar's button of an action."""
    assert action.isEnabled(), f"{action.text()} is disabled: {action.toolTip()}"
    button = window.findChild(QToolBar, "trainingToolbar").widgetForAction(action)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def choose(combo, text):
    combo.setCurrentText(text)
    combo.activated.emit(combo.currentIndex())
    combo.textActivated.emit(text)


def toggle_bias(qtbot, window, layer):
    toggle = card(window, layer).findChild(QAbstractButton, "biasToggle")
    qtbot.mouseClick(toggle, Qt.MouseButton.LeftButton)


def paths(window):
    return [vector.path for vector in window.view.history.vectors]


def wait_for_end(qtbot, window, step):
    qtbot.waitUntil(lambda: window.view.history.last_step == step and window.ready(), timeout=60_000)


def keras_biases(experiment):
    """What Keras itself gives for an experiment's stack, built another way: from the config in its file."""
    import json

    from biasstudio.spec.keras_config import stack_to_keras

    keras.utils.clear_session()
    keras.utils.set_random_seed(experiment.training.seed)
    model = keras.models.model_from_json(json.dumps(stack_to_keras(experiment.stack)))
    return {layer.name: layer.get_weights()[1] for layer in model.layers if len(layer.get_weights()) == 2}


def test_first_start_is_the_tutorial_network_ready_to_train(open_window):
    window = open_window()
    assert window.document.experiment == tutorial()
    assert paths(window) == ["conv2d/bias", "dense/bias", "dense_1/bias"]
    history = window.view.history
    initial = history.values("conv2d/bias", 0)
    assert len(set(initial.tolist())) == 32
    assert not history.values("dense/bias", 0).any()
    assert not history.values("dense_1/bias", 0).any()
    assert window.actions_of_training.train.isEnabled()
    assert [finding.id for finding in window.findings.findings] == ["softmax-one-unit"]


def test_toggling_a_bias_off_takes_the_vector_out_of_model_and_panels(qtbot, open_window):
    window = open_window(tutorial())
    toggle_bias(qtbot, window, "conv2d")
    assert window.wait_ready()
    assert window.document.stack.layer("conv2d").get("use_bias") is False
    assert paths(window) == ["dense/bias", "dense_1/bias"]
    choice = window.findChild(QComboBox, "vectorChoice")
    assert choice.findText("conv2d", Qt.MatchFlag.MatchContains) == -1
    toggle_bias(qtbot, window, "conv2d")
    assert window.wait_ready()
    assert paths(window)[0] == "conv2d/bias"


def test_no_bias_at_all_leaves_panels_that_say_so(qtbot, open_window):
    window = open_window(moons())
    for layer in ("dense", "dense_1"):
        toggle_bias(qtbot, window, layer)
        assert window.wait_ready()
    assert paths(window) == []
    click_action(qtbot, window, window.actions_of_training.train)
    wait_for_end(qtbot, window, 58)


@pytest.mark.parametrize("name", VECTOR_INITIALIZERS)
def test_each_initializer_shows_the_values_that_keras_gives(open_window, name):
    window = open_window(moons())
    choose(card(window, "dense").findChild(QComboBox, "initializerChoice"), name)
    assert window.wait_ready()
    assert window.document.stack.layer("dense").bias_initializer.name == name
    expected = keras_biases(window.document.experiment)["dense"]
    assert np.array_equal(window.view.history.values("dense/bias", 0), expected)


def test_train_pause_step_continue_stop_reset(qtbot, open_window):
    window = open_window(moons(epochs=5_000))
    actions, history = window.actions_of_training, window.view.history
    start = history.frame(0)
    click_action(qtbot, window, actions.train)
    qtbot.waitUntil(lambda: history.last_step > 5, timeout=60_000)
    click_action(qtbot, window, actions.pause)
    qtbot.waitUntil(lambda: actions.train.text() == "Continue", timeout=10_000)
    held = history.last_step
    click_action(qtbot, window, actions.step)
    qtbot.waitUntil(lambda: history.last_step == held + 1 and actions.step.isEnabled(), timeout=10_000)
    click_action(qtbot, window, actions.train)
    qtbot.waitUntil(lambda: history.last_step > held + 20, timeout=10_000)
    click_action(qtbot, window, actions.stop)
    qtbot.waitUntil(window.ready, timeout=10_000)
    assert "stopped" in window.status.message.text()
    assert "left" not in window.status.detail.text()
    assert window.view.history is history
    assert not np.array_equal(history.frame(history.last_step), start)
    click_action(qtbot, window, actions.reset)
    qtbot.waitUntil(lambda: window.view.history is not history and window.ready(), timeout=30_000)
    assert window.view.history.last_step == 0
    assert np.array_equal(window.view.history.frame(0), start)


def test_the_stack_is_locked_while_training_and_free_after(qtbot, open_window):
    window = open_window(moons(epochs=5_000))
    click_action(qtbot, window, window.actions_of_training.train)
    qtbot.waitUntil(lambda: window.view.history.last_step > 2, timeout=60_000)
    before = window.document.experiment
    toggle_bias(qtbot, window, "dense")
    assert window.document.experiment == before
    assert not window.files.open.isEnabled()
    click_action(qtbot, window, window.actions_of_training.stop)
    qtbot.waitUntil(window.ready, timeout=10_000)
    toggle_bias(qtbot, window, "dense")
    assert window.document.experiment != before


def test_training_again_goes_on_and_a_fit_setting_keeps_the_trained_network(qtbot, open_window):
    window = open_window(moons())
    history = window.view.history
    click_action(qtbot, window, window.actions_of_training.train)
    wait_for_end(qtbot, window, 58)
    field = window.settings_bar.findChild(QLineEdit, "argument_epochs")
    field.selectAll()
    qtbot.keyClicks(field, "1")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert window.document.experiment.training.epochs == 1
    click_action(qtbot, window, window.actions_of_training.train)
    wait_for_end(qtbot, window, 87)
    assert window.view.history is history
    assert [record.epoch for record in history.epochs()] == [1, 2, 3]


def test_a_layer_that_was_added_stays_chosen_when_it_is_built(open_window):
    window = open_window(moons())
    window.stack_editor._add_layer("Dropout")
    assert window.wait_ready()
    assert window.stack_editor.chosen_layer == "dropout"
    window.stack_editor._add_layer("BatchNormalization")
    assert window.wait_ready()
    assert window.stack_editor.chosen_layer == "batch_normalization"
    assert window.view.vector.path == "batch_normalization/beta"
    assert [layer.name for layer in window.document.stack.layers[1:3]] == ["dropout", "batch_normalization"]


def test_what_was_just_typed_counts_for_the_training_that_follows(qtbot, open_window):
    window = open_window(moons())
    field = window.settings_bar.findChild(QLineEdit, "argument_epochs")
    field.selectAll()
    qtbot.keyClicks(field, "1")
    window.actions_of_training.train.trigger()
    wait_for_end(qtbot, window, 29)
    assert window.document.experiment.training.epochs == 1


def test_training_moves_the_focus_away_from_the_cards(qtbot, open_window):
    window = open_window(moons(epochs=5_000))
    field = window.settings_bar.findChild(QLineEdit, "argument_epochs")
    field.setFocus()
    click_action(qtbot, window, window.actions_of_training.train)
    qtbot.waitUntil(lambda: window.view.history.last_step > 2, timeout=60_000)
    layers = window.document.stack.layers
    qtbot.keyClick(window.focusWidget() or window, Qt.Key.Key_Delete)
    click_action(qtbot, window, window.actions_of_training.stop)
    qtbot.waitUntil(window.ready, timeout=10_000)
    qtbot.keyClick(window.focusWidget() or window, Qt.Key.Key_Delete)
    assert window.document.stack.layers == layers


def test_reset_shows_the_new_networks_weights(qtbot, open_window):
    window = open_window(moons())
    window.tables.setCurrentWidget(window.weights)
    click_action(qtbot, window, window.actions_of_training.train)
    qtbot.waitUntil(lambda: window.weights.weights is not None and window.weights.weights.step == 58, timeout=60_000)
    click_action(qtbot, window, window.actions_of_training.reset)
    qtbot.waitUntil(lambda: window.weights.weights is not None and window.weights.weights.step == 0, timeout=30_000)


def test_a_fault_of_ours_is_shown_and_its_details_can_be_copied(qtbot, open_window):
    window = open_window(moons())
    window.show_fault("RuntimeError: example", "Traceback: example")
    assert window.faults.pop() == "RuntimeError: example"
    dialog = window.findChild(QMessageBox, "faultDialog")
    qtbot.waitUntil(dialog.isVisible, timeout=5_000)
    assert "Traceback: example" in dialog.detailedText()
    dialog.close()


def test_undo_goes_back_to_the_start_and_redo_to_the_end(qtbot, open_window):
    window = open_window(moons())
    start, first = window.document.experiment, window.view.history.frame(0)
    toggle_bias(qtbot, window, "dense")
    choose(card(window, "dense_1").findChild(QComboBox, "initializerChoice"), "Ones")
    window.document.edit_stack("Add", lambda stack: stack.add("Dropout", 1))
    end = window.document.experiment
    for _ in range(3):
        window.undo.trigger()
    assert window.document.experiment == start
    assert window.wait_ready()
    assert np.array_equal(window.view.history.frame(0), first)
    assert not window.undo.isEnabled()
    for _ in range(3):
        window.redo.trigger()
    assert window.document.experiment == end
    assert window.wait_ready()


def test_an_impossible_stack_marks_its_layer_and_keeps_the_last_good_build(open_window):
    window = open_window(tutorial())
    good = window.view.history
    window.document.edit_stack("Grow", lambda stack: stack.change("conv2d", kernel_size=30))
    assert window.wait_ready()
    assert window.view.history is good
    assert not window.actions_of_training.train.isEnabled()
    assert card(window, "conv2d").property("fault")
    assert "30 × 30" in window.status.message.text()
    window.undo.trigger()
    assert window.wait_ready()
    assert not card(window, "conv2d").property("fault")
    assert window.actions_of_training.train.isEnabled()


def test_ten_outputs_on_a_binary_task_are_said_before_training(open_window):
    window = open_window(tutorial())
    window.document.edit_stack("Ten", lambda stack: stack.change("dense_1", units=10))
    assert window.wait_ready()
    assert "10 outputs" in window.notices.said("data")
    assert "odd or even" in window.notices.said("data")
    assert card(window, "dense_1").property("fault")
    assert not window.actions_of_training.train.isEnabled()
    assert len(window.view.history.values("dense_1/bias", 0)) == 10


def words_on_screen(window):
    return [label.text() for label in window.findChildren(QLabel) if label.isVisible()]


def test_a_misfit_is_said_once_in_full_and_elsewhere_in_few_words(qtbot, open_window):
    window = open_window(moons())
    window.document.edit("Iris", lambda experiment: experiment.change_data(DataSet.of("wine")))
    assert window.wait_ready()
    sentence = "The stack's input is (2,), but a sample of the data “Wine” is (13,)."
    qtbot.waitUntil(lambda: sentence in window.notices.said("data"), timeout=5_000)
    assert sum(sentence in words for words in words_on_screen(window)) == 1
    assert window.status.message.text() == "The network doesn't fit the data"
    assert "⚠ This doesn't fit the data." in words_on_screen(window)
    assert "Nothing found in the network itself; its data don't fit it." in words_on_screen(window)
    assert sentence in window.actions_of_training.train.toolTip()
    window.undo.trigger()
    assert window.wait_ready()
    assert window.notices.said("data") == ""
    assert window.status.message.text() == "Ready to train"
    assert not [words for words in words_on_screen(window) if "fit the data" in words]


def test_a_network_of_which_nothing_learns_fits_its_data_all_the_same(open_window):
    window = open_window(moons())
    for name in ("dense", "dense_1"):
        window.document.edit_stack("Freeze", lambda stack, name=name: stack.let_learn(name, "nothing"))
    assert window.wait_ready()
    assert "Nothing in this network learns" in window.status.message.text()
    assert window.notices.said("data") == ""


def test_an_empty_stack_says_what_it_needs(open_window):
    window = open_window(Experiment(Stack((2,)), moons().data, moons().training))
    assert "no layers" in window.status.message.text()
    assert not window.actions_of_training.train.isEnabled()


def test_a_learning_rate_that_blows_up_ends_training_with_a_finding_and_keeps_the_frames(qtbot, open_window):
    window = open_window(tutorial(learning_rate=1e9, loss="mean_squared_error", optimizer="SGD"))
    window.document.edit_stack("Sigmoid", lambda stack: stack.change("dense_1", activation="linear"))
    assert window.wait_ready()
    click_action(qtbot, window, window.actions_of_training.train)
    qtbot.waitUntil(lambda: window.view.history.last_step > 0 and window.ready(), timeout=60_000)
    history = window.view.history
    assert window.findings.findings[0].id == "non-finite"
    assert {finding.severity for finding in window.findings.findings[1:]} <= {Severity.NOTE}
    assert history.size == history.last_step + 1
    assert np.isfinite(history.frame(0)).all()
    assert "stopped being finite" in window.status.message.text()


def test_scrubbing_stays_while_training_goes_on_and_follow_returns(qtbot, open_window):
    window = open_window(moons(epochs=5_000))
    history = window.view.history
    click_action(qtbot, window, window.actions_of_training.train)
    qtbot.waitUntil(lambda: history.last_step > 30, timeout=60_000)
    window.view.show_step(10)
    qtbot.waitUntil(lambda: history.last_step > 60, timeout=60_000)
    assert window.view.step == 10
    follow = window.findChild(QAbstractButton, "followButton")
    qtbot.waitUntil(follow.isEnabled, timeout=5_000)
    qtbot.mouseClick(follow, Qt.MouseButton.LeftButton)
    assert window.view.following
    assert window.view.step > 60


def test_weights_view_shows_what_get_weights_gives(qtbot, open_window):
    window = open_window(moons())
    window.tables.setCurrentWidget(window.weights)
    qtbot.waitUntil(lambda: window.weights.weights is not None, timeout=10_000)
    shown = window.weights.weights
    assert shown.layer == "dense"
    expected = keras_biases(window.document.experiment)["dense"]
    assert [array.shape for array in shown.arrays] == [(2, 8), (8,)]
    assert np.array_equal(shown.arrays[1].values, expected)


@pytest.mark.parametrize("moment", ["loading", "building", "training", "paused"])
def test_closing_at_any_moment_ends_cleanly(qtbot, open_window, moment):
    window = open_window(moons(epochs=5_000), wait=moment != "loading")
    if moment == "building":
        window.document.edit_stack("Grow", lambda stack: stack.change("dense", units=500))
    elif moment != "loading":
        click_action(qtbot, window, window.actions_of_training.train)
        qtbot.waitUntil(lambda: window.view.history.last_step > 2, timeout=60_000)
        if moment == "paused":
            click_action(qtbot, window, window.actions_of_training.pause)
            qtbot.waitUntil(lambda: window.actions_of_training.step.isEnabled(), timeout=10_000)
    with qtbot.waitSignal(window.closed, timeout=20_000):
        window.close_without_asking()
    assert not window.isVisible()


def test_a_window_that_is_shown_late_builds_once(qtbot):
    window = create_window(moons())
    assert window.wait_ready(60_000)
    history = window.view.history
    window.show()
    with qtbot.waitExposed(window):
        pass
    qtbot.waitUntil(lambda: not window.panels.vector_panel.dirty, timeout=10_000)
    assert window.wait_ready()
    assert window.view.history is history
    with qtbot.waitSignal(window.closed, timeout=30_000):
        window.close_without_asking()
    window.deleteLater()


def test_states_of_the_actions(open_window):
    window = open_window(moons())
    actions = window.actions_of_training
    enabled = {action.text(): action.isEnabled() for action in actions.all}
    assert enabled == {"Train": True, "Pause": False, "Step": True, "Stop": False, "Reset": False}
    actions.update_enabled(WorkerState.LOADING, can_train=False, trained=False)
    assert not any(action.isEnabled() for action in actions.all)


def test_a_file_that_the_system_asks_to_open_is_opened(open_window, qapp, tmp_path):
    path = tmp_path / "asked for.biasexp"
    save_experiment(moons(seed=5), path)
    window = open_window(moons())
    opener = FileOpener(window, window)
    qapp.installEventFilter(opener)
    qapp.sendEvent(qapp, QFileOpenEvent(str(path)))
    assert window.wait_until(lambda: window.document.path == path, 10_000)
    assert window.document.experiment.training.seed == 5
    qapp.removeEventFilter(opener)
    assert window.wait_ready()
