import numpy as np
import pytest
from PySide6.QtTest import QTest

from biasstudio.gui.panels.spread_panel import SpreadPanel, bins_for
from biasstudio.gui.view_state import Scale
from tests.gui.panels.conftest import history_of
from tests.gui.panels.pointer import hover


@pytest.fixture
def panel(state, history, on_screen):
    panel = on_screen(SpreadPanel(state), 420, 300)
    state.set_history(history)
    panel.refresh()
    return panel


def edges_of(panel):
    (low, high), _ = panel.plot.shown_range()
    return np.linspace(low, high, len(panel.bars.opts["height"]) + 1)


def test_values_now_and_at_the_start_share_bins(panel, state, frames):
    state.choose_scale(Scale.VALUE)
    panel.refresh()
    edges = edges_of(panel)
    assert panel.bars.opts["height"].tolist() == np.histogram(frames[50, :32], edges)[0].tolist()
    assert panel.ghosts.opts["height"].tolist() == np.histogram(frames[0, :32], edges)[0].tolist()
    assert edges[0] == -edges[-1]
    assert not panel.start_line.isVisible()
    assert panel.plot.label_texts() == ("bias", "channels")


def test_changes_stand_against_a_line_where_all_began(panel, frames):
    counts = panel.bars.opts["height"]
    assert counts.tolist() == np.histogram(frames[50, :32].astype(float) - frames[0, :32], edges_of(panel))[0].tolist()
    assert not panel.ghosts.opts["height"].any()
    assert panel.start_line.isVisible()
    assert panel.start_line.value() == 0
    assert panel.start_label.textItem.toPlainText() == "step 0: all 0"
    assert panel.plot.label_texts()[0] == "change"
    assert panel.plot.shown_range()[1][1] > counts.max()


def test_an_even_start_has_a_line_in_value_mode_too(panel, state):
    state.choose_vector("dense/bias")
    assert state.scale is Scale.VALUE
    panel.refresh()
    assert panel.start_line.isVisible()
    assert panel.bars.opts["height"].sum() == 4


def test_the_chosen_unit_has_a_line_at_its_value(panel, state, frames):
    state.choose_unit(5)
    state.show_step(30)
    panel.refresh()
    assert panel.unit_line.value() == pytest.approx(float(frames[30, 5] - frames[0, 5]), abs=1e-6)


def test_not_finite_values_are_left_out(panel, state, frames):
    broken = frames.copy()
    broken[-1, :3] = np.nan, np.inf, -np.inf
    state.set_history(history_of(broken))
    state.choose_unit(0)
    panel.refresh()
    assert panel.bars.opts["height"].sum() == 29
    assert panel.subtitle.text() == "3 of 32 values are not finite"
    assert not panel.unit_line.isVisible()


def test_before_training_the_values_are_shown(panel, state, frames):
    state.set_history(history_of(frames[:1]))
    panel.refresh()
    assert panel.bars.opts["height"].tolist() == panel.ghosts.opts["height"].tolist()
    assert panel.bars.opts["height"].sum() == 32


def test_hovering_tells_a_bins_counts(panel):
    hover(panel.plot, 0.0, 1)
    middle = int(panel.bars.opts["height"][len(panel.bars.opts["height"]) // 2])
    assert f"{middle} channel" in panel.plot.said()
    assert "step 50" in panel.plot.said()


@pytest.mark.parametrize("units", [1, 4, 32, 512, 25_088])
def test_bins_are_odd_in_number(units):
    assert bins_for(units) % 2 == 1
    assert 15 <= bins_for(units) <= 61


@pytest.mark.parametrize("width", [180, 195, 240, 420])
def test_the_label_of_the_start_is_whole_in_any_panel(state, history, on_screen, width):
    panel = on_screen(SpreadPanel(state), width, 150)
    state.set_history(history)
    panel.refresh()
    QTest.qWait(20)
    panel.refresh()
    assert panel.start_label.textItem.toPlainText() in ("step 0: all 0", "step 0")
    label = panel.start_label.mapRectToScene(panel.start_label.boundingRect())
    area = panel.plot.data_rect()
    assert panel.start_label.isVisible()
    assert area.left() <= label.left()
    assert label.right() <= area.right() + 1


def test_an_axis_label_longer_than_its_axis_is_left_out(state, history, on_screen):
    panel = on_screen(SpreadPanel(state), 300, 300)
    state.set_history(history)
    for height, visible in ((300, True), (110, False), (300, True)):
        panel.resize(300, height)
        QTest.qWait(20)
        panel.refresh()
        assert panel.plot.plotItem.getAxis("left").label.isVisible() == visible
