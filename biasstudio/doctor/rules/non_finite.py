"""non-finite: a bias or the loss became infinite or NaN."""

from collections.abc import Iterator

import numpy as np

from biasstudio.doctor.finding import Finding, Severity
from biasstudio.recording.history import History
from biasstudio.spec.experiment import Experiment


def non_finite(experiment: Experiment, history: History) -> Iterator[Finding]:
    """Looks for the first step that is not finite, back from the newest: what isn't finite stays so."""
    step = history.last_step
    if step < 1 or _is_finite(history, step):
        return
    while step > 1 and not _is_finite(history, step - 1):
        step -= 1
    at_fault = [
        f"{vector.path} ({np.count_nonzero(~np.isfinite(values))} of {vector.length} values)"
        for vector in history.vectors
        if not np.isfinite(values := history.values(vector.path, step)).all()
    ]
    loss = history.metrics_at(step)["loss"]
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


def _is_finite(history: History, step: int) -> bool:
    return bool(np.isfinite(history.metrics_at(step)["loss"]) and np.isfinite(history.frame(step)).all())


def _before(history: History, step: int) -> str:
    loss = history.metrics_at(step - 1)["loss"]
    return f"The step before, the loss was {loss:.4g}. " if np.isfinite(loss) else ""
