"""The log, as a process of its own writes it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

START = """
import faulthandler, logging, sys
from PySide6.QtCore import qWarning
from biasstudio.app import create_application
from biasstudio.gui.help.log_file import log_path, start_log
application = create_application()
start_log()
print(log_path())
"""


def run(tmp_path, code, **environment):
    return subprocess.run(
        [sys.executable, "-c", START + code],
        capture_output=True,
        text=True,
        timeout=60,
        env=os.environ | {"XDG_STATE_HOME": str(tmp_path / "state"), **environment},
        check=False,
    )


def test_what_python_and_qt_say_is_kept(tmp_path):
    done = run(tmp_path, "logging.getLogger('biasstudio.x').info('well'); qWarning('Qt grumbles')")
    assert done.returncode == 0, done.stderr
    path = Path(done.stdout.strip())
    assert path == tmp_path / "state/biasstudio/biasstudio/biasstudio.log"
    lines = path.read_text().splitlines()
    assert [line.split(" ", 2)[2] for line in lines] == ["INFO biasstudio.x: well", "WARNING qt: Qt grumbles"]
    assert "Qt grumbles" in done.stderr
    assert "well" not in done.stderr


def test_it_stays_small(tmp_path):
    run(tmp_path, "for _ in range(60): logging.getLogger('biasstudio.x').info('x' * 100_000)")
    kept = sorted((tmp_path / "state/biasstudio/biasstudio").glob("biasstudio.log*"))
    assert [path.name for path in kept] == ["biasstudio.log", *(f"biasstudio.log.{n}" for n in (1, 2, 3))]
    assert sum(path.stat().st_size for path in kept) <= 4_000_000


def test_a_crash_is_in_the_log_of_the_next_start(tmp_path):
    crashed = run(tmp_path, "faulthandler._sigsegv()")
    assert crashed.returncode != 0
    path = Path(run(tmp_path, "").stdout.strip())
    assert path.read_text().count("Segmentation fault") == 1
    run(tmp_path, "")
    assert path.read_text().count("Segmentation fault") == 1


@pytest.mark.skipif(sys.platform == "win32", reason="a file stands in the folder's way on POSIX")
def test_where_it_cannot_be_written_the_terminal_says_so(tmp_path):
    (tmp_path / "state").write_text("not a folder")
    done = run(tmp_path, "logging.getLogger('biasstudio.x').warning('on goes')")
    assert done.returncode == 0
    assert "There is no log file" in done.stderr
    assert "on goes" in done.stderr
