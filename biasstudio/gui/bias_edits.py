"""BiasEdits: bias values that a person sets by hand in the window's network, and their undo history."""

import re
from itertools import count

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from biasstudio.gui.panels import figures
from biasstudio.gui.undo_actions import Change
from biasstudio.gui.view_state import ViewState
from biasstudio.recording.bias_edit import differing_units
from biasstudio.recording.history import Floats, History
from biasstudio.recording.network import BiasVector
from biasstudio.spec.arguments import MAXIMUM_ARRAY_LENGTH, Argument, SpecError

NO_NETWORK = "There is no network yet whose values could be set."
NOT_LIVE = "Only the network of this window can be changed by hand, not a recorded run or a model's file."
_VALUE = Argument("A bias", "number", 0.0)
_drags = count(1)

Units = NDArray[np.intp]


def read_value(text: str) -> float:
    """The value that a person typed, as every field for a number reads it. Raises SpecError."""
    value: float = _VALUE.parse(text.replace(figures.MINUS, "-"))
    return value


def read_numbers(text: str) -> Floats:
    """A list of numbers, float32 (n,): commas, spaces or lines between them, brackets around. Raises SpecError."""
    words = _words(text)
    if len(words) > MAXIMUM_ARRAY_LENGTH:
        raise SpecError(f"A list can have up to {MAXIMUM_ARRAY_LENGTH:,} numbers, and this one has {len(words):,}.")
    values = np.empty(len(words), np.float32)
    for place, word in enumerate(words):
        try:
            values[place] = read_value(word)
        except SpecError as error:
            raise SpecError(f"Number {place + 1} of the list: {error}") from error
    return values


def _words(text: str) -> list[str]:
    return [word for word in re.split(r"[,;\s]+", re.sub(r"[()\[\]]", " ", text)) if word]


def read_values(text: str, vector: BiasVector) -> Floats:
    """A number for each unit of a vector, float32 (n,). Raises SpecError, with both counts where they differ."""
    count = len(_words(text))
    if count != vector.length:
        has, given = figures.counted(vector.length, vector.unit), figures.counted(count, "number")
        raise SpecError(f"{vector.path} has {has}, but {'this is' if count == 1 else 'these are'} {given}.")
    return read_numbers(text)


def exact_text(value: float) -> str:
    """The shortest text that gives the same float32 again."""
    return str(np.float32(value))


class _Edit(Change):
    """Other values of some units of a vector. Those of one drag become one."""

    def __init__(self, edits: "BiasEdits", text: str, path: str, units: Units, after: Floats, drag: int) -> None:
        super().__init__(text)
        self._edits, self.path, self.units, self.drag = edits, path, units, drag
        self._before, self._after = edits.values(path)[units], after
        self.taken_back = False

    def redo(self) -> None:
        self._edits._show(self.path, self.units, self._after)

    def undo(self) -> None:
        self._edits._show(self.path, self.units, self._before)
        # Only said here: Qt would not undo one that was obsolete before.
        self.setObsolete(self.taken_back)

    def id(self) -> int:
        return 1 if self.drag else -1

    def mergeWith(self, other: QUndoCommand) -> bool:
        if not isinstance(other, _Edit) or other.drag != self.drag:
            return False
        self._after, self.number = other._after, other.number
        # Back where the drag began: nothing was done.
        self.setObsolete(not len(differing_units(self._before, self._after)))
        return True


class BiasEdits(QObject):
    """What was set by hand since the newest step. Lives in the GUI thread.

    An edit is shown at once in the network's History, whose recorded frames stay as they are; `valuesSet` lets it be
    made in the network. It is no change of the experiment, so the document doesn't know of it.
    """

    valuesSet = Signal(str, object)
    """The path of a vector, and all of its values, float32 (n,)."""
    changed = Signal()
    """Other values are in effect."""
    reasonChanged = Signal()

    def __init__(self, state: ViewState, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self._history: History | None = None
        self._busy = NO_NETWORK
        self._made_at = -1
        self._reason = ""
        self.undo_stack = QUndoStack(self)
        # Not where an edit is made: only after that the stack has it.
        self.undo_stack.indexChanged.connect(self.changed)
        for changed in (state.historyChanged, state.cursorChanged):
            changed.connect(self.look)
        self.look()

    def set_network(self, history: History) -> None:
        """Another network stands in the window, in which nothing was set."""
        self._history = history
        self.forget()
        self.look()

    def set_busy(self, busy: str) -> None:
        """Why the network's values can't be set for now; "" where it stands."""
        self._busy = busy
        self.look()

    @property
    def network_stands(self) -> bool:
        """Whether its values could be set, wherever the panels look."""
        return not self._busy

    @property
    def reason(self) -> str:
        """Why what the panels show can't be set, in one sentence; "" where it can."""
        return self._reason

    def look(self) -> None:
        """See again whether values can be set."""
        reason = self._busy or self._reason_of_view()
        if reason != self._reason:
            self._reason = reason
            self.reasonChanged.emit()

    def _reason_of_view(self) -> str:
        state = self._state
        if state.history is not self._history or self._history is None:
            return NOT_LIVE
        if state.step != self._history.last_step:
            return f"This is step {state.step:,}: only the newest step can be changed by hand. Click Follow."
        return ""

    @property
    def step(self) -> int:
        """The newest step, at which values are set; -1 while there is no network."""
        return self._history.last_step if self._history is not None else -1

    def values(self, path: str) -> Floats:
        """The values in effect, float32 (n,)."""
        return self._live.present_values(path, self.step)

    def recorded(self, path: str, step: int | None = None) -> Floats:
        """What training made at `step`, or at the newest, float32 (n,)."""
        return self._live.values(path, self.step if step is None else step)

    @property
    def _live(self) -> History:
        if self._history is None:
            raise RuntimeError("there is no network whose values could be asked for")
        return self._history

    def new_drag(self) -> int:
        """The number of a drag, whose edits become one."""
        return next(_drags)

    def set_unit(self, vector: BiasVector, unit: int, value: float, drag: int = 0) -> None:
        """Set one unit. Does nothing where it has this value, or where nothing can be set."""
        text = f"Set {figures.unit_name(vector, unit)} of {vector.path}"
        self._push(vector, text, np.array([unit], np.intp), np.array([value], np.float32), drag)

    def set_vector(self, vector: BiasVector, values: Floats) -> None:
        """Set all units, float32 (n,)."""
        self._push(vector, f"Set {vector.path}", np.arange(vector.length), values.astype(np.float32), 0)

    def _push(self, vector: BiasVector, text: str, units: Units, values: Floats, drag: int) -> None:
        if self.reason:
            return
        self.forget_overtaken()
        different = differing_units(self.values(vector.path)[units], values)
        if len(different):
            self._made_at = self.step
            self.undo_stack.push(_Edit(self, text, vector.path, units[different], values[different], drag))

    def take_back(self, drag: int) -> None:
        """As if this drag had not been."""
        made = self._edits(self.undo_stack.index())
        if made and made[-1].drag == drag:
            made[-1].taken_back = True
            self.undo_stack.undo()

    def undo_all(self) -> None:
        """Back to the values that training made."""
        if self.network_stands:
            self.undo_stack.setIndex(0)

    def forget(self) -> None:
        """Training has gone on from there, or the network is gone: there is nothing to undo any more."""
        self.undo_stack.clear()

    def forget_overtaken(self) -> None:
        """Forget what was set at an older step than the newest."""
        if self.undo_stack.count() and self._made_at != self.step:
            self.forget()

    def discard(self) -> None:
        """The network has not taken what was set: show what it has."""
        for path in {edit.path for edit in self._edits(self.undo_stack.count())}:
            self._live.set_by_hand(self.step, path, None)
        self.forget()

    def in_effect(self) -> list[tuple[BiasVector, Units]]:
        """The vectors that are not as training made them, each with the units that differ."""
        found = []
        for path in dict.fromkeys(edit.path for edit in self._edits(self.undo_stack.index())):
            units = differing_units(self.recorded(path), self.values(path))
            if len(units):
                found.append((self._live.vector(path), units))
        return found

    def _edits(self, end: int) -> list[_Edit]:
        commands = [self.undo_stack.command(index) for index in range(end)]
        return [command for command in commands if isinstance(command, _Edit)]

    def _show(self, path: str, units: Units, values: Floats) -> None:
        whole = self.values(path)
        whole[units] = values
        # An undo that comes too late, too, is of no network that stands.
        if self._made_at == self.step and self._live.set_by_hand(self.step, path, whole):
            whole.flags.writeable = False
            self.valuesSet.emit(path, whole)
