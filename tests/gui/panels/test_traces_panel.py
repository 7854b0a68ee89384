import numpy as np
import pytest

from biasstudio.gui.panels.traces_panel import TracesPanel, most_changed
from biasstudio.gui.view_state import Scale
from tests.gui.panels.conftest import history_of
from tests.gui.panels.pointer import click, hover


@pytest.fixture
def panel(state, history, on_screen):
    panel = on_screen(TracesPanel(state), 460, 320)
    state.set_history(history)
    panel.refresh()
    return panel


def path_points(path):
    return np.array([(path.elementAt(i).x, path.elementAt(i).y) for i in range(path.elementCount())])


def test_few_units_have_a_line_each_in_one_curve(panel, state, frames):
    state.choose_vector("dense/bias")
    panel.refresh()
    x, y = panel.lines.getData()
    assert np.allclose(x.reshape(4, 51), np.arange(51))
    assert np.allclose(y.reshape(4, 51), frames[:, 32:36].T)
    assert panel.lines.opts["connect"].reshape(4, 51)[:, -1].tolist() == [0] * 4
    assert not panel.bands[0].isVisible()


def test_many_units_have_bands_and_a_median(panel, frames):
    change = frames[:, :32].astype(float) - frames[0, :32]
    x, y = panel.lines.getData()
    assert np.allclose(x, np.arange(51))
    assert np.allclose(y, np.median(change, axis=1))
    outer = path_points(panel.bands[0].path())[:102, 1]
    assert np.allclose(outer[:51], change.min(axis=1))
    assert np.allclose(outer[51:][::-1], change.max(axis=1))
    inner = path_points(panel.bands[1].path())[:102, 1]
    assert np.allclose(inner[:51], np.quantile(change, 0.25, axis=1))


def test_the_units_that_changed_most_are_named(panel, frames):
    change = np.abs(frames[50, :32] - frames[0, :32])
    expected = [f"channel {unit}" for unit in np.argsort(-change)[:2]]
    shown = [line.label.textItem.toPlainText() for line in panel.named if line.label.isVisible()]
    assert shown
    assert set(shown) <= set(expected)
    assert all(line.curve.isVisible() for line in panel.named)


def test_the_chosen_unit_is_drawn_on_top_by_name(panel, state, frames):
    state.choose_unit(25)
    panel.refresh()
    _, y = panel.chosen.curve.getData()
    assert np.allclose(y, frames[:, 25].astype(float) - frames[0, 25])
    assert panel.chosen.label.textItem.toPlainText() == "channel 25"
    assert panel.chosen.curve.isVisible()


def test_the_range_is_zero_centred_and_holds_all(panel, state, frames):
    for scale, values in ((Scale.CHANGE, frames[:, :32] - frames[0, :32]), (Scale.VALUE, frames[:, :32])):
        state.choose_scale(scale)
        panel.refresh()
        (left, right), (low, high) = panel.plot.shown_range()
        assert (left, right) == (0, 50)
        assert low == -high
        assert np.abs(values).max() <= high <= np.abs(values).max() * 1.11


def test_the_range_holds_still_while_values_stay_inside(panel, history, frames):
    before = panel.plot.shown_range()[1]
    history.append(51, 3, frames[50] * np.float32(1.0), (0.1, 0.9))
    panel.mark_dirty()
    panel.refresh()
    assert panel.plot.shown_range()[1] == before


def test_before_training_values_are_short_level_lines(panel, state, frames):
    state.set_history(history_of(frames[:1]))
    panel.refresh()
    assert panel.plot.shown_range()[0] == (0, 1)
    _, y = panel.lines.getData()
    assert np.allclose(y, np.median(frames[0, :32]))
    assert "values" in panel.subtitle.text()


def test_a_click_on_a_line_chooses_its_unit(panel, state, frames):
    state.choose_vector("dense/bias")
    panel.refresh()
    unit = int(np.argmax(frames[50, 32:36]))
    click(panel.plot, 50, float(frames[50, 32 + unit]))
    assert state.unit == unit


def test_hovering_a_line_names_it(panel, state, frames):
    state.choose_vector("dense/bias")
    panel.refresh()
    unit = int(np.argmax(frames[50, 32:36]))
    hover(panel.plot, 50, float(frames[50, 32 + unit]))
    assert panel.plot.said().startswith(f"unit {unit} · step 50 · ")


def test_gaps_stand_where_values_are_not_finite(panel, state, frames):
    broken = frames.copy()
    broken[20:25, 33] = np.nan
    broken[:, 34] = np.inf
    broken[30:, 2] = np.nan
    state.set_history(history_of(broken))
    panel.refresh()
    panel.grab()
    state.choose_vector("dense/bias")
    panel.refresh()
    connect = panel.lines.opts["connect"].reshape(4, 51)
    assert (connect[1, 19:25] == 0).all()
    assert connect[1, 18] == connect[1, 25] == 1
    assert not connect[2].any()
    assert panel.subtitle.text() == "1 of 4 values is not finite"
    panel.grab()


def test_a_vector_without_any_finite_value_is_drawn_empty(panel, state, frames):
    state.set_history(history_of(np.full_like(frames, np.nan)))
    for path in ("conv2d/bias", "dense/bias"):
        state.choose_vector(path)
        panel.refresh()
        panel.grab()
    assert np.isfinite(panel.plot.shown_range()).all()


def test_the_cursor_is_shown_while_not_following(panel, state):
    assert not panel.cursor_line.isVisible()
    state.show_step(9)
    panel.refresh()
    assert panel.cursor_line.isVisible()
    assert panel.cursor_line.value() == 9


def test_most_changed_leaves_out_the_chosen_one_and_what_stood_still():
    assert most_changed(np.array([0.0, -3.0, 2.0, np.nan, 1.0]), None) == [1, 2]
    assert most_changed(np.array([0.0, -3.0, 2.0, np.nan, 1.0]), 1) == [2, 4]
    assert most_changed(np.zeros(5), None) == []
