"""Runs laid over the shown one: what each panel draws of them, worked out another way with NumPy."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from biasstudio.gui.alignment import Alignment
from biasstudio.gui.panels.heatmap_panel import HeatmapPanel
from biasstudio.gui.panels.spread_panel import SpreadPanel
from biasstudio.gui.panels.traces_panel import TracesPanel
from biasstudio.gui.panels.vector_panel import VectorPanel
from biasstudio.gui.theme import theme
from biasstudio.gui.view_state import ComparedRun, Scale
from biasstudio.recording.network import BiasVector
from tests.gui.panels.conftest import CONV, DENSE, GRU, frames_of, history_of
from tests.gui.panels.pointer import hover

OTHER = frames_of(50, seed=2)
HALF = frames_of(25, seed=3)
"""A run of batches of double size: 10 steps an epoch, not 20."""
TWIN = frames_of(50, (DENSE, GRU), seed=4)
"""A run without a bias in its first layer."""


@pytest.fixture
def adam():
    return ComparedRun("adam", "Adam", history_of(OTHER))


@pytest.fixture
def half():
    return ComparedRun("half", "batch 64", history_of(HALF, epoch_steps=10))


@pytest.fixture
def twin():
    return ComparedRun("twin", "without biases", history_of(TWIN, (DENSE, GRU)))


@pytest.fixture
def shown(state, history, on_screen, adam, half):
    """Shows a panel of the given class while the state compares with two runs."""

    def show(panel_class, compared=(adam, half)):
        panel = on_screen(panel_class(state), 460, 320)
        state.set_history(history, "SGD")
        state.set_compared(compared)
        panel.refresh()
        return panel

    return show


def colours_of(curves):
    return [curve.opts["pen"].color().name() for curve in curves]


def series(*indexes):
    return [theme().colours.series[index] for index in indexes]


def text_of(value):
    return f"{value:+.4f}".replace("-", "−")


def strokes_of(curve):
    """Unit, and value, of each stroke."""
    x, y = (points.reshape(-1, 2) for points in curve.getData())
    assert (y[:, 0] == y[:, 1]).all()
    return x.mean(axis=1), y[:, 0]


def test_the_vector_has_a_stroke_a_unit_for_each_run(shown, state):
    panel = shown(VectorPanel)
    state.show_step(20)
    panel.refresh()
    assert colours_of(panel.others.curves) == series(0, 1)
    for curve, frames in zip(panel.others.curves, (OTHER, HALF), strict=True):
        units, values = strokes_of(curve)
        assert np.allclose(units, np.arange(32))
        assert np.allclose(values, frames[20, :32])
    assert len(panel.plot.plotItem.items) < 10


def test_by_epoch_the_place_in_the_epoch_decides(shown, state):
    panel = shown(VectorPanel)
    state.choose_alignment(Alignment.EPOCH)
    for step, other, half in ((20, 20, 10), (31, 31, 15), (50, 50, 25)):
        state.show_step(step)
        panel.refresh()
        values = [strokes_of(curve)[1] for curve in panel.others.curves]
        assert np.allclose(values, [OTHER[other, :32], HALF[half, :32]])


def test_a_shorter_run_stays_at_its_end(shown):
    panel = shown(VectorPanel)
    assert np.allclose(strokes_of(panel.others.curves[1])[1], HALF[25, :32])


def test_strokes_are_painted_in_their_colour(shown, state):
    state.choose_vector("dense/bias")
    panel = shown(VectorPanel)
    state.choose_vector("dense/bias")
    for scheme in (Qt.ColorScheme.Dark, Qt.ColorScheme.Light):
        theme().prefer(scheme)
        panel.refresh()
        shown_picture = panel.plot.grab().toImage()
        spot = panel.plot.position_of(1.35, float(OTHER[50, 33]))
        near = [shown_picture.pixelColor(spot.x(), spot.y() + offset).name() for offset in (-1, 0, 1)]
        assert theme().colours.series[0] in near


def test_values_of_compared_runs_lie_in_the_range(shown, state):
    wide = ComparedRun("wide", "wide", history_of(OTHER * 9))
    panel = shown(VectorPanel, (wide,))
    low, high = panel.plot.shown_range()[1]
    assert low <= 9 * OTHER[50, :32].min()
    assert high >= 9 * OTHER[50, :32].max()
    state.set_compared(())
    panel.refresh()
    assert panel.plot.shown_range()[1][1] < high / 4
    assert panel.others.curves == []


def test_runs_without_the_vector_are_named_and_not_drawn(shown, state, twin, adam):
    panel = shown(VectorPanel, (adam, twin))
    assert panel.subtitle.text().startswith("no conv2d/bias in “without biases” · bias now")
    assert colours_of(panel.others.curves) == series(0)
    state.choose_vector("dense/bias")
    panel.refresh()
    assert "without" not in panel.subtitle.text()
    # A run keeps its colour whatever is drawn of the others.
    assert colours_of(panel.others.curves) == series(0, 1)
    assert np.allclose(strokes_of(panel.others.curves[1])[1], TWIN[50, :4])


def test_a_vector_of_another_shape_is_not_drawn(shown):
    vector = BiasVector("conv2d/bias", (8,), "conv2d", "channel")
    small = ComparedRun("small", "8 filters", history_of(frames_of(5, (vector,)), (vector,)))
    panel = shown(VectorPanel, (small,))
    assert panel.subtitle.text().startswith("no conv2d/bias of this shape in “8 filters”")
    assert panel.others.curves == []


def test_hovering_names_each_run(shown):
    panel = shown(VectorPanel)
    hover(panel.plot, 3, 0.0)
    lines = panel.plot.said().splitlines()
    assert lines[1] == f"Adam · {text_of(OTHER[50, 3])}"
    assert lines[2] == f"batch 64 · step 25 · {text_of(HALF[25, 3])}"


def test_thousands_of_units_are_grouped_in_strokes_too(state, on_screen):
    many = BiasVector("big/bias", (5000,), "big", "unit")
    frames = frames_of(1, (many,), seed=7)
    state.set_history(history_of(frames_of(1, (many,)), (many,)))
    state.set_compared([ComparedRun("k", "k", history_of(frames, (many,)))])
    panel = on_screen(VectorPanel(state), 420, 300)
    panel.refresh()
    _, values = strokes_of(panel.others.curves[0])
    assert len(values) == len(panel.bars.opts["height"])
    assert np.abs(values).max() == pytest.approx(np.abs(frames[-1]).max())


def test_not_finite_values_of_a_compared_run_are_left_out(shown):
    broken = OTHER.copy()
    broken[:, :3] = np.nan, np.inf, -np.inf
    run = ComparedRun("broken", "broken", history_of(broken))
    for panel_class in (VectorPanel, SpreadPanel, TracesPanel, HeatmapPanel):
        panel = shown(panel_class, (run,))
        panel.grab()
        assert np.isfinite(panel.plot.shown_range()).all()
    panel = shown(VectorPanel, (run,))
    assert strokes_of(panel.others.curves[0])[0].tolist() == list(range(3, 32))


def test_traces_of_many_units_have_the_median_of_each_run(shown):
    panel = shown(TracesPanel)
    assert colours_of(panel.others.curves) == series(0, 1)
    for curve, frames in zip(panel.others.curves, (OTHER, HALF), strict=True):
        x, y = curve.getData()
        assert np.allclose(x, np.arange(len(frames)))
        assert np.allclose(y, np.median(frames[:, :32].astype(float) - frames[0, :32], axis=1))


def test_traces_of_the_chosen_unit(shown, state):
    panel = shown(TracesPanel)
    state.choose_unit(25)
    panel.refresh()
    for curve, frames in zip(panel.others.curves, (OTHER, HALF), strict=True):
        assert np.allclose(curve.getData()[1], frames[:, 25].astype(float) - frames[0, 25])


def test_traces_of_few_units_have_a_line_each(shown, state):
    panel = shown(TracesPanel)
    state.choose_vector("dense/bias")
    panel.refresh()
    x, y = panel.others.curves[1].getData()
    assert np.allclose(x.reshape(4, 26), np.arange(26))
    assert np.allclose(y.reshape(4, 26), HALF[:, 32:36].T)
    assert panel.others.curves[1].opts["connect"].reshape(4, 26)[:, -1].tolist() == [0] * 4
    assert colours_of(panel.others.curves) == series(0, 1)


def test_traces_by_epoch_line_up(shown, state):
    panel = shown(TracesPanel)
    state.choose_alignment(Alignment.EPOCH)
    panel.refresh()
    assert panel.plot.label_texts()[0] == "epoch"
    assert np.allclose(panel.lines.getData()[0], np.arange(51) / 20)
    assert np.allclose(panel.others.curves[1].getData()[0], np.arange(26) / 10)
    assert panel.plot.shown_range()[0] == (0, 2.5)
    state.show_step(30)
    panel.refresh()
    assert panel.cursor_line.value() == pytest.approx(1.5)


def test_traces_reach_to_the_end_of_the_longest_run(shown):
    longer = ComparedRun("longer", "longer", history_of(frames_of(120, seed=5)))
    panel = shown(TracesPanel, (longer,))
    assert panel.plot.shown_range()[0] == (0, 120)


def test_traces_read_a_recorded_run_once(shown, state, adam, monkeypatch):
    panel = shown(TracesPanel, (adam,))
    # The first drawing labels the axes, which leaves less room.
    panel.refresh()
    monkeypatch.setattr(adam.history, "window", None)
    state.show_step(10)
    panel.refresh()
    assert len(panel.others.curves) == 1


def test_a_run_that_grows_is_drawn_on(shown, adam):
    panel = shown(TracesPanel, (adam,))
    adam.history.append(51, 3, OTHER[0], (0.1, 0.9))
    panel.refresh()
    assert panel.others.curves[0].getData()[0][-1] == 51


def test_hovering_traces_names_each_run(shown, state, frames):
    panel = shown(TracesPanel)
    state.choose_vector("dense/bias")
    panel.refresh()
    unit = int(np.argmax(frames[50, 32:36]))
    hover(panel.plot, 50, float(frames[50, 32 + unit]))
    assert panel.plot.said().splitlines()[1:] == [
        f"Adam · {text_of(OTHER[50, 32 + unit])}",
        f"batch 64 · step 25 · {text_of(HALF[25, 32 + unit])}",
    ]


def test_spread_has_an_outline_in_the_same_bins(shown, state):
    panel = shown(SpreadPanel)
    state.choose_scale(Scale.VALUE)
    panel.refresh()
    (low, high), (_, top) = panel.plot.shown_range()
    edges = np.linspace(low, high, len(panel.bars.opts["height"]) + 1)
    assert colours_of(panel.others.curves) == series(0, 1)
    for curve, values in zip(panel.others.curves, (OTHER[50, :32], HALF[25, :32]), strict=True):
        x, y = curve.getData()
        counts = np.histogram(values, edges)[0]
        assert counts.sum() == 32
        assert np.allclose(x, np.repeat(edges, 2))
        assert y[0] == y[-1] == 0
        assert y[1:-1:2].tolist() == y[2:-1:2].tolist() == counts.tolist()
        assert top >= counts.max()
    hover(panel.plot, 0.0, 1)
    assert panel.plot.said().splitlines()[1].startswith("Adam · ")


def test_the_heatmap_of_differences(shown, state, frames):
    panel = shown(HeatmapPanel)
    state.choose_scale(Scale.DIFFERENCE)
    panel.refresh()
    wanted = (frames[:, :32].astype(float) - OTHER[:, :32]).T
    limit = panel.colour_bar.limit
    assert np.abs(wanted).max() <= limit <= np.abs(wanted).max() * 1.11
    assert np.abs(panel.image.image.astype(int) - (np.round(wanted / limit * 127) + 127)).max() <= 1
    assert panel.subtitle.text().startswith("difference to “Adam”")
    # The colour bar's figures have taken some room.
    QTest.qWait(20)
    spot = panel.plot.mapToScene(panel.plot.position_of(20, 9))
    step = round(panel.plot.box.mapSceneToView(spot).x())
    hover(panel.plot, 20, 9)
    told = f"Adam · {text_of(OTHER[step, 9])} · difference {text_of(wanted[9, step])}"
    assert panel.plot.said().splitlines()[1] == told
    assert "Difference" in panel.whatsThis()


@pytest.mark.parametrize("alignment", list(Alignment))
def test_differences_are_to_the_steps_that_correspond(shown, state, frames, half, alignment):
    panel = shown(HeatmapPanel, (half,))
    state.choose_alignment(alignment)
    state.choose_scale(Scale.DIFFERENCE)
    panel.refresh()
    steps = np.arange(51) // 2 if alignment is Alignment.EPOCH else np.minimum(np.arange(51), 25)
    wanted = (frames[:, :32].astype(float) - HALF[steps, :32]).T
    shown_values = (panel.image.image.astype(float) - 127) / 127 * panel.colour_bar.limit
    assert np.abs(shown_values - wanted).max() <= panel.colour_bar.limit / 127


def test_long_runs_are_compared_at_true_steps(state, on_screen):
    vectors = (DENSE,)
    mine, other = frames_of(3000, vectors, seed=8), frames_of(6000, vectors, seed=9)
    state.set_history(history_of(mine, vectors, epoch_steps=1000))
    state.set_compared([ComparedRun("k", "k", history_of(other, vectors, epoch_steps=2000))])
    state.choose_alignment(Alignment.EPOCH)
    state.choose_scale(Scale.DIFFERENCE)
    panel = on_screen(TracesPanel(state), 400, 300)
    panel.refresh()
    x, y = panel.lines.getData()
    steps = np.round(x.reshape(4, -1)[0] * 1000).astype(int)
    assert np.allclose(y.reshape(4, -1), (mine[steps].astype(float) - other[2 * steps]).T, atol=1e-6)


def test_traces_and_spread_of_differences_show_nothing_of_the_others(shown, state, frames):
    wanted = frames[50, :32].astype(float) - OTHER[50, :32]
    spread = shown(SpreadPanel)
    state.choose_scale(Scale.DIFFERENCE)
    spread.refresh()
    (low, high), _ = spread.plot.shown_range()
    edges = np.linspace(low, high, len(spread.bars.opts["height"]) + 1)
    assert spread.bars.opts["height"].tolist() == np.histogram(wanted, edges)[0].tolist()
    assert spread.others.curves == []
    assert spread.plot.label_texts()[0] == "difference"
    # What they differed by at step 0 is the ghost.
    start = frames[0, :32].astype(float) - OTHER[0, :32]
    assert spread.ghosts.opts["height"].tolist() == np.histogram(start, edges)[0].tolist()
    traces = shown(TracesPanel)
    state.choose_scale(Scale.DIFFERENCE)
    traces.refresh()
    assert traces.lines.getData()[1][-1] == pytest.approx(np.median(wanted))
    assert traces.others.curves == []


def test_before_training_differences_are_those_of_the_initial_values(state, on_screen, frames, adam):
    panel = on_screen(HeatmapPanel(state), 420, 300)
    state.set_history(history_of(frames[:1]))
    state.set_compared([adam])
    state.choose_scale(Scale.DIFFERENCE)
    panel.refresh()
    QTest.qWait(0)
    wanted = frames[0, :32].astype(float) - OTHER[0, :32]
    shown_values = (panel.image.image[:, 0].astype(float) - 127) / 127 * panel.colour_bar.limit
    assert np.abs(shown_values - wanted).max() <= panel.colour_bar.limit / 127


def test_each_panel_is_dirty_when_the_comparison_changes(shown, state, adam):
    for panel_class in (VectorPanel, TracesPanel, SpreadPanel, HeatmapPanel):
        panel = shown(panel_class)
        for change in (
            lambda: state.choose_alignment(Alignment.EPOCH),
            lambda: state.set_compared([adam]),
            lambda: state.set_compared([]),
        ):
            assert not panel.dirty
            change()
            assert panel.dirty
            panel.refresh()
        state.choose_alignment(Alignment.STEP)
    assert CONV.path == state.vector.path
