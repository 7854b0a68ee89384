"""HelpMenu: about, the log, and what is copied for a report."""

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu, QWidget

from biasstudio.gui.file_manager import show_folder
from biasstudio.gui.help.about_dialog import AboutDialog
from biasstudio.gui.help.diagnostics import diagnostic_text
from biasstudio.gui.help.log_file import log_path
from biasstudio.spec.experiment import Experiment


class HelpMenu(QMenu):
    """`experiment` and `engine` give what the window shows at the time, and TensorFlow's and Keras's versions."""

    said = Signal(str)
    """One sentence on what was done that can't be seen."""

    def __init__(self, experiment: Callable[[], Experiment], engine: Callable[[], str], parent: QWidget) -> None:
        super().__init__("&Help", parent)
        self._experiment, self._engine, self._parent = experiment, engine, parent
        self.setToolTipsVisible(True)
        self._add("&Copy Diagnostic Information", "Versions, system and the end of the log, for a report", self._copy)
        self._add("Show the &Log File", "Open the folder that holds the log", self._show_log)
        self.addSeparator()
        self._add("&About Bias Studio", "Version, parts and licences", self._about)

    def _add(self, text: str, tip: str, call: Callable[[], object]) -> None:
        action = self.addAction(text)
        action.setToolTip(tip)
        action.triggered.connect(lambda: call())

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(diagnostic_text(self._experiment(), self._engine()))
        self.said.emit("The diagnostic information is on the clipboard; look it through before you send it.")

    def _show_log(self) -> None:
        folder = log_path().parent
        if folder.is_dir():
            if sentence := show_folder(folder):
                self.said.emit(sentence)
        else:
            self.said.emit(f"There is no log: {folder} could not be made.")

    def _about(self) -> None:
        AboutDialog(self._engine(), self._parent).open()
