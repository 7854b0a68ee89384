"""RunNotices: what is said over the panels of the run, or the model's file, that they show, and of what went wrong."""

import logging
from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal

from biasstudio.gui.notices import Answer, Notices
from biasstudio.gui.runs.chosen_runs import LOCK_REASON
from biasstudio.recording.run_summary import RunSummary
from biasstudio.worker.run_follower import OpenedRun, RunState

_log = logging.getLogger(__name__)

_DISMISS = "Close this message"
_OPEN = "Open its experiment"


class RunNotices(QObject):
    """Lives in the GUI thread. `running`: something trains, so the network can't be changed."""

    networkAsked = Signal()
    """Show the window's own network again."""
    experimentAsked = Signal()
    """Open the experiment of the run that is shown."""
    runAsked = Signal(object)
    """Show the run of the file at this path."""

    def __init__(self, notices: Notices, parent: QObject) -> None:
        super().__init__(parent)
        self._notices = notices

    def say_run(self, run: OpenedRun, *, running: bool) -> None:
        """A run is shown."""
        when = run.created.astimezone().strftime("%d %b %Y, %H:%M")
        thinned = f" · older steps thinned to every {run.thinned}th" if run.thinned > 1 else ""
        answers = [self._back()]
        if run.experiment is not None:
            again = (_OPEN, "Open the run's experiment, to train it again", self.experimentAsked.emit)
            answers.insert(0, again)
        following = run.state in (RunState.RECORDING, RunState.SILENT)
        title = f"{'Following' if following else 'Replay'}: {run.name}"
        text = f"recorded {when} · {run.state.value}{thinned}"
        bad = run.state in (RunState.SILENT, RunState.LOST)
        self._notices.say("run", title, text, answers, warning=bad, why_not=_why_not([_OPEN], running))

    def say_model_file(self, name: str, sentence: str, answers: Sequence[Answer], *, running: bool) -> None:
        """A model's file is shown; `answers` is what can be done with it."""
        why_not = _why_not([text for text, _tip, _call in answers], running)
        self._notices.say("run", f"Model file: {name}", sentence, [*answers, self._back()], why_not=why_not)

    def withdraw(self) -> None:
        """The window's own network is shown."""
        self._notices.withdraw("run")

    def _back(self) -> Answer:
        return "Back to the network", "Show the network in the stack again", self.networkAsked.emit

    def say_interrupted(self, runs: Sequence[RunSummary]) -> None:
        """These runs, the newest first, were under way when the application, or the computer, ended."""
        newest, notices = runs[0], self._notices
        others = f", and {len(runs) - 1} more, which are in the list of runs" if len(runs) > 1 else ""

        def open_it() -> None:
            notices.withdraw("interrupted")
            self.runAsked.emit(newest.path)

        notices.say(
            "interrupted",
            "A training was interrupted",
            f"{newest.name}: {newest.steps:,} steps were kept{others}.",
            [
                ("Open", "Look at what was recorded of it", open_it),
                ("Dismiss", _DISMISS, lambda: notices.withdraw("interrupted")),
            ],
        )

    def warn(self, key: str, title: str, sentence: str) -> None:
        """Say something that went wrong, until the person has seen it."""
        notices = self._notices
        _log.info("says: %s: %s", title, sentence)
        notices.say(key, title, sentence, [("Dismiss", _DISMISS, lambda: notices.withdraw(key))], warning=True)


def _why_not(changing: Sequence[str], running: bool) -> dict[str, str]:
    """Why these answers, which change the network, can't be given for now."""
    return dict.fromkeys(changing, LOCK_REASON) if running else {}
