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
        """The same for the experiment's own data, as they were chosen."""
        if self._document.experiment.data.found is not None:
            self._shown_dialog().open_data(self._document.experiment.data)

    def show_problem(self, problem: SpecError | None, *, is_misfit: bool) -> None:
        """Offer what mends a network that doesn't fit its data, or data that are not there any more."""
        notices, answers = self._window.notices, []
        if problem is not None and is_misfit:
            answers = self._fitting_answers()
        elif problem is not None and problem.argument in ("path", "targets_path"):
            answers = [("Choose the data anew", "Look at the file again, or take another", self.edit)]
        if problem is None or not answers:
            notices.withdraw("data")
            return
        title = "The network doesn't fit the data" if is_misfit else "The data can't be read"
        notices.say("data", title, str(problem), answers, warning=True)

    def _fitting_answers(self) -> list[Answer]:
        experiment = self._document.experiment
        if experiment.weights is not None and experiment.weights.whole:
            return []
        for change, text in ((fitted_to, "Fit the network"), (small_network_for, "Take a small network")):
            try:
                fitting = change(experiment, experiment.data)
            except SpecError:
                # Not of use here; what doesn't fit is said in the notice.
                continue
            tip = f"Sets: {', '.join(fitting.changes)}"
            return [(text, tip, partial(self._document.edit, text, partial(_changed, change)))]
        return []

    def _shown_dialog(self) -> DataDialog:
        if self._dialog is not None:
            self._dialog.reject()
        dialog = DataDialog(self._document.experiment, self._pool, self._window)
        self._dialog = dialog
        dialog.chosen.connect(lambda data: self._take(dialog, data))
        dialog.otherAsked.connect(self._window.files.open_data.trigger)
        dialog.finished.connect(lambda _result: self._forget(dialog))
        dialog.open()
        return dialog

    def _forget(self, dialog: DataDialog) -> None:
        if self._dialog is dialog:
            self._dialog = None

    def _take(self, dialog: DataDialog, data: DataSet) -> None:
        self._document.edit(f"Set the data to {data.type.title}", lambda present: dialog.fit.apply(present, data))


def _changed(change: Callable[[Experiment, DataSet], Fitting], experiment: Experiment) -> Experiment:
    return change(experiment, experiment.data).experiment
