"""What the timeline's curves are, with their values at the step that is shown."""

import math
from html import escape

from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtWidgets import QLabel

from biasstudio.gui.panels import figures
from biasstudio.gui.panels.comparison import series_colour
from biasstudio.gui.panels.metric_plot import MetricPlot
from biasstudio.gui.theme import theme
from biasstudio.gui.view_state import ViewState
from biasstudio.recording.history import History

_MOST_OF_HEIGHT = 0.4


class TimelineLegend(QLabel):
    """Lies on the plot, in the corner that the curves leave free. While comparing, a row has a value for each run."""

    def __init__(self, plot: MetricPlot) -> None:
        super().__init__(plot)
        self._plot = plot
        self._shown = ""
        self._place: int | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def restyle(self) -> None:
        """Take the theme's colours with the next text."""
        self._shown = ""

    def show_values(self, state: ViewState, history: History, name: str | None) -> None:
        """Say the values of metric `name`, and lie where they don't cover the curves."""
        if state.compared:
            self._say_what_fits(self._compared(state, history, str(name)))
        else:
            self._say(self._alone(state, history, name))
        corners = self._corners(falling=name == "loss")
        if self._place is None or self._covered(corners[self._place]):
            # The first of the least covered ones; it stays there until curves come.
            self._place = min(range(len(corners)), key=lambda place: self._covered(corners[place]))
        self.move(corners[self._place])

    def _corners(self, falling: bool) -> list[QPoint]:
        """A loss falls from the upper left, an accuracy rises to the upper right: where there is room, most likely."""
        area = self._plot.data_rect()
        left, right = int(area.left() + 8), int(area.right() - self.width() - 8)
        top, bottom = int(area.top() + 2), int(area.bottom() - self.height() - 4)
        corners = [QPoint(x, y) for x in (right, left) for y in ((top, bottom) if falling else (bottom, top))]
        return corners if right > left else corners[:2]

    def _covered(self, corner: QPoint) -> int:
        return self._plot.covered(QRectF(corner, self.size()))

    def _say(self, text: str) -> None:
        if text != self._shown:
            self._shown = text
            self.setText(text)
            self.adjustSize()

    def _say_what_fits(self, rows: list[tuple[str, list[str]]]) -> None:
        """All rows, or only the last, then without its name; a plot too small for that tells when it is hovered."""
        area = self._plot.data_rect()
        for shown in (rows, rows[-1:], [("", rows[-1][1])]):
            self._say(_table(shown))
            if self.width() + 10 <= area.width() and self.height() <= area.height() * _MOST_OF_HEIGHT:
                return
        self._say("")

    def _alone(self, state: ViewState, history: History, name: str | None) -> str:
        colours = theme().colours
        parts = []
        if self._plot.shown.bad + self._plot.shown.good:
            now = _after(history.metrics_at(state.step).get(str(name), math.nan))
            parts.append(_coloured(f"— batch {name}{now}{self._not_finite()}", colours.muted))
        if _is_validated(history, str(name)):
            now = _after(_validation_at(history, str(name), state.step))
            parts.append(_coloured(f"● validation {name}{now}", colours.above))
        if history.last_step < 1 and name is not None:
            parts.append(_coloured("appears with the first step", colours.faint))
        return "&nbsp;&nbsp; ".join(parts)

    def _not_finite(self) -> str:
        bad, count = self._plot.shown.bad, self._plot.shown.bad + self._plot.shown.good
        return f" ({bad} of {count} not finite)" if bad else ""

    def _compared(self, state: ViewState, history: History, name: str) -> list[tuple[str, list[str]]]:
        """Rows of a name and a cell for each run."""
        places = [(history, state.step, theme().colours.accent)]
        for index, run in enumerate(state.compared):
            if run.history.size:
                places.append((run.history, state.compared_step(run, state.step), series_colour(index)))
        batches = [_cell(run.metrics_at(step).get(name, math.nan), colour) for run, step, colour in places]
        rows = [(f"— batch {name}{self._not_finite()}", batches)]
        if any(_is_validated(run, name) for run, _, _ in places):
            validations = [_cell(_validation_at(run, name, step), colour) for run, step, colour in places]
            rows.append((f"● validation {name}", validations))
        return rows


def _table(rows: list[tuple[str, list[str]]]) -> str:
    lines = [f"<tr><td>{_coloured(name, theme().colours.muted)}</td>{''.join(cells)}</tr>" for name, cells in rows]
    return f"<table cellspacing=0 cellpadding=0 bgcolor='{theme().colours.surface}'>{''.join(lines)}</table>"


def _cell(value: float, colour: str) -> str:
    text = figures.brief(value) if math.isfinite(value) else "–"
    return f"<td align=right style='padding-left:9px'>{_coloured(text, colour)}</td>"


def _coloured(text: str, colour: str) -> str:
    return f"<span style='color:{colour}'>{escape(text)}</span>"


def _after(value: float) -> str:
    return f" {figures.brief(value)}" if math.isfinite(value) else ""


def _is_validated(history: History, name: str) -> bool:
    return any(f"val_{name}" in record.metrics for record in history.epochs())


def _validation_at(history: History, name: str, step: int) -> float:
    """The newest value on the validation data at `step`; NaN before there is one."""
    for record in reversed(history.epochs()):
        if record.last_step <= step and f"val_{name}" in record.metrics:
            return record.metrics[f"val_{name}"]
    return math.nan
