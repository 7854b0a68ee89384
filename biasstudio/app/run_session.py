"""RunSession: the runs of one window: those that are kept, the one that is replayed or followed, those compared."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtGui import QDesktopServices

from biasstudio.gui.animation import AnimationDialog
from biasstudio.gui.document import Document
from biasstudio.gui.main_window import MainWindow
from biasstudio.gui.notices import Answer
from biasstudio.gui.panel_image import PanelImages
from biasstudio.gui.run_actions import size_limit
from biasstudio.gui.run_export import RunExport
from biasstudio.gui.runs.chosen_runs import LOCK_REASON
from biasstudio.gui.runs.run_library import RunLibrary
from biasstudio.gui.runs.run_words import INTERRUPTED
from biasstudio.gui.view_state import MOST_COMPARED, ComparedRun
from biasstudio.recording.history import History
from biasstudio.recording.run_summary import RunSummary
from biasstudio.spec.arguments import SpecError
from biasstudio.spec.experiment import Experiment, experiment_from_json
from biasstudio.worker.messages import Diagnosis, Examined, Recording
from biasstudio.worker.run_follower import OpenedRun, RunFollower, RunState

_log = logging.getLogger(__name__)

LIVE_NAME = "this network"
_DISMISS = "Close this message"
_OPEN = "Open its experiment"


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
        self.library = RunLibrary(self)
        self._export = RunExport(window)
        self._images = PanelImages(window.panels.panels, window)
        self._live: Live | None = None
        self._live_file: Path | None = None
        self._main: Path | None = None
        self._looked: LookedAt | None = None
        self._wanted: list[Path] = []
        self._beside: dict[Path, ComparedRun] = {}
        self._opened: dict[Path, OpenedRun] = {}
        self._followers: dict[Path, RunFollower] = {}
        self._ending: set[RunFollower] = set()
        self._loading: set[Path] = set()
        self._examined: dict[Path, Experiment] = {}
        self._closing = self._showing = self._comparing = self._running = False
        self._connect_view()
        self._connect_library()
        self._connect_menu()

    def _connect_view(self) -> None:
        runs = self._window.runs
        runs.openAsked.connect(self.open)
        runs.compareAsked.connect(self.compare)
        runs.stopComparingAsked.connect(self._let_go)
        runs.trainAgainAsked.connect(self._train_again)
        runs.showInFolderAsked.connect(lambda path: _show_folder(path.parent))
        self._window.view.comparedChanged.connect(self._follow_view)
        self._window.files.runChosen.connect(self.open)

    def _connect_library(self) -> None:
        runs, library = self._window.runs, self.library
        library.changed.connect(runs.show_runs)
        library.changed.connect(self._take_names)
        library.problemChanged.connect(runs.show_problem)
        library.trashRefused.connect(runs.ask_for_good)
        library.deleted.connect(self._let_go)
        library.interruptedFound.connect(self._offer)
        runs.renameAsked.connect(library.rename)
        runs.noteAsked.connect(library.annotate)
        runs.deleteAsked.connect(library.delete)
        runs.deleteForGoodAsked.connect(library.delete_for_good)

    def _connect_menu(self) -> None:
        actions = self._window.actions_of_runs
        actions.stop_comparing.triggered.connect(self.stop_comparing)
        actions.folder.triggered.connect(lambda: _show_folder(self.library.folder))
        actions.menu.aboutToShow.connect(self._prepare_menu)
        actions.export.triggered.connect(self._export_shown)
        actions.animate.triggered.connect(self._animate)
        self._window.runs.exportAsked.connect(self._export.ask)
        self._export.failed.connect(lambda sentence: self.warn("export", "Not exported", sentence))
        self._images.failed.connect(lambda sentence: self.warn("export", "Not saved", sentence))

    def _prepare_menu(self) -> None:
        actions, view = self._window.actions_of_runs, self._window.view
        actions.stop_comparing.setEnabled(bool(view.compared))
        actions.export.setEnabled(self._shown_file is not None)
        actions.animate.setEnabled(view.history is not None and view.history.last_step > 0)

    @property
    def _shown_file(self) -> Path | None:
        """The file of what the panels show."""
        return self._main or self._live_file

    def set_live_file(self, path: Path | None) -> None:
        """Where the live network is recorded."""
        self._live_file = path
        self.library.set_writing(path)

    def _export_shown(self) -> None:
        if self._shown_file is not None:
            self._export.ask(self._shown_file)

    def _animate(self) -> None:
        dialog = AnimationDialog(self._window.panels.panels, self._window.view, self._window)
        dialog.failed.connect(lambda sentence: self.warn("export", "Not saved", sentence))
        dialog.open()

    def close(self) -> None:
        """Close every file; `idle` says when that is done."""
        self._closing = True
        self._export.close()
        self._window.runs.commit_typing()
        self.library.stop()
        for follower in list(self._followers.values()):
            self._end(follower)
        self._look_whether_idle()

    @property
    def is_idle(self) -> bool:
        """Whether no file is open any more."""
        return not self._followers and not self._ending

    def _look_whether_idle(self) -> None:
        if self._closing and self.is_idle:
            self.idle.emit()

    @property
    def replaying(self) -> bool:
        """Whether the panels show a run in place of the live network."""
        return self._main is not None or self._looked is not None

    @property
    def looked_at(self) -> str:
        """What is said of the model's file that the panels show; "" where they show none."""
        return self._looked.sentence if self._looked is not None and self._main is None else ""

    def look_at(self, name: str, history: History, sentence: str, answers: Sequence[Answer] = ()) -> None:
        """Show a model's file in the panels; `sentence` says why it isn't the network, `answers` what can be done."""
        self._main, self._looked = None, LookedAt(name, history, sentence, tuple(answers))
        self._show()

    def offer(self, answers: Sequence[Answer]) -> None:
        """This can be done now with the model's file that is looked at."""
        if self._looked is not None:
            self._looked = replace(self._looked, answers=tuple(answers))
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
        return self._opened.get(self._main) if self._main is not None else None

    @property
    def following(self) -> bool:
        """Whether frames may come from a file."""
        states = (self._opened[path].state for path in self._followers if path in self._opened)
        return bool(self._loading) or any(state is RunState.RECORDING for state in states)

    @property
    def shown_experiment(self) -> Experiment | None:
        """That of the run that is shown, or of the live network."""
        if self._main is not None:
            return self._opened[self._main].experiment if self._main in self._opened else None
        if self._looked is not None:
            return None
        return self._document.experiment

    def new_recording(self, experiment: Experiment, label: str = "", group: str = "") -> Recording:
        """Where the next run is to be recorded."""
        path = self._document.path
        name = path.stem if path is not None else experiment.data.type.title
        # First, since names that differ at their end only look alike in a narrow list.
        name = f"{label} · {name}" if label else name
        return Recording(self.library.new_path(name), name, size_limit(), group)

    def set_live(self, history: History, experiment: Experiment) -> None:
        """A new network was built. A run that is being looked at stays."""
        self._live, self._live_file = Live(history, experiment), None
        if not self.replaying:
            self._beside.clear()
        self._show()

    def show_live(self) -> None:
        """Show the window's own network in place of a run."""
        if self.replaying:
            self._main = self._looked = None
            self._show()

    def open(self, path: Path) -> None:
        """Replay a run, or follow it where it is being written."""
        self._main, self._looked = path, None
        self._wanted = [other for other in self._wanted if other != path]
        self._follow(path)
        self._show()

    def compare(self, paths: Sequence[Path]) -> None:
        """Lay runs beside what is shown; of several the first is shown in its place."""
        chosen = list(paths)
        if len(chosen) > 1:
            self._main, self._wanted = chosen[0], []
            self._follow(chosen.pop(0))
        for path in chosen:
            if path != self._main and path not in self._wanted:
                self._wanted.append(path)
        self._wanted = self._wanted[:MOST_COMPARED]
        for path in self._wanted:
            self._follow(path)
        self._show()

    def lay_beside(self, path: Path, name: str, history: History, experiment: Experiment) -> None:
        """Compare with a network that is being trained in this process."""
        self._beside[path] = ComparedRun(str(path), name, history, experiment)
        self._show()

    def stop_comparing(self) -> None:
        self._wanted, self._beside = [], {}
        self._show()

    def _follow_view(self) -> None:
        """The person has dropped runs in the panels' own legend."""
        if not self._showing:
            left = [Path(run.key) for run in self._window.view.compared]
            self._let_go([path for path in (*self._beside, *self._wanted) if path not in left])

    def _let_go(self, paths: Sequence[Path]) -> None:
        """These runs are not to be shown any more."""
        for path in paths:
            self._beside.pop(path, None)
        self._wanted = [path for path in self._wanted if path not in paths]
        if self._main in paths:
            self._main = None
        self._show()

    def _follow(self, path: Path) -> None:
        if path in self._followers:
            return
        states = {run.path: run.state for run in self.library.runs}
        follower = RunFollower(path, self, interrupted=states.get(path) == INTERRUPTED)
        self._followers[path] = follower
        self._loading.add(path)
        follower.opened.connect(self._take)
        follower.loaded.connect(lambda: self._loaded(path))
        follower.stateChanged.connect(lambda state: self._change_state(path, state))
        follower.diagnosed.connect(lambda diagnosis: self._take_findings(path, diagnosis))
        follower.failed.connect(lambda sentence: self._fail(path, sentence))
        follower.finished.connect(lambda: self._ended(follower))
        follower.start()

    def _take(self, run: OpenedRun) -> None:
        self._opened[run.path] = run
        self._show()

    def _take_names(self, runs: list[RunSummary]) -> None:
        """A run that is shown may have been renamed or annotated."""
        words = {run.path: (run.name, run.note) for run in runs}
        changed = False
        for path, run in self._opened.items():
            name, note = words.get(path, (run.name, run.note))
            if (name, note) != (run.name, run.note):
                self._opened[path], changed = replace(run, name=name, note=note), True
        if changed:
            self._show()

    def _loaded(self, path: Path) -> None:
        self._loading.discard(path)
        self._show()

    def _take_findings(self, path: Path, diagnosis: Diagnosis) -> None:
        if path in self._opened:
            self._opened[path] = self._opened[path].with_diagnosis(diagnosis)
            self.shownChanged.emit()

    def _ask_what_is_shown(self) -> None:
        """Once for each run: its steps are shown meanwhile."""
        run = self.replayed
        if run is not None and run.experiment is not None and self._examined.get(run.path) != run.experiment:
            self._examined[run.path] = run.experiment
            self.examineAsked.emit(run.experiment)

    def take_examined(self, examined: Examined) -> None:
        """What was asked for."""
        for path, experiment in self._examined.items():
            if experiment == examined.experiment:
                self._followers[path].know(examined)

    def _change_state(self, path: Path, state: RunState) -> None:
        if path in self._opened:
            self._opened[path] = self._opened[path].with_state(state)
            self._show()

    def _fail(self, path: Path, sentence: str) -> None:
        self._loading.discard(path)
        if path not in self._opened:
            self._let_go([path])
        self.warn("file", "This run can't be shown", sentence)

    def warn(self, key: str, title: str, sentence: str) -> None:
        """Say something that went wrong, until the person has seen it."""
        notices = self._window.notices
        _log.info("says: %s: %s", title, sentence)
        notices.say(key, title, sentence, [("Dismiss", _DISMISS, lambda: notices.withdraw(key))], warning=True)

    def _end(self, follower: RunFollower) -> None:
        del self._followers[follower.path]
        self._opened.pop(follower.path, None)
        self._examined.pop(follower.path, None)
        self._loading.discard(follower.path)
        self._ending.add(follower)
        follower.close()

    def _ended(self, follower: RunFollower) -> None:
        self._ending.discard(follower)
        follower.deleteLater()
        self._look_whether_idle()

    def _show(self) -> None:
        """Bring the panels to what is wanted."""
        if self._closing:
            return
        self._showing = True
        self._show_main()
        beside = [self._compared(path) for path in self._wanted if path in self._opened]
        view = self._window.view
        view.set_compared((*self._beside.values(), *beside)[:MOST_COMPARED])
        self._showing = False
        # What the panels no longer look at can be closed now.
        for path, follower in list(self._followers.items()):
            if path != self._main and path not in self._wanted:
                self._end(follower)
        self._ask_what_is_shown()
        self._show_comparison()
        self._window.runs.mark_shown(self._main, [Path(run.key) for run in view.compared])
        self.shownChanged.emit()

    def _compared(self, path: Path) -> ComparedRun:
        run = self._opened[path]
        return ComparedRun(str(path), run.name, run.history, run.experiment)

    def _show_main(self) -> None:
        view, run = self._window.view, self._opened.get(self._main) if self._main else None
        shown = self._looked or self._live
        history = run.history if run else shown.history if shown else None
        name = run.name if run else self._looked.name if self._looked else LIVE_NAME
        if history is not None and view.history is not history:
            view.set_history(history, name)
        elif history is not None:
            view.rename(name)
        if run is None and self._looked is not None:
            back = ("Back to the network", "Show the network in the stack again", self.show_live)
            answers = [*self._looked.answers, back]
            why_not = self._why_not([text for text, _tip, _call in self._looked.answers])
            self._window.notices.say("run", f"Model file: {name}", self._looked.sentence, answers, why_not=why_not)
        elif run is None:
            self._window.notices.withdraw("run")
        else:
            self._say_what_is_shown(run)

    def _why_not(self, changing: Sequence[str]) -> dict[str, str]:
        """Why these answers, which change the network, can't be given for now."""
        return dict.fromkeys(changing, LOCK_REASON) if self._running else {}

    def _say_what_is_shown(self, run: OpenedRun) -> None:
        when = run.created.astimezone().strftime("%d %b %Y, %H:%M")
        thinned = f" · older steps thinned to every {run.thinned}th" if run.thinned > 1 else ""
        answers = [("Back to the network", "Show the network in the stack again", self.show_live)]
        if run.experiment is not None:
            again = (_OPEN, "Open the run's experiment, to train it again", self._open_experiment)
            answers.insert(0, again)
        following = run.state in (RunState.RECORDING, RunState.SILENT)
        title = f"{'Following' if following else 'Replay'}: {run.name}"
        text = f"recorded {when} · {run.state.value}{thinned}"
        bad = run.state in (RunState.SILENT, RunState.LOST)
        self._window.notices.say("run", title, text, answers, warning=bad, why_not=self._why_not([_OPEN]))

    def _show_comparison(self) -> None:
        view, tables = self._window.view, self._window.tables
        if view.history is None:
            return
        if bool(view.compared) != self._comparing:
            self._comparing = bool(view.compared)
            tables.setCurrentWidget(self._window.comparison if self._comparing else self._window.values)
        main = ComparedRun(str(self._main or ""), view.name, view.history, self.shown_experiment)
        self._window.comparison.show_runs((main, *view.compared) if view.compared else ())

    def _offer(self, runs: list[RunSummary]) -> None:
        """Runs that were under way when the application, or the computer, ended."""
        newest, notices = runs[0], self._window.notices
        others = f", and {len(runs) - 1} more, which are in the list of runs" if len(runs) > 1 else ""

        def open_it() -> None:
            notices.withdraw("interrupted")
            self.open(newest.path)

        notices.say(
            "interrupted",
            "A training was interrupted",
            f"{newest.name}: {newest.steps:,} steps were kept{others}.",
            [
                ("Open", "Look at what was recorded of it", open_it),
                ("Dismiss", _DISMISS, lambda: notices.withdraw("interrupted")),
            ],
        )
        self.library.set_offered([run.path for run in runs])

    def _open_experiment(self) -> None:
        experiment = self.shown_experiment
        if experiment is not None and self._window.files.may_leave():
            self._document.replace(experiment, None)
            self.show_live()

    def _train_again(self, path: Path) -> None:
        """Open the experiment of a run of the list."""
        text = next((run.experiment_json for run in self.library.runs if run.path == path), "")
        try:
            experiment = experiment_from_json(text)
        except SpecError as error:
            self.warn("file", "This run's experiment can't be opened", str(error))
            return
        if self._window.files.may_leave():
            self._document.replace(experiment, None)
            self.show_live()
            self._window.left.setCurrentIndex(0)


def _show_folder(folder: Path) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))
