"""A run that one process writes and looks at, while others look at it too."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from biasstudio.recording.network import BiasVector
from biasstudio.recording.run_format import RunAbout, RunError
from biasstudio.recording.run_place import check_place
from biasstudio.recording.run_reader import open_run
from biasstudio.recording.run_summary import edit_run, summarise_run
from biasstudio.recording.run_writer import RunWriter

VECTOR = BiasVector("dense/bias", (4,), "dense", "unit")
# As anybody may, with nothing but Python: the last who closes a database takes its log in.
LOOK = "import sqlite3, sys; print(sqlite3.connect(sys.argv[1]).execute('SELECT max(step) FROM frames').fetchone()[0])"


def last_step_elsewhere(path):
    done = subprocess.run([sys.executable, "-c", LOOK, str(path)], capture_output=True, text=True, check=True)
    return int(done.stdout)


def replace_it(path):
    with pytest.raises(RunError, match="being written"):
        check_place(path, overwrite=True)


@pytest.mark.skipif(sys.platform == "win32", reason="the locks are those of POSIX")
@pytest.mark.parametrize(
    "look", [lambda path: open_run(path).close(), summarise_run, lambda path: edit_run(path, note="mine"), replace_it]
)
def test_who_writes_a_run_and_looks_at_it_keeps_its_log(tmp_path, look):
    path = tmp_path / "run.biasrun"
    writer = RunWriter(path, RunAbout("shared"))
    writer.start_layout([VECTOR], [])
    for step in range(3):
        writer.append(step, 1, np.zeros(4, np.float32))
        assert writer.flush()
        look(path)
        assert last_step_elsewhere(path) == step
        assert Path(f"{path}-wal").exists()
    writer.close()
    assert last_step_elsewhere(path) == 2
