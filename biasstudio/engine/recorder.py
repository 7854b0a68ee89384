"""BiasRecorder: the Keras callback that records every step's bias values, into a run's file, a history, or both."""

import atexit
import functools
import logging
import math
import platform
import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import keras
import numpy as np
import tensorflow as tf

from biasstudio.engine.biases import read_frame
from biasstudio.engine.mean_metrics import BatchMetrics, read_states
from biasstudio.engine.tap import StepTap, Watched, tap_of
from biasstudio.engine.training_doctor import TrainingDoctor
from biasstudio.recording.history import EpochRecord, Floats, FrameArchive, History
from biasstudio.recording.network import BiasVector
from biasstudio.recording.run_format import DEFAULT_SIZE_LIMIT, RunAbout
from biasstudio.recording.run_writer import RunWriter

_log = logging.getLogger(__name__)
_FLUSH_SECONDS = 10.0
# A history is looked at while it grows; a file is committed five times a second.
_DRAIN_SECONDS_OF_HISTORY, _DRAIN_SECONDS_OF_FILE = 0.03, 0.2
Hook = TypeVar("Hook", bound=Callable[..., None])


def _harmless(hook: Hook) -> Hook:
    """A fault in a hook ends the recording, never the training."""

    @functools.wraps(hook)
    def guarded(self: "BiasRecorder", *args: Any, **kwargs: Any) -> None:
        if self.failure and not self._told:
            self._tell(self.failure)
        if self._fault or (self.failure and self._history is None):
            return
        try:
            hook(self, *args, **kwargs)
        except Exception as error:  # noqa: BLE001 - it is logged and told, and the training goes on
            _log.exception("fault in the recorder")
            self._give_up(f"Recording has ended by a fault of Bias Studio: {type(error).__name__}: {error}.")

    return guarded  # type: ignore[return-value]


class BiasRecorder(keras.callbacks.Callback):
    """Records the bias values of every step of `model.fit`, exactly, with each batch's own loss and metrics.

        model.fit(x, y, callbacks=[BiasRecorder("run.biasrun")])

    Step 0 is the model before the first fit. Several fits with the same recorder are one run, whose steps and epochs
    count on. Steps are seen one by one also under `steps_per_execution` and `jit_compile`; where the model runs
    eagerly or under a distribution strategy, the biases are read after each execution. It never ends a training: a
    disk that fails is one warning. Only the thread that trains may call.
    """

    def __init__(
        self,
        path: str | Path | None = None,
        *,
        history: History | None = None,
        gradients: bool = False,
        name: str = "",
        note: str = "",
        group: str = "",
        experiment: str = "",
        size_limit: int = DEFAULT_SIZE_LIMIT,
        overwrite: bool = True,
        on_failure: Callable[[str], None] | None = None,
        diagnose: bool = False,
    ) -> None:
        """Create the run's file at `path`, in place of an older run unless `overwrite` is off.

        `gradients`: also record the gradients of the biases, as the optimizer is given them. `size_limit`: bytes that
        the file may take; beyond it, older steps are thinned evenly. `history`: a History to fill too. `experiment`:
        the text of a .biasexp file. `on_failure` is told in one sentence, in place of a warning, where recording ends
        early. `diagnose`: have the Doctor look at the training when it begins, every few seconds, for a hundredth of
        the time at most, and when it ends; each error that it finds is printed to stderr once, in one line. Raises
        RunError where the file can't be written, and ValueError for a size limit that is none.
        """
        super().__init__()
        if size_limit < 1:
            raise ValueError(f"size_limit must be a number of bytes above 0, not {size_limit}")
        self._history, self._gradients, self._on_failure = history, gradients, on_failure
        self._writer: RunWriter | None = None
        if path is not None:
            about = RunAbout(name or Path(path).stem, note, group, experiment, versions())
            self._writer = RunWriter(Path(path), about, size_limit, overwrite=overwrite)
        self._doctor = TrainingDoctor() if diagnose else None
        self._fault = ""
        self._told = False
        self._tap: StepTap | None = None
        self._watched: Watched | None = None
        self._layout: tuple[tuple[BiasVector, ...], tuple[str, ...]] | None = None
        self._initial: Floats | None = None
        self._metrics = BatchMetrics(())
        self._step = history.last_step if history is not None else -1
        self._epochs_before = self._epoch = history.epoch_of(self._step) if history is not None else 0
        self._batch = -1
        self._waiting, self._drained_at = 0, 0.0
        self._drain_seconds = _DRAIN_SECONDS_OF_FILE if history is None else _DRAIN_SECONDS_OF_HISTORY
        self._stopping = self._whole = False
        self.finite = True
        """Whether all biases recorded were finite."""
        atexit.register(self.close)

    def __enter__(self) -> "BiasRecorder":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def last_step(self) -> int:
        """The newest step made, which `flush` brings into file and history; -1 before any."""
        return max(0, self._step) + self._waiting if self._waiting else self._step

    @property
    def epoch(self) -> int:
        """The epoch of the newest step made, counted on from earlier fits, from 1; 0 before any."""
        return self._epoch

    @property
    def archive(self) -> FrameArchive | None:
        """Where recorded frames can be read back by any thread, for a History that no longer holds them all."""
        return self._writer

    @property
    def failure(self) -> str:
        """Why recording has ended early, in one sentence; "" while all is well."""
        return self._fault or (self._writer.failure if self._writer is not None else "")

    @_harmless
    def flush(self) -> None:
        """Bring all steps made so far into file and history; else it is done a few times a second."""
        if self._tap is not None and self._tap.is_attached:
            self._drain(self._tap)

    def close(self) -> None:
        """Complete the file. Also done at the interpreter's exit."""
        atexit.unregister(self.close)
        self.flush()
        self._detach()
        if self._doctor is not None:
            self._doctor.look()
        if self._writer is not None:
            self._writer.close_as_said()

    def say_state(self, state: str) -> None:
        """Say in the file how the run stands: finished, stopped or failed."""
        if self._writer is not None:
            self._writer.say_state(state)

    def note_event(self, kind: str, text: str = "") -> None:
        """Note in the file something that happened at the present step."""
        if self._writer is not None:
            self._writer.append_event(max(0, self._step), kind, text)

    def discard_epoch(self) -> None:
        """Record no metrics for the epoch under way: it ends early, and they are of part of the data."""
        self._whole = False

    def record(self, step: int, model: Any, metrics: Mapping[str, float] | None = None, *, epoch: int = 1) -> None:
        """Record one step of a training loop of one's own. Steps must rise; `metrics` are those of this batch."""
        self._record(step, model, dict(metrics or {}), epoch)

    @_harmless
    def _record(self, step: int, model: Any, metrics: dict[str, float], epoch: int) -> None:
        watched = Watched.of(model)
        names = tuple(metrics)
        self._watch(watched, names)
        self._append(step, 0 if step == 0 else epoch, read_frame(watched.variables), [metrics[name] for name in names])
        if self._doctor is not None:
            self._doctor.watch(model)
            self._doctor.look_now_and_then()

    @_harmless
    def on_train_begin(self, logs: Mapping[str, Any] | None = None) -> None:
        self.say_state("recording")
        self.note_event("fit", f"epochs {self.params.get('epochs')}, steps {self.params.get('steps')}")
        self._epochs_before = self._epoch
        self._watched = None
        if self._doctor is not None:
            self._doctor.watch(self.model)
        self._begin_tap()
        if self._step < 1 and self.model.built:
            self._initial = self._before_training()

    def _before_training(self) -> Floats:
        # What was set by hand since the network was built is an event; the frame of step 0 is how it was built.
        if self._history is not None and self._history.size:
            return self._history.frame(0)
        return read_frame(Watched.of(self.model).variables)

    def _begin_tap(self) -> None:
        reason = _why_no_tap(self.model)
        if reason:
            self._detach()
            self._tap = None
            self._note_what_is_not_seen(reason)
        elif self._tap is not None and self._tap.fits(self.model):
            self._tap.attach()
        else:
            self._detach()
            self._tap = tap_of(self.model, self._gradients)

    def _note_what_is_not_seen(self, reason: str) -> None:
        if self._gradients:
            self.note_event("note", f"gradients are not recorded: {reason}")
        if self.model.steps_per_execution > 1:
            steps = self.model.steps_per_execution
            self.note_event("note", f"only every {steps}th step is recorded: {reason}")

    @_harmless
    def on_epoch_begin(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        self.flush()
        self._epoch = self._epochs_before + epoch + 1
        self._batch, self._whole = -1, True
        self._metrics.start_epoch()

    @_harmless
    def on_train_batch_end(self, batch: int, logs: Mapping[str, Any] | None = None) -> None:
        made, self._batch = batch - self._batch, batch
        # Who stops the training in the middle of an epoch leaves it a part of one.
        self._stopping = bool(self.model.stop_training)
        if self._tap is None:
            self._read(made)
            return
        self._waiting += made
        # Reading a step costs more than recording it: many are read at once.
        full = self._waiting + self.model.steps_per_execution > self._tap.most_waiting
        if full or time.monotonic() - self._drained_at > self._drain_seconds:
            self._drain(self._tap)
            if self._doctor is not None:
                self._doctor.look_now_and_then()

    def _drain(self, tap: StepTap) -> None:
        """Take the steps out of the tap."""
        if tap.fault is not None:
            raise tap.fault
        rows, watched = tap.take(), tap.watched
        self._waiting, self._drained_at = 0, time.monotonic()
        if watched is None or not len(rows):
            return
        if self._watched is None:
            # A model that is built by its first batch has its first values only there.
            self._begin_fit(watched, tap.initial if self._initial is None else self._initial)
        total, count = watched.total, len(watched.metrics)
        self.finite = self.finite and bool(np.isfinite(rows[:, :total]).all())
        metrics = self._metrics.of_batches(rows[:, len(rows[0]) - 2 * count :].reshape(-1, 2, count))
        for row, values in zip(rows, metrics, strict=True):
            gradients = row[total : 2 * total] if self._gradients else None
            self._append(self._step + 1, self._epoch, row[:total], values, gradients)

    def _read(self, made: int) -> None:
        """Read the biases after an execution of `made` steps."""
        watched = self._watched or self._begin_fit(Watched.of(self.model), self._initial)
        metrics = self._metrics.of_batches(read_states(watched.metrics)[np.newaxis])
        frame = read_frame(watched.variables)
        self.finite = self.finite and bool(np.isfinite(frame).all())
        self._append(max(0, self._step) + made, self._epoch, frame, metrics[0])
        if self._doctor is not None:
            self._doctor.look_now_and_then()

    def _begin_fit(self, watched: Watched, initial: Floats | None) -> Watched:
        """The first steps of a fit were made: only now Keras has all its metrics."""
        self._watch(watched, tuple(metric.name for metric in watched.metrics))
        self._metrics = BatchMetrics(watched.metrics)
        if self._step < 1 and initial is not None:
            self._append(0, 0, initial)
        return watched

    def _watch(self, watched: Watched, metric_names: tuple[str, ...]) -> None:
        """From now on frames hold these vectors, and these metrics go with them."""
        layout = watched.vectors, metric_names
        if self._writer is not None and layout != self._layout:
            self._writer.start_layout(*layout)
        self._layout, self._watched = layout, watched

    def _append(
        self,
        step: int,
        epoch: int,
        values: Floats,
        metrics: Sequence[float] | Floats = (),
        gradients: Floats | None = None,
    ) -> None:
        self._step = step
        vectors, names = self._layout or ((), ())
        numbers = [float(value) for value in metrics] if len(metrics) else [math.nan] * len(names)
        if self._writer is not None:
            self._writer.append(step, epoch, values, numbers, gradients)
        if self._doctor is not None:
            self._doctor.take(vectors, names, step, epoch, values, numbers)
        # A history may have been begun by whoever built the network.
        if self._history is not None and step > self._history.last_step:
            by_name = dict(zip(names, numbers, strict=True))
            ordered = [by_name.get(name, math.nan) for name in self._history.metric_names]
            self._history.append(step, epoch, values, ordered)

    @_harmless
    def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        self.flush()
        if self._doctor is not None:
            self._doctor.look_now_and_then()
        planned = self.params.get("steps")
        cut = self._stopping and planned is not None and self._batch + 1 < planned
        if cut or not self._whole:
            return
        metrics = {name: float(value) for name, value in (logs or {}).items()}
        record = EpochRecord(self._epoch, max(0, self._step), metrics)
        if self._writer is not None:
            self._writer.append_epoch(record)
        if self._history is not None:
            self._history.append_epoch(record)

    @_harmless
    def on_train_end(self, logs: Mapping[str, Any] | None = None) -> None:
        self.flush()
        # The model is as it was: saved, cloned or trained without the recorder, nothing of it is there.
        self._detach()
        if self._doctor is not None:
            self._doctor.look()
        self.say_state("finished")
        if self._writer is not None:
            self._writer.flush(_FLUSH_SECONDS)

    def _detach(self) -> None:
        if self._tap is not None:
            self._tap.detach()

    def _give_up(self, sentence: str) -> None:
        self._fault = sentence
        self._detach()
        self._history = None
        if self._writer is not None:
            self._writer.append_event(max(0, self._step), "error", sentence)
            self._writer.close("failed")
        self._tell(sentence)

    def _tell(self, sentence: str) -> None:
        self._told = True
        if self._on_failure is not None:
            self._on_failure(sentence)
        else:
            warnings.warn(f"{sentence} The training goes on.", RuntimeWarning, stacklevel=2)


def _why_no_tap(model: Any) -> str:
    """Why the steps of a model can't be seen in its graph; "" where they can."""
    if keras.backend.backend() != "tensorflow":
        return "Keras does not run on TensorFlow"
    if model.run_eagerly:
        return "the model runs eagerly"
    # Keras's own default strategy counts as one replica in a class of its own.
    if type(model.distribute_strategy).__name__ != "_DefaultDistributionStrategy":
        return "the training is distributed"
    return ""


def versions() -> dict[str, str]:
    """What trains here: the versions of Bias Studio, Keras, TensorFlow and Python."""
    from biasstudio import __version__

    return {
        "biasstudio": __version__,
        "keras": keras.__version__,
        "tensorflow": tf.__version__,
        "python": platform.python_version(),
    }
