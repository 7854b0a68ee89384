"""The strip that names the compared runs, the scale of differences, and the state behind both."""

import itertools
import re

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from biasstudio.gui.alignment import Alignment
from biasstudio.gui.panels.display_clock import TRAINING_SHARE
from biasstudio.gui.panels.panels_view import PanelsView
from biasstudio.gui.theme import DARK, LIGHT, theme
from biasstudio.gui.view_state import MOST_COMPARED, ComparedRun, Scale
from tests.gui.panels.conftest import DENSE, GRU, frames_of, history_of

NAMES = ["Adam", "batch 64", "SGD with a very long name that says all of its settings", "zeros", "seed 1", "seed 2"]


def run(name, vectors=None, seed=2):
    vectors = {} if vectors is None else {"vectors": vectors}
    return ComparedRun(f"{name}.biasrun", name, history_of(frames_of(30, seed=seed, **vectors), **vectors))


@pytest.fixture
def view(state, clock, history, on_screen):
    view = on_screen(PanelsView(state, clock), 740, 800)
    state.set_history(history, "tutorial")
    return view


def press(widget):
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)


def chip(view, name):
    return view.findChild(QPushButton, name)


def test_the_strip_is_there_only_while_comparing(view, state):
    assert not view.comparison_bar.isVisible()
    state.set_compared([run("Adam")])
    assert view.comparison_bar.isVisible()
    press(chip(view, "stopComparing"))
    assert state.compared == ()
    assert not view.comparison_bar.isVisible()


def test_each_run_has_its_name_and_its_colour(view, state):
    state.set_compared([run("Adam"), run("batch 64")])
    tags = view.comparison_bar.tags
    assert [tag.name.text() for tag in tags] == ["tutorial", "Adam", "batch 64"]
    QTest.qWait(20)
    for scheme in (Qt.ColorScheme.Dark, Qt.ColorScheme.Light):
        theme().prefer(scheme)
        colours = [tag.swatch.grab().toImage().pixelColor(6, 6).name() for tag in tags]
        assert colours == [theme().colours.accent, *theme().colours.series[:2]]


def test_a_run_without_a_name_is_this_run(view, state, history):
    state.set_history(history)
    state.set_compared([run("Adam")])
    assert view.comparison_bar.tags[0].name.text() == "this run"


def test_a_run_is_dropped_by_its_cross_and_the_others_stay(view, state):
    state.set_compared([run(name) for name in NAMES[:3]])
    button = view.comparison_bar.tags[2].drop_button
    assert button.accessibleName() == "Stop comparing with batch 64"
    press(button)
    assert [compared.name for compared in state.compared] == [NAMES[0], NAMES[2]]
    assert not view.comparison_bar.tags[0].drop_button.isVisible()


def test_runs_are_dropped_by_keyboard_one_after_the_other(view, state):
    state.set_compared([run(name) for name in NAMES[:2]])
    view.activateWindow()
    view.comparison_bar.tags[1].drop_button.setFocus()
    QTest.keyClick(view.comparison_bar.tags[1].drop_button, Qt.Key.Key_Space)
    assert [compared.name for compared in state.compared] == ["batch 64"]
    assert view.comparison_bar.tags[1].drop_button.hasFocus()
    QTest.keyClick(view.comparison_bar.tags[1].drop_button, Qt.Key.Key_Space)
    assert state.compared == ()


def test_the_alignment_is_chosen_both_ways(view, state, qtbot):
    state.set_compared([run("Adam")])
    step, epoch = chip(view, "alignStep"), chip(view, "alignEpoch")
    assert (step.isChecked(), epoch.isChecked()) == (True, False)
    with qtbot.waitSignal(state.alignmentChanged):
        press(epoch)
    assert state.alignment is Alignment.EPOCH
    assert state.by_epoch
    with qtbot.assertNotEmitted(state.alignmentChanged):
        press(epoch)
    state.choose_alignment(Alignment.STEP)
    assert step.isChecked()
    state.choose_alignment(Alignment.EPOCH)
    state.set_compared([])
    assert not state.by_epoch


@pytest.mark.parametrize("count", [1, 2, 6])
@pytest.mark.parametrize("size", [(420, 580), (740, 800), (1100, 800)])
def test_nothing_is_cut_off_or_covered(view, state, qtbot, count, size):
    view.resize(*size)
    state.set_compared([run(name) for name in NAMES[:count]])
    qtbot.waitUntil(lambda: not any(panel.dirty for panel in view.panels if panel.isVisible()))
    QTest.qWait(20)
    bar = view.comparison_bar
    assert (view.width(), view.height()) == size
    parts = [*bar.tags, *(chip(view, name) for name in ("alignStep", "alignEpoch", "stopComparing"))]
    places = [part.rect().translated(part.mapTo(bar, part.rect().topLeft())) for part in parts]
    assert all(bar.rect().contains(place) for place in places)
    assert not any(a.intersects(b) for a, b in itertools.combinations(places, 2))
    for tag in bar.tags:
        assert tag.name.width() >= min(80, tag.name.fontMetrics().horizontalAdvance(tag.name.text()))
    header_bottom = view.header.mapTo(view, view.header.rect().bottomLeft()).y()
    assert bar.y() > header_bottom
    assert view.splitter.y() > bar.geometry().bottom()


def test_a_name_with_parts_is_shortened_at_its_end_and_a_quoted_one_keeps_its_quotes(view, state):
    name = "without the fix · an experiment of mine · seed 2"
    state.set_compared([run(name)])
    shown = view.comparison_bar.tags[1].name
    assert shown.text() == name
    cut = shown.fitting(shown.fontMetrics().horizontalAdvance("without the fix · an exper…"))
    assert cut.startswith("without the fix · an e")
    assert cut.endswith("…")
    subtitle = view.heatmap_panel.subtitle
    wide = subtitle.fontMetrics().horizontalAdvance
    first = "difference to “with · fix, seed 2”"
    subtitle.setText(f"{first} · greatest 0.3")
    assert subtitle.fitting(wide(subtitle.text())) == subtitle.text()
    assert subtitle.fitting(wide(first) + 5) == first
    assert re.fullmatch("difference to “with ·.*…”", subtitle.fitting(wide(first) - 20))
    assert wide(subtitle.fitting(wide(first) - 20)) <= wide(first) - 20


def test_up_to_six_runs_can_be_compared(state, history):
    state.set_history(history)
    state.set_compared([run(name) for name in NAMES])
    with pytest.raises(ValueError, match="up to 6 runs"):
        state.set_compared([run(f"run {number}") for number in range(MOST_COMPARED + 1)])


def test_difference_is_offered_where_the_first_run_has_the_vector(view, state):
    difference = chip(view, "scaleDifference")
    assert not difference.isVisible()
    state.set_compared([run("without biases", (DENSE, GRU)), run("Adam")])
    assert difference.isVisible()
    assert not difference.isEnabled()
    assert "has no such vector" in difference.toolTip()
    state.choose_scale(Scale.DIFFERENCE)
    assert state.scale is Scale.CHANGE
    state.choose_vector("dense/bias")
    assert difference.isEnabled()
    assert "minus “without biases”" in difference.toolTip()
    press(difference)
    assert state.scale is Scale.DIFFERENCE
    assert difference.isChecked()


def test_the_scale_before_comes_back_when_the_comparison_ends(view, state, qtbot):
    state.choose_scale(Scale.VALUE)
    adam = run("Adam")
    state.set_compared([adam])
    state.choose_scale(Scale.DIFFERENCE)
    with qtbot.waitSignal(state.scaleChanged):
        state.drop_compared(adam.key)
    assert state.scale is Scale.VALUE
    assert chip(view, "scaleValue").isChecked()
    state.set_compared([adam])
    assert state.scale is Scale.VALUE


def test_differences_stay_from_vector_to_vector(state, history):
    state.set_history(history)
    state.set_compared([run("without biases", (DENSE, GRU))])
    state.choose_vector("dense/bias")
    state.choose_scale(Scale.DIFFERENCE)
    state.choose_vector("conv2d/bias")
    assert state.scale is Scale.CHANGE
    state.choose_vector("gru/gru_cell/bias")
    assert state.scale is Scale.DIFFERENCE
    state.choose_scale(Scale.VALUE)
    state.choose_vector("dense/bias")
    assert state.scale is Scale.VALUE


def test_the_same_runs_again_change_nothing(state, history, qtbot):
    state.set_history(history)
    adam = run("Adam")
    state.set_compared([adam])
    with qtbot.assertNotEmitted(state.comparedChanged):
        state.set_compared([adam])


def test_the_clock_draws_a_compared_run_that_grows(view, state, clock, qtbot):
    adam = run("Adam")
    state.set_compared([adam])
    clean = lambda: not any(panel.dirty for panel in view.panels if panel.isVisible())  # noqa: E731
    qtbot.waitUntil(clean)
    clock.watch(TRAINING_SHARE)
    adam.history.append(31, 2, frames_of(1, seed=8)[1], (0.5, 0.5))
    qtbot.waitUntil(lambda: view.traces_panel.others.curves[0].getData()[0][-1] == 31)
    clock.watch(0)
    qtbot.waitUntil(clean)
    qtbot.waitUntil(lambda: not clock.active)


def test_each_run_has_a_colour_of_its_own_that_is_seen():
    for colours in (LIGHT, DARK):
        used = (*colours.series, colours.accent, colours.above, colours.below)
        assert len(colours.series) >= MOST_COMPARED
        assert len(set(used)) == len(used)
        for name in colours.series:
            assert contrast(name, colours.surface) >= 3


def contrast(one, other):
    """The contrast ratio of WCAG 2."""
    light, dark = sorted((luminance(QColor(one)), luminance(QColor(other))), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour):
    parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour.getRgbF()[:3]]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
