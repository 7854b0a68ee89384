"""What a list of runs shows of each: read in a moment, without a frame; and the name and note that it may change."""

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from biasstudio.recording.run_facts import RunFacts
from biasstudio.recording.run_format import RunError
from biasstudio.recording.run_opening import DATABASE_FAULTS, open_database, plain_error
from biasstudio.recording.run_reader import Run
from biasstudio.spec.experiment import Experiment

_MOST_LAYERS_NAMED = 6


@dataclass(frozen=True)
class RunSummary:
    """One run in a list. `created` is in UTC; `bytes` counts the log beside a file that is being written."""

    path: Path
    name: str
    note: str
    group: str
    """The same for all runs of a sweep; empty for a run that stands alone."""
    state: str
    """recording, finished, stopped or failed; a run whose writer died stays at recording."""
    created: datetime
    title: str
    """The data set and the layers; of a script's own model, the layers that have a bias."""
    steps: int
    """The last step; 0 where there was no training."""
    epochs: int
    """Finished ones."""
    metrics: Mapping[str, float]
    """Of the last finished epoch; of the last batch where there is none."""
    seconds: float
    """From the first frame to the last, pauses included."""
    bytes: int
    experiment_json: str
    alive: bool = False
    """Whether it is being written now."""

    @property
    def is_unfinished(self) -> bool:
        """Whether its writer died before it could say how the run ended."""
        return self.state == "recording" and not self.alive


def summarise_run(path: str | Path) -> RunSummary:
    """Read it without its frames, from any thread. Raises RunError with one sentence."""
    path = Path(path)
    with Run(path, open_database(path), frames=False) as run, run.snapshot():
        metrics, epochs = _last_metrics(run)
        return RunSummary(
            path=path,
            name=run.name,
            note=run.note,
            group=run.group,
            state=run.state,
            created=run.created,
            title=_title(run),
            steps=_greatest(run, "SELECT max(step) FROM steps"),
            epochs=epochs,
            metrics=metrics,
            seconds=_greatest(run, "SELECT milliseconds FROM steps ORDER BY step DESC LIMIT 1") / 1000,
            bytes=sum(map(_size_of, (path, Path(f"{path}-wal")))),
            experiment_json=run.experiment_json,
            alive=run.is_alive,
        )


def is_unfinished(path: str | Path) -> bool:
    """Whether the run's writer died before it could say how it ended. Raises RunError."""
    path = Path(path)
    with closing(open_database(path)) as connection:
        try:
            facts = RunFacts(path, dict(connection.execute("SELECT key, value FROM about LIMIT 1000")))
        except DATABASE_FAULTS as error:
            raise plain_error(path, error) from error
    return facts.state == "recording" and not facts.is_alive


def edit_run(path: str | Path, name: str | None = None, note: str | None = None) -> None:
    """Change name or note of a run, also of one that is being written. Raises RunError with one sentence."""
    path = Path(path)
    rows = [(key, text) for key, text in (("name", name), ("note", note)) if text is not None]
    with closing(open_database(path, write=True)) as connection:
        try:
            connection.executemany("INSERT OR REPLACE INTO about VALUES (?, ?)", rows)
        except DATABASE_FAULTS as error:
            raise plain_error(path, error, "changed") from error


def _last_metrics(run: Run) -> tuple[Mapping[str, float], int]:
    """The last epoch's metrics, or the last batch's; and the number of epochs."""
    epochs = _greatest(run, "SELECT max(epoch) FROM epochs")
    if records := run.epochs_after(epochs - 1):
        return records[-1].metrics, len(run.rows("SELECT epoch FROM epochs"))
    _steps, _epochs, metrics = run.scalars(_greatest(run, "SELECT max(step) FROM steps") - 1)
    return dict(zip(run.metric_names, map(float, metrics[-1] if len(metrics) else ()), strict=False)), 0


def _greatest(run: Run, query: str) -> int:
    found = run.rows(query)
    return found[0][0] if found and type(found[0][0]) is int else 0


def _title(run: Run) -> str:
    try:
        experiment = run.experiment
    except RunError:
        experiment = None
    if experiment is not None:
        return experiment_title(experiment)
    return _shortened(dict.fromkeys(vector.layer for vector in run.vectors))


def experiment_title(experiment: Experiment) -> str:
    """In few words: MNIST 5k · odd or even: Conv2D, Flatten, Dense, Dense."""
    layers = _shortened([layer.class_name for layer in experiment.stack.layers])
    return f"{experiment.data.type.title}: {layers}" if layers else experiment.data.type.title


def _shortened(names: Mapping[str, None] | list[str]) -> str:
    shown = list(names)[:_MOST_LAYERS_NAMED]
    return ", ".join(shown) + (f" and {len(names) - len(shown)} more" if len(names) > len(shown) else "")


def _size_of(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
