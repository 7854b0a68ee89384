"""The compared runs in the traces: the chosen unit of each, else its median, or a line a unit where there are few."""

import numpy as np

from biasstudio.gui.panels.comparison import runs_with
from biasstudio.gui.panels.moment import Doubles, largest, window_on
from biasstudio.gui.panels.overlays import Overlays, Stroke
from biasstudio.gui.panels.plot import Plot
from biasstudio.gui.panels.quantiles import row_quantiles
from biasstudio.gui.view_state import ComparedRun, Scale, ViewState
from biasstudio.recording.history import Steps
from biasstudio.recording.network import BiasVector

MOST_LINES = 16

Course = tuple[Steps, Doubles]
"""Steps (m,), and a column for each line, (m, k)."""


class TraceOverlays:
    """Reads a run anew only where it has grown, or where another part of it is wanted."""

    def __init__(self, plot: Plot) -> None:
        self._lines = Overlays(plot, 1.5)
        self._held: dict[str, tuple[object, Course]] = {}

    @property
    def curves(self) -> list[object]:
        """Those that are shown."""
        return list(self._lines.curves)

    def draw(self, state: ViewState, vector: BiasVector, scale: Scale, most: int) -> float:
        """Draw all runs that have the vector. Returns their greatest magnitude. Differences have no lines of others."""
        runs = [] if scale is Scale.DIFFERENCE else runs_with(state, vector)
        axes = dict(zip((run.key for run in state.compared), state.axes()[1:], strict=True))
        strokes: list[Stroke] = []
        for run, colour in runs:
            steps, values = self._course_of(run, state, vector, scale, most)
            strokes.append((colour, axes[run.key].place_of(steps), values))
        self._lines.draw_lines(strokes)
        self._held = {run.key: self._held[run.key] for run, _ in runs}
        return max((largest(values) for _, _, values in strokes), default=0.0)

    def _course_of(self, run: ComparedRun, state: ViewState, vector: BiasVector, scale: Scale, most: int) -> Course:
        wanted = (run.history, run.history.version, vector, scale, state.unit, most)
        held = self._held.get(run.key)
        if held is None or held[0] != wanted:
            held = self._held[run.key] = wanted, _read(run, state.unit, vector, scale, most)
        return held[1]


def _read(run: ComparedRun, unit: int | None, vector: BiasVector, scale: Scale, most: int) -> Course:
    steps, frames = run.history.window(vector.path, most)
    if unit is not None:
        frames = frames[:, [unit]]
    values = window_on(scale, frames)
    if unit is None and vector.length > MOST_LINES:
        values = row_quantiles(values, (0.5,)).T
    return np.asarray(steps), values
