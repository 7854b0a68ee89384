"""One argument's editor: what is typed is parsed, what is wrong stays and is marked."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from biasstudio.gui.argument_field import ArgumentField
from biasstudio.spec.arguments import Argument

_UNITS = Argument("units", "integer", 10, "Number of outputs.", minimum=1)
_SEED = Argument("seed", "integer", None, "Fix it.", minimum=0, unset="from experiment")


@pytest.fixture
def make(qtbot):
    def make(argument, value):
        field = ArgumentField(argument, value)
        qtbot.addWidget(field)
        with qtbot.waitActive(field):
            field.show()
            field.activateWindow()
        field.chosen = []
        field.valueChosen.connect(field.chosen.append)
        return field

    return make


def _type(field, text, key=Qt.Key.Key_Return):
    field.control.setFocus()
    field.control.selectAll()
    QTest.keyClicks(field.control, text)
    if key is not None:
        QTest.keyClick(field.control, key)


@pytest.mark.parametrize(
    ("argument", "start", "text", "value", "shown"),
    [
        (_UNITS, 10, "12", 12, "12"),
        (Argument("rate", "number", 0.5), 0.5, "1e-3", 0.001, "0.001"),
        (Argument("kernel_size", "integers", (3, 3), minimum=1), (3, 3), "5", (5, 5), "5 × 5"),
        (Argument("shape", "shape", (2,), minimum=1), (2,), "28, 28", (28, 28), "28 × 28"),
        (Argument("value", "numbers", 0.1), 0.1, "1 2 3", (1.0, 2.0, 3.0), "1, 2, 3"),
        (_SEED, None, "7", 7, "7"),
        (_SEED, 7, "from experiment", None, ""),
    ],
)
def test_enter_chooses_what_is_typed(make, argument, start, text, value, shown):
    field = make(argument, start)
    _type(field, text)
    assert field.chosen == [value]
    assert field.value == value
    assert field.control.text() == shown


def test_a_pause_in_typing_chooses_once(qtbot, make):
    field = make(_UNITS, 10)
    with qtbot.waitSignal(field.valueChosen):
        _type(field, "16", key=None)
    QTest.keyClick(field.control, Qt.Key.Key_Return)
    assert field.chosen == [16]


def test_leaving_the_field_chooses(make):
    field = make(_UNITS, 10)
    _type(field, "16", key=None)
    field.control.clearFocus()
    assert field.chosen == [16]


@pytest.mark.parametrize("text", ["0", "-3", "ten", "1.5", "1e999"])
def test_wrong_text_stays_marked_and_escape_restores(qtbot, make, text):
    field = make(_UNITS, 10)
    with qtbot.waitSignal(field.faultChanged) as fault:
        _type(field, text)
    assert fault.args[0].startswith("units takes a whole number of 1 or more, not ")
    assert field.control.text() == text
    assert field.control.property("fault")
    assert field.value == 10
    QTest.keyClick(field.control, Qt.Key.Key_Escape)
    assert field.control.text() == "10"
    assert not field.fault
    assert not field.control.property("fault")
    assert field.chosen == []


def test_wrong_text_is_marked_after_a_pause_too(qtbot, make):
    field = make(_UNITS, 10)
    with qtbot.waitSignal(field.faultChanged):
        _type(field, "ten", key=None)


def test_refused_value_stays_in_the_field(make):
    field = make(_UNITS, 10)
    field.valueChosen.connect(lambda _value: field.refuse("Not here."))
    _type(field, "12")
    assert (field.control.text(), field.fault, field.value) == ("12", "Not here.", 10)
    _type(field, "10")
    assert field.fault == ""


def test_set_value_is_silent_and_leaves_an_equal_text(make):
    field = make(Argument("kernel_size", "integers", (3, 3), minimum=1), (3, 3))
    _type(field, "5", key=None)
    field.set_value((5, 5))
    assert field.control.text() == "5"
    field.set_value((7, 7))
    assert field.control.text() == "7 × 7"
    assert field.chosen == []


def test_set_value_leaves_a_wrong_text_while_the_value_stays(make):
    field = make(_UNITS, 10)
    _type(field, "ten")
    field.set_value(10)
    assert field.control.text() == "ten"
    field.set_value(11)
    assert (field.control.text(), field.fault) == ("11", "")


def test_what_stands_for_none_is_the_placeholder(make):
    field = make(_SEED, None)
    assert (field.control.text(), field.control.placeholderText()) == ("", "from experiment")


def test_a_choice_is_a_list(make):
    field = make(Argument("padding", "choice", "valid", choices=("valid", "same")), "valid")
    field.control.setFocus()
    QTest.keyClick(field.control, Qt.Key.Key_Down)
    assert field.chosen == ["same"]
    field.set_value("valid")
    assert field.value == "valid"
    assert field.chosen == ["same"]


def test_a_boolean_is_a_switch(make):
    field = make(Argument("scale", "boolean", True), True)
    QTest.mouseClick(field.control, Qt.MouseButton.LeftButton)
    assert field.chosen == [False]
    field.set_value(True)
    assert field.value is True
    assert field.chosen == [False]


def test_names_and_help(make):
    field = make(_UNITS, 10)
    assert field.control.objectName() == "argument_units"
    assert field.control.accessibleName() == "units"
    assert field.control.toolTip() == "Number of outputs.\nTakes a whole number of 1 or more.\nDefault: 10"


def test_hiding_takes_what_was_typed(make):
    field = make(_UNITS, 10)
    _type(field, "16", key=None)
    field.close()
    assert field.chosen == [16]
