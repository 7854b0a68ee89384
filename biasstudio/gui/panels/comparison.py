"""What panels share of comparing: the compared runs' values at the steps that correspond, colours, words."""

from collections.abc import Callable, Sequence

import numpy as np

from biasstudio.gui.alignment import corresponding_steps
from biasstudio.gui.panels import figures
from biasstudio.gui.panels.moment import Doubles, Moment, moment_of, window_on
from biasstudio.gui.panels.ranges import end_of_places, end_of_steps
from biasstudio.gui.theme import theme
from biasstudio.gui.view_state import ComparedRun, Scale, ViewState
from biasstudio.recording.history import Floats, History, Steps
from biasstudio.recording.network import BiasVector

_MOST_NAME_LETTERS = 24


def series_colour(index: int) -> str:
    """The colour of the compared run at `index`, as #rrggbb."""
    series = theme().colours.series
    return series[index % len(series)]


def short_name(name: str) -> str:
    """A run's name, shortened in the middle where it is long."""
    if len(name) <= _MOST_NAME_LETTERS:
        return name
    half = (_MOST_NAME_LETTERS - 1) // 2
    return f"{name[:half]}…{name[-half:]}"


def runs_with(state: ViewState, vector: BiasVector) -> list[tuple[ComparedRun, str]]:
    """The compared runs that have the vector, each with its colour."""
    return [(run, series_colour(index)) for index, run in enumerate(state.compared) if run.has(vector)]


def missing_note(runs: Sequence[ComparedRun], vector: BiasVector) -> str:
    """Such as: no conv2d/bias in “without biases”; empty where all of the runs have the vector."""
    missing = [run for run in runs if not run.has(vector)]
    if not missing:
        return ""
    others = any(own.path == vector.path for run in missing for own in run.history.vectors)
    what = f"{vector.path} of this shape" if others else vector.path
    return f"no {what} in {', '.join(f'“{short_name(run.name)}”' for run in missing)}"


def noted(state: ViewState, vector: BiasVector, text: str) -> str:
    """`text` behind a note on runs that can't be drawn here, where there are such."""
    note = missing_note(state.compared, vector)
    return f"{note} · {text}" if note else text


def quantity_on(scale: Scale) -> str:
    """What an axis with values on this scale is labelled with."""
    return {Scale.VALUE: "bias", Scale.CHANGE: "change", Scale.DIFFERENCE: "difference"}[scale]


def difference_title(state: ViewState) -> str:
    """What is drawn on the scale of differences."""
    return f"difference to “{short_name(state.compared[0].name)}”"


def moment_at(state: ViewState, run: ComparedRun, vector: BiasVector, step: int) -> Moment:
    """The vector in a compared run, at the step that corresponds to the shown run's `step`."""
    return moment_of(run.history, vector, state.compared_step(run, step))


def moment_in(state: ViewState, history: History, vector: BiasVector, step: int) -> Moment:
    """The shown run's vector at `step`, with the first compared run's beside it."""
    moment = moment_of(history, vector, step)
    if not state.compared or not state.compared[0].has(vector):
        return moment
    return Moment(moment.initial, moment.now, moment_at(state, state.compared[0], vector, step))


def window_in(
    state: ViewState, scale: Scale, history: History, vector: BiasVector, most: int
) -> tuple[Steps, Floats, Doubles]:
    """Up to about `most` frames of the shown run: steps (m,), frames (m, n), and what `scale` makes of them."""
    steps, frames = history.window(vector.path, most)
    reference = reference_frames(state, vector, steps, most) if scale is Scale.DIFFERENCE else None
    return steps, frames, window_on(scale, frames, reference)


def reference_frames(state: ViewState, vector: BiasVector, steps: Steps, most: int) -> Floats:
    """The first compared run's frames, float32 (m, n), at the steps that correspond to `steps` of the shown one."""
    run, axes = state.compared[0], state.axes()
    wanted = corresponding_steps(axes[0], axes[1], steps)
    last = int(wanted[-1])
    # As dense as the shown run's frames, also where this run makes more steps an epoch.
    denser = max(1, -(-last // max(1, int(steps[-1]))))
    held, frames = run.history.window(vector.path, most * denser, last)
    reference = frames[np.maximum(np.searchsorted(held, wanted, side="right") - 1, 0)]
    reference[-1] = run.history.values(vector.path, last)
    return reference


def values_in_words(
    state: ViewState, vector: BiasVector, step: int, value: Callable[[Moment], float], word: str = ""
) -> str:
    """A line for each compared run that has the vector: its name, the step that corresponds, and a value there."""
    lines = []
    for run, _ in runs_with(state, vector):
        moment = moment_at(state, run, vector, step)
        held = state.compared_step(run, step)
        at = f" · step {held:,}" if held != step else ""
        lines.append(f"\n{short_name(run.name)}{at} · {word}{figures.signed(value(moment))}")
    return "".join(lines)


def axis_end(state: ViewState, history: History) -> float:
    """Where the common axis ends: with the longest of the runs, or soon after."""
    runs = (history, *(run.history for run in state.compared))
    last = max(float(axis.place_of(run.last_step)) for axis, run in zip(state.axes(), runs, strict=True))
    return end_of_places(last) if state.by_epoch else float(end_of_steps(round(last)))


def axis_label(state: ViewState) -> str:
    """What the common axis counts."""
    return "epoch" if state.by_epoch else "step"
