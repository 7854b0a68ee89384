"""unit-died: a unit that learned stands still for good while others move."""

from collections.abc import Iterator

import numpy as np

from biasstudio.doctor.case import Case
from biasstudio.doctor.deaths import Death, deaths
from biasstudio.doctor.finding import Finding, Severity
from biasstudio.doctor.remedy import Remedy
from biasstudio.doctor.still_causes import RELUS
from biasstudio.doctor.trajectory import Trajectory


def unit_died(
    case: Case, *, steps: int = 150, most_steps: int = 1_000, frames: int = 16, share: float = 0.5
) -> Iterator[Finding]:
    """A unit must have stood still for `steps` and for an epoch, or for `most_steps` where an epoch has more, seen in
    `frames` frames at least. From `share` of a layer's units on it is a warning: fewer are seldom missed."""
    trajectory = case.trajectory
    found = deaths(case, trajectory, steps, most_steps, frames) if trajectory is not None else []
    for death in found if trajectory is not None else ():
        # A layer of which all stand still may have been frozen meanwhile, unless it can die.
        certain = death.gated or not death.is_whole
        if trajectory is not None and certain and not any(_explains(case, other, death) for other in found):
            cut_off = [each.vector.path for each in found if _explains(case, death, each)]
            yield _finding(case, trajectory, death, cut_off, share)


def _explains(case: Case, cause: Death, death: Death) -> bool:
    """Whether one stands still because nothing comes through the other, of which all units died."""
    if not (cause.gated and cause.is_whole) or cause.layer is None or death.layer is None:
        return False
    return cause.layer != death.layer and case.only_through(death.layer.name, cause.layer.name)


def _finding(case: Case, trajectory: Trajectory, death: Death, cut_off: list[str], share: float) -> Finding:
    vector, first = death.vector, int(death.units[0])
    now = trajectory.newest[trajectory.place(vector)][first]
    what = _which(death)
    return Finding(
        "unit-died",
        Severity.WARNING if len(death.units) >= share * vector.length else Severity.NOTE,
        vector.layer,
        f"{what} of {vector.path} stopped learning.",
        f"{vector.unit.capitalize()} {first} has stood at exactly {now:.5g} since step {death.step:,}, for "
        f"{trajectory.last_step - death.step:,} steps, and others moved by up to {_of_others(trajectory):.3g} in all. "
        + _why_it_stands(case, death)
        + (f" Nothing comes back through it, so nothing moves in {_and(cut_off)} either." if cut_off else ""),
        "Lower the learning rate, or use leaky_relu, which lets a gradient through everywhere.",
        death.step,
        why="A dead unit gives the same for every sample, and can't come back by itself.",
        vector=vector.path,
        unit=first,
        source="https://arxiv.org/abs/1903.06733",
        remedy=_leaky(death),
    )


def _which(death: Death) -> str:
    units, unit = death.units.tolist(), death.vector.unit
    if len(units) == 1:
        return f"{unit.capitalize()} {units[0]}"
    if death.is_whole:
        return f"All {len(units)} {unit}s"
    named = ", ".join(str(each) for each in units[:8]) + (", …" if len(units) > 8 else "")
    return f"{len(units)} of {death.vector.length} {unit}s ({named})"


def _of_others(trajectory: Trajectory) -> float:
    return float(np.nanmax(np.abs(trajectory.newest - trajectory.start)))


def _why_it_stands(case: Case, death: Death) -> str:
    function = case.function_after(death.layer) if death.layer is not None else None
    if function in RELUS:
        return f"What it gives goes through {function}, which lets no gradient through while its input is below 0."
    return "No gradient has reached it since."


def _and(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _leaky(death: Death) -> Remedy | None:
    layer = death.layer
    if layer is None or layer.layer is None or dict(layer.layer.arguments).get("activation") not in RELUS:
        return None
    return Remedy(
        f"Set the activation of {layer.name} to leaky_relu", layers=((layer.name, (("activation", "leaky_relu"),)),)
    )
