"""A panel's course over the steps as an animated GIF."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import cast

import numpy as np
from PIL import Image
from PySide6.QtCore import QObject, Qt, QThreadPool, QTimer, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QLabel,
    QProgressBar,
    QWidget,
)

from biasstudio.atomic_file import written_whole
from biasstudio.gui.background import Job
from biasstudio.gui.choice_box import ChoiceBox
from biasstudio.gui.number_box import NumberBox
from biasstudio.gui.panel_image import image_of
from biasstudio.gui.panels.panel import Panel
from biasstudio.gui.view_state import ViewState

FRAMES_PER_SECOND = 12
_MOST_SECONDS = 30
_HEIGHT_SHARE = 0.62


class Animation(QObject):
    """Draws a copy of a panel step by step, a picture at a time so that the window stays usable, and writes the GIF."""

    progressed = Signal(int)
    failed = Signal(str)
    finished = Signal()

    def __init__(self, panel: Panel, steps: Sequence[int], size: tuple[int, int], path: Path, parent: QObject) -> None:
        super().__init__(parent)
        self._steps, self._path = list(steps), path
        self._images: list[Image.Image] = []
        self._state = _copy_of(panel.state, self)
        # Every kind of panel is made of a state alone.
        self._panel = cast(Callable[[ViewState], Panel], type(panel))(self._state)
        self._panel.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
        self._panel.resize(*size)
        self._panel.show()
        self._job: Job | None = None
        self._pool = QThreadPool(self)
        self._timer = QTimer(self, interval=0)
        self._timer.timeout.connect(self._draw_next)
        self._timer.start()

    def cancel(self) -> None:
        """Stop; nothing is written."""
        self._timer.stop()
        if self._job is not None:
            self._job.cancel()
        self._end()

    def _draw_next(self) -> None:
        if len(self._images) == len(self._steps):
            self._timer.stop()
            self._write()
            return
        self._state.show_step(self._steps[len(self._images)])
        self._panel.refresh()
        self._images.append(_for_gif(image_of(self._panel)))
        self.progressed.emit(len(self._images))

    def _write(self) -> None:
        self._job = Job(lambda job: _write_gif(self._images, self._path, job), (OSError,), self)
        self._job.failed.connect(lambda _sentence: self.failed.emit(f"{self._path} can't be written."))
        self._job.ended.connect(self._end)
        self._job.start(self._pool)

    def _end(self) -> None:
        self._panel.close()
        self._panel.deleteLater()
        self._pool.waitForDone()
        self._images = []
        self.finished.emit()


def _copy_of(state: ViewState, parent: QObject) -> ViewState:
    """Looks at the same history, with a cursor of its own."""
    copy = ViewState(parent)
    if state.history is not None:
        copy.set_history(state.history, state.name)
    copy.set_compared(state.compared)
    if state.vector is not None:
        copy.choose_vector(state.vector.path)
    copy.choose_unit(state.unit)
    copy.choose_scale(state.scale)
    return copy


def _for_gif(image: QImage) -> Image.Image:
    picture = image.convertToFormat(QImage.Format.Format_RGB888)
    row = picture.bytesPerLine()
    pixels = np.frombuffer(picture.constBits(), np.uint8).reshape(picture.height(), row)[:, : 3 * picture.width()]
    colours = Image.fromarray(pixels.reshape(picture.height(), picture.width(), 3).copy())
    # A byte a pixel: all pictures are held until the file is written.
    return colours.quantize(128, dither=Image.Dither.NONE)


def _write_gif(images: list[Image.Image], path: Path, job: Job) -> None:
    """In a thread of its own."""
    with written_whole(path) as temporary:
        duration = 1000 // FRAMES_PER_SECOND
        images[0].save(
            temporary, "GIF", save_all=True, append_images=images[1:], duration=duration, loop=0, optimize=False
        )
        if job.cancelled:
            raise InterruptedError("cancelled")


class AnimationDialog(QDialog):
    """Which panel, how long and how wide; then the file, and how far it is. `failed` carries one sentence."""

    failed = Signal(str)

    def __init__(self, panels: Sequence[Panel], state: ViewState, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("animationDialog")
        self.setWindowTitle("Save as animation — Bias Studio")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._panels, self._state = list(panels), state
        self._animation: Animation | None = None
        self.choice = ChoiceBox()
        self.choice.addItems([panel.accessibleName() for panel in panels])
        self.seconds, self.width_box = _number(1, _MOST_SECONDS, 8, " s"), _number(320, 1200, 720, " pixels")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.hide()
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Save | QDialogButtonBox.StandardButton.Cancel)
        self.save = buttons.button(QDialogButtonBox.StandardButton.Save)
        buttons.accepted.connect(self._ask)
        buttons.rejected.connect(self.reject)
        form = QFormLayout(self)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignVCenter)
        form.addRow("Panel", self.choice)
        form.addRow("Length", self.seconds)
        form.addRow("Width", self.width_box)
        form.addRow(self.bar)
        form.addRow(QLabel(f"A GIF of {FRAMES_PER_SECOND} pictures a second, from the first step to the last."))
        form.addRow(buttons)

    def _ask(self) -> None:
        proposal = str(Path.home() / "run.gif")
        chosen, _kind = QFileDialog.getSaveFileName(self, "Save the animation", proposal, "Animated GIF (*.gif)")
        if chosen:
            path = Path(chosen)
            self.start(path if path.suffix else path.with_suffix(".gif"))

    def start(self, path: Path) -> None:
        """Draw and write."""
        history = self._state.history
        if history is None or not history.size:
            return
        width = self.width_box.value()
        count = min(self.seconds.value() * FRAMES_PER_SECOND, max(2, history.last_step + 1))
        steps = np.linspace(0, history.last_step, count).round().astype(int).tolist()
        panel = self._panels[self.choice.currentIndex()]
        self.save.setEnabled(False)
        self.bar.setRange(0, count)
        self.bar.show()
        self._animation = Animation(panel, steps, (width, int(width * _HEIGHT_SHARE)), path, self)
        self._animation.progressed.connect(self.bar.setValue)
        self._animation.failed.connect(self.failed)
        self._animation.finished.connect(self.accept)

    def reject(self) -> None:
        """Cancel what is under way, and close."""
        if self._animation is not None:
            self._animation.finished.disconnect(self.accept)
            self._animation.cancel()
        super().reject()


def _number(least: int, most: int, value: int, unit: str) -> NumberBox:
    box = NumberBox(least, most, value)
    box.setSuffix(unit)
    return box
