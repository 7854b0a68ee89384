"""KeptRuns: the runs that are kept on this computer, and the window's list of them."""

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from biasstudio.app.run_notices import RunNotices
from biasstudio.gui.document import Document
from biasstudio.gui.file_manager import show_folder
from biasstudio.gui.main_window import MainWindow
from biasstudio.gui.run_actions import size_limit
from biasstudio.gui.runs.run_library import RunLibrary
from biasstudio.gui.runs.run_words import INTERRUPTED
from biasstudio.recording.run_summary import RunSummary
from biasstudio.spec.arguments import SpecError
from biasstudio.spec.experiment import Experiment, experiment_from_json
from biasstudio.worker.messages import Recording


class KeptRuns(QObject):
    """Wires the list of runs to the library. Lives in the GUI thread."""

    experimentChosen = Signal(Experiment)
    """The experiment of a run of the list is to be trained again."""

    def __init__(self, document: Document, window: MainWindow, notices: RunNotices) -> None:
        super().__init__(window)
        self._document, self._notices = document, notices
        self.library = RunLibrary(self)
        runs, library = window.runs, self.library
        library.changed.connect(runs.show_runs)
        library.problemChanged.connect(runs.show_problem)
        library.trashRefused.connect(runs.ask_for_good)
        library.interruptedFound.connect(self._offer)
        runs.renameAsked.connect(library.rename)
        runs.noteAsked.connect(library.annotate)
        runs.deleteAsked.connect(library.delete)
        runs.deleteForGoodAsked.connect(library.delete_for_good)
        runs.trainAgainAsked.connect(self._choose_experiment)
        runs.showInFolderAsked.connect(lambda path: self._show_folder(path.parent))
        window.actions_of_runs.folder.triggered.connect(lambda: self._show_folder(library.folder))

    def new_recording(self, experiment: Experiment, label: str = "", group: str = "") -> Recording:
        """Where the next run is to be recorded."""
        path = self._document.path
        name = path.stem if path is not None else experiment.data.type.title
        # First, since names that differ at their end only look alike in a narrow list.
        name = f"{label} · {name}" if label else name
        return Recording(self.library.new_path(name), name, size_limit(), group)

    def is_interrupted(self, path: Path) -> bool:
        """Whether the writer of a run is known to have died."""
        return any(run.path == path and run.state == INTERRUPTED for run in self.library.runs)

    def _offer(self, runs: list[RunSummary]) -> None:
        """Runs that were under way when the application, or the computer, ended."""
        self._notices.say_interrupted(runs)
        self.library.set_offered([run.path for run in runs])

    def _choose_experiment(self, path: Path) -> None:
        text = next((run.experiment_json for run in self.library.runs if run.path == path), "")
        try:
            experiment = experiment_from_json(text)
        except SpecError as error:
            self._notices.warn("file", "This run's experiment can't be opened", str(error))
            return
        self.experimentChosen.emit(experiment)

    def _show_folder(self, folder: Path) -> None:
        if sentence := show_folder(folder):
            self._notices.warn("folder", "The folder can't be shown", sentence)
