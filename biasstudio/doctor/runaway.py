"""Why values stopped being finite, as far as the steps before show it, and what helps."""

import numpy as np

from biasstudio.doctor.case import Case
from biasstudio.doctor.figures import figure
from biasstudio.doctor.remedy import Remedy
from biasstudio.recording.history import History
from biasstudio.spec.optimizers import CLIPPING

# How many times the smallest loss the last finite one must be, or the first change the last, where values ran away.
_GREW = 10.0
# A change that is longer than this is no learning.
_FAR = 1e6
_FRAMES = 64


def what_to_do(case: Case, step: int) -> tuple[str, Remedy | None]:
    """For values that stopped being finite at `step`: the fix in words, and the edit where it is certain to help."""
    data = case.data
    if data is not None and not (np.isfinite(data.mean).all() and np.isfinite(data.deviation).all()):
        return "Take out of the inputs, or fill, the values that are not finite.", None
    history = case.history
    if history is None or ran_away(history, step):
        return calm_down(case)
    if step == 1 and not np.isfinite(history.metrics_at(1).get("loss", np.nan)):
        found = "The first loss comes before any change, so no learning rate helps"
    else:
        found = "Nothing grew before it, so a lower learning rate may not help"
    return f"{found}: look for inputs or targets that are not finite or don't fit the loss, or are very large.", None


def ran_away(history: History, step: int) -> bool:
    """Whether loss or biases grew before `step`, at which they aren't finite any more."""
    first = max(0, step - _FRAMES)
    losses = [history.metrics_at(each).get("loss", np.nan) for each in range(first + 1, step)]
    finite = [loss for loss in losses if np.isfinite(loss)]
    if finite and abs(finite[-1]) > _GREW * min(abs(loss) for loss in finite):
        return True
    _steps, frames = history.recent(first, _FRAMES)
    with np.errstate(over="ignore", invalid="ignore"):
        lengths = np.linalg.norm(np.diff(frames[: step - first + 1].astype(np.float64), axis=0), axis=1)
    moved = lengths[np.isfinite(lengths) & (lengths > 0)]
    return len(moved) > 0 and bool(moved[-1] > min(_FAR, _GREW * moved.min()))


def calm_down(case: Case) -> tuple[str, Remedy | None]:
    """A tenth of the learning rate alone isn't always enough: while gradients have no bound, steps have none."""
    training = case.training
    if training is None:
        return "Lower the learning rate to a tenth, and clip the gradients to a norm of 1.", None
    now = f"the learning rate, which is {figure(training.learning_rate)} with {training.optimizer}, to a tenth"
    rate = float(f"{training.learning_rate / 10:.6g}")
    to_rate = f"the learning rate to {figure(rate)}"
    settings = dict(training.optimizer_settings)
    if any(settings.get(name) is not None for name in CLIPPING):
        return f"Lower {now}.", Remedy(f"Set {to_rate}", training=(("learning_rate", rate),))
    norm = _longest_gradient(case)
    return (
        f"Lower {now}, and clip the gradients to a global norm of {figure(norm)}: then no step is longer than "
        f"{figure(rate * norm)}, however large the gradient.",
        Remedy(
            f"Set {to_rate}, and clip gradients to {figure(norm)}",
            training=(("learning_rate", rate), ("optimizer_settings", settings | {"global_clipnorm": norm})),
        ),
    )


def _longest_gradient(case: Case) -> float:
    """A tenth of the first step's gradient of the biases, as far as SGD shows it, and 1 at least."""
    training, history, since = case.training, case.history, max(0, case.trained_since)
    if training is None or history is None or training.optimizer != "SGD" or history.last_step <= since:
        return 1.0
    with np.errstate(over="ignore", invalid="ignore"):
        change = np.subtract(history.frame(since + 1), history.frame(since), dtype=np.float64)
        length = float(np.linalg.norm(change)) / (training.learning_rate or 1.0)
    return max(1.0, float(f"{length / 10:.1g}")) if np.isfinite(length) else 1.0
