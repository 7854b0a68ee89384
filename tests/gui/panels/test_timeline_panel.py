from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetricsF, QImage
from PySide6.QtTest import QTest

from biasstudio.gui.panels.timeline_panel import TimelinePanel
from biasstudio.gui.theme import theme
from biasstudio.recording.history import EpochRecord, History
from tests.gui.panels.conftest import DENSE, history_of
from tests.gui.panels.pointer import click, drag, hover


@pytest.fixture
def panel(state, history, on_screen):
    panel = on_screen(TimelinePanel(state), 640, 240)
    state.set_history(history)
    panel.refresh()
    return panel


def chips(panel):
    return {chip.text(): chip for chip in panel.metrics.chips()}


def test_the_loss_of_every_batch_and_the_validation_of_every_epoch(panel):
    x, y = panel.plot.batches.getData()
    assert np.allclose(x, np.arange(1, 51))
    assert np.allclose(y, 1 / np.arange(1, 51))
    x, y = panel.plot.validation.getData()
    assert x.tolist() == [20, 40]
    assert np.allclose(y, [2 / 20, 2 / 40])
    assert panel.plot.label_texts() == ("step", "loss")
    assert "batch loss" in panel.legend.text()
    assert "validation loss" in panel.legend.text()


@pytest.mark.parametrize(
    ("course", "corner"),
    [
        (lambda x: 1 / x, "upper right"),
        (lambda x: float(x > 20), "lower right"),
        (lambda x: 0.0 if x < 25 else x % 2, "upper left"),
        (lambda x: 1.0 if x < 25 else x % 2, "lower left"),
    ],
)
def test_the_legend_lies_where_the_curve_does_not(panel, state, course, corner):
    history = History((DENSE,), ("loss",))
    for step in range(51):
        history.append(step, 1, np.zeros(4, np.float32), [course(step)] if step else ())
    state.set_history(history)
    panel.refresh()
    area, legend = panel.plot.data_rect(), panel.legend.geometry()
    height = "upper" if legend.center().y() < area.center().y() else "lower"
    assert corner == f"{height} {'right' if legend.center().x() > area.center().x() else 'left'}"


def test_a_chip_shows_another_metric(panel):
    assert chips(panel)["loss"].isChecked()
    QTest.mouseClick(chips(panel)["accuracy"], Qt.MouseButton.LeftButton)
    assert panel.dirty
    panel.refresh()
    _, y = panel.plot.batches.getData()
    assert np.allclose(y, 1 - 1 / np.arange(1, 51), atol=1e-6)
    assert panel.plot.validation.getData()[1].tolist() == [0.5, 0.5]
    assert not chips(panel)["loss"].isChecked()


def test_the_metric_stays_where_the_next_history_has_it(panel, state, frames):
    panel.show_metric("accuracy")
    state.set_history(history_of(frames[:10]))
    panel.refresh()
    assert panel.shown_metric == "accuracy"
    other = History((DENSE,), ("loss", "mae"))
    other.append(0, 0, np.zeros(4, np.float32))
    state.set_history(other)
    panel.refresh()
    assert panel.shown_metric == "loss"
    assert sorted(chips(panel)) == ["loss", "mae"]


def test_epochs_are_bounded_and_labelled(panel):
    x, _ = panel.plot.boundaries.getData()
    assert x.tolist() == [20, 20, 40, 40]
    labels = panel.plot.plotItem.getAxis("top")._tickLevels[0]
    assert labels == [(10.0, "epoch 1"), (30.0, "epoch 2"), (45.0, "epoch 3")]


def test_hundreds_of_epochs_are_thinned(state, on_screen):
    history = History((DENSE,), ("loss",))
    for step in range(0, 1001):
        history.append(step, -(-step // 2), np.zeros(4, np.float32), (1.0,) if step else ())
        if step and step % 2 == 0:
            history.append_epoch(EpochRecord(step // 2, step, {}))
    panel = on_screen(TimelinePanel(state), 500, 220)
    state.set_history(history)
    panel.refresh()
    assert 2 < len(panel.plot.plotItem.getAxis("top")._tickLevels[0]) < 12
    assert len(panel.plot.boundaries.getData()[0]) / 2 < 100


@pytest.mark.parametrize("first", [1, 100, 12_000])
def test_epoch_labels_never_run_into_each_other(state, on_screen, first):
    history = History((DENSE,), ("loss",))
    for step in range(0, 1001):
        history.append(step, first + step // 2, np.zeros(4, np.float32), (1.0,) if step else ())
        if step and step % 2 == 0:
            history.append_epoch(EpochRecord(first + step // 2, step, {}))
    panel = on_screen(TimelinePanel(state), 620, 220)
    state.set_history(history)
    panel.refresh()
    top = panel.plot.plotItem.getAxis("top")
    labels = top._tickLevels[0]
    advance = QFontMetricsF(top.style["tickFont"]).horizontalAdvance
    pixels = panel.plot.data_rect().width() / 1000
    for (left, text), (right, following) in pairwise(labels):
        assert (right - left) * pixels > (advance(text) + advance(following)) / 2 + 4
    assert len(labels) > 3


def test_the_header_says_where_one_is(panel, state):
    assert panel.subtitle.text() == "step 50 of 50 · epoch 3 · following"
    assert not panel.follow_button.isEnabled()
    state.show_step(33)
    panel.refresh()
    assert panel.subtitle.text() == "step 33 of 50 · epoch 2"
    assert panel.follow_button.isEnabled()
    QTest.mouseClick(panel.follow_button, Qt.MouseButton.LeftButton)
    assert state.following


def test_dragging_the_line_scrubs_and_at_the_end_follows(panel, state):
    drag(panel.plot, 50, 20, 0.5)
    assert not state.following
    assert abs(state.step - 20) <= 1
    panel.refresh()
    assert panel.plot.cursor_line.value() == state.step
    assert panel.slider.value() == state.step
    drag(panel.plot, 20, 52, 0.5)
    assert state.following


def test_a_click_goes_to_a_step(panel, state):
    click(panel.plot, 10, 0.5)
    assert abs(state.step - 10) <= 1


def test_the_slider_scrubs_by_keyboard(panel, state):
    assert (panel.slider.minimum(), panel.slider.maximum(), panel.slider.value()) == (0, 50, 50)
    panel.slider.setFocus()
    QTest.keyClick(panel.slider, Qt.Key.Key_Left)
    assert state.step == 49
    QTest.keyClick(panel.slider, Qt.Key.Key_Home)
    assert state.step == 0
    assert not state.following
    QTest.keyClick(panel.slider, Qt.Key.Key_End)
    assert state.following
    assert panel.slider.accessibleName()


def test_arrow_keys_on_the_plot_move_by_a_step(panel, state):
    panel.plot.setFocus()
    QTest.keyClick(panel.plot, Qt.Key.Key_Left)
    QTest.keyClick(panel.plot, Qt.Key.Key_Left)
    assert state.step == 48
    QTest.keyClick(panel.plot, Qt.Key.Key_Escape)
    assert state.following


def test_a_growing_history_does_not_move_a_held_cursor(panel, state, history, frames):
    state.show_step(30)
    panel.refresh()
    history.append(51, 3, frames[-1], (0.1, 0.9))
    panel.mark_dirty()
    panel.refresh()
    assert state.step == 30
    assert panel.slider.maximum() == 51
    assert panel.slider.value() == 30


def test_not_finite_losses_are_left_out_of_curve_and_range(state, on_screen):
    history = History((DENSE,), ("loss",))
    losses = [0.5, np.nan, np.inf, 0.25, 0.125]
    history.append(0, 0, np.zeros(4, np.float32))
    for step, loss in enumerate(losses, start=1):
        history.append(step, 1, np.zeros(4, np.float32), (loss,))
    history.append_epoch(EpochRecord(1, 5, {"val_loss": float("nan")}))
    panel = on_screen(TimelinePanel(state), 500, 220)
    state.set_history(history)
    panel.refresh()
    low, high = panel.plot.shown_range()[1]
    assert low == 0
    assert 0.5 <= high < 0.6
    assert panel.plot.batches.opts["connect"].tolist() == [0, 0, 0, 1, 0]
    assert "2 of 5 not finite" in panel.legend.text()
    panel.grab()


def test_before_training_and_without_biases_there_is_a_timeline(state, on_screen):
    panel = on_screen(TimelinePanel(state), 500, 220)
    panel.refresh()
    assert panel.empty.isVisible()
    history = History((), ("loss",))
    history.append(0, 0, np.empty(0, np.float32))
    state.set_history(history)
    panel.refresh()
    assert not panel.empty.isVisible()
    assert panel.subtitle.text() == "step 0 · before training"
    assert panel.plot.shown_range()[0] == (0, 1)
    history.append(1, 1, np.empty(0, np.float32), (0.7,))
    panel.refresh()
    assert panel.plot.batches.getData()[1].tolist() == pytest.approx([0.7])


def test_a_history_without_metrics_still_scrubs(state, on_screen):
    history = History((DENSE,))
    for step in range(4):
        history.append(step, 1 if step else 0, np.zeros(4, np.float32))
    panel = on_screen(TimelinePanel(state), 500, 220)
    state.set_history(history)
    panel.refresh()
    panel.slider.setValue(2)
    assert state.step == 2
    assert panel.shown_metric is None


def test_hovering_tells_step_epoch_and_loss(panel):
    hover(panel.plot, 25, 0.5)
    said = panel.plot.said()
    assert said.startswith("step 2")
    assert "epoch 2" in said
    assert "batch loss 0.0" in said


def test_the_plot_stays_in_place_whatever_the_header_holds(panel, state):
    QTest.qWait(20)
    place = panel.plot.geometry()
    state.show_step(10)
    panel.refresh()
    QTest.qWait(20)
    assert panel.follow_button.isVisible()
    assert panel.plot.geometry() == place
    none = History((DENSE,), ())
    none.append(0, 0, np.zeros(4, np.float32))
    state.set_history(none)
    panel.refresh()
    QTest.qWait(20)
    assert not panel.metrics.isVisible()
    assert panel.plot.geometry() == place


def test_scrubbing_leaves_no_remnants(panel, state):
    for step in (10, 50, 3, 30):
        state.show_step(step)
        panel.refresh()
        QTest.qWait(20)
    on_screen = panel.screen().grabWindow(panel.winId()).toImage()
    assert on_screen.convertToFormat(QImage.Format.Format_RGB32) == panel.grab().toImage().convertToFormat(
        QImage.Format.Format_RGB32
    )


def test_epoch_labels_stand_within_their_axis(panel):
    top = panel.plot.plotItem.getAxis("top").sceneBoundingRect().top()
    shown = panel.plot.grab().toImage()
    inks = {shown.pixelColor(x, y).name() for y in range(int(top) + 1) for x in range(shown.width())}
    assert inks == {theme().colours.surface}


def test_the_sliders_handle_starts_under_the_plots_first_step(panel):
    QTest.qWait(20)
    assert panel.slider.geometry().left() == pytest.approx(panel.plot.data_rect().left() - 7, abs=1)
