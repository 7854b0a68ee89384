"""From process start to the window's first paint, frozen against an environment's own: start_frozen PROGRAM

PROGRAM is what packaging/build has frozen, build/frozen/biasstudio/biasstudio. Needs a display.
"""

import os
import subprocess
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path

from tests.benchmarks.figures import ratio, row

RUNS = 9


def start(*command: str) -> float:
    """Seconds until the log says that the window was painted; the program is ended then, as by the session's end."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "biasstudio/biasstudio/biasstudio.log"
        places = dict.fromkeys(("XDG_STATE_HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME"), folder)
        started = time.time()
        process = subprocess.Popen(command, env=os.environ | places, stderr=subprocess.DEVNULL)
        while not log.exists() or "window painted" not in log.read_text():
            assert process.poll() is None, f"{command[0]} has ended with {process.returncode}"
            time.sleep(0.05)
        process.terminate()
        process.wait(60)
        (line,) = (line for line in log.read_text().splitlines() if line.endswith("window painted"))
        return datetime.strptime(" ".join(line.split()[:2]), "%Y-%m-%d %H:%M:%S,%f").timestamp() - started


def main(frozen: str) -> None:
    ours = (sys.executable, "-m", "biasstudio")
    start(frozen), start(*ours)
    times: dict[str, list[float]] = {"frozen": [], "ours": []}
    for _ in range(RUNS):
        times["frozen"].append(start(frozen))
        times["ours"].append(start(*ours))
    print(row("frozen", times["frozen"], "s"))
    print(row("from an environment", times["ours"], "s"))
    print(ratio("frozen / environment", times["frozen"], times["ours"]))


if __name__ == "__main__":
    main(sys.argv[1])
