"""What the panels look at: a history, a cursor in it, the chosen vector and unit. One object for all of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import QObject, Signal

from biasstudio.gui.alignment import Alignment, RunAxis, axes_of, corresponding_steps
from biasstudio.recording.history import History
from biasstudio.recording.network import BiasVector
from biasstudio.spec.experiment import Experiment

MOST_COMPARED = 6
"""As many runs can be laid over the shown one: each needs a colour that is told from the others."""


class Scale(Enum):
    """What heatmap, traces and spread draw. A difference is to the first compared run."""

    VALUE = "Value"
    CHANGE = "Change"
    DIFFERENCE = "Difference"


@dataclass(frozen=True)
class ComparedRun:
    """A run that is laid over the shown one. `key` tells it from all others, such as its file's path."""

    key: str
    name: str
    history: History
    experiment: Experiment | None = None

    def has(self, vector: BiasVector) -> bool:
        """Whether its network has the same vector: one of this path and shape."""
        return self.history.size > 0 and any(
            own.path == vector.path and own.shape == vector.shape for own in self.history.vectors
        )


class ViewState(QObject):
    """The panels' common state. Lives in the GUI thread. Each signal says that the named thing is another now."""

    historyChanged = Signal()
    vectorChanged = Signal()
    cursorChanged = Signal()
    unitChanged = Signal()
    scaleChanged = Signal()
    comparedChanged = Signal()
    alignmentChanged = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._history: History | None = None
        self._vector: BiasVector | None = None
        self._cursor: int | None = None
        self._unit: int | None = None
        self._scale = Scale.VALUE
        self._difference = False
        self._name = ""
        self._compared: tuple[ComparedRun, ...] = ()
        self._alignment = Alignment.STEP
        self._axes: tuple[object, tuple[RunAxis, ...]] = (None, ())

    @property
    def name(self) -> str:
        """The shown run's name; "" where it has none."""
        return self._name

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
        return Scale.DIFFERENCE if self._difference and self.offers_difference else self._scale

    @property
    def compared(self) -> tuple[ComparedRun, ...]:
        """The runs that are laid over the shown one, in the order of their colours."""
        return self._compared

    @property
    def offers_difference(self) -> bool:
        """Whether the first compared run has the chosen vector too."""
        return bool(self._compared) and self._vector is not None and self._compared[0].has(self._vector)

    @property
    def alignment(self) -> Alignment:
        """What the runs are aligned by. Without a compared run the axes are in steps all the same."""
        return self._alignment

    @property
    def by_epoch(self) -> bool:
        """Whether the common axis counts epochs."""
        return bool(self._compared) and self._alignment is Alignment.EPOCH

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

    def set_history(self, history: History, name: str = "") -> None:
        """Show another history from its newest step. The chosen vector stays where it exists there too."""
        self._name = name
        chosen = self._vector.path if self._vector else None
        self._history, self._cursor = history, None
        paths = [vector.path for vector in history.vectors]
        vector = history.vector(chosen) if chosen in paths else (history.vectors[0] if history.vectors else None)
        if vector != self._vector:
            self._unit = None
        self._vector = vector
        self._choose_scale()
        self.historyChanged.emit()

    def rename(self, name: str) -> None:
        """The shown run has another name; where it stands beside others, it is shown."""
        if name != self._name:
            self._name = name
            self.comparedChanged.emit()

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
        """Show the first bias vector of the layer, if it has one, and none of it is shown."""
        if self._vector is not None and self._vector.layer == layer:
            return
        for vector in self._history.vectors if self._history else ():
            if vector.layer == layer:
                self.choose_vector(vector.path)
                return

    def choose_unit(self, unit: int | None) -> None:
        if unit != self._unit:
            self._unit = unit
            self.unitChanged.emit()

    def choose_scale(self, scale: Scale) -> None:
        before = self.scale
        if scale is Scale.DIFFERENCE:
            self._difference = self.offers_difference
        else:
            # The difference comes back with the next comparison only where it is chosen again.
            self._scale, self._difference = scale, False
        if self.scale is not before:
            self.scaleChanged.emit()

    def set_compared(self, runs: Sequence[ComparedRun]) -> None:
        """Lay these runs, up to MOST_COMPARED, over the shown one, in place of those before."""
        if len(runs) > MOST_COMPARED:
            raise ValueError(f"up to {MOST_COMPARED} runs can be compared, not {len(runs)}")
        if tuple(runs) == self._compared:
            return
        before = self.scale
        self._compared = tuple(runs)
        self._difference = self._difference and bool(runs)
        self.comparedChanged.emit()
        if self.scale is not before:
            self.scaleChanged.emit()

    def drop_compared(self, key: str) -> None:
        """Compare with this run no longer."""
        self.set_compared([run for run in self._compared if run.key != key])

    def choose_alignment(self, alignment: Alignment) -> None:
        if alignment is not self._alignment:
            self._alignment = alignment
            self.alignmentChanged.emit()

    def axes(self) -> tuple[RunAxis, ...]:
        """Where the steps of the shown run, and of each compared one, lie on the common axis."""
        histories = [*([self._history] if self._history else []), *(run.history for run in self._compared)]
        alignment = Alignment.EPOCH if self.by_epoch else Alignment.STEP
        key = alignment, [(history, history.version) for history in histories]
        if self._axes[0] != key:
            self._axes = key, axes_of(histories, alignment)
        return self._axes[1]

    def compared_step(self, compared: ComparedRun, step: int) -> int:
        """The compared run's step that corresponds to the shown run's `step`: the nearest held not after it."""
        axes = self.axes()
        other = axes[1 + self._compared.index(compared)]
        return compared.history.nearest_step(int(corresponding_steps(axes[0], other, step)))

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
