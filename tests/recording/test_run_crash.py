"""What is left of a run when its writer is killed, its disk is full, or its file goes away."""

import os
import random
import resource
import sqlite3
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest

from biasstudio.recording.network import BiasVector
from biasstudio.recording.run_database import RunDatabase
from biasstudio.recording.run_format import RunAbout
from biasstudio.recording.run_reader import open_run
from biasstudio.recording.run_writer import RunWriter
from tests.recording.killing import kill_after

VECTOR = BiasVector("dense/bias", (1000,), "dense", "unit")


@pytest.mark.parametrize("number", range(5))
def test_after_a_kill_all_but_the_last_second_is_there(tmp_path, number):
    seconds = random.Random(number).uniform(0.2, 2.0)  # noqa: S311 (a moment, not a secret)
    last, due, _missing = kill_after(tmp_path / "run.biasrun", seconds)
    assert last >= due


def test_a_kill_before_anything_was_written_leaves_a_file_that_opens(tmp_path):
    last, _due, _missing = kill_after(tmp_path / "run.biasrun", 0.0)
    assert last >= -1


FULL_DISK = """
    import sys
    import numpy as np
    from pathlib import Path
    from biasstudio.recording.network import BiasVector
    from biasstudio.recording.run_format import RunAbout
    from biasstudio.recording.run_writer import RunWriter
    writer = RunWriter(Path(sys.argv[1]), RunAbout("full"))
    writer.start_layout([BiasVector("dense/bias", (1000,), "dense", "unit")], ["loss"])
    for step in range(3000):
        writer.append(step, 1, np.full(1000, step, np.float32), [1.0])
        if step % 100 == 0:
            writer.flush()
    writer.close()
    print(writer.failure)
"""


def full_disk(folder: Path):
    """A disk of 2 MB: a real one where this user may mount it, else a limit on the size of a file."""
    folder.mkdir()
    if os.geteuid() == 0:
        command = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)]
        if subprocess.run(command, capture_output=True, check=False).returncode == 0:
            return lambda: subprocess.run(["umount", str(folder)], check=True), None
    return lambda: None, lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, 2_000_000))


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has neither tmpfs nor limits of this kind")
def test_a_full_disk_is_said_and_what_was_written_before_is_there(tmp_path):
    folder = tmp_path / "disk"
    unmount, limit = full_disk(folder)
    try:
        command = [sys.executable, "-c", textwrap.dedent(FULL_DISK), str(folder / "run.biasrun")]
        done = subprocess.run(command, capture_output=True, text=True, check=False, preexec_fn=limit, timeout=60)
        assert done.returncode == 0, done.stderr
        assert "Traceback" not in done.stderr
        (sentence,) = done.stdout.strip().splitlines()
        assert "run.biasrun can't be written any more: the disk" in sentence
        with open_run(folder / "run.biasrun") as run:
            assert 100 < len(run.steps) < 600
            last = int(run.steps[-1])
            assert run.frame(last).tolist() == [float(last)] * 1000
    finally:
        unmount()


@pytest.mark.parametrize("how", ["deleted", "moved", "folder"])
def test_a_file_that_goes_away_ends_the_recording_with_a_sentence(tmp_path, how):
    folder = tmp_path / "folder"
    folder.mkdir()
    path = folder / "run.biasrun"
    writer = RunWriter(path, RunAbout("gone"))
    writer.start_layout([VECTOR], [])
    writer.append(0, 0, np.zeros(1000, np.float32))
    assert writer.flush()
    if how == "deleted":
        path.unlink()
    elif how == "moved":
        path.rename(folder / "other.biasrun")
    else:
        folder.rename(tmp_path / "elsewhere")
    writer.append(1, 1, np.ones(1000, np.float32))
    assert not writer.flush()
    assert "deleted or moved" in writer.failure
    writer.append(2, 1, np.ones(1000, np.float32))
    writer.close()


def test_a_file_that_goes_away_in_the_middle_of_a_write_is_said_to_have_gone(tmp_path, monkeypatch):
    path = tmp_path / "run.biasrun"
    writer = RunWriter(path, RunAbout("gone"))
    writer.start_layout([VECTOR], [])
    assert writer.flush()

    def go_away(*_):
        path.unlink()
        raise sqlite3.OperationalError("attempt to write a readonly database")

    monkeypatch.setattr(RunDatabase, "_insert", go_away)
    writer.append(0, 0, np.zeros(1000, np.float32))
    assert not writer.flush()
    assert "deleted or moved" in writer.failure
    writer.close()
