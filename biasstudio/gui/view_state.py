"""What the panels look at: a history, a cursor in it, the chosen vector and unit. One object for all of them."""

from enum import Enum

from PySide6.QtCore import QObject, Signal

from biasstudio.recording.history import History
from biasstudio.recording.network import BiasVector


class Scale(Enum):
    """What heatmap, traces and spread draw."""

    VALUE = "Value"
    CHANGE = "Change"


class ViewState(QObject):
    """The panels' common state. Lives in the GUI thread. Each signal says that the named thing is another now."""

    historyChanged = Signal()
    vectorChanged = Signal()
    cursorChanged = Signal()
    unitChanged = Signal()
    scaleChanged = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._history: History | None = None
        self._vector: BiasVector | None = None
        self._cursor: int | None = None
        self._unit: int | None = None
        self._scale = Scale.VALUE

    @property
    def history(self) -> History | None:
        return self._history

    @property
    def vector(self) -> BiasVector | None:
        """The chosen bias vector; None where the network has none."""
        return self._vector

    @property
    def unit(self) -> int | None:
        """The chosen unit's index in the flattened vector."""
        return self._unit

    @property
    def scale(self) -> Scale:
        return self._scale

    @property
    def following(self) -> bool:
        """Whether the panels show the newest step."""
        return self._cursor is None

    @property
    def step(self) -> int:
        """The step that is shown; 0 while there is no history."""
        if self._history is None:
            return 0
        return self._history.last_step if self._cursor is None else self._history.nearest_step(self._cursor)

    def set_history(self, history: History) -> None:
        """Show another history from its newest step. The chosen vector stays where it exists there too."""
        chosen = self._vector.path if self._vector else None
        self._history, self._cursor = history, None
        paths = [vector.path for vector in history.vectors]
        vector = history.vector(chosen) if chosen in paths else (history.vectors[0] if history.vectors else None)
        if vector != self._vector:
            self._unit = None
        self._vector = vector
        self._choose_scale()
        self.historyChanged.emit()

    def _choose_scale(self) -> None:
        # On the scale of unequal initial values the changes of a trained vector can hardly be seen.
        if self._history is not None and self._vector is not None:
            initial = self._history.values(self._vector.path, 0)
            unequal = initial.size > 1 and bool((initial != initial[0]).any())
            self._scale = Scale.CHANGE if unequal else Scale.VALUE

    def choose_vector(self, path: str) -> None:
        if self._history is None or (self._vector and self._vector.path == path):
            return
        self._vector, self._unit = self._history.vector(path), None
        self._choose_scale()
        self.vectorChanged.emit()

    def choose_layer(self, layer: str) -> None:
        """Show the first bias vector of the layer, if it has one."""
        for vector in self._history.vectors if self._history else ():
            if vector.layer == layer:
                self.choose_vector(vector.path)
                return

    def choose_unit(self, unit: int | None) -> None:
        if unit != self._unit:
            self._unit = unit
            self.unitChanged.emit()

    def choose_scale(self, scale: Scale) -> None:
        if scale is not self._scale:
            self._scale = scale
            self.scaleChanged.emit()

    def show_step(self, step: int) -> None:
        """Stay at `step` while training goes on."""
        if self._cursor != step:
            self._cursor = step
            self.cursorChanged.emit()

    def follow(self) -> None:
        """Return to the newest step and go on with it."""
        if self._cursor is not None:
            self._cursor = None
            self.cursorChanged.emit()
