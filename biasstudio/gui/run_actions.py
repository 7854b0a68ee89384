"""RunActions: the Runs menu: twins, sweeps, export, the folder, and how large a run's file may become."""

from PySide6.QtCore import QObject, QSettings
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from biasstudio.recording.run_format import DEFAULT_SIZE_LIMIT

_SIZE_LIMITS = (200_000_000, 500_000_000, 1_000_000_000, 2_000_000_000, 5_000_000_000, 20_000_000_000)
_SETTING = "runs/sizeLimit"


def size_limit() -> int:
    """How many bytes a run's file may take, as the person chose."""
    stored = QSettings().value(_SETTING, DEFAULT_SIZE_LIMIT)
    try:
        limit = int(str(stored))
    except ValueError:
        return DEFAULT_SIZE_LIMIT
    return limit if limit in _SIZE_LIMITS else DEFAULT_SIZE_LIMIT


class RunActions(QObject):
    """The menu and its actions. They only say what was asked for."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.menu = QMenu("&Runs", window)
        self.menu.setToolTipsVisible(True)
        self.sweep = self._action("&Sweep…", "actionSweep", "Train with several initializers and seeds, and compare")
        self.sweep.setShortcut("Ctrl+Shift+W")
        self.export = self._action("&Export the shown run…", "actionExportRun", "Save its values as NPZ or CSV")
        self.animate = self._action("Save as &animation…", "actionAnimate", "Save its course as an animated GIF")
        self.folder = self._action("Open the &folder of runs", "actionRunsFolder", "Show where runs are kept")
        self.stop_comparing = self._action("Stop &comparing", "actionStopComparing", "Show one run alone again")
        self._lay_out()

    def add_twins(self, menu: QMenu) -> None:
        """Put the menu of twins at the top."""
        self.menu.insertMenu(self.sweep, menu)

    def _action(self, text: str, name: str, tip: str) -> QAction:
        action = QAction(text, self)
        action.setObjectName(name)
        action.setToolTip(tip)
        return action

    def _lay_out(self) -> None:
        self.menu.addActions([self.sweep, self.stop_comparing])
        self.menu.addSeparator()
        self.menu.addActions([self.export, self.animate])
        self.menu.addSeparator()
        limits = self.menu.addMenu("Largest &file of a run")
        limits.setToolTipsVisible(True)
        group = QActionGroup(self)
        for limit in _SIZE_LIMITS:
            action = limits.addAction(f"{limit / 1e9:g} GB" if limit >= 1e9 else f"{limit / 1e6:g} MB")
            action.setToolTip("Where a run would pass it, older steps are thinned evenly")
            action.setCheckable(True)
            action.setChecked(limit == size_limit())
            action.setData(limit)
            group.addAction(action)
        group.triggered.connect(lambda action: QSettings().setValue(_SETTING, action.data()))
        self.menu.addAction(self.folder)
