from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics, QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QPushButton

from biasstudio.gui.compare_view import NOTHING_COMPARED, CompareView
from biasstudio.gui.theme import theme
from biasstudio.gui.view_state import ComparedRun
from biasstudio.recording.history import History
from tests.experiments import tutorial
from tests.gui.panels.conftest import CONV, DENSE, frames_of, history_of

FIRST, SECOND, TWIN = frames_of(50, (CONV, DENSE)), frames_of(60, (CONV, DENSE), seed=2), frames_of(50, (DENSE,))


@pytest.fixture
def first():
    return ComparedRun("1", "Adam", history_of(FIRST, (CONV, DENSE)), tutorial())


@pytest.fixture
def second():
    experiment = tutorial().change_training(optimizer="SGD")
    return ComparedRun("2", "SGD", history_of(SECOND, (CONV, DENSE)), experiment)


@pytest.fixture
def twin():
    experiment = tutorial()
    experiment = replace(experiment, stack=experiment.stack.change("conv2d", use_bias=False))
    return ComparedRun("3", "without biases", history_of(TWIN, (DENSE,)), experiment)


@pytest.fixture
def script():
    return ComparedRun("4", "train.py", history_of(SECOND, (CONV, DENSE)))


@pytest.fixture
def view(qtbot):
    view = CompareView()
    qtbot.addWidget(view)
    view.tester = QAbstractItemModelTester(
        view.model, QAbstractItemModelTester.FailureReportingMode.Warning, view.model
    )
    view.resize(620, 480)
    with qtbot.waitExposed(view):
        view.show()
    return view


def table_of(view):
    model, vertical = view.model, Qt.Orientation.Vertical
    return {
        model.headerData(row, vertical): [model.index(row, column).data() for column in range(model.columnCount())]
        for row in range(model.rowCount())
    }


def is_bold(view, name, column):
    row = list(table_of(view)).index(name)
    font = view.model.index(row, column).data(Qt.ItemDataRole.FontRole)
    return font is not None and font.bold()


def test_fewer_than_two_runs_leave_a_sentence(view, first):
    for runs in ((), (first,)):
        view.show_runs(runs)
        assert view.empty.isVisible()
        assert view.empty.text() == NOTHING_COMPARED
        assert not view.table.isVisible()
    assert view.objectName() == "compareView"
    assert view.accessibleName()
    assert view.table.accessibleName()


def test_the_settings_that_differ_are_shown(view, first, second, twin):
    view.show_runs([first, second, twin])
    table = table_of(view)
    assert table["training · optimizer"] == ["Adam", "SGD", "Adam"]
    assert table["training · learning rate"] == ["0.001", "0.01", "0.001"]
    assert table["conv2d · bias"] == ["on", "on", "off"]
    assert "training · epochs" not in table
    names = [view.model.headerData(column, Qt.Orientation.Horizontal) for column in range(3)]
    assert names == ["Adam", "SGD", "without biases"]


def test_a_chip_shows_all_settings(view, first, second):
    view.show_runs([first, second])
    chip = view.findChild(QPushButton, "compareEverything")
    QTest.mouseClick(chip, Qt.MouseButton.LeftButton)
    assert table_of(view)["training · epochs"] == ["3", "3"]
    assert table_of(view)["conv2d · filters"] == ["32", "32"]
    QTest.mouseClick(chip, Qt.MouseButton.LeftButton)
    assert "training · epochs" not in table_of(view)


def test_outcomes_agree_with_numpy(view, first, second, twin):
    view.show_runs([first, second, twin])
    table = table_of(view)
    assert table["steps"] == ["50", "60", "50"]
    assert table["epochs"] == ["2", "3", "2"]
    assert table["validation loss, last epoch"] == [f"{2 / 40:.4g}", f"{2 / 60:.4g}", f"{2 / 40:.4g}"]
    assert table["validation accuracy, last epoch"] == ["0.5"] * 3
    norms = [f"{np.linalg.norm(frames[-1, :32].astype(float) - frames[0, :32]):.4g}" for frames in (FIRST, SECOND)]
    assert table["conv2d/bias · norm of change"] == [*norms, "–"]
    assert table["conv2d/bias · units moved"] == ["32 of 32", "32 of 32", "–"]
    dense = [frames.astype(float) for frames in (FIRST[:, 32:], SECOND[:, 32:], TWIN)]
    norms = [f"{np.linalg.norm(frames[-1] - frames[0]):.4g}" for frames in dense]
    assert table["dense/bias · norm of change"] == norms


def test_before_the_first_epoch_ends_the_last_batch_is_told(view, first):
    short = history_of(FIRST[:11], (CONV, DENSE))
    view.show_runs([first, ComparedRun("s", "short", short, tutorial())])
    table = table_of(view)
    assert table["loss, last batch"] == [f"{1 / 50:.4g}", f"{1 / 10:.4g}"]
    assert table["validation loss, last epoch"][1] == "–"


def test_the_loss_comes_first_and_its_validation_next(view, first, second):
    view.show_runs([first, second])
    rows = list(table_of(view))
    assert rows.index("validation loss, last epoch") < rows.index("validation accuracy, last epoch")


def test_what_is_another_than_in_the_first_run_is_bold(view, first, second, twin):
    view.show_runs([first, second, twin])
    assert [is_bold(view, "training · optimizer", column) for column in range(3)] == [False, True, False]
    assert [is_bold(view, "conv2d · bias", column) for column in range(3)] == [False, False, True]
    row = list(table_of(view)).index("conv2d · bias")
    inks = [view.model.index(row, c).data(Qt.ItemDataRole.ForegroundRole).color().name() for c in range(3)]
    assert inks == [theme().colours.text, theme().colours.muted, theme().colours.text]


def test_runs_of_scripts_have_no_settings(view, first, second, script):
    view.show_runs([first, script])
    assert table_of(view)["Experiment"][0].startswith("Fewer than two of these runs have an experiment")
    assert table_of(view)["steps"] == ["50", "60"]
    view.show_runs([first, script, second])
    assert table_of(view)["training · optimizer"] == ["Adam", "not known", "SGD"]
    assert not is_bold(view, "training · optimizer", 1)


def test_the_same_settings_are_said_to_be_the_same(view, first):
    view.show_runs([first, replace(first, key="again", name="again")])
    assert table_of(view)["Experiment"][0] == "All settings are the same."
    assert view.table.columnSpan(0, 0) == 2


def test_a_run_without_frames_can_be_held_against_others(view, first):
    nothing = ComparedRun("n", "nothing", History((CONV,), ("loss",)))
    view.show_runs([first, nothing])
    assert table_of(view)["steps"] == ["50", "0"]
    assert table_of(view)["conv2d/bias · units moved"] == ["32 of 32", "–"]


def test_rows_are_copied_as_text(view, first, second):
    view.show_runs([first, second])
    view.table.setFocus()
    row = list(table_of(view)).index("training · optimizer")
    spot = view.table.visualRect(view.model.index(row, 0)).center()
    QTest.mouseClick(view.table.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    QTest.keyClick(view.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "setting\tAdam\tSGD\ntraining · optimizer\tAdam\tSGD\n"
    view.table.clearSelection()
    view.copy_action.trigger()
    assert len(QGuiApplication.clipboard().text().splitlines()) == view.model.rowCount() + 1


def test_refreshing_tells_what_has_gone_on(view, first, second):
    view.show_runs([first, second])
    first.history.append(51, 3, FIRST[0], (0.1, 0.9))
    view.refresh()
    assert table_of(view)["steps"] == ["51", "60"]


def shown_pixels(view, place):
    """What is on the screen, as it was painted last."""
    spot = view.table.viewport().mapTo(view, place.topLeft())
    return view.screen().grabWindow(view.winId(), spot.x(), spot.y(), place.width(), place.height()).toImage()


def scroll_to_the_end(view):
    bar = view.table.horizontalScrollBar()
    bar.setValue(bar.maximum())
    QTest.qWait(20)


def of_many(first, second, count):
    return [first, *(replace(second, key=str(n), name=f"run number {n}") for n in range(1, count))]


def test_where_there_is_room_the_names_stand_beside_the_values(view, first, second):
    view.resize(760, 480)
    view.show_runs([first, second])
    names = view.table.verticalHeader()
    assert names.isVisible()
    assert names.width() >= names.sizeHint().width()
    assert view.table.horizontalScrollBar().maximum() == 0
    assert {view.table.rowHeight(row) for row in range(view.model.rowCount())} == {26}


@pytest.mark.parametrize("width", [284, 320])
def test_two_runs_and_all_names_fit_into_a_narrow_side(view, first, twin, width):
    view.resize(width, 280)
    view.show_runs([first, twin])
    QTest.qWait(20)
    table, model = view.table, view.model
    assert view.width() == width
    assert table.horizontalScrollBar().maximum() == 0
    shown = [row for row in range(model.rowCount()) if not table.isRowHidden(row)]
    assert [name for name in table_of(view) if name not in ("Experiment", "Outcome")] == [
        model.rows[row].name for row in shown
    ]
    for row in shown:
        name = QFontMetrics(table.name_font(row)).horizontalAdvance(model.rows[row].name)
        assert name <= table.name_rect(row).width()
        for column in range(2):
            cell = table.value_rect(row, table.visualRect(model.index(row, column)))
            text = QFontMetrics(table.font()).horizontalAdvance(model.rows[row].values[column])
            assert text <= cell.width()
            assert cell.height() >= table.fontMetrics().height()
            assert cell.top() > table.name_rect(row).bottom()


@pytest.mark.parametrize("size", [(284, 300), (760, 480)])
def test_of_many_runs_names_stay_in_sight_and_columns_can_be_read(view, first, second, size):
    view.resize(*size)
    view.show_runs(of_many(first, second, 7))
    QTest.qWait(20)
    table = view.table
    assert view.width() == size[0]
    assert all(table.columnWidth(column) >= 100 for column in range(7))
    row = list(table_of(view)).index("training · optimizer")
    before = shown_pixels(view, table.name_rect(row))
    colours = {before.pixelColor(x, y).name() for x in range(before.width()) for y in range(before.height())}
    assert len(colours) > 4  # it is written there
    scroll_to_the_end(view)
    assert table.horizontalScrollBar().value() > 40
    assert shown_pixels(view, table.name_rect(row)) == before


def test_a_note_is_read_in_full_also_where_it_is_narrow(view, first, script):
    view.resize(284, 300)
    view.show_runs([first, script])
    QTest.qWait(20)
    note, place = view.model.rows[0].values[0], view.table.value_rect(0, view.table.visualRect(view.model.index(0, 0)))
    wrapped = view.table.fontMetrics().boundingRect(0, 0, place.width(), 999, int(Qt.TextFlag.TextWordWrap), note)
    assert wrapped.height() > 2 * view.table.fontMetrics().height()
    assert place.top() + wrapped.height() <= view.table.rowViewportPosition(0) + view.table.rowHeight(0)


def test_the_theme_is_followed(view, first, second):
    view.show_runs([first, second])
    for scheme in (Qt.ColorScheme.Dark, Qt.ColorScheme.Light):
        theme().prefer(scheme)
        QTest.qWait(20)
        assert view.table.viewport().grab().toImage().pixelColor(2, 2).name() == theme().colours.surface
        swatch = view.model.headerData(1, Qt.Orientation.Horizontal, Qt.ItemDataRole.DecorationRole)
        assert swatch.toImage().pixelColor(4, 4).name() == theme().colours.series[0]
