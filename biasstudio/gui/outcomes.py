"""What came of runs, side by side, in words: metrics, steps, epochs, and how far each bias vector moved."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from biasstudio.gui.panels import figures
from biasstudio.gui.panels.moment import moment_of
from biasstudio.gui.panels.summary import Summary, summary_of
from biasstudio.recording.history import History
from biasstudio.spec.differences import ABSENT

_DIGITS = 4
_VALIDATION = "val_"


@dataclass(frozen=True)
class Outcome:
    """One figure: its name, and a text for each run."""

    name: str
    values: tuple[str, ...]


def outcomes_of(histories: Sequence[History]) -> tuple[Outcome, ...]:
    """Metrics of the last finished epoch, steps, epochs, and of each bias vector its change since step 0."""
    return (
        *_epoch_metrics(histories),
        *_batch_metrics(histories),
        Outcome("steps", tuple(f"{max(0, history.last_step):,}" for history in histories)),
        Outcome("epochs", tuple(f"{len(history.epochs()):,}" for history in histories)),
        *_changes(histories),
    )


def _epoch_metrics(histories: Sequence[History]) -> Iterable[Outcome]:
    last = [history.epochs()[-1].metrics if history.epochs() else {} for history in histories]
    for name in _loss_first([name for metrics in last for name in metrics]):
        shown = name.replace(_VALIDATION, "validation ", 1) if name.startswith(_VALIDATION) else name
        yield Outcome(f"{shown}, last epoch", tuple(_text(metrics.get(name)) for metrics in last))


def _batch_metrics(histories: Sequence[History]) -> Iterable[Outcome]:
    # Only where no epoch says more.
    if all(history.epochs() for history in histories):
        return
    last = [history.metrics_at(history.last_step) if history.last_step > 0 else {} for history in histories]
    for name in _loss_first([name for metrics in last for name in metrics]):
        yield Outcome(f"{name}, last batch", tuple(_text(metrics.get(name)) for metrics in last))


def _loss_first(names: Sequence[str]) -> list[str]:
    """Each name once: the loss first, and a metric's validation right after it."""
    bases = list(dict.fromkeys(["loss", *(name.removeprefix(_VALIDATION) for name in names)]))
    return sorted(set(names), key=lambda name: (bases.index(name.removeprefix(_VALIDATION)), len(name)))


def _changes(histories: Sequence[History]) -> Iterable[Outcome]:
    summaries = [_summaries(history) for history in histories]
    readings: tuple[tuple[str, Callable[[Summary], str]], ...] = (
        ("norm of change", lambda summary: figures.brief(summary.change_norm, _DIGITS)),
        ("units moved", lambda summary: f"{summary.moved:,} of {summary.count:,}"),
    )
    for path in dict.fromkeys(path for found in summaries for path in found):
        for name, read in readings:
            values = tuple(read(found[path]) if path in found else ABSENT for found in summaries)
            yield Outcome(f"{path} · {name}", values)


def _summaries(history: History) -> dict[str, Summary]:
    last = history.last_step
    if not history.size:
        return {}
    return {vector.path: summary_of(moment_of(history, vector, last)) for vector in history.vectors}


def _text(value: float | None) -> str:
    return ABSENT if value is None else figures.brief(value, _DIGITS)
