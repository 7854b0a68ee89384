"""The timeline panel: loss and metrics over all steps, and the cursor that all panels follow."""

import math
from functools import partial

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSlider, QWidget

from biasstudio.gui.panels import figures
from biasstudio.gui.panels.chips import Chip, Segments
from biasstudio.gui.panels.comparison import short_name
from biasstudio.gui.panels.metric_plot import MetricPlot
from biasstudio.gui.panels.panel import Panel
from biasstudio.gui.panels.plot import arrow_of
from biasstudio.gui.panels.timeline_legend import TimelineLegend
from biasstudio.gui.tab_order import put_before
from biasstudio.gui.view_state import ViewState
from biasstudio.recording.history import History

_EXPLANATION = (
    "The loss, or another metric, of every batch, and on the validation data after every epoch. Drag the line, or the "
    "slider under it, to look at an earlier step in all panels; at the newest step they follow the training again. "
    "While comparing, each run has its colour."
)
_HALF_HANDLE = 7
_LEAST_SLIDER = 40.0
_CHIP_TIP = "Show {} over the steps."


class TimelinePanel(Panel):
    """A metric's plot, a slider over all steps, and the button followButton."""

    def __init__(self, state: ViewState, parent: QWidget | None = None) -> None:
        super().__init__(state, "Timeline", _EXPLANATION, parent)
        self.setObjectName("timelinePanel")
        self._metric: str | None = None
        self._names: tuple[str, ...] = ()
        self.metrics = Segments("chip")
        self.header.insertWidget(1, self.metrics)
        self.plot = MetricPlot()
        self.legend = TimelineLegend(self.plot)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.follow_button = QPushButton("Follow")
        self._set_up_slider_row()
        self.plot.pressed.connect(self._drag)
        self.plot.dragged.connect(self._drag)
        self.plot.hovered.connect(self._hover)
        self.plot.keyPressed.connect(self._move_by_key)
        self.plot.resized.connect(self.mark_dirty)
        self.setMinimumHeight(150)

    def _set_up_slider_row(self) -> None:
        self.slider.setAccessibleName("Step that is shown")
        self.slider.setToolTip("The step that all panels show. Arrow keys move it by one, Page Up and Down by more.")
        self.slider.valueChanged.connect(self.go_to)
        self.follow_button.setObjectName("followButton")
        self.follow_button.setProperty("role", "quiet")
        self.follow_button.setToolTip("Return to the newest step, and go on with it.")
        self.follow_button.setEnabled(False)
        self.follow_button.hide()
        self.follow_button.clicked.connect(self.state.follow)
        self.header.addWidget(self.follow_button)
        self.body.setSpacing(2)
        self.body.addWidget(self.plot, 1)
        self._slider_row = QHBoxLayout()
        self._slider_row.addWidget(self.slider)
        self.body.addLayout(self._slider_row)

    def showEvent(self, event: QShowEvent) -> None:
        # Chips and button come and go: the plot is to stay where it is.
        chip = Chip("loss", "")
        chip.ensurePolished()
        self.follow_button.ensurePolished()
        self._header_widget.setMinimumHeight(max(chip.sizeHint().height(), self.follow_button.sizeHint().height()))
        super().showEvent(event)

    @property
    def shown_metric(self) -> str | None:
        """The metric that is drawn."""
        return self._metric

    def why_empty(self, _history: History) -> str:
        return ""

    def go_to(self, step: int) -> None:
        """Show a step; the newest one means to follow."""
        history = self.state.history
        if history is None:
            return
        step = max(0, step)
        if step >= history.last_step:
            self.state.follow()
        else:
            self.state.show_step(step)

    def start_over(self) -> None:
        self.plot.start_over()

    def restyle(self) -> None:
        self.plot.restyle_items()
        self.legend.restyle()

    def draw(self, history: History) -> None:
        if history.metric_names != self._names or (self._metric is None and history.metric_names):
            self._offer_metrics(history.metric_names)
        step = self.state.step
        self.plot.draw(self.state, history, self._metric)
        self.legend.show_values(self.state, history, self._metric)
        with QSignalBlocker(self.slider):
            self.slider.setRange(0, max(history.last_step, 0))
            self.slider.setPageStep(max(1, history.last_step // 20))
            self.slider.setValue(step)
        self._place_slider(history)
        self.follow_button.setEnabled(not self.state.following)
        self.follow_button.setVisible(not self.state.following)
        self.say(self._status(history, step))

    def _place_slider(self, history: History) -> None:
        # The slider's handle stands under the plot's line.
        area = self.plot.data_rect()
        end = area.right()
        if self.state.compared:
            # A longer run makes the plot go on beyond the shown one's last step.
            last = self.plot.position_of(float(self.state.axes()[0].place_of(history.last_step)), 0.0).x()
            end = max(float(last), area.left() + _LEAST_SLIDER)
        right = self.plot.width() - int(end) - _HALF_HANDLE
        self._slider_row.setContentsMargins(max(0, int(area.left()) - _HALF_HANDLE), 0, max(0, right), 0)

    def _status(self, history: History, step: int) -> str:
        epoch = history.epoch_of(step)
        if history.last_step < 1:
            return "step 0 · before training"
        # Training goes on between two looks: what is followed is the newest by meaning.
        last = step if self.state.following else history.last_step
        parts = [f"step {step:,} of {last:,}"]
        parts += [f"epoch {epoch}"] if epoch else []
        parts += ["following"] if self.state.following else []
        return " · ".join(parts)

    def _offer_metrics(self, names: tuple[str, ...]) -> None:
        self.metrics.clear()
        self._names = names
        if self._metric not in names:
            self._metric = names[0] if names else None
        for name in names:
            chip = self.metrics.add(name, _CHIP_TIP.format(name), partial(self.show_metric, name))
            chip.setChecked(name == self._metric)
        self.metrics.setVisible(len(names) > 1)
        put_before(self.follow_button, list(self.metrics.chips()))

    def show_metric(self, name: str) -> None:
        """Draw another of the history's metrics."""
        self._metric = name
        for chip in self.metrics.chips():
            chip.setChecked(chip.text() == name)
        self.plot.start_over()
        self.mark_dirty()

    def _step_at(self, x: float) -> int:
        return round(float(self.state.axes()[0].steps_at(x))) if self.state.history else 0

    def _drag(self, x: float, _y: float) -> None:
        self.plot.say("", 0, 0)
        self.go_to(self._step_at(x))

    def _move_by_key(self, key: int) -> None:
        if key == Qt.Key.Key_Escape:
            self.state.follow()
        else:
            self.go_to(self.state.step + arrow_of(key))

    def _hover(self, x: float, y: float) -> None:
        history = self.state.history
        if history is None or not history.size:
            return
        step = max(0, min(self._step_at(x), history.last_step))
        parts = [f"step {step:,}", f"epoch {history.epoch_of(step)}" if step else "before training"]
        text = " · ".join([*parts, *self._value_in_words(history, step)])
        self.plot.say(text + self._others_in_words(x), x, y)

    def _others_in_words(self, x: float) -> str:
        lines = []
        for run, axis in zip(self.state.compared, self.state.axes()[1:], strict=True):
            if run.history.size:
                step = max(0, min(round(float(axis.steps_at(x))), run.history.last_step))
                parts = [short_name(run.name), f"step {step:,}", *self._value_in_words(run.history, step)]
                lines.append("\n" + " · ".join(parts))
        return "".join(lines)

    def _value_in_words(self, history: History, step: int) -> list[str]:
        value = history.metrics_at(step).get(self._metric or "", math.nan) if step else math.nan
        return [] if math.isnan(value) else [f"batch {self._metric} {figures.brief(value)}"]
