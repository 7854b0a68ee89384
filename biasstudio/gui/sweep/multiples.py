"""The card with the small multiples: what they show, the grid, and its legend."""

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QStackedLayout, QVBoxLayout, QWidget

from biasstudio.gui.choice_box import ChoiceBox
from biasstudio.gui.panels.chips import Segments
from biasstudio.gui.sweep.grid_model import GridModel
from biasstudio.gui.sweep.legend import Legend
from biasstudio.gui.sweep.picture_grid import PictureGrid
from biasstudio.gui.sweep.scales import Kind, scales_for
from biasstudio.gui.sweep.sweep import Sweep
from biasstudio.gui.theme import theme

_TIPS = {
    Kind.LOSS: "The loss over the steps of each run",
    Kind.VALUES: "How the values of the bias vector spread over its units, step by step",
    Kind.CHANGE: "Each unit's change since step 0 as colour: orange above zero, blue below",
}
_EMPTY = "Choose initializers and seeds, then Run: every run gets a small picture here, all on the same scale."


class Multiples(QFrame):
    """Shows a sweep. `vectorChosen` carries the path of the bias vector that is to be shown."""

    vectorChosen = Signal(str)

    def __init__(self, sweep: Sweep, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("card", True)
        self._sweep, self._kind = sweep, Kind.LOSS
        self.grid = PictureGrid(GridModel(sweep))
        self.legend = Legend()
        self.vector = self._make_vector_choice()
        self.kinds = self._make_kinds()
        self._stack = QStackedLayout()
        self._stack.addWidget(self._make_content())
        self._stack.addWidget(_centred(_EMPTY))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 10, 8)
        layout.setSpacing(6)
        layout.addLayout(self._make_header())
        layout.addLayout(self._stack, 1)
        sweep.restarted.connect(self._refresh)
        sweep.changed.connect(self._refresh)
        sweep.pathsChanged.connect(self._show_paths)
        theme().changed.connect(self._restyle)
        self._show_paths()
        self._refresh()

    def _make_header(self) -> QHBoxLayout:
        header = QHBoxLayout()
        header.setSpacing(8)
        title = QLabel("Runs side by side")
        title.setProperty("role", "title")
        header.addWidget(title)
        header.addStretch(1)
        header.addWidget(self.kinds)
        header.addWidget(self.vector)
        return header

    def _make_content(self) -> QWidget:
        content = QWidget()
        layout = QVBoxLayout(content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.grid, 1)
        layout.addWidget(self.legend)
        return content

    def _make_kinds(self) -> Segments:
        kinds = Segments()
        for kind in Kind:
            name = f"sweepShow{kind.value}"
            chip = kinds.add(kind.value, _TIPS[kind], partial(self.show_kind, kind), name)
            chip.setChecked(kind is self._kind)
        return kinds

    def _make_vector_choice(self) -> ChoiceBox:
        box = ChoiceBox()
        box.setObjectName("sweepVector")
        box.setAccessibleName("bias vector")
        box.setToolTip("The bias vector of the pictures, and of the column “moved”")
        box.activated.connect(self._choose_vector)
        return box

    @property
    def path(self) -> str:
        """The bias vector that is shown; "" while none is known."""
        return self.vector.currentText()

    def show_kind(self, kind: Kind) -> None:
        """Draw something else in the cells."""
        self._kind = kind
        self._refresh()

    def _choose_vector(self) -> None:
        self.vectorChosen.emit(self.path)
        self._refresh()

    def _show_paths(self) -> None:
        chosen = self.path
        self.vector.clear()
        self.vector.addItems(list(self._sweep.paths))
        self.vector.setCurrentIndex(max(0, self.vector.findText(chosen)))
        self.vector.setVisible(self.vector.count() > 0)
        self.vector.set_width_for_widest()
        self._refresh()

    def _refresh(self) -> None:
        self._stack.setCurrentIndex(0 if self._sweep.runs else 1)
        self.kinds.setVisible(bool(self._sweep.runs))
        pictures = [run.picture for run in self._sweep.runs if run.picture is not None]
        scales = scales_for(self._kind, self.path, pictures, self._sweep.expected_steps, self._sweep.constant_loss)
        self.grid.draw_on(scales)
        self.legend.show_scales(scales, any(len(picture.loss.validation) for picture in pictures))

    def _restyle(self) -> None:
        self.grid.restyle()
        self.legend.update()


def _centred(text: str) -> QWidget:
    # In a box of its own, so that long lines are broken well before the card's edges.
    holder = QWidget()
    label = QLabel(text)
    label.setProperty("role", "muted")
    label.setWordWrap(True)
    label.setMaximumWidth(420)
    row = QHBoxLayout(holder)
    row.addStretch(1)
    row.addWidget(label, 4)
    row.addStretch(1)
    return holder
