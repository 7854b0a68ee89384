"""DataSession: a person's own data of one window: opened, looked at, changed, and put into the experiment."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QThreadPool

from biasstudio.gui.data.data_dialog import DataDialog
from biasstudio.gui.document import Document
from biasstudio.gui.main_window import MainWindow
from biasstudio.gui.notices import Answer
from biasstudio.spec.arguments import SpecError
from biasstudio.spec.data_sets import DataSet
from biasstudio.spec.experiment import Experiment
from biasstudio.spec.fitting import Fitting, fitted_to, small_network_for

MISFIT, UNREADABLE = "The network doesn't fit the data", "The data can't be read"
_FITTINGS = (
    (fitted_to, "Fit the network", "Set its input, its last layer and the loss to what these data need"),
    (small_network_for, "Take a small network", "Put two Dense layers in its place, which these data fit"),
)


class DataSession(QObject):
    """Lives in the GUI thread; files are read in a thread of a pool."""

    def __init__(self, document: Document, window: MainWindow) -> None:
        super().__init__(window)
        self._document, self._window = document, window
        self._pool = QThreadPool(self)
        self._dialog: DataDialog | None = None
        window.files.dataChosen.connect(self.open)
        window.settings_bar.editDataAsked.connect(self.edit)

    def close(self) -> None:
        """The window closes: give up what is under way."""
        if self._dialog is not None:
            self._dialog.reject()
        self._pool.waitForDone()

    def open(self, path: Path) -> None:
        """Show what a file or a folder holds, and let the person choose how it is read."""
        if not self._window.files.open_data.isEnabled():
            return
        self._shown_dialog().open_path(path)

    def edit(self) -> None:
        """The same for the experiment's data as they are; what is no file of the person's own is only looked at."""
        self._shown_dialog().open_data(self._document.experiment.data)

    def show_problem(self, misfit: SpecError | None, fault: str) -> str:
        """Offer what mends a network that doesn't fit its data, or data that can't be had, for the reason `fault`.

        What is offered over the panels is told there in full; it gives the few words in which it is told elsewhere.
        """
        title, answers = MISFIT, []
        if misfit is not None:
            answers = self._fitting_answers()
        elif fault and self._document.experiment.data.found is not None:
            title = UNREADABLE
            answers = [("Choose the data anew", "Look at the file again, or take another", self.edit)]
        if answers:
            self._window.notices.say("data", title, str(misfit or fault), answers, warning=True)
            return title
        self._window.notices.withdraw("data")
        return ""

    def _fitting_answers(self) -> list[Answer]:
        experiment = self._document.experiment
        if experiment.weights is not None and experiment.weights.whole:
            return []
        for change, text, tip in _FITTINGS:
            try:
                change(experiment, experiment.data)
            except SpecError:
                # What doesn't fit is said in the notice.
                continue
            return [(text, tip, partial(self._document.edit, text, partial(_changed, change)))]
        return []

    def _shown_dialog(self) -> DataDialog:
        if self._dialog is not None:
            self._dialog.reject()
        document = self._document
        untouched = document.path is None and not document.undo_stack.count()
        dialog = DataDialog(document.experiment, self._pool, self._window, replaceable=untouched)
        self._dialog = dialog
        dialog.chosen.connect(lambda data: self._take(dialog, data))
        dialog.otherAsked.connect(lambda: self._ask_other(dialog))
        dialog.finished.connect(lambda _result: self._forget(dialog))
        dialog.open()
        return dialog

    def _ask_other(self, dialog: DataDialog) -> None:
        files, reading = self._window.files, dialog.reading
        images = reading is not None and reading.name == "images"
        (files.open_images if images else files.open_data).trigger()

    def _forget(self, dialog: DataDialog) -> None:
        if self._dialog is dialog:
            self._dialog = None

    def _take(self, dialog: DataDialog, data: DataSet) -> None:
        self._document.edit(f"Set the data to {data.type.title}", lambda present: dialog.fit.apply(present, data))


def _changed(change: Callable[[Experiment, DataSet], Fitting], experiment: Experiment) -> Experiment:
    return change(experiment, experiment.data).experiment
