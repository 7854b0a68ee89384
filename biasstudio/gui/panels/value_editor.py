"""ValueEditor: a small field over a plot, in which a unit's value is typed."""

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout

from biasstudio.gui.bias_edits import exact_text, read_value
from biasstudio.gui.checked_text import CheckedText
from biasstudio.gui.fault_label import FaultLabel
from biasstudio.gui.panels.plot import Plot

_WIDTH = 150


class ValueEditor(QFrame):
    """Enter takes the value, Escape leaves it; a text that is no value stays, marked, with the reason below."""

    valueChosen = Signal(float)

    def __init__(self, plot: Plot) -> None:
        super().__init__(plot)
        self._plot = plot
        self.setObjectName("valueEditor")
        self.setProperty("card", True)
        self.setFixedWidth(_WIDTH)
        self.name = QLabel()
        self.name.setProperty("role", "muted")
        self.fault = FaultLabel()
        self.fault.faultChanged.connect(self._fit)
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(8, 6, 8, 8)
        self._rows.setSpacing(4)
        self._rows.addWidget(self.name)
        self.text: CheckedText | None = None
        self._spot = QPoint()
        self.hide()

    def open(self, name: str, value: float, spot: QPoint) -> None:
        """Ask for the value of the unit called `name`, beside `spot` of the plot."""
        self._forget_text()
        self.name.setText(name)
        text = CheckedText(read_value, exact_text, value, self, while_typing=False)
        text.setObjectName("valueText")
        text.setAccessibleName(f"Value of {name}")
        self._rows.addWidget(text)
        self._rows.addWidget(self.fault)
        self.fault.clear_faults()
        self.fault.watch(text)
        text.installEventFilter(self)
        self.text, self._spot = text, spot
        self.show()
        self._fit()
        self.raise_()
        text.selectAll()
        text.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is not self.text or self.text is None:
            return False
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() == Qt.Key.Key_Escape:
                self._leave()
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._take(self.text)
                return True
        elif event.type() == QEvent.Type.FocusOut and not self.text.fault:
            self.hide()
        return False

    def _take(self, text: CheckedText) -> None:
        text.commit()
        if not text.fault:
            self._leave()
            self.valueChosen.emit(text.value)

    def _leave(self) -> None:
        self.hide()
        self._plot.setFocus()

    def _forget_text(self) -> None:
        if self.text is not None:
            self.text.blockSignals(True)
            self._rows.removeWidget(self.text)
            self.text.hide()
            self.text.deleteLater()
            self.text = None

    def _fit(self) -> None:
        if not self.isVisible():
            return
        self._rows.activate()
        # Only the fault, while there is one, takes as many lines as the width asks for.
        wraps = self._rows.hasHeightForWidth()
        self.setFixedHeight(self._rows.totalHeightForWidth(_WIDTH) if wraps else self._rows.totalSizeHint().height())
        room = self._plot.rect()
        x = max(0, min(self._spot.x() + 10, room.width() - self.width()))
        y = max(0, min(self._spot.y() - self.height() // 2, room.height() - self.height()))
        self.move(x, y)
