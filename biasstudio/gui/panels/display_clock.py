"""When panels are drawn: a few at a time, and never more than the training can spare."""

import time

from PySide6.QtCore import QObject, QTimer, Signal

from biasstudio.gui.panels.panel import Panel
from biasstudio.gui.view_state import ViewState

_FAST_MS = 2
_WATCHING_LEAST_MS = 16
_MOST_MS = 500
_HURRY_SECONDS = 0.4

# Shares of the time that the window's thread may use while frames come: beside a training in this process, and where
# another process trains.
TRAINING_SHARE, FOLLOWING_SHARE = 0.08, 0.4


class DisplayClock(QObject):
    """Draws at most one dirty visible panel a tick, in turn.

    While frames come, ticks are as far apart as needed for the window's thread to use at most `share` of the time,
    Qt's painting included; what a person does (a cursor moved, a unit chosen) is shown at once all the same.
    """

    grown = Signal()
    """A history that is shown has other frames than before."""

    def __init__(self, state: ViewState, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.share = 0.0
        self._state = state
        self._panels: list[Panel] = []
        self._last_drawn: dict[Panel, float] = {}
        self._turn = 0
        self._stopped = False
        self._versions: list[int] = []
        self._hurry_until = 0.0
        self._cpu = time.thread_time()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.tick)
        chosen_by_person = (state.vectorChanged, state.cursorChanged, state.unitChanged, state.scaleChanged)
        chosen_to_compare = (state.comparedChanged, state.alignmentChanged)
        for changed in (state.historyChanged, *chosen_by_person, *chosen_to_compare):
            changed.connect(self._hurry)

    def add(self, panel: Panel) -> None:
        """Draw this panel too, from now on."""
        self._panels.append(panel)
        panel.becameDirty.connect(self._wake)
        self._wake()

    def watch(self, share: float) -> None:
        """Watch the histories for frames, and hold the drawing within `share` of the time; 0 where none are coming."""
        self.share = share
        self.notice()
        self._wake()

    def stop(self) -> None:
        """Draw nothing any more: the window closes."""
        self._stopped = True
        self._timer.stop()

    @property
    def active(self) -> bool:
        return self._timer.isActive()

    def notice(self) -> None:
        """Mark all panels dirty where a history has grown, and say so: the shown one, or that of a compared run."""
        history = self._state.history
        histories = [*([history] if history else []), *(run.history for run in self._state.compared)]
        versions = [history.version for history in histories]
        if versions != self._versions:
            self._versions = versions
            for panel in self._panels:
                panel.mark_dirty()
            self.grown.emit()

    def tick(self) -> None:
        """Draw the next panel that is due, and set the time of the next tick."""
        now = time.monotonic()
        spent = self._spent()
        self.notice()
        panel = self._next_due(now)
        try:
            if panel is not None:
                self._last_drawn[panel] = now
                panel.refresh()
        finally:
            # A panel that fails must not stop the others.
            self._plan(now, spent)

    def _spent(self) -> float:
        # Processor time of this thread since the last tick: that tick's drawing, and Qt's painting of it after.
        cpu = time.thread_time()
        spent, self._cpu = cpu - self._cpu, cpu
        return spent

    def _next_due(self, now: float) -> Panel | None:
        count = len(self._panels)
        for offset in range(count):
            index = (self._turn + offset) % count
            panel = self._panels[index]
            if _wants_drawing(panel) and self._wait(panel, now) <= 0:
                self._turn = index + 1
                return panel
        return None

    def _wait(self, panel: Panel, now: float) -> float:
        """Seconds until the panel may be drawn again."""
        return self._last_drawn.get(panel, -panel.least_seconds) + panel.least_seconds - now

    def _plan(self, now: float, spent: float) -> None:
        if self._stopped:
            return
        if self.share and now >= self._hurry_until:
            self._timer.start(int(min(_MOST_MS, max(_WATCHING_LEAST_MS, 1000 * spent / self.share))))
            return
        waits = [self._wait(panel, now) for panel in self._panels if _wants_drawing(panel)]
        if waits:
            self._timer.start(max(_FAST_MS, int(1000 * min(waits))))
        elif self.share:
            self._timer.start(_WATCHING_LEAST_MS)

    def _hurry(self) -> None:
        self._hurry_until = time.monotonic() + _HURRY_SECONDS
        if self._timer.remainingTime() > _FAST_MS:
            self._timer.stop()
        self._wake()

    def _wake(self) -> None:
        if not self._stopped and not self._timer.isActive():
            self._timer.start(0)


def _wants_drawing(panel: Panel) -> bool:
    return panel.dirty and panel.isVisible() and not panel.window().isMinimized()
