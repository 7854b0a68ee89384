"""never-moves: a bias vector stands exactly still, and what keeps it."""

from collections.abc import Iterator

from biasstudio.doctor.case import Case
from biasstudio.doctor.figures import figure
from biasstudio.doctor.finding import Finding
from biasstudio.doctor.still_causes import StillCause, causes_of
from biasstudio.doctor.trajectory import Trajectory
from biasstudio.recording.network import BiasVector


def never_moves(case: Case, *, proven_steps: int = 10, least_steps: int = 50) -> Iterator[Finding]:
    """`proven_steps`: how many steps must have been made where the cause is certain; `least_steps`: where all that is
    known is that nothing moved, which mixed precision does in its first steps too."""
    trajectory = case.trajectory
    if trajectory is None or trajectory.steps < proven_steps:
        return
    for cause, vectors in causes_of(case, trajectory.still_vectors).items():
        if cause.proven or trajectory.steps >= least_steps:
            yield _finding(case, trajectory, cause, vectors)


def _finding(case: Case, trajectory: Trajectory, cause: StillCause, vectors: list[BiasVector]) -> Finding:
    values = sum(vector.length for vector in vectors)
    which = "The one value" if values == 1 else f"None of the {values:,} values"
    # A value that weight decay takes something from at each step has changed.
    how = "has moved" if values > 1 else "hasn't moved"
    but = " but for the weight decay" if trajectory.kept != 1.0 else ""
    return Finding(
        "never-moves",
        cause.severity,
        cause.where or (vectors[0].layer if len({vector.layer for vector in vectors}) == 1 else ""),
        f"{_named(vectors)} {'doesn’t' if len(vectors) == 1 else 'don’t'} move.",
        f"{which} {how} in {trajectory.steps:,} steps{but}. {cause.reason}{_losses(case, trajectory)}",
        cause.fix,
        trajectory.last_step,
        why=cause.why,
        vector=vectors[-1].path,
        source=cause.source,
        remedy=cause.remedy,
        follows=cause.follows,
    )


def _named(vectors: list[BiasVector]) -> str:
    paths = [vector.path for vector in vectors]
    if len(paths) == 1:
        return paths[0]
    return f"{', '.join(paths[:-1])} and {paths[-1]}" if len(paths) < 5 else f"{', '.join(paths[:3])} and others"


def _losses(case: Case, trajectory: Trajectory) -> str:
    if case.history is None or "loss" not in case.history.metric_names:
        return ""
    first = case.history.metrics_at(trajectory.first_step + 1)["loss"]
    last = case.history.metrics_at(trajectory.last_step)["loss"]
    return f" The loss was {figure(first)} at step {trajectory.first_step + 1:,} and is {figure(last)} now."
