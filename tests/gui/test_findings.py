"""The Doctor in the window: findings as they come and go, fixed by a click, proved by a twin, shown where they are."""

import keras
import numpy as np
import pytest
from PySide6.QtCore import QObject, QPoint, QRect, QSize, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton

from biasstudio.data_files.proposal import propose_data
from biasstudio.doctor.finding import Finding, Severity
from biasstudio.doctor.remedy import Remedy
from biasstudio.engine.diagnosis import diagnose
from biasstudio.engine.recorder import BiasRecorder
from biasstudio.gui.finding_entry import FindingEntry
from biasstudio.gui.findings_view import NO_FAULT, FindingsView
from biasstudio.gui.theme import theme
from biasstudio.spec.experiment import Experiment, Training
from biasstudio.spec.initializers import Initializer
from biasstudio.worker import network_doctor
from tests.experiments import moons, tutorial


def one_unit(**training):
    """A small network with the tutorial's fault."""
    experiment = moons(**training)
    stack = experiment.stack.change("dense_1", activation="softmax")
    return Experiment(stack, experiment.data, experiment.training)


def all_dead(**training):
    experiment = moons(**training)
    stack = experiment.stack.change("dense", bias_initializer=Initializer.of("Constant", value=-10.0))
    return Experiment(stack, experiment.data, experiment.training)


def ids(window):
    return [finding.id for finding in window.findings.findings]


def entry_of(view, rule):
    return next(entry for entry in view.findChildren(FindingEntry) if entry.finding.id == rule and not entry.isHidden())


def click(view, rule, name):
    button = entry_of(view, rule).findChild(QPushButton, name)
    assert button.isVisible()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def click_notice(window, text):
    (button,) = [button for button in window.notices.findChildren(QPushButton) if button.text() == text]
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def texts(widget):
    return " ".join(label.text() for label in widget.findChildren(QLabel) if not label.isHidden())


def test_the_tutorials_fault_is_fixed_by_a_click_and_undone_by_another(qtbot, open_window):
    window = open_window()
    entry = entry_of(window.findings, "softmax-one-unit")
    for part in ("ERROR · dense_1", "always 1", "predicts 1 for every input", "can't be seen in its answer", "sigmoid"):
        assert part in texts(entry)
    click(window.findings, "softmax-one-unit", "findingFix")
    assert window.document.stack.layer("dense_1").get("activation") == "sigmoid"
    assert window.document.undo_stack.undoText() == "Set the activation of dense_1 to sigmoid"
    assert "Set the activation of dense_1 to sigmoid." in window.notices.said("fix")
    assert window.wait_ready()
    qtbot.waitUntil(lambda: "softmax-one-unit" not in ids(window), timeout=10_000)
    click_notice(window, "Undo")
    assert window.document.experiment == tutorial()
    assert window.notices.said("fix") == ""
    assert window.wait_ready()
    qtbot.waitUntil(lambda: "softmax-one-unit" in ids(window), timeout=10_000)


def test_a_fix_is_proved_by_the_network_without_it(qtbot, open_window):
    window = open_window(one_unit(seed=2))
    click(window.findings, "softmax-one-unit", "findingFix")
    click_notice(window, "Prove it")  # at once: the fixed network is not built yet
    assert window.wait_until(lambda: len(window.view.compared) == 1, 60_000)
    (twin,) = window.view.compared
    assert window.wait_until(lambda: window.ready() and len(twin.history.epochs()) == 2, 60_000)
    assert (twin.name, twin.experiment) == ("without sigmoid", one_unit(seed=2))
    assert window.document.experiment == moons(seed=2)
    assert window.view.history.last_step == twin.history.last_step == 58
    # With this loss both learn the same, bit for bit; only the answer of the one can't be seen.
    np.testing.assert_array_equal(window.view.history.frame(58), twin.history.frame(58))
    accuracies = [history.epochs()[-1].metrics["accuracy"] for history in (window.view.history, twin.history)]
    assert accuracies[0] > 0.8 > 0.6 > accuracies[1]
    assert window.tables.currentWidget() is window.comparison
    assert window.comparison.model.columnCount() == 2
    # The losses are the same: the accuracy tells the two apart.
    assert window.panels.timeline_panel.shown_metric == "accuracy"
    ends = [each.epochs()[-1].metrics["val_accuracy"] for each in (window.view.history, twin.history)]
    said = f"With sigmoid: validation accuracy {ends[0]:.3g}, without: {ends[1]:.3g}"
    qtbot.waitUntil(lambda: window.status.message.text() == said, timeout=5_000)
    assert window.status.detail.text() == ""
    assert not window.status.bar.isVisible()
    window.actions_of_training.train.trigger()  # what is trained then is told in its place
    assert window.wait_until(lambda: len(window.view.history.epochs()) == 4 and window.ready(), 60_000)
    assert window.status.message.text() == "Training finished · 116 steps"
    assert window.notices.said("fix") == ""


def test_a_fix_is_proved_before_it_is_made(qtbot, open_window):
    window = open_window(one_unit())
    click(window.findings, "softmax-one-unit", "findingProve")
    assert window.wait_until(lambda: len(window.view.compared) == 1, 60_000)
    (twin,) = window.view.compared
    assert window.wait_until(lambda: window.ready() and len(twin.history.epochs()) == 2, 60_000)
    assert (twin.name, twin.experiment) == ("with sigmoid", moons())
    assert window.document.experiment == one_unit()
    assert window.view.history.last_step == 58
    ends = [each.epochs()[-1].metrics["val_accuracy"] for each in (twin.history, window.view.history)]
    said = f"With sigmoid: validation accuracy {ends[0]:.3g}, without: {ends[1]:.3g}"
    qtbot.waitUntil(lambda: window.status.message.text() == said, timeout=5_000)
    assert ends[0] > ends[1]
    chips = {chip.text(): chip.isChecked() for chip in window.panels.timeline_panel.metrics.chips()}
    assert chips == {"loss": False, "accuracy": True}


def test_each_proof_in_a_row_has_a_name_of_its_own(qtbot, open_window):
    window = open_window(moons(epochs=1))
    slower = Remedy("Set the learning rate to 0.001", training=(("learning_rate", 0.001), ("epochs", 2)))
    remedies = [
        Remedy("Start from ones", layers=(("dense", (("bias_initializer", Initializer.of("Ones")),)),)),
        Remedy("Start from ones", layers=(("dense_1", (("bias_initializer", Initializer.of("Ones")),)),)),
        slower,
    ]
    facts = [{"where": "dense"}, {"where": "dense_1"}, {"where": "dense"}]
    findings = [made_up(number, remedy=remedy, **facts[number]) for number, remedy in enumerate(remedies)]
    for index, finding in enumerate(findings):
        window.findings.proveAsked.emit(finding)
        qtbot.waitUntil(lambda index=index: len(window.view.compared) == index + 1, timeout=60_000)
        assert window.wait_until(lambda: window.ready() and not window.notices.said("waiting"), 60_000)
    expected = ["with ones", "with ones · dense_1", "with the fix · dense"]
    assert [run.name for run in window.view.compared] == expected
    listed = {run.name.rsplit(" · ", 1)[0] for run in window.runs.model.runs()}
    assert set(expected) <= listed


def test_a_proof_that_is_stopped_claims_nothing(qtbot, open_window):
    window = open_window(one_unit(epochs=5_000))
    window.actions_of_training.step.trigger()
    qtbot.waitUntil(lambda: window.view.history.last_step == 1, timeout=60_000)
    window.actions_of_training.stop.trigger()
    assert window.wait_ready()
    click(window.findings, "softmax-one-unit", "findingProve")
    assert window.wait_until(lambda: len(window.view.compared) == 1, 60_000)
    qtbot.waitUntil(lambda: window.actions_of_training.stop.isEnabled(), timeout=20_000)
    window.actions_of_training.stop.trigger()
    assert window.wait_ready()
    (twin,) = window.view.compared
    assert window.status.detail.text() == ""
    said = f"Stopped at step {twin.history.last_step:,}: with sigmoid"
    qtbot.waitUntil(lambda: window.status.message.text() == said, timeout=5_000)
    assert window.panels.timeline_panel.shown_metric == "loss"


def test_findings_follow_the_training_and_nothing_is_fixed_meanwhile(qtbot, open_window, monkeypatch):
    for name, value in (("SECONDS_BETWEEN", 0.1), ("_MOST_SHARE", 1.0), ("_SECONDS_OF_FIRST_LOOK", 0.0)):
        monkeypatch.setattr(network_doctor, name, value)
    window = open_window(all_dead(epochs=5_000))
    qtbot.waitUntil(lambda: "dead-relu" in ids(window), timeout=10_000)
    fix = entry_of(window.findings, "dead-relu").fix
    assert fix.isEnabled()
    window.actions_of_training.train.trigger()
    entry = entry_of(window.findings, "dead-relu")
    # Dead from the start: what a look while training adds is that they never moved.
    qtbot.waitUntil(lambda: "stood still since step 0" in entry.finding.evidence, timeout=60_000)
    assert not fix.isEnabled()
    assert "Stop the training first" in fix.toolTip()
    assert entry_of(window.findings, "dead-relu") is entry
    window.actions_of_training.stop.trigger()
    assert window.wait_ready()
    assert fix.isEnabled()
    assert "Stop the training" not in fix.toolTip()
    click(window.findings, "dead-relu", "findingFix")
    assert window.document.stack.layer("dense").bias_initializer.name == "Zeros"
    qtbot.waitUntil(lambda: "dead-relu" not in ids(window), timeout=10_000)


def made_up(number=0, severity=Severity.WARNING, **facts):
    given = {
        "id": f"rule-{number}",
        "severity": severity,
        "where": "dense",
        "message": f"Message {number}.",
        "evidence": "Evidence that takes a few lines of this narrow side, as real evidence does. " * 2,
        "fix": "What to do.",
    }
    return Finding(**(given | facts))


def test_a_fix_that_does_not_fit_any_more_says_why_and_changes_nothing(open_window):
    window = open_window(moons())
    gone = made_up(remedy=Remedy("Switch the bias of gone off", layers=(("gone", (("use_bias", False),)),)))
    same = made_up(1, remedy=Remedy("Set the activation", layers=(("dense", (("activation", "relu"),)),)))
    window.findings.show_findings((gone, same))
    click(window.findings, "rule-0", "findingFix")
    assert "gone" in window.notices.said("fix")
    click(window.findings, "rule-0", "findingProve")
    assert "gone" in window.notices.said("fix")
    click(window.findings, "rule-1", "findingFix")
    assert "so already" in window.notices.said("fix")
    assert window.document.experiment == moons()
    assert not window.document.modified


class Browser(QObject):
    def __init__(self):
        super().__init__()
        self.opened = []

    @Slot(QUrl)
    def open(self, url):
        self.opened.append(url.toString())


def test_show_goes_to_vector_unit_and_step_and_source_to_the_browser(qtbot, open_window):
    window = open_window(moons())
    window.actions_of_training.train.trigger()
    qtbot.waitUntil(lambda: window.view.history.last_step == 58 and window.ready(), timeout=60_000)
    chips = [window.panels._chips[panel] for panel in (window.panels.traces_panel, window.panels.heatmap_panel)]
    for chip in chips:
        chip.setChecked(False)
    finding = made_up(vector="dense/bias", unit=5, step=17, source="https://example.org/why")
    window.findings.show_findings((finding, made_up(1, where="dense_1")))
    window.view.choose_vector("dense_1/bias")
    click(window.findings, "rule-0", "findingShow")
    view = window.view
    assert (view.vector.path, view.unit, view.step) == ("dense/bias", 5, 17)
    assert window.stack_editor.chosen_layer == "dense"
    assert window.panels.traces_panel.isVisible()
    click(window.findings, "rule-1", "findingShow")
    assert (view.vector.path, window.stack_editor.chosen_layer) == ("dense_1/bias", "dense_1")
    for chip in window.panels._chips.values():
        chip.setChecked(False)
    window.left.setCurrentIndex(1)
    view.choose_vector("dense/bias")
    click(window.findings, "rule-1", "findingShow")
    assert window.panels.vector_panel.isVisible()
    assert (view.vector.path, window.stack_editor.chosen_layer) == ("dense_1/bias", "dense_1")
    assert window.stack_editor.isVisible()
    browser = Browser()
    QDesktopServices.setUrlHandler("https", browser, "open")
    try:
        click(window.findings, "rule-0", "findingSource")
    finally:
        QDesktopServices.unsetUrlHandler("https")
    assert browser.opened == ["https://example.org/why"]
    assert entry_of(window.findings, "rule-1").source.isHidden()


@pytest.fixture
def view(qtbot):
    theme()  # its style makes the buttons as narrow as they are in the window
    view = FindingsView()
    view.resize(284, 260)
    qtbot.addWidget(view)
    view.show()
    return view


def settle(qtbot, view, count):
    """Wait until so many entries are laid out, with no text of theirs cut off."""

    def laid_out():
        labels = [label for entry in _visible(view) for label in entry.findChildren(QLabel) if not label.isHidden()]
        return len(_visible(view)) == count and all(
            label.height() >= label.heightForWidth(label.width()) for label in labels if label.isVisible()
        )

    qtbot.waitUntil(laid_out, timeout=5_000)


def test_entries_are_kept_with_scroll_position_and_selection(qtbot, view):
    view.show_findings([made_up(number) for number in range(6)])
    bar = view.entries.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 300, timeout=5_000)
    bar.setValue(210)
    kept = entry_of(view, "rule-3")
    message = next(label for label in kept.findChildren(QLabel) if label.text() == "Message 3.")
    message.setSelection(0, 7)
    view.show_findings(
        [made_up(number, evidence=f"Other evidence {number}, of the next second.") for number in (0, 3, 4)]
    )
    assert entry_of(view, "rule-3") is kept
    assert "Other evidence 3" in texts(kept)
    assert message.selectedText() == "Message"
    view.show_findings([made_up(number) for number in range(6)])
    settle(qtbot, view, 6)
    assert bar.value() == 210
    shown = [entry.finding.id for entry in sorted(_visible(view), key=lambda entry: entry.y())]
    assert shown == [f"rule-{number}" for number in range(6)]


def _visible(view):
    return [entry for entry in view.findChildren(FindingEntry) if not entry.isHidden()]


def test_the_worst_come_first_and_notes_are_folded(qtbot, view):
    note, warning = made_up(0, Severity.NOTE), made_up(1)
    error = made_up(2, Severity.ERROR)
    view.show_findings([note, warning, error])
    settle(qtbot, view, 3)
    assert entry_of(view, "rule-2").y() < entry_of(view, "rule-1").y()
    assert not entry_of(view, "rule-0").isVisible()
    assert view.fold.text() == "1 note"
    QTest.mouseClick(view.fold, Qt.MouseButton.LeftButton, pos=QPoint(10, 10))
    assert entry_of(view, "rule-0").isVisible()
    view.show_findings([note])
    assert NO_FAULT in texts(view)
    view.show_findings([])
    assert not view.fold.isVisible()
    assert "Nothing found" in texts(view)


def are_buttons_in_sight(view, rule):
    entry, viewport = entry_of(view, rule), view.entries.viewport()
    places = [
        QRect(button.mapTo(viewport, QPoint()), button.size())
        for button in entry.findChildren(QPushButton)
        if not button.isHidden()
    ]
    return len(places) == 4 and all(viewport.rect().contains(place) for place in places)


def test_the_buttons_of_the_first_are_in_sight_however_much_there_is_to_say(qtbot, view):
    facts = {"source": "https://example.org", "remedy": Remedy("Do it", training=(("epochs", 1),))}
    view.show_findings(
        [made_up(0, evidence="Evidence of many units, each in figures. " * 20, why="Why. " * 50, **facts)]
    )
    settle(qtbot, view, 1)
    assert view.entries.verticalScrollBar().maximum() > 200
    assert are_buttons_in_sight(view, "rule-0")
    entry = entry_of(view, "rule-0")
    shown = sorted((label for label in entry.findChildren(QLabel) if not label.isHidden()), key=lambda label: label.y())
    assert shown[2].text() == "What to do."
    assert shown[2].y() < entry.fix.y() < shown[3].y()


def test_on_first_start_the_tutorials_fault_can_be_fixed_without_scrolling(qtbot, open_window):
    window = open_window()
    window.resize(1024, 700)
    qtbot.waitUntil(lambda: window.findings.fold.isVisible(), timeout=10_000)
    assert window.size() == QSize(1024, 700)
    qtbot.waitUntil(lambda: are_buttons_in_sight(window.findings, "softmax-one-unit"), timeout=5_000)


def test_a_long_path_in_the_remark_is_not_cut(qtbot, view):
    path = "/".join(["a_folder_with_a_name_that_is_too_long_for_a_line_of_the_side"] * 2)
    view.show_findings([], "Nothing found.", f"table.csv is not there: expected it at {path}. The data are not judged.")
    qtbot.waitUntil(lambda: view._remark.height() >= view._remark.heightForWidth(view._remark.width()), timeout=5_000)
    assert view._remark.width() <= view.entries.viewport().width()
    assert view._remark.minimumSizeHint().width() <= view.entries.viewport().width()


def test_two_of_one_rule_in_one_place_are_two_entries(view):
    view.show_findings([made_up(0, unit=1), made_up(0, unit=2)])
    assert sorted(entry.finding.unit for entry in _visible(view)) == [1, 2]


def test_long_names_are_broken_and_nothing_is_cut_at_the_least_width(qtbot, view):
    name = "bidirectional_with_a_long_name/forward_lstm/lstm_cell_of_the_encoder/bias"
    remedy = Remedy("Do it", training=(("epochs", 1),))
    facts = {"vector": name, "unit": 3, "step": 12_345, "source": "https://example.org", "remedy": remedy}
    view.show_findings([made_up(0, message=f"The bias {name} is dead.", evidence=f"See {name}.", **facts)])
    settle(qtbot, view, 1)
    entry = entry_of(view, "rule-0")
    assert entry.width() <= view.entries.viewport().width()
    assert entry.minimumSizeHint().width() <= entry.width()
    for child in (*entry.findChildren(QLabel), *entry.findChildren(QPushButton)):
        if not child.isHidden():
            assert child.geometry().right() <= entry.width()
            assert isinstance(child, QLabel) or child.width() >= child.sizeHint().width()


def recorded(path, model, x, y):
    with BiasRecorder(path) as recorder:
        model.fit(x, y, batch_size=4, verbose=0, callbacks=[recorder])


def test_a_run_of_a_script_is_judged_by_its_steps(qtbot, open_window, tmp_path):
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, name="only")])
    model.compile(keras.optimizers.SGD(1e9), "mse")
    recorded(tmp_path / "script.biasrun", model, np.ones((40, 2)), np.ones(40))
    window = open_window(one_unit())
    window.files.open_path(tmp_path / "script.biasrun")
    qtbot.waitUntil(lambda: "non-finite" in ids(window), timeout=20_000)
    assert "softmax-one-unit" not in ids(window)
    assert "only the steps are judged" in texts(window.findings)
    window.view.show_step(0)  # a step is looked at, the run is judged
    assert "non-finite" in ids(window)
    assert entry_of(window.findings, "non-finite").fix.isHidden()
    click(window.findings, "non-finite", "findingShow")
    assert window.view.step == entry_of(window.findings, "non-finite").finding.step > 0
    click_notice(window, "Back to the network")
    assert "softmax-one-unit" in ids(window)
    assert "only the steps" not in texts(window.findings)


UNSEEN = "have not been looked at yet"


def uncentred(path):
    """A network that is started badly on data of a person's own that lie far from zero."""
    random = np.random.default_rng(3)
    rows = "".join(f"{random.normal(50, 1):.4f},{random.normal(-70, 1):.4f},{row % 2}\n" for row in range(120))
    path.write_text(f"a,b,y\n{rows}")
    stack = moons().stack.change("dense", bias_initializer=Initializer.of("HeNormal"))
    return Experiment(stack, propose_data(path).change(scaling="none"), Training(epochs=2, batch_size=20))


def train_for_the_list(qtbot, window):
    window.actions_of_training.train.trigger()
    qtbot.waitUntil(lambda: [run.state for run in window.runs.model.runs()] == ["finished"], timeout=60_000)
    assert window.wait_ready()
    return window.runs.model.runs()[0].path


def test_a_replay_is_judged_as_the_command_line_judges_its_file(qtbot, open_window, tmp_path):
    window = open_window(uncentred(tmp_path / "far.csv"))
    path = train_for_the_list(qtbot, window)
    window.document.replace(moons(), None)
    assert window.wait_ready()
    expected = diagnose(path)
    assert {"inputs-uncentred", "large-initial-bias"} <= {finding.id for finding in expected}
    window.files.open_path(path)
    qtbot.waitUntil(lambda: list(window.findings.findings) == expected, timeout=20_000)
    assert UNSEEN not in texts(window.findings)
    (tmp_path / "far.csv").unlink()
    click_notice(window, "Back to the network")
    window.files.open_path(path)
    gone = "far.csv is not there"
    qtbot.waitUntil(lambda: gone in texts(window.findings), timeout=20_000)
    assert "The data are not judged." in texts(window.findings)
    assert list(window.findings.findings) == diagnose(path)
    assert "inputs-uncentred" not in ids(window)


def test_a_replay_that_is_opened_during_a_training_says_what_is_not_judged_yet(qtbot, open_window, tmp_path):
    window = open_window(uncentred(tmp_path / "far.csv"))
    path = train_for_the_list(qtbot, window)
    window.document.replace(moons(epochs=5_000), None)
    assert window.wait_ready()
    window.actions_of_training.train.trigger()
    qtbot.waitUntil(lambda: window.view.history.last_step > 0, timeout=60_000)
    window.files.open_path(path)
    qtbot.waitUntil(lambda: UNSEEN in texts(window.findings), timeout=20_000)
    assert window.view.history.last_step == 12
    assert "inputs-uncentred" not in ids(window)
    window.actions_of_training.stop.trigger()
    qtbot.waitUntil(lambda: "inputs-uncentred" in ids(window), timeout=20_000)
    assert UNSEEN not in texts(window.findings)
    assert list(window.findings.findings) == diagnose(path)


def test_a_recorded_run_is_not_changed_but_its_experiment_is(qtbot, open_window):
    window = open_window(one_unit())
    window.actions_of_training.train.trigger()
    qtbot.waitUntil(lambda: window.view.history.last_step == 58 and window.ready(), timeout=60_000)
    qtbot.waitUntil(lambda: [run.state for run in window.runs.model.runs()] == ["finished"], timeout=10_000)
    window.document.edit("Seed", lambda experiment: experiment.change_training(seed=9))
    assert window.wait_ready()
    window.runs.openAsked.emit(window.runs.model.runs()[0].path)
    qtbot.waitUntil(lambda: window.view.history.last_step == 58 and "softmax-one-unit" in ids(window), timeout=10_000)
    fix = entry_of(window.findings, "softmax-one-unit").fix
    assert not fix.isEnabled()
    assert "open its experiment" in fix.toolTip()
    click_notice(window, "Back to the network")
    assert fix.isEnabled()
