"""ValueDelegate: the field in which a value of a table is typed."""

from PySide6.QtCore import QAbstractItemModel, QEvent, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem, QWidget

from biasstudio.gui.bias_edits import exact_text, read_value
from biasstudio.gui.checked_text import CheckedText

Index = QModelIndex | QPersistentModelIndex


class ValueDelegate(QStyledItemDelegate):
    """A text that is no value stays, marked, until it is mended or left by Escape; `faultChanged` says why."""

    faultChanged = Signal(str)

    def createEditor(self, parent: QWidget, _option: QStyleOptionViewItem, index: Index) -> QWidget:
        value = index.data(Qt.ItemDataRole.EditRole)
        text = CheckedText(read_value, exact_text, value, parent, while_typing=False)
        text.setObjectName("valueText")
        text.setAccessibleName("Value")
        text.setAlignment(Qt.AlignmentFlag.AlignRight)
        # A style sheet's padding would leave no room for the digits in a row of a table.
        text.setStyleSheet("QLineEdit { padding: 0 3px; border-radius: 0; min-height: 0; }")
        text.faultChanged.connect(self.faultChanged)
        return text

    def setEditorData(self, editor: QWidget, _index: Index) -> None:
        """The editor was made with the value; what is typed is not to be lost where the values change."""
        if isinstance(editor, CheckedText):
            editor.selectAll()

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: Index) -> None:
        if not isinstance(editor, CheckedText):
            return
        editor.commit()
        if not editor.fault:
            model.setData(index, editor.value, Qt.ItemDataRole.EditRole)

    def destroyEditor(self, editor: QWidget, index: Index) -> None:
        editor.blockSignals(True)
        super().destroyEditor(editor, index)
        self.faultChanged.emit("")

    def eventFilter(self, editor: QObject, event: QEvent) -> bool:
        leaving = event.type() == QEvent.Type.FocusOut
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            leaving = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab, Qt.Key.Key_Backtab)
        if leaving and isinstance(editor, CheckedText):
            editor.commit()
            if editor.fault:
                return event.type() != QEvent.Type.FocusOut
        return super().eventFilter(editor, event)
