"""Scripts in the window: opened, dropped, pasted, copied and exported as a person does."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QTextCursor
from PySide6.QtWidgets import QDialog, QFileDialog, QMessageBox, QPushButton, QTreeWidget

from biasstudio.gui.scripts.notes_table import NotesTable
from biasstudio.gui.scripts.script_text import ScriptText
from biasstudio.scripts.writing import write_script
from biasstudio.spec.stack import Stack
from biasstudio.worker.messages import WorkerState
from biasstudio.worker.model_worker import ModelWorker
from tests.experiments import moons, tutorial

WHOLE = write_script(moons(seed=7, epochs=4)).text
WITH_NOTES = WHOLE.replace(
    '        layers.Dense(1, activation="sigmoid"),\n',
    '        layers.Lambda(lambda x: x),\n        layers.Dense(1, activation="sigmoid"),\n',
)
LAMBDA_LINE = next(number for number, line in enumerate(WITH_NOTES.splitlines(), 1) if "Lambda" in line)


@pytest.fixture
def script(tmp_path):
    """Writes a script's file."""

    def write(text, name="script.py"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


def dialog(qtbot, window, name):
    def shown():
        return [found for found in window.findChildren(QDialog, name) if found.isVisible()]

    qtbot.waitUntil(lambda: bool(shown()), timeout=30_000)
    return shown()[0]


def button(parent, name):
    return parent.findChild(QPushButton, name)


def rows(table):
    return [(table.item(row, 0).text(), table.item(row, 2).text()) for row in range(table.rowCount())]


def test_a_script_opens_at_once_where_all_of_it_is_read(open_window, script):
    window = open_window(tutorial())
    assert window.files.open_path(script(WHOLE))
    assert window.wait_ready(60_000)
    assert window.document.experiment == moons(seed=7, epochs=4)
    assert (window.document.path, window.document.modified) == (None, False)
    assert [vector.path for vector in window.view.history.vectors] == ["dense/bias", "dense_1/bias"]
    window.files.recent.aboutToShow.emit()
    assert window.files.recent.actions()[0].text().endswith("script.py")


def test_what_is_not_read_is_listed_before_the_rest_opens(qtbot, open_window, script):
    window, path = open_window(moons()), script(WITH_NOTES)
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    place = QPoint(5, 5), Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier(0)
    entering = QDragEnterEvent(*place)
    window.dragEnterEvent(entering)
    assert entering.isAccepted()
    window.dropEvent(QDropEvent(*place))
    question = dialog(qtbot, window, "openedScript")
    assert rows(question.notes) == [(str(LAMBDA_LINE), "layers.Lambda(lambda x: x),")]
    question.reject()
    assert window.document.experiment == moons()
    window.files.open_path(path)
    button(dialog(qtbot, window, "openedScript"), "openRest").click()
    assert window.wait_ready(60_000)
    assert window.document.experiment == moons(seed=7, epochs=4)


def test_a_file_that_is_no_script_is_one_sentence(open_window, script, monkeypatch):
    told = []
    monkeypatch.setattr(QMessageBox, "exec", lambda box: told.append(box.informativeText()))
    window = open_window(moons())
    window.files.open_path(script("print('nothing')\n", "empty.py"))
    assert window.wait_until(lambda: bool(told), 10_000)
    window.files.open_path(script("").with_name("gone.py"))
    assert window.wait_until(lambda: len(told) == 2, 10_000)
    assert told[0] == "empty.py: The script has no Keras network that could be read."
    assert "gone.py can't be read" in told[1]
    assert window.document.experiment == moons()


def test_a_script_is_read_while_it_is_typed_and_opens_as_an_edit(qtbot, open_window):
    window = open_window(replace(moons(), stack=Stack((2,)).add("Dense", units=1)))
    QGuiApplication.clipboard().setText("nothing of Keras")
    window.files.paste_script.trigger()
    paste = dialog(qtbot, window, "pasteScript")
    text, layers = paste.findChild(ScriptText, "scriptText"), paste.findChild(QTreeWidget, "scriptLayers")
    notes, accept = paste.findChild(NotesTable, "scriptNotes"), button(paste, "openPasted")
    assert (text.toPlainText(), accept.isEnabled(), layers.isVisible()) == ("", False, False)
    text.setPlainText("model = keras.Sequential([\n")
    qtbot.waitUntil(lambda: "line 1" in paste.state.text(), timeout=10_000)
    assert (accept.isEnabled(), layers.isVisible()) == (False, False)
    text.selectAll()
    text.insertPlainText(WITH_NOTES)
    assert not accept.isEnabled()
    qtbot.waitUntil(accept.isEnabled, timeout=10_000)
    titles = [layers.topLevelItem(place).text(0) for place in range(layers.topLevelItemCount())]
    assert titles == ["Input", "Dense", "Dense"]
    assert paste.training.text() == "Two moons · Adam 0.01 · binary cross-entropy · 4 epochs of batches of 32 · seed 7"
    assert [row[0] for row in rows(notes)] == [str(LAMBDA_LINE)]
    assert accept.text() == "Open the rest"
    text.moveCursor(QTextCursor.MoveOperation.Start)
    item = notes.visualItemRect(notes.item(0, 1)).center()
    qtbot.mouseClick(notes.viewport(), Qt.MouseButton.LeftButton, pos=item)
    assert text.textCursor().blockNumber() + 1 == LAMBDA_LINE
    accept.click()
    assert window.wait_ready(60_000)
    assert window.document.experiment == moons(seed=7, epochs=4)
    window.undo.trigger()
    assert len(window.document.stack.layers) == 1


def test_a_script_on_the_clipboard_is_there_already(qtbot, open_window):
    window = open_window(moons())
    QGuiApplication.clipboard().setText(WHOLE)
    window.files.paste_script.trigger()
    paste = dialog(qtbot, window, "pasteScript")
    qtbot.waitUntil(button(paste, "openPasted").isEnabled, timeout=10_000)
    assert button(paste, "openPasted").text() == "Open"
    assert not paste.notes.isVisible()
    paste.reject()
    assert window.document.experiment == moons()


def test_the_experiment_is_copied_and_exported(qtbot, open_window, tmp_path, monkeypatch):
    window = open_window(tutorial())
    wanted = write_script(tutorial()).text
    window.files.copy_script.trigger()
    qtbot.waitUntil(lambda: bool(window.notices.said("script")), timeout=10_000)
    assert QGuiApplication.clipboard().text() == wanted
    assert "mnist_5k.npz" in window.notices.said("script")
    window.files.export_script.trigger()
    export = dialog(qtbot, window, "exportScript")
    assert export.findChild(ScriptText, "writtenScript").toPlainText() == wanted.rstrip()
    QGuiApplication.clipboard().clear()
    button(export, "copyWritten").click()
    assert QGuiApplication.clipboard().text() == wanted
    path = tmp_path / "out.py"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, **__: (str(path.with_suffix("")), ""))
    (tmp_path / "mnist_5k.npz").write_bytes(b"mine")
    answers = ["Cancel", "Replace"]

    def answer(box):
        assert "mnist_5k.npz exists already" in box.informativeText()
        wanted_text = answers.pop(0)
        next(each for each in box.buttons() if each.text().replace("&", "") == wanted_text).click()

    monkeypatch.setattr(QMessageBox, "exec", answer)
    button(export, "saveWritten").click()
    qtbot.waitUntil(lambda: answers == ["Replace"], timeout=10_000)
    assert export.isVisible()
    assert not path.exists()
    button(export, "saveWritten").click()
    qtbot.waitUntil(lambda: str(path) in window.notices.said("script"), timeout=10_000)
    assert not [each for each in window.findChildren(QDialog, "exportScript") if each.isVisible()]
    assert path.read_text(encoding="utf-8") == wanted
    assert (tmp_path / "mnist_5k.npz").stat().st_size > 100_000


def test_nothing_is_opened_over_a_training(qtbot, open_window, script):
    window = open_window(moons(epochs=10_000))
    worker = window.findChild(ModelWorker)
    with qtbot.waitSignal(worker.stateChanged, check_params_cb=lambda state: state is WorkerState.PAUSED):
        window.actions_of_training.step.trigger()
    assert not window.files.paste_script.isEnabled()
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(script(WHOLE)))])
    entering = QDragEnterEvent(
        QPoint(5, 5), Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier(0)
    )
    entering.ignore()
    window.dragEnterEvent(entering)
    assert not entering.isAccepted()
    assert window.files.export_script.isEnabled()
