"""The command line, run as a person runs it: in a process of its own."""

import ctypes
import os
import subprocess
import sys

import pytest

from biasstudio import __version__
from biasstudio.gui import display

NO_DISPLAY = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
NO_DISPLAY.pop("QT_QPA_PLATFORM", None)


def run(*arguments, environment=None, timeout=110):
    return subprocess.run(
        [sys.executable, "-m", "biasstudio", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=timeout,
        env=environment or os.environ,
        check=False,
    )


def assert_refused(done, *parts):
    assert done.returncode == 2, done.stderr
    (line,) = done.stderr.strip().splitlines()
    assert line.startswith("biasstudio: ")
    assert all(part in line for part in parts), line


def test_version():
    done = run("--version")
    assert (done.returncode, done.stdout.strip()) == (0, f"Bias Studio {__version__}")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems always have a display")
def test_without_a_display_it_says_so_and_what_works():
    assert_refused(run(environment=NO_DISPLAY), "no display", "self-test", "xvfb-run")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="DISPLAY is X11's")
def test_a_display_that_does_not_answer_is_named():
    assert_refused(run(environment=NO_DISPLAY | {"DISPLAY": ":9999"}), ":9999", "self-test")


def test_a_file_that_is_not_there_is_named(tmp_path):
    assert_refused(run(tmp_path / "none.biasexp"), "none.biasexp", "no such file")


def test_two_files_are_one_too_many(tmp_path):
    files = [tmp_path / name for name in ("a.biasexp", "b.biasexp")]
    for file in files:
        file.touch()
    assert_refused(run(*files), "2 files")


def test_an_unknown_option_exits_with_2():
    assert run("--frobnicate").returncode == 2


@pytest.mark.parametrize("library", ["libxcb-cursor.so.0", "libxkbcommon-x11.so.0"])
def test_a_missing_system_library_is_named(monkeypatch, library):
    def refuse(path, *_):
        raise OSError(f"{library}: cannot open shared object file: No such file or directory ({path})")

    monkeypatch.setattr(ctypes, "CDLL", refuse)
    monkeypatch.setenv("QT_QPA_PLATFORM", "xcb")
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setattr(sys, "platform", "linux")
    sentence = display.why_no_window()
    assert library in sentence
    assert "package manager" in sentence


def test_offscreen_needs_no_display(monkeypatch):
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    monkeypatch.delenv("DISPLAY", raising=False)
    assert display.why_no_window() is None


def test_self_test_trains_and_compares():
    done = run("self-test", environment=NO_DISPLAY)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "141 steps" in done.stdout
    assert "43 values" in done.stdout
