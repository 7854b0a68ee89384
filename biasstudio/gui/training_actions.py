"""TrainingActions: Train, Pause, Step, Stop, Reset, and when each can be used."""

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from biasstudio.worker.messages import WorkerState


class TrainingActions(QObject):
    """The five actions. They only say what was asked for; who owns the worker listens to their `triggered`."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.train = _action(window, "Train", "Ctrl+Return", "Train for the chosen epochs, from where the weights are")
        self.pause = _action(window, "Pause", "Ctrl+P", "Hold after this step")
        self.step = _action(window, "Step", "Ctrl+.", "Make exactly one step, then hold")
        self.stop = _action(window, "Stop", "Ctrl+Shift+.", "End the training; weights and history stay")
        self.reset = _action(window, "Reset", "Ctrl+R", "Back to step 0, with the same initial values")
        self.update_enabled(WorkerState.LOADING, can_train=False, trained=False)

    @property
    def all(self) -> tuple[QAction, ...]:
        return (self.train, self.pause, self.step, self.stop, self.reset)

    def update_enabled(self, state: WorkerState, *, can_train: bool, trained: bool, reason: str = "") -> None:
        """`can_train`: the present stack is built and fits its data; else `reason` says why not."""
        paused, running = state is WorkerState.PAUSED, state is WorkerState.TRAINING
        startable = state is WorkerState.READY and can_train
        self.train.setText("Continue" if paused else "Train")
        self.train.setEnabled(startable or paused)
        self.train.setToolTip(_tip(self.train, reason or str(self.train.data())))
        self.pause.setEnabled(running)
        self.step.setEnabled(startable or paused)
        self.stop.setEnabled(running or paused or state is WorkerState.READING)
        self.reset.setEnabled(trained or running or paused)


def _action(window: QWidget, name: str, shortcut: str, tip: str) -> QAction:
    action = QAction(name, window)
    action.setObjectName(f"action{name}")
    action.setShortcut(QKeySequence(shortcut))
    action.setData(tip)
    action.setToolTip(_tip(action, tip))
    window.addAction(action)
    return action


def _tip(action: QAction, text: str) -> str:
    return f"{text} ({action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)})"
