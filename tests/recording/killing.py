"""Kills a process that writes a run, at a random moment, and looks at what is left."""

import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from biasstudio.recording.run_reader import open_run
from tests.recording.writing import frame_of

_REPOSITORY = Path(__file__).parents[2]


def kill_after(path: Path, seconds: float) -> tuple[int, int, float]:
    """Have a run written for so long and kill its writer.

    Returns the last step in the file, the last one appended a second before the kill, and for how many seconds before
    the kill appended steps are missing. Raises AssertionError where a frame is wrong or the file doesn't open.
    """
    command = [sys.executable, "-m", "tests.recording.writing", str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=_REPOSITORY) as process:
        said = [process.stdout.readline()]
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            said.append(process.stdout.readline())
        process.kill()
        killed = time.monotonic()
        said += process.stdout.readlines()
    times = [(float(line.split()[0]), int(line.split()[1])) for line in said if line.endswith("\n")]
    with open_run(path) as run:
        last = int(run.steps[-1]) if len(run.steps) else -1
        assert run.steps.tolist() == list(range(last + 1))
        for step in {0, last // 2, last} if last >= 0 else ():
            assert np.array_equal(run.frame(step), frame_of(step))
    due = max((step for at, step in times if at < killed - 1.0), default=-1)
    missing = min((at for at, step in times if step > last), default=killed)
    return last, due, killed - missing
