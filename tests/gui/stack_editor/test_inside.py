"""Layers inside layers, regularizers and constraints, and initializers that don't fit, by clicks and keys."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from biasstudio.spec.constraints import Constraint
from biasstudio.spec.initializers import Initializer
from biasstudio.spec.regularizers import Regularizer
from biasstudio.spec.stack import Layer, Stack
from tests.gui.stack_editor.driving import card, choose, click, initializer, pick, toggle, type_over

# Without a display a list that opens can neither be raised nor grab the keyboard, and Qt says so.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def sequences(document, editor):
    """The editor, with a stack of recurrent layers."""
    gru = Layer.of("GRU", "gru", units=3, return_sequences=True)
    stack = Stack((5, 2)).add("Bidirectional", layer=gru).add("RNN").add("Dense")
    document.edit_stack("Replace", lambda _: stack)
    return editor


def visible(widgets):
    return [widget for widget in widgets if widget.isVisible()]


def shown(layer_card: QWidget, name: str) -> QWidget:
    """The visible control of this argument, the last one where there are several."""
    return visible(layer_card.findChildren(QWidget, f"argument_{name}"))[-1]


def button(layer_card: QWidget, name: str) -> QPushButton:
    return visible(layer_card.findChildren(QPushButton, name))[0]


def test_the_bias_of_a_wrapped_layer_is_switched_and_started_on_the_wrappers_card(sequences, document):
    wrapper = card(sequences, "bidirectional")
    click(toggle(wrapper))
    assert document.stack.layer("bidirectional").get("layer").get("use_bias") is False
    assert document.undo_stack.undoText() == "Switch the bias of GRU in bidirectional off"
    assert not document.stack.layer("bidirectional").has_bias
    click(toggle(wrapper))
    pick(initializer(wrapper), "HeNormal")
    assert document.stack.layer("bidirectional").get("layer").get("bias_initializer") == Initializer.of("HeNormal")


def test_the_arguments_of_a_wrapped_layer_are_edited(sequences, document):
    choose(sequences, "bidirectional")
    wrapper = card(sequences, "bidirectional")
    type_over(shown(wrapper, "units"), "7")
    assert document.stack.layer("bidirectional").get("layer").get("units") == 7
    document.undo_stack.undo()
    assert document.stack.layer("bidirectional").get("layer").get("units") == 3
    assert shown(wrapper, "units").text() == "3"


def test_another_layer_is_wrapped_and_its_arguments_are_shown(sequences, document, qtbot):
    choose(sequences, "bidirectional")
    wrapper = card(sequences, "bidirectional")
    pick(visible(wrapper.findChildren(QWidget, "argument_layer"))[0], "SimpleRNN")
    assert document.stack.layer("bidirectional").get("layer").class_name == "SimpleRNN"
    assert not visible(wrapper.findChildren(QWidget, "argument_reset_after"))
    texts = lambda: [label.text() for label in visible(wrapper.findChildren(QLabel))]  # noqa: E731
    qtbot.waitUntil(lambda: "layer · SimpleRNN" in texts())
    document.undo_stack.undo()
    assert document.stack.layer("bidirectional").get("layer").get("units") == 3
    qtbot.waitUntil(lambda: bool(visible(wrapper.findChildren(QWidget, "argument_reset_after"))))


def test_a_renamed_wrapper_still_takes_edits_of_what_is_inside(sequences, document):
    choose(sequences, "bidirectional")
    document.edit_stack("Rename", lambda stack: stack.rename("bidirectional", "both"))
    click(toggle(card(sequences, "both")))
    assert not document.stack.layer("both").has_bias
    type_over(shown(card(sequences, "both"), "units"), "4")
    assert document.stack.layer("both").get("layer").get("units") == 4


def test_cells_are_added_changed_and_removed(sequences, document, qtbot):
    choose(sequences, "rnn")
    network = card(sequences, "rnn")
    click(button(network, "addCell"))
    classes = lambda: [cell.class_name for cell in document.stack.layer("rnn").get("cell")]  # noqa: E731
    assert classes() == ["LSTMCell", "LSTMCell"]
    assert len({cell.name for cell in document.stack.layer("rnn").get("cell")}) == 2
    qtbot.waitUntil(lambda: len(visible(network.findChildren(QWidget, "argument_cell"))) == 2)
    pick(visible(network.findChildren(QWidget, "argument_cell"))[1], "GRUCell")
    assert classes() == ["LSTMCell", "GRUCell"]
    qtbot.waitUntil(lambda: len(visible(network.findChildren(QWidget, "biasToggle"))) == 2)
    click(button(network, "removeCell"))
    assert classes() == ["GRUCell"]
    qtbot.waitUntil(lambda: len(visible(network.findChildren(QWidget, "biasToggle"))) == 1)


def test_regularizers_and_constraints_are_behind_a_button(editor, document):
    choose(editor, "dense")
    dense = card(editor, "dense")
    assert not visible(dense.findChildren(QWidget, "argument_bias_regularizer"))
    click(button(dense, "moreArguments"))
    pick(shown(dense, "bias_regularizer"), "L2")
    type_over(shown(dense, "l2"), "0.5")
    assert document.stack.layer("dense").get("bias_regularizer") == Regularizer.of("L2", l2=0.5)
    pick(shown(dense, "bias_constraint"), "NonNeg")
    assert document.stack.layer("dense").get("bias_constraint") == Constraint.of("NonNeg")
    pick(shown(dense, "bias_regularizer"), "none")
    assert document.stack.layer("dense").get("bias_regularizer") is None
    assert not visible(dense.findChildren(QWidget, "argument_l2"))


def test_what_is_not_as_usual_is_not_hidden(editor, document):
    document.edit_stack("Set", lambda stack: stack.change("dense", bias_constraint=Constraint.of("NonNeg")))
    choose(editor, "dense")
    assert shown(card(editor, "dense"), "bias_constraint").currentText() == "NonNeg"


def offered(choice) -> dict[str, bool]:
    model = choice.model()
    return {choice.itemText(row): model.item(row).isEnabled() for row in range(choice.count())}


def test_initializers_that_do_not_fit_are_switched_off_and_say_why(sequences):
    dense, wrapper = initializer(card(sequences, "dense")), initializer(card(sequences, "bidirectional"))
    assert not offered(dense)["Orthogonal"]
    assert not offered(dense)["Identity"]
    assert offered(dense)["HeNormal"]
    reason = dense.itemData(dense.findText("Orthogonal"), Qt.ItemDataRole.ToolTipRole)
    assert reason == "Orthogonal needs a matrix; a bias here is a vector."
    # A GRU's bias has two rows.
    assert offered(wrapper)["Orthogonal"]
    assert offered(wrapper)["Identity"]


def test_the_forget_gate_is_said_to_be_one(editor, document):
    document.edit_stack("Replace", lambda _: Stack((5, 2)).add("LSTM", units=8))
    lstm = card(editor, "lstm")
    pick(initializer(lstm), "HeNormal")
    # 8 values for gate i: √(2 / 8); 16 for gates c and o: √(2 / 16).
    assert any(label.text() == "σ = 0.5 and 0.35 · f = 1" for label in visible(lstm.findChildren(QLabel)))
