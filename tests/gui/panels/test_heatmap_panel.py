import numpy as np
import pytest
from PySide6.QtCore import Qt

from biasstudio.gui.panels.heatmap_panel import HeatmapPanel
from biasstudio.gui.theme import theme
from biasstudio.gui.view_state import Scale
from biasstudio.recording.history import History
from biasstudio.recording.network import BiasVector
from tests.gui.panels.conftest import CONV, frames_of, history_of
from tests.gui.panels.pointer import click, hover


@pytest.fixture
def panel(state, history, on_screen):
    panel = on_screen(HeatmapPanel(state), 420, 300)
    state.set_history(history)
    panel.refresh()
    return panel


def indexes(values, limit):
    """Colour indexes another way: 127 either side of zero."""
    return np.round(np.clip(values / limit, -1, 1) * 127).astype(int) + 127


def test_the_image_is_the_change_of_each_unit_at_each_step(panel, state, frames):
    assert state.scale is Scale.CHANGE
    change = (frames[:, :32].astype(float) - frames[0, :32]).T
    limit = panel.colour_bar.limit
    assert np.abs(change).max() <= limit <= np.abs(change).max() * 1.11
    assert np.abs(panel.image.image.astype(int) - indexes(change, limit)).max() <= 1
    assert "change · since step 0" in panel.subtitle.text()


def test_the_value_scale_has_limits_of_its_own(panel, state, frames):
    state.choose_scale(Scale.VALUE)
    panel.refresh()
    values = frames[:, :32].astype(float).T
    assert np.abs(panel.image.image.astype(int) - indexes(values, panel.colour_bar.limit)).max() <= 1
    assert panel.colour_bar.limit > np.abs(values).max()
    assert panel.subtitle.text() == "channel × step"
    assert panel.colour_bar.texts()[1] == "0"


def test_the_axes_are_true(panel):
    rect = panel.image.mapRectToParent(panel.image.boundingRect())
    assert (rect.left(), rect.right()) == (-0.5, 50.5)
    assert (rect.top(), rect.bottom()) == (-0.5, 31.5)
    # Unit 0 is at the top.
    assert panel.plot.position_of(0, 0).y() < panel.plot.position_of(0, 31).y()


def test_a_thinned_history_keeps_true_steps(state, on_screen):
    frames = frames_of(90, (CONV,))
    row_bytes = 4 * 34 + 16
    history = History((CONV,), ("loss", "accuracy"), budget_bytes=20 * row_bytes)
    for step, values in enumerate(frames):
        history.append(step, 1, values)
    assert history.stride > 1
    panel = on_screen(HeatmapPanel(state), 420, 300)
    state.set_history(history)
    state.choose_scale(Scale.VALUE)
    panel.refresh()
    steps, _ = history.window(CONV.path, 1000)
    shown = np.array([steps[steps <= step][-1] for step in range(91)])
    expected = indexes(frames[shown].astype(float).T, panel.colour_bar.limit)
    assert np.abs(panel.image.image.astype(int) - expected).max() <= 1


def test_before_training_one_column_fills_the_width_with_the_values(state, on_screen, frames):
    panel = on_screen(HeatmapPanel(state), 420, 300)
    state.set_history(history_of(frames[:1]))
    panel.refresh()
    assert panel.image.image.shape == (32, 1)
    assert panel.plot.shown_range()[0] == pytest.approx((-0.5, 0.5))
    assert np.abs(panel.image.image[:, 0] - indexes(frames[0, :32].astype(float), panel.colour_bar.limit)).max() <= 1


def test_the_cursor_line_stands_at_the_step_that_is_shown(panel, state):
    state.show_step(12)
    panel.refresh()
    assert panel.cursor_line.value() == 12
    state.follow()
    panel.refresh()
    assert panel.cursor_line.value() == 50


def test_a_click_chooses_the_row_and_it_is_marked(panel, state):
    click(panel.plot, 20, 9)
    assert state.unit == 9
    panel.refresh()
    assert panel.mark.isVisible()
    assert panel.mark.rect().center().y() == pytest.approx(9)


def test_hovering_tells_unit_step_and_value(panel, frames):
    spot = panel.plot.mapToScene(panel.plot.position_of(20, 9))
    point = panel.plot.box.mapSceneToView(spot)
    step = round(point.x())
    hover(panel.plot, 20, 9)
    value = f"{frames[step, 9]:+.4f}".replace("-", "−")
    assert panel.plot.said().startswith(f"channel 9 · step {step} · {value} · change ")


def test_not_finite_values_have_the_colour_of_no_value(panel, state, frames):
    broken = frames.copy()
    broken[30:, 3], broken[30:, 4] = np.nan, -np.inf
    state.set_history(history_of(broken))
    panel.refresh()
    image = panel.image.image
    assert (image[3:5, 30:] == 255).all()
    assert (image[:3] != 255).all()
    assert panel.subtitle.text() == "2 of 32 values are not finite"
    assert np.isfinite(panel.colour_bar.limit)
    panel.grab()


def test_what_is_painted_has_the_diverging_colours_in_both_schemes(panel, state, frames):
    state.choose_scale(Scale.VALUE)
    highest, lowest = int(frames[50, :32].argmax()), int(frames[50, :32].argmin())
    for scheme in (Qt.ColorScheme.Dark, Qt.ColorScheme.Light):
        theme().prefer(scheme)
        panel.refresh()
        shown = panel.plot.grab().toImage()
        above, below = (shown.pixelColor(panel.plot.position_of(48, unit)) for unit in (highest, lowest))
        assert above.red() > above.blue()
        assert below.blue() > below.red()
        assert panel.colour_bar.grab().toImage().pixelColor(3, panel.colour_bar.height() // 2).isValid()


def test_thousands_of_units_are_grouped(state, on_screen):
    many = BiasVector("big/bias", (5000,), "big", "unit")
    panel = on_screen(HeatmapPanel(state), 420, 300)
    state.set_history(history_of(frames_of(3, (many,)), (many,)))
    panel.refresh()
    assert panel.image.image.shape[0] <= 512


def test_unit_ticks_stand_evenly(panel):
    axis = panel.plot.plotItem.getAxis("left")
    axis.last_unit = 9
    assert axis.tickValues(-0.5, 9.5, 140)[0][1] == [0, 2, 4, 6, 8]


def test_an_image_of_zeros_has_a_frame(panel, state):
    state.set_history(history_of(np.zeros((11, 48), np.float32)))
    panel.refresh()
    area = panel.plot.data_rect().toAlignedRect()
    shown = panel.plot.grab().toImage()
    border = theme().colours.border
    column = [shown.pixelColor(area.center().x(), y).name() for y in range(area.top() - 1, area.bottom() + 2)]
    assert border in column[:4]
    assert border in column[-4:]
