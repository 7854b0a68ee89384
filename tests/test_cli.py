"""The command line, run as a person runs it: in a process of its own."""

import ctypes
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from biasstudio import __version__, open_run
from biasstudio.gui import display
from biasstudio.recording.run_format import RunError
from biasstudio.spec.experiment import save_experiment
from tests.experiments import moons

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
@pytest.mark.skipif(bool(display._missing_library_of_plugin()), reason="Qt's X11 libraries are not installed here")
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


@pytest.fixture
def experiment(tmp_path):
    """An experiment that trains in a moment."""
    path = tmp_path / "moons.biasexp"
    save_experiment(moons(), path)
    return path


def test_train_and_export(experiment, tmp_path):
    run_path, out = tmp_path / "moons.biasrun", tmp_path / "moons.npz"
    done = run("train", experiment, "--out", run_path, environment=NO_DISPLAY)
    assert done.returncode == 0, done.stderr
    assert "finished after 58 steps" in done.stderr
    with open_run(run_path) as recorded:
        assert (recorded.state, recorded.steps.tolist()) == ("finished", list(range(59)))
        assert recorded.experiment == moons()
        values = recorded["dense/bias"]
    assert_refused(run("train", experiment, "--out", run_path), "exists already", "--force")
    assert run("export", run_path, "--to", out).returncode == 0
    with np.load(out, allow_pickle=False) as file:
        np.testing.assert_array_equal(file["dense/bias"], values)
    assert_refused(run("export", run_path, "--to", out), "exists already", "--force")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for one process")
def test_ctrl_c_ends_a_training_with_a_whole_file(tmp_path):
    path, out = tmp_path / "long.biasexp", tmp_path / "long.biasrun"
    save_experiment(moons(epochs=50_000), path)
    command = [sys.executable, "-m", "biasstudio", "train", str(path), "--out", str(out)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, env=NO_DISPLAY) as process:
        deadline = time.monotonic() + 60
        while not _steps_in(out) and time.monotonic() < deadline:
            process.poll()
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 1
    assert b"Training stopped" in said
    assert b"Traceback" not in said
    with open_run(out) as recorded:
        assert recorded.state == "stopped"
        assert recorded.steps.tolist() == list(range(len(recorded.steps)))


def _steps_in(path):
    try:
        with open_run(path) as recorded:
            return len(recorded.steps) > 3
    except RunError:
        return False


def test_wrong_input_of_train_and_export_is_one_sentence(experiment, tmp_path):
    (tmp_path / "text.biasexp").write_text("not an experiment")
    (tmp_path / "text.biasrun").write_text("not a run")
    out = tmp_path / "out.biasrun"
    assert_refused(run("train", tmp_path / "none.biasexp", "--out", out), "none.biasexp")
    assert_refused(run("train", tmp_path / "text.biasexp", "--out", out), "text.biasexp", "not JSON")
    assert_refused(run("train", experiment, "--out", tmp_path / "out.npz"), "out.npz", ".biasrun")
    assert_refused(run("train", experiment, "--out", tmp_path / "none" / "out.biasrun"), "no folder")
    assert_refused(run("export", tmp_path / "text.biasrun", "--to", tmp_path / "out.npz"), "text.biasrun", "not a run")
    assert_refused(run("export", tmp_path / "none.biasrun", "--to", tmp_path / "out.npz"), "none.biasrun")
    assert run("train", experiment, "--out", out, "--size-limit", "much").returncode == 2
    assert not out.exists()


def test_self_test_trains_and_compares():
    done = run("self-test", environment=NO_DISPLAY)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "141 steps" in done.stdout
    assert "43 values" in done.stdout
    assert "propagateSizeHints" not in done.stdout + done.stderr
