"""The contribution view: how much of what goes into one unit comes from its inputs, and how much from its bias."""

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from biasstudio.doctor.contribution import Contribution, NoContribution
from biasstudio.gui.number_box import NumberBox
from biasstudio.gui.panels.contribution_bars import ContributionBars, Row
from biasstudio.gui.panels.figures import brief, unit_name
from biasstudio.gui.panels.panel import ElidedLabel
from biasstudio.gui.view_state import ViewState
from biasstudio.recording.history import Floats
from biasstudio.worker.messages import ReadContribution

_EXPLANATION = (
    "What goes into the chosen unit before its activation: the weighted sum of its inputs, and its bias. The thick bar "
    "is the mean over the samples, the light one their range. For a channel it is the place where the sum is largest. "
    "The samples are up to 256 of those that validate."
)
_NO_UNIT = "Choose a unit, in a panel or in Values, to see what goes into it from its inputs and from its bias."
_OF_RUN = "A run holds biases only, no weights: go back to the network to see what goes into a unit."
_WITH_ZERO = ("relu", "relu6")
_MOST_INPUTS = 5


class ContributionView(QFrame):
    """Asks for the chosen unit by `requested`, where this view is on screen, and shows the answer."""

    requested = Signal(ReadContribution)

    def __init__(self, state: ViewState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.state = state
        self.setObjectName("contributionView")
        self.setProperty("card", True)
        self.setAccessibleName("Contribution")
        self.setAccessibleDescription(_EXPLANATION)
        self.setWhatsThis(_EXPLANATION)
        self._replaying = False
        self._asked: ReadContribution | None = None
        self.shown: Contribution | None = None
        self.title, self.step = QLabel("Contribution"), ElidedLabel()
        self.bars = ContributionBars()
        self.sample = NumberBox(0, 0)
        self.sentence, self.activity, self.inputs = QLabel(), QLabel(), QLabel()
        self._lay_out()
        state.unitChanged.connect(self._start_over)
        state.vectorChanged.connect(self._start_over)
        state.historyChanged.connect(self._start_over)
        self._start_over()

    def _lay_out(self) -> None:
        self.title.setProperty("role", "title")
        self.title.setToolTip(f"<p>{_EXPLANATION}</p>")
        self.step.setProperty("role", "muted")
        self.sample.setObjectName("contributionSample")
        self.sample.setSpecialValueText("all samples")
        self.sample.setPrefix("sample ")
        self.sample.setAccessibleName("Sample")
        self.sample.setToolTip("Look at all samples, or at one")
        self.sample.valueChanged.connect(self.refresh)
        for label, role in ((self.sentence, "muted"), (self.activity, "fix"), (self.inputs, "muted")):
            label.setProperty("role", role)
            label.setWordWrap(True)
        head = QHBoxLayout()
        head.addWidget(self.title)
        head.addWidget(self.step, 1)
        head.addWidget(self.sample)
        content = QWidget()
        parts = QVBoxLayout(content)
        parts.setContentsMargins(0, 0, 0, 0)
        for widget in (self.bars, self.activity, self.sentence, self.inputs):
            parts.addWidget(widget)
        parts.addStretch(1)
        # A low window has no room for all of it at once.
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(content)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 7, 10, 8)
        layout.addLayout(head)
        layout.addWidget(scroll, 1)

    def set_replaying(self, replaying: bool) -> None:
        """Whether the panels show a run in place of the network whose units these are."""
        if replaying != self._replaying:
            self._replaying = replaying
            self._start_over()

    def _start_over(self) -> None:
        """Another unit is wanted."""
        self.shown = None
        self.refresh()
        self._show()

    def refresh(self) -> None:
        """Ask again: the network may stand at another step."""
        vector, unit = self.state.vector, self.state.unit
        wanted = vector is not None and unit is not None and not self._replaying
        number = self.sample.value()
        self._asked = None
        if wanted and vector is not None and unit is not None:
            self._asked = ReadContribution(vector.path, unit, number - 1 if number else None)
            if self.isVisible():
                self.requested.emit(self._asked)

    def show_contribution(self, answer: Contribution | NoContribution) -> None:
        """Show an answer. One that is about another unit than the wanted one comes too late, and is left."""
        asked = self._asked
        if asked is None or (answer.path, answer.unit) != (asked.path, asked.unit):
            return
        if isinstance(answer, Contribution):
            if (len(answer.samples) == 1) != (asked.sample is not None) and answer.probed > 1:
                return
            self.shown = answer
            self.sample.setMaximum(answer.probed)
            self._show()
        else:
            self.shown = None
            self._show(answer.sentence)

    def _show(self, reason: str = "") -> None:
        shown = self.shown
        if shown is None and not reason:
            reason = _OF_RUN if self._replaying else _NO_UNIT if self._asked is None else "Reading…"
        finite = shown is not None and bool(np.isfinite([*shown.from_inputs, shown.bias]).all())
        if shown is not None and not finite:
            reason = "What goes into this unit is not finite any more."
        for widget in (self.bars, self.activity, self.sample):
            widget.setVisible(finite)
        self.inputs.setVisible(finite and shown is not None and bool(shown.by_input))
        self.sentence.setText(reason)
        if shown is not None and finite:
            self._show_figures(shown)
        else:
            self.step.setText("")
        self.sentence.setVisible(bool(self.sentence.text()))

    def _show_figures(self, shown: Contribution) -> None:
        vector = self.state.vector
        named = unit_name(vector, shown.unit) if vector is not None else str(shown.unit)
        self.step.setText(f"{named} · step {shown.step:,}")
        bias = shown.bias
        self.bars.show_rows(
            (
                _row("from the inputs", shown.from_inputs),
                ("from the bias", bias, bias, bias),
                _row(f"sum, into {shown.activation}" if shown.activation != "linear" else "sum", shown.pre_activation),
            )
        )
        dead = shown.is_dead and shown.activation in _WITH_ZERO
        self.activity.setText(_activity(shown, dead))
        role = "error" if dead else "fix"
        if self.activity.property("role") != role:
            self.activity.setProperty("role", role)
            self.activity.style().polish(self.activity)
        self.sentence.setText(_why_dead(shown) if dead else _positions(shown))
        parts = (f"[{', '.join(map(str, index))}] {brief(part)}" for index, part in shown.by_input[:_MOST_INPUTS])
        self.inputs.setText(f"Most from its inputs: {' · '.join(parts)}")

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not event.spontaneous():
            self.refresh()


def _row(title: str, values: Floats) -> Row:
    return title, float(values.min()), float(values.mean()), float(values.max())


def _activity(shown: Contribution, dead: bool) -> str:
    count = round(shown.active_share * shown.probed)
    if dead:
        return f"Dead: above 0 on none of {shown.probed:,} samples."
    verb = "Active" if shown.activation in _WITH_ZERO else "Output above 0"
    return f"{verb} on {count:,} of {shown.probed:,} samples ({brief(100 * shown.active_share)} %)."


def _why_dead(shown: Contribution) -> str:
    """Of all samples this is said only where all are shown."""
    if len(shown.samples) < shown.probed:
        return ""
    return (
        f"The inputs contribute at most {brief(float(shown.from_inputs.max()))}, the bias is {brief(shown.bias)}: the "
        f"sum never gets above 0. The bias would have to rise by {brief(shown.needed)}."
    )


def _positions(shown: Contribution) -> str:
    if shown.active_positions is None:
        return ""
    return f"Of all places in them, at {brief(100 * shown.active_positions)} %."
