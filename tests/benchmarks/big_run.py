"""A run of 100,000 bias values by 10,000 steps in the window: first picture, scrubbing, memory. Takes 4 GB of disk."""

import resource
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from biasstudio.app import create_application, create_window
from biasstudio.gui.file_actions import load_example
from biasstudio.recording.network import BiasVector
from biasstudio.recording.run_format import RunAbout
from biasstudio.recording.run_writer import RunWriter
from tests.benchmarks.figures import row

VECTORS, LENGTH, STEPS, SCRUBS = 100, 1_000, 10_000, 60


def write(path: Path) -> None:
    writer = RunWriter(path, RunAbout("big"), size_limit=100_000_000_000)
    paths = [f"dense_{number}/bias" for number in range(VECTORS)]
    writer.start_layout([BiasVector(path, (LENGTH,), path.split("/")[0], "unit") for path in paths], ["loss"])
    generator = np.random.default_rng(0)
    values = np.zeros(VECTORS * LENGTH, np.float32)
    for step in range(STEPS):
        values = values + generator.normal(0, 0.001, len(values)).astype(np.float32)
        writer.append(step, (step + 99) // 100, values, [1 / (1 + step / 500)] if step else [])
        if step % 200 == 0:
            writer.flush()
    writer.close()


def memory() -> float:
    """MB that the process takes now, without what is only mapped from the run's file."""
    status = Path("/proc/self/status").read_text().splitlines()
    return sum(int(line.split()[1]) for line in status if line.startswith(("RssAnon", "RssShmem"))) / 1000


def main() -> None:
    folder = sys.argv[1] if len(sys.argv) > 1 else None
    with tempfile.TemporaryDirectory(dir=folder) as place:
        path = Path(place) / "big.biasrun"
        write(path)
        application = create_application()
        window = create_window(load_example("tutorial"))
        window.resize(1440, 900)
        window.show()
        assert window.wait_ready(120_000)
        window.wait_until(lambda: False, 1_000)
        empty = memory()
        started = time.perf_counter()
        window.files.open_path(path)
        drawn = [panel for panel in window.panels.panels if panel.isVisible()]
        window.wait_until(lambda: window.view.history.last_step == STEPS - 1, 60_000)
        window.wait_until(lambda: not drawn[0].dirty, 60_000)
        first = time.perf_counter() - started
        window.wait_until(lambda: window.view.history.size > 600 and not any(p.dirty for p in drawn), 60_000)
        print(row("open to the first picture", [first], "s"))
        print(row("open until every panel shows the whole run", [time.perf_counter() - started], "s"))
        window.wait_until(lambda: False, 1_000)
        times = []
        for number in range(SCRUBS):
            step = (number * 7919 + 1) % STEPS
            before = time.perf_counter()
            window.view.show_step(step)
            drawn[0].refresh()
            drawn[0].grab()
            times.append(1000 * (time.perf_counter() - before))
            window.wait_until(lambda: not any(p.dirty for p in drawn), 5_000)
        print(row("a step scrubbed to, vector panel painted", times, "ms"))
        print(row("memory over the window before", [memory() - empty], "MB"))
        print(row("most that the process took, mapped file included", [_most_memory()], "MB"))
        window.close_without_asking()
        window.wait_until(lambda: window.has_closed, 30_000)
        application.quit()


def _most_memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000


if __name__ == "__main__":
    main()
