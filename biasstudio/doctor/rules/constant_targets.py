"""constant-targets: every sample has the same target, so that there is nothing to learn."""

from collections.abc import Iterator

import numpy as np

from biasstudio.doctor.case import Case
from biasstudio.doctor.data_facts import TargetFacts
from biasstudio.doctor.figures import figure
from biasstudio.doctor.finding import Finding, Severity


def constant_targets(case: Case) -> Iterator[Finding]:
    """Of networks and losses that are known: with those of one's own, targets may only fill a place."""
    data, target = case.data, case.data.target if case.data is not None else None
    known = case.training is not None and all(layer.layer is not None for layer in case.layers)
    if data is None or target is None or not target.all_alike or not case.layers or not known:
        return
    yield Finding(
        "constant-targets",
        Severity.WARNING,
        case.layers[-1].name,
        "All targets are the same.",
        f"Each of the {data.samples:,} samples looked at has {_named(target)}.",
        "Train on samples of which the targets differ; of a file that is sorted take them from all of it, not from one "
        "end.",
        why="There is nothing to learn but this one answer, and an accuracy of 1 says nothing.",
        source="https://scikit-learn.org/stable/modules/model_evaluation.html#dummy-estimators",
    )


def _named(target: TargetFacts) -> str:
    if target.one_hot:
        return f"the target of class {int(np.argmax(target.mean)):,}"
    alike = np.ptp(target.low) == 0 and (target.low == target.high).all()
    return f"the target {figure(target.low[0])}" if alike else "the same target values"
