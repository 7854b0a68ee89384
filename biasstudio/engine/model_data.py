"""What arrays of a script's own tell of its model: their statistics, and what a batch of them makes of the model."""

from dataclasses import replace
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from biasstudio.doctor.case import Case
from biasstudio.doctor.data_facts import evenly, facts_of
from biasstudio.doctor.probe import Probe
from biasstudio.engine.biases import find_biases
from biasstudio.engine.probe import Prober, can_be_probed
from biasstudio.spec.experiment import Training
from biasstudio.spec.losses import LABEL, LOSS_TYPES

Array = NDArray[Any]


def with_arrays(case: Case, model: Any, x: Array, y: Array | None) -> Case:
    """The case of a model with the samples that it trains on, (n, ...) each. Raises ValueError where they don't fit."""
    facts = facts_of(x, y)
    if model is None or not can_be_probed(model):
        return replace(case, data=facts)
    _check_shape(model, x)
    step = case.history.last_step if case.history is not None else 0
    return replace(case, data=facts, probe=_probe(model, x, y, case.training, max(0, step)))


def _check_shape(model: Any, x: Array) -> None:
    expected = tuple(model.inputs[0].shape[1:])
    fits = len(expected) == x.ndim - 1 and all(
        side in (None, own) for side, own in zip(expected, x.shape[1:], strict=True)
    )
    if not fits:
        raise ValueError(f"The model takes samples of the shape {expected}, but those of x are {x.shape[1:]}.")


def _probe(model: Any, x: Array, y: Array | None, training: Training | None, step: int) -> Probe:
    output = tuple(model.outputs[0].shape[1:])
    fits = training is not None and y is not None and _fits(y, output, LOSS_TYPES[training.loss].target)
    loss = _loss(training) if fits and training is not None else None
    # Looked at once: to trace it would take longer, and TensorFlow warns of many traces.
    prober = Prober(model, find_biases(model), loss, traced=False)
    at = evenly(len(x), prober.most_samples)
    return prober.probe(x[at].astype(model.inputs[0].dtype), y[at] if fits and y is not None else None, step)


def _loss(training: Training) -> Any:
    return getattr(keras.losses, LOSS_TYPES[training.loss].class_name)(**dict(training.loss_settings))


def _fits(y: Array, output: tuple[int | None, ...], target: str) -> bool:
    """Whether the loss can be computed: else there are no gradients, and a rule says why."""
    shape = y.shape[1:] if y.shape[1:] != (1,) else ()
    if target == LABEL:
        whole = bool((y == np.floor(y)).all() and y.min() >= 0)
        return shape == output[:-1] and whole and output[-1] is not None and int(y.max()) < output[-1]
    return shape == (output if output != (1,) else ())
