"""The runs of a sweep: which initializer and seed each has, how far it is, and what is kept of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from biasstudio.gui.sweep.outcome import Outcome, outcome_of, steps_expected
from biasstudio.gui.sweep.picture import MOST_VECTORS, Picture, picture_of
from biasstudio.recording.history import History
from biasstudio.spec.chance import loss_of_constant_answer
from biasstudio.spec.initializers import Initializer
from biasstudio.spec.variations import Variation


class RunState(Enum):
    WAITING = "waiting"
    RUNNING = "running"
    PAUSED = "paused"
    FINISHED = "finished"
    STOPPED = "stopped"
    DIVERGED = "diverged"
    FAILED = "failed"
    NOT_RUN = "not run"

    @property
    def has_result(self) -> bool:
        """Whether it has ended with figures that count."""
        return self in (RunState.FINISHED, RunState.STOPPED, RunState.DIVERGED)


_OPEN = (RunState.WAITING, RunState.RUNNING, RunState.PAUSED)
_STATES = {
    "finished": RunState.FINISHED,
    "stopped": RunState.STOPPED,
    "non-finite": RunState.DIVERGED,
    "refused": RunState.FAILED,
}


@dataclass
class SweepRun:
    """One run. `outcome` and `picture` are of the run so far; its history is not kept."""

    variation: Variation
    state: RunState = RunState.WAITING
    sentence: str = ""
    path: Path | None = None
    outcome: Outcome | None = None
    picture: Picture | None = None


class Sweep(QObject):
    """Runs in the order of training. `changed` names the run that is another now, `restarted` says that all are."""

    restarted = Signal()
    changed = Signal(int)
    pathsChanged = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.runs: list[SweepRun] = []
        self.initializers: tuple[Initializer | None, ...] = ()
        self.seeds: tuple[int, ...] = ()
        self.paths: tuple[str, ...] = ()
        """The bias vectors that pictures are kept of, those that are varied first."""
        self.constant_loss: float | None = None
        self.expected_steps = 1
        self._varied: tuple[str, ...] = ()
        self._live: tuple[int, History] | None = None

    def start_over(self, variations: Sequence[Variation]) -> None:
        """Forget all runs; these are to come."""
        self.runs = [SweepRun(variation) for variation in variations]
        self.initializers = tuple(dict.fromkeys(variation.initializer for variation in variations))
        self.seeds = tuple(sorted({variation.seed for variation in variations}))
        self.paths, self._live, self.expected_steps = (), None, 1
        self.constant_loss = loss_of_constant_answer(variations[0].experiment) if variations else None
        self._varied = varied_layers(variations)
        self.restarted.emit()
        self.pathsChanged.emit()

    def index_of(self, initializer: Initializer | None, seed: int) -> int:
        """The run of this initializer and seed; -1 where there is none."""
        for index, run in enumerate(self.runs):
            if run.variation.initializer == initializer and run.variation.seed == seed:
                return index
        return -1

    def with_initializer(self, initializer: Initializer | None) -> list[SweepRun]:
        return [run for run in self.runs if run.variation.initializer == initializer]

    @property
    def live(self) -> int:
        """The run that is being trained; -1 where none is."""
        return self._live[0] if self._live else -1

    @property
    def ended(self) -> int:
        """How many runs have ended, in whatever way."""
        return sum(run.state not in _OPEN for run in self.runs)

    def begin(self, index: int, path: Path | None, history: History) -> None:
        """A run has started; its history grows from now on."""
        self.runs[index].state, self.runs[index].path = RunState.RUNNING, path
        self._live = index, history
        self._take_paths(history)
        self.look(self.paths)

    def set_paused(self, paused: bool) -> None:
        """The live run holds, or goes on."""
        if self._live is not None:
            self.runs[self.live].state = RunState.PAUSED if paused else RunState.RUNNING
            self.changed.emit(self.live)

    def look(self, paths: Sequence[str]) -> None:
        """Take in how far the live run is; pictures of `paths` alone, since this happens while it trains."""
        if self._live is not None:
            self._digest(*self._live, paths)

    def end(self, index: int, reason: str, sentence: str = "") -> None:
        """A run has ended: finished, stopped, non-finite or refused."""
        run = self.runs[index]
        run.state, run.sentence = _STATES.get(reason, RunState.FAILED), sentence
        if self._live is not None and self._live[0] == index:
            self._digest(*self._live, self.paths)
            self._live = None
        if run.state is RunState.DIVERGED and run.outcome is not None:
            run.outcome = run.outcome.as_diverged()
        self.changed.emit(index)

    def end_all(self) -> None:
        """No run will come any more."""
        self._live = None
        for index, run in enumerate(self.runs):
            if run.state in _OPEN:
                run.state = RunState.NOT_RUN if run.state is RunState.WAITING else RunState.STOPPED
                self.changed.emit(index)

    def show_past(self, index: int, path: Path, outcome: Outcome, picture: Picture) -> None:
        """A run of an earlier sweep, as it was read from its file."""
        run = self.runs[index]
        run.path, run.outcome, run.picture = path, outcome, picture
        run.state = RunState.FINISHED if outcome.finite else RunState.DIVERGED
        known = [path for path in picture.vectors if path not in self.paths]
        if known:
            self._set_paths([*self.paths, *known])
        self.expected_steps = max(self.expected_steps, outcome.last_step)
        self.changed.emit(index)

    def _digest(self, index: int, history: History, paths: Sequence[str]) -> None:
        run = self.runs[index]
        run.outcome, run.picture = outcome_of(history, paths), picture_of(history, paths)
        planned = run.variation.experiment.training.epochs
        self.expected_steps = max(
            self.expected_steps, steps_expected(history.epochs(), planned, history.last_step), history.last_step
        )
        self.changed.emit(index)

    def _take_paths(self, history: History) -> None:
        new = interesting_paths(history, self._varied)
        if any(path not in self.paths for path in new):
            self._set_paths([*self.paths, *(path for path in new if path not in self.paths)])

    def _set_paths(self, paths: Sequence[str]) -> None:
        ordered = sorted(paths, key=lambda path: path.partition("/")[0] not in self._varied)
        self.paths = tuple(ordered[:MOST_VECTORS])
        self.pathsChanged.emit()


def interesting_paths(history: History, varied: Sequence[str]) -> tuple[str, ...]:
    """Bias vectors to keep pictures of: those of the varied layers first."""
    vectors = sorted((vector for vector in history.vectors if vector.length), key=lambda v: v.layer not in varied)
    return tuple(vector.path for vector in vectors[:MOST_VECTORS])


def varied_layers(variations: Sequence[Variation]) -> tuple[str, ...]:
    """The layers whose bias is not the same in all variations."""
    kinds: dict[str, set[object]] = {}
    for variation in variations:
        for layer in variation.experiment.stack.layers:
            kinds.setdefault(layer.name, set()).add((layer.has_bias, layer.bias_initializer))
    return tuple(name for name, found in kinds.items() if len(found) > 1)
