"""Runs in the window: recorded, listed, replayed, followed, compared, trained again; and what goes wrong with them."""

import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
import time
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QFile, QPoint, QSize, Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLineEdit, QMessageBox, QPushButton, QToolButton

from biasstudio import open_run
from biasstudio.gui.runs.run_library import usual_folder
from biasstudio.gui.runs.runs_folder import move_to_trash
from biasstudio.gui.runs.runs_model import RUN_ROLE
from biasstudio.recording.network import BiasVector
from biasstudio.recording.run_format import RunAbout
from biasstudio.recording.run_writer import RunWriter
from tests.experiments import moons

ON_LINUX = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the tests' runs would go to the user's trash")
VECTOR = BiasVector("dense/bias", (4,), "dense", "unit")


def write_run(path, steps=30, name="by hand", state="finished", offset=0.0):
    """A run of one vector whose values are the step's number plus `offset`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    writer = RunWriter(path, RunAbout(name))
    writer.start_layout([VECTOR], ["loss"])
    for step in range(steps):
        writer.append(step, (step + 9) // 10, np.full(4, step + offset, np.float32), [1 / step] if step else [])
    writer.close(state)
    return path


def train(window):
    """Click on Train, and wait until it has ended and its run is in the list."""
    history = window.view.history
    window.actions_of_training.train.trigger()
    assert window.wait_until(lambda: history.epochs() and window.ready(), 60_000)
    assert window.wait_until(lambda: any(run.state == "finished" for run in window.runs.model.runs()), 10_000)
    return history


def show_runs(window):
    window.left.setCurrentIndex(1)
    assert window.wait_until(lambda: window.runs.in_order.rowCount() > 0, 10_000)


def click_row(window, row, modifier=Qt.KeyboardModifier.NoModifier):
    rect = window.runs.list.visualRect(window.runs.in_order.index(row, 0))
    QTest.mouseClick(window.runs.list.viewport(), Qt.MouseButton.LeftButton, modifier, rect.center())


def open_row(window, row):
    click_row(window, row)
    rect = window.runs.list.visualRect(window.runs.in_order.index(row, 0))
    QTest.mouseDClick(
        window.runs.list.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, rect.center()
    )


def answer(window, text):
    """Click a button of a notice."""
    button = next(b for b in window.notices.findChildren(QPushButton) if b.text() == text and b.isVisible())
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def test_a_training_is_recorded_listed_and_replayed(open_window):
    window = open_window(moons(seed=3))
    live = train(window)
    summary = window.runs.model.runs()[0]
    assert summary.path.parent == usual_folder()
    assert summary.steps == live.last_step
    connection = sqlite3.connect(summary.path)
    blobs = [blob for (blob,) in connection.execute("SELECT biases FROM frames ORDER BY step")]
    connection.close()
    assert len(blobs) == live.last_step + 1
    for step, blob in enumerate(blobs):
        assert np.array_equal(np.frombuffer(blob, "<f4"), live.frame(step))
    show_runs(window)
    open_row(window, 0)
    assert window.wait_until(lambda: window.view.history is not live and window.view.history.last_step > 0, 10_000)
    assert "Replay" in window.notices.said("run")
    window.view.show_step(7)
    path = window.view.vector.path
    with open_run(summary.path) as run:
        assert np.array_equal(window.view.history.values(path, 7), run[path][7])
    assert window.wait_until(lambda: not window.panels.vector_panel.dirty, 5_000)
    drawn = np.asarray(window.panels.vector_panel.bars.opts["height"])
    np.testing.assert_allclose(drawn, np.frombuffer(blobs[7], "<f4")[: len(drawn)])
    answer(window, "Back to the network")
    assert window.view.history is live
    assert window.notices.said("run") == ""


def test_the_experiment_of_a_run_gives_the_same_values_again(open_window):
    window = open_window(moons(seed=5))
    train(window)
    first = window.runs.model.runs()[0].path
    window.document.edit("Seed", lambda experiment: experiment.change_training(seed=6))
    assert window.wait_ready()
    window.document.undo_stack.setClean()
    show_runs(window)
    open_row(window, 0)
    assert window.wait_until(lambda: window.notices.said("run"), 10_000)
    answer(window, "Open its experiment")
    assert window.wait_ready()
    assert window.document.experiment.training.seed == 5
    window.actions_of_training.train.trigger()
    assert window.wait_until(lambda: len(window.runs.model.runs()) == 2 and window.ready(), 60_000)
    assert window.wait_until(lambda: all(run.state == "finished" for run in window.runs.model.runs()), 10_000)
    second = next(run.path for run in window.runs.model.runs() if run.path != first)
    with open_run(first) as one, open_run(second) as other:
        assert one.steps.tolist() == other.steps.tolist()
        for step in one.steps.tolist():
            assert np.array_equal(one.frame(step), other.frame(step))


def notice_button(window, text):
    return next(b for b in window.notices.findChildren(QPushButton) if b.text() == text and b.isVisible())


def test_no_experiment_is_opened_over_a_training(open_window):
    window = open_window(moons(seed=5))
    train(window)
    window.document.edit("Longer", lambda experiment: experiment.change_training(epochs=10_000, seed=6))
    assert window.wait_ready()
    window.document.undo_stack.setClean()
    again, training = window.runs.actions_of_runs.train_again, window.actions_of_training
    show_runs(window)
    click_row(window, 0)
    assert again.isEnabled()
    open_row(window, 0)
    assert window.wait_until(lambda: window.notices.said("run"), 10_000)
    assert notice_button(window, "Open its experiment").isEnabled()
    answer(window, "Back to the network")
    training.train.trigger()
    assert window.wait_until(lambda: window.view.history.last_step > 0 and training.pause.isEnabled(), 30_000)
    open_row(window, [run.state for run in visible(window)].index("finished"))
    assert window.wait_until(lambda: window.notices.said("run"), 10_000)
    for hold in (lambda: None, training.pause.trigger):
        hold()
        assert window.wait_until(lambda: training.stop.isEnabled(), 10_000)
        for control in (again, notice_button(window, "Open its experiment")):
            assert not control.isEnabled()
            assert "Stop the training first" in control.toolTip()
    assert window.document.experiment.training.seed == 6
    training.stop.trigger()
    assert window.wait_until(window.ready, 10_000)
    assert again.isEnabled()
    assert "Stop" not in again.toolTip()
    answer(window, "Open its experiment")
    assert window.document.experiment.training.seed == 5
    assert window.wait_ready()


def test_where_no_file_manager_answers_the_place_of_a_run_is_said(open_window, monkeypatch):
    write_run(usual_folder() / "a.biasrun", name="first")
    asked = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: asked.append(url) or len(asked) == 1)
    window = open_window(moons())
    show_runs(window)
    click_row(window, 0)
    window.runs.actions_of_runs.show_in_folder.trigger()
    assert window.notices.said("folder") == ""
    window.runs.actions_of_runs.show_in_folder.trigger()
    assert str(usual_folder()) in window.notices.said("folder")
    answer(window, "Dismiss")
    window.actions_of_runs.folder.trigger()
    assert str(usual_folder()) in window.notices.said("folder")
    assert asked == [QUrl.fromLocalFile(str(usual_folder()))] * 3


def test_a_small_window_keeps_its_size_while_runs_are_compared(qtbot, open_window):
    for name in ("a", "b"):
        write_run(usual_folder() / f"{name}.biasrun", name=name)
    window = open_window(moons())
    window.resize(1024, 700)
    show_runs(window)
    assert window.wait_until(lambda: window.runs.in_order.rowCount() == 2, 5_000)
    assert window.size() == QSize(1024, 700)
    click_row(window, 0)
    click_row(window, 1, Qt.KeyboardModifier.ControlModifier)
    button = window.runs.findChild(QToolButton, "buttonactionCompareRuns")
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert window.wait_until(lambda: len(window.view.compared) == 1, 10_000)
    qtbot.wait(50)  # the layout grows the window where it must
    assert window.size() == QSize(1024, 700)
    assert window.minimumSizeHint().width() <= 1024
    assert button.width() >= button.sizeHint().width()


def test_two_runs_are_laid_over_each_other(open_window):
    folder = usual_folder()
    write_run(folder / "a.biasrun", name="first")
    write_run(folder / "b.biasrun", name="second", offset=100.0)
    window = open_window(moons())
    show_runs(window)
    assert window.wait_until(lambda: window.runs.in_order.rowCount() == 2, 5_000)
    click_row(window, 0)
    click_row(window, 1, Qt.KeyboardModifier.ControlModifier)
    button = next(b for b in window.runs.findChildren(QAbstractButton) if b.text() == "Compare")
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert window.wait_until(lambda: len(window.view.compared) == 1 and window.view.history.size == 30, 10_000)
    shown, other = window.view.history.values("dense/bias", 5), window.view.compared[0]
    assert abs(float((shown - other.history.values("dense/bias", 5))[0])) == 100.0
    assert {window.view.name, other.name} == {"first", "second"}
    assert window.comparison.model.columnCount() == 2
    compare = window.runs.actions_of_runs.compare
    assert compare.text().replace("&", "") == "Stop comparing"
    shown = window.view.history
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert window.view.compared == ()
    assert window.view.history is shown
    assert compare.text().replace("&", "") == "Compare"
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert window.wait_until(lambda: len(window.view.compared) == 1, 10_000)
    window.view.set_compared(())  # as by the legend's own button
    assert window.comparison.model.columnCount() == 0


WRITING = """
    import sys, time
    import numpy as np
    from pathlib import Path
    from biasstudio.recording.network import BiasVector
    from biasstudio.recording.run_format import RunAbout
    from biasstudio.recording.run_writer import RunWriter
    writer = RunWriter(Path(sys.argv[1]), RunAbout("elsewhere"))
    writer.start_layout([BiasVector("dense/bias", (4,), "dense", "unit")], ["loss"])
    for step in range(100_000):
        writer.append(step, 1, np.full(4, step, np.float32), [1.0])
        if step == 0:
            writer.flush()
            print("begun", flush=True)
        time.sleep(0.01)
"""


@pytest.fixture
def writing(tmp_path):
    """A run that another process is writing, and that process."""
    path = tmp_path / "elsewhere.biasrun"
    command = [sys.executable, "-c", textwrap.dedent(WRITING), str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"begun\n"
        yield path, process
        process.kill()


def test_a_run_that_another_process_writes_is_followed_and_its_end_is_said(open_window, writing):
    path, process = writing
    window = open_window(moons())
    window.files.open_path(path)
    assert window.wait_until(lambda: "Following" in window.notices.said("run"), 10_000)
    history = window.view.history
    for _ in range(3):
        seen = history.last_step
        assert window.wait_until(lambda seen=seen: history.last_step > seen + 5, 5_000)
    assert np.array_equal(history.values("dense/bias", seen), np.full(4, seen, np.float32))
    process.send_signal(signal.SIGKILL)
    assert window.wait_until(lambda: "interrupted" in window.notices.said("run"), 15_000)


def test_a_file_deleted_while_followed_is_said_and_what_was_read_stays(open_window, writing):
    path, _process = writing
    window = open_window(moons())
    window.files.open_path(path)
    assert window.wait_until(lambda: "Following" in window.notices.said("run"), 10_000)
    history = window.view.history
    assert window.wait_until(lambda: history.last_step > 5, 5_000)
    path.unlink()
    assert window.wait_until(lambda: "deleted or moved" in window.notices.said("run"), 5_000)
    assert history.values("dense/bias", 3).tolist() == [3.0] * 4


def test_two_windows_look_at_one_file(open_window, tmp_path):
    path = write_run(tmp_path / "one.biasrun")
    windows = [open_window(moons()), open_window(moons())]
    for window in windows:
        window.files.open_path(path)
    for window in windows:
        assert window.wait_until(lambda window=window: window.view.history.last_step == 29, 10_000)


def test_what_is_no_run_is_said_in_one_sentence(open_window, tmp_path):
    window = open_window(moons())
    live = window.view.history
    (tmp_path / "text.biasrun").write_text("hello")
    (tmp_path / "empty.biasrun").write_bytes(b"")
    whole = write_run(tmp_path / "whole.biasrun").read_bytes()
    (tmp_path / "cut.biasrun").write_bytes(whole[: len(whole) // 2])
    write_run(tmp_path / "none.biasrun", steps=0)
    for name, words in (
        ("text", "is not a run of Bias Studio"),
        ("empty", "is empty"),
        ("cut", "damaged"),
        ("none", "holds no frames"),
        ("missing", "can't be read"),
    ):
        window.files.open_path(tmp_path / f"{name}.biasrun")
        assert window.wait_until(lambda words=words: words in window.notices.said("file"), 10_000), name
        assert f"{name}.biasrun" in window.notices.said("file")
        assert window.view.history is live
        answer(window, "Dismiss")


def test_after_a_crash_the_next_start_offers_the_run(open_window):
    path = write_run(usual_folder() / "crashed.biasrun", name="crashed", state="recording")
    connection = sqlite3.connect(path)
    # A moment ago, as where the application is started again at once.
    connection.execute("UPDATE about SET value = ? WHERE key = 'heartbeat'", [time.time() - 6])
    connection.commit()
    connection.close()
    window = open_window(moons())
    assert window.wait_until(lambda: "crashed: 29 steps" in window.notices.said("interrupted"), 10_000)
    answer(window, "Open")
    assert window.wait_until(lambda: window.notices.said("run"), 10_000)
    assert "Replay: crashed" in window.notices.said("run")
    assert "interrupted before its end" in window.notices.said("run")
    assert window.wait_until(lambda: window.view.history.last_step == 29, 10_000)
    assert window.notices.said("interrupted") == ""
    again = open_window(moons())
    assert again.wait_until(lambda: again.runs.in_order.rowCount() == 1, 10_000)
    assert again.notices.said("interrupted") == ""


def test_a_run_whose_file_fails_is_told_and_training_ends_well(open_window):
    window = open_window(moons(epochs=200))
    history = window.view.history
    window.actions_of_training.train.trigger()
    # Deleted while it is still being made, it would be said in other words.
    assert window.wait_until(lambda: history.last_step >= 20, 20_000)
    next(usual_folder().glob("*.biasrun")).unlink()
    assert window.wait_until(lambda: "deleted or moved" in window.notices.said("recording"), 10_000)
    step = history.last_step
    assert window.wait_until(lambda: history.last_step > step + 10, 10_000)
    window.actions_of_training.stop.trigger()
    assert window.wait_until(window.ready, 10_000)


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write into every folder")
def test_a_folder_that_may_not_be_written_is_told_and_training_goes_on(open_window):
    usual_folder().mkdir(parents=True)
    usual_folder().chmod(0o500)
    window = open_window(moons())
    window.actions_of_training.train.trigger()
    assert window.wait_until(lambda: "can't be written" in window.notices.said("recording"), 10_000)
    assert window.wait_until(lambda: window.view.history.epochs() and window.ready(), 60_000)


def test_a_place_that_is_no_folder_is_told_and_training_goes_on(open_window):
    usual_folder().parent.mkdir(parents=True)
    usual_folder().write_text("not a folder")
    window = open_window(moons())
    window.actions_of_training.train.trigger()
    assert window.wait_until(lambda: "can't be" in window.notices.said("recording"), 10_000)
    assert window.wait_until(lambda: window.view.history.epochs() and window.ready(), 60_000)


def test_editing_the_stack_returns_to_the_network(open_window, tmp_path):
    window = open_window(moons())
    window.files.open_path(write_run(tmp_path / "one.biasrun"))
    assert window.wait_until(lambda: window.notices.said("run"), 10_000)
    window.document.edit_stack("Add", lambda stack: stack.add("Dropout", 1))
    assert window.wait_ready()
    assert window.notices.said("run") == ""
    assert [vector.path for vector in window.view.history.vectors] == ["dense/bias", "dense_1/bias"]


def test_the_replay_bar_plays_a_run(open_window, tmp_path):
    window = open_window(moons())
    window.files.open_path(write_run(tmp_path / "one.biasrun", steps=200))
    assert window.wait_until(lambda: window.view.history.last_step == 199, 10_000)
    window.view.show_step(0)
    shown = []
    window.view.cursorChanged.connect(lambda: shown.append(window.view.step))
    play = window.replay.findChild(QToolButton, "replayPlay")
    assert window.wait_until(play.isEnabled, 10_000)
    QTest.mouseClick(play, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(5, 5))
    assert window.wait_until(lambda: len(shown) > 3, 10_000)
    assert shown == sorted(shown)
    QTest.mouseClick(play, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(5, 5))


def test_the_replays_keys_are_there_in_the_timeline_too(open_window, tmp_path):
    window = open_window(moons())
    window.files.open_path(write_run(tmp_path / "one.biasrun", steps=200))
    assert window.wait_until(lambda: window.view.history.last_step == 199, 10_000)
    timeline = window.panels.timeline_panel
    assert window.wait_until(lambda: timeline.slider.maximum() == 199, 10_000)
    for place in (timeline.plot, timeline.slider):
        for key, step in ((Qt.Key.Key_Home, 0), (Qt.Key.Key_Period, 1), (Qt.Key.Key_Comma, 0), (Qt.Key.Key_End, 199)):
            QTest.keyClick(place, key)
            assert window.view.step == step
        QTest.keyClick(place, Qt.Key.Key_Space)
        assert window.replay.playing
        QTest.keyClick(place, Qt.Key.Key_Space)
        assert not window.replay.playing


def test_another_networks_run_leaves_card_weights_and_panels_of_one_layer(open_window):
    write_run(usual_folder() / "a.biasrun", name="other")
    window = open_window(replace(moons(), stack=moons().stack.rename("dense", "hidden")))
    for layer in ("dense_1", "hidden"):
        window.view.choose_layer(layer)
        live, vector = window.view.history, window.view.vector
        show_runs(window)
        open_row(window, 0)
        assert window.wait_until(lambda live=live: window.view.history is not live, 10_000)
        assert window.view.vector.path == "dense/bias"
        answer(window, "Back to the network")
        assert window.view.history is live
        assert window.view.vector == vector
        assert window.stack_editor.chosen_layer == layer
        assert window.weights.title.text().startswith(layer)


def test_the_replay_bar_steps_through_what_was_just_trained(open_window):
    window = open_window(moons())
    start, back = (window.replay.findChild(QToolButton, name) for name in ("replayStart", "replayBack"))
    assert not start.isEnabled()
    train(window)
    QTest.mouseClick(back, Qt.MouseButton.LeftButton)
    assert window.view.step == window.view.history.last_step - 1
    QTest.mouseClick(start, Qt.MouseButton.LeftButton)
    assert window.view.step == 0
    window.actions_of_training.reset.trigger()
    assert window.wait_until(lambda: not start.isEnabled(), 10_000)
    assert window.wait_ready()


@ON_LINUX
def test_runs_are_searched_renamed_annotated_and_deleted(open_window):
    folder = usual_folder()
    write_run(folder / "a.biasrun", name="first")
    kept = write_run(folder / "b.biasrun", name="second")
    window = open_window(moons())
    show_runs(window)
    assert window.wait_until(lambda: window.runs.in_order.rowCount() == 2, 5_000)
    QTest.keyClicks(window.runs.search, "sec")
    assert [run.name for run in visible(window)] == ["second"]
    click_row(window, 0)
    QTest.keyClick(window.runs.list, Qt.Key.Key_F2)
    editor = window.runs.list.viewport().findChild(QLineEdit)
    editor.selectAll()
    QTest.keyClicks(editor, "my second")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    assert window.wait_until(lambda: about(kept)["name"] == "my second", 5_000)
    window.runs.note.setFocus()
    QTest.keyClicks(window.runs.note, "seen")
    window.runs.commit_typing()
    assert window.wait_until(lambda: about(kept)["note"] == "seen", 5_000)
    window.runs.search.clear()
    first = next(row for row, run in enumerate(visible(window)) if run.name == "first")
    click_row(window, first)
    delete_chosen(window, "Cancel")
    assert window.runs.in_order.rowCount() == 2
    delete_chosen(window, "Move to trash")
    assert window.wait_until(lambda: window.runs.in_order.rowCount() == 1, 5_000)
    assert in_trash() == ["a.biasrun"]
    assert kept.exists()


def delete_chosen(window, button):
    """Choose Delete in the menu, and answer the question."""
    window.runs.actions_of_runs.delete.trigger()
    answer_question(window, button)


def answer_question(window, button):
    question = next(box for box in window.findChildren(QMessageBox, "deleteQuestion") if box.isVisible())
    QTest.mouseClick(
        next(b for b in question.buttons() if b.text().replace("&", "") == button), Qt.MouseButton.LeftButton
    )


def trash():
    """Where Linux keeps it."""
    return usual_folder().parent.parent / "Trash"


def in_trash():
    return sorted(path.name for path in (trash() / "files").iterdir())


@ON_LINUX
def test_two_runs_go_to_the_trash_also_the_one_that_is_shown(open_window):
    paths = [write_run(usual_folder() / f"{name}.biasrun", name=name) for name in "ab"]
    window = open_window(moons())
    live = window.view.history
    show_runs(window)
    assert window.wait_until(lambda: window.runs.in_order.rowCount() == 2, 5_000)
    open_row(window, 0)
    assert window.wait_until(lambda: window.view.history is not live and window.view.history.size == 30, 10_000)
    click_row(window, 1, Qt.KeyboardModifier.ControlModifier)
    delete_chosen(window, "Move to trash")
    assert window.wait_until(lambda: window.runs.in_order.rowCount() == 0, 5_000)
    assert not any(path.exists() for path in paths)
    assert {"a.biasrun", "b.biasrun"} <= set(in_trash())
    assert window.view.history is live
    assert window.notices.said("run") == ""


@ON_LINUX
def test_where_there_is_no_trash_a_run_is_deleted_for_good_only_when_that_is_agreed_to(open_window):
    path = write_run(usual_folder() / "a.biasrun", name="first")
    trash().write_text("in the place of the folder")
    window = open_window(moons())
    show_runs(window)
    for button in ("Cancel", "Delete for good"):
        click_row(window, 0)
        delete_chosen(window, "Move to trash")
        assert window.wait_until(lambda: any("for good" in text for text in questions(window)), 5_000)
        assert path.exists()
        answer_question(window, button)
        assert window.wait_until(lambda: not questions(window), 5_000)
    assert window.wait_until(lambda: window.runs.in_order.rowCount() == 0, 5_000)
    assert not path.exists()


def questions(window):
    return [box.text() for box in window.findChildren(QMessageBox, "deleteQuestion") if box.isVisible()]


@pytest.mark.parametrize("moved", [True, (True, "/trash/a"), False, (False, "")])
def test_the_answer_of_every_version_of_qt_is_understood(tmp_path, monkeypatch, moved):
    path = write_run(tmp_path / "a.biasrun")
    monkeypatch.setattr(QFile, "moveToTrash", lambda _name: moved)
    assert move_to_trash([path]) == ([] if moved in (True, (True, "/trash/a")) else [path])


def test_a_run_that_is_shown_takes_its_new_name(open_window):
    path = write_run(usual_folder() / "a.biasrun", name="first")
    window = open_window(moons())
    show_runs(window)
    assert window.wait_until(lambda: window.runs.in_order.rowCount() == 1, 5_000)
    open_row(window, 0)
    assert window.wait_until(lambda: "first" in window.notices.said("run"), 5_000)
    window.weights.show()
    assert not window.weights.beside_run.isHidden()
    window.runs.renameAsked.emit(path, "warm start")
    assert window.wait_until(lambda: "warm start" in window.notices.said("run"), 5_000)
    assert window.view.name == "warm start"
    answer(window, "Back to the network")
    assert window.weights.beside_run.isHidden()


def visible(window):
    return [window.runs.in_order.index(row, 0).data(RUN_ROLE) for row in range(window.runs.in_order.rowCount())]


def about(path):
    with open_run(path) as run:
        return {"name": run.name, "note": run.note}
