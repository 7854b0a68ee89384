"""What came of a run, and of several runs that differ only in their seed, in figures. No Qt."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from biasstudio.recording.history import EpochRecord, History

LEARNED_BELOW = 0.9
"""A network has learned where its loss is below this share of the loss of always giving the same answer."""


@dataclass(frozen=True)
class Outcome:
    """Of one run. Figures are those of the last whole epoch; NaN where there was none, or where training diverged.

    `loss` and `metric` are of the validation where there is one. `moved` gives the share of units that are another
    than at step 0, for each bias vector that was asked for and is in the network. `finite` is false where training
    ended in values that are no numbers any more.
    """

    loss: float
    training_loss: float
    metric: float
    metric_name: str
    validated: bool
    moved: Mapping[str, float]
    last_step: int
    epochs: int
    finite: bool = True

    def as_diverged(self) -> "Outcome":
        """The same for a run whose values stopped being finite: what an epoch before that had counts no more."""
        return replace(self, loss=math.nan, training_loss=math.nan, metric=math.nan, finite=False)


def outcome_of(history: History, paths: Sequence[str]) -> Outcome:
    """The outcome of a run as far as it is; `paths` are the bias vectors of interest."""
    epochs = history.epochs()
    metrics = epochs[-1].metrics if epochs else {}
    name = next((name for name in history.metric_names if name != "loss"), "")
    outcome = Outcome(
        loss=metrics.get("val_loss", metrics.get("loss", math.nan)),
        training_loss=metrics.get("loss", math.nan),
        metric=metrics.get(f"val_{name}", metrics.get(name, math.nan)),
        metric_name=name,
        validated="val_loss" in metrics,
        moved=moved_of(history, paths),
        last_step=history.last_step,
        epochs=len(epochs),
    )
    finite = bool(np.isfinite(history.frame(history.last_step)).all()) if history.size else True
    return outcome if finite else outcome.as_diverged()


def moved_of(history: History, paths: Sequence[str]) -> dict[str, float]:
    """The share of units that are another than at step 0, for each of `paths` that the network has."""
    if not history.size:
        return {}
    lengths = {vector.path: vector.length for vector in history.vectors}
    shares = {}
    for path in paths:
        if lengths.get(path):
            start, now = history.values(path, 0), history.values(path, history.last_step)
            same = (start == now) | (np.isnan(start) & np.isnan(now))
            shares[path] = 1.0 - int(np.count_nonzero(same)) / len(now)
    return shares


def has_learned(outcome: Outcome, constant_loss: float | None) -> bool | None:
    """Whether the training loss of the last epoch is clearly below that of the same answer for every sample.

    The training loss, since a few validation samples may have other shares of the labels. None where it can't be told.
    """
    if constant_loss is None or (outcome.finite and not outcome.epochs):
        return None
    return bool(outcome.training_loss < LEARNED_BELOW * constant_loss)


@dataclass(frozen=True)
class Spread:
    """Of the finite ones of several figures; NaN where there is none. `sd` is the sample's, NaN for one figure."""

    count: int
    mean: float
    sd: float
    low: float
    high: float


def spread_of(figures: Iterable[float]) -> Spread:
    found = np.array([figure for figure in figures if math.isfinite(figure)], np.float64)
    if not len(found):
        return Spread(0, math.nan, math.nan, math.nan, math.nan)
    sd = float(found.std(ddof=1)) if len(found) > 1 else math.nan
    return Spread(len(found), float(found.mean()), sd, float(found.min()), float(found.max()))


@dataclass(frozen=True)
class Summary:
    """Of the runs that have ended. `learned` counts those of `judged` that did."""

    done: int
    loss: Spread
    metric: Spread
    moved: Spread
    learned: int
    judged: int
    not_finite: int


def summary_of(outcomes: Sequence[Outcome], path: str, constant_loss: float | None = None) -> Summary:
    """What the runs of one initializer have in common; `path` is the bias vector whose moved units count."""
    judgements = [has_learned(outcome, constant_loss) for outcome in outcomes]
    return Summary(
        done=len(outcomes),
        loss=spread_of(outcome.loss for outcome in outcomes),
        metric=spread_of(outcome.metric for outcome in outcomes),
        moved=spread_of(outcome.moved.get(path, math.nan) for outcome in outcomes),
        learned=sum(judgement is True for judgement in judgements),
        judged=sum(judgement is not None for judgement in judgements),
        not_finite=sum(not outcome.finite for outcome in outcomes),
    )


def steps_expected(epochs: Sequence[EpochRecord], planned: int, last_step: int) -> int:
    """How many steps a run of `planned` epochs will have, once an epoch has shown how long one is."""
    if not epochs:
        return max(1, last_step)
    return max(last_step, math.ceil(epochs[-1].last_step / epochs[-1].epoch * planned))
