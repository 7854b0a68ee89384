import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from biasstudio.gui.panels.panel import BEING_BUILT, NO_BIASES
from biasstudio.gui.panels.vector_panel import VectorPanel
from biasstudio.gui.theme import theme
from biasstudio.recording.history import History
from biasstudio.recording.network import BiasVector
from tests.gui.panels.conftest import frames_of, history_of
from tests.gui.panels.pointer import click, hover


@pytest.fixture
def panel(state, history, on_screen):
    panel = on_screen(VectorPanel(state), 420, 300)
    state.set_history(history)
    panel.refresh()
    return panel


def test_bars_are_the_values_now_over_ghosts_of_the_start(panel, frames):
    assert np.allclose(panel.bars.opts["height"], frames[50, :32])
    assert np.allclose(panel.ghosts.opts["height"], frames[0, :32])
    assert np.allclose((panel.bars.opts["x0"] + panel.bars.opts["x1"]) / 2, np.arange(32))
    assert panel.plot.label_texts() == ("channel", "bias")


@pytest.mark.parametrize("length", [40, 90, 150, 300, 512, 700])
def test_no_bar_is_narrower_than_a_pixel(state, on_screen, length):
    """Such a bar might not be painted at all, and a stretch of them would look like zeros."""
    panel = on_screen(VectorPanel(state), 420, 300)
    history = History([BiasVector("wide/bias", (length,), "wide", "unit")])
    history.append(0, 0, np.ones(length, np.float32))
    state.set_history(history)
    panel.refresh()
    bars = panel.bars.opts
    pixels = (bars["x1"] - bars["x0"]) * panel.plot.box.width() / (length + 0.2)
    assert pixels.min() >= 1
    picture = panel.plot.grab().toImage()
    area, scale = panel.plot.data_rect(), picture.width() / panel.plot.width()
    row = round(scale * (area.top() + 0.8 * area.height()))
    columns = range(round(scale * (area.left() + 6)), round(scale * (area.right() - 6)))
    painted = [picture.pixelColor(column, row).saturation() > 60 for column in columns]
    gaps = "".join("x" if on else " " for on in painted).split("x")
    assert max(map(len, gaps)) <= max(3, 2 * area.width() / length)


def test_the_cursor_decides_which_values_are_now(panel, state, frames):
    state.show_step(7)
    assert panel.dirty
    panel.refresh()
    assert np.allclose(panel.bars.opts["height"], frames[7, :32])
    assert not panel.dirty


def test_all_values_lie_in_the_range(panel, frames):
    (left, right), (low, high) = panel.plot.shown_range()
    assert left < 0
    assert right > 31
    assert low <= min(frames[0, :32].min(), frames[50, :32].min())
    assert high >= max(frames[0, :32].max(), frames[50, :32].max())


def test_colours_say_the_sign(panel, frames):
    for value, brush in zip(frames[50, :32], panel.bars.opts["brushes"], strict=True):
        wanted = theme().colours.above if value > 0 else theme().colours.below
        assert brush.color().name() == wanted


@pytest.mark.parametrize("value", [-3e38, -1e20, -1e11])
def test_values_beyond_what_can_be_drawn_have_their_signs_full_colour(panel, state, frames, value):
    huge = frames.copy()
    huge[1:, :32] = value
    huge[1:, 1], huge[1:, 2] = -0.001, 0.001  # beside them, next to nothing, and yet of a sign
    state.set_history(history_of(huge))
    panel.refresh()
    colours = [brush.color() for brush in panel.bars.opts["brushes"]]
    above, below = theme().colours.above, theme().colours.below
    assert [colour.name() for colour in colours] == [above if unit == 2 else below for unit in range(32)]
    assert colours[0].alphaF() == pytest.approx(1.0, abs=0.01)
    assert colours[1].alphaF() < 0.4


def test_a_click_chooses_a_unit_and_another_lets_it_go(panel, state):
    click(panel.plot, 25, 0.1)
    assert state.unit == 25
    panel.refresh()
    assert panel.mark.isVisible()
    assert panel.mark.rect().center().x() == pytest.approx(25)
    click(panel.plot, 25, 0.1)
    assert state.unit is None


def test_arrow_keys_choose_units(panel, state):
    panel.plot.setFocus()
    for key, unit in ((Qt.Key.Key_Right, 0), (Qt.Key.Key_Right, 1), (Qt.Key.Key_Left, 0), (Qt.Key.Key_Left, 0)):
        QTest.keyClick(panel.plot, key)
        assert state.unit == unit
    QTest.keyClick(panel.plot, Qt.Key.Key_Escape)
    assert state.unit is None


def test_hovering_tells_unit_step_value_and_initial(panel, frames):
    hover(panel.plot, 3, 0.0)
    now, initial = (f"{value:+.4f}".replace("-", "−") for value in (frames[50, 3], frames[0, 3]))
    assert panel.plot.said() == f"channel 3 · step 50 · {now} · initial {initial}"


def test_not_finite_values_are_counted_and_leave_the_axes_alone(panel, state, frames):
    broken = frames.copy()
    broken[-1, 3], broken[-1, 4] = np.nan, np.inf
    state.set_history(history_of(broken))
    panel.refresh()
    assert panel.subtitle.text() == "2 of 32 values are not finite"
    _, (low, high) = panel.plot.shown_range()
    assert -3 < low < high < 3
    heights = panel.bars.opts["height"]
    assert heights[3] == heights[4] == 0
    panel.grab()


def test_values_near_the_end_of_float32_can_be_drawn(panel, state, frames):
    huge = frames.copy()
    huge[1:, :32] = 3e38
    state.set_history(history_of(huge))
    panel.refresh()
    panel.grab()
    assert np.isfinite(panel.plot.shown_range()).all()
    assert panel.subtitle.text() == "32 of 32 values beyond 1e11 are drawn there"


def test_before_the_build_and_without_biases_a_sentence_stands_there(state, on_screen):
    panel = on_screen(VectorPanel(state))
    panel.refresh()
    assert (panel.empty.isVisible(), panel.empty.text()) == (True, BEING_BUILT)
    nothing = History((), ("loss",))
    nothing.append(0, 0, np.empty(0, np.float32))
    state.set_history(nothing)
    panel.refresh()
    assert (panel.empty.isVisible(), panel.empty.text()) == (True, NO_BIASES)
    state.set_history(history_of(frames_of(2)))
    panel.refresh()
    assert not panel.empty.isVisible()


def test_more_units_than_pixels_are_drawn_in_groups(panel, state):
    many = BiasVector("big/bias", (5000,), "big", "unit")
    values = frames_of(1, (many,))
    state.set_history(history_of(values, (many,)))
    panel.refresh()
    heights = panel.bars.opts["height"]
    assert len(heights) <= panel.plot.pixels_wide()
    assert np.abs(heights).max() == pytest.approx(np.abs(values[-1]).max())
    assert "units a bar" in panel.subtitle.text()


def test_the_theme_is_followed(panel):
    theme().prefer(Qt.ColorScheme.Dark)
    try:
        assert panel.dirty
        panel.refresh()
        assert panel.bars.opts["brushes"][0].color().name() in (theme().colours.above, theme().colours.below)
        shown = panel.plot.grab().toImage().pixelColor(1, 1).name()
        assert shown == theme().colours.surface
    finally:
        theme().prefer(Qt.ColorScheme.Light)


def test_the_wheel_and_menus_leave_the_range_alone(panel):
    before = panel.plot.shown_range()
    spot = panel.plot.position_of(10, 0.1)
    QTest.mouseClick(panel.plot.viewport(), Qt.MouseButton.RightButton, pos=spot)
    QTest.mouseDClick(panel.plot.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    turned = QWheelEvent(
        QPointF(spot),
        panel.plot.viewport().mapToGlobal(QPointF(spot)),
        QPoint(0, 0),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(panel.plot.viewport(), turned)
    assert not turned.isAccepted()
    assert panel.plot.shown_range() == before


def test_it_explains_itself(panel):
    assert panel.objectName() == "vectorPanel"
    assert panel.accessibleName() == "Vector"
    assert panel.plot.accessibleName()
    assert "step 0" in panel.whatsThis()


def test_the_mark_of_one_unit_among_many_is_wide_enough_to_see(panel, state):
    wide = BiasVector("dense/bias", (512,), "dense", "unit")
    state.set_history(history_of(frames_of(3, (wide,)), (wide,)))
    for unit in (300, 0, 511):
        state.choose_unit(unit)
        panel.refresh()
        rect = panel.mark.rect()
        left, right = (panel.plot.box.mapViewToScene(QPointF(x, 0)).x() for x in (rect.left(), rect.right()))
        assert right - left >= 3.9
        assert panel.plot.data_rect().left() <= left + 0.1
        assert right <= panel.plot.data_rect().right() + 0.1
        assert rect.left() <= unit <= rect.right()
