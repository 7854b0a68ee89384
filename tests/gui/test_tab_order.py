"""The Tab key's way through the window, also to what is made while it is open."""

from pathlib import Path

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QPushButton

from biasstudio.app.findings_session import FindingsSession
from biasstudio.app.run_session import RunSession
from biasstudio.doctor.finding import Finding, Severity
from biasstudio.gui.finding_entry import FindingEntry
from biasstudio.gui.panels.chips import Chip
from biasstudio.gui.stack_editor.layer_card import LayerCard
from biasstudio.worker.model_worker import ModelWorker
from tests.experiments import moons


def way(window, start):
    """Where the Tab key comes to from `start`, until it is there again."""
    window.activateWindow()
    start.setFocus()
    assert window.wait_until(start.hasFocus, 5_000)
    found = []
    while not found or (QApplication.focusWidget() is not start and len(found) < 300):
        found.append(QApplication.focusWidget())
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is start
    return found


def by_severity(entry):
    return entry.finding.severity, entry.finding.id


def test_the_tab_key_goes_where_the_eye_does(open_window):
    window = open_window(moons())
    window.actions_of_training.train.trigger()
    timeline, header = window.panels.timeline_panel, window.panels.header
    assert window.wait_until(lambda: window.view.history.epochs() and window.ready(), 60_000)
    assert window.wait_until(lambda: len(list(timeline.metrics.chips())) == 2, 10_000)
    window.findChild(ModelWorker).diagnosed.disconnect()  # the findings are to be these
    doctor = window.findChild(FindingsSession)
    findings = [Finding(f"rule-{n}", Severity.WARNING, "dense", "Wrong.", "", "") for n in range(2)]
    doctor.take(findings)
    window.findChild(RunSession).lay_beside(Path("a"), "other", window.view.history, moons())
    window.notices.say("key", "Title", "Text", [("Dismiss", "", lambda: None)])
    # Another finding and another notice than those of before.
    doctor.take([Finding("new", Severity.ERROR, "dense", "Worse.", "", ""), *findings])
    window.notices.say("other", "Title", "Text", [("Undo", "", lambda: None)])
    found = window.findings.findChildren(FindingEntry)
    entries = sorted((each for each in found if each.finding.message in ("Wrong.", "Worse.")), key=by_severity)
    assert window.wait_until(lambda: all(entry.show_place.isVisible() for entry in entries), 5_000)
    notices = [b for b in window.notices.findChildren(QPushButton) if b.text() in ("Dismiss", "Undo")]
    expected = [
        *notices,
        header.vector_choice,
        window.panels.comparison_bar.tags[1].drop_button,
        window.panels.comparison_bar.stop_button,
        window.findChild(QAbstractButton, "actionSetVectorButton"),
        window.panels.vector_panel.plot,
        *(chip for chip in timeline.findChildren(Chip) if chip.isChecked()),
        timeline.plot,
        timeline.slider,
        *(entry.show_place for entry in entries),
        window.tables.tabBar(),
    ]
    QTest.mouseClick(window.findChild(LayerCard), Qt.MouseButton.LeftButton, pos=QPoint(20, 8))
    start = window.stack_editor.findChild(QPushButton, "addLayerButton")
    stops = way(window, start)
    assert {"argument_units", "argument_data_noise"} <= {stop.objectName() for stop in stops}
    assert [stop for stop in stops if stop in expected] == expected
