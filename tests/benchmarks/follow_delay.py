"""How long after a commit of another process the panels show its steps."""

import subprocess
import sys
import tempfile
import textwrap
import time
from pathlib import Path

from biasstudio.app import create_application, create_window
from biasstudio.gui.file_actions import load_example
from tests.benchmarks.figures import row

COMMITS = 40
WRITING = """
    import sys, time
    import numpy as np
    from pathlib import Path
    from biasstudio.recording.network import BiasVector
    from biasstudio.recording.run_format import RunAbout
    from biasstudio.recording.run_writer import RunWriter
    writer = RunWriter(Path(sys.argv[1]), RunAbout("elsewhere"))
    writer.start_layout([BiasVector("dense/bias", (64,), "dense", "unit")], ["loss"])
    for step in range(100):
        writer.append(step, 1, np.full(64, step, np.float32), [1.0])
        writer.flush()
        print(time.monotonic(), flush=True)
        time.sleep(0.5 + 0.013 * (step % 17))
"""


def main() -> None:
    application = create_application()
    window = create_window(load_example("two-moons"))
    window.resize(1440, 900)
    window.show()
    assert window.wait_ready(120_000)
    delays = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "elsewhere.biasrun"
        command = [sys.executable, "-c", textwrap.dedent(WRITING), str(path)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            process.stdout.readline()
            window.files.open_path(path)
            window.wait_until(lambda: bool(window.notices.said("run")), 10_000)
            history, panel = window.view.history, window.panels.vector_panel
            for _ in range(COMMITS):
                seen = history.last_step
                window.wait_until(lambda seen=seen: history.last_step > seen, 10_000)
                window.wait_until(lambda: not panel.dirty, 10_000)
                shown = time.monotonic()
                delays.append(1000 * (shown - float(process.stdout.readline())))
            process.kill()
        window.close_without_asking()
        window.wait_until(lambda: window.has_closed, 30_000)
    print(row("commit elsewhere until drawn here", delays[2:], "ms"))
    application.quit()


if __name__ == "__main__":
    main()
