"""What every GUI test shares: no window and no running timer outlives its test."""

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication


@pytest.fixture(autouse=True)
def _nothing_left_on_screen(qapp):
    yield
    left = [widget for widget in QApplication.topLevelWidgets() if widget.isVisible()]
    assert not left, f"windows left behind: {left}"
    timers = [timer for widget in QApplication.topLevelWidgets() for timer in widget.findChildren(QTimer)]
    running = [timer for timer in timers if timer.isActive()]
    assert not running, f"timers left running: {running}"
