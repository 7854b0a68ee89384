"""Train a network with `model.fit`, recording every step, under the control of whoever asked for it."""

import logging
import math
import time
from collections import deque
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import keras
import tensorflow as tf

from biasstudio.engine.build import Network
from biasstudio.engine.data import load_samples
from biasstudio.engine.recorder import BiasRecorder
from biasstudio.engine.streamed_data import reading_fault
from biasstudio.recording.run_format import DEFAULT_SIZE_LIMIT
from biasstudio.spec.experiment import Training, experiment_to_json

_log = logging.getLogger(__name__)

# Called between two batches; True ends the training there.
BetweenBatches = Callable[[], bool]


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


class _Control(keras.callbacks.Callback):
    """Asks between batches whether to go on, and ends the training where values are not finite. After the recorder.

    The loss is seen at each batch, the biases as they are recorded: a bias that is not finite makes the next loss so.
    """

    def __init__(self, recorder: BiasRecorder, between_batches: BetweenBatches) -> None:
        super().__init__()
        self._recorder, self._between_batches = recorder, between_batches
        self.finite = True
        self._stopped = False

    def on_train_batch_end(self, batch: int, logs: Mapping[str, Any] | None = None) -> None:
        # Keras's running mean is not finite from the first batch on whose loss is not.
        self.finite = math.isfinite((logs or {}).get("loss", 0.0)) and self._recorder.finite
        self._look()

    def on_test_batch_end(self, batch: int, logs: Mapping[str, Any] | None = None) -> None:
        self._look()

    def _look(self) -> None:
        if not self.finite or self._stopped or self._between_batches():
            self._stopped = True
            # An epoch that was cut short is not an epoch: its means are of part of the data.
            self._recorder.discard_epoch()
            self.model.stop_training = True
            # Keras looks at this flag after each batch of an epoch, and here after each of its validation.
            self.model.stop_evaluating = True


def planned_steps(network: Network, training: Training) -> int:
    """How many steps `train` would make. Raises SpecError as `train` does before the first."""
    samples, _ = load_samples(network.experiment).split(training.validation_share)
    return training.epochs * math.ceil(len(samples) / training.batch_size)


def recorder_of(
    network: Network,
    path: Path | None = None,
    name: str = "",
    *,
    group: str = "",
    size_limit: int = DEFAULT_SIZE_LIMIT,
    overwrite: bool = True,
) -> BiasRecorder:
    """A recorder into the network's history, and into a run's file where a path is given. Raises RunError.

    It may serve several trainings of the network, which become one run; the caller closes it.
    """
    return BiasRecorder(
        path,
        history=network.history,
        name=name,
        group=group,
        experiment=experiment_to_json(network.experiment),
        size_limit=size_limit,
        overwrite=overwrite,
        on_failure=_log.warning,
    )


def train(network: Network, training: Training, between_batches: BetweenBatches, recorder: BiasRecorder) -> bool:
    """Fit for the chosen epochs, from where the weights stand; `recorder`, made by `recorder_of`, takes every step.

    `between_batches` is called in this thread after each batch and ends the training where it gives True. Returns
    False where training was ended because a bias or the loss was no longer finite. Raises SpecError where the data
    can't be read.
    """
    samples, validation = load_samples(network.experiment).split(training.validation_share)
    control = _Control(recorder, between_batches)
    try:
        network.model.fit(
            **samples.for_fit(training, recorder.last_step),
            epochs=training.epochs,
            validation_data=None if validation is None else validation.for_validation(training),
            verbose=0,
            callbacks=[recorder, control],
        )
    except tf.errors.OpError as error:
        fault = reading_fault(error)
        if fault is None:
            raise
        raise fault from None
    return control.finite
