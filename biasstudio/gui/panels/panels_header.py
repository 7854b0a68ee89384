"""The row over the panels: which vector, on which scale, in which panels."""

from collections.abc import Sequence

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from biasstudio.gui.choice_box import ChoiceBox
from biasstudio.gui.panels import figures
from biasstudio.gui.panels.chips import Chip, Segments
from biasstudio.gui.panels.panel import ElidedLabel
from biasstudio.gui.view_state import Scale, ViewState

_SCALE_TIPS = {
    Scale.VALUE: "Heatmap, traces and spread show the values themselves.",
    Scale.CHANGE: "Heatmap, traces and spread show the change since step 0, on a scale of its own.",
    Scale.DIFFERENCE: "Heatmap, traces and spread show the difference to a compared run.",
}
_DIFFERENCE_TIP = "Heatmap, traces and spread show this run minus “{}” at the step that corresponds, unit by unit."
_NO_DIFFERENCE_TIP = "“{}” has no such vector to subtract: {} of this shape is not in its network."


class PanelsHeader(QWidget):
    """Drives the view state's vector and scale, and holds the panels' chips; two rows where one is too long."""

    def __init__(self, state: ViewState, chips: Sequence[Chip]) -> None:
        super().__init__()
        self._state = state
        self.vector_choice = ChoiceBox()
        self.vector_choice.setObjectName("vectorChoice")
        self.vector_choice.setAccessibleName("Bias vector")
        self.vector_choice.setToolTip("The bias vector that the panels show.")
        self.vector_choice.setMinimumContentsLength(12)
        self.vector_choice.activated.connect(self._choose_vector)
        self.facts = ElidedLabel()
        self.facts.setProperty("role", "muted")
        self.scale = Segments()
        self._scale_chips = {scale: self._make_scale_chip(scale) for scale in Scale}
        self._chips_row = QHBoxLayout()
        self._chips_row.setSpacing(4)
        for chip in chips:
            self._chips_row.addWidget(chip)
        self._lay_out()
        state.historyChanged.connect(self._show_history)
        state.vectorChanged.connect(self._show_vector)
        state.scaleChanged.connect(self._show_scale)
        state.comparedChanged.connect(self._show_vector)
        self._show_history()

    def _make_scale_chip(self, scale: Scale) -> Chip:
        return self.scale.add(
            scale.value, _SCALE_TIPS[scale], lambda: self._state.choose_scale(scale), f"scale{scale.value}"
        )

    def _lay_out(self) -> None:
        self._top = QHBoxLayout()
        self._top.setSpacing(8)
        self._top.addWidget(self.vector_choice)
        self._top.addWidget(self.facts, 1)
        self._top.addWidget(self.scale)
        self._top.addSpacing(6)
        self._bottom = QHBoxLayout()
        self._top.addLayout(self._chips_row)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(self._top)
        layout.addLayout(self._bottom)
        self._one_row = True

    def minimumSizeHint(self) -> QSize:
        # That of two rows: else one row would keep the window from becoming narrow enough for two.
        top = self.vector_choice.sizeHint().width() + self.scale.sizeHint().width() + 2 * self._top.spacing() + 6
        return QSize(max(top, self._chips_row.sizeHint().width()), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit(self.width())

    def _fit(self, width: int) -> None:
        # The chips get a row of their own where there is no room for all in one.
        parts = (self.vector_choice, self.facts, self.scale)
        wanted = sum(part.sizeHint().width() for part in parts) + self._chips_row.sizeHint().width() + 40
        one_row = wanted <= width
        if one_row == self._one_row:
            return
        self._one_row = one_row
        if one_row:
            while self._bottom.count():
                self._bottom.takeAt(0)
            self._top.addLayout(self._chips_row)
        else:
            self._top.removeItem(self._chips_row)
            self._bottom.addLayout(self._chips_row)
            self._bottom.addStretch(1)

    def _show_history(self) -> None:
        history = self._state.history
        self.vector_choice.clear()
        self.vector_choice.addItems([vector.path for vector in history.vectors] if history else [])
        self.vector_choice.setEnabled(self.vector_choice.count() > 0)
        self._show_vector()

    def _show_vector(self) -> None:
        vector = self._state.vector
        self.vector_choice.setCurrentIndex(self.vector_choice.findText(vector.path) if vector else -1)
        shape = f" in {' × '.join(map(str, vector.shape))}" if vector and len(vector.shape) > 1 else ""
        self.facts.setText(f"{figures.counted(vector.length, vector.unit)}{shape} · float32" if vector else "")
        self._show_scale()
        self._fit(self.width())

    def _show_scale(self) -> None:
        for scale, chip in self._scale_chips.items():
            chip.setChecked(scale is self._state.scale)
            chip.setEnabled(self._state.vector is not None)
        self._show_difference(self._scale_chips[Scale.DIFFERENCE])

    def _show_difference(self, chip: Chip) -> None:
        compared, vector = self._state.compared, self._state.vector
        chip.setVisible(bool(compared))
        chip.setEnabled(self._state.offers_difference)
        if compared and vector:
            tip = _DIFFERENCE_TIP if self._state.offers_difference else _NO_DIFFERENCE_TIP
            chip.explain(tip.format(compared[0].name, vector.path))

    def _choose_vector(self, index: int) -> None:
        self._state.choose_vector(self.vector_choice.itemText(index))
