"""The columns of the two tables of outcomes: one row for each initializer, and one for each run."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from biasstudio.gui.sweep.outcome import LEARNED_BELOW, Spread, Summary, has_learned, summary_of
from biasstudio.gui.sweep.rows_model import Column
from biasstudio.gui.sweep.sweep import RunState, Sweep, SweepRun
from biasstudio.gui.sweep.wording import NOTHING, extremes, mean_and_sd, percent, plain
from biasstudio.spec.initializers import Initializer
from biasstudio.spec.variations import initializer_label


@dataclass(frozen=True)
class KindRow:
    """One initializer: how many runs it has, and what those that have ended have in common."""

    initializer: Initializer | None
    runs: int
    summary: Summary


@dataclass(frozen=True)
class RunRow:
    """One run. `moved` is of the bias vector that is shown."""

    run: SweepRun
    moved: float
    learned: bool | None


def kind_rows(sweep: Sweep, path: str) -> list[KindRow]:
    """A row for each initializer; `path` is the bias vector that is shown."""
    rows = []
    for initializer in sweep.initializers:
        runs = sweep.with_initializer(initializer)
        outcomes = [run.outcome for run in runs if run.outcome is not None and run.state.has_result]
        rows.append(KindRow(initializer, len(runs), summary_of(outcomes, path, sweep.constant_loss)))
    return rows


def run_rows(sweep: Sweep, path: str) -> list[RunRow]:
    """A row for each run."""
    return [
        RunRow(
            run,
            run.outcome.moved.get(path, math.nan) if run.outcome else math.nan,
            has_learned(run.outcome, sweep.constant_loss) if run.outcome and run.state.has_result else None,
        )
        for run in sweep.runs
    ]


def _learned_tip(constant_loss: float | None) -> str:
    if constant_loss is None:
        return "Not known for this loss and these labels"
    return (
        f"The training loss of the last epoch is below {LEARNED_BELOW * constant_loss:.3f}, {LEARNED_BELOW:.0%} of "
        f"{constant_loss:.3f}: the loss of a network that knows nothing but how common each label is."
    )


def _moved_tip(path: str) -> str:
    return f"Share of the units of {path or 'the bias vector'} whose value is another than at step 0"


def _spread_columns(heading: str, tip: str, spread: Callable[[KindRow], Spread]) -> list[Column]:
    return [
        Column(
            f"{heading} ± sd",
            f"{tip}: mean and sample standard deviation over the seeds",
            lambda row: mean_and_sd(spread(row)),
            lambda row: spread(row).mean,
            ((f"{heading} mean", lambda row: spread(row).mean), (f"{heading} sd", lambda row: spread(row).sd)),
            sample="0.000 ± 0.000",
        ),
        Column(
            "min … max",
            f"{tip}: lowest and highest of the seeds. Sorts by the lowest.",
            lambda row: extremes(spread(row)),
            lambda row: spread(row).low,
            ((f"{heading} min", lambda row: spread(row).low), (f"{heading} max", lambda row: spread(row).high)),
            sample="0.000 … 0.000",
        ),
    ]


def kind_columns(metric: str, of: str, path: str, constant_loss: float | None) -> list[Column]:
    """`metric` is its name, `of` says of which samples: validation or training."""
    name = metric or "metric"
    return [
        Column("initializer", "How the bias starts", _kind_name, _kind_name, right=False),
        Column("runs", "Runs that have ended, of all", _runs, lambda row: row.summary.done, sample="00 of 00"),
        Column(
            "learned",
            _learned_tip(constant_loss),
            _learned,
            lambda row: row.summary.learned / row.summary.judged if row.summary.judged else math.nan,
            (("learned", lambda row: row.summary.learned), ("judged", lambda row: row.summary.judged)),
            sample="00 of 00",
        ),
        *_spread_columns("loss", f"{of} loss after the last epoch", lambda row: row.summary.loss),
        *_spread_columns(name, f"{of} {name} after the last epoch", lambda row: row.summary.metric),
        Column(
            "moved",
            f"{_moved_tip(path)}; mean over the seeds",
            lambda row: percent(row.summary.moved.mean),
            lambda row: row.summary.moved.mean,
            (("moved", lambda row: row.summary.moved.mean),),
            sample="100 %",
        ),
    ]


def _kind_name(row: KindRow) -> str:
    return initializer_label(row.initializer)


def _runs(row: KindRow) -> str:
    diverged = f", {row.summary.not_finite} NaN" if row.summary.not_finite else ""
    return f"{row.summary.done} of {row.runs}{diverged}"


def _learned(row: KindRow) -> str:
    return f"{row.summary.learned} of {row.summary.judged}" if row.summary.judged else NOTHING


def run_columns(metric: str, of: str, path: str, constant_loss: float | None) -> list[Column]:
    """As `kind_columns`, for single runs."""
    name = metric or "metric"
    return [
        Column("initializer", "How the bias starts", _run_name, _run_name, right=False),
        Column(
            "seed", "The experiment's seed", lambda row: str(_seed(row)), lambda row: float(_seed(row)), sample="00"
        ),
        _figure("loss", f"{of} loss after the last epoch", lambda row: _outcome(row, "loss"), plain),
        _figure(name, f"{of} {name} after the last epoch", lambda row: _outcome(row, "metric"), plain),
        _figure("moved", _moved_tip(path), lambda row: row.moved, percent),
        Column("learned", _learned_tip(constant_loss), _run_learned, _run_learned, sample="yes"),
        _figure("steps", "Steps made", lambda row: _outcome(row, "last_step"), _whole),
        Column("state", "How far the run is", _state, _state, right=False, sample="finished", tip_of=_sentence),
    ]


def _figure(heading: str, tip: str, value: Callable[[RunRow], float], write: Callable[[float], str]) -> Column:
    return Column(heading, tip, lambda row: write(value(row)), value, ((heading, value),), sample="00.000")


def _run_name(row: RunRow) -> str:
    return initializer_label(row.run.variation.initializer)


def _seed(row: RunRow) -> int:
    return row.run.variation.seed


def _outcome(row: RunRow, name: str) -> float:
    return float(getattr(row.run.outcome, name)) if row.run.outcome is not None else math.nan


def _whole(value: float) -> str:
    return NOTHING if math.isnan(value) else f"{int(value):,}"


def _run_learned(row: RunRow) -> str:
    return {True: "yes", False: "no", None: NOTHING}[row.learned]


def _state(row: RunRow) -> str:
    return row.run.state.value


def _sentence(row: RunRow) -> str:
    return row.run.sentence or ("Its values stopped being finite" if row.run.state is RunState.DIVERGED else "")
