"""Twins and sweeps: trained by the worker beside the window's network, recorded, and laid side by side."""

import numpy as np
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QSpinBox

from biasstudio import open_run
from biasstudio.gui.sweep.cell_delegate import corner_text
from biasstudio.gui.sweep.sweep_dialog import SweepDialog
from biasstudio.spec.initializers import Initializer
from biasstudio.worker.messages import WorkerState
from tests.experiments import moons


def trigger(window, name):
    window.findChild(QAction, name).trigger()


def sweep_dialog(window):
    trigger(window, "actionSweep")
    return window.findChild(SweepDialog, "sweepDialog")


def idle(window):
    return window.ready() and window.status.message.text() not in (state.value for state in WorkerState)


def runs_of(window):
    return {run.name: run for run in window.runs.model.runs()}


def test_a_twin_without_biases_is_trained_and_laid_beside(open_window):
    window = open_window(moons(seed=2))
    trigger(window, "actionTwinWithoutBiases")  # also trains the network itself, which wasn't yet
    assert window.wait_until(lambda: len(window.view.compared) == 1, 60_000)
    assert window.wait_until(lambda: window.ready() and len(window.view.compared[0].history.epochs()) == 2, 60_000)
    assert window.view.history.last_step == window.view.compared[0].history.last_step == 58
    assert window.wait_until(lambda: [run.state for run in window.runs.model.runs()] == ["finished"] * 2, 10_000)
    twin = next(run for run in window.runs.model.runs() if "no bias" in run.name)
    with open_run(twin.path) as run:
        assert run.vectors == ()
        assert run.experiment.training.seed == 2
        assert not any(layer.has_bias for layer in run.experiment.stack.layers)
        losses = run.epochs[-1].metrics
    assert window.comparison.model.columnCount() == 2
    assert losses["loss"] == window.view.compared[0].history.epochs()[-1].metrics["loss"]


def test_a_twin_with_another_initializer_starts_there_and_from_the_same_weights(open_window):
    window = open_window(moons(seed=2))
    window.stack_editor.choose_layer("dense")
    trigger(window, "actionTrain")
    history = window.view.history
    assert window.wait_until(lambda: len(history.epochs()) == 2 and window.ready(), 60_000)
    menu = window.findChild(QAction, "actionTwinWithoutBiases").associatedObjects()
    twins = next(entry for entry in menu if hasattr(entry, "others"))
    twins.others.aboutToShow.emit()
    next(action for action in twins.others.actions() if action.text() == "Ones").trigger()
    assert window.wait_until(lambda: len(window.view.compared) == 1, 60_000)
    twin = window.view.compared[0].history
    assert window.wait_until(lambda: len(twin.epochs()) == 2 and window.ready(), 60_000)
    assert twin.values("dense/bias", 0).tolist() == [1.0] * 8
    assert twin.values("dense_1/bias", 0).tolist() == [0.0]
    # The network in the window is as it was, and goes on from there.
    assert window.view.history is history
    step = history.last_step
    trigger(window, "actionTrain")
    assert window.wait_until(lambda: len(history.epochs()) == 4 and window.ready(), 60_000)
    assert history.last_step == 2 * step


def test_a_sweep_trains_initializers_times_seeds_and_says_what_came_of_them(open_window):
    window = open_window(moons(epochs=1))
    dialog = sweep_dialog(window)
    assert dialog.isVisible()
    for name, value in (("sweepSeeds", 2), ("sweepFirstSeed", 7), ("sweepEpochs", 2)):
        box = dialog.findChild(QSpinBox, name)
        box.selectAll()
        QTest.keyClicks(box, str(value))
    ones = next(item for item in items(dialog.setup.kinds) if item.text() == "Ones")
    tick(dialog.setup.kinds, ones)
    assert "4 runs" in dialog.setup.said.text()
    QTest.mouseClick(dialog.findChild(QPushButton, "sweepRun"), Qt.MouseButton.LeftButton)
    assert window.wait_until(lambda: dialog.sweep.ended == 4 and not dialog.running, 120_000)
    assert window.wait_until(lambda: [run.state for run in window.runs.model.runs()] == ["finished"] * 4, 10_000)
    assert len({run.group for run in window.runs.model.runs()}) == 1
    losses = {}
    for summary in window.runs.model.runs():
        with open_run(summary.path) as run:
            first = run.experiment.stack.layers[0]
            key = first.bias_initializer.name, run.experiment.training.seed
            losses[key] = run.epochs[-1].metrics["val_loss"]
            assert len(run.epochs) == 2
    assert set(losses) == {(name, seed) for name in ("Zeros", "Ones") for seed in (7, 8)}
    for row in dialog.sweep.runs:
        variation = row.variation
        assert row.outcome.loss == losses[variation.initializer.name, variation.seed]
    table = dialog.tables.kinds
    assert table.rows.rowCount() == 2
    texts = [table.rows.data(table.rows.index(0, column)) for column in range(table.rows.columnCount())]
    mean = np.mean([losses["Zeros", 7], losses["Zeros", 8]])
    assert texts[0] == "Zeros"
    assert f"{mean:.3f}" in texts[3]
    grid = dialog.multiples.grid
    QTest.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=grid.visualRect(grid.model().index(1, 1)).center())
    assert window.wait_until(lambda: "Ones" in window.notices.said("run"), 10_000)
    dialog.close()


def test_a_sweep_can_be_stopped(open_window):
    window = open_window(moons(epochs=500))
    dialog = sweep_dialog(window)
    QTest.mouseClick(dialog.findChild(QPushButton, "sweepRun"), Qt.MouseButton.LeftButton)
    assert window.wait_until(lambda: dialog.sweep.live >= 0, 60_000)
    QTest.mouseClick(dialog.findChild(QPushButton, "sweepStop"), Qt.MouseButton.LeftButton)
    assert window.wait_until(lambda: not dialog.running and window.ready(), 30_000)
    assert {run.state.value for run in dialog.sweep.runs} == {"stopped", "not run"}
    dialog.close()


def test_a_sweep_that_is_paused_says_so(open_window):
    window = open_window(moons(epochs=500))
    dialog = sweep_dialog(window)
    QTest.mouseClick(dialog.findChild(QPushButton, "sweepRun"), Qt.MouseButton.LeftButton)
    pause = window.actions_of_training.pause
    assert window.wait_until(lambda: dialog.sweep.live >= 0 and pause.isEnabled(), 60_000)
    live = dialog.sweep.live
    pause.trigger()
    assert window.wait_until(lambda: states_of(dialog)[live] == "paused", 10_000)
    assert corner_text(dialog.sweep.runs[live])[0] == "paused"
    trigger(window, "actionTrain")
    assert window.wait_until(lambda: states_of(dialog)[live] == "running", 10_000)
    QTest.mouseClick(dialog.findChild(QPushButton, "sweepStop"), Qt.MouseButton.LeftButton)
    assert window.wait_until(lambda: not dialog.running and window.ready(), 30_000)
    dialog.close()


def states_of(dialog):
    """As the table of all runs shows them."""
    rows = dialog.tables.each.rows
    return [rows.data(rows.index(row, rows.columnCount() - 1)) for row in range(rows.rowCount())]


def test_a_twin_asked_for_while_training_is_said_to_wait_once_and_stop_drops_it(open_window):
    window = open_window(moons(seed=2, epochs=10_000))
    trigger(window, "actionTrain")
    history, stop = window.view.history, window.actions_of_training.stop
    assert window.wait_until(lambda: history.last_step > 0 and stop.isEnabled(), 60_000)
    trigger(window, "actionTwinWithoutBiases")
    said = window.notices.said("waiting")
    assert "“no bias · seed 2” is trained when this training ends. Stop ends this training and drops it." in said
    trigger(window, "actionTwinWithoutBiases")
    assert "“no bias · seed 2” waits" in window.notices.said("asked")
    assert window.notices.said("waiting") == said
    stop.trigger()
    assert window.wait_until(lambda: window.ready() and not window.notices.said("waiting"), 30_000)
    assert window.wait_until(lambda: [run.state for run in window.runs.model.runs()] == ["stopped"], 10_000)
    assert window.view.compared == ()
    assert window.notices.said("asked") == ""


def test_the_comparison_goes_on_with_a_twin_that_is_being_trained(open_window):
    window = open_window(moons(seed=2, epochs=10_000))
    trigger(window, "actionTrain")
    history = window.view.history
    assert window.wait_until(lambda: history.last_step > 0, 60_000)
    pause, stop = window.actions_of_training.pause, window.actions_of_training.stop
    stop.trigger()
    assert window.wait_until(window.ready, 30_000)
    trigger(window, "actionTwinWithoutBiases")
    assert window.wait_until(lambda: len(window.view.compared) == 1 and pause.isEnabled(), 60_000)
    assert window.notices.said("waiting") == ""
    trigger(window, "actionTwinWithoutBiases")
    assert "“no bias · seed 2” is being trained" in window.notices.said("asked")
    twin = window.view.compared[0].history
    assert window.tables.currentWidget() is window.comparison
    # With the first epoch other rows come.
    assert window.wait_until(lambda: steps_in_table(window) > 200, 30_000)
    seen, table = steps_in_table(window), window.comparison.table
    row = [row.name for row in window.comparison.model.rows].index("steps")
    table.selectRow(row)
    for _ in range(2):
        assert window.wait_until(lambda seen=seen: steps_in_table(window) > seen, 10_000)
        seen = steps_in_table(window)
    assert [index.row() for index in table.selectionModel().selectedRows()] == [row]
    stop.trigger()
    assert window.wait_until(window.ready, 30_000)
    assert window.wait_until(lambda: steps_in_table(window) == twin.last_step, 3_000)
    assert window.notices.said("asked") == ""


def steps_in_table(window):
    """How many steps the second run of the comparison is said to have made."""
    row = next(row for row in window.comparison.model.rows if row.name == "steps")
    return int(row.values[1].replace(",", ""))


def test_what_has_no_bias_has_no_twin_and_no_sweep(open_window):
    window = open_window(moons())
    window.document.edit_stack(
        "Off", lambda stack: stack.change("dense", use_bias=False).change("dense_1", use_bias=False)
    )
    assert window.wait_ready()
    trigger(window, "actionTwinWithoutBiases")
    assert "no layer" in window.notices.said("job").lower()
    dialog = sweep_dialog(window)
    assert "nothing to vary" in dialog.setup.said.text()
    assert not dialog.findChild(QPushButton, "sweepRun").isEnabled()
    dialog.close()


def test_closing_the_window_ends_a_sweep(open_window):
    window = open_window(moons(epochs=500))
    dialog = sweep_dialog(window)
    QTest.mouseClick(dialog.findChild(QPushButton, "sweepRun"), Qt.MouseButton.LeftButton)
    assert window.wait_until(lambda: dialog.sweep.live >= 0, 60_000)
    window.close_without_asking()
    assert window.wait_until(lambda: window.has_closed, 30_000)


def items(kinds):
    return [kinds.item(row) for row in range(kinds.count())]


def tick(kinds, item):
    rect = kinds.visualItemRect(item)
    QTest.mouseClick(kinds.viewport(), Qt.MouseButton.LeftButton, pos=rect.topLeft() + QPoint(8, rect.height() // 2))
    assert item.checkState() == Qt.CheckState.Checked
    assert item.data(int(Qt.ItemDataRole.UserRole)) == Initializer.of("Ones")
