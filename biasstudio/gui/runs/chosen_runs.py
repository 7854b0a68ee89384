"""ChosenRunsActions: what can be done with the chosen runs, and why not where it can't."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from biasstudio.gui.runs.run_words import RECORDING, UNREADABLE
from biasstudio.gui.view_state import MOST_COMPARED
from biasstudio.recording.run_summary import RunSummary

_CHOOSE_ONE = "Choose one run first"
LOCK_REASON = "Stop the training first: another experiment would end it"


class ChosenRunsActions(QObject):
    """One action for each. They belong to `view`, where their shortcuts hold."""

    def __init__(self, view: QWidget) -> None:
        super().__init__(view)
        self._view = view
        self._tips: dict[QAction, str] = {}
        self.locked = False
        """Whether something trains: no experiment can be opened meanwhile."""
        self.open = self._action("&Open", "Show this run in all panels, to scrub and play", "actionOpenRun")
        self.compare = self._action("&Compare", "", "actionCompareRuns")
        self.rename = self._action("&Rename", "Give this run another name", "actionRenameRun", "F2")
        self.annotate = self._action("Edit &note", "Write down what you want to remember", "actionAnnotateRun")
        self.train_again = self._action(
            "&Train again", "Open this run's experiment, to train it again", "actionTrainRunAgain"
        )
        self.export = self._action("&Export…", "Save this run's values as NPZ or CSV", "actionExportRun")
        self.show_in_folder = self._action("Show in &folder", "Show this run's file in its folder", "actionShowRun")
        self.delete = self._action("&Delete…", "Move to the trash", "actionDeleteRuns", "Del")
        self.update_for((), None, ())

    def _action(self, text: str, tip: str, name: str, shortcut: str = "") -> QAction:
        action = QAction(text, self._view)
        action.setObjectName(name)
        self._tips[action] = f"{tip} ({shortcut})" if shortcut else tip
        if shortcut:
            action.setShortcut(shortcut)
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        return action

    def groups(self) -> tuple[tuple[QAction, ...], ...]:
        """As a menu shows them, with a line between the groups."""
        return (
            (self.open, self.compare),
            (self.rename, self.annotate, self.train_again),
            (self.export, self.show_in_folder),
            (self.delete,),
        )

    def update_for(self, chosen: Sequence[RunSummary], shown: Path | None, compared: Sequence[Path]) -> None:
        """Enable what can be done with the chosen runs."""
        one = "" if len(chosen) == 1 else _CHOOSE_ONE
        broken = "This file can't be read" if any(run.state == UNREADABLE for run in chosen) else ""
        for action in (self.open, self.rename, self.annotate, self.export):
            self._set(action, one or broken)
        self._set(self.show_in_folder, one)
        scripted = "" if chosen and chosen[0].experiment_json else "A script trained it: there is no experiment in it"
        self._set(self.train_again, one or broken or scripted or (LOCK_REASON if self.locked else ""))
        recording = any(run.state == RECORDING for run in chosen)
        self._set(self.delete, _any(chosen) or ("It is being recorded" if recording else ""))
        self._update_compare([run.path for run in chosen], _any(chosen) or broken, shown, compared)

    def _update_compare(self, chosen: list[Path], why_not: str, shown: Path | None, compared: Sequence[Path]) -> None:
        ending = ends_comparing(chosen, shown, compared)
        self.compare.setText("Stop &comparing" if ending else "&Compare")
        # On the button under the list: the window must not grow because runs are compared.
        self.compare.setIconText("Take out" if ending else "Compare")
        self._tips[self.compare] = (
            "Take these runs out of the panels"
            if ending
            else "Lay the chosen runs over the one that is shown (choose several with Ctrl or Shift)"
        )
        if chosen == [shown]:
            why_not = "It is the run that is shown: choose another one, or several"
        elif len(chosen) > MOST_COMPARED + (shown in chosen):
            why_not = f"Up to {MOST_COMPARED} runs can be compared"
        self._set(self.compare, why_not)

    def _set(self, action: QAction, why_not: str) -> None:
        action.setDisabled(bool(why_not))
        action.setToolTip(why_not or self._tips[action])


def ends_comparing(chosen: Sequence[Path], shown: Path | None, compared: Sequence[Path]) -> bool:
    """Whether all of the chosen runs lie over the shown one already, or are just those in the panels."""
    others = [path for path in chosen if path != shown]
    present = others == list(chosen) or set(others) == set(compared)
    return bool(others) and present and all(path in compared for path in others)


def _any(chosen: Sequence[RunSummary]) -> str:
    return "" if chosen else "Choose a run first"


def on_trigger(action: QAction, call: Callable[[], object]) -> None:
    """Call without the action's own argument."""
    action.triggered.connect(lambda _checked=False: call())
