import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest

from biasstudio.gui.panels.weights_view import WeightsView
from biasstudio.worker.messages import WeightArray, Weights

KERNEL = np.random.default_rng(2).normal(size=(3, 3, 2, 5)).astype(np.float32)
BIAS = np.linspace(-1, 1, 5).astype(np.float32)
MESSAGE = Weights(
    "conv2d", 423, (WeightArray("kernel", KERNEL.shape, "float32", KERNEL), WeightArray("bias", (5,), "float32", BIAS))
)


@pytest.fixture
def view(on_screen):
    view = on_screen(WeightsView(), 480, 500)
    mode = QAbstractItemModelTester.FailureReportingMode.Warning
    view.testers = [QAbstractItemModelTester(model, mode, view) for model in (view.arrays_model, view.slice_model)]
    return view


def text(model, row, column):
    return model.index(row, column).data()


def shown(value):
    return f"{value:+.4f}".replace("-", "−")


def test_arrays_and_their_figures(view):
    view.show_weights(MESSAGE)
    assert view.title.text() == "conv2d · step 423"
    assert "get_weights() gives them at step 423" in view.title.toolTip()
    row = [text(view.arrays_model, 0, column) for column in range(3)]
    mean, sd, low, high = (shown(float(f(KERNEL.astype(float)))) for f in (np.mean, np.std, np.min, np.max))
    assert row == ["kernel\n3 × 3 × 2 × 5", f"{mean}\n{sd}", f"{low}\n{high}"]
    assert view.arrays_model.index(0, 0).data(Qt.ItemDataRole.ToolTipRole) == "kernel: 3 × 3 × 2 × 5, float32"


def test_the_arrays_fit_a_narrow_side(view):
    view.resize(284, 400)
    view.show_weights(MESSAGE)
    QTest.qWait(20)
    assert view.arrays_table.horizontalHeader().length() <= view.arrays_table.viewport().width()
    assert view.title.fontMetrics().horizontalAdvance(view.title.text()) <= view.title.width()


def test_the_last_two_axes_are_the_table_and_the_others_have_spin_boxes(view):
    view.show_weights(MESSAGE)
    assert (view.slice_model.rowCount(), view.slice_model.columnCount()) == (2, 5)
    assert text(view.slice_model, 1, 4) == shown(KERNEL[0, 0, 1, 4])
    first, second = view._spins
    first.setValue(2)
    QTest.keyClick(second, Qt.Key.Key_Up)
    assert text(view.slice_model, 1, 4) == shown(KERNEL[2, 1, 1, 4])


def test_another_array_is_chosen_by_a_click(view):
    view.show_weights(MESSAGE)
    spot = view.arrays_table.visualRect(view.arrays_model.index(1, 0)).center()
    QTest.mouseClick(view.arrays_table.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    assert (view.slice_model.rowCount(), view.slice_model.columnCount()) == (5, 1)
    assert text(view.slice_model, 0, 0) == "−1.0000"
    assert not view._spins


def test_a_refresh_keeps_the_array_and_the_place(view):
    view.show_weights(MESSAGE)
    view._spins[0].setValue(1)
    view.show_weights(MESSAGE)
    assert view._spins[0].value() == 1
    view.arrays_table.selectRow(1)
    view.show_weights(MESSAGE)
    assert view.arrays_table.currentIndex().row() == 1


def test_it_asks_when_shown_chosen_and_refreshed(view, qtbot):
    with qtbot.waitSignal(view.requested) as asked:
        view.choose_layer("conv2d")
    assert asked.args == ["conv2d"]
    with qtbot.waitSignal(view.requested):
        QTest.mouseClick(view.refresh_button, Qt.MouseButton.LeftButton)
    view.hide()
    with qtbot.assertNotEmitted(view.requested):
        view.choose_layer("dense")
    with qtbot.waitSignal(view.requested) as asked:
        view.show()
    assert asked.args == ["dense"]


def test_an_answer_about_another_layer_is_left(view):
    view.choose_layer("dense")
    view.show_weights(MESSAGE)
    assert view.arrays_model.rowCount() == 0
    assert "dense" in view.title.text()


def test_no_weights_too_large_scalars_and_nan(view):
    view.show_weights(Weights("flatten", 1, ()))
    assert view.message.text() == "flatten has no weights, or is not built."
    view.choose_layer("dense")
    view.show_weights(Weights("dense", 1, (WeightArray("kernel", (90_000, 900), "float32", None),)))
    assert "too large" in view.message.text()
    assert text(view.arrays_model, 0, 1) == "–\n–"
    odd = (
        WeightArray("seed", (), "float32", np.array(3, np.float32)),
        WeightArray("nan", (2,), "float32", np.array([np.nan, np.inf], np.float32)),
    )
    view.choose_layer("odd")
    view.show_weights(Weights("odd", 1, odd))
    assert text(view.slice_model, 0, 0) == "+3.0000"
    view.arrays_table.selectRow(1)
    assert text(view.slice_model, 0, 0) == "NaN"
    assert text(view.arrays_model, 1, 1) == "–\n–"


def test_refresh_forgets_and_asks_again_once_on_screen(view, qtbot):
    with qtbot.assertNotEmitted(view.requested):
        view.refresh()
    view.show_weights(MESSAGE)
    with qtbot.waitSignal(view.requested) as asked:
        view.refresh()
    assert asked.args == ["conv2d"]
    assert view.weights is None
    assert view.arrays_model.rowCount() == 0
    assert not view.message.isVisible()
    view.show_weights(MESSAGE)
    view.hide()
    with qtbot.assertNotEmitted(view.requested):
        view.refresh()
    assert view.weights is None
    with qtbot.waitSignal(view.requested):
        view.show()


def test_a_large_array_formats_only_what_is_seen(on_screen):
    view = on_screen(WeightsView(), 480, 500)
    large = np.zeros((5_000, 2_000), np.float32)
    view.show_weights(Weights("dense", 1, (WeightArray("kernel", large.shape, "float32", large),)))
    assert view.slice_model.rowCount() == 5_000
    assert np.shares_memory(view.slice_model._values, large)
    view.grab()
