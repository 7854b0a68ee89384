"""AboutDialog: what this is, its version, and what it is made of, with the licences in full."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPlainTextEdit,
    QSplitter,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from biasstudio.gui.help.licences import Part, parts
from biasstudio.gui.icons import application_icon

_SAID = "See what the biases of a neural network do."
_HEADERS = ("Part", "Version", "Licence")


class AboutDialog(QDialog):
    """Choose a part in the list to read its licence."""

    def __init__(self, engine: str, parent: QWidget) -> None:
        """`engine` names TensorFlow and Keras as they run; "" while they are being loaded."""
        super().__init__(parent)
        self.setObjectName("aboutDialog")
        self.setWindowTitle("About Bias Studio")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._parts = parts()
        self.list = self._part_list()
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.text.setAccessibleName("Licence of the chosen part")
        self.list.currentCellChanged.connect(lambda row, *_: self._show_licence(self._parts[row]))
        body = QSplitter(Qt.Orientation.Vertical)
        body.setChildrenCollapsible(False)
        body.addWidget(self.list)
        body.addWidget(self.text)
        body.setSizes([210, 230])
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setSpacing(12)
        layout.addLayout(self._head(engine))
        layout.addWidget(body, 1)
        layout.addWidget(buttons)
        self.list.setCurrentCell(0, 0)
        self.resize(680, 600)

    def _head(self, engine: str) -> QHBoxLayout:
        picture = QLabel()
        picture.setPixmap(application_icon().pixmap(56, 56))
        title = QLabel(f"Bias Studio {self._parts[0].version}")
        title.setObjectName("aboutVersion")
        font = title.font()
        font.setPointSizeF(font.pointSizeF() * 1.5)
        font.setBold(True)
        title.setFont(font)
        about = QLabel(f"{_SAID}\n{engine}".strip())
        about.setProperty("role", "muted")
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(title)
        words.addWidget(about)
        head = QHBoxLayout()
        head.setSpacing(14)
        head.addWidget(picture)
        head.addLayout(words, 1)
        return head

    def _part_list(self) -> QTableWidget:
        table = QTableWidget(len(self._parts), len(_HEADERS))
        table.setObjectName("aboutParts")
        table.setAccessibleName("Parts and their licences")
        table.setHorizontalHeaderLabels(_HEADERS)
        table.verticalHeader().hide()
        table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        table.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
        table.setSelectionMode(QTableWidget.SelectionMode.SingleSelection)
        table.setTabKeyNavigation(False)
        table.setShowGrid(False)
        table.setStyleSheet("QTableView { outline: 0 } QTableView::item, QHeaderView::section { padding-left: 8px }")
        for row, part in enumerate(self._parts):
            for column, text in enumerate((part.name, part.version, part.licence)):
                item = QTableWidgetItem(text)
                item.setToolTip(text)
                table.setItem(row, column, item)
        header = table.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setStretchLastSection(True)
        return table

    def _show_licence(self, part: Part) -> None:
        self.text.setPlainText("\n\n\n".join(part.texts) or f"{part.name} came without a text of its licence.")
