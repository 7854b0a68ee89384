"""What every GUI test shares: no window and no running timer outlives its test."""

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QTimer
from PySide6.QtWidgets import QApplication

from biasstudio.app import create_window


@pytest.fixture(autouse=True)
def _nothing_left_on_screen(qapp):  # noqa: ARG001 (there must be an application)
    yield
    left = [widget for widget in QApplication.topLevelWidgets() if widget.isVisible()]
    assert not left, f"windows left behind: {left}"
    timers = [timer for widget in QApplication.topLevelWidgets() for timer in widget.findChildren(QTimer)]
    running = [timer for timer in timers if timer.isActive()]
    assert not running, f"timers left running: {running}"


@pytest.fixture
def open_window(qtbot):
    """Opens the real, wired window on an experiment, waits until its network is built, and closes it at the end."""
    opened = []

    def open_on(experiment=None, *, wait=True):
        window = create_window(experiment)
        window.faults = []
        window.faulted.connect(window.faults.append)
        opened.append(window)
        window.show()
        if wait:
            assert window.wait_ready(60_000)
        return window

    yield open_on
    for window in opened:
        if not window.has_closed:
            with qtbot.waitSignal(window.closed, timeout=30_000):
                window.close_without_asking()
        assert window.faults == []
        window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
