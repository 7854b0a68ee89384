"""FileActions: new, open, save, recent files, examples; asks before unsaved changes are lost."""

import logging
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QSettings, Signal, SignalInstance
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QFileDialog, QMenu, QMessageBox, QWidget

from biasstudio.gui.checked_text import commit_typing
from biasstudio.gui.document import Document
from biasstudio.model_files.reader import SUFFIXES as MODEL_SUFFIXES
from biasstudio.model_files.reader import is_model_file
from biasstudio.recording.run_format import SUFFIX as RUN_SUFFIX
from biasstudio.resource_files import resource_path
from biasstudio.scripts.writing import SUFFIX as SCRIPT_SUFFIX
from biasstudio.spec.arguments import SpecError
from biasstudio.spec.experiment import SUFFIX, Experiment, load_experiment
from biasstudio.spec.stack import Stack

_log = logging.getLogger(__name__)

FILTER = f"Experiments (*{SUFFIX})"
DATA_SUFFIXES = (".csv", ".tsv", ".txt", ".npz", ".npy")
DATA_FILTER = f"Data (*{' *'.join(DATA_SUFFIXES)});;All files (*)"
_OPENED = (SUFFIX, RUN_SUFFIX, SCRIPT_SUFFIX, *MODEL_SUFFIXES, *DATA_SUFFIXES)
OPEN_FILTER = f"Experiments, runs, scripts, models and data (*{' *'.join(_OPENED)})"
MAXIMUM_RECENT = 10
_OPEN_DATA = "Train on a table, on arrays of NumPy, or on images of your own"
_OPEN_IMAGES = "Train on images of your own, in a folder for each class"
EXAMPLES = {
    "Tutorial network": "tutorial",
    "Tutorial network with a sigmoid output": "tutorial-sigmoid",
    "Tutorial network for ten digits": "tutorial-ten-classes",
    "Two moons with Dense layers": "two-moons",
}


def load_example(name: str) -> Experiment:
    """A shipped experiment, by its file's name without the suffix."""
    return load_experiment(resource_path(f"examples/{name}{SUFFIX}"))


def is_data(path: Path) -> bool:
    """Whether the name is that of a file with data; a folder may hold images."""
    return path.suffix.lower() in DATA_SUFFIXES or path.is_dir()


class FileActions(QObject):
    """The actions of the File menu on a document. `window` carries the dialogs."""

    runChosen = Signal(Path)
    """The person wants to look at a recorded run."""
    modelChosen = Signal(Path)
    """The person wants to open a model's file."""
    dataChosen = Signal(Path)
    """The person wants to train on the data in a file, or in a folder of images."""
    scriptChosen = Signal(Path)
    """The person wants to open a Keras script."""

    def __init__(self, document: Document, window: QWidget) -> None:
        super().__init__(window)
        self._document, self._window = document, window
        self.new = self._action("&New", QKeySequence.StandardKey.New, self._new, "Start with an empty stack")
        self.open = self._action(
            "&Open…",
            QKeySequence.StandardKey.Open,
            self._ask_open,
            "Open an experiment, a run, a script, a model or data",
        )
        self.open.setObjectName("actionOpen")
        self.save = self._action("&Save", QKeySequence.StandardKey.Save, self.save_document, "Save the experiment")
        self.save.setObjectName("actionSave")
        self.save_as = self._action(
            "Save &As…", QKeySequence.StandardKey.SaveAs, self.save_document_as, "Save the experiment in another file"
        )
        self.save_model = QAction("Save the &Model As…", window)
        self.save_model.setObjectName("actionSaveModel")
        self.save_model.setToolTip("Save the network with its present weights as a .keras or .h5 file of Keras")
        self.open_data = self._action("Open &Data…", "Ctrl+Shift+O", self._ask_data, _OPEN_DATA)
        self.open_data.setObjectName("actionOpenData")
        self.open_images = self._action("Open a Folder of &Images…", "", self._ask_images, _OPEN_IMAGES)
        self.open_images.setObjectName("actionOpenImages")
        self.paste_script = self._action(
            "&Paste a Script…", "Ctrl+Shift+V", None, "Read the network, data and training of a Keras script"
        )
        self.paste_script.setObjectName("actionPasteScript")
        self.export_script = self._action(
            "&Export as Keras Script…", "Ctrl+E", None, "Look at the experiment as a Python script, and save it"
        )
        self.export_script.setObjectName("actionExportScript")
        self.copy_script = self._action(
            "&Copy as Keras Script", "Ctrl+Shift+C", None, "Put the experiment on the clipboard as a Python script"
        )
        self.copy_script.setObjectName("actionCopyScript")
        self.recent = QMenu("Open &Recent", window)
        self.recent.aboutToShow.connect(self._fill_recent)
        self.examples = QMenu("&Examples", window)
        for title, name in EXAMPLES.items():
            self.examples.addAction(title).triggered.connect(lambda _=False, name=name: self._open_example(name))

    def _action(
        self, text: str, shortcut: QKeySequence.StandardKey | str, call: Callable[[], object] | None, tip: str
    ) -> QAction:
        """`call` is None where the session does it."""
        action = QAction(text, self._window)
        action.setShortcut(shortcut)
        action.setToolTip(tip)
        if call is not None:
            action.triggered.connect(lambda: call())
        return action

    def set_locked(self, locked: bool) -> None:
        """While training no other document can take this one's place; saving stays possible."""
        for thing in (self.new, self.open, self.open_data, self.open_images, self.paste_script):
            thing.setDisabled(locked)
        for menu in (self.recent, self.examples):
            menu.setDisabled(locked)

    def _new(self) -> None:
        if self.may_leave():
            present = self._document.experiment
            self._document.replace(Experiment(Stack(present.stack.input_shape), present.data, present.training), None)

    def _open_example(self, name: str) -> None:
        if self.may_leave():
            self._document.replace(load_example(name), None)

    def _ask_open(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self._window, "Open", self._folder(), OPEN_FILTER)
        if name:
            self.open_path(Path(name))

    def _ask_data(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self._window, "Open data", self._folder(), DATA_FILTER)
        if name:
            self._open_data(Path(name))

    def _ask_images(self) -> None:
        name = QFileDialog.getExistingDirectory(self._window, "Open a folder that has a folder for each class")
        if name:
            self._open_data(Path(name))

    def _open_data(self, path: Path) -> None:
        commit_typing(self._window)
        self._remember(path)
        self.dataChosen.emit(path)

    def open_path(self, path: Path) -> bool:
        """Open an experiment in place of the document, after asking, a run, a script, a model's file, or data.

        False where it was not opened; the person was told.
        """
        commit_typing(self._window)
        _log.info("opens %s", path)
        chosen = self._chosen_by(path)
        if chosen is not None:
            self._remember(path)
            chosen.emit(path)
            return True
        if is_data(path):
            self._open_data(path)
            return True
        try:
            experiment = load_experiment(path)
        except SpecError as error:
            self.tell("This file can't be opened", str(error))
            return False
        except OSError as error:
            self.tell("This file can't be read", f"{path} can't be read: {error.strerror}.")
            return False
        if not self.may_leave():
            return False
        self._document.replace(experiment, path)
        self._remember(path)
        return True

    def _chosen_by(self, path: Path) -> SignalInstance | None:
        """What says that a file of this name is to be opened; None for an experiment."""
        if path.suffix == RUN_SUFFIX:
            return self.runChosen
        if path.suffix.lower() == SCRIPT_SUFFIX:
            return self.scriptChosen
        return self.modelChosen if is_model_file(path) else None

    def save_document(self) -> bool:
        """Save, asking for a file where there is none yet. False where it was not saved."""
        commit_typing(self._window)
        if self._document.path is None:
            return self.save_document_as()
        return self._save(self._document.path)

    def save_document_as(self) -> bool:
        """Ask for a file and save there. False where it was not saved."""
        commit_typing(self._window)
        proposal = self._document.path or Path(self._folder()) / f"experiment{SUFFIX}"
        name, _ = QFileDialog.getSaveFileName(self._window, "Save the experiment", str(proposal), FILTER)
        if not name:
            return False
        path = Path(name)
        return self._save(path if path.suffix else path.with_suffix(SUFFIX))

    def _save(self, path: Path) -> bool:
        try:
            self._document.save(path)
        except OSError as error:
            self.tell(
                "The experiment was not saved",
                f"{path} can't be written: {error.strerror}. Your changes are still here; save them in another place.",
            )
            return False
        self._remember(path)
        return True

    def may_leave(self) -> bool:
        """Whether the document may be replaced: nothing unsaved, or saved now, or given up on."""
        commit_typing(self._window)
        if not self._document.modified:
            return True
        box = QMessageBox(self._window)
        box.setIcon(QMessageBox.Icon.Question)
        box.setText("Save the changes to this experiment?")
        box.setInformativeText("They are lost if you don't save them.")
        buttons = QMessageBox.StandardButton
        box.setStandardButtons(buttons.Save | buttons.Discard | buttons.Cancel)
        box.setDefaultButton(buttons.Save)
        answer = box.exec()
        box.deleteLater()
        return self.save_document() if answer == buttons.Save else answer == buttons.Discard

    def tell(self, text: str, sentence: str) -> None:
        """A message that waits for the person."""
        _log.info("says: %s: %s", text, sentence)
        box = QMessageBox(self._window)
        box.setIcon(QMessageBox.Icon.Warning)
        box.setText(text)
        box.setInformativeText(sentence)
        box.exec()
        box.deleteLater()

    def _folder(self) -> str:
        recent = self._recent_paths()
        return str(Path(recent[0]).parent) if recent else str(Path.home())

    def _recent_paths(self) -> list[str]:
        stored = QSettings().value("recentFiles", [])
        # An ini file gives back a list of one as a string.
        paths = [stored] if isinstance(stored, str) else stored
        return [path for path in paths if isinstance(path, str)] if isinstance(paths, list) else []

    def _remember(self, path: Path) -> None:
        known = [str(path.resolve()), *(other for other in self._recent_paths() if other != str(path.resolve()))]
        QSettings().setValue("recentFiles", known[:MAXIMUM_RECENT])

    def _fill_recent(self) -> None:
        self.recent.clear()
        for path in self._recent_paths():
            self.recent.addAction(path).triggered.connect(lambda _=False, path=path: self.open_path(Path(path)))
        if self.recent.isEmpty():
            self.recent.addAction("No file opened yet").setEnabled(False)
