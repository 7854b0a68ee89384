"""DataSession: a person's own data of one window: opened, looked at, changed, and put into the experiment."""

from pathlib import Path

from PySide6.QtCore import QObject, QThreadPool
from PySide6.QtWidgets import QFileDialog

from biasstudio.gui.data.data_dialog import DataDialog
from biasstudio.gui.document import Document
from biasstudio.gui.file_actions import DATA_FILTER
from biasstudio.gui.main_window import MainWindow
from biasstudio.spec.data_sets import DataSet


class DataSession(QObject):
    """Lives in the GUI thread; files are read in a thread of a pool."""

    def __init__(self, document: Document, window: MainWindow) -> None:
        super().__init__(window)
        self._document, self._window = document, window
        self._pool = QThreadPool(self)
        self._dialog: DataDialog | None = None
        window.files.dataChosen.connect(self.open)
        window.files.open_data.triggered.connect(self.ask)
        window.settings_bar.openDataAsked.connect(self.ask)
        window.settings_bar.editDataAsked.connect(self.edit)

    def close(self) -> None:
        """The window closes: give up what is under way."""
        if self._dialog is not None:
            self._dialog.reject()
        self._pool.waitForDone()

    def ask(self) -> None:
        """Ask for a file, and open it."""
        name, _ = QFileDialog.getOpenFileName(self._window, "Open data", self._window.files.folder(), DATA_FILTER)
        if name:
            self._window.files.open_path(Path(name))

    def open(self, path: Path) -> None:
        """Show what a file or a folder holds, and let the person choose how it is read."""
        self._shown_dialog().open_path(path)

    def edit(self) -> None:
        """The same for the experiment's own data, as they were chosen."""
        if self._document.experiment.data.found is not None:
            self._shown_dialog().open_data(self._document.experiment.data)

    def _shown_dialog(self) -> DataDialog:
        if self._dialog is not None:
            self._dialog.reject()
        dialog = DataDialog(self._document.experiment, self._pool, self._window)
        self._dialog = dialog
        dialog.chosen.connect(lambda data: self._take(dialog, data))
        dialog.otherAsked.connect(self.ask)
        dialog.finished.connect(lambda _result: self._forget(dialog))
        dialog.open()
        return dialog

    def _forget(self, dialog: DataDialog) -> None:
        if self._dialog is dialog:
            self._dialog = None

    def _take(self, dialog: DataDialog, data: DataSet) -> None:
        self._document.edit(f"Set the data to {data.type.title}", lambda present: dialog.fit.apply(present, data))
