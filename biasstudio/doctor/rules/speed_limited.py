"""speed-limited: the output's bias goes one way as fast as the learning rate lets it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from biasstudio.doctor.case import Case
from biasstudio.doctor.figures import figure
from biasstudio.doctor.finding import Finding, Severity
from biasstudio.doctor.network import LINEAR
from biasstudio.doctor.output_bias import OutputBias, output_bias, start_remedy
from biasstudio.doctor.remedy import Remedy
from biasstudio.doctor.trajectory import Trajectory
from biasstudio.recording.network import BiasVector
from biasstudio.spec.losses import LOSS_TYPES, NUMBER

# A level that is nearer than this share of how far the targets scatter is as good as reached.
_LEAST_SPREADS = 0.5
# Their steps are about as long as the learning rate at most, whatever the gradient.
_ADAMS = ("Adam", "AdamW", "Nadam", "Adamax")


def speed_limited(case: Case, *, steps: int = 100, straightness: float = 0.95, pace: float = 0.6) -> Iterator[Finding]:
    """Over `steps` steps a bias came straight on for more than `straightness` of its way, at more than `pace` of the
    learning rate in the middle.

    Healthy biases do so too for a while, on their way to what the inputs ask for. So it is said of the bias of an
    output without activation alone, which has to come to the level of the targets. Where the targets are known, it must
    have more than `steps` such steps before it, and it is a warning where they are more than are planned. Where they
    aren't, it must have gone on for twice as long, and is a note.
    """
    trajectory, vector = case.trajectory, _output_bias(case)
    if trajectory is None or vector is None or case.training is None:
        return
    rate, best = case.training.learning_rate, output_bias(case)
    far = _steps_to_go(case, trajectory, vector, best) if best is not None else None
    windows = [0] if far is not None else [0, steps]
    found = [_window(trajectory, vector, trajectory.last_step - ago, steps, rate) for ago in windows]
    now = found[0]
    if now is None or None in found:
        return
    at_fault = np.all([(each.straight > straightness) & (each.pace > pace) for each in found if each], axis=0)
    if far is not None:
        at_fault &= far > steps
    if at_fault.any():
        unit = int(np.argmax(np.where(at_fault, now.pace if far is None else far, -1)))
        finding = _finding(case, trajectory, vector, unit, now, None if far is None else float(far[unit]))
        yield replace(finding, remedy=_start(case, best))


@dataclass(frozen=True)
class _Window:
    """Of each unit, over `steps` steps: the share of its way that went in one direction, and how far it went at a step
    in the middle, in learning rates. float64 (units,)."""

    steps: int
    straight: NDArray[np.float64]
    pace: NDArray[np.float64]


def _output_bias(case: Case) -> BiasVector | None:
    """The bias of an output that takes any number, trained by one of those optimizers."""
    head, training, history = case.head, case.training, case.history
    if head is None or training is None or history is None or case.scheduled or training.learning_rate == 0:
        return None
    numbers = LOSS_TYPES[training.loss].target == NUMBER and training.loss != "poisson"
    if head.activation != LINEAR or training.optimizer not in _ADAMS or not numbers or not head.layer.biases_learn:
        return None
    return next((vector for vector in history.vectors if case.layer_of(vector) == head.layer), None)


def _window(trajectory: Trajectory, vector: BiasVector, last: int, steps: int, rate: float) -> _Window | None:
    """The `steps` steps until `last`; None where too few of them are held."""
    if last - steps < trajectory.first_step:
        return None
    at, values = trajectory.history.recent(last - steps, 10 * steps, trajectory.place(vector))
    values = values[at <= last].astype(np.float64)
    at = at[at <= last]
    if len(at) < steps / 10 or at[-1] - at[0] < 0.9 * steps:
        return None
    moves = np.abs(np.diff(values, axis=0))
    way = moves.sum(axis=0)
    # Where only every second, fourth… step is held, a step is taken for its share of the way.
    pace = np.median(moves / np.diff(at)[:, np.newaxis], axis=0) / rate
    return _Window(int(at[-1] - at[0]), np.abs(values[-1] - values[0]) / np.where(way > 0, way, 1), pace)


def _steps_to_go(
    case: Case, trajectory: Trajectory, vector: BiasVector, best: OutputBias
) -> NDArray[np.float64] | None:
    """How many steps of full length each unit is away from where a constant answer would have to be."""
    target = case.data.target if case.data is not None else None
    if target is None or case.training is None or best.values.shape != (vector.length,):
        return None
    newest = trajectory.newest[trajectory.place(vector)]
    away, moved = best.values - newest, newest - trajectory.history.values(vector.path, 0)
    # What goes elsewhere, or is nearly there as the targets scatter, isn't on its way to that level.
    on_its_way = (away * moved > 0) & (np.abs(away) > _LEAST_SPREADS * target.deviation)
    return np.asarray(np.where(on_its_way, np.abs(away), 0) / case.training.learning_rate)


def _start(case: Case, best: OutputBias | None) -> Remedy | None:
    if best is None or case.head is None or case.from_file:
        return None
    return start_remedy(case.head, best.values)


def _finding(
    case: Case, trajectory: Trajectory, vector: BiasVector, unit: int, window: _Window, far: float | None
) -> Finding:
    rate = case.training.learning_rate if case.training is not None else 0.0
    now = trajectory.newest[trajectory.place(vector)][unit]
    planned = case.steps_planned
    left = trajectory.steps if planned is None else max(0, planned - trajectory.last_step)
    evidence = (
        f"{vector.unit.capitalize()} {unit} is at {figure(now)} after {trajectory.steps:,} steps. Of its way over "
        f"the last {window.steps:,} steps {window.straight[unit]:.0%} went one way, at {window.pace[unit]:.2f} times "
        f"the learning rate of {figure(rate)} a step, and a step is hardly ever longer."
    )
    if far is not None:
        evidence += f" The best constant answer is {figure(far * rate)} away, which is {figure(far)} such steps"
        evidence += "." if planned is None else f"; {left:,} are left."
    return Finding(
        "speed-limited",
        Severity.WARNING if far is not None and far > left else Severity.NOTE,
        vector.layer,
        f"The bias of {vector.layer} moves as fast as it can, one way.",
        evidence,
        "Start the bias from the best constant answer, scale the targets, or raise the learning rate.",
        trajectory.last_step,
        why="Until it arrives, most errors have the same sign, and the network learns little else.",
        vector=vector.path,
        unit=unit,
        source="https://arxiv.org/abs/1412.6980",
        follows="output-bias-prior",
    )
