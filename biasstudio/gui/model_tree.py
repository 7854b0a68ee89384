"""ModelTree: the layers of a model's file with their classes and the shapes of their variables, to look at."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHeaderView, QLabel, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from biasstudio.model_files.contents import FileLayer, ModelFile
from biasstudio.recording.network import BIAS_NAMES

_MOST_ROWS = 20_000
_LAYER = Qt.ItemDataRole.UserRole


class ModelTree(QWidget):
    """Read only. `layerChosen` says the name of the outermost layer of the row that a person chose."""

    layerChosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = QLabel(self)
        self._title.setProperty("role", "title")
        self._about = QLabel(self, wordWrap=True)
        self._about.setObjectName("modelTreeAbout")
        self._about.setProperty("role", "muted")
        self._tree = QTreeWidget(self)
        self._tree.setObjectName("modelTree")
        self._tree.setAccessibleName("Layers of the model's file")
        self._tree.setHeaderLabels(["Layer", "Class or shape"])
        self._tree.setFrameShape(QTreeWidget.Shape.NoFrame)
        self._tree.setUniformRowHeights(True)
        self._tree.header().setStretchLastSection(True)
        self._tree.header().setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        self._tree.currentItemChanged.connect(self._choose)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(8, 8, 8, 8)
        rows.setSpacing(6)
        for widget in (self._title, self._about):
            rows.addWidget(widget)
        rows.addWidget(self._tree, 1)
        self.setMinimumWidth(280)

    def show_file(self, contents: ModelFile, about: str) -> None:
        """Show a file's layers; `about` says what can be done with it, or why it can't."""
        self._title.setText(contents.path.name)
        self._title.setToolTip(str(contents.path))
        self._about.setText(about)
        self._tree.blockSignals(True)
        self._tree.clear()
        self._rows = 0
        items = [self._item(layer, layer.name) for layer in contents.layers]
        self._tree.addTopLevelItems([item for item in items if item is not None])
        if self._rows <= 200:
            self._tree.expandAll()
        self._tree.blockSignals(False)

    def _item(self, layer: FileLayer, outermost: str) -> QTreeWidgetItem | None:
        if self._rows >= _MOST_ROWS:
            return None
        self._rows += 1
        item = QTreeWidgetItem([layer.name, f"{layer.class_name} · frozen" if layer.frozen else layer.class_name])
        if layer.frozen:
            item.setToolTip(1, "trainable is False in the file: it doesn't learn")
        item.setData(0, _LAYER, outermost)
        item.setToolTip(0, layer.path)
        for variable in layer.variables:
            shape = " × ".join(map(str, variable.shape)) or "one number"
            row = QTreeWidgetItem([variable.name, shape])
            row.setData(0, _LAYER, outermost)
            row.setToolTip(0, variable.place)
            if variable.name.split("/")[-1] in BIAS_NAMES:
                font = row.font(0)
                font.setBold(True)
                row.setFont(0, font)
            item.addChild(row)
        item.addChildren([child for each in layer.children if (child := self._item(each, outermost)) is not None])
        return item

    def _choose(self, item: QTreeWidgetItem | None) -> None:
        if item is not None:
            self.layerChosen.emit(item.data(0, _LAYER))
