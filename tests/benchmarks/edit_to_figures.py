"""From setting a bias by hand to the validation figures painted in the window, on the tutorial network, paused."""

import time

import numpy as np

from biasstudio.app import create_application, create_window
from biasstudio.worker.model_worker import ModelWorker
from tests.benchmarks.figures import row
from tests.benchmarks.initializer_to_screen import Painted

_STEPS, _EDITS = 30, 60


def _pause(window) -> None:
    actions, history = window.actions_of_training, window.view.history
    actions.train.trigger()
    assert window.wait_until(lambda: history.last_step >= _STEPS, 60_000)
    actions.pause.trigger()
    assert window.wait_until(lambda: not window.edits.reason, 30_000)
    window.wait_until(lambda: False, 500)


def _one(window, painted, shown: list[float], unit: int, value: float) -> float:
    """Seconds until the figures of this very edit are painted."""
    started = time.perf_counter()
    shown.clear()
    window.edits.set_unit(window.view.vector, unit, value)
    assert window.wait_until(lambda: bool(shown) and painted.at > shown[0], 10_000)
    return painted.at - started


def main() -> None:
    application = create_application()
    window = create_window()
    window.resize(1440, 900)
    window.show()
    assert window.wait_ready(120_000)
    _pause(window)
    painted = Painted(window.hands_on.figures)
    shown: list[float] = []

    def note(_evaluated) -> None:
        shown.append(time.perf_counter())
        # Painted also where the figures are the same in all of their digits.
        window.hands_on.figures.update()

    window.findChild(ModelWorker).biasesEvaluated.connect(note)
    random = np.random.default_rng(0)
    times = [
        1000 * _one(window, painted, shown, int(unit), value)
        for unit, value in zip(
            random.integers(0, window.view.vector.length, _EDITS), random.normal(0, 0.3, _EDITS), strict=True
        )
    ]
    print(row("edit to figures, the first", times[:1], "ms"))
    print(row("edit to figures, those after it", times[1:], "ms"))
    window.close_without_asking()
    window.wait_until(lambda: window.has_closed, 30_000)
    application.quit()


if __name__ == "__main__":
    main()
