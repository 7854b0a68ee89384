"""Train a network with `model.fit`, recording every step, under the control of whoever asked for it."""

import math
import time
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

import keras
import numpy as np

from biasstudio.engine.biases import read_frame
from biasstudio.engine.build import Network
from biasstudio.engine.data import Samples, load_samples
from biasstudio.recording.history import EpochRecord
from biasstudio.spec.experiment import Training

# Called between two batches; True ends the training there.
BetweenBatches = Callable[[], bool]


class BatchMetrics:
    """Each batch's own metrics out of the running means that Keras hands to callbacks.

    With L the mean and N the samples so far in the epoch, a batch's value is (L N - L' N') / (N - N'), where the
    primes mark the batch before.
    """

    def __init__(self, names: tuple[str, ...], batch_size: int, samples: int) -> None:
        self._names, self._batch_size, self._samples = names, batch_size, samples
        self.start_epoch()

    def start_epoch(self) -> None:
        self._sums = dict.fromkeys(self._names, 0.0)
        self._seen = 0

    def of_batch(self, logs: Mapping[str, Any]) -> list[float]:
        """The values of the batch just done, in the order of the names; NaN where Keras gave none."""
        seen = min(self._seen + self._batch_size, self._samples)
        values = []
        for name in self._names:
            total = float(logs.get(name, math.nan)) * seen
            values.append((total - self._sums[name]) / (seen - self._seen))
            self._sums[name] = total
        self._seen = seen
        return values


class StepRate:
    """Steps per second over the last seconds, with pauses left out."""

    def __init__(self, window_seconds: float = 3.0) -> None:
        self._window = window_seconds
        self._times: deque[float] = deque()

    def restart(self) -> None:
        """Forget what was before a pause."""
        self._times.clear()

    def tick(self) -> None:
        now = time.monotonic()
        self._times.append(now)
        while now - self._times[0] > self._window:
            self._times.popleft()

    @property
    def per_second(self) -> float:
        """0 while it isn't known."""
        if len(self._times) < 2 or self._times[-1] == self._times[0]:
            return 0.0
        return (len(self._times) - 1) / (self._times[-1] - self._times[0])


class _Recording(keras.callbacks.Callback):
    """Puts every step into the history, and asks between batches whether to go on."""

    def __init__(self, network: Network, metrics: BatchMetrics, between_batches: BetweenBatches) -> None:
        super().__init__()
        self._network, self._metrics, self._between_batches = network, metrics, between_batches
        self._first_epoch = _epochs_done(network) + 1
        self._epoch = self._first_epoch
        self._step = network.history.last_step
        self.finite = True
        self.stopped = False

    def on_epoch_begin(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        self._epoch = self._first_epoch + epoch
        self._metrics.start_epoch()

    def on_train_batch_end(self, batch: int, logs: Mapping[str, Any] | None = None) -> None:
        self._step += 1
        frame = read_frame(self._network.bias_variables)
        metrics = self._metrics.of_batch(logs or {})
        self._network.history.append(self._step, self._epoch, frame, metrics)
        self.finite = bool(np.isfinite(frame).all()) and math.isfinite(metrics[0])
        self._look()

    def on_test_batch_end(self, batch: int, logs: Mapping[str, Any] | None = None) -> None:
        self._look()

    def _look(self) -> None:
        if not self.finite or self.stopped or self._between_batches():
            self.stopped = True
            self.model.stop_training = True
            # Keras looks at this flag after each batch of an epoch, and here after each of its validation.
            self.model.stop_evaluating = True

    def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        # An epoch that was cut short is not an epoch: its means are of part of the data.
        if not self.stopped:
            record = EpochRecord(self._epoch, self._step, {name: float(value) for name, value in (logs or {}).items()})
            self._network.history.append_epoch(record)


def _epochs_done(network: Network) -> int:
    return network.history.epoch_of(network.history.last_step)


def planned_steps(network: Network, training: Training) -> int:
    """How many steps `train` would make."""
    samples, _ = load_samples(network.experiment.data).split(training.validation_share)
    return training.epochs * math.ceil(len(samples.x) / training.batch_size)


def train(network: Network, training: Training, between_batches: BetweenBatches) -> bool:
    """Fit for the chosen epochs, from where the weights stand, and record every step into the network's history.

    `between_batches` is called in this thread after each batch and ends the training where it gives True. Returns
    False where training was ended because a bias or the loss was no longer finite.
    """
    samples, validation = load_samples(network.experiment.data).split(training.validation_share)
    metrics = BatchMetrics(network.history.metric_names, training.batch_size, len(samples.x))
    recording = _Recording(network, metrics, between_batches)
    network.model.fit(
        samples.x,
        samples.y,
        batch_size=training.batch_size,
        epochs=training.epochs,
        validation_data=_pair(validation),
        verbose=0,
        callbacks=[recording],
    )
    return recording.finite


def _pair(samples: Samples | None) -> tuple[Any, Any] | None:
    return None if samples is None else (samples.x, samples.y)
