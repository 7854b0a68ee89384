"""The dialog that opens a person's own data, driven as a person does."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QFileDialog,
    QLabel,
    QLineEdit,
    QListWidget,
    QPushButton,
    QTableView,
    QTreeWidget,
)

from biasstudio.data_files.proposal import with_found
from biasstudio.gui.data import data_reader
from biasstudio.resource_files import resource_path
from biasstudio.spec.data_sets import DataSet
from tests.experiments import moons, tutorial
from tests.gui.stack_editor.driving import click, pick, type_over

# Without a display a list that opens can neither be raised nor grab the keyboard, and Qt says so.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


def box(dialog, name):
    return dialog.findChild(QComboBox, name)


def label(dialog, name):
    found = dialog.findChild(QLabel, name)
    return found.text() if not found.isHidden() else ""


def take(dialog):
    return dialog.findChild(QPushButton, "dataTake")


def header(dialog):
    """The columns from left to right."""
    table = dialog.findChild(QTableView, "dataTable")
    head = table.horizontalHeader()
    sections = [head.logicalIndex(place) for place in range(head.count())]
    return [table.model().headerData(section, Qt.Orientation.Horizontal) for section in sections]


def columns(dialog):
    found = dialog.findChild(QListWidget, "dataColumns")
    items = [found.item(row) for row in range(found.count())]
    return {item.text(): item.checkState() is Qt.CheckState.Checked for item in items}


def tick(dialog, name):
    """A click on the box before a column's name."""
    found = dialog.findChild(QListWidget, "dataColumns")
    (item,) = found.findItems(name, Qt.MatchFlag.MatchExactly)
    found.setCurrentItem(item)
    QTest.keyClick(found, Qt.Key.Key_Space)


def test_a_table_is_proposed_shown_and_taken(opened, flowers):
    dialog = opened(flowers)
    assert header(dialog) == [
        "species\ntext · target",
        "name\ntext · left out",
        "height\nnumber · 3 empty",
        "petals\nnumber",
        "colour\ntext",
    ]
    table = dialog.findChild(QTableView, "dataTable").model()
    assert [table.index(row, 4).data() for row in range(4)] == ["rose", "tulip", "daisy", "rose"]
    assert box(dialog, "dataDelimiter").currentText() == "semicolon"
    assert box(dialog, "dataDecimal").currentText() == "comma"
    assert box(dialog, "dataMissing").currentText() == "leave the row out"
    assert columns(dialog) == {"name": False, "height": True, "petals": True, "colour": True}
    # Rows 3, 50 and 90 are a rose, a daisy and a rose.
    assert label(dialog, "dataSummary") == ("117 samples of 120 rows, 4 inputs, 3 classes: daisy 39, rose 38, tulip 40")
    assert dialog.counts.said == ["daisy 39", "rose 38", "tulip 40"]
    assert "daisy 39" in dialog.counts.accessibleName()
    assert label(dialog, "dataFault") == ""
    click(take(dialog))
    (data,) = dialog.taken
    assert data == with_found("csv", dict(data.parameters))
    assert (data.get("path"), data.get("target"), data.found.sample_shape) == (str(flowers), "species", (4,))


def test_each_choice_is_read_anew(opened, read, flowers):
    dialog = opened(flowers)
    pick(box(dialog, "dataMissing"), "refuse the file")
    assert not take(dialog).isEnabled()
    read(dialog)
    assert "height" in label(dialog, "dataFault")
    assert not take(dialog).isEnabled()
    assert take(dialog).toolTip() in label(dialog, "dataFault")
    assert label(dialog, "dataSummary") == ""
    pick(box(dialog, "dataMissing"), "put the mean there")
    read(dialog)
    assert label(dialog, "dataSummary").startswith("120 samples, 4 inputs")
    tick(dialog, "colour")
    read(dialog)
    assert label(dialog, "dataSummary").startswith("120 samples, 2 inputs")
    assert dialog.reading.data.get("columns") == ("height", "petals")
    assert "colour\ntext · left out" in header(dialog)
    click(dialog.findChild(QPushButton, "dataAllColumns"))
    read(dialog)
    assert dialog.reading.data is None or dialog.reading.data.get("columns") == ()
    assert all(columns(dialog).values())


def test_another_target_brings_its_task_and_leaves_the_inputs(opened, read, flowers):
    dialog = opened(flowers)
    pick(box(dialog, "dataTarget"), "petals")
    read(dialog)
    assert box(dialog, "dataTask").currentText() == "numbers"
    assert header(dialog)[0] == "petals\nnumber · target"
    numbers = [float(line.split(";")[2]) for line in flowers.read_text().splitlines()[1:] if line.split(";")[1]]
    assert f"the target from {min(numbers):g} to {max(numbers):g}" in label(dialog, "dataSummary")
    assert dialog.counts.isHidden()
    assert "petals" not in columns(dialog)
    assert dialog.reading.data.get("columns") == ("height", "colour")
    pick(box(dialog, "dataTask"), "classes")
    read(dialog)
    assert dialog.reading.data.found.class_names == tuple(sorted({f"{number:g}" for number in numbers}, key=float))


def test_the_last_column_cannot_be_taken_away(opened, read, flowers):
    dialog = opened(flowers)
    for name in ("height", "petals", "colour"):
        tick(dialog, name)
    read(dialog)
    assert sum(columns(dialog).values()) == 1


def test_choices_that_follow_each_other_are_read_once_and_together(opened, read, flowers):
    dialog = opened(flowers)
    readings = []
    dialog.findChild(type(dialog._reader)).read.connect(readings.append)
    pick(box(dialog, "dataMissing"), "put the mean there")
    pick(box(dialog, "dataScaling"), "as they are")
    click(dialog.findChild(QAbstractButton, "dataShuffled"))
    read(dialog)
    assert len(readings) == 1
    data = dialog.reading.data
    assert (data.get("missing"), data.get("scaling"), data.get("shuffled")) == ("mean", "none", False)


def test_the_network_is_fitted_unless_that_is_switched_off(opened, flowers):
    dialog = opened(flowers)
    assert label(dialog, "dataFitAbout") == (
        "Sets: input a row of 4, dense_1 3 units, softmax, loss sparse categorical cross-entropy."
    )
    data = dialog.reading.data
    fitted = dialog.fit.apply(moons(), data)
    assert (fitted.stack.input_shape, fitted.stack.layers[-1].get("units"), fitted.data) == ((4,), 3, data)
    click(dialog.findChild(QAbstractButton, "dataFit"))
    assert dialog.fit.apply(moons(), data) == moons().change_data(data)


def test_a_network_that_cannot_be_fitted_stays_unless_a_person_gives_it_up(opened, flowers):
    dialog = opened(flowers, tutorial())
    assert label(dialog, "dataFitAbout").startswith("The network doesn't fit. conv2d (Conv2D) takes images")
    switch, data = dialog.findChild(QAbstractButton, "dataFit"), dialog.reading.data
    assert switch.text() == "Put a small network in its place: Dense 16 relu, Dense 3 softmax"
    assert dialog.fit.apply(tutorial(), data).stack == tutorial().stack
    click(switch)
    assert [layer.class_name for layer in dialog.fit.apply(tutorial(), data).stack.layers] == ["Dense", "Dense"]


def test_arrays(opened, read, arrays):
    dialog = opened(arrays)
    tree = dialog.findChild(QTreeWidget, "dataArrays")
    rows = [tree.topLevelItem(row) for row in range(tree.topLevelItemCount())]
    assert [[row.text(column) for column in range(4)] for row in rows] == [
        ["x", "90 × 5", "float64", "inputs"],
        ["y", "90", "int64", "targets"],
        ["z", "90", "float64", ""],
    ]
    assert label(dialog, "dataSummary") == "90 samples, 5 inputs, 3 classes: 0 30, 1 30, 2 30"
    pick(box(dialog, "dataTargets"), "z")
    read(dialog)
    assert label(dialog, "dataSummary") == "90 samples, 5 inputs, the target from -1 to 1"
    assert dialog.reading.data.get("task") == "numbers"


def test_an_array_alone_asks_for_its_targets(opened, read, tmp_path, monkeypatch):
    path, answers = tmp_path / "measured.npy", tmp_path / "answers.npy"
    np.save(path, np.random.default_rng(0).normal(size=(40, 6)))
    np.save(answers, np.arange(40) % 2)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_, **__: (str(answers), ""))
    dialog = opened(path)
    assert "choose the file of the targets too" in label(dialog, "dataFault")
    assert not take(dialog).isEnabled()
    click(dialog.findChild(QPushButton, "dataTargetsPath"))
    read(dialog)
    assert label(dialog, "dataSummary") == "40 samples, 6 inputs, 2 classes: 0 20, 1 20"
    assert dialog.findChild(QPushButton, "dataTargetsPath").text() == "answers.npy"
    assert take(dialog).isEnabled()


def test_pictures(opened, read, pictures, qtbot):
    dialog = opened(pictures)
    shown = dialog.findChild(QListWidget, "dataImages")
    qtbot.waitUntil(lambda: shown.count() == 10, timeout=10_000)
    assert [shown.item(row).text() for row in range(10)] == ["cat"] * 4 + ["dog"] * 6
    colours = [shown.item(row).icon().pixmap(20, 20).toImage().pixelColor(10, 10).getRgb()[:3] for row in (0, 9)]
    assert colours == [(255, 0, 0), (0, 0, 255)]
    assert label(dialog, "dataSummary").startswith("10 samples, each 10 × 12 × 3, 2 classes: cat 4, dog 6")
    type_over(dialog.findChild(QLineEdit, "dataSize"), "8 × 6")
    pick(box(dialog, "dataColour"), "grey")
    read(dialog)
    assert dialog.reading.data.found.sample_shape == (8, 6, 1)
    type_over(dialog.findChild(QLineEdit, "dataSize"), "none")
    assert any("size takes" in found.text() for found in dialog.findChildren(QLabel, "faultLabel"))


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("ragged.csv", b"a,b\n1,2\n1,2,3\n", "line 3"),
        ("empty.csv", b"", "empty"),
        ("table.csv", b"\x93NUMPY and no table", "no table"),
        ("broken.npz", b"PK\x03\x04 and no more", "broken.npz"),
    ],
)
def test_what_cannot_be_read_is_one_sentence(opened, tmp_path, name, content, sentence):
    path = tmp_path / name
    path.write_bytes(content)
    dialog = opened(path)
    assert sentence in label(dialog, "dataFault")
    assert not take(dialog).isEnabled()
    assert dialog.taken == []
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_a_file_that_is_gone(opened, tmp_path):
    dialog = opened(tmp_path / "gone.csv")
    assert "gone.csv is not there" in label(dialog, "dataFault")


def test_a_file_too_large_for_the_memory_is_one_sentence(opened, flowers, monkeypatch):
    def fails(*_):
        raise MemoryError

    monkeypatch.setattr(data_reader, "propose_data", fails)
    dialog = opened(flowers)
    assert "flowers.csv needs more memory than there is." in label(dialog, "dataFault")
    assert not take(dialog).isEnabled()


def test_closing_while_reading_wants_nothing_more(pool, flowers, opened):
    dialog = opened(flowers)
    pick(box(dialog, "dataMissing"), "put the mean there")
    assert dialog.busy
    dialog.reject()
    pool.waitForDone()
    assert dialog.taken == []
    assert not dialog.isVisible()


def test_every_control_has_a_name_and_is_reached_by_tab(opened, flowers):
    dialog = opened(flowers)
    stops, stop = [], dialog
    for _ in range(200):
        stop = stop.nextInFocusChain()
        if stop is dialog:
            break
        if stop.isVisible() and stop.isEnabled() and stop.focusPolicy() & Qt.FocusPolicy.TabFocus:
            stops.append(stop)
    names = [stop.objectName() for stop in stops]
    for name in (
        "dataTarget",
        "dataTask",
        "dataScaling",
        "dataMissing",
        "dataColumns",
        "dataTable",
        "dataFit",
        "dataTake",
    ):
        assert name in names, name
    for each in stops:
        if each.objectName().startswith("data"):
            assert each.accessibleName() or each.text(), each.objectName()


@pytest.mark.parametrize(
    ("name", "summary", "counts"),
    [
        (
            "iris",
            "150 samples, 4 inputs, 3 classes: setosa 50, versicolor 50, virginica 50",
            ["setosa 50", "versicolor 50", "virginica 50"],
        ),
        (
            "mnist_one_digit",
            "5,000 samples, each 28 × 28 × 1, 2 classes: another digit 4,500, the digit 500",
            ["another digit 4,500", "the digit 500"],
        ),
        ("two_moons", "2 inputs, 2 classes", []),
        ("diabetes", "10 inputs, the target from 25 to 346", []),
    ],
)
def test_given_data_are_looked_at(opened, qtbot, name, summary, counts):
    dialog = opened(DataSet.of(name))
    assert label(dialog, "dataSummary") == summary
    assert dialog.counts.said == counts
    assert box(dialog, "dataDelimiter") is None
    table = dialog.findChild(QTableView, "dataTable")
    if name in ("iris", "diabetes"):
        qtbot.waitUntil(lambda: table.model().rowCount() > 0, timeout=10_000)
        assert header(dialog)[0].endswith("target")
    if name.startswith("mnist"):
        shown = dialog.findChild(QListWidget, "dataImages")
        qtbot.waitUntil(lambda: shown.count() == 80, timeout=10_000)
        assert [shown.item(row).text() for row in range(0, 80, 8)] == [str(digit) for digit in range(10)]
        with np.load(resource_path("data/mnist_5k.npz")) as file:
            first = file["x"][np.flatnonzero(file["y"] == 7)[0]]
        picture = shown.item(56).icon().pixmap(72, 72).toImage().scaled(28, 28)
        found = [[picture.pixelColor(x, y).value() for x in range(28)] for y in range(28)]
        assert np.corrcoef(np.ravel(found), first.ravel())[0, 1] > 0.9
    click(take(dialog))
    assert dialog.taken == [DataSet.of(name)]
