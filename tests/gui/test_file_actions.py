"""Files: open, save, recent, examples, unsaved changes, damaged and newer files, places that can't be written."""

import json
import os

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QSettings, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from biasstudio.gui.document import Document
from biasstudio.gui.file_actions import EXAMPLES, FileActions, load_example
from biasstudio.spec.experiment import experiment_to_json, load_experiment, save_experiment
from tests.experiments import moons, tutorial


class Dialogs:
    """Answers the file dialogs and message boxes, and keeps what they said."""

    def __init__(self, monkeypatch):
        self.path, self.answer, self.said = "", QMessageBox.StandardButton.Cancel, []
        monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_, **__: (str(self.path), ""))
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, **__: (str(self.path), ""))
        dialogs = self

        def execute(box):
            dialogs.said.append(f"{box.text()} {box.informativeText()}")
            return dialogs.answer

        monkeypatch.setattr(QMessageBox, "exec", execute)


@pytest.fixture
def dialogs(monkeypatch):
    return Dialogs(monkeypatch)


@pytest.fixture
def files(qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    return FileActions(Document(moons()), window)


def edit(files):
    files._document.edit_stack("Add", lambda stack: stack.add("Dropout", 1))


def test_save_and_open_give_the_same_experiment(files, dialogs, tmp_path):
    edit(files)
    dialogs.path = tmp_path / "mine"
    files.save.trigger()
    saved = tmp_path / "mine.biasexp"
    assert load_experiment(saved) == files._document.experiment
    assert not files._document.modified
    files._document.replace(tutorial(), None)
    dialogs.path = saved
    files.open.trigger()
    assert files._document.experiment == load_experiment(saved)
    assert files._document.path == saved
    assert dialogs.said == []


@pytest.mark.parametrize("title", EXAMPLES)
def test_every_example_opens(files, title):
    action = next(action for action in files.examples.actions() if action.text() == title)
    action.trigger()
    assert files._document.experiment == load_example(EXAMPLES[title])
    assert not files._document.modified


def test_the_first_example_is_the_tutorial_network():
    assert load_example("tutorial") == tutorial()


@pytest.mark.parametrize(
    ("answer", "left"),
    [(QMessageBox.StandardButton.Cancel, False), (QMessageBox.StandardButton.Discard, True)],
)
def test_unsaved_changes_are_asked_about(files, dialogs, answer, left):
    edit(files)
    edited = files._document.experiment
    dialogs.answer = answer
    files.examples.actions()[0].trigger()
    assert (files._document.experiment != edited) == left
    assert len(dialogs.said) == 1


def test_saving_when_asked_saves_before_leaving(files, dialogs, tmp_path):
    edit(files)
    edited = files._document.experiment
    dialogs.answer, dialogs.path = QMessageBox.StandardButton.Save, tmp_path / "kept.biasexp"
    files.new.trigger()
    assert load_experiment(dialogs.path) == edited
    assert files._document.stack.layers == ()


DAMAGED = {
    "truncated": lambda text: text[: len(text) // 2],
    "foreign": lambda _: "PK\x03\x04 this is something else",
    "empty": lambda _: "",
    "newer": lambda text: text.replace('"version": 1', '"version": 2'),
    "unknown member": lambda text: text.replace('"training": {', '"training": {"momentum": 1, '),
    "list": lambda _: "[1, 2]",
    "units 0": lambda text: text.replace('"units": 8', '"units": 0'),
}


@pytest.mark.parametrize("how", DAMAGED)
def test_a_damaged_file_gets_one_sentence_and_the_document_stays(files, dialogs, tmp_path, how):
    edit(files)
    edited = files._document.experiment
    path = tmp_path / "damaged.biasexp"
    path.write_text(DAMAGED[how](experiment_to_json(moons())), encoding="utf-8")
    dialogs.path = path
    files.open.trigger()
    assert files._document.experiment == edited
    assert files._document.modified
    (said,) = dialogs.said
    assert "damaged.biasexp" in said
    assert "Traceback" not in said


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes in folders")
def test_a_pipe_is_refused_and_does_not_hang(files, dialogs, tmp_path):
    dialogs.path = tmp_path / "pipe.biasexp"
    os.mkfifo(dialogs.path)
    files.open.trigger()
    assert "pipe.biasexp is not a file" in dialogs.said[0]


def test_a_newer_file_names_both_versions(files, dialogs, tmp_path):
    dialogs.path = tmp_path / "newer.biasexp"
    dialogs.path.write_text(json.dumps(json.loads(experiment_to_json(moons())) | {"version": 7}), encoding="utf-8")
    files.open.trigger()
    assert "version 7" in dialogs.said[0]
    assert "version 1" in dialogs.said[0]


def test_a_path_that_cannot_be_written_is_said_and_nothing_is_lost(files, dialogs, tmp_path):
    edit(files)
    edited = files._document.experiment
    (tmp_path / "file").write_text("in the way")
    dialogs.path = tmp_path / "file" / "inside.biasexp"
    files.save.trigger()
    assert "can't be written" in dialogs.said[0]
    assert files._document.modified
    assert files._document.experiment == edited


def test_recent_files_are_remembered_newest_first_and_a_lost_one_is_said(files, dialogs, tmp_path):
    paths = [tmp_path / f"{name}.biasexp" for name in "abc"]
    for path in paths:
        save_experiment(moons(), path)
        assert files.open_path(path)
    files.recent.aboutToShow.emit()
    assert [action.text() for action in files.recent.actions()] == [str(path) for path in reversed(paths)]
    paths[0].unlink()
    files.recent.actions()[-1].trigger()
    assert "a.biasexp" in dialogs.said[0]
    assert QSettings().value("recentFiles")[0] == str(paths[2])


def test_a_dropped_file_opens(open_window, tmp_path):
    window = open_window(moons(), wait=False)
    path = tmp_path / "dropped.biasexp"
    save_experiment(tutorial(), path)
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    window.dropEvent(
        QDropEvent(QPoint(5, 5), Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier(0))
    )
    assert window.document.experiment == tutorial()
    assert "dropped.biasexp" in window.windowTitle()
    # It came before the worker had started, as a file on the command line does.
    assert window.wait_ready(60_000)
    assert [vector.path for vector in window.view.history.vectors] == ["conv2d/bias", "dense/bias", "dense_1/bias"]


def test_geometry_is_remembered(qtbot, open_window):
    first = open_window(moons(), wait=False)
    # Within the 800 × 800 of the offscreen screen: a window is never restored larger than its screen.
    first.resize(first.minimumSizeHint().width(), 733)
    qtbot.waitUntil(lambda: sum(first.columns.sizes()) < first.minimumSizeHint().width(), timeout=5_000)
    first.columns.setSizes([300, 300, 300])
    widths = first.columns.sizes()
    with qtbot.waitSignal(first.closed, timeout=30_000):
        first.close()
    second = open_window(moons(), wait=False)
    qtbot.waitUntil(lambda: sum(second.columns.sizes()) < second.width(), timeout=5_000)
    assert second.height() == 733
    np.testing.assert_allclose(second.columns.sizes(), widths, atol=2)


def test_closing_with_unsaved_changes_can_be_cancelled(qtbot, open_window, dialogs):
    window = open_window(moons())
    window.document.edit_stack("Add", lambda stack: stack.add("Dropout", 1))
    window.close()
    assert window.isVisible()
    dialogs.answer = QMessageBox.StandardButton.Discard
    with qtbot.waitSignal(window.closed, timeout=30_000):
        window.close()
