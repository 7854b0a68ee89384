"""Model files in the window, opened and saved as a person does."""

from dataclasses import replace

import keras
import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QFileDialog, QLabel, QMessageBox, QPushButton, QTreeWidget

from biasstudio.engine.save_model import write_model_file
from biasstudio.spec.initializers import Initializer
from biasstudio.spec.stack import Stack
from biasstudio.worker.messages import WorkerState
from biasstudio.worker.model_worker import ModelWorker
from tests.experiments import moons
from tests.model_files import models


@pytest.fixture
def random_moons(tmp_path):
    """A file of the moons network with biases that no initializer of the window's gives."""
    stack = moons().stack.change("dense", bias_initializer=Initializer.of("RandomNormal", stddev=2.0))
    path = tmp_path / "random.keras"
    write_model_file(replace(moons(seed=7), stack=stack), path)
    with_file = keras.models.load_model(path, compile=False)
    return path, with_file.get_weights()[1]


def open_file(window, path):
    assert window.files.open_path(path)
    assert window.wait_ready(60_000)


def shown(window, path="dense/bias"):
    return window.view.history.values(path, 0)


def said(window):
    label = window.stack_editor.findChild(QLabel, "weightsFile")
    return label.text() if label.isVisible() else ""


def tree_rows(window):
    tree = window.findChild(QTreeWidget, "modelTree")
    rows, items = [], [tree.topLevelItem(index) for index in range(tree.topLevelItemCount())]
    while items:
        item = items.pop(0)
        rows.append((item.text(0), item.text(1)))
        items[:0] = [item.child(index) for index in range(item.childCount())]
    return rows


def test_a_sequential_model_opens_in_the_editor_with_its_weights_which_can_be_dropped(qtbot, open_window, random_moons):
    path, bias = random_moons
    window = open_window(replace(moons(), stack=Stack((2,)).add("Dense", units=1)))
    open_file(window, path)
    assert window.document.stack.layer("dense").bias_initializer.name == "RandomNormal"
    assert said(window) == "Starts from the weights of random.keras, not from initializers"
    np.testing.assert_array_equal(shown(window), bias)
    window.actions_of_training.train.trigger()
    qtbot.waitUntil(lambda: window.view.history.last_step == 58, timeout=60_000)
    assert window.wait_ready(60_000)
    assert not np.array_equal(window.view.history.values("dense/bias", 58), bias)
    window.actions_of_training.reset.trigger()
    assert window.wait_ready(60_000)
    np.testing.assert_array_equal(shown(window), bias)
    window.stack_editor.findChild(QPushButton, "dropWeightsButton").click()
    assert window.wait_ready(60_000)
    assert said(window) == ""
    assert not np.array_equal(shown(window), bias)
    window.undo.trigger()
    assert window.wait_ready(60_000)
    np.testing.assert_array_equal(shown(window), bias)
    window.document.edit_stack("Widen", lambda stack: stack.change("dense_1", units=2))
    assert window.wait_ready(60_000)
    notes = window.stack_editor.findChild(QLabel, "startingAnew")
    assert notes.isVisible()
    assert notes.text() == "dense_1 starts anew: its shape is another than in the file."


def test_a_model_with_branches_is_a_tree_and_trains(qtbot, open_window, tmp_path):
    path = tmp_path / "branches.keras"
    models.branches().save(path)
    window = open_window(moons())
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    window.dropEvent(
        QDropEvent(QPoint(5, 5), Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier(0))
    )
    assert window.wait_ready(60_000)
    assert window.left.tabText(window.left.currentIndex()) == "Model file"
    rows = tree_rows(window)
    assert ("inner", "Sequential") in rows
    assert ("beta", "3") in rows
    assert {vector.layer for vector in window.view.history.vectors} == {"one", "other", "shared", "inner", "last"}
    window.actions_of_training.train.trigger()
    qtbot.waitUntil(lambda: window.view.history.last_step == 58, timeout=60_000)
    assert window.wait_ready(60_000)
    window.document.replace(moons(), None)
    assert window.wait_ready(60_000)
    assert window.left.tabText(window.left.currentIndex()) == "Stack"


def test_what_a_file_has_frozen_is_marked_in_the_tree_and_learns_nothing(qtbot, open_window, tmp_path):
    path, inputs = tmp_path / "frozen.keras", keras.Input((2,))
    frozen = keras.layers.Dense(2, name="frozen")
    total = keras.layers.Add()([keras.layers.Dense(2, name="free")(inputs), frozen(inputs)])
    model = keras.Model(inputs, keras.layers.Dense(1, activation="sigmoid", name="last")(total))
    frozen.trainable = False
    model.save(path)
    window = open_window(moons())
    open_file(window, path)
    assert [row for row in tree_rows(window) if row[0] in ("frozen", "free")] == [
        ("free", "Dense"),
        ("frozen", "Dense · frozen"),
    ]
    window.actions_of_training.train.trigger()
    qtbot.waitUntil(lambda: window.view.history.last_step == 58, timeout=60_000)
    assert window.wait_ready(60_000)
    assert not window.view.history.values("frozen/bias", 58).any()
    assert window.view.history.values("free/bias", 58).any()


def test_a_model_that_holds_code_is_only_looked_at(open_window, tmp_path):
    path, marker = tmp_path / "evil.keras", tmp_path / "was run"
    models.with_lambda(marker).save(path)
    window = open_window(moons())
    open_file(window, path)
    assert window.document.experiment == moons()
    assert "“evil” is a Lambda" in window.notices.said("run")
    assert "“evil” is a Lambda" in window.findChild(QLabel, "modelTreeAbout").text()
    assert [vector.path for vector in window.view.history.vectors] == ["dense/bias"]
    assert tree_rows(window) == [("dense", "Dense"), ("kernel", "2 × 2"), ("bias", "2"), ("evil", "Lambda")]
    back = next(b for b in window.notices.findChildren(QPushButton) if b.text() == "Back to the network")
    back.click()
    assert len(window.view.history.vectors) == 2
    assert not marker.exists()


def test_weights_alone_are_looked_at_and_can_be_the_stacks_start(open_window, random_moons, tmp_path):
    path, bias = random_moons
    weights = tmp_path / "only.weights.h5"
    keras.models.load_model(path, compile=False).save_weights(weights)
    window = open_window(moons())
    open_file(window, weights)
    np.testing.assert_array_equal(shown(window), bias)
    assert window.document.experiment.weights is None
    button(window, "Start the stack from it").click()
    assert window.wait_ready(60_000)
    assert said(window) == "Starts from the weights of only.weights.h5, not from initializers"
    np.testing.assert_array_equal(shown(window), bias)
    window.undo.trigger()
    assert window.wait_ready(60_000)
    assert window.document.experiment == moons()


def button(window, text):
    found = [b for b in window.notices.findChildren(QPushButton) if b.text() == text and b.isVisible()]
    return found[0] if found else None


def test_weights_that_fit_no_layer_are_not_offered_and_not_said_to_be_the_start(open_window, random_moons, tmp_path):
    path, _bias = random_moons
    weights = tmp_path / "only.weights.h5"
    keras.models.load_model(path, compile=False).save_weights(weights)
    window = open_window(replace(moons(), stack=Stack((2,)).add("Dense", units=3).add("Dense", units=2)))
    open_file(window, weights)
    assert button(window, "Back to the network") is not None
    assert button(window, "Start the stack from it") is None
    window.document.replace(moons(), None)
    assert window.wait_ready(60_000)
    open_file(window, weights)
    button(window, "Start the stack from it").click()
    assert window.wait_ready(60_000)
    window.document.edit_stack("Widen", lambda stack: stack.change("dense", units=3))
    assert window.wait_ready(60_000)
    assert said(window) == "Starts from initializers: no layer fits the weights of only.weights.h5"
    window.undo.trigger()
    assert window.wait_ready(60_000)
    assert said(window) == "Starts from the weights of only.weights.h5, not from initializers"


def test_a_model_opened_while_training_becomes_the_network_once_that_has_ended(open_window, random_moons):
    path, bias = random_moons
    window = open_window(moons(epochs=10_000))
    training = window.actions_of_training
    training.train.trigger()
    assert window.wait_until(lambda: window.view.history.last_step > 0, 30_000)
    assert window.files.open_path(path)
    assert window.wait_until(lambda: window.notices.said("run"), 30_000)
    for text in ("Open it", "Start the stack from it"):
        assert not button(window, text).isEnabled()
        assert "Stop the training first" in button(window, text).toolTip()
    training.stop.trigger()
    assert window.wait_ready(30_000)
    assert "is under way" not in window.notices.said("run")
    window.document.undo_stack.setClean()
    button(window, "Open it").click()
    assert window.wait_ready(60_000)
    np.testing.assert_array_equal(shown(window), bias)


def test_where_the_stack_is_refused_it_is_said_which_network_was_saved(qtbot, open_window, tmp_path, monkeypatch):
    path = tmp_path / "saved.keras"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, **__: (str(path), ""))
    window = open_window(moons())
    summary = window.stack_editor.findChild(QLabel, "stackSummary")
    assert "33\u00a0parameters" in summary.text()
    window.document.edit_stack("Wrong", lambda stack: stack.add("Conv2D", 1))
    assert window.wait_ready(60_000)
    assert summary.text() == "Not built"
    for which in ("The last network that could be built, as it stands, is in", "The model, as it stands, is in"):
        with qtbot.waitSignal(worker_of(window).modelSaved, timeout=30_000):
            window.files.save_model.trigger()
        assert which in window.notices.said("model")
        assert keras.models.load_model(path, compile=False).count_params() == 33
        window.undo.trigger()
        assert window.wait_ready(60_000)
    assert "33\u00a0parameters" in summary.text()


def test_a_damaged_model_is_one_sentence_and_the_document_stays(open_window, tmp_path, monkeypatch):
    path, told = tmp_path / "damaged.keras", []
    path.write_bytes(b"PK\x03\x04 and then nothing")
    monkeypatch.setattr(QMessageBox, "exec", lambda box: told.append(box.informativeText()))
    window = open_window(moons())
    open_file(window, path)
    assert window.wait_until(lambda: bool(told), 10_000)
    assert told == ["damaged.keras is damaged or not a .keras file: file is not a zip file."]
    assert window.document.experiment == moons()


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_the_model_is_saved_while_training_is_paused(qtbot, open_window, tmp_path, monkeypatch, suffix):
    path = tmp_path / f"saved{suffix}"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, **__: (str(path), ""))
    window = open_window(moons(epochs=10_000))
    with qtbot.waitSignal(worker_of(window).stateChanged, check_params_cb=lambda state: state is WorkerState.PAUSED):
        window.actions_of_training.step.trigger()
    with qtbot.waitSignal(worker_of(window).modelSaved, timeout=30_000):
        window.files.save_model.trigger()
    assert str(path) in window.notices.said("model")
    loaded = keras.models.load_model(path, compile=False)
    np.testing.assert_array_equal(loaded.get_weights()[1], window.view.history.values("dense/bias", 1))
    assert window.view.history.last_step == 1


def worker_of(window):
    return window.findChild(ModelWorker)


def test_a_model_that_cannot_be_written_is_said(qtbot, open_window, tmp_path, monkeypatch):
    path = tmp_path / "none" / "saved.keras"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, **__: (str(path), ""))
    window = open_window(moons())
    window.files.save_model.trigger()
    qtbot.waitUntil(lambda: bool(window.notices.said("model")), timeout=30_000)
    assert "can't be written" in window.notices.said("model")
