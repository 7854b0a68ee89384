"""ExportSession: what is written of a run for others to look at: its steps, images of the panels, an animation."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject

from biasstudio.app.run_notices import RunNotices
from biasstudio.gui.animation import AnimationDialog
from biasstudio.gui.main_window import MainWindow
from biasstudio.gui.panel_image import PanelImages
from biasstudio.gui.run_export import RunExport


class ExportSession(QObject):
    """Lives in the GUI thread. `shown_file` gives the file of what the panels show, if it is recorded."""

    def __init__(self, window: MainWindow, notices: RunNotices, shown_file: Callable[[], Path | None]) -> None:
        super().__init__(window)
        self._window, self._notices, self._shown_file = window, notices, shown_file
        self._export = RunExport(window)
        self._images = PanelImages(window.panels.panels, window)
        actions = window.actions_of_runs
        actions.menu.aboutToShow.connect(self._prepare_menu)
        actions.export.triggered.connect(self._export_shown)
        actions.animate.triggered.connect(self._animate)
        window.runs.exportAsked.connect(self._export.ask)
        self._export.failed.connect(lambda sentence: notices.warn("export", "Not exported", sentence))
        self._images.failed.connect(self._say_not_saved)

    def close(self) -> None:
        """Give up what is being written."""
        self._export.close()

    def _prepare_menu(self) -> None:
        actions, view = self._window.actions_of_runs, self._window.view
        actions.export.setEnabled(self._shown_file() is not None)
        actions.animate.setEnabled(view.history is not None and view.history.last_step > 0)

    def _export_shown(self) -> None:
        path = self._shown_file()
        if path is not None:
            self._export.ask(path)

    def _animate(self) -> None:
        dialog = AnimationDialog(self._window.panels.panels, self._window.view, self._window)
        dialog.failed.connect(self._say_not_saved)
        dialog.open()

    def _say_not_saved(self, sentence: str) -> None:
        self._notices.warn("export", "Not saved", sentence)
