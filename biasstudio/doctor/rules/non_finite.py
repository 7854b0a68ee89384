"""non-finite: a bias or the loss became infinite or NaN."""

from collections.abc import Iterator

import numpy as np

from biasstudio.doctor.case import Case
from biasstudio.doctor.finding import Finding, Severity
from biasstudio.doctor.remedy import Remedy
from biasstudio.recording.history import History
from biasstudio.spec.experiment import Training


def non_finite(case: Case) -> Iterator[Finding]:
    """Looks for the first step that is not finite, back from the newest: what isn't finite stays so."""
    history = case.history
    step = -1 if history is None else history.last_step
    if history is None or step < 1 or _is_finite(history, step):
        return
    while step > 1 and not _is_finite(history, step - 1):
        step -= 1
    at_fault = [
        f"{vector.path} ({np.count_nonzero(~np.isfinite(values))} of {vector.length} values)"
        for vector in history.vectors
        if not np.isfinite(values := history.values(vector.path, step)).all()
    ]
    loss = history.metrics_at(step).get("loss", np.nan)
    what = ", ".join(at_fault) if at_fault else "no bias yet"
    yield Finding(
        "non-finite",
        Severity.ERROR,
        at_fault[0].split("/")[0] if at_fault else "",
        f"Values stopped being finite at step {step}.",
        f"Loss {loss:.4g} at step {step}; not finite: {what}. {_before(history, step)}"
        + ("Training ended there; all steps are kept." if step == history.last_step else "Training went on."),
        _what_to_do(case.training),
        step,
        why="From there on every value is lost: nothing can bring a number back out of NaN.",
        remedy=_tenth(case.training),
    )


def _what_to_do(training: Training | None) -> str:
    if training is None:
        return "Lower the learning rate: try a tenth of it."
    return f"Lower the learning rate, which is {training.learning_rate:g} with {training.optimizer}: try a tenth of it."


def _tenth(training: Training | None) -> Remedy | None:
    if training is None:
        return None
    rate = float(f"{training.learning_rate / 10:.6g}")
    return Remedy(f"Set the learning rate to {rate:g}", training=(("learning_rate", rate),))


def _is_finite(history: History, step: int) -> bool:
    # A script's own loop may have recorded no loss.
    return bool(np.isfinite(history.metrics_at(step).get("loss", 0.0)) and np.isfinite(history.frame(step)).all())


def _before(history: History, step: int) -> str:
    loss = history.metrics_at(step - 1).get("loss", np.nan)
    return f"The step before, the loss was {loss:.4g}. " if np.isfinite(loss) else ""
