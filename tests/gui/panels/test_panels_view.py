import time

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLabel, QPushButton

from biasstudio.gui.panels.display_clock import TRAINING_SHARE
from biasstudio.gui.panels.panels_view import PanelsView
from biasstudio.gui.theme import theme
from biasstudio.gui.view_state import Scale
from tests.gui.panels.conftest import frames_of, history_of

NAMES = ["vectorPanel", "heatmapPanel", "tracesPanel", "spreadPanel", "overviewPanel", "timelinePanel"]


@pytest.fixture
def view(state, clock, on_screen):
    return on_screen(PanelsView(state, clock), 740, 800)


def clean(view):
    return lambda: not any(panel.dirty for panel in view.panels if panel.isVisible())


def press(view, name):
    QTest.mouseClick(view.findChild(QPushButton, name), Qt.MouseButton.LeftButton)


def test_all_panels_have_their_names(view):
    assert [panel.objectName() for panel in view.panels] == NAMES


def test_the_clock_draws_what_is_visible_and_then_rests(view, state, clock, history, qtbot):
    state.set_history(history)
    qtbot.waitUntil(clean(view))
    qtbot.waitUntil(lambda: not clock.active)
    assert view.overview_panel.dirty
    assert len(view.vector_panel.bars.opts["height"]) == 32


def test_hidden_panels_are_drawn_when_they_are_shown(view, state, history, qtbot):
    state.set_history(history)
    press(view, "chipOverview")
    assert view.overview_panel.isVisible()
    qtbot.waitUntil(lambda: not view.overview_panel.dirty)
    assert view.overview_panel.model.rowCount() == 3


def test_chips_hide_panels_and_the_grid_reflows(view, qtbot):
    QTest.qWait(20)
    narrow = view.traces_panel.width()
    press(view, "chipSpread")
    qtbot.waitUntil(lambda: view.traces_panel.width() > 1.8 * narrow)
    assert not view.spread_panel.isVisible()
    for name in ("chipVector", "chipHeatmap", "chipTraces"):
        press(view, name)
    assert not any(panel.isVisible() for panel in view.panels[:5])
    hint = view.findChild(QLabel, "noPanel")
    assert hint.isVisible()
    assert "choose one above" in hint.text()
    press(view, "chipHeatmap")
    qtbot.waitUntil(lambda: view.heatmap_panel.width() > 1.8 * narrow)
    assert not hint.isVisible()


def test_the_chooser_lists_all_vectors_and_chooses(view, state, history):
    state.set_history(history)
    chooser = view.findChild(QComboBox, "vectorChoice")
    assert [chooser.itemText(i) for i in range(chooser.count())] == ["conv2d/bias", "dense/bias", "gru/gru_cell/bias"]
    assert view.header.facts.text() == "32 channels · float32"
    chooser.setFocus()
    QTest.keyClick(chooser, Qt.Key.Key_Down)
    assert state.vector.path == "dense/bias"
    state.choose_vector("gru/gru_cell/bias")
    assert chooser.currentText() == "gru/gru_cell/bias"
    assert view.header.facts.text() == "12 units in 2 × 6 · float32"


def test_the_switch_drives_the_scale_both_ways(view, state, history):
    state.set_history(history)
    value, change = (view.findChild(QPushButton, name) for name in ("scaleValue", "scaleChange"))
    assert (value.isChecked(), change.isChecked()) == (False, True)
    press(view, "scaleValue")
    assert state.scale is Scale.VALUE
    state.choose_scale(Scale.CHANGE)
    assert (value.isChecked(), change.isChecked()) == (False, True)
    state.choose_vector("dense/bias")
    assert value.isChecked()


def test_a_chosen_unit_is_marked_in_all_panels(view, state, history, qtbot):
    state.set_history(history)
    state.choose_unit(3)
    qtbot.waitUntil(clean(view))
    assert view.vector_panel.mark.isVisible()
    assert view.heatmap_panel.mark.isVisible()
    assert view.traces_panel.chosen.curve.isVisible()
    assert view.spread_panel.unit_line.isVisible()


@pytest.mark.parametrize("size", [(740, 800), (420, 580)])
def test_nothing_is_cut_off(view, state, history, qtbot, size):
    view.resize(*size)
    state.set_history(history)
    qtbot.waitUntil(clean(view))
    assert view.width() == size[0]
    assert view.height() == size[1]
    for panel in view.panels:
        if panel.isVisible():
            spot = panel.mapTo(view, panel.rect().bottomRight())
            assert spot.x() < size[0]
            assert spot.y() < size[1]
            assert panel.visibleRegion().boundingRect().height() == panel.height()
    for chip in view.findChildren(QPushButton):
        if chip.isVisible():
            assert chip.width() >= chip.sizeHint().width()
            assert chip.mapTo(view, chip.rect().bottomRight()).x() < size[0]


def test_the_theme_reaches_every_panel(view, state, history, qtbot):
    state.set_history(history)
    qtbot.waitUntil(clean(view))
    theme().prefer(Qt.ColorScheme.Dark)
    try:
        qtbot.waitUntil(clean(view))
        for panel in view.panels:
            if panel.isVisible():
                assert panel.grab().toImage().pixelColor(panel.width() // 2, 3).name() == theme().colours.surface
    finally:
        theme().prefer(Qt.ColorScheme.Light)
    qtbot.waitUntil(clean(view))


def test_frames_that_arrive_while_training_are_drawn(view, state, clock, qtbot):
    frames = frames_of(60)
    history = history_of(frames[:10])
    state.set_history(history)
    clock.watch(TRAINING_SHARE)
    for step in range(10, 61):
        history.append(step, 1, frames[step], (0.5, 0.5))
    qtbot.waitUntil(lambda: np.allclose(view.vector_panel.bars.opts["height"], frames[60, :32]))
    assert clock.active
    clock.watch(0)
    qtbot.waitUntil(clean(view))
    qtbot.waitUntil(lambda: not clock.active)


def test_a_last_frame_before_the_end_of_training_is_not_missed(view, state, clock, qtbot):
    frames = frames_of(11)
    history = history_of(frames[:11])
    state.set_history(history)
    qtbot.waitUntil(clean(view))
    history.append(11, 1, frames[11], (0.5, 0.5))
    clock.watch(0)
    qtbot.waitUntil(clean(view))
    assert np.allclose(view.vector_panel.bars.opts["height"], frames[11, :32])


def test_one_panel_a_tick_in_turn(view, state, clock, history, qtbot):
    state.set_history(history)
    qtbot.waitUntil(clean(view))
    state.choose_unit(2)
    visible = [panel for panel in view.panels if panel.isVisible()]
    for drawn in range(1, len(visible) + 1):
        clock.tick()
        assert sum(not panel.dirty for panel in visible) == drawn


@pytest.mark.usefixtures("view")
def test_costly_ticks_come_further_apart_while_training(state, clock, history):
    state.set_history(history)
    clock.watch(TRAINING_SHARE)
    clock._hurry_until = 0.0
    busy_until = time.thread_time() + 0.02
    while time.thread_time() < busy_until:
        pass
    clock.tick()
    assert clock._timer.interval() >= 0.02 / clock.share * 1000 * 0.9


@pytest.mark.usefixtures("view")
def test_what_a_person_does_is_shown_at_once_while_training(state, clock, history):
    state.set_history(history)
    clock.watch(TRAINING_SHARE)
    clock._timer.start(400)
    state.show_step(5)
    assert clock._timer.remainingTime() <= 16


@pytest.mark.usefixtures("view")
def test_a_stopped_clock_stays_stopped(state, clock, history):
    clock.stop()
    state.set_history(history)
    clock.watch(TRAINING_SHARE)
    clock.tick()
    assert not clock.active


def test_text_is_drawn_four_times_a_second_at_most(view, state, clock, history):
    press(view, "chipOverview")
    state.set_history(history)
    for _ in range(len(view.panels)):
        clock.tick()
    assert not view.overview_panel.dirty
    view.overview_panel.mark_dirty()
    for _ in range(len(view.panels) + 1):
        clock.tick()
    assert view.overview_panel.dirty


def test_a_panel_that_fails_does_not_stop_the_clock(view, state, clock, history, qtbot, monkeypatch):
    state.set_history(history)
    qtbot.waitUntil(clean(view))
    qtbot.waitUntil(lambda: not clock.active)
    monkeypatch.setattr(view.vector_panel, "draw", lambda _history: 1 / 0)
    view.vector_panel.mark_dirty()
    view.traces_panel.mark_dirty()
    clock._timer.stop()
    clock._turn = 0
    with pytest.raises(ZeroDivisionError):
        clock.tick()
    assert clock.active
    qtbot.waitUntil(clean(view))


def test_subtitles_begin_with_what_fits(view, state, qtbot):
    view.resize(400, 520)
    state.set_history(history_of(frames_of(1)[:1]))
    state.choose_scale(Scale.CHANGE)
    qtbot.waitUntil(clean(view))
    for panel in (view.heatmap_panel, view.traces_panel, view.spread_panel):
        first = panel.subtitle.text().split(" · ")[0]
        assert first.startswith("values at step 0")
        assert panel.subtitle.fontMetrics().horizontalAdvance(first) <= panel.subtitle.width()
