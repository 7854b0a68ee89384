"""Gaps of the event loop while the tutorial network trains with every panel on screen."""

import time

import numpy as np
from PySide6.QtCore import Qt, QTimer

from biasstudio.app import create_application, create_window
from biasstudio.gui.file_actions import load_example

EPOCHS, TICK_MS = 20, 5


def main() -> None:
    application = create_application()
    window = create_window(load_example("tutorial").change_training(epochs=EPOCHS))
    window.resize(1440, 900)
    window.show()
    times: list[tuple[float, str]] = []
    phase = "loading"
    timer = QTimer()
    timer.setTimerType(Qt.TimerType.PreciseTimer)
    timer.timeout.connect(lambda: times.append((time.perf_counter(), phase)))
    timer.start(TICK_MS)
    assert window.wait_ready(120_000)
    for panel in window.panels.panels:
        panel.show()
    phase = "building"
    for seed in range(1, 11):
        window.document.edit("Seed", lambda experiment, seed=seed: experiment.change_training(seed=seed))
        assert window.wait_ready(30_000)
    phase = "training"
    history = window.view.history
    assert history is not None
    window.actions_of_training.train.trigger()
    window.wait_until(lambda: len(history.epochs()) == EPOCHS and window.ready(), 600_000)
    timer.stop()
    for name in ("loading", "building", "training"):
        gaps = np.diff([at for at, phase_then in times if phase_then == name]) * 1000
        print(
            f"{name:9} {len(gaps):6} ticks of {TICK_MS} ms: median gap {np.median(gaps):.1f} ms, "
            f"p95 {np.percentile(gaps, 95):.1f}, p99 {np.percentile(gaps, 99):.1f}, longest {gaps.max():.0f}, "
            f"over 100 ms: {(gaps > 100).sum()}"
        )
    window.close_without_asking()
    window.wait_until(lambda: window.has_closed, 30_000)
    application.quit()


if __name__ == "__main__":
    main()
