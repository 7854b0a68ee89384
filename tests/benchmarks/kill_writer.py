"""Fifty writers of runs, each killed with SIGKILL at a random moment: what is left in their files."""

import random
import tempfile
from pathlib import Path

from tests.benchmarks.figures import row
from tests.recording.killing import kill_after

KILLS = 50


def main() -> None:
    chance = random.Random(0)  # noqa: S311 (moments, not secrets)
    lost, whole = [], 0
    with tempfile.TemporaryDirectory() as folder:
        for number in range(KILLS):
            last, due, missing = kill_after(Path(folder) / f"{number}.biasrun", chance.uniform(0.05, 3.0))
            whole += last >= due
            lost.append(1000 * missing)
    print(f"{KILLS} killed; every file opens; {whole} hold all that was appended a second before")
    print(row("lost before the kill", lost, "ms"))


if __name__ == "__main__":
    main()
