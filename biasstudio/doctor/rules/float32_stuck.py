"""float32-stuck: a bias is so large that a step of training is lost in rounding."""

from collections.abc import Iterator

import numpy as np

from biasstudio.doctor.case import Case
from biasstudio.doctor.figures import figure
from biasstudio.doctor.finding import Finding, Severity
from biasstudio.doctor.stuck import stuck


def float32_stuck(case: Case, *, least_steps: int = 10) -> Iterator[Finding]:
    """`least_steps`: for how many steps a value must have stood still before anything is said."""
    trajectory, training = case.trajectory, case.training
    if trajectory is None or training is None:
        return
    at_fault = stuck(case, trajectory, least_steps)
    for vector in trajectory.vectors if at_fault.any() else ():
        layer, units = case.layer_of(vector), np.flatnonzero(at_fault[trajectory.place(vector)])
        if not len(units) or layer is None or not layer.biases_learn:
            continue
        largest = units[np.argmax(np.abs(trajectory.newest[trajectory.place(vector)][units]))]
        value = trajectory.newest[trajectory.place(vector)][largest]
        gap = figure(np.spacing(np.abs(value)), 3)
        yield Finding(
            "float32-stuck",
            Severity.WARNING,
            layer.name,
            f"{len(units)} of {vector.length} biases of {layer.name} are too large to be changed.",
            f"Unit {largest} is {figure(value, 7)}, where float32's next number is {gap} away. A "
            f"step of {training.optimizer} at a learning rate of {figure(training.learning_rate)} is shorter than half "
            f"of that, so the sum is rounded back: it has not moved in {_still_for(case, least_steps):,} steps.",
            "Scale the targets so that such a bias isn't needed: subtract their mean, and divide by their standard "
            "deviation. Or raise the learning rate.",
            trajectory.last_step,
            why="Whatever the gradient, this bias stays where it is.",
            vector=vector.path,
            unit=int(largest),
            source="https://numpy.org/doc/stable/reference/generated/numpy.spacing.html",
        )


def _still_for(case: Case, least_steps: int) -> int:
    """For how many steps it was looked at: all, where nothing has moved."""
    trajectory = case.trajectory
    return trajectory.steps if trajectory is not None and trajectory.unmoved.all() else least_steps
