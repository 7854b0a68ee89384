"""InputColumns: which columns of a table the network gets."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QListWidget, QListWidgetItem, QPushButton, QVBoxLayout, QWidget

_ROW = 22


class InputColumns(QWidget):
    """A list to check columns in. `chosen` carries those that are checked; () stands for all."""

    chosen = Signal(tuple)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names: tuple[str, ...] = ()
        self._inputs: frozenset[str] = frozenset()
        self._count = QLabel()
        self._count.setProperty("role", "muted")
        self._all = QPushButton("All")
        self._all.setObjectName("dataAllColumns")
        self._all.setProperty("role", "quiet")
        self._all.setToolTip("Take all columns but the target as inputs")
        self._all.clicked.connect(lambda _checked: self.chosen.emit(()))
        self._list = QListWidget()
        self._list.setObjectName("dataColumns")
        self._list.setAccessibleName("Columns that are inputs")
        self._list.setMinimumHeight(5 * _ROW)
        self._list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self._list.itemChanged.connect(lambda _item: self._choose())
        head = QHBoxLayout()
        head.addWidget(self._count, 1)
        head.addWidget(self._all)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(2)
        rows.addLayout(head)
        rows.addWidget(self._list, 1)
        self.hide()

    def show_columns(self, names: tuple[str, ...], inputs: frozenset[str]) -> None:
        """Show the columns that can be inputs, and which of them are."""
        self.setVisible(bool(names))
        self._inputs = inputs
        self._list.blockSignals(True)
        if names != self._names:
            self._names = names
            self._list.clear()
            for name in names:
                item = QListWidgetItem(name, self._list)
                item.setToolTip(name)
                item.setSizeHint(QSize(0, _ROW))
                item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
        for row, name in enumerate(names):
            state = Qt.CheckState.Checked if name in inputs else Qt.CheckState.Unchecked
            self._list.item(row).setCheckState(state)
        self._list.blockSignals(False)
        self._count.setText(f"Inputs: {len(inputs & set(names))} of {len(names)}")
        self._all.setEnabled(not inputs.issuperset(names))

    def _choose(self) -> None:
        items = [self._list.item(row) for row in range(self._list.count())]
        checked = tuple(item.text() for item in items if item.checkState() is Qt.CheckState.Checked)
        if not checked:
            # None would stand for all.
            self.show_columns(self._names, self._inputs)
            return
        self._inputs = frozenset(checked)
        self.chosen.emit(() if len(checked) == len(self._names) else checked)
