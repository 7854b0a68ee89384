"""From process start to the window's first paint, against an empty pyqtgraph window; interleaved, whole processes."""

import subprocess
import sys
import time

from tests.benchmarks.figures import ratio, row

RUNS = 9
# Each prints the clock when its first paint is done; CLOCK_MONOTONIC is the same in parent and child.
PAINTED = """
import time
from PySide6.QtCore import QEvent, QObject, QTimer
class Watch(QObject):
    def eventFilter(self, watched, event):
        # A window that is covered by its content is not painted itself, so any paint counts.
        if event.type() == QEvent.Type.Paint:
            application.removeEventFilter(self)
            QTimer.singleShot(0, lambda: (print(time.monotonic(), flush=True), finish()))
        return False
watch = Watch()
"""
EMPTY = """
from PySide6.QtWidgets import QApplication, QMainWindow
import pyqtgraph as pg
application = QApplication([])
window = QMainWindow()
window.setCentralWidget(pg.PlotWidget())
window.resize(1440, 900)
finish = application.quit
"""
OURS = """
from biasstudio.app import create_application, create_window
application = create_application()
window = create_window()
window.resize(1440, 900)
window.closed.connect(application.quit)
finish = window.close_without_asking
"""
SHOWN = """
application.installEventFilter(watch)
window.show()
application.exec()
"""


def start(make: str) -> float:
    """Seconds from the start of a process to its painted window."""
    started = time.monotonic()
    code = make + PAINTED + SHOWN
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True)
    return float(done.stdout.strip().splitlines()[0]) - started


def main() -> None:
    start(EMPTY), start(OURS)
    times: dict[str, list[float]] = {"empty": [], "ours": []}
    for _ in range(RUNS):
        times["empty"].append(start(EMPTY))
        times["ours"].append(start(OURS))
    print(row("empty pyqtgraph window", times["empty"], "s"))
    print(row("Bias Studio's window", times["ours"], "s"))
    print(ratio("Bias Studio / empty", times["ours"], times["empty"]))


if __name__ == "__main__":
    main()
