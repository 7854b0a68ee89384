"""RunsView: the recorded runs, to open, compare, name, annotate, export and delete."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QMenu, QToolButton, QVBoxLayout, QWidget

from biasstudio.gui.choice_box import ChoiceBox
from biasstudio.gui.panels.figures import counted
from biasstudio.gui.panels.panel import ElidedLabel
from biasstudio.gui.runs.chosen_runs import ChosenRunsActions, ends_comparing, on_trigger
from biasstudio.gui.runs.delete_question import ask_for_good, ask_for_trash
from biasstudio.gui.runs.run_list import RunList
from biasstudio.gui.runs.run_note import RunNote
from biasstudio.gui.runs.runs_model import RUN_ROLE, SHOWN, Order, RunsInOrder, RunsModel
from biasstudio.gui.theme import theme
from biasstudio.recording.run_summary import RunSummary

_NO_RUNS = "No runs yet.\n\nEvery training is recorded here by itself: press Train, and its run appears."


class RunsView(QWidget):
    """Lists what `show_runs` gives it, and says by signals what the person wants done."""

    openAsked = Signal(Path)
    compareAsked = Signal(list)
    """The chosen runs' paths, in the list's order; the run that is shown first where it is among them."""
    stopComparingAsked = Signal(list)
    trainAgainAsked = Signal(Path)
    exportAsked = Signal(Path)
    renameAsked = Signal(Path, str)
    noteAsked = Signal(Path, str)
    showInFolderAsked = Signal(Path)
    deleteAsked = Signal(list)
    """The person agreed that these go to the trash."""
    deleteForGoodAsked = Signal(list)
    """The person agreed that these are deleted where there is no trash."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("runsView")
        self.setAccessibleName("Runs")
        self._shown: Path | None = None
        self._compared: tuple[Path, ...] = ()
        self.model = RunsModel(self)
        self.in_order = RunsInOrder(self.model, self)
        self.list = RunList(self.in_order)
        self.note = RunNote()
        self.actions_of_runs = ChosenRunsActions(self.list)
        self._make_head()
        self._lay_out()
        self._connect()
        self._follow_list()

    def _make_head(self) -> None:
        self.search = QLineEdit()
        self.search.setObjectName("runsSearch")
        self.search.setAccessibleName("Search runs")
        self.search.setPlaceholderText("Search")
        self.search.setToolTip("Words of the name, the note or the experiment")
        self.search.setClearButtonEnabled(True)
        self.order = ChoiceBox()
        self.order.setObjectName("runsOrder")
        self.order.setAccessibleName("Order of the runs")
        self.order.setToolTip("The order of the list")
        for order in Order:
            self.order.addItem(order.value, order)
        self.order.set_width_for_widest()
        self.problem = QLabel()
        self.problem.setProperty("role", "error")
        self.problem.setTextFormat(Qt.TextFormat.PlainText)
        self.problem.setWordWrap(True)
        self.problem.hide()
        # The window must not grow because there is a run.
        self.count = ElidedLabel()
        self.count.setProperty("role", "muted")
        self.count.setAlignment(Qt.AlignmentFlag.AlignCenter)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(6)
        head.addWidget(self.search, 1)
        head.addWidget(self.order)
        buttons = QHBoxLayout()
        buttons.setSpacing(6)
        actions = self.actions_of_runs
        for action in (actions.open, actions.compare):
            buttons.addWidget(_button(action))
        buttons.addWidget(self.count, 1)
        buttons.addWidget(self._more_button())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 8, 10, 10)
        layout.setSpacing(8)
        layout.addLayout(head)
        layout.addWidget(self.problem)
        layout.addWidget(self.list, 1)
        layout.addWidget(self.note)
        layout.addLayout(buttons)

    def _more_button(self) -> QToolButton:
        button = QToolButton()
        button.setObjectName("runsMore")
        button.setText("More ▾")
        button.setAccessibleName("More that can be done with the chosen runs")
        button.setToolTip("Rename, train again, export, show in folder, delete")
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(button)
        self._fill(menu)
        button.setMenu(menu)
        return button

    def _fill(self, menu: QMenu) -> None:
        menu.setToolTipsVisible(True)
        for group in self.actions_of_runs.groups():
            menu.addActions(list(group))
            menu.addSeparator()

    def _connect(self) -> None:
        actions = self.actions_of_runs
        self.list.addActions([actions.rename, actions.delete])
        self.list.opened.connect(actions.open.trigger)
        self.list.customContextMenuRequested.connect(self._open_menu)
        self.list.selectionModel().selectionChanged.connect(self._follow_choice)
        self.search.textChanged.connect(self._search)
        self.order.activated.connect(lambda index: self.in_order.order_by(self.order.itemData(index)))
        self.model.renameAsked.connect(self.renameAsked)
        self.model.dataChanged.connect(self._follow_choice)
        self.note.noteAsked.connect(self._take_note)
        theme().changed.connect(self.list.viewport().update)
        on_trigger(actions.open, lambda: self.openAsked.emit(self.chosen()[0].path))
        on_trigger(actions.compare, self._compare)
        on_trigger(actions.rename, lambda: self.list.rename(self._chosen_indexes()[0]))
        on_trigger(actions.annotate, self.note.setFocus)
        on_trigger(actions.train_again, lambda: self.trainAgainAsked.emit(self.chosen()[0].path))
        on_trigger(actions.export, lambda: self.exportAsked.emit(self.chosen()[0].path))
        on_trigger(actions.show_in_folder, lambda: self.showInFolderAsked.emit(self.chosen()[0].path))
        on_trigger(actions.delete, self._ask_and_delete)

    def show_runs(self, runs: Sequence[RunSummary]) -> None:
        """Show these in place of those before; what is chosen stays chosen."""
        self.model.show_runs(runs)
        self._follow_list()

    def mark_shown(self, path: Path | None, compared: Sequence[Path] = ()) -> None:
        """Say which run the panels show, None for one that isn't recorded, and which are laid over it, in order."""
        self._shown, self._compared = path, tuple(compared)
        marks = {other: index for index, other in enumerate(compared)}
        self.model.mark(marks | ({path: SHOWN} if path is not None else {}))
        self._follow_choice()

    def set_locked(self, locked: bool) -> None:
        """While something trains, no run's experiment can be opened; runs can be looked at all the same."""
        self.actions_of_runs.locked = locked
        self._follow_choice()

    def show_problem(self, sentence: str) -> None:
        """Say over the list what went wrong; nothing takes it away."""
        self.problem.setText(sentence)
        self.problem.setVisible(bool(sentence))

    def chosen(self) -> list[RunSummary]:
        """The chosen runs, in the list's order."""
        return [index.data(RUN_ROLE) for index in self._chosen_indexes()]

    def choose(self, paths: Sequence[Path]) -> None:
        """Choose these runs, as by clicks."""
        selection = self.list.selectionModel()
        selection.clear()
        for row in range(self.in_order.rowCount()):
            index = self.in_order.index(row, 0)
            if index.data(RUN_ROLE).path in paths:
                selection.setCurrentIndex(index, QItemSelectionModel.SelectionFlag.Select)

    def commit_typing(self) -> None:
        """Save a note that is being typed: before the window closes."""
        self.note.commit()

    def ask_for_good(self, paths: Sequence[Path]) -> None:
        """These could not go to the trash: ask whether they may be deleted."""
        runs = [run for run in self.model.runs() if run.path in paths]
        if runs:
            ask_for_good(self, runs, lambda: self.deleteForGoodAsked.emit([run.path for run in runs]))

    def _chosen_indexes(self) -> list[QModelIndex]:
        return sorted(self.list.selectionModel().selectedRows(), key=lambda index: index.row())

    def _compare(self) -> None:
        paths = sorted((run.path for run in self.chosen()), key=lambda path: path != self._shown)
        if ends_comparing(paths, self._shown, self._compared):
            self.stopComparingAsked.emit([path for path in paths if path != self._shown])
        else:
            self.compareAsked.emit(paths)

    def _ask_and_delete(self) -> None:
        runs = self.chosen()
        ask_for_trash(self, runs, lambda: self.deleteAsked.emit([run.path for run in runs]))

    def _take_note(self, path: Path, note: str) -> None:
        self.model.set_note(path, note)
        self.noteAsked.emit(path, note)

    def _search(self, text: str) -> None:
        self.in_order.search(text)
        self._follow_list()

    def _follow_list(self) -> None:
        words, count = self.search.text().strip(), self.in_order.rowCount()
        self.list.sentence = f"No run has “{words}” in its name, note or experiment." if words else _NO_RUNS
        self.list.viewport().update()
        self.count.setText(counted(count, "run") if count else "")
        self._follow_choice()

    def _follow_choice(self) -> None:
        chosen = self.chosen()
        self.actions_of_runs.update_for(chosen, self._shown, self._compared)
        one = chosen[0] if len(chosen) == 1 and self.actions_of_runs.annotate.isEnabled() else None
        self.note.show_note(one.path if one else None, one.note if one else "")
        self.note.setVisible(one is not None)
        if len(chosen) > 1:
            self.count.setText(f"{len(chosen)} chosen")
        else:
            self.count.setText(counted(self.in_order.rowCount(), "run") if self.in_order.rowCount() else "")

    def _open_menu(self, spot: QPoint) -> None:
        if self.chosen():
            menu = QMenu(self)
            menu.setObjectName("runsMenu")
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            self._fill(menu)
            menu.popup(self.list.viewport().mapToGlobal(spot))


def _button(action: QAction) -> QToolButton:
    button = QToolButton()
    button.setDefaultAction(action)
    button.setObjectName(f"button{action.objectName()}")
    button.setAccessibleName(action.text().replace("&", ""))
    return button
