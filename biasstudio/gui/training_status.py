"""TrainingStatus: the status bar's message, progress bar, speed and time left."""

from PySide6.QtWidgets import QLabel, QProgressBar, QStatusBar, QWidget

from biasstudio.gui.panels.panel import ElidedLabel
from biasstudio.worker.messages import Progress, TrainingEnded


class TrainingStatus(QStatusBar):
    """What the worker is doing, on the left; how far it is, on the right."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizeGripEnabled(False)
        self.message = ElidedLabel("Loading TensorFlow…")
        self.message.setObjectName("statusMessage")
        self.detail = QLabel()
        self.detail.setObjectName("progressDetail")
        self.versions = QLabel()
        self.bar = QProgressBar()
        self.bar.setObjectName("trainingProgress")
        self.bar.setAccessibleName("Progress of the training")
        self.bar.setTextVisible(False)
        self.bar.setFixedWidth(220)
        self.bar.setRange(0, 0)
        self._made_room: list[QWidget] = []
        self.addWidget(self.message, 1)
        for widget in (self.detail, self.bar, self.versions):
            self.addPermanentWidget(widget)
        self.setContentsMargins(10, 0, 10, 0)

    def show_message(self, text: str, *, busy: bool = False) -> None:
        """`busy` lets the bar run without an end: for work whose length is not known."""
        self.message.setText(text)
        if busy:
            self.bar.setRange(0, 0)
            self.bar.show()
        elif self.bar.maximum() == 0:
            self.bar.hide()

    def add_in_place(self, bar: QWidget) -> None:
        """Take in a bar that `show_in_place` shows where the message is."""
        self.insertWidget(0, bar, 1)
        bar.hide()

    def show_in_place(self, bar: QWidget, shown: bool) -> None:
        """Show a bar over the whole width, or what was there again. Nothing is trained meanwhile."""
        if bar.isHidden() != shown:
            return
        others = (self.message, self.detail, self.bar, self.versions)
        if shown:
            self._made_room = [widget for widget in others if not widget.isHidden()]
        for widget in self._made_room:
            widget.setVisible(not shown)
        bar.setVisible(shown)

    def show_versions(self, text: str) -> None:
        self.versions.setText(text)

    def clear_progress(self) -> None:
        """Nothing is under way of which it could be told how far it is."""
        self.detail.clear()
        self.bar.hide()

    def show_progress(self, progress: Progress) -> None:
        self.bar.setRange(0, progress.steps_planned)
        self.bar.setValue(progress.steps_done)
        self.bar.show()
        parts = [progress.job] if progress.job else []
        parts += [f"epoch {max(1, progress.epoch)} of {progress.epochs}", f"step {progress.step}"]
        if progress.steps_per_second:
            parts.append(f"{progress.steps_per_second:.0f} steps/s")
        if progress.seconds_left is not None and progress.steps_done < progress.steps_planned:
            parts.append(f"{_duration(progress.seconds_left)} left")
        self.detail.setText(" · ".join(parts))

    def show_end(self, ended: TrainingEnded) -> None:
        how = {
            "finished": "Training finished",
            "stopped": "Training stopped",
            "non-finite": "Training ended: values stopped being finite",
        }[ended.reason]
        self.show_message(f"{how} · {ended.step} steps")
        if ended.reason != "finished":
            # No time is left for what doesn't go on.
            self.clear_progress()


def _duration(seconds: float) -> str:
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60}:{whole % 60:02d} min"
    return f"{whole // 3600}:{whole % 3600 // 60:02d} h"
