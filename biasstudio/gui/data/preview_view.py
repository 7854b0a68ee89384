"""PreviewView: what a file holds: the first rows of a table, example images by class, or arrays with their shapes."""

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QSize, Qt, QThreadPool
from PySide6.QtGui import QIcon, QImage, QImageReader, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QStackedWidget,
    QTableView,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)

from biasstudio.data_files.preview import ArraysPreview, ImagesPreview, TablePreview
from biasstudio.gui.background import Job
from biasstudio.gui.data.table_model import TableModel
from biasstudio.resource_files import resource_path

_THUMBNAIL = 72
_WIDEST_COLUMN = 220
_EACH_DIGIT = 8


class PreviewView(QStackedWidget):
    """Shows one preview at a time; images are read in a thread of `pool`."""

    def __init__(self, pool: QThreadPool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("dataPreview")
        self._pool = pool
        self._job: Job | None = None
        self._shown_images: ImagesPreview | None = None
        self._nothing = QLabel("Reading…", alignment=Qt.AlignmentFlag.AlignCenter, wordWrap=True)
        self._nothing.setProperty("role", "muted")
        self.rows = TableModel(self)
        self._table = self._make_table()
        self._arrays = self._make_arrays()
        self._images = self._make_images()
        for page in (self._nothing, self._table, self._arrays, self._images):
            self.addWidget(page)

    def _make_table(self) -> QTableView:
        table = QTableView()
        table.setObjectName("dataTable")
        table.setAccessibleName("The first rows")
        table.setModel(self.rows)
        table.setProperty("lined", True)
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.setSelectionMode(QAbstractItemView.SelectionMode.ContiguousSelection)
        table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        table.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        table.verticalHeader().setDefaultSectionSize(24)
        return table

    def _make_arrays(self) -> QTreeWidget:
        arrays = QTreeWidget()
        arrays.setObjectName("dataArrays")
        arrays.setAccessibleName("The arrays in the file")
        arrays.setHeaderLabels(["Array", "Shape", "Type", "Used as"])
        arrays.setRootIsDecorated(False)
        return arrays

    def _make_images(self) -> QListWidget:
        images = QListWidget()
        images.setObjectName("dataImages")
        images.setAccessibleName("Example images with their classes")
        images.setViewMode(QListWidget.ViewMode.IconMode)
        images.setMovement(QListWidget.Movement.Static)
        images.setResizeMode(QListWidget.ResizeMode.Adjust)
        images.setIconSize(QSize(_THUMBNAIL, _THUMBNAIL))
        # Room for the class's name, descenders too.
        images.setGridSize(QSize(_THUMBNAIL + 24, _THUMBNAIL + 2 * images.fontMetrics().height() + 8))
        images.setUniformItemSizes(True)
        return images

    def show_nothing(self, sentence: str) -> None:
        """Say why there is nothing to see."""
        self._nothing.setText(sentence)
        self.setCurrentWidget(self._nothing)

    def show_table(self, preview: TablePreview, target: str, inputs: frozenset[str]) -> None:
        """The first rows, the target before the other columns."""
        self.rows.show(preview, target, inputs)
        self.setCurrentWidget(self._table)
        header = self._table.horizontalHeader()
        for column in range(self.rows.columnCount()):
            header.moveSection(header.visualIndex(column), column)
        if self.rows.target >= 0:
            header.moveSection(self.rows.target, 0)
        self._table.resizeColumnsToContents()
        for column in range(self.rows.columnCount()):
            self._table.setColumnWidth(column, min(_WIDEST_COLUMN, self._table.columnWidth(column) + 8))

    def show_arrays(self, preview: ArraysPreview, used: dict[str, str]) -> None:
        """The arrays; `used` says by name what each serves as."""
        self._arrays.clear()
        for array in preview.arrays:
            shape = " × ".join(f"{side:,}" for side in array.shape) or "one number"
            self._arrays.addTopLevelItem(QTreeWidgetItem([array.name, shape, array.dtype, used.get(array.name, "")]))
        for column in range(3):
            self._arrays.resizeColumnToContents(column)
            self._arrays.setColumnWidth(column, self._arrays.columnWidth(column) + 16)
        self.setCurrentWidget(self._arrays)

    def show_images(self, preview: ImagesPreview) -> None:
        """Example images; they appear when they are read."""
        self.setCurrentWidget(self._images)
        if preview is self._shown_images:
            return
        self._shown_images = preview
        examples = preview.examples
        self._read_images(lambda job: [(_thumbnail(path), name) for path, name in examples if not job.cancelled])

    def show_digits(self) -> None:
        """Some of the digits of MNIST that come with Bias Studio."""
        self.setCurrentWidget(self._images)
        self._read_images(lambda _job: _digits())

    def _read_images(self, work: Callable[[Job], list[tuple[QImage, str]]]) -> None:
        self.stop()
        self._images.clear()
        job = Job(work)
        self._job = job
        job.succeeded.connect(self._add_images)
        job.ended.connect(job.deleteLater)
        job.start(self._pool)

    def _add_images(self, images: list[tuple[QImage, str]]) -> None:
        for image, name in images:
            item = QListWidgetItem(QIcon(QPixmap.fromImage(image)), name, self._images)
            item.setToolTip(name)

    def stop(self) -> None:
        """Read no more images."""
        if self._job is not None:
            self._job.cancel()
            self._job = None


def _digits() -> list[tuple[QImage, str]]:
    """In the pool's thread."""
    with np.load(resource_path("data/mnist_5k.npz"), allow_pickle=False) as file:
        images, digits = file["x"], file["y"]
    size, colour = QSize(_THUMBNAIL, _THUMBNAIL), QImage.Format.Format_Grayscale8
    places = [place for digit in range(10) for place in np.flatnonzero(digits == digit)[:_EACH_DIGIT]]
    return [(QImage(images[place].tobytes(), 28, 28, 28, colour).scaled(size), str(digits[place])) for place in places]


def _thumbnail(path: object) -> QImage:
    """In the pool's thread. Empty where the file is no image; the summary says how many are not."""
    reader = QImageReader(str(path))
    reader.setAutoTransform(True)
    size = reader.size()
    if size.isValid():
        reader.setScaledSize(size.scaled(_THUMBNAIL, _THUMBNAIL, Qt.AspectRatioMode.KeepAspectRatio))
    return reader.read()
