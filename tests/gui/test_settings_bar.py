"""The settings bar edits the data and the training settings of the document."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLabel, QLineEdit

from biasstudio.gui.document import Document
from biasstudio.gui.settings_bar import SettingsBar
from biasstudio.spec.data_sets import DATA_SET_TYPES, GIVEN_TYPES, DataSet
from biasstudio.spec.experiment import Experiment, Training
from biasstudio.spec.losses import LOSS_TYPES
from biasstudio.spec.optimizers import OPTIMIZER_TYPES
from biasstudio.spec.stack import Stack
from tests.gui.stack_editor.driving import pick, sentences, type_over

# Without a display a list that opens can neither be raised nor grab the keyboard, and Qt says so.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def document():
    return Document(Experiment(Stack((28, 28, 1)).add("Flatten"), DataSet.of("mnist_odd_even"), Training()))


@pytest.fixture
def bar(qtbot, document):
    bar = SettingsBar(document)
    qtbot.addWidget(bar)
    bar.resize(1440, 40)
    bar.show()
    qtbot.waitExposed(bar)
    return bar


def _box(bar, name):
    return bar.findChild(QComboBox, name)


def _line(bar, name):
    return bar.findChild(QLineEdit, f"argument_{name}")


@pytest.mark.parametrize("name", GIVEN_TYPES)
def test_every_data_set_can_be_chosen(bar, document, name):
    start = document.experiment
    pick(_box(bar, "dataChoice"), DATA_SET_TYPES[name].title)
    assert document.experiment.data == DataSet.of(name)
    assert document.experiment.training.loss == DATA_SET_TYPES[name].loss
    assert _line(bar, "epochs").text() == str(document.experiment.training.epochs)
    document.undo_stack.undo()
    assert document.experiment == start
    assert _box(bar, "dataChoice").currentText() == "MNIST 5k · odd or even"


def test_parameters_of_the_data(bar, document):
    pick(_box(bar, "dataChoice"), "Two moons")
    type_over(_line(bar, "data_points"), "200")
    type_over(_line(bar, "data_noise"), "0.3")
    type_over(_line(bar, "data_seed"), "5")
    assert document.experiment.data == DataSet.of("two_moons", points=200, noise=0.3, seed=5)
    assert document.experiment.training.seed == 0
    pick(_box(bar, "dataChoice"), "MNIST 5k · one digit or not")
    type_over(_line(bar, "data_digit"), "7")
    assert document.experiment.data.get("digit") == 7


@pytest.mark.parametrize("loss", LOSS_TYPES)
def test_every_loss_can_be_chosen(bar, document, loss):
    pick(_box(bar, "lossChoice"), LOSS_TYPES[loss].title)
    assert document.experiment.training.loss == loss


@pytest.mark.parametrize("optimizer", OPTIMIZER_TYPES)
def test_an_optimizer_brings_its_learning_rate(bar, document, optimizer):
    pick(_box(bar, "optimizerChoice"), optimizer)
    assert document.experiment.training.optimizer == optimizer
    assert float(_line(bar, "learning_rate").text()) == OPTIMIZER_TYPES[optimizer].learning_rate


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("learning_rate", "1e-4", 1e-4),
        ("epochs", "12", 12),
        ("batch_size", "64", 64),
        ("validation_share", "0.25", 0.25),
        ("seed", "42", 42),
    ],
)
def test_numbers_are_undoable_edits(bar, document, name, text, value):
    start = document.experiment
    type_over(_line(bar, name), text)
    assert getattr(document.experiment.training, name) == value
    assert document.undo_stack.count() == 1
    document.undo_stack.undo()
    assert document.experiment == start
    assert float(_line(bar, name).text()) == getattr(start.training, name)


@pytest.mark.parametrize(
    ("name", "text"),
    [("learning_rate", "-1"), ("epochs", "0"), ("batch_size", "ten"), ("validation_share", "1"), ("seed", "0.5")],
)
def test_wrong_numbers_are_marked_and_change_nothing(bar, document, name, text):
    line = _line(bar, name)
    type_over(line, text)
    assert document.undo_stack.count() == 0
    assert line.text() == text
    assert line.property("fault")
    assert f"{name} takes" in sentences(bar)[0]
    QTest.keyClick(line, Qt.Key.Key_Escape)
    assert not sentences(bar)


def test_fits_one_row_and_wraps(bar):
    heights = {}
    for width in (1440, 1024, 700):
        bar.resize(width, 40)
        bar.layout().activate()
        labels = [label for label in bar.findChildren(QLabel) if label.isVisible()]
        heights[width] = len({label.mapTo(bar, label.rect().topLeft()).y() for label in labels})
        assert all(label.mapTo(bar, label.rect().topRight()).x() < width for label in labels)
    assert heights[1440] == 1
    assert heights[1024] == 2
    assert heights[700] >= 2


def test_locked(bar, document):
    bar.set_locked(True)
    for control in (_box(bar, "dataChoice"), _line(bar, "epochs")):
        assert not control.isEnabled()
        assert control.toolTip() == "Stop the training to change the settings"
    bar.set_locked(False)
    assert _line(bar, "epochs").toolTip().startswith("How often")
    type_over(_line(bar, "epochs"), "4")
    assert document.experiment.training.epochs == 4


def test_choices_and_switches_of_the_data(bar, document):
    pick(_box(bar, "dataChoice"), "MNIST")
    scaling = _box(bar, "argument_data_scaling")
    for text in ("standardise", "none"):
        pick(scaling, text)
        assert document.experiment.data.get("scaling") == text
        assert scaling.fontMetrics().horizontalAdvance("standardise") + 20 < scaling.width()
    channel = bar.findChild(QAbstractButton, "argument_data_channel")
    QTest.mouseClick(channel, Qt.MouseButton.LeftButton)
    assert document.experiment.data.type.sample_shape == (28, 28)
    document.undo_stack.undo()
    assert document.experiment.data.type.sample_shape == (28, 28, 1)
