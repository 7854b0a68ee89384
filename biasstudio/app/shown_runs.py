"""ShownRuns: which runs the panels are to show, in place of the live network and beside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from biasstudio.gui.notices import Answer
from biasstudio.gui.view_state import MOST_COMPARED, ComparedRun
from biasstudio.recording.history import History
from biasstudio.spec.experiment import Experiment


@dataclass(frozen=True)
class Live:
    """The window's own network."""

    history: History
    experiment: Experiment


@dataclass(frozen=True)
class LookedAt:
    """A model's file that is shown in place of the live network, and what is said of it."""

    name: str
    history: History
    sentence: str
    answers: tuple[Answer, ...]


class ShownRuns:
    """What was asked for; whether a file is open yet is not known here."""

    def __init__(self) -> None:
        self.main: Path | None = None
        """The run that is shown in place of the live network."""
        self.looked: LookedAt | None = None
        """The model's file that is shown in place of the live network, where no run is."""
        self.wanted: list[Path] = []
        """The runs that lie beside it, of files."""
        self.beside: dict[Path, ComparedRun] = {}
        """Those that lie beside it while this process trains them."""

    @property
    def replaying(self) -> bool:
        """Whether something is shown in place of the live network."""
        return self.main is not None or self.looked is not None

    @property
    def files(self) -> list[Path]:
        """What has to be open."""
        return [self.main, *self.wanted] if self.main is not None else self.wanted

    def look_at(self, looked: LookedAt) -> None:
        """A model's file, in place of the live network."""
        self.main, self.looked = None, looked

    def show_live(self) -> None:
        """The live network."""
        self.main = self.looked = None

    def open(self, path: Path) -> None:
        """A run, in place of the live network."""
        self.main, self.looked = path, None
        self.wanted = [other for other in self.wanted if other != path]

    def compare(self, paths: Sequence[Path]) -> None:
        """Runs beside what is shown; of several the first in its place."""
        chosen = list(paths)
        if len(chosen) > 1:
            self.main, self.wanted = chosen.pop(0), []
        for path in chosen:
            if path != self.main and path not in self.wanted:
                self.wanted.append(path)
        self.wanted = self.wanted[:MOST_COMPARED]

    def stop_comparing(self) -> None:
        """Nothing beside what is shown."""
        self.wanted, self.beside = [], {}

    def let_go(self, paths: Sequence[Path]) -> None:
        """None of these."""
        for path in paths:
            self.beside.pop(path, None)
        self.wanted = [path for path in self.wanted if path not in paths]
        if self.main in paths:
            self.main = None
