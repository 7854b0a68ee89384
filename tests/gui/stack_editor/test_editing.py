"""A layer's arguments, bias and initializer are changed by clicks and keys; wrong input changes nothing."""

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QWidget

from biasstudio.spec.initializers import VECTOR_INITIALIZERS, Initializer
from tests.gui.stack_editor.driving import (
    card,
    choose,
    click,
    field,
    initializer,
    pick,
    sentences,
    toggle,
    type_over,
)

# Without a display a list that opens can neither be raised nor grab the keyboard, and Qt says so.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


def test_toggle_switches_bias_off_and_on(editor, document):
    click(toggle(card(editor, "dense")))
    assert document.stack.layer("dense").get("use_bias") is False
    assert document.undo_stack.undoText() == "Switch the bias of dense off"
    assert not initializer(card(editor, "dense")).isEnabled()
    click(toggle(card(editor, "dense")))
    assert document.stack.layer("dense").get("use_bias") is True


def test_space_switches_the_focused_toggle(editor, document):
    toggle(card(editor, "conv2d")).setFocus()
    QTest.keyClick(toggle(card(editor, "conv2d")), Qt.Key.Key_Space)
    assert not document.stack.layer("conv2d").has_bias


def test_toggle_of_a_normalization_layer_is_center(editor, document):
    document.edit_stack("Add", lambda stack: stack.add("BatchNormalization", 1))
    switch = toggle(card(editor, "batch_normalization"))
    assert switch.text() == "center (beta)"
    click(switch)
    assert document.stack.layer("batch_normalization").get("center") is False


@pytest.mark.parametrize("name", VECTOR_INITIALIZERS)
def test_every_initializer_can_be_chosen(editor, document, name):
    before = document.experiment
    pick(initializer(card(editor, "dense")), name)
    assert document.stack.layer("dense").bias_initializer == Initializer.of(name)
    if name != "Zeros":
        document.undo_stack.undo()
    assert document.experiment == before
    assert initializer(card(editor, "dense")).currentText() == "Zeros"


def test_standard_deviation_follows_initializer_and_length(editor):
    shown = [label.text() for label in card(editor, "conv2d").findChildren(QLabel) if label.isVisible()]
    assert "σ = 0.25" in shown
    conv2d = choose(editor, "conv2d")
    type_over(field(conv2d, "filters"), "8")
    shown = [label.text() for label in conv2d.findChildren(QLabel) if label.isVisible()]
    assert "σ = 0.5" in shown


def test_parameters_of_initializer_are_fields(editor, document):
    pick(initializer(card(editor, "dense")), "RandomNormal")
    type_over(field(card(editor, "dense"), "stddev"), "0.5")
    assert document.stack.layer("dense").bias_initializer == Initializer.of("RandomNormal", stddev=0.5)


def test_constant_takes_one_number_or_one_for_each_unit(editor, document):
    pick(initializer(card(editor, "dense")), "Constant")
    value = field(card(editor, "dense"), "value")
    type_over(value, "0.5")
    assert document.stack.layer("dense").bias_initializer.get("value") == 0.5
    type_over(value, "0, 1, 2, 3, 4, 5, 6, 7, 8, 9")
    assert document.stack.layer("dense").bias_initializer.get("value") == tuple(map(float, range(10)))


def test_constant_list_of_wrong_length_is_refused_on_the_card(editor, document):
    pick(initializer(card(editor, "dense")), "Constant")
    before = document.experiment
    value = field(card(editor, "dense"), "value")
    type_over(value, "1, 2, 3")
    assert document.experiment == before
    assert value.text() == "1, 2, 3"
    assert value.property("fault")
    assert card(editor, "dense").marked("fault")
    assert ["has 3 values, but the bias has 10" in text for text in sentences(card(editor, "dense"))] == [True]
    QTest.keyClick(value, Qt.Key.Key_Escape)
    assert value.text() == "0"
    assert not card(editor, "dense").marked("fault")
    assert not sentences(card(editor, "dense"))


def test_length_that_a_constant_list_does_not_have_is_refused(editor, document):
    values = Initializer.of("Constant", value=tuple(range(10)))
    document.edit_stack("Set", lambda stack: stack.change("dense", bias_initializer=values))
    dense = choose(editor, "dense")
    type_over(field(dense, "units"), "5")
    assert document.stack.layer("dense").get("units") == 10
    assert "has 10 values, but the bias has 5" in sentences(dense)[0]
    type_over(field(dense, "units"), "10")
    assert not sentences(dense)


@pytest.mark.parametrize("text", ["0", "-3", "ten", "1.5", "9999999"])
def test_wrong_number_of_units_stays_marked_and_changes_nothing(editor, document, text):
    before = document.experiment
    dense = choose(editor, "dense")
    units = field(dense, "units")
    type_over(units, text)
    assert document.experiment == before
    assert document.undo_stack.count() == 0
    assert units.text() == text
    assert units.property("fault")
    assert "units takes a whole number from 1 to 1000000" in sentences(dense)[0]


def test_a_wrong_text_stays_in_sight_when_another_layer_is_chosen(editor):
    dense = choose(editor, "dense")
    type_over(field(dense, "units"), "ten")
    choose(editor, "conv2d")
    assert field(dense, "units").isVisible()
    type_over(field(dense, "units"), "10")
    choose(editor, "flatten")
    assert not field(dense, "units").isVisible()


def test_typing_without_enter_is_taken_after_a_pause(qtbot, editor, document):
    units = field(choose(editor, "dense"), "units")
    with qtbot.waitSignal(document.changed):
        type_over(units, "16", end=None)
    assert document.stack.layer("dense").get("units") == 16
    assert units.hasFocus()
    QTest.keyClicks(units, "0")
    qtbot.waitUntil(lambda: document.stack.layer("dense").get("units") == 160)
    assert document.undo_stack.count() == 1
    assert units.hasFocus()
    document.undo_stack.undo()
    assert units.text() == "10"


def test_choices_and_kernel_initializer_are_edits(editor, document):
    dense = choose(editor, "dense")
    pick(dense.findChild(QComboBox, "argument_activation"), "tanh")
    pick(dense.findChild(QComboBox, "argument_kernel_initializer"), "Orthogonal")
    layer = document.stack.layer("dense")
    assert layer.get("activation") == "tanh"
    assert layer.get("kernel_initializer") == Initializer.of("Orthogonal")
    assert layer.bias_initializer == Initializer.of("Zeros")


def test_rename_keeps_the_card_and_the_choice(editor, document):
    dense = choose(editor, "dense")
    type_over(field(dense, "name"), "encoder")
    assert [layer.name for layer in document.stack.layers] == ["conv2d", "flatten", "encoder", "dense_1"]
    assert card(editor, "encoder") is dense
    assert editor.chosen_layer == "encoder"
    click(toggle(dense))
    assert not document.stack.layer("encoder").has_bias


@pytest.mark.parametrize("name", ["conv2d", "two words", "", "a/b"])
def test_rename_to_a_taken_or_wrong_name_is_refused(editor, document, name):
    dense = choose(editor, "dense")
    line = field(dense, "name")
    line.setFocus()
    line.selectAll()
    QTest.keyClick(line, Qt.Key.Key_Delete)
    QTest.keyClicks(line, name)
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert document.undo_stack.count() == 0
    assert len(sentences(dense)) == 1
    assert line.text() == name
    QTest.keyClick(line, Qt.Key.Key_Escape)
    assert line.text() == "dense"


def test_input_shape_is_an_edit(editor, document):
    shape = field(editor, "shape")
    type_over(shape, "14x14x3")
    assert document.stack.input_shape == (14, 14, 3)
    assert shape.text() == "14 × 14 × 3"
    type_over(shape, "0")
    assert document.stack.input_shape == (14, 14, 3)
    assert "shape takes 1 to 5 whole numbers" in sentences(editor)[0]


def test_undo_and_redo_through_everything(editor, document):
    start = document.experiment
    dense = choose(editor, "dense")
    click(toggle(dense))
    click(toggle(dense))
    pick(initializer(dense), "HeNormal")
    type_over(field(dense, "units"), "12")
    type_over(field(dense, "name"), "middle")
    type_over(field(editor, "shape"), "28 28 3")
    end = document.experiment
    for _ in range(document.undo_stack.count()):
        document.undo_stack.undo()
    assert document.experiment == start
    assert card(editor, "dense") is dense
    assert field(dense, "units").text() == "10"
    while document.undo_stack.canRedo():
        document.undo_stack.redo()
    assert document.experiment == end
    assert field(dense, "units").text() == "12"


@pytest.mark.parametrize("name", ["initializerChoice", "argument_activation", "argument_units", "biasToggle"])
def test_the_wheel_changes_no_value(editor, document, name):
    before = document.experiment
    dense = choose(editor, "dense")
    control = dense.findChild(QWidget, name)
    control.setFocus()
    middle = QPointF(control.rect().center())
    wheel = QWheelEvent(
        middle,
        control.mapToGlobal(middle),
        QPoint(),
        QPoint(0, -120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(control, wheel)
    assert document.experiment == before


def test_a_wrong_parameter_stays_when_its_layer_is_chosen(editor):
    pick(initializer(card(editor, "dense")), "RandomNormal")
    stddev = field(card(editor, "dense"), "stddev")
    type_over(stddev, "-1")
    dense = choose(editor, "dense")
    assert stddev.text() == "-1"
    assert stddev.isVisible()
    assert "stddev takes a number of 0 or more" in sentences(dense)[0]
    assert field(dense, "seed").isVisible()


def test_seeds_say_whose_they_are_and_stand_in_the_grid(editor):
    pick(initializer(card(editor, "dense")), "RandomNormal")
    dense = choose(editor, "dense")
    QTest.qWait(20)
    labels = {label.text(): label for label in dense.findChildren(QLabel) if label.isVisible()}
    assert {"bias seed", "kernel seed"} <= set(labels)
    seed, choice = labels["kernel seed"].buddy(), dense.findChild(QComboBox, "argument_kernel_initializer")
    assert seed.objectName() == "argument_seed"
    assert seed.mapTo(dense, seed.rect().topLeft()).x() == choice.mapTo(dense, choice.rect().topLeft()).x()
