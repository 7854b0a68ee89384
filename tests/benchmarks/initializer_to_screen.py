"""From choosing an initializer in the dropdown to its values painted in the vector panel."""

import time

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QComboBox, QWidget

from biasstudio.app import create_application, create_window
from biasstudio.spec.initializers import VECTOR_INITIALIZERS
from tests.benchmarks.figures import row


class Painted(QObject):
    """The time of the last paint of a widget's viewport."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__()
        self.at = 0.0
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched.isWidgetType() and event.type() == QEvent.Type.Paint:
            self.at = time.perf_counter()
        return False


def _one(window, panel, painted, choice, name) -> float:
    """Seconds from choosing `name` to the paint of the panel that has drawn the new network's values."""
    before, started = window.view.history, time.perf_counter()
    choice.setCurrentText(name)
    choice.textActivated.emit(name)
    window.wait_until(lambda: window.view.history is not before and not panel.dirty and painted.at > started, 30_000)
    return painted.at - started


def main() -> None:
    application = create_application()
    window = create_window()
    window.resize(1440, 900)
    window.show()
    assert window.wait_ready(120_000)
    window.wait_until(lambda: False, 500)
    panel = window.findChild(QWidget, "vectorPanel")
    painted = Painted(panel.plot.viewport())
    choice = next(c for c in window.findChildren(QComboBox, "initializerChoice") if c.currentText() == "HeNormal")
    rounds: dict[str, list[float]] = {"for the first time": [], "again": []}
    for times in rounds.values():
        for name in (*VECTOR_INITIALIZERS, "HeNormal"):
            if name != choice.currentText():
                times.append(1000 * _one(window, panel, painted, choice, name))
                window.wait_until(lambda: False, 100)
    for which, times in rounds.items():
        print(row(f"initializer to paint, {which}", times, "ms"))
    window.close_without_asking()
    window.wait_until(lambda: window.has_closed, 30_000)
    application.quit()


if __name__ == "__main__":
    main()
