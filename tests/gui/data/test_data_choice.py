"""The list of data sets in the settings bar: headings, a person's own data, and the ways to open others."""

from itertools import groupby

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QToolButton, QWidget

from biasstudio.data_files.proposal import propose_data
from biasstudio.gui.data.data_choice import DataChoice
from biasstudio.gui.document import Document
from biasstudio.gui.settings_bar import SettingsBar
from biasstudio.spec.data_sets import GIVEN_TYPES, DataSet
from tests.experiments import moons
from tests.gui.stack_editor.driving import click, pick

# Without a display a list that opens can neither be raised nor grab the keyboard, and Qt says so.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def document():
    return Document(moons())


@pytest.fixture
def bar(qtbot, document):
    bar = SettingsBar(document)
    qtbot.addWidget(bar)
    bar.resize(1024, 80)
    bar.show()
    qtbot.waitExposed(bar)
    bar.asked = []
    bar.openDataAsked.connect(lambda: bar.asked.append("data"))
    bar.openImagesAsked.connect(lambda: bar.asked.append("images"))
    bar.editDataAsked.connect(lambda: bar.asked.append("edit"))
    return bar


def choice(bar):
    return bar.findChild(DataChoice)


def texts(box):
    return [box.itemText(row) for row in range(box.count())]


def test_the_groups_are_headings(bar):
    expected = []
    for group, types in groupby(GIVEN_TYPES.values(), lambda known: known.group):
        expected += [group, *(known.title for known in types)]
    box = choice(bar)
    assert texts(box) == [*expected, "Your own files", "Open data…", "Open a folder of images…", "Look at these data…"]
    for row in range(box.count()):
        assert bool(box.model().item(row).flags() & Qt.ItemFlag.ItemIsEnabled) == (box.itemData(row) is not None)


def test_keys_step_over_headings_and_open_nothing(bar, document):
    pick(choice(bar), "XOR")
    box = choice(bar)
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Down)
    assert document.experiment.data == DataSet.of("iris")
    QTest.keyClick(box, Qt.Key.Key_Up)
    assert document.experiment.data == DataSet.of("xor")
    for _ in range(box.count()):
        QTest.keyClick(box, Qt.Key.Key_Down)
    assert document.experiment.data.name == list(GIVEN_TYPES)[-1]
    assert bar.asked == []
    QTest.keyClick(box, Qt.Key.Key_Home)
    QTest.keyClick(box, Qt.Key.Key_End)
    assert document.experiment.data.name == list(GIVEN_TYPES)[-1]
    assert bar.asked == []


def test_what_opens_data_leaves_the_present_ones(bar, document):
    pick(choice(bar), "Open data…")
    pick(choice(bar), "Open a folder of images…")
    pick(choice(bar), "Look at these data…")
    assert bar.asked == ["data", "images", "edit"]
    assert choice(bar).currentText() == "Two moons"
    assert document.undo_stack.count() == 0


def test_own_data_are_short_and_can_be_chosen_again(bar, document, flowers, arrays):
    first, other = propose_data(flowers), propose_data(arrays)
    for data in (first, other):
        document.edit("x", lambda experiment, data=data: experiment.change_data(data))
    box, summary, edit = choice(bar), bar.findChild(QLabel, "dataFound"), bar.findChild(QPushButton, "dataEdit")
    assert box.currentText() == "arrays.npz"
    assert summary.text() == "3 classes · 90 samples"
    assert str(arrays) in summary.toolTip()
    assert bar._data_fields == []
    click(edit)
    assert bar.asked == ["edit"]
    assert texts(box)[-6:-2] == ["Your own files", "arrays.npz", "flowers.csv", "Open data…"]
    pick(box, "flowers.csv")
    assert document.experiment.data == first
    pick(box, "Two moons")
    assert document.experiment.data == DataSet.of("two_moons")
    assert not summary.isVisible()
    assert not edit.isVisible()
    # The same file read otherwise takes the place of what it was.
    document.edit("x", lambda experiment: experiment.change_data(first.change(scaling="none")))
    assert texts(box).count("flowers.csv") == 1
    document.undo_stack.undo()
    pick(box, "flowers.csv")
    assert document.experiment.data.get("scaling") == "none"


def test_locked_with_the_rest(bar, document, flowers):
    document.edit("x", lambda experiment: experiment.change_data(propose_data(flowers)))
    bar.set_locked(True)
    assert not bar.findChild(QPushButton, "dataEdit").isEnabled()
    assert not choice(bar).isEnabled()


def test_nothing_is_cut_off_when_other_data_need_more_room(bar, document, flowers):
    own = propose_data(flowers)
    row = bar.findChild(QToolButton, "trainingMore").parentWidget()
    document.edit("x", lambda experiment: experiment.change_data(own))
    for width in range(600, 1441, 30):
        document.undo_stack.undo()
        bar.resize(width, 400)
        # Until then what was hidden still counts.
        QApplication.processEvents()
        document.undo_stack.redo()
        row.layout().activate()
        assert row.height() == row.layout().heightForWidth(width)
        groups = [child for child in row.children() if isinstance(child, QWidget)]
        assert max(group.geometry().bottom() for group in groups) < row.height(), width
        assert max(group.geometry().right() for group in groups) < width
