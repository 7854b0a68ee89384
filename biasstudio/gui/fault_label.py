"""FaultLabel: the sentence that says what is wrong, below what it is about; hidden while nothing is."""

from itertools import count

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from biasstudio.gui.argument_field import ArgumentField
from biasstudio.gui.checked_text import CheckedText


class FaultLabel(QLabel):
    """Shows the latest fault of the fields that it watches. `faultChanged` says that the sentence is another."""

    faultChanged = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._faults: dict[int, str] = {}
        self._keys = count(1)
        self.setProperty("role", "error")
        self.setWordWrap(True)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.setObjectName("faultLabel")
        self.hide()

    @property
    def fault(self) -> str:
        """The sentence shown, or ""."""
        return next(reversed(self._faults.values()), "")

    def watch(self, field: ArgumentField | CheckedText) -> None:
        """Show the faults of `field`; its own `restore` takes them away before it goes."""
        key = next(self._keys)
        field.faultChanged.connect(lambda fault: self.show_fault(fault, key))

    def show_fault(self, fault: str, source: int = 0) -> None:
        """Show `fault` of one source of faults; "" takes it away."""
        self._faults.pop(source, None)
        if fault:
            self._faults[source] = fault
        self._show()

    def clear_faults(self) -> None:
        """Forget all of them."""
        self._faults.clear()
        self._show()

    def _show(self) -> None:
        self.setText(f"⚠ {self.fault}" if self.fault else "")
        self.setVisible(bool(self.fault))
        self.faultChanged.emit()
