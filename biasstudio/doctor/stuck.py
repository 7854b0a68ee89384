"""Which biases are so large that float32 can't add one step of training to them."""

import math

import numpy as np

from biasstudio.doctor.case import Case
from biasstudio.doctor.trajectory import Booleans, Trajectory
from biasstudio.recording.history import Floats

# With these a step is about as long as the learning rate, whatever the gradient.
_OF_EVEN_STEPS = ("Adam", "AdamW", "Nadam", "Adamax", "Lion", "Adagrad")


def stuck(case: Case, trajectory: Trajectory, least_steps: int) -> Booleans:
    """Of each value of a frame, whether it stood still for `least_steps` and a step is under half a unit in its last
    place, so that rounding takes all of it."""
    nothing = np.zeros(trajectory.newest.shape, np.bool_)
    if trajectory.steps < least_steps or trajectory.kept != 1.0:
        return nothing
    step = _step_lengths(case, trajectory)
    sizes = np.abs(trajectory.newest)
    if step is None or not sizes.size or not np.fmin.reduce(step) < np.spacing(np.fmax.reduce(sizes)) / 2:
        return nothing
    too_short = (step < np.spacing(sizes) / 2) & np.isfinite(sizes)
    _steps, frames = trajectory.history.recent(trajectory.last_step - least_steps, least_steps + 1)
    return np.asarray(too_short & (frames == trajectory.newest).all(axis=0))


def _step_lengths(case: Case, trajectory: Trajectory) -> Floats | None:
    """How far one step moves each value, float32 (total,) or (1,), NaN where it isn't known; None for all."""
    training = case.training
    if training is None or case.scheduled or training.learning_rate == 0:
        return None
    if training.optimizer in _OF_EVEN_STEPS:
        return np.array([training.learning_rate], np.float32)
    if training.optimizer == "RMSprop" and not training.setting("momentum"):
        # Its first step, and each after a long silence, is longer by this.
        return np.array([training.learning_rate / math.sqrt(1 - training.setting("rho"))], np.float32)
    if training.optimizer != "SGD" or training.setting("momentum") or case.probe is None:
        return None
    lengths = np.full(trajectory.newest.shape, np.nan, np.float32)
    for vector in trajectory.vectors:
        gradient = case.probe.gradients.get(vector.path)
        if gradient is not None:
            # One under 1 may be small for other reasons: it has arrived, or has no effect. One of 0 says nothing.
            length = training.learning_rate * np.maximum(1, abs(gradient))
            lengths[trajectory.place(vector)] = np.where(gradient == 0, np.nan, length)
    return lengths
