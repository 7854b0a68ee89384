"""TrainingMore: the button for what is seldom set of the training, and the card that it opens."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QHideEvent, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QPushButton, QToolButton, QWidget

from biasstudio.gui.argument_field import ArgumentField, argument_help, label_for
from biasstudio.gui.checked_text import commit_typing, forget_typing, restore_texts
from biasstudio.gui.document import Document
from biasstudio.gui.fault_label import FaultLabel
from biasstudio.spec.arguments import Argument, SpecError
from biasstudio.spec.experiment import TRAINING_ARGUMENTS, Experiment, Training
from biasstudio.spec.losses import LOSS_TYPES
from biasstudio.spec.optimizers import OPTIMIZER_TYPES

_SHUFFLE = next(argument for argument in TRAINING_ARGUMENTS if argument.name == "shuffle")
_WIDTH = 320
_Choose = Callable[[ArgumentField, Any], str]
"""Makes the edit; says why it can't be made, or ""."""


class TrainingMore(QToolButton):
    """Says how many of its settings are not as usual; opens the card, or closes it."""

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self.card = TrainingCard(document, self)
        self.setObjectName("trainingMore")
        self.setProperty("role", "quiet")
        self.clicked.connect(self._open)
        document.changed.connect(self._show_document)
        document.aboutToBeReplaced.connect(self.card.close)
        self._show_document()

    def _show_document(self) -> None:
        changed = changed_settings(self._document.experiment.training)
        self.setText(f"More · {len(changed)}" if changed else "More")
        said = f"Not as usual: {', '.join(changed)}" if changed else "All as usual"
        self.setAccessibleName(f"More settings of the training. {said}")
        self.setToolTip(f"Shuffling, and the settings of the optimizer and the loss.\n{said}.")
        self.updateGeometry()

    def _open(self) -> None:
        self.card.open_at(self.mapToGlobal(QPoint(0, self.height() + 4)))


def changed_settings(training: Training) -> list[str]:
    """The names of the settings in the card that are not as usual."""
    names = [name for name, _ in (*training.optimizer_settings, *training.loss_settings)]
    return names if training.shuffle else ["shuffle", *names]


class TrainingCard(QFrame):
    """Fields for shuffling and for the settings of the present optimizer and loss; each edit can be undone."""

    def __init__(self, document: Document, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        # The click that closes it does nothing else; else one on the button would open it again.
        self.setAttribute(Qt.WidgetAttribute.WA_NoMouseReplay)
        self.setObjectName("trainingCard")
        self.setProperty("popup", True)
        self.setAccessibleName("More settings of the training")
        self._document = document
        self._shown = ("", "")
        self._fields: list[ArgumentField] = []
        self._rows: QWidget | None = None
        self._reset = QPushButton("All as usual", self)
        self._reset.setObjectName("trainingReset")
        self._reset.setProperty("role", "quiet")
        self._reset.setToolTip("Set all of these to Keras's defaults")
        self._reset.clicked.connect(lambda _checked: self._set_defaults())
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(14, 10, 14, 8)
        self._grid.addWidget(self._reset, 1, 0, Qt.AlignmentFlag.AlignRight)
        # The window's own shortcuts don't reach into a popup.
        for action in (document.undo_stack.createUndoAction(self), document.undo_stack.createRedoAction(self)):
            self.addAction(action)
        self.actions()[0].setShortcut(QKeySequence.StandardKey.Undo)
        self.actions()[1].setShortcuts([QKeySequence("Ctrl+Shift+Z"), QKeySequence("Ctrl+Y")])
        document.changed.connect(self._show_document)
        self._show_document()

    def open_at(self, place: QPoint) -> None:
        """Show it with its upper left corner at `place` on the screen, or as near as the screen has room."""
        self.adjustSize()
        screen = self.screen().availableGeometry()
        place.setX(max(screen.left(), min(place.x(), screen.right() - self.width())))
        place.setY(max(screen.top(), min(place.y(), screen.bottom() - self.height())))
        self.move(place)
        self.show()
        self._fields[0].setFocus()

    def _show_document(self) -> None:
        training = self._document.experiment.training
        if self._shown != (training.optimizer, training.loss):
            self._shown = (training.optimizer, training.loss)
            self._rebuild(training)
        for field in self._fields:
            field.set_value(_value(training, field.argument.name))
        self._reset.setEnabled(bool(changed_settings(training)))

    def _rebuild(self, training: Training) -> None:
        if self._rows is not None:
            restore_texts(self._rows)
            forget_typing(self._rows)
            self._rows.hide()
            self._rows.deleteLater()
        self._rows, self._fields = QWidget(self), []
        self._rows.setFixedWidth(_WIDTH)
        grid = QGridLayout(self._rows)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(5)
        grid.setColumnStretch(0, 1)
        loss = LOSS_TYPES[training.loss]
        self._add_section(grid, "Training", (_SHUFFLE,), self._set_shuffle)
        optimizer_settings = OPTIMIZER_TYPES[training.optimizer].settings
        self._add_section(grid, f"Optimizer · {training.optimizer}", optimizer_settings, self._set_optimizer)
        self._add_section(grid, f"Loss · {loss.title}", loss.settings, self._set_loss)
        self._grid.addWidget(self._rows, 0, 0)
        QWidget.setTabOrder(self._fields[-1].control, self._reset)

    def _add_section(
        self,
        grid: QGridLayout,
        title: str,
        arguments: tuple[Argument, ...],
        choose: _Choose,
    ) -> None:
        head = QLabel(title)
        head.setProperty("role", "title")
        grid.setRowMinimumHeight(grid.rowCount(), 6 if self._fields else 0)
        grid.addWidget(head, grid.rowCount(), 0, 1, 2)
        if not arguments:
            none = QLabel("has no settings")
            none.setProperty("role", "muted")
            grid.addWidget(none, grid.rowCount(), 0, 1, 2)
        for argument in arguments:
            self._add_field(grid, argument, choose)

    def _add_field(self, grid: QGridLayout, argument: Argument, choose: _Choose) -> None:
        field = ArgumentField(argument, _value(self._document.experiment.training, argument.name))
        if argument.kind != "boolean":
            field.set_width_for("0.000000000")
        fault, label, row = FaultLabel(), label_for(field, argument.name), grid.rowCount()
        fault.watch(field)
        fault.faultChanged.connect(self._fit)
        label.setToolTip(argument_help(argument))
        field.valueChosen.connect(lambda value: self._choose(field, choose, value))
        grid.addWidget(label, row, 0)
        grid.addWidget(field, row, 1)
        grid.addWidget(fault, row + 1, 0, 1, 2)
        self._fields.append(field)

    def _fit(self) -> None:
        # A window of its own doesn't grow with what it holds by itself.
        if self.isVisible():
            self.adjustSize()

    def _choose(self, field: ArgumentField, choose: _Choose, value: Any) -> None:
        if reason := choose(field, value):
            field.refuse(reason)

    def _set_shuffle(self, field: ArgumentField, value: bool) -> str:
        return self._edit("Set shuffle", {"shuffle": value}, field.merge_key)

    def _set_optimizer(self, field: ArgumentField, value: Any) -> str:
        training, name = self._document.experiment.training, field.argument.name
        settings = dict(training.optimizer_settings) | {name: value}
        return self._edit(f"Set {name} of {training.optimizer}", {"optimizer_settings": settings}, field.merge_key)

    def _set_loss(self, field: ArgumentField, value: Any) -> str:
        training, name = self._document.experiment.training, field.argument.name
        settings = dict(training.loss_settings) | {name: value}
        return self._edit(f"Set {name} of the loss", {"loss_settings": settings}, field.merge_key)

    def _set_defaults(self) -> None:
        restore_texts(self)
        self._edit("Set all as usual", {"shuffle": True, "optimizer_settings": (), "loss_settings": ()})

    def _edit(self, text: str, settings: dict[str, Any], merge_key: str = "") -> str:
        def change(experiment: Experiment) -> Experiment:
            return experiment.change_training(**settings)

        try:
            self._document.edit(text, change, merge_key)
        except SpecError as error:
            return str(error)
        return ""

    def hideEvent(self, event: QHideEvent) -> None:
        # What is half typed counts; what is wrong is given up, since nobody would see it.
        commit_typing(self)
        restore_texts(self)
        super().hideEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)


def _value(training: Training, name: str) -> Any:
    return training.shuffle if name == "shuffle" else training.setting(name)
