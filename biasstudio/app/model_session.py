"""ModelSession: model files of one window: opened into the editor or looked at, and written of the trained network."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QThreadPool, Signal
from PySide6.QtWidgets import QFileDialog

from biasstudio.app.run_session import RunSession
from biasstudio.gui.background import Job
from biasstudio.gui.document import Document
from biasstudio.gui.main_window import MainWindow
from biasstudio.gui.notices import Answer
from biasstudio.model_files.contents import ModelFile
from biasstudio.model_files.experiment import experiment_of, fits_somewhere, starting_from
from biasstudio.model_files.reader import read_model_file
from biasstudio.spec.arguments import SpecError
from biasstudio.spec.experiment import Experiment
from biasstudio.spec.weights_file import WeightsFile
from biasstudio.worker.messages import Built, SaveModel
from biasstudio.worker.model_worker import ModelWorker

_FILTERS = "Keras model (*.keras);;HDF5 model of Keras (*.h5)"
_DISMISS = "Close this message"
_WHILE_TRAINING = "The file was opened to be looked at, since a training was under way."


class ModelSession(QObject):
    """Lives in the GUI thread; files are read in a thread of a pool, and written by the worker."""

    openingChanged = Signal()

    def __init__(self, document: Document, window: MainWindow, runs: RunSession, worker: ModelWorker) -> None:
        super().__init__(window)
        self._document, self._window, self._runs, self._worker = document, window, runs, worker
        self._pool = QThreadPool(self)
        self._job: Job | None = None
        self._shown: ModelFile | None = None
        self._openable: Experiment | None = None
        self._parameters: dict[str, int] = {}
        self.refused = False
        """Whether the present stack can't be built; the worker keeps the last network that could."""
        window.files.modelChosen.connect(self.open)
        window.files.save_model.triggered.connect(self._ask_save)
        window.model_tree.layerChosen.connect(window.view.choose_layer)
        document.changed.connect(self._follow_document)
        runs.shownChanged.connect(self._follow_document)
        worker.built.connect(self._take_built)
        worker.modelSaved.connect(self._say_saved)
        worker.modelNotSaved.connect(lambda sentence: runs.warn("model", "The model was not saved", sentence))

    def close(self) -> None:
        """The window closes: give up what is under way."""
        if self._job is not None:
            self._job.cancel()
        self._pool.waitForDone()

    @property
    def opening(self) -> bool:
        """Whether a file is being read."""
        return self._job is not None

    def open(self, path: Path) -> None:
        """Read a file, and open its network, or look at it where it can't be built."""
        self._read(path, self._take, lambda sentence: self._window.files.tell("This file can't be opened", sentence))

    def _read(self, path: Path, take: Callable[[ModelFile], None], refuse: Callable[[str], None]) -> None:
        if self._job is not None:
            self._job.cancel()
        job = Job(lambda job: _read(path, job), (SpecError,), self)
        self._job = job
        job.succeeded.connect(take)
        job.failed.connect(refuse)
        job.ended.connect(lambda: self._end(job))
        job.start(self._pool)
        self.openingChanged.emit()

    def _end(self, job: Job) -> None:
        if self._job is job:
            self._job = None
        job.deleteLater()
        self.openingChanged.emit()

    def _take(self, contents: ModelFile) -> None:
        files, present = self._window.files, self._document.experiment
        try:
            experiment = experiment_of(contents, present)
        except SpecError as error:
            self._look_at(contents, str(error))
            return
        if files.open.isEnabled():
            self._make_network(contents, experiment)
        else:
            self._look_at(contents, _WHILE_TRAINING, experiment)

    def _make_network(self, contents: ModelFile, experiment: Experiment) -> None:
        if self._window.files.may_leave():
            self._shown = contents
            self._document.replace(experiment, None)
            self._runs.show_live()

    def _look_at(self, contents: ModelFile, reason: str, experiment: Experiment | None = None) -> None:
        """`experiment` is the file's, where it could be the network."""
        self._shown, self._openable = contents, experiment
        self._runs.look_at(contents.path.name, contents.history(), reason, self._offered(contents))

    def _offered(self, contents: ModelFile) -> list[Answer]:
        offered: list[Answer] = []
        experiment = self._openable
        if experiment is not None:
            tip = "Put this network in place of the stack's"
            offered.append(("Open it", tip, lambda: self._make_network(contents, experiment)))
        if fits_somewhere(contents, self._parameters):
            tip = "Take over the weights of the layers that have the same names and shapes"
            offered.append(("Start the stack from it", tip, lambda: self._start_from(contents)))
        return offered

    def _start_from(self, contents: ModelFile) -> None:
        self._document.edit(
            f"Start from the weights of {contents.path.name}", lambda experiment: starting_from(contents, experiment)
        )
        self._runs.show_live()

    def _take_built(self, built: Built) -> None:
        """Other weights of a file that is looked at may fit now."""
        self._parameters = {layer.name: layer.parameters for layer in built.layers}
        if self._shown is not None and self._runs.looked_at:
            self._runs.offer(self._offered(self._shown))

    def _follow_document(self) -> None:
        """The tree is there while a file is looked at, or is the network."""
        window, weights = self._window, self._document.experiment.weights
        whole = weights is not None and weights.whole
        looking = self._runs.looked_at
        if whole and weights is not None and not looking and not self._shows(weights):
            self._shown = None
            if self._job is None and weights.path.is_file():
                # The worker says why the network can't be built.
                self._read(weights.path, self._show_tree, lambda _sentence: None)
        if self._shown is not None and (looking or whole):
            contents = self._shown
            window.model_tree.show_file(contents, looking or _about(contents))
        window.show_model_tree(self._shown is not None and bool(looking or whole), in_place_of_stack=whole)

    def _shows(self, weights: WeightsFile) -> bool:
        return self._shown is not None and self._shown.sha256 == weights.sha256

    def _show_tree(self, contents: ModelFile) -> None:
        self._shown = contents
        weights = self._document.experiment.weights
        if weights is not None and self._shows(weights):
            self._follow_document()

    def _ask_save(self) -> None:
        path = self._document.path
        proposal = Path.home() / (path.with_suffix(".keras").name if path else "model.keras")
        chosen, kind = QFileDialog.getSaveFileName(self._window, "Save the model", str(proposal), _FILTERS)
        if chosen:
            target, suffix = Path(chosen), ".h5" if "h5" in kind else ".keras"
            self._worker.send(SaveModel(target if target.suffix else target.with_suffix(suffix)))

    def _say_saved(self, path: Path) -> None:
        notices = self._window.notices
        dismiss = ("Dismiss", _DISMISS, lambda: notices.withdraw("model"))
        which = "The last network that could be built" if self.refused else "The model"
        notices.say("model", "Saved", f"{which}, as it stands, is in {path}.", [dismiss])


def _about(contents: ModelFile) -> str:
    return f"This file's network. It is trained as it is; its layers can't be changed here: {contents.why_no_stack}"


def _read(path: Path, job: Job) -> ModelFile:
    """In the pool's thread."""
    try:
        return read_model_file(path, lambda: job.cancelled)
    except OSError as error:
        raise SpecError(f"{path} can't be read: {error.strerror}.") from error
    except MemoryError:
        raise SpecError(f"{path.name} needs more memory than there is.") from None
