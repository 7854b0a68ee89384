"""StepTap: has every training step write its biases into a ring in the graph, to be read now and then."""

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import tensorflow as tf

from biasstudio.engine.biases import find_biases, read_frame
from biasstudio.engine.mean_metrics import MeanMetric, find_mean_metrics
from biasstudio.recording.history import Floats
from biasstudio.recording.network import BiasVector

_RING_BYTES = 16_000_000
_MOST_ROWS = 1_024
# Where even the steps of one execution would take more than this, they aren't held.
_MOST_RING_BYTES = 512_000_000
_KEPT = "_bias_studio_tap"


@dataclass(frozen=True)
class Watched:
    """What is recorded of a model: its bias vectors with their variables, and its metrics."""

    vectors: tuple[BiasVector, ...]
    variables: tuple[Any, ...]
    metrics: tuple[MeanMetric, ...]

    @classmethod
    def of(cls, model: Any) -> "Watched":
        biases = find_biases(model)
        metrics = tuple(find_mean_metrics(model))
        return cls(tuple(vector for vector, _ in biases), tuple(variable for _, variable in biases), metrics)

    @property
    def total(self) -> int:
        """How many values a frame has."""
        return sum(vector.length for vector in self.vectors)


class StepTap:
    """A model's train function with the tap in it.

    A row is float32: all biases after the update, their gradients where wanted, the totals and the counts of the
    metrics. Rows are written in the graph, so that each step is there also where Keras runs many in one execution.
    What is in the ring is laid when the step is traced first: only then are all variables of a model made.
    """

    def __init__(self, model: Any, gradients: bool) -> None:
        self._model, self.gradients = model, gradients
        self._plain = model.train_function
        self._taken = 0
        self.watched: Watched | None = None
        self.initial: Floats | None = None
        """All biases before the first step that the tap saw, float32 (total,)."""
        self.fault: Exception | None = None
        """Why nothing is written, where that is so."""
        self.function = self._make_function()

    def _make_function(self) -> Any:
        """Have Keras make its train function of the tapped step; the model itself stays as it was."""
        attributes = vars(self._model)
        own = {"train_step": attributes["train_step"]} if "train_step" in attributes else {}
        attributes["train_step"] = self._tapped(self._model.train_step)
        try:
            self._model.make_train_function(force=True)
        finally:
            del attributes["train_step"]
            attributes.update(own)
        return self._model.train_function

    def attach(self) -> None:
        """Put the tapped train function into the model; only steps from now on are taken."""
        self._model.train_function = self.function
        self._taken = self._written() if self.watched is not None else 0

    def detach(self) -> None:
        """Give the model its own train function back."""
        if self.is_attached:
            self._model.train_function = self._plain

    @property
    def is_attached(self) -> bool:
        return self._model.train_function is self.function

    def fits(self, model: Any) -> bool:
        """Whether this tap would record `model` as it is now, with no need to trace its step again."""
        if model is not self._model or model.train_function not in (self._plain, self.function) or self.fault:
            return False
        variables = [id(variable) for _, variable in find_biases(model)]
        return self.watched is not None and variables == [id(variable) for variable in self.watched.variables]

    def _tapped(self, train_step: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(train_step)
        def tapped(*args: Any, **kwargs: Any) -> Any:
            with self._watching(self._model.optimizer) as gradients:
                outputs = train_step(*args, **kwargs)
            try:
                if self.fault is None:
                    self._write(gradients)
            except Exception as error:  # noqa: BLE001 - kept for the recorder to tell; the training goes on
                self.fault = error
            return outputs

        return tapped

    @contextmanager
    def _watching(self, optimizer: Any) -> Iterator[dict[int, Any]]:
        """Note what the optimizer is given while a step is traced: gradients by the id of their variable."""
        gradients: dict[int, Any] = {}
        if not hasattr(optimizer, "apply"):
            yield gradients
            return
        apply = optimizer.apply

        def watched(grads: Any, trainable_variables: Any = None) -> Any:
            grads = list(grads)
            try:
                self._before_update(optimizer, grads, trainable_variables, gradients)
            except Exception as error:  # noqa: BLE001 - as above
                self.fault = error
            return apply(grads, trainable_variables)

        vars(optimizer)["apply"] = watched
        try:
            yield gradients
        finally:
            del vars(optimizer)["apply"]

    def _before_update(self, optimizer: Any, grads: list[Any], variables: Any, gradients: dict[int, Any]) -> None:
        if self.initial is None:
            # Outside of the graph that is being traced: the values now, not those of each step.
            with tf.init_scope():
                biases = find_biases(self._model)
                frame = read_frame([variable for _, variable in biases])
            # A model that its first batch builds is traced twice, and has no values yet at the first time.
            if frame.size == sum(vector.length for vector, _ in biases):
                self.initial = frame
        if not self.gradients:
            return
        scale = optimizer.scale_loss(1.0)
        known = optimizer._trainable_variables if variables is None else variables
        for gradient, variable in zip(grads, known, strict=True):
            if gradient is not None and _is_here(gradient):
                gradients[id(variable)] = tf.convert_to_tensor(gradient) / scale

    def _write(self, gradients: dict[int, Any]) -> None:
        watched = self.watched
        if watched is None:
            with tf.init_scope():
                watched = self._lay(Watched.of(self._model))
        parts = [_flat(variable.value) for variable in watched.variables]
        if self.gradients:
            for vector, variable in zip(watched.vectors, watched.variables, strict=True):
                gradient = gradients.get(id(variable))
                parts.append(tf.fill([vector.length], np.float32(np.nan)) if gradient is None else _flat(gradient))
        for state in ("total", "count"):
            parts += [_flat(getattr(metric.metric, state).value) for metric in watched.metrics]
        row = tf.expand_dims(tf.concat(parts, 0), 0)
        place = tf.expand_dims(self._count % self._rows, 0)
        tf.raw_ops.ResourceScatterUpdate(resource=self._ring.handle, indices=place, updates=row)
        self._count.assign_add(1)

    def _lay(self, watched: Watched) -> Watched:
        width = watched.total * (2 if self.gradients else 1) + 2 * len(watched.metrics)
        steps = self._model.steps_per_execution
        if width == 0:
            raise ValueError("the model has no biases and no metrics")
        if 4 * width * steps > _MOST_RING_BYTES:
            raise ValueError(f"the biases of {steps} steps would take {4 * width * steps / 1e6:,.0f} MB")
        self._rows = max(steps, min(_MOST_ROWS, _RING_BYTES // (4 * width)))
        with tf.device(watched.variables[0].value.device if watched.variables else None):
            self._ring = tf.Variable(tf.zeros((self._rows, width)), trainable=False)
            self._count = tf.Variable(0, dtype=tf.int64, trainable=False)
        self.watched = watched
        return watched

    @property
    def most_waiting(self) -> int:
        """How many steps may pass before the ring has to be read."""
        return self._rows if self.watched is not None else 0

    def _written(self) -> int:
        return int(tf.raw_ops.ReadVariableOp(resource=self._count.handle, dtype=tf.int64).numpy())

    def take(self) -> Floats:
        """The rows of the steps since the last time, oldest first: float32 (k, width)."""
        if self.watched is None:
            return np.empty((0, 0), np.float32)
        written = self._written()
        places = np.arange(self._taken, written) % self._rows
        self._taken = written
        # Reading the whole variable would have it copied at each later write.
        rows: Floats = tf.raw_ops.ResourceGather(resource=self._ring.handle, indices=places, dtype=tf.float32).numpy()
        return rows


def tap_of(model: Any, gradients: bool) -> StepTap:
    """The tap of the model's last recording where it fits, so that its step isn't traced again; else a new one."""
    kept: StepTap | None = vars(model).get(_KEPT)
    if kept is not None and kept.gradients == gradients and not kept.is_attached and kept.fits(model):
        kept.attach()
        return kept
    tap = StepTap(model, gradients)
    # Past Keras, which would take it for a part of the model. Tap and model hold each other, and go together.
    vars(model)[_KEPT] = tap
    return tap


def _flat(value: Any) -> Any:
    return tf.reshape(tf.cast(value, tf.float32), [-1])


def _is_here(tensor: Any) -> bool:
    """Whether a tensor can be used where the code is now: not one from inside a branch or a loop."""
    return tf.executing_eagerly() or getattr(tensor, "graph", None) is tf.compat.v1.get_default_graph()
