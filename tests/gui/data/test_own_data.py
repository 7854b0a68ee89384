"""Data of a person's own in the whole window: opened, trained on, edited, and gone."""

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QLabel, QPushButton

from biasstudio.gui.data.data_dialog import DataDialog
from biasstudio.spec.data_sets import DataSet
from tests.experiments import moons, tutorial
from tests.gui.stack_editor.driving import click, pick

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


def dialog_of(window):
    found = [dialog for dialog in window.findChildren(DataDialog) if dialog.isVisible()]
    assert len(found) == 1
    return found[0]


def drop(window, path):
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    buttons = Qt.MouseButton.LeftButton, Qt.KeyboardModifier(0)
    enter = QDragEnterEvent(QPoint(5, 5), Qt.DropAction.CopyAction, mime, *buttons)
    window.dragEnterEvent(enter)
    assert enter.isAccepted()
    window.dropEvent(QDropEvent(QPoint(5, 5), Qt.DropAction.CopyAction, mime, *buttons))


def take(window, read):
    dialog = dialog_of(window)
    read(dialog)
    click(dialog.findChild(QPushButton, "dataTake"))
    assert window.wait_ready(60_000)


def train(qtbot, window):
    window.actions_of_training.train.trigger()
    qtbot.waitUntil(lambda: window.view.history.last_step > 0, timeout=60_000)
    assert window.wait_ready(60_000)


def answer(window, text):
    found = [button for button in window.notices.findChildren(QPushButton) if button.text() == text]
    assert len(found) == 1, window.notices.said("data")
    click(found[0])


def test_a_dropped_table_is_fitted_and_trained_on_at_once(qtbot, open_window, read, flowers):
    window = open_window(moons())
    drop(window, flowers)
    take(window, read)
    experiment = window.document.experiment
    assert experiment.data.get("path") == str(flowers)
    assert (experiment.stack.input_shape, experiment.stack.layers[-1].get("units")) == ((4,), 3)
    assert window.document.undo_stack.count() == 1
    assert window.notices.said("data") == ""
    window.document.edit("x", lambda present: present.change_training(epochs=1))
    assert window.wait_ready(60_000)
    train(qtbot, window)
    # 117 samples, of which the last 12 validate, in batches of 32.
    assert window.view.history.last_step == 4
    assert np.abs(window.view.history.values("dense_1/bias", 4)).max() > 0
    window.undo.trigger()
    window.undo.trigger()
    assert window.document.experiment == moons()
    assert window.wait_ready(60_000)


def test_in_place_of_an_example_that_nobody_has_changed_comes_a_network_that_fits(open_window, read, flowers):
    window = open_window(tutorial())
    window.files.open_path(flowers)
    take(window, read)
    assert [layer.get("units") for layer in window.document.stack.layers] == [16, 3]
    assert window.actions_of_training.train.isEnabled()
    window.undo.trigger()
    assert window.wait_ready(60_000)
    assert window.document.experiment == tutorial()


def test_a_network_that_does_not_fit_is_offered_another(open_window, read, flowers):
    window = open_window(tutorial())
    window.document.edit("x", lambda present: present.change_training(epochs=2))
    window.files.open_path(flowers)
    take(window, read)
    assert window.document.stack == tutorial().stack
    assert "The stack's input is (28, 28, 1), but a sample of the data “flowers.csv” is (4,)" in window.notices.said(
        "data"
    )
    answer(window, "Take a small network")
    assert window.wait_ready(60_000)
    assert window.notices.said("data") == ""
    assert window.document.stack.input_shape == (4,)
    assert window.actions_of_training.train.isEnabled()
    window.undo.trigger()
    assert window.wait_ready(60_000)
    assert window.document.stack == tutorial().stack


def test_a_given_data_set_offers_to_fit_the_network(open_window):
    window = open_window(moons())
    window.document.edit("x", lambda present: present.change_data(DataSet.of("iris")))
    assert window.wait_ready(60_000)
    answer(window, "Fit the network")
    assert window.wait_ready(60_000)
    assert window.document.stack.layers[-1].get("units") == 3
    assert window.actions_of_training.train.isEnabled()


def test_edit_data_reopens_what_was_chosen(open_window, read, flowers):
    window = open_window(moons())
    window.files.open_path(flowers)
    take(window, read)
    click(window.findChild(QPushButton, "dataEdit"))
    dialog = dialog_of(window)
    read(dialog)
    assert dialog.reading.data == window.document.experiment.data
    pick(dialog.findChild(type(window.settings_bar._choices["loss"]), "dataScaling"), "as they are")
    take(window, read)
    assert window.document.experiment.data.get("scaling") == "none"
    assert window.document.undo_stack.undoText() == "Set the data to flowers.csv"
    assert window.document.undo_stack.count() == 2


def test_a_file_that_changed_is_said_and_chosen_anew(qtbot, open_window, read, flowers):
    window = open_window(moons())
    window.files.open_path(flowers)
    take(window, read)
    flowers.write_text("\n".join(flowers.read_text().splitlines()[:-20]))
    window.actions_of_training.train.trigger()
    qtbot.waitUntil(lambda: bool(window.notices.said("data")), timeout=60_000)
    assert "flowers.csv has 97 samples now, the experiment was made for 117" in window.notices.said("data")
    assert window.view.history.last_step == 0
    answer(window, "Choose the data anew")
    take(window, read)
    assert window.document.experiment.data.found.samples == 97
    assert window.notices.said("data") == ""
    window.document.edit("x", lambda present: present.change_training(epochs=1))
    assert window.wait_ready(60_000)
    train(qtbot, window)


def test_a_file_that_is_gone_is_said_and_another_can_be_taken(qtbot, open_window, read, flowers, arrays, monkeypatch):
    window = open_window(moons())
    window.files.open_path(flowers)
    take(window, read)
    flowers.unlink()
    window.actions_of_training.train.trigger()
    qtbot.waitUntil(lambda: bool(window.notices.said("data")), timeout=60_000)
    assert "flowers.csv is not there" in window.notices.said("data")
    answer(window, "Choose the data anew")
    dialog = dialog_of(window)
    read(dialog)
    assert "flowers.csv is not there" in dialog.findChild(QLabel, "dataFault").text()
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_, **__: (str(arrays), ""))
    click(dialog.findChild(QPushButton, "dataOther"))
    take(window, read)
    assert window.document.experiment.data.get("path") == str(arrays)


def test_opened_from_the_menu(open_window, read, flowers, pictures, monkeypatch):
    window = open_window(moons())
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_, **__: (str(flowers), ""))
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_, **__: str(pictures))
    window.files.open_data.trigger()
    read(dialog_of(window))
    dialog_of(window).reject()
    drop(window, pictures)
    assert read(dialog_of(window)).name == "images"
    # From a folder of images to another.
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_, **__: str(pictures / "cat"))
    click(dialog_of(window).findChild(QPushButton, "dataOther"))
    assert read(dialog_of(window)).request.path == pictures / "cat"
    dialog_of(window).reject()
    window.files.open_images.trigger()
    assert dialog_of(window)
    dialog_of(window).reject()
    assert window.document.experiment == moons()
    assert window.files.open_data.shortcut().toString() == "Ctrl+Shift+O"


def test_no_data_are_opened_while_training(open_window, flowers):
    window = open_window(moons())
    window.files.set_locked(True)
    assert not window.files.open_data.isEnabled()
    window.files.open_path(flowers)
    assert window.findChildren(DataDialog) == []


def test_closing_the_window_closes_the_dialog(open_window, flowers):
    window = open_window(moons())
    window.files.open_path(flowers)
    assert dialog_of(window)
