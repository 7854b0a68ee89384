"""The Help menu: about, licences, what is copied for a report."""

import numpy
import pytest
from PySide6.QtCore import Qt, QUrl, qVersion
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialogButtonBox

from biasstudio import __version__
from biasstudio.gui.help.about_dialog import AboutDialog
from biasstudio.gui.help.help_menu import HelpMenu
from biasstudio.gui.help.licences import parts
from biasstudio.gui.help.log_file import log_path
from tests.experiments import moons


@pytest.fixture(autouse=True)
def _log_of_its_own(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


def choose(window, text):
    action = next(a for a in window.findChild(HelpMenu).actions() if a.text().replace("&", "") == text)
    action.trigger()


def test_about_shows_each_part_with_its_licence(open_window):
    window = open_window(moons())
    choose(window, "About Bias Studio")
    dialog = window.findChild(AboutDialog)
    assert window.wait_until(dialog.isVisible, 5_000)
    names = [dialog.list.item(row, 0).text() for row in range(dialog.list.rowCount())]
    assert names[0] == "biasstudio"
    assert "Permission is hereby granted" in dialog.text.toPlainText()
    row = names.index("numpy")
    assert dialog.list.item(row, 1).text() == numpy.__version__
    dialog.list.scrollToItem(dialog.list.item(row, 0))
    centre = dialog.list.visualItemRect(dialog.list.item(row, 0)).center()
    QTest.mouseClick(dialog.list.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, centre)
    assert "NumPy Developers" in dialog.text.toPlainText()
    QTest.mouseClick(dialog.findChild(QDialogButtonBox).buttons()[0], Qt.MouseButton.LeftButton)
    assert window.wait_until(lambda: window.findChild(AboutDialog) is None, 5_000)


def test_every_part_has_the_text_of_its_licence():
    found = {part.name.lower().replace("_", "-"): part for part in parts()}
    assert {"python", "keras", "pyside6-essentials", "pyqtgraph", "h5py", "pillow"} <= set(found)
    assert [part.name for part in found.values() if not any(len(text) > 200 for text in part.texts)] == []
    assert "GNU LESSER GENERAL PUBLIC LICENSE" in found["pyside6-essentials"].texts[0]
    assert any("Apache License" in text for text in (found.get("tensorflow") or found["tensorflow-cpu"]).texts)


def test_diagnostic_information_names_versions_and_the_end_of_the_log_but_not_the_home(
    open_window, monkeypatch, tmp_path
):
    monkeypatch.setenv("HOME", str(tmp_path))
    log_path().parent.mkdir(parents=True)
    log_path().write_text("".join(f"line {number} of {tmp_path}/x\n" for number in range(100)))
    window = open_window(moons())
    choose(window, "Copy Diagnostic Information")
    text = QGuiApplication.clipboard().text()
    for fact in (
        __version__,
        qVersion(),
        "TensorFlow 2.",
        "Keras 3.",
        "Network: Dense",
        "data two_moons",
        "line 99 of ~/x",
    ):
        assert fact in text
    assert "line 59 " not in text
    assert str(tmp_path) not in text
    assert "clipboard" in window.status.currentMessage()


def test_the_folder_of_the_log_is_shown_where_there_is_one(open_window, monkeypatch):
    opened = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url) or True)
    window = open_window(moons())
    choose(window, "Show the Log File")
    assert "no log" in window.status.currentMessage()
    log_path().parent.mkdir(parents=True)
    choose(window, "Show the Log File")
    assert opened == [QUrl.fromLocalFile(str(log_path().parent))]


def test_where_no_file_manager_answers_the_place_of_the_log_is_said(open_window, monkeypatch):
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda _url: False)
    window = open_window(moons())
    log_path().parent.mkdir(parents=True)
    choose(window, "Show the Log File")
    assert str(log_path().parent) in window.status.currentMessage()
