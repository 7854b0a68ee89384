"""What recording every step costs: BiasRecorder, get_weights by hand, TensorBoard's histograms; interleaved.

Two networks: the tutorial's, and fifty Dense layers. Each round trains a model of each kind for some epochs more, after
a first one that isn't counted. TensorBoard must be installed; the slow ways take part in fewer rounds.
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import tensorflow as tf

from biasstudio import BiasRecorder, open_run
from tests.benchmarks.figures import ratio, row

EPOCHS = 4
BARE, RECORDER, GET_WEIGHTS, TENSORBOARD = "bare", "BiasRecorder", "get_weights callback", "TensorBoard histograms"
ROUNDS = {BARE: 30, RECORDER: 30, GET_WEIGHTS: 8, TENSORBOARD: 2}


class Collecting(keras.callbacks.Callback):
    """What people write by hand: the biases' arrays out of get_weights at each batch."""

    def __init__(self) -> None:
        super().__init__()
        self.frames: list[list[np.ndarray]] = []

    def on_train_batch_end(self, batch, logs=None) -> None:
        self.frames.append([layer.get_weights()[1] for layer in self.model.layers if layer.weights])


class Histograms(keras.callbacks.Callback):
    """A TensorBoard histogram of each bias at each batch."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._writer = tf.summary.create_file_writer(str(folder))
        self._step = 0

    def on_train_batch_end(self, batch, logs=None) -> None:
        self._step += 1
        with self._writer.as_default():
            for layer in self.model.layers:
                if layer.weights:
                    tf.summary.histogram(f"{layer.name}/bias", layer.bias, step=self._step)

    def on_train_end(self, logs=None) -> None:
        self._writer.flush()


def tutorial() -> keras.Model:
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(32, 3, activation="relu"),
            layers.Flatten(),
            layers.Dense(10, activation="relu"),
            layers.Dense(1, activation="sigmoid"),
        ]
    )


def fifty_dense() -> keras.Model:
    hidden = [keras.layers.Dense(32, activation="relu") for _ in range(49)]
    return keras.Sequential([keras.Input((28, 28, 1)), keras.layers.Flatten(), *hidden, keras.layers.Dense(1)])


def measure(name: str, make: Callable[[], keras.Model], samples: int) -> None:
    generator = np.random.default_rng(0)
    x = generator.random((samples, 28, 28, 1), dtype=np.float32)
    y = generator.integers(0, 2, samples).astype(np.float32)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "run.biasrun"
        recorder = BiasRecorder(path)
        callbacks = {
            BARE: None,
            RECORDER: recorder,
            GET_WEIGHTS: Collecting(),
            TENSORBOARD: Histograms(Path(folder) / "board"),
        }
        models = {}
        for kind, callback in callbacks.items():
            models[kind] = make()
            models[kind].compile("adam", "binary_crossentropy" if name == "tutorial" else "mse")
            fit(models[kind], x, y, callback)
        times: dict[str, list[float]] = {kind: [] for kind in callbacks}
        for number in range(max(ROUNDS.values())):
            # In turn, so that none is always the one after another.
            kinds = [kind for kind in callbacks if number < ROUNDS[kind]]
            for kind in kinds[number % len(kinds) :] + kinds[: number % len(kinds)]:
                times[kind].append(fit(models[kind], x, y, callbacks[kind]))
        recorder.close()
        with open_run(path) as run:
            values = len(run.steps) * sum(vector.length for vector in run.vectors)
        board_values = values * (1 + ROUNDS[TENSORBOARD]) / (1 + ROUNDS[RECORDER])
        board = sum(file.stat().st_size for file in (Path(folder) / "board").rglob("*"))
        print(f"\n{name}: {-(-samples // 32)} steps an epoch, {EPOCHS} epochs")
        for kind, seconds in times.items():
            print(row(kind, seconds, "s"))
        for kind in list(callbacks)[1:]:
            print(ratio(f"{kind} / bare", times[kind], times[BARE][: len(times[kind])]))
        size = path.stat().st_size
        print(
            f"{values:,} values in {size:,} bytes: {size / values:.2f} a value; TensorBoard {board / board_values:.2f}"
        )


def fit(model: keras.Model, x: np.ndarray, y: np.ndarray, callback: keras.callbacks.Callback | None) -> float:
    started = time.perf_counter()
    model.fit(x, y, batch_size=32, epochs=EPOCHS, verbose=0, shuffle=False, callbacks=[callback] if callback else [])
    return time.perf_counter() - started


def main() -> None:
    measure("tutorial", tutorial, 5_000)
    measure("fifty Dense layers", fifty_dense, 5_000)


if __name__ == "__main__":
    sys.exit(main())
