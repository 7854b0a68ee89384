"""The strip over the panels while runs are compared: whose colour is whose, and what they are aligned by."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QToolButton, QWidget
from superqt import QFlowLayout

from biasstudio.gui.alignment import Alignment
from biasstudio.gui.panels.chips import Segments
from biasstudio.gui.panels.comparison import series_colour
from biasstudio.gui.panels.panel import ElidedLabel
from biasstudio.gui.tab_order import put_before
from biasstudio.gui.theme import theme
from biasstudio.gui.view_state import ComparedRun, ViewState

UNNAMED = "this run"
_ALIGN_TIPS = {
    Alignment.STEP: "The same step of all runs is shown.",
    Alignment.EPOCH: "The same place in the same epoch of all runs is shown, whatever their batch sizes.",
}
_NAME_PIXELS = (200, 160, 120, 92)
_DROP_PIXELS = 20
_GAP = 12


class Swatch(QWidget):
    """A patch of a run's colour: of the compared run at `index`, or the accent for the shown run."""

    def __init__(self, index: int | None) -> None:
        super().__init__()
        self._index = index
        self.setFixedSize(12, 12)

    @property
    def colour(self) -> str:
        return theme().colours.accent if self._index is None else series_colour(self._index)

    def paintEvent(self, _event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(self.colour))
            painter.drawRoundedRect(self.rect(), 3, 3)


class RunName(ElidedLabel):
    """A run's name, as wide as it wants up to `most` pixels; where there is no room, it ends in …"""

    most = 0

    def fitting(self, width: int) -> str:
        # A · in a name sets no parts apart.
        return self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, width)

    def sizeHint(self) -> QSize:
        return QSize(min(self.most, super().sizeHint().width()), super().sizeHint().height())


class RunTag(QWidget):
    """A swatch and a name; a compared run's has a button that drops it."""

    def __init__(self, name: str, index: int | None, tip: str) -> None:
        super().__init__()
        self.swatch, self.name = Swatch(index), RunName(name)
        self.drop_button = QToolButton()
        self.name.setTextFormat(Qt.TextFormat.PlainText)
        self.setToolTip(tip)
        self.setAccessibleName(name)
        self.setAccessibleDescription(tip)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(5)
        row.addWidget(self.swatch)
        row.addWidget(self.name)
        if index is not None:
            row.addWidget(self.drop_button)
            self._set_up_button(name)

    def limit_name(self, pixels: int) -> None:
        self.name.most = pixels
        # Size hints are remembered on both levels.
        self.name.updateGeometry()
        self.updateGeometry()

    def _set_up_button(self, name: str) -> None:
        self.drop_button.setText("×")
        self.drop_button.setFixedWidth(_DROP_PIXELS)
        self.drop_button.setProperty("role", "quiet")
        self.drop_button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.drop_button.setAccessibleName(f"Stop comparing with {name}")
        self.drop_button.setToolTip(f"Stop comparing with {name}")


class ComparisonBar(QWidget):
    """Hidden while nothing is compared. Goes on in further rows where one is too long even with shortened names."""

    def __init__(self, state: ViewState) -> None:
        super().__init__()
        self.setObjectName("comparisonBar")
        self.setAccessibleName("Compared runs")
        self._state = state
        self.tags: list[RunTag] = []
        self.align = Segments()
        self._align_chips = {way: self._make_align_chip(way) for way in Alignment}
        self.stop_button = QPushButton("Stop comparing")
        self.stop_button.setObjectName("stopComparing")
        self.stop_button.setProperty("role", "quiet")
        self.stop_button.setToolTip("Show this run alone again.")
        self.stop_button.clicked.connect(lambda: state.set_compared(()))
        self._lay_out()
        state.historyChanged.connect(self._show_runs)
        state.comparedChanged.connect(self._show_runs)
        state.alignmentChanged.connect(self._show_alignment)
        theme().changed.connect(self.update)
        self._show_runs()

    def _make_align_chip(self, way: Alignment) -> QPushButton:
        return self.align.add(
            way.value, _ALIGN_TIPS[way], lambda: self._state.choose_alignment(way), f"align{way.value}"
        )

    def _lay_out(self) -> None:
        label = QLabel("Align by")
        label.setProperty("role", "muted")
        # In a widget of its own, without a layout around it: else the window grows to the height that it asks for.
        self._rows = QWidget(self)
        self._controls = QWidget(self._rows)
        controls = QHBoxLayout(self._controls)
        controls.setContentsMargins(0, 0, 0, 0)
        for widget in (label, self.align, self.stop_button):
            controls.addWidget(widget)
        self._flow = QFlowLayout(self._rows)
        self._flow.setContentsMargins(0, 0, 0, 0)
        self._flow.setHorizontalSpacing(_GAP)
        self._flow.setVerticalSpacing(2)

    def minimumSizeHint(self) -> QSize:
        return QSize(self._controls.sizeHint().width(), 0)

    def _show_runs(self) -> None:
        compared = self._state.compared
        for part in (*self.tags, self._controls):
            self._flow.removeWidget(part)
        for tag in self.tags:
            tag.hide()
            tag.deleteLater()
        self.tags = []
        if compared:
            self._add(RunTag(self._state.name or UNNAMED, None, "The run that is shown: its step is the cursor's."))
            for index, run in enumerate(compared):
                self._add_compared(index, run)
            self._flow.addWidget(self._controls)
            self._controls.show()
            self._fit()
            put_before(self._align_chips[Alignment.STEP], [tag.drop_button for tag in self.tags[1:]])
        self._show_alignment()
        self.setVisible(bool(compared))

    def _add_compared(self, index: int, run: ComparedRun) -> None:
        note = "\nDifferences are to this run." if index == 0 else ""
        tag = RunTag(run.name, index, f"{run.name}, {max(0, run.history.last_step):,} steps{note}")
        tag.drop_button.clicked.connect(lambda: self._drop(index, run))
        self._add(tag)

    def _drop(self, index: int, run: ComparedRun) -> None:
        by_keyboard = self.tags[index + 1].drop_button.hasFocus()
        self._state.drop_compared(run.key)
        if by_keyboard and len(self.tags) > 1:
            # The button that had the focus is gone.
            self.tags[min(index + 1, len(self.tags) - 1)].drop_button.setFocus()

    def _add(self, tag: RunTag) -> None:
        tag.setFixedHeight(self._controls.sizeHint().height())
        self.tags.append(tag)
        self._flow.addWidget(tag)
        tag.show()

    def _show_alignment(self) -> None:
        for way, chip in self._align_chips.items():
            chip.setChecked(way is self._state.alignment)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        width = max(self.width(), 200)
        # The longest names with which the fewest rows are needed.
        best = min(_NAME_PIXELS, key=lambda pixels: (self._height_with(pixels, width), -pixels))
        self._rows.resize(width, self._height_with(best, width))
        self.setFixedHeight(self._rows.height())

    def _height_with(self, pixels: int, width: int) -> int:
        for tag in self.tags:
            tag.limit_name(pixels)
        self._flow.invalidate()
        return int(self._flow.heightForWidth(width))
