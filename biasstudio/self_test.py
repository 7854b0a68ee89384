"""self-test: the main job from end to end, with its results checked."""

import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from biasstudio.gui.main_window import MainWindow
    from biasstudio.gui.panels.panel import Panel
    from biasstudio.recording.history import History


class SelfTestError(Exception):
    """A check of the self-test did not hold."""


def self_test(in_window: bool = False) -> int:
    """Build, train one epoch, draw, record, replay, compare; print what was done. 0, or 1 where a check failed.

    Offscreen, or `in_window` on the display. The person's runs, settings and log are left alone.
    """
    from biasstudio.app import draw_offscreen, keep_everything_in

    if not in_window:
        draw_offscreen()
    started = time.monotonic()
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        keep_everything_in(Path(folder))
        try:
            for line in _steps():
                print(f"  ok  {line}", flush=True)
        except SelfTestError as error:
            print(f"FAIL  {error}", flush=True)
            return 1
    print(f"Bias Studio works here. {time.monotonic() - started:.0f} s", flush=True)
    return 0


def _check(holds: bool, what: str) -> None:
    if not holds:
        raise SelfTestError(what)


def _steps() -> Iterator[str]:
    from biasstudio.app import create_application, create_window
    from biasstudio.gui.file_actions import load_example

    application = create_application()
    window = create_window(load_example("tutorial").change_training(epochs=1))
    faults: list[str] = []
    window.faulted.connect(faults.append)
    window.show()
    try:
        yield f"window opened, Qt platform {application.platformName()}"
        _check(window.wait_ready(120_000), "the tutorial network was not built in two minutes")
        history = window.view.history
        if history is None:
            raise SelfTestError("no network was built")
        lengths = [(vector.path, vector.length) for vector in history.vectors]
        expected = [("conv2d/bias", 32), ("dense/bias", 10), ("dense_1/bias", 1)]
        _check(lengths == expected, f"bias vectors are {lengths}, expected {expected}")
        _check(len(set(history.values("conv2d/bias", 0))) == 32, "HeNormal did not give 32 different values")
        _check(not history.values("dense/bias", 0).any(), "zeros did not give zeros")
        yield f"{window.status.versions.text()}: network built, bias vectors {dict(lengths)}"
        window.actions_of_training.train.trigger()
        ended = window.wait_until(lambda: bool(history.epochs()) and window.ready(), 300_000)
        _check(ended and not faults, f"training did not end well: {faults or 'it took more than five minutes'}")
        loss = history.epochs()[0].metrics["loss"]
        _check(history.size == 142 and np.isfinite(loss), f"{history.size} frames and loss {loss}, expected 142 frames")
        yield f"trained one epoch on the shipped digits: {history.last_step} steps, loss {loss:.4f}"
        for panel in window.panels.panels:
            _check_drawn(window, panel)
        yield "every panel drawn"
        yield f"last frame equals the model's weights: {_compare_with_model(window, history)} values"
        yield f"recorded and replayed: {_compare_with_replay(window, history)} frames are the same"
    finally:
        window.close_without_asking()
        window.wait_until(lambda: window.has_closed, 30_000)
        application.processEvents()
    yield "window and worker closed"


def _check_drawn(window: "MainWindow", panel: "Panel") -> None:
    panel.show()
    _check(window.wait_until(lambda: not panel.dirty, 30_000), f"{panel.objectName()} was not drawn")
    _check(_colours(panel) > 8, f"{panel.objectName()} was drawn in {_colours(panel)} colours: it is empty")


def _colours(panel: "Panel") -> int:
    """How many different colours a panel has on screen, looked at in every third pixel."""
    image = panel.grab().toImage()
    return len({image.pixel(x, y) for x in range(0, image.width(), 3) for y in range(0, image.height(), 3)})


def _compare_with_model(window: "MainWindow", history: "History") -> int:
    """Each bias vector's last frame against what the layer's get_weights() gives; how many values were compared."""
    for vector in history.vectors:
        window.weights.choose_layer(vector.layer)
        window.weights.requested.emit(vector.layer)
        answered = window.wait_until(lambda: window.weights.weights is not None, 30_000)
        weights = window.weights.weights
        if not answered or weights is None:
            raise SelfTestError(f"the weights of {vector.layer} were not read")
        bias = next(array.values for array in weights.arrays if array.name == vector.path.split("/")[-1])
        same = bias is not None and np.array_equal(bias, history.values(vector.path, history.last_step))
        _check(same, f"{vector.path} differs from the model's")
    return sum(vector.length for vector in history.vectors)


def _compare_with_replay(window: "MainWindow", history: "History") -> int:
    """The recorded file, opened in the window, against the history of the training; how many frames were compared."""
    library = window.runs.model
    found = window.wait_until(lambda: any(run.state == "finished" for run in library.runs()), 30_000)
    _check(found, "the training is not in the list of runs")
    window.files.open_path(Path(library.runs()[0].path))
    last = history.last_step
    opened = window.wait_until(
        lambda: window.view.history not in (None, history) and window.view.history.last_step == last, 30_000
    )
    replayed = window.view.history
    if not opened or replayed is None:
        raise SelfTestError("the recorded run did not open")
    same = (np.array_equal(replayed.frame(step), history.frame(step)) for step in range(last + 1))
    _check(all(same), "the recorded run differs from the training")
    window.view.show_step(last // 2)
    _check_drawn(window, window.panels.vector_panel)
    return last + 1
