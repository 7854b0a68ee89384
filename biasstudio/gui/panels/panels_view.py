"""The middle of the window: what is shown, the panels in a grid, and the timeline under them."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QScrollArea, QSplitter, QVBoxLayout, QWidget

from biasstudio.gui.bias_edits import BiasEdits
from biasstudio.gui.panels.chips import Chip
from biasstudio.gui.panels.comparison_bar import ComparisonBar
from biasstudio.gui.panels.display_clock import DisplayClock
from biasstudio.gui.panels.heatmap_panel import HeatmapPanel
from biasstudio.gui.panels.overview_panel import OverviewPanel
from biasstudio.gui.panels.panel import Panel
from biasstudio.gui.panels.panels_header import PanelsHeader
from biasstudio.gui.panels.spread_panel import SpreadPanel
from biasstudio.gui.panels.timeline_panel import TimelinePanel
from biasstudio.gui.panels.traces_panel import TracesPanel
from biasstudio.gui.panels.vector_panel import VectorPanel
from biasstudio.gui.view_state import ViewState

_LEAST_PANEL_HEIGHT = 145
_TIMELINE_HEIGHTS = 150, 205
_TIMELINE_SHARE = 0.27
_GAP = 8
_NO_PANEL = "No panel is shown: choose one above, such as Vector."


class PanelsView(QWidget):
    """Composes the panels and gives them to the display clock. `panels` are all of them, the timeline included."""

    def __init__(
        self, state: ViewState, clock: DisplayClock, edits: BiasEdits | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.vector_panel = VectorPanel(state, edits)
        self.heatmap_panel = HeatmapPanel(state)
        self.traces_panel = TracesPanel(state)
        self.spread_panel = SpreadPanel(state)
        self.overview_panel = OverviewPanel(state)
        self.timeline_panel = TimelinePanel(state)
        self._in_grid: tuple[Panel, ...] = (
            self.vector_panel,
            self.heatmap_panel,
            self.traces_panel,
            self.spread_panel,
            self.overview_panel,
        )
        self.panels: tuple[Panel, ...] = (*self._in_grid, self.timeline_panel)
        self._chips: dict[Panel, Chip] = {panel: self._make_chip(panel) for panel in self._in_grid}
        self.header = PanelsHeader(state, list(self._chips.values()))
        self.comparison_bar = ComparisonBar(state)
        self._no_panel = QLabel(_NO_PANEL)
        self._no_panel.setObjectName("noPanel")
        self._no_panel.setProperty("role", "muted")
        self._no_panel.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._no_panel.setWordWrap(True)
        self._sized_by_hand = False
        self._lay_out()
        self._reflow()
        for panel in self.panels:
            clock.add(panel)

    def _make_chip(self, panel: Panel) -> Chip:
        title = panel.accessibleName()
        chip = Chip(title, f"Show or hide this panel. {panel.whatsThis()}", f"chip{title}")
        chip.setToolTip(f"<p>{chip.toolTip()}</p>")
        chip.setChecked(panel is not self.overview_panel)
        chip.toggled.connect(self._reflow)
        return chip

    def reveal_any(self) -> None:
        """Have a panel on screen where none is."""
        if not any(chip.isChecked() for chip in self._chips.values()):
            self._chips[self.vector_panel].setChecked(True)

    def reveal(self, over_steps: bool) -> None:
        """Have a panel on screen that shows the chosen unit's way over the steps, or else its value now."""
        panels = (self.traces_panel, self.heatmap_panel) if over_steps else (self.vector_panel,)
        if not any(self._chips[panel].isChecked() for panel in panels):
            self._chips[panels[0]].setChecked(True)

    def _lay_out(self) -> None:
        self._grid_widget = QWidget()
        self._grid = QGridLayout(self._grid_widget)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(_GAP)
        for panel in self._in_grid:
            panel.setParent(self._grid_widget)
            panel.setMinimumHeight(_LEAST_PANEL_HEIGHT)
        self._no_panel.setParent(self._grid_widget)
        scroll = QScrollArea()
        scroll.setWidget(self._grid_widget)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setMinimumHeight(_LEAST_PANEL_HEIGHT)
        self.splitter = QSplitter(Qt.Orientation.Vertical)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setHandleWidth(_GAP)
        self.splitter.addWidget(scroll)
        self.splitter.addWidget(self.timeline_panel)
        self.splitter.setStretchFactor(0, 1)
        self.splitter.setStretchFactor(1, 0)
        self.splitter.splitterMoved.connect(self._keep_sizes)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(_GAP)
        layout.addWidget(self.header)
        layout.addWidget(self.comparison_bar)
        layout.addWidget(self.splitter, 1)

    def _reflow(self) -> None:
        """Fill the grid with the panels that are shown, two in a row; the overview takes a row of its own."""
        for panel, chip in self._chips.items():
            self._grid.removeWidget(panel)
            panel.setVisible(chip.isChecked())
        paired = [panel for panel in self._in_grid[:-1] if self._chips[panel].isChecked()]
        for number, panel in enumerate(paired):
            alone = number == len(paired) - 1 and number % 2 == 0
            self._grid.addWidget(panel, number // 2, number % 2, 1, 2 if alone else 1)
        rows = -(-len(paired) // 2)
        if self._chips[self.overview_panel].isChecked():
            self._grid.addWidget(self.overview_panel, rows, 0, 1, 2)
            rows += 1
        self._no_panel.setVisible(not rows)
        if not rows:
            self._grid.addWidget(self._no_panel, 0, 0, 1, 2)
        for row in range(4):
            self._grid.setRowStretch(row, 1 if row < max(rows, 1) else 0)
        for column in range(2):
            self._grid.setColumnStretch(column, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if not self._sized_by_hand:
            wanted = int(_TIMELINE_SHARE * self.splitter.height())
            timeline = max(_TIMELINE_HEIGHTS[0], min(_TIMELINE_HEIGHTS[1], wanted))
            self.splitter.setSizes([max(1, self.splitter.height() - timeline - _GAP), timeline])

    def _keep_sizes(self) -> None:
        self._sized_by_hand = True
