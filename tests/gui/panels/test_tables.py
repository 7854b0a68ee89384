"""The overview and the values: what their cells say, and how they choose."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester, QTest

from biasstudio.gui.panels.overview_model import STRIP_COLUMN, STRIP_ROLE
from biasstudio.gui.panels.overview_panel import OverviewPanel
from biasstudio.gui.panels.values_table import ValuesTable
from biasstudio.gui.theme import theme
from biasstudio.recording.network import BiasVector
from tests.gui.panels.conftest import frames_of, history_of

STRICT = QAbstractItemModelTester.FailureReportingMode.Warning


@pytest.fixture
def values(state, history, clock, on_screen):
    panel = on_screen(ValuesTable(state, clock), 320, 500)
    panel.tester = QAbstractItemModelTester(panel.model, STRICT, panel)
    state.set_history(history)
    panel.refresh()
    return panel


def cells(table, column):
    model = table.model()
    return [model.index(row, column).data() for row in range(model.rowCount())]


def shown(value):
    return f"{value:+.4f}".replace("-", "−")


def click_cell(table, row, column=0):
    spot = table.visualRect(table.model().index(row, column)).center()
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=spot)


def click_heading(table, column):
    header = table.horizontalHeader()
    spot = QPoint(header.sectionViewportPosition(column) + 10, header.height() // 2)
    QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=spot)


def test_values_show_initial_now_and_change(values, frames):
    change = frames[50, :32].astype(float) - frames[0, :32]
    assert cells(values.table, 0) == [str(unit) for unit in range(32)]
    assert cells(values.table, 1) == [shown(value) for value in frames[0, :32]]
    assert cells(values.table, 2) == [shown(value) for value in frames[50, :32]]
    assert [cell[0] for cell in cells(values.table, 3)] == ["+" if value > 0 else "−" for value in change]
    assert values.table.objectName() == "valuesTable"
    alignment = values.model.index(0, 2).data(Qt.ItemDataRole.TextAlignmentRole)
    assert alignment & Qt.AlignmentFlag.AlignRight


def test_values_follow_the_cursor(values, state, frames):
    state.show_step(4)
    values.refresh()
    assert cells(values.table, 2) == [shown(value) for value in frames[4, :32]]


def test_the_sign_of_a_change_has_a_colour_too(values, frames):
    for unit in range(32):
        ink = values.model.index(unit, 3).data(Qt.ItemDataRole.ForegroundRole).color().name()
        assert ink == (theme().colours.above if frames[50, unit] > frames[0, unit] else theme().colours.below)


def test_headings_sort_by_number(values, frames):
    click_heading(values.table, 2)
    first = [int(cell) for cell in cells(values.table, 0)]
    assert first in (np.argsort(frames[50, :32]).tolist(), np.argsort(-frames[50, :32]).tolist())
    click_heading(values.table, 2)
    assert [int(cell) for cell in cells(values.table, 0)] == first[::-1]
    assert values.model.headerData(2, Qt.Orientation.Horizontal)[-1] in "▴▾"


def test_the_change_sorts_by_size_and_nan_goes_last(values, state, frames):
    broken = frames.copy()
    broken[-1, 7] = np.nan
    state.set_history(history_of(broken))
    values.refresh()
    values.table.sortByColumn(3, Qt.SortOrder.DescendingOrder)
    units = [int(cell) for cell in cells(values.table, 0)]
    sizes = np.abs(broken[50, :32].astype(float) - broken[0, :32])
    assert units[-1] == 7
    assert units[:-1] == np.argsort(-np.nan_to_num(sizes)).tolist()[:-1]
    assert values.subtitle.text() == "1 of 32 values is not finite"
    assert cells(values.table, 3)[-1] == "NaN"


def test_the_chosen_unit_is_the_chosen_row_both_ways(values, state):
    click_cell(values.table, 6)
    assert state.unit == 6
    state.choose_unit(20)
    values.refresh()
    assert values.table.currentIndex().row() == 20
    QTest.keyClick(values.table, Qt.Key.Key_Down)
    assert state.unit == 21
    state.choose_unit(None)
    values.refresh()
    assert not values.table.selectionModel().hasSelection()


def test_the_chosen_row_stays_with_its_unit_when_the_order_changes(values, state, history):
    state.choose_unit(11)
    values.refresh()
    values.table.sortByColumn(2, Qt.SortOrder.AscendingOrder)
    reversed_values = np.linspace(1, -1, 48).astype(np.float32)
    history.append(51, 3, reversed_values, (0.1, 0.9))
    values.refresh()
    assert state.unit == 11
    assert values.table.currentIndex().row() == 31 - 11
    assert values.model.unit_at(values.table.currentIndex().row()) == 11


def test_refreshing_chooses_nothing(values, state):
    values.refresh()
    state.choose_vector("dense/bias")
    values.refresh()
    assert state.unit is None


def test_units_of_a_matrix_are_tuples(values, state):
    state.choose_vector("gru/gru_cell/bias")
    values.refresh()
    assert cells(values.table, 0)[7] == "(1, 1)"
    assert values.model.headerData(0, Qt.Orientation.Horizontal).startswith("unit")


def test_the_summary_agrees_with_numpy(values, frames):
    now = frames[50, :32].astype(float)
    text = values.summary.text().replace("\N{NO-BREAK SPACE}", " ").replace("−", "-")
    for word, value in (("mean", now.mean()), ("sd", now.std()), ("min", now.min()), ("max", now.max())):
        assert f"{word} {value:.3g}" in text
    assert f"norm {np.linalg.norm(now):.3g}" in text
    assert "moved 32 of 32" in text


def test_ctrl_c_copies_the_selected_rows(values, frames):
    click_cell(values.table, 2)
    QTest.keyClick(values.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    heading, row = QGuiApplication.clipboard().text().splitlines()
    assert heading == "channel\tinitial\tnow\tchange"
    unit, initial, now, change = row.split("\t")
    assert unit == "2"
    assert np.float32(initial) == frames[0, 2]
    assert np.float32(now) == frames[50, 2]
    assert float(change) == pytest.approx(float(frames[50, 2]) - float(frames[0, 2]))


def test_csv_is_copied_and_saved(values, tmp_path, frames):
    values.copy_csv_action.trigger()
    text = QGuiApplication.clipboard().text()
    values.save_csv(tmp_path / "values.csv")
    assert (tmp_path / "values.csv").read_text(encoding="utf-8") == text
    table = np.genfromtxt(text.splitlines()[1:], delimiter=",")
    assert np.allclose(table[:, 2], frames[50, :32])


def test_a_context_menu_offers_copies(values):
    menu = values.make_menu()
    assert [action.text().replace("&", "") for action in menu.actions()] == [
        "Type a value",
        "Copy",
        "Paste",
        "Copy as CSV",
        "Save as CSV…",
    ]
    menu.deleteLater()


@pytest.fixture
def overview(state, history, on_screen):
    panel = on_screen(OverviewPanel(state), 700, 220)
    panel.tester = QAbstractItemModelTester(panel.model, STRICT, panel)
    state.set_history(history)
    panel.refresh()
    return panel


def test_a_row_for_every_vector(overview, frames):
    assert cells(overview.table, 0) == ["conv2d/bias", "dense/bias", "gru/gru_cell/bias"]
    assert cells(overview.table, 1) == ["32", "4", "12"]
    dense = frames[50, 32:36].astype(float)
    assert cells(overview.table, 3)[1] == f"{dense.mean():.3g}".replace("-", "−")
    assert cells(overview.table, 4)[1] == f"{dense.std():.3g}"
    assert cells(overview.table, 5)[1] == f"{np.linalg.norm(dense):.3g}"
    assert cells(overview.table, 6) == ["100 %"] * 3
    assert np.allclose(overview.model.index(1, STRIP_COLUMN).data(STRIP_ROLE), dense)


def test_a_click_chooses_the_vector_both_ways(overview, state):
    click_cell(overview.table, 1)
    assert state.vector.path == "dense/bias"
    state.choose_vector("gru/gru_cell/bias")
    overview.refresh()
    assert overview.table.currentIndex().row() == 2


def test_strips_are_painted_with_the_sign(overview, state, frames):
    state.choose_vector("gru/gru_cell/bias")
    overview.refresh()
    rect = overview.table.visualRect(overview.model.index(1, STRIP_COLUMN)).adjusted(6, 6, -6, -6)
    shown = overview.table.viewport().grab().toImage()
    unit = int(np.abs(frames[50, 32:36]).argmax())
    colour = shown.pixelColor(rect.left() + int((unit + 0.5) * rect.width() / 4), rect.center().y())
    assert (colour.red() > colour.blue()) == (frames[50, 32 + unit] > 0)


def test_sixty_vectors_scroll_and_a_narrow_panel_drops_columns(state, on_screen):
    vectors = [BiasVector(f"dense_{n}/bias", (8,), f"dense_{n}", "unit") for n in range(60)]
    broken = frames_of(3, vectors)
    broken[2:, 100] = np.nan
    panel = on_screen(OverviewPanel(state), 260, 200)
    state.set_history(history_of(broken, vectors))
    panel.refresh()
    assert panel.model.rowCount() == 60
    assert panel.table.verticalScrollBar().maximum() > 0
    assert panel.table.isColumnHidden(4)
    assert not panel.table.isColumnHidden(0)
    panel.grab()


def test_nothing_in_the_values_is_cut_off_in_a_narrow_side(state, frames, clock, on_screen):
    panel = on_screen(ValuesTable(state, clock), 266, 400)
    some = frames.copy()
    some[-1, :32], some[0, 1] = -0.4143, -7.5e-4
    state.set_history(history_of(some))
    panel.table.sortByColumn(3, Qt.SortOrder.DescendingOrder)
    panel.refresh()
    QTest.qWait(20)
    header, metrics = panel.table.horizontalHeader(), panel.table.fontMetrics()
    for column in range(4):
        heading = panel.model.headerData(column, Qt.Orientation.Horizontal)
        texts = [*cells(panel.table, column), heading]
        assert max(map(metrics.horizontalAdvance, texts)) + 6 <= header.sectionSize(column)
    assert header.length() <= panel.table.viewport().width()


def test_the_summarys_parts_stay_whole(values):
    assert all(" " not in part for part in values.summary.text().split(" · "))
