"""MainWindow: toolbar, settings, stack editor, panels, findings and values, laid out; remembers its geometry."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QByteArray, QEventLoop, QSettings, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QActionGroup, QCloseEvent, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QMainWindow,
    QMessageBox,
    QSplitter,
    QTabWidget,
    QToolBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from biasstudio.gui.bias_edits import BiasEdits
from biasstudio.gui.checked_text import restore_texts
from biasstudio.gui.compare_view import CompareView
from biasstudio.gui.document import Document
from biasstudio.gui.file_actions import FileActions, is_data
from biasstudio.gui.findings_view import FindingsView
from biasstudio.gui.hands_on_bar import HandsOnBar
from biasstudio.gui.help.help_menu import HelpMenu
from biasstudio.gui.icons import action_icon
from biasstudio.gui.model_tree import ModelTree
from biasstudio.gui.notices import Notices
from biasstudio.gui.panels.contribution_view import ContributionView
from biasstudio.gui.panels.display_clock import DisplayClock
from biasstudio.gui.panels.panels_view import PanelsView
from biasstudio.gui.panels.set_vector import SetVectorAction
from biasstudio.gui.panels.values_table import ValuesTable
from biasstudio.gui.panels.weights_view import WeightsView
from biasstudio.gui.replay_bar import ReplayBar
from biasstudio.gui.run_actions import RunActions
from biasstudio.gui.runs.runs_view import RunsView
from biasstudio.gui.settings_bar import SettingsBar
from biasstudio.gui.stack_editor.stack_editor import StackEditor
from biasstudio.gui.tab_order import put_before, tab_stops
from biasstudio.gui.theme import theme
from biasstudio.gui.training_actions import TrainingActions
from biasstudio.gui.training_status import TrainingStatus
from biasstudio.gui.undo_actions import UndoActions
from biasstudio.gui.view_state import ViewState
from biasstudio.model_files.reader import is_model_file
from biasstudio.recording.run_format import SUFFIX as RUN_SUFFIX
from biasstudio.scripts.writing import SUFFIX as SCRIPT_SUFFIX
from biasstudio.spec.experiment import SUFFIX

STACK_WIDTH, SIDE_WIDTH, SIDE_LEAST_WIDTH = 316, 330, 284
# What a window manager puts around a window, at most.
FRAME = QSize(16, 48)
_STACK_TAB, _MODEL_TAB = 0, 2
_SAID_MS = 5_000


class MainWindow(QMainWindow):
    """The window. Lives in the GUI thread; shows what it is given, and says by signals what the person wants."""

    closeAsked = Signal()
    """The person wants to close and nothing unsaved stands in the way: end the worker, then call `finish_closing`."""
    closed = Signal()
    faulted = Signal(str)
    """A bug of ours came up and is shown."""

    def __init__(self, document: Document) -> None:
        super().__init__()
        self.document, self.view = document, ViewState(self)
        self.ready: Callable[[], bool] = lambda: False
        self._may_close = self._without_asking = False
        self.has_closed = self._locked = False
        self.setObjectName("mainWindow")
        self.setAcceptDrops(True)
        self._make_parts()
        self._lay_out()
        self._make_menus()
        document.aboutToBeReplaced.connect(lambda: restore_texts(self))
        document.changed.connect(self._show_title)
        document.pathChanged.connect(self._show_title)
        document.undo_stack.cleanChanged.connect(self._show_title)
        self._show_title()
        self._restore()

    def _make_parts(self) -> None:
        self.clock = DisplayClock(self.view, self)
        self.actions_of_training = TrainingActions(self)
        self.files = FileActions(self.document, self)
        self.stack_editor = StackEditor(self.document)
        self.settings_bar = SettingsBar(self.document, self._toolbar())
        self.settings_bar.openDataAsked.connect(self.files.open_data.trigger)
        self.settings_bar.openImagesAsked.connect(self.files.open_images.trigger)
        self.edits = BiasEdits(self.view, self)
        self.panels = PanelsView(self.view, self.clock, self.edits)
        self.values = ValuesTable(self.view, self.clock, self.edits)
        self.set_vector = SetVectorAction(self.view, self.edits, self)
        self.panels.vector_panel.add_action(self.set_vector)
        self.values.add_action(self.set_vector)
        self.weights = WeightsView()
        self.contribution = ContributionView(self.view)
        self.comparison = CompareView()
        self.runs = RunsView()
        self.model_tree = ModelTree()
        self.actions_of_runs = RunActions(self)
        self.replay = ReplayBar(self.view)
        self.clock.grown.connect(self.replay.refresh)
        self.replay.listen_to(self.panels.timeline_panel)
        self.clock.grown.connect(self.comparison.follow)
        self.notices = Notices()
        self.notices.saidMore.connect(lambda: put_before(self.panels.header.vector_choice, tab_stops(self.notices)))
        self.findings = FindingsView()
        self.status = TrainingStatus(self)
        self.setStatusBar(self.status)
        self.hands_on = HandsOnBar(self.edits)
        self.status.add_in_place(self.hands_on)

    def _lay_out(self) -> None:
        self.side = QSplitter(Qt.Orientation.Vertical)
        self.side.addWidget(self.findings)
        self.side.addWidget(self._tables())
        self.side.setSizes([420, 400])
        self.side.setMinimumWidth(SIDE_LEAST_WIDTH)
        self.columns = QSplitter(Qt.Orientation.Horizontal)
        for widget in (self._left(), self._middle(), self.side):
            self.columns.addWidget(widget)
        for column, share in enumerate((1, 4, 1)):
            self.columns.setStretchFactor(column, share)
        self.columns.setSizes([STACK_WIDTH, 720, SIDE_WIDTH])
        for splitter in (self.columns, self.side):
            splitter.setHandleWidth(10)
            splitter.setChildrenCollapsible(False)
        body = QWidget()
        layout = QVBoxLayout(body)
        layout.setContentsMargins(10, 8, 10, 8)
        layout.setSpacing(8)
        layout.addWidget(self.settings_bar)
        layout.addWidget(self.columns, 1)
        self.setCentralWidget(body)

    def _left(self) -> QTabWidget:
        self.left = QTabWidget()
        self.left.setDocumentMode(True)
        self.left.addTab(_card(self.stack_editor), "Stack")
        self.left.addTab(_card(self.runs), "Runs")
        self.left.addTab(_card(self.model_tree), "Model file")
        self.left.setTabVisible(_MODEL_TAB, False)
        return self.left

    def show_model_tree(self, shown: bool, *, in_place_of_stack: bool) -> None:
        """Show the tab with the layers of a model's file; where the file is the network, there is no stack to show."""
        was_shown = self.left.isTabVisible(_MODEL_TAB)
        self.left.setTabVisible(_MODEL_TAB, shown)
        self.left.setTabVisible(_STACK_TAB, not (shown and in_place_of_stack))
        if shown and not was_shown:
            self.left.setCurrentIndex(_MODEL_TAB)
        elif was_shown and not shown:
            self.left.setCurrentIndex(_STACK_TAB)

    def show_stack(self) -> None:
        """Have the layers' cards on screen, or the tree where a model's file is the network."""
        stack = self.left.isTabVisible(_STACK_TAB)
        self.left.setCurrentIndex(_STACK_TAB if stack else _MODEL_TAB)

    def _middle(self) -> QWidget:
        middle = QWidget()
        layout = QVBoxLayout(middle)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self.notices)
        layout.addWidget(self.panels, 1)
        layout.addWidget(self.replay)
        return middle

    def _toolbar(self) -> QToolBar:
        bar = QToolBar("Training")
        bar.setObjectName("trainingToolbar")
        bar.setMovable(False)
        bar.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        bar.setIconSize(QSize(14, 14))
        for action in self.actions_of_training.all:
            bar.addAction(action)
            button = bar.widgetForAction(action)
            button.setAccessibleName(action.text())
            if action is self.actions_of_training.train and isinstance(button, QToolButton):
                button.setProperty("role", "primary")
                button.setMinimumWidth(92)
        self._show_icons()
        theme().changed.connect(self._show_icons)
        return bar

    def _show_icons(self) -> None:
        for action in self.actions_of_training.all:
            primary = action is self.actions_of_training.train
            action.setIcon(action_icon(action.objectName().removeprefix("action").lower(), primary=primary))

    def _tables(self) -> QWidget:
        self.tables = QTabWidget()
        self.tables.setDocumentMode(True)
        self.tables.addTab(self.values, "Values")
        self.tables.addTab(self.weights, "Weights")
        unit = self.tables.addTab(self.contribution, "Unit")
        self.tables.setTabToolTip(unit, "What goes into the chosen unit, from its inputs and from its bias")
        self.tables.addTab(self.comparison, "Compare")
        # All four in sight where the side is narrow.
        self.tables.tabBar().setStyleSheet("QTabBar::tab { padding: 4px 9px; margin-right: 2px; }")
        return self.tables

    def _make_menus(self) -> None:
        bar = self.menuBar()
        file = bar.addMenu("&File")
        file.addActions([self.files.new, self.files.open, self.files.paste_script])
        file.addActions([self.files.open_data, self.files.open_images])
        file.addMenu(self.files.recent)
        file.addMenu(self.files.examples)
        file.addSeparator()
        file.addActions([self.files.save, self.files.save_as, self.files.save_model])
        file.addSeparator()
        file.addActions([self.files.export_script, self.files.copy_script])
        file.addSeparator()
        leave = file.addAction("&Quit")
        leave.setShortcut("Ctrl+Q")
        leave.triggered.connect(self.close)
        edit = bar.addMenu("&Edit")
        edit.addActions(self._undo_actions())
        edit.addSeparator()
        edit.addAction(self.set_vector)
        bar.addMenu("&Training").addActions(list(self.actions_of_training.all))
        bar.addMenu(self.actions_of_runs.menu)
        self._make_view_menu()
        help_menu = HelpMenu(lambda: self.document.experiment, self.status.versions.text, self)
        help_menu.said.connect(lambda sentence: self.status.showMessage(sentence, _SAID_MS))
        bar.addMenu(help_menu)

    def _undo_actions(self) -> list[QAction]:
        self.undo_actions = UndoActions(self, (self.document.undo_stack, self.edits.undo_stack))
        self.undo, self.redo = self.undo_actions.undo, self.undo_actions.redo
        return [self.undo, self.redo]

    def _make_view_menu(self) -> None:
        view = self.menuBar().addMenu("&View")
        appearance = view.addMenu("&Appearance")
        group = QActionGroup(self)
        for text, scheme in (
            ("As the &system", Qt.ColorScheme.Unknown),
            ("&Light", Qt.ColorScheme.Light),
            ("&Dark", Qt.ColorScheme.Dark),
        ):
            action = appearance.addAction(text)
            action.setCheckable(True)
            action.setData(scheme)
            group.addAction(action)
        group.triggered.connect(lambda action: self._prefer(action.data()))
        # Stored by its name.
        stored = QSettings().value("window/appearance", Qt.ColorScheme.Unknown.name)
        preferred = next((action for action in group.actions() if action.data().name == stored), group.actions()[0])
        preferred.setChecked(True)
        if preferred.data() != Qt.ColorScheme.Unknown:
            theme().prefer(preferred.data())

    def _prefer(self, scheme: Qt.ColorScheme) -> None:
        QSettings().setValue("window/appearance", scheme.name)
        theme().prefer(scheme)

    def set_locked(self, locked: bool) -> None:
        """While training: the experiment can't be changed, only looked at."""
        if locked and not self._locked:
            # Else the next control that can still be used would get the keys, such as Delete on a card.
            self.setFocus()
        self._locked = locked
        self.stack_editor.set_locked(locked)
        self.settings_bar.set_locked(locked)
        self.files.set_locked(locked)
        self.runs.set_locked(locked)
        self.undo_actions.set_open(self.document.undo_stack, not locked)

    def wait_ready(self, timeout_ms: int = 30_000) -> bool:
        """Run the event loop until the present stack is built, or refused; False where it took too long."""
        return self.wait_until(self.ready, timeout_ms)

    def wait_until(self, condition: Callable[[], bool], timeout_ms: int) -> bool:
        """Run the event loop until `condition` holds; False where it took too long."""
        loop, deadline, look = QEventLoop(), QTimer(), QTimer()
        deadline.setSingleShot(True)
        deadline.timeout.connect(loop.quit)
        look.timeout.connect(lambda: loop.quit() if condition() else None)
        deadline.start(timeout_ms)
        look.start(20)
        if not condition():
            loop.exec()
        return condition()

    def show_fault(self, sentence: str, details: str) -> None:
        """A bug of ours, with its traceback to copy."""
        self.faulted.emit(sentence)
        box = QMessageBox(self)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setObjectName("faultDialog")
        box.setIcon(QMessageBox.Icon.Critical)
        box.setText("Something went wrong in Bias Studio.")
        box.setInformativeText(f"{sentence}\n\nYour experiment is unharmed. The details can be copied for a report.")
        box.setDetailedText(details)
        box.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        box.open()

    def _show_title(self) -> None:
        path = self.document.path
        self.setWindowTitle(f"{path.name if path else 'Untitled'}[*] — Bias Studio")
        self.setWindowModified(self.document.modified)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        urls = event.mimeData().urls()
        name = urls[0].toLocalFile() if len(urls) == 1 else ""
        # A run is only looked at, which disturbs no training.
        known = name.endswith((SUFFIX, SCRIPT_SUFFIX)) or is_model_file(Path(name)) or is_data(Path(name))
        opens = bool(name) and known
        if name.endswith(RUN_SUFFIX) or (opens and self.files.open.isEnabled()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        self.files.open_path(Path(event.mimeData().urls()[0].toLocalFile()))

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask for unsaved changes, hide at once, and close for good when the worker has ended."""
        if self._may_close:
            event.accept()
            self.has_closed = True
            # An undo stack that is deleted says once more that it is clean.
            self.document.undo_stack.cleanChanged.disconnect(self._show_title)
            self.undo_actions.close()
            self.closed.emit()
            return
        event.ignore()
        if not self._without_asking and self.isVisible() and not self.files.may_leave():
            return
        self._remember_geometry()
        self.clock.stop()
        self.hide()
        self.closeAsked.emit()

    def close_without_asking(self) -> None:
        """Close as at the person's click, but give up what is unsaved: for signals of the system and for tests."""
        self._without_asking = True
        self.close()

    def finish_closing(self) -> None:
        """The worker has ended: nothing stands in the way any more."""
        self._may_close = True
        self.close()

    def _remember_geometry(self) -> None:
        settings = QSettings()
        settings.setValue("window/geometry", self.saveGeometry())
        for name, splitter in self._splitters().items():
            settings.setValue(f"window/{name}", splitter.saveState())

    def _restore(self) -> None:
        settings = QSettings()
        geometry = settings.value("window/geometry")
        if not (isinstance(geometry, QByteArray) and self.restoreGeometry(geometry)):
            room = self.screen().availableSize()
            self.resize(min(1440, room.width() - FRAME.width()), min(900, room.height() - FRAME.height()))
        for name, splitter in self._splitters().items():
            state = settings.value(f"window/{name}")
            if isinstance(state, QByteArray):
                splitter.restoreState(state)

    def _splitters(self) -> dict[str, QSplitter]:
        return {"columns": self.columns, "side": self.side}


def _card(content: QWidget) -> QFrame:
    card = QFrame()
    card.setProperty("card", True)
    layout = QHBoxLayout(card)
    layout.setContentsMargins(2, 2, 2, 2)
    layout.addWidget(content)
    return card
