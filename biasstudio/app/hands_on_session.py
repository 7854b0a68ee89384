"""HandsOnSession: bias values that a person sets by hand, made in the worker's network, and what comes of them."""

from itertools import count

from PySide6.QtCore import QObject

from biasstudio.app.run_session import RunSession
from biasstudio.gui.bias_edits import NO_NETWORK
from biasstudio.gui.document import Document
from biasstudio.gui.main_window import MainWindow
from biasstudio.recording.history import Floats, History
from biasstudio.worker.messages import BiasesEvaluated, SetBiases, WorkerState
from biasstudio.worker.model_worker import ModelWorker

_BUSY = {
    WorkerState.TRAINING: "The network is being trained: pause it to set values by hand.",
    WorkerState.BUILDING: NO_NETWORK,
    WorkerState.LOADING: NO_NETWORK,
    WorkerState.CLOSED: NO_NETWORK,
}
_OF_JOB = "A twin or a sweep is being trained: values can be set by hand when it has ended."
_NOT_BUILT = "The stack is not built as it stands, so no values can be set in it."


class HandsOnSession(QObject):
    """Lives in the GUI thread; sends edits to the worker, and shows in the bar what it gives."""

    def __init__(self, document: Document, window: MainWindow, runs: RunSession, worker: ModelWorker) -> None:
        super().__init__(window)
        self._document, self._window, self._runs, self._worker = document, window, runs, worker
        self._edits, self._bar = window.edits, window.hands_on
        self._numbers = count(1)
        self._newest = 0
        self._edits.valuesSet.connect(self._set)
        self._edits.changed.connect(self._show_edits)
        self._bar.undoAllAsked.connect(self._edits.undo_all)
        worker.biasesEvaluated.connect(self._show_figures)
        worker.editOvertaken.connect(self._edits.discard)

    def set_network(self, history: History) -> None:
        """Another network stands in the window."""
        self._edits.set_network(history)

    def follow(self, state: WorkerState, *, is_built: bool, of_job: bool) -> None:
        """The worker's state is another, or the document is."""
        busy = _BUSY.get(state, "" if is_built else _NOT_BUILT)
        self._edits.set_busy(_OF_JOB if of_job else busy)
        self._window.undo_actions.set_open(self._edits.undo_stack, self._edits.network_stands)
        if state is WorkerState.TRAINING and not of_job:
            self._edits.forget()
        else:
            self._edits.forget_overtaken()

    def _set(self, path: str, values: Floats) -> None:
        # Undo may come from elsewhere: what it changes is to be seen.
        self._runs.show_live()
        self._window.view.follow()
        self._newest = next(self._numbers)
        self._worker.send(SetBiases(self._document.experiment, self._edits.step, path, values, self._newest))

    def _show_edits(self) -> None:
        """Something else is in effect, which the panels show too."""
        self._window.status.show_in_place(self._bar, self._bar.show_edits())
        self._window.clock.notice()

    def _show_figures(self, evaluated: BiasesEvaluated) -> None:
        if self._edits.in_effect():
            self._bar.show_figures(evaluated)
        if evaluated.number == self._newest:
            self._window.weights.refresh()
