"""RunSession: the runs of one window: those that are kept, the one that is replayed or followed, those compared."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from biasstudio.app.export_session import ExportSession
from biasstudio.app.kept_runs import KeptRuns
from biasstudio.app.opened_runs import OpenedRuns
from biasstudio.app.run_notices import RunNotices
from biasstudio.app.shown_runs import Live, LookedAt, ShownRuns
from biasstudio.gui.document import Document
from biasstudio.gui.main_window import MainWindow
from biasstudio.gui.notices import Answer
from biasstudio.gui.view_state import MOST_COMPARED, ComparedRun
from biasstudio.recording.history import History
from biasstudio.spec.experiment import Experiment
from biasstudio.worker.messages import Examined
from biasstudio.worker.run_follower import OpenedRun

LIVE_NAME = "this network"


class RunSession(QObject):
    """Lives in the GUI thread. What it shows is the live network, or a run in its place; other runs beside it."""

    examineAsked = Signal(Experiment)
    """The Doctor has to know more of the experiment of the run that is shown; the answer goes to `take_examined`."""
    shownChanged = Signal()
    """Another network or run is shown, or it has another state."""
    idle = Signal()
    """After `close`: every file is closed and no thread is left."""

    def __init__(self, document: Document, window: MainWindow) -> None:
        super().__init__(window)
        self._document, self._window = document, window
        self._notices = RunNotices(window.notices, self)
        self.kept = KeptRuns(document, window, self._notices)
        self._exports = ExportSession(window, self._notices, lambda: self._shown.main or self._live_file)
        self._opened = OpenedRuns(self)
        self._shown = ShownRuns()
        self._live: Live | None = None
        self._live_file: Path | None = None
        self._closing = self._showing = self._comparing = self._running = False
        self._connect_view()
        self._connect_kept()
        self._connect_opened()
        self._connect_notices()

    def _connect_view(self) -> None:
        runs = self._window.runs
        runs.openAsked.connect(self.open)
        runs.compareAsked.connect(self.compare)
        runs.stopComparingAsked.connect(self._let_go)
        self._window.view.comparedChanged.connect(self._follow_view)
        self._window.files.runChosen.connect(self.open)
        actions = self._window.actions_of_runs
        actions.stop_comparing.triggered.connect(self.stop_comparing)
        actions.menu.aboutToShow.connect(lambda: actions.stop_comparing.setEnabled(bool(self._window.view.compared)))

    def _connect_kept(self) -> None:
        self.kept.experimentChosen.connect(self._train_again)
        self.kept.library.changed.connect(self._opened.take_names)
        self.kept.library.deleted.connect(self._let_go)

    def _connect_opened(self) -> None:
        opened = self._opened
        opened.changed.connect(self._show)
        opened.judged.connect(self.shownChanged)
        opened.failed.connect(self._fail)
        opened.examineAsked.connect(self.examineAsked)
        opened.closed.connect(self._look_whether_idle)

    def _connect_notices(self) -> None:
        self._notices.networkAsked.connect(self.show_live)
        self._notices.experimentAsked.connect(self._open_shown)
        self._notices.runAsked.connect(self.open)

    def set_live_file(self, path: Path | None) -> None:
        """Where the live network is recorded."""
        self._live_file = path
        self.kept.library.set_writing(path)

    def close(self) -> None:
        """Close every file; `idle` says when that is done."""
        self._closing = True
        self._exports.close()
        self._window.runs.commit_typing()
        self.kept.library.stop()
        self._opened.keep(())
        self._look_whether_idle()

    @property
    def is_idle(self) -> bool:
        """Whether no file is open any more."""
        return self._opened.are_closed

    def _look_whether_idle(self) -> None:
        if self._closing and self.is_idle:
            self.idle.emit()

    @property
    def replaying(self) -> bool:
        """Whether the panels show a run in place of the live network."""
        return self._shown.replaying

    @property
    def looked_at(self) -> str:
        """What is said of the model's file that the panels show; "" where they show none."""
        shown = self._shown
        return shown.looked.sentence if shown.looked is not None and shown.main is None else ""

    def look_at(self, name: str, history: History, sentence: str, answers: Sequence[Answer] = ()) -> None:
        """Show a model's file in the panels; `sentence` says why it isn't the network, `answers` what can be done."""
        self._shown.look_at(LookedAt(name, history, sentence, tuple(answers)))
        self._show()

    def offer(self, answers: Sequence[Answer]) -> None:
        """This can be done now with the model's file that is looked at."""
        if self._shown.looked is not None:
            self._shown.looked = replace(self._shown.looked, answers=tuple(answers))
            self._show()

    @property
    def is_untrained(self) -> bool:
        """Whether the live network is as it was initialized."""
        return self._live is not None and self._live.history.last_step < 1

    def is_trained(self, experiment: Experiment) -> bool:
        """Whether the live network is that of `experiment`, and was trained."""
        return self._live is not None and not self.is_untrained and self._live.experiment.same_network(experiment)

    def set_running(self, running: bool) -> None:
        """Whether something trains: no other experiment can be opened meanwhile."""
        if running != self._running:
            self._running = running
            self._show()

    def refresh(self) -> None:
        """Figures of what is shown are others now."""
        self._show()

    @property
    def replayed(self) -> OpenedRun | None:
        """The run that the panels show in place of the live network, once it is open."""
        return self._opened.get(self._shown.main)

    @property
    def following(self) -> bool:
        """Whether frames may come from a file."""
        return self._opened.may_grow

    @property
    def shown_experiment(self) -> Experiment | None:
        """That of the run that is shown, or of the live network."""
        if self._shown.main is not None:
            return self.replayed.experiment if self.replayed is not None else None
        if self._shown.looked is not None:
            return None
        return self._document.experiment

    def set_live(self, history: History, experiment: Experiment) -> None:
        """A new network was built. A run that is being looked at stays."""
        self._live, self._live_file = Live(history, experiment), None
        if not self.replaying:
            self._shown.beside.clear()
        self._show()

    def show_live(self) -> None:
        """Show the window's own network in place of a run."""
        if self.replaying:
            self._shown.show_live()
            self._show()

    def open(self, path: Path) -> None:
        """Replay a run, or follow it where it is being written."""
        self._shown.open(path)
        self._follow_files()
        self._show()

    def compare(self, paths: Sequence[Path]) -> None:
        """Lay runs beside what is shown; of several the first is shown in its place."""
        self._shown.compare(paths)
        self._follow_files()
        self._show()

    def lay_beside(self, path: Path, name: str, history: History, experiment: Experiment) -> None:
        """Compare with a network that is being trained in this process."""
        self._shown.beside[path] = ComparedRun(str(path), name, history, experiment)
        self._show()

    def stop_comparing(self) -> None:
        self._shown.stop_comparing()
        self._show()

    def _follow_view(self) -> None:
        """The person has dropped runs in the panels' own legend."""
        if not self._showing:
            left = [Path(run.key) for run in self._window.view.compared]
            self._let_go([path for path in (*self._shown.beside, *self._shown.wanted) if path not in left])

    def _let_go(self, paths: Sequence[Path]) -> None:
        """These runs are not to be shown any more."""
        self._shown.let_go(paths)
        self._show()

    def _follow_files(self) -> None:
        for path in self._shown.files:
            self._opened.follow(path, interrupted=self.kept.is_interrupted(path))

    def take_examined(self, examined: Examined) -> None:
        """What `examineAsked` asked for."""
        self._opened.take_examined(examined)

    def _fail(self, path: Path, sentence: str) -> None:
        if self._opened.get(path) is None:
            self._let_go([path])
        self.warn("file", "This run can't be shown", sentence)

    def warn(self, key: str, title: str, sentence: str) -> None:
        """Say something that went wrong, until the person has seen it."""
        self._notices.warn(key, title, sentence)

    def _show(self) -> None:
        """Bring the panels to what is wanted."""
        if self._closing:
            return
        self._showing = True
        self._show_main()
        view, wanted = self._window.view, (self._opened.get(path) for path in self._shown.wanted)
        beside = [ComparedRun(str(run.path), run.name, run.history, run.experiment) for run in wanted if run]
        view.set_compared((*self._shown.beside.values(), *beside)[:MOST_COMPARED])
        self._showing = False
        # What the panels no longer look at can be closed now.
        self._opened.keep(self._shown.files)
        self._opened.examine(self._shown.main)
        self._show_comparison()
        self._window.runs.mark_shown(self._shown.main, [Path(run.key) for run in view.compared])
        self.shownChanged.emit()

    def _show_main(self) -> None:
        view, run, looked = self._window.view, self.replayed, self._shown.looked
        shown = run or looked or self._live
        name = run.name if run else looked.name if looked else LIVE_NAME
        if shown is not None and view.history is not shown.history:
            view.set_history(shown.history, name)
        elif shown is not None:
            view.rename(name)
        if run is not None:
            self._notices.say_run(run, running=self._running)
        elif looked is not None:
            self._notices.say_model_file(name, looked.sentence, looked.answers, running=self._running)
        else:
            self._notices.withdraw()

    def _show_comparison(self) -> None:
        view, tables = self._window.view, self._window.tables
        if view.history is None:
            return
        if bool(view.compared) != self._comparing:
            self._comparing = bool(view.compared)
            tables.setCurrentWidget(self._window.comparison if self._comparing else self._window.values)
        main = ComparedRun(str(self._shown.main or ""), view.name, view.history, self.shown_experiment)
        self._window.comparison.show_runs((main, *view.compared) if view.compared else ())

    def _open_shown(self) -> None:
        if self.shown_experiment is not None:
            self._open_experiment(self.shown_experiment)

    def _train_again(self, experiment: Experiment) -> None:
        if self._open_experiment(experiment):
            self._window.left.setCurrentIndex(0)

    def _open_experiment(self, experiment: Experiment) -> bool:
        """Make it that of the window, which asks first where something isn't saved; whether it is now."""
        if not self._window.files.may_leave():
            return False
        self._document.replace(experiment, None)
        self.show_live()
        return True
