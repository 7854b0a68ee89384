"""What the built network tells the editor, and where it shows what is wrong."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton

from biasstudio.gui.stack_editor.bias_preview import BiasPreview
from biasstudio.gui.theme import theme
from biasstudio.recording.history import History
from biasstudio.recording.network import BiasVector, BuiltLayer
from biasstudio.spec.arguments import INPUT, SpecError
from biasstudio.spec.data_sets import DataSet
from biasstudio.worker.messages import Built
from tests.gui.stack_editor.driving import card, click, sentences, toggle

_VALUES = np.linspace(-1, 1, 43, dtype=np.float32)


@pytest.fixture
def built(document):
    vectors = [
        BiasVector(f"{name}/bias", (length,), name, "unit")
        for name, length in {"conv2d": 32, "dense": 10, "dense_1": 1}.items()
    ]
    history = History(vectors)
    history.append(0, 0, _VALUES)
    layers = (
        BuiltLayer("conv2d", (26, 26, 32), 320, 32),
        BuiltLayer("flatten", (21632,), 0, 0),
        BuiltLayer("dense", (10,), 216330, 10),
        BuiltLayer("dense_1", (1,), 11, 1),
    )
    return Built(document.experiment, layers, history, 0.061, None, (), "")


def _text(parent, name):
    return parent.findChild(QLabel, name).text()


def _with_misfit(built, misfit):
    return Built(built.experiment, built.layers, built.history, built.seconds, misfit, (), "")


def test_built_network_is_shown(editor, built):
    assert _text(card(editor, "conv2d"), "outputShape") == "–"
    editor.show_built(built)
    assert _text(editor, "stackSummary").replace("\u00a0", " ") == "216,661 parameters · 43 biases · built in 61 ms"
    assert _text(card(editor, "conv2d"), "outputShape") == "26 × 26 × 32"
    assert "216,330 params" in [label.text() for label in card(editor, "dense").findChildren(QLabel)]
    preview = card(editor, "conv2d").findChild(BiasPreview)
    assert preview.isVisible()
    np.testing.assert_array_equal(preview.values, _VALUES[:32])


def test_preview_draws_in_both_schemes_and_goes_with_the_bias(editor, built):
    editor.show_built(built)
    preview = card(editor, "conv2d").findChild(BiasPreview)
    light = preview.grab().toImage()
    theme().prefer(Qt.ColorScheme.Dark)
    assert preview.grab().toImage() != light
    theme().prefer(Qt.ColorScheme.Light)
    click(toggle(card(editor, "conv2d")))
    assert not preview.isVisible()


@pytest.mark.parametrize("values", [np.zeros(3), np.ones(1), np.full(5, np.nan), np.arange(5000.0) - 2500])
def test_preview_draws_any_values(qtbot, values):
    preview = BiasPreview()
    qtbot.addWidget(preview)
    preview.resize(200, 36)
    preview.show_values(values.astype(np.float32))
    assert not preview.grab().isNull()


def test_misfit_marks_its_layer_until_the_next_build(editor, built):
    editor.show_built(_with_misfit(built, SpecError("dense_1 has 1 output.", layer="dense_1")))
    assert sentences(card(editor, "dense_1")) == ["⚠ This doesn't fit the data."]
    assert card(editor, "dense_1").marked("fault")
    editor.show_built(built)
    assert not sentences(editor)
    assert not card(editor, "dense_1").marked("fault")


def test_problem_marks_its_layer_and_what_is_below_is_not_built(editor, built):
    editor.show_built(built)
    editor.show_problem(SpecError("flatten: does not fit.", layer="flatten"))
    assert sentences(editor) == ["⚠ flatten: does not fit."]
    shapes = [_text(card(editor, name), "outputShape") for name in ("conv2d", "flatten", "dense_1")]
    assert shapes == ["26 × 26 × 32", "–", "–"]


def test_problem_of_no_layer_is_shown_above(editor):
    editor.show_problem(SpecError("Out of memory."))
    assert sentences(editor) == ["⚠ Out of memory."]


def test_input_that_is_not_the_data_s_can_be_made_so(editor, document, built):
    document.edit("Data", lambda experiment: experiment.change_data(DataSet.of("two_moons")))
    button = editor.findChild(QPushButton, "useDataShapeButton")
    assert not button.isVisible()
    editor.show_built(_with_misfit(built, SpecError("The stack's input is (28, 28, 1).", layer=INPUT)))
    assert button.isVisible()
    click(button)
    assert document.stack.input_shape == (2,)
    assert not button.isVisible()


def test_a_build_of_an_older_stack_does_no_harm(editor, document, built):
    document.edit_stack("Remove", lambda stack: stack.remove("flatten").add("Dropout"))
    editor.show_built(built)
    assert _text(card(editor, "dropout"), "outputShape") == "–"


def test_no_text_is_cut_off_in_a_narrow_pane(qtbot, editor, built):
    editor.show_built(built)
    editor.resize(290, 900)
    qtbot.waitUntil(lambda: editor.width() == 290)
    for name in ("conv2d", "dense"):
        shown = card(editor, name)
        qtbot.waitUntil(lambda shown=shown: shown.minimumSizeHint().width() <= shown.width() <= 290)
