"""SweepDialog: initializers times seeds, trained one after the other, with their outcomes and a picture of each."""

import time
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QSplitter, QWidget

from biasstudio.gui.sweep.multiples import Multiples
from biasstudio.gui.sweep.outcome_tables import OutcomeTables
from biasstudio.gui.sweep.sweep import Sweep
from biasstudio.gui.sweep.sweep_setup import SweepSetup
from biasstudio.recording.history import History
from biasstudio.spec.experiment import Experiment
from biasstudio.spec.variations import Variation

_LOOK_MS = 700
_SETUP_WIDTH = 236


class SweepDialog(QDialog):
    """Beside the window, which stays usable. Closing it leaves a sweep going on; opened again, it is there."""

    sweepAsked = Signal(tuple)
    """The variations to train, in this order."""
    stopAsked = Signal()
    openAsked = Signal(Path)
    """The person wants to look at a run."""

    def __init__(self, experiment: Experiment, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sweepDialog")
        self.setWindowTitle("Sweep — Bias Studio")
        self.setWindowFlag(Qt.WindowType.WindowMaximizeButtonHint)
        self.resize(1040, 680)
        self.sweep = Sweep(self)
        self.setup = SweepSetup(experiment)
        self.multiples = Multiples(self.sweep)
        self.tables = OutcomeTables(self.sweep)
        self._started: float | None = None
        self._looking = QTimer(self, interval=_LOOK_MS)
        self._looking.timeout.connect(lambda: self.sweep.look([self.multiples.path]))
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        results = QSplitter(Qt.Orientation.Vertical)
        results.setChildrenCollapsible(False)
        results.setHandleWidth(8)
        results.addWidget(self.multiples)
        results.addWidget(self.tables)
        results.setSizes([430, 210])
        self.setup.setFixedWidth(_SETUP_WIDTH)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(10, 10, 10, 10)
        layout.setSpacing(8)
        layout.addWidget(self.setup)
        layout.addWidget(results, 1)

    def _connect(self) -> None:
        self.setup.runAsked.connect(self.sweepAsked)
        self.setup.stopAsked.connect(self.stopAsked)
        self.multiples.vectorChosen.connect(self.tables.show_path)
        self.sweep.pathsChanged.connect(lambda: self.tables.show_path(self.multiples.path))
        self.sweep.changed.connect(self.tables.refresh)
        self.multiples.grid.chosen.connect(self.tables.choose)
        self.tables.chosen.connect(self.multiples.grid.choose)
        self.multiples.grid.opened.connect(self._open)
        self.tables.opened.connect(self._open)

    @property
    def running(self) -> bool:
        """Whether a sweep is being trained."""
        return self._looking.isActive()

    def show_experiment(self, experiment: Experiment) -> None:
        """Start the next sweep from this experiment."""
        if not self.running:
            self.setup.show_experiment(experiment)

    def start(self, variations: Sequence[Variation]) -> None:
        """These are to be trained now."""
        self.sweep.start_over(variations)
        self.setup.set_running(True)
        self._looking.start()

    def job_started(self, index: int, path: Path, history: History) -> None:
        self._started = time.monotonic()
        self.sweep.begin(index, path, history)

    def set_paused(self, paused: bool) -> None:
        """Whether the training holds, as the window's Pause asks."""
        self.sweep.set_paused(paused)

    def job_ended(self, index: int, reason: str, sentence: str) -> None:
        if reason == "finished" and self._started is not None:
            self.setup.show_rate(time.monotonic() - self._started)
        self.sweep.end(index, reason, sentence)

    def jobs_ended(self) -> None:
        self._looking.stop()
        self.sweep.end_all()
        self.setup.set_running(False)

    def stop_watching(self) -> None:
        """The window closes: look no more."""
        self._looking.stop()

    def _open(self, index: int) -> None:
        path = self.sweep.runs[index].path
        if path is not None:
            self.openAsked.emit(path)
