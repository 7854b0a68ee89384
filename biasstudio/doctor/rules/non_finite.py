"""non-finite: a bias or the loss became infinite or NaN."""

from collections.abc import Iterator

import numpy as np

from biasstudio.doctor.finding import Finding, Severity
from biasstudio.recording.history import History
from biasstudio.spec.experiment import Experiment


def non_finite(experiment: Experiment, history: History) -> Iterator[Finding]:
    """Looks at the newest step alone: training ends at the first one that is not finite."""
    step = history.last_step
    if step < 1:
        return
    at_fault = [
        f"{vector.path} ({np.count_nonzero(~np.isfinite(values))} of {vector.length} values)"
        for vector in history.vectors
        if not np.isfinite(values := history.values(vector.path, step)).all()
    ]
    loss = history.metrics_at(step)["loss"]
    if not at_fault and np.isfinite(loss):
        return
    what = ", ".join(at_fault) if at_fault else "no bias yet"
    yield Finding(
        "non-finite",
        Severity.ERROR,
        at_fault[0].split("/")[0] if at_fault else "",
        f"Values stopped being finite at step {step}.",
        f"Loss {loss:.4g} at step {step}; not finite: {what}. {_before(history, step)}"
        "Training was ended there; all steps are kept.",
        f"Lower the learning rate, which is {experiment.training.learning_rate:g} with "
        f"{experiment.training.optimizer}: try a tenth of it.",
        step,
    )


def _before(history: History, step: int) -> str:
    loss = history.metrics_at(step - 1)["loss"]
    return f"The step before, the loss was {loss:.4g}. " if np.isfinite(loss) else ""
