"""Histories with known values, and panels on screen."""

import numpy as np
import pytest

from biasstudio.gui.panels.display_clock import DisplayClock
from biasstudio.gui.view_state import ViewState
from biasstudio.recording.history import EpochRecord, History
from biasstudio.recording.network import BiasVector

CONV = BiasVector("conv2d/bias", (32,), "conv2d", "channel")
DENSE = BiasVector("dense/bias", (4,), "dense", "unit")
GRU = BiasVector("gru/gru_cell/bias", (2, 6), "gru", "unit")


def frames_of(steps: int, vectors=(CONV, DENSE, GRU), seed: int = 1) -> np.ndarray:
    """Random walks, float32 (steps + 1, total); the first vector starts spread, the others at zero."""
    random = np.random.default_rng(seed)
    total = sum(vector.length for vector in vectors)
    start = np.zeros(total)
    start[: vectors[0].length] = random.normal(0, 0.25, vectors[0].length)
    walk = np.cumsum(random.normal(0, 0.01, (steps, total)), axis=0)
    return np.vstack([start, start + walk]).astype(np.float32)


def history_of(frames: np.ndarray, vectors=(CONV, DENSE, GRU), epoch_steps: int = 20) -> History:
    """Every row of `frames` a step from 0 on; loss 1/step, accuracy 1 - 1/step; an epoch each `epoch_steps`."""
    history = History(vectors, ("loss", "accuracy"))
    for step, values in enumerate(frames):
        metrics = (1 / step, 1 - 1 / step) if step else ()
        history.append(step, -(-step // epoch_steps), values, metrics)
        if step and step % epoch_steps == 0:
            record = EpochRecord(step // epoch_steps, step, {"val_loss": 2 / step, "val_accuracy": 0.5})
            history.append_epoch(record)
    return history


@pytest.fixture
def state(qapp) -> ViewState:  # noqa: ARG001 (there must be an application)
    return ViewState()


@pytest.fixture
def clock(state):
    clock = DisplayClock(state)
    yield clock
    clock.stop()


@pytest.fixture
def frames() -> np.ndarray:
    return frames_of(50)


@pytest.fixture
def history(frames) -> History:
    return history_of(frames)


@pytest.fixture
def on_screen(qtbot):
    """Show a widget at a size, wait until it is laid out, and return it."""

    def show(widget, width=360, height=260):
        qtbot.addWidget(widget)
        widget.resize(width, height)
        with qtbot.waitExposed(widget):
            widget.show()
        return widget

    return show
