"""Every test runs without a display, with settings of its own, and leaves no thread, timer or window behind."""

import os
import threading

# Before Qt is imported anywhere: the tests need no display.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
from hypothesis import HealthCheck, settings
from PySide6.QtCore import QSettings

settings.register_profile("biasstudio", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("biasstudio")


@pytest.fixture(autouse=True)
def _settings_of_its_own(tmp_path, monkeypatch):
    # Where runs are kept.
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    QSettings.setDefaultFormat(QSettings.Format.IniFormat)
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(tmp_path / "settings"))


@pytest.fixture(autouse=True)
def _no_thread_left_behind():
    before = set(threading.enumerate())
    yield
    # TensorFlow keeps pool threads of its own; they are not Python threads until they call into Python.
    left = [
        t for t in set(threading.enumerate()) - before if t.is_alive() and not isinstance(t, threading._DummyThread)
    ]
    assert not left, f"threads left behind: {left}"
