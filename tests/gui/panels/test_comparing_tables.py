"""Comparing in the timeline, the overview and the values."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester, QTest

from biasstudio.gui.alignment import Alignment
from biasstudio.gui.panels.overview_model import DIFFERENCE_COLUMN
from biasstudio.gui.panels.overview_panel import OverviewPanel
from biasstudio.gui.panels.timeline_panel import TimelinePanel
from biasstudio.gui.panels.values_model import CHANGE, DIFFERENCE, INITIAL, NOW, OTHER, UNIT
from biasstudio.gui.panels.values_table import ValuesTable
from biasstudio.gui.theme import theme
from biasstudio.gui.view_state import ComparedRun
from biasstudio.recording.history import History
from tests.gui.panels.conftest import DENSE, GRU, frames_of, history_of
from tests.gui.panels.pointer import click, hover

STRICT = QAbstractItemModelTester.FailureReportingMode.Warning
OTHER_FRAMES = frames_of(50, seed=2)
TWIN = frames_of(50, (DENSE, GRU), seed=4)


@pytest.fixture
def adam():
    return ComparedRun("adam", "Adam", history_of(OTHER_FRAMES))


@pytest.fixture
def longer():
    """A run of batches of half the size: 40 steps an epoch, not 20."""
    return ComparedRun("longer", "batch 16", history_of(frames_of(120, seed=3), epoch_steps=40))


@pytest.fixture
def twin():
    return ComparedRun("twin", "without biases", history_of(TWIN, (DENSE, GRU)))


@pytest.fixture
def timeline(state, history, on_screen, adam, longer):
    panel = on_screen(TimelinePanel(state), 640, 320)
    state.set_history(history, "SGD")
    state.set_compared([adam, longer])
    panel.refresh()
    return panel


def text_of(value):
    return f"{value:+.4f}".replace("-", "−")


def cells(table, column):
    model = table.model()
    return [model.index(row, column).data() for row in range(model.rowCount())]


def test_each_run_has_its_metric_in_its_colour(timeline):
    colours = theme().colours
    runs = [timeline.plot.shown, *timeline.plot.others]
    for curves, last, colour in zip(runs, (50, 50, 120), (colours.accent, *colours.series), strict=False):
        x, y = curves.batches.getData()
        assert np.allclose(x, np.arange(1, last + 1))
        assert np.allclose(y, 1 / np.arange(1, last + 1))
        assert curves.batches.opts["pen"].color().name() == colour
    x, y = runs[2].validation.getData()
    assert x.tolist() == [40, 80, 120]
    assert np.allclose(y, 2 / x)
    assert timeline.plot.shown_range()[0] == (0, 120)


def test_by_epoch_the_axis_counts_epochs(timeline, state):
    state.choose_alignment(Alignment.EPOCH)
    timeline.refresh()
    assert timeline.plot.label_texts() == ("epoch", "loss")
    assert np.allclose(timeline.plot.batches.getData()[0], np.arange(1, 51) / 20)
    assert np.allclose(timeline.plot.others[1].batches.getData()[0], np.arange(1, 121) / 40)
    assert timeline.plot.shown_range()[0] == (0, 3)
    assert timeline.plot.boundaries.getData()[0].tolist() == [1, 1, 2, 2]
    state.show_step(30)
    timeline.refresh()
    assert timeline.plot.cursor_line.value() == pytest.approx(1.5)
    click(timeline.plot, 0.5, 0.5)
    assert abs(state.step - 10) <= 1


def test_the_cursor_stays_when_the_alignment_changes(timeline, state):
    state.show_step(17)
    for alignment in (Alignment.EPOCH, Alignment.STEP):
        state.choose_alignment(alignment)
        timeline.refresh()
        assert state.step == 17
        assert timeline.slider.value() == 17


def test_the_sliders_handle_stands_under_the_line_of_the_shorter_run(timeline, state):
    QTest.qWait(20)
    timeline.refresh()
    QTest.qWait(20)
    end = timeline.plot.mapTo(timeline, timeline.plot.position_of(50, 0)).x()
    slider = timeline.slider
    assert slider.mapTo(timeline, slider.rect().topRight()).x() == pytest.approx(end + 7, abs=2)
    state.set_compared([])
    timeline.refresh()
    QTest.qWait(20)
    assert slider.mapTo(timeline, slider.rect().topRight()).x() > end + 50


def test_the_legend_has_a_value_for_each_run(timeline, state):
    state.show_step(40)
    timeline.refresh()
    colours = theme().colours
    for value, colour in zip((0.025, 0.025, 0.025), (colours.accent, *colours.series), strict=False):
        assert f"color:{colour}'>{value}</span>" in timeline.legend.text()
    # Validation: the last at or before the step.
    assert timeline.legend.text().count(">0.05<") == 3
    state.choose_alignment(Alignment.EPOCH)
    timeline.refresh()
    assert f"color:{colours.series[1]}'>0.0125</span>" in timeline.legend.text()


@pytest.mark.parametrize("size", [(330, 150), (640, 150), (640, 320)])
def test_the_legend_lies_within_the_plot_and_leaves_room(state, history, on_screen, size):
    panel = on_screen(TimelinePanel(state), *size)
    state.set_history(history)
    state.set_compared([ComparedRun(str(n), f"run {n}", history_of(OTHER_FRAMES)) for n in range(6)])
    QTest.qWait(20)
    panel.refresh()
    area = panel.plot.data_rect().adjusted(-1, -1, 1, 1)
    if panel.legend.text():
        assert area.contains(panel.legend.geometry())
        assert panel.legend.height() <= area.height() / 2


def test_hovering_tells_each_runs_value_at_this_place(timeline, state):
    hover(timeline.plot, 25, 0.5)
    first, adam, longer = timeline.plot.said().splitlines()
    step = int(first.split()[1])
    assert abs(step - 25) <= 1
    assert adam == f"Adam · step {step} · batch loss {1 / step:.3g}"
    assert longer == f"batch 16 · step {step} · batch loss {1 / step:.3g}"
    state.choose_alignment(Alignment.EPOCH)
    timeline.refresh()
    hover(timeline.plot, 2.9, 0.5)
    first, adam, longer = timeline.plot.said().splitlines()
    assert first.startswith("step 50 ")
    assert abs(int(longer.split()[4]) - 116) <= 1


def test_a_run_without_the_metric_has_no_curve(timeline, state, adam):
    silent = History((DENSE,), ())
    silent.append(0, 0, np.zeros(4, np.float32))
    silent.append(1, 1, np.zeros(4, np.float32))
    nothing = History((DENSE,), ("loss",))
    state.set_compared([ComparedRun("silent", "silent", silent), ComparedRun("nothing", "nothing", nothing), adam])
    timeline.refresh()
    assert len(timeline.plot.others[0].batches.getData()[0]) == 0
    assert len(timeline.plot.others[2].batches.getData()[0]) == 50
    hover(timeline.plot, 25, 0.5)
    assert "silent · step 1\n" in timeline.plot.said()


def test_alone_the_timeline_is_as_before(timeline, state):
    state.choose_alignment(Alignment.EPOCH)
    state.set_compared([])
    timeline.refresh()
    assert timeline.plot.label_texts() == ("step", "loss")
    assert timeline.plot.shown_range()[0] == (0, 50)
    assert not any(curves.batches.isVisible() for curves in timeline.plot.others)
    assert timeline.plot.batches.opts["pen"].color().name() == theme().colours.muted


@pytest.fixture
def values(state, history, clock, on_screen, adam):
    panel = on_screen(ValuesTable(state, clock), 560, 500)
    panel.tester = QAbstractItemModelTester(panel.model, STRICT, panel)
    state.set_history(history, "SGD")
    state.set_compared([adam])
    panel.refresh()
    return panel


def shown_columns(panel):
    return [column for column in range(6) if not panel.table.isColumnHidden(column)]


def test_values_have_the_other_run_and_the_difference(values, frames):
    assert shown_columns(values) == [UNIT, INITIAL, NOW, CHANGE, OTHER, DIFFERENCE]
    wanted = frames[50, :32].astype(float) - OTHER_FRAMES[50, :32]
    assert cells(values.table, OTHER) == [text_of(value) for value in OTHER_FRAMES[50, :32]]
    assert np.allclose(values.model.column(DIFFERENCE), wanted)
    tip = values.model.headerData(OTHER, Qt.Orientation.Horizontal, Qt.ItemDataRole.ToolTipRole)
    assert "“Adam”" in tip
    ink = values.model.index(0, OTHER).data(Qt.ItemDataRole.ForegroundRole).color().name()
    assert ink == theme().colours.series[0]
    norm = f"{np.linalg.norm(wanted):.3g}"
    assert f"norm of difference {norm}" in values.summary.text().replace("\N{NO-BREAK SPACE}", " ")


def test_the_difference_sorts_by_its_size(values, frames):
    values.table.sortByColumn(DIFFERENCE, Qt.SortOrder.DescendingOrder)
    sizes = np.abs(frames[50, :32].astype(float) - OTHER_FRAMES[50, :32])
    assert [int(unit) for unit in cells(values.table, UNIT)] == np.argsort(-sizes, kind="stable").tolist()


def test_the_end_of_a_comparison_takes_its_columns_along(values, state):
    values.table.sortByColumn(DIFFERENCE, Qt.SortOrder.DescendingOrder)
    state.set_compared([])
    values.refresh()
    assert shown_columns(values) == [UNIT, INITIAL, NOW, CHANGE]
    assert cells(values.table, UNIT) == [str(unit) for unit in range(32)]
    assert "difference" not in values.summary.text()


def test_a_copy_names_the_run(values, frames):
    header = values.table.horizontalHeader()
    assert header.sectionViewportPosition(DIFFERENCE) >= 0
    spot = values.table.visualRect(values.model.index(2, NOW)).center()
    QTest.mouseClick(values.table.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(spot))
    QTest.keyClick(values.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    heading, row = QGuiApplication.clipboard().text().splitlines()
    assert heading == "channel\tinitial\tnow\tchange\tAdam\tdifference"
    assert np.float32(row.split("\t")[4]) == OTHER_FRAMES[50, 2]
    assert float(row.split("\t")[5]) == pytest.approx(float(frames[50, 2]) - float(OTHER_FRAMES[50, 2]))


def test_a_vector_that_the_other_run_has_not_says_so(values, state, twin):
    state.set_compared([twin])
    values.refresh()
    assert shown_columns(values) == [UNIT, INITIAL, NOW, CHANGE]
    assert values.subtitle.text() == "no conv2d/bias in “without biases”"
    state.choose_vector("dense/bias")
    values.refresh()
    assert DIFFERENCE in shown_columns(values)


def test_a_narrow_side_keeps_what_is_worth_most(state, history, clock, on_screen, adam):
    panel = on_screen(ValuesTable(state, clock), 266, 400)
    state.set_history(history)
    state.set_compared([adam])
    panel.table.sortByColumn(DIFFERENCE, Qt.SortOrder.DescendingOrder)
    panel.refresh()
    QTest.qWait(20)
    assert shown_columns(panel) == [UNIT, NOW, OTHER, DIFFERENCE]
    header, metrics = panel.table.horizontalHeader(), panel.table.fontMetrics()
    for column in shown_columns(panel):
        texts = [*cells(panel.table, column), panel.model.headerData(column, Qt.Orientation.Horizontal)]
        assert max(map(metrics.horizontalAdvance, texts)) + 6 <= header.sectionSize(column)
    assert header.length() <= panel.table.viewport().width()


def test_the_overview_has_the_norm_of_the_difference(state, history, on_screen, frames, adam, twin):
    panel = on_screen(OverviewPanel(state), 760, 220)
    panel.tester = QAbstractItemModelTester(panel.model, STRICT, panel)
    state.set_history(history)
    panel.refresh()
    assert panel.table.isColumnHidden(DIFFERENCE_COLUMN)
    state.set_compared([adam])
    panel.refresh()
    assert not panel.table.isColumnHidden(DIFFERENCE_COLUMN)
    apart = frames[50].astype(float) - OTHER_FRAMES[50]
    wanted = [f"{np.linalg.norm(apart[part]):.3g}" for part in (slice(32), slice(32, 36), slice(36, 48))]
    assert cells(panel.table, DIFFERENCE_COLUMN) == wanted
    state.set_compared([twin, adam])
    panel.refresh()
    apart = frames[50, 32:36].astype(float) - TWIN[50, :4]
    assert cells(panel.table, DIFFERENCE_COLUMN)[:2] == ["–", f"{np.linalg.norm(apart):.3g}"]
