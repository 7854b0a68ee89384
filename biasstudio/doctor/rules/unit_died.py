"""unit-died: a unit that learned stands still for good while others move."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from biasstudio.doctor.case import Case
from biasstudio.doctor.dead_layers import RELUS
from biasstudio.doctor.deaths import Death, deaths, share_of_loss, stands_since
from biasstudio.doctor.figures import figure
from biasstudio.doctor.finding import Finding, Severity
from biasstudio.doctor.remedy import Remedy
from biasstudio.doctor.trajectory import Trajectory
from biasstudio.spec.losses import LOSS_TYPES, NUMBER


def unit_died(
    case: Case,
    *,
    steps: int = 150,
    most_steps: int = 1_000,
    frames: int = 16,
    share: float = 0.5,
    loss_left: float = 0.5,
    most_findings: int = 3,
) -> Iterator[Finding]:
    """A unit must have stood still for `steps` and for an epoch, or for `most_steps` where an epoch has more, seen in
    `frames` frames at least. From `share` of a layer's units on it is a warning, where they are dead for certain or
    more than `loss_left` of the first loss is left: fewer are seldom missed. Of many layers the `most_findings` with
    the largest shares are said by themselves."""
    trajectory = case.trajectory
    if trajectory is None:
        return
    found = deaths(case, trajectory, steps, most_steps, frames)
    cut_off = {death: _cut_off(case, death, found) for death in found if death.gated and death.share == 1}
    explained = [death for others in cut_off.values() for death in others]
    # A layer of which all stand still may have been frozen meanwhile, unless it can die.
    first = [death for death in found if death not in explained and (death.gated or death.share < 1)]
    first.sort(key=lambda death: death.share, reverse=True)
    for number, death in enumerate(first[:most_findings], 1):
        others = len(first) - most_findings if number == most_findings else 0
        dead = _is_dead(case, trajectory, death, found)
        costly = death.share >= share and (dead or share_of_loss(trajectory) > loss_left)
        finding = _finding(case, trajectory, death, dead)
        yield replace(
            finding,
            severity=Severity.WARNING if costly else Severity.NOTE,
            evidence=finding.evidence + _besides(cut_off.get(death, []), others),
        )


def _cut_off(case: Case, cause: Death, found: Sequence[Death]) -> list[Death]:
    """Those that stand still because nothing comes through a layer of which all units died."""
    if cause.layer is None:
        return []
    behind = case.only_through(cause.layer.name) - {cause.layer.name}
    return [death for death in found if death.layer is not None and death.layer.name in behind]


def _is_dead(case: Case, trajectory: Trajectory, death: Death, found: Sequence[Death]) -> bool:
    """Whether it is certain that the units themselves are dead.

    Without a probe, a unit may rest because nothing comes back from those after it; or because all samples that it
    takes part in are answered so well that a loss for classes gives no gradient for them.
    """
    if death.shown or not death.gated or death.layer is None:
        return death.shown and death.gated
    after = case.all_after(death.layer.name)
    if any(other.layer is not None and other.layer.name in after for other in found):
        return False
    numbers = case.training is not None and LOSS_TYPES[case.training.loss].target == NUMBER
    return numbers or (death.share == 1 and share_of_loss(trajectory) > 0.1)


def _finding(case: Case, trajectory: Trajectory, death: Death, dead: bool) -> Finding:
    vector, unit = death.vector, int(death.units[0])
    place = trajectory.place(vector).start + unit
    since = stands_since(trajectory, slice(place, place + 1))
    farthest = float(np.nanmax(np.abs(trajectory.newest - trajectory.history.frame(since))))
    return Finding(
        "unit-died",
        Severity.NOTE,
        vector.layer,
        f"{_which(death)} of {vector.path} stopped learning.",
        f"{vector.unit.capitalize()} {unit} has stood still at {figure(trajectory.newest[place])}, to the last digit, "
        f"since step {since:,}, for {trajectory.last_step - since:,} steps, in which others moved by up to "
        f"{figure(farthest, 3)}. "
        f"{_why_it_stands(case, death, dead)}",
        "Lower the learning rate, or use leaky_relu, which lets a gradient through everywhere.",
        since,
        why="A dead unit gives the same for every sample, and can't come back by itself."
        if dead
        else "If it is dead, it gives the same for every sample, and can't come back by itself.",
        vector=vector.path,
        unit=unit,
        source="https://arxiv.org/abs/1903.06733",
        remedy=_leaky(death),
    )


def _besides(cut_off: Sequence[Death], others: int) -> str:
    paths = _and([each.vector.path for each in cut_off])
    text = f" Nothing comes back through it, so nothing moves in {paths} either." if cut_off else ""
    return text + (f" Units of {others} other bias vectors stand still too." if others > 0 else "")


def _which(death: Death) -> str:
    units, unit = death.units.tolist(), death.vector.unit
    if len(units) == death.vector.length:
        return f"All {len(units)} {unit}s" if len(units) > 1 else f"The {unit}"
    if len(units) == 1:
        return f"{unit.capitalize()} {units[0]}"
    named = ", ".join(str(each) for each in units[:8]) + (", …" if len(units) > 8 else "")
    return f"{len(units)} of {death.vector.length} {unit}s ({named})"


def _why_it_stands(case: Case, death: Death, dead: bool) -> str:
    function = case.function_after(death.layer) if death.layer is not None and death.gated else None
    if function is None:
        return "No gradient has reached it since."
    if dead:
        samples = f"each of {case.probe.samples:,} samples" if death.shown and case.probe else "every sample"
        return f"What goes into its {function} is below 0 for {samples}, and there no gradient comes through."
    return (
        f"Either what goes into its {function} is below 0 for every sample, or nothing comes back to it: from units "
        "after it that stand still, or from samples that are answered so well that they give no gradient."
    )


def _and(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else "".join(names)


def _leaky(death: Death) -> Remedy | None:
    layer = death.layer
    if layer is None or layer.layer is None or dict(layer.layer.arguments).get("activation") not in RELUS:
        return None
    return Remedy(
        f"Set the activation of {layer.name} to leaky_relu", layers=((layer.name, (("activation", "leaky_relu"),)),)
    )
