"""The application: wires window, worker and document together. The one place that knows all three."""

import logging
import os
import signal
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import (
    QCoreApplication,
    QEvent,
    QMessageLogContext,
    QObject,
    QStandardPaths,
    QTimer,
    QtMsgType,
    qFormatLogMessage,
    qInstallMessageHandler,
)
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtWidgets import QApplication

from biasstudio import __version__
from biasstudio.app.session import Session
from biasstudio.gui.document import Document
from biasstudio.gui.file_actions import load_example
from biasstudio.gui.help.log_file import start_log
from biasstudio.gui.icons import application_icon
from biasstudio.gui.main_window import MainWindow
from biasstudio.gui.theme import theme
from biasstudio.recording.run_format import SUFFIX as RUN_SUFFIX
from biasstudio.spec.experiment import Experiment

_log = logging.getLogger(__name__)
# Said of each window that has a least size; offscreen there is nobody who could resize it.
_REMARK_OFFSCREEN = "This plugin does not support propagateSizeHints()"


def create_window(experiment: Experiment | None = None) -> MainWindow:
    """The wired main window, not shown yet, on the tutorial network by default. A QApplication must exist.

    It is closed with `close()`, which ends its worker; its signal `closed` says when that is done.
    """
    application = QCoreApplication.instance()
    if not isinstance(application, QApplication):
        raise RuntimeError("create_window() needs a QApplication")
    theme()
    window = MainWindow(Document(experiment or load_example("tutorial")))
    window.setWindowIcon(application_icon())
    Session(window.document, window)
    return window


def keep_everything_in(folder: Path) -> None:
    """Keep runs, settings and log in a folder of their own, not in the person's; before there is an application."""
    for kind in ("DATA", "CONFIG", "STATE", "CACHE"):
        os.environ[f"XDG_{kind}_HOME"] = str(folder)
    # Other systems have their places, which these variables don't move.
    QStandardPaths.setTestModeEnabled(sys.platform != "linux")


def create_application() -> QApplication:
    """The QApplication, named so that settings are found again."""
    QCoreApplication.setOrganizationName("biasstudio")
    QCoreApplication.setApplicationName("biasstudio")
    application = QApplication(sys.argv[:1])
    application.setApplicationDisplayName("Bias Studio")
    application.setDesktopFileName("biasstudio")
    application.setQuitOnLastWindowClosed(False)
    return application


def draw_offscreen() -> None:
    """Let Qt draw where nobody sees it; before there is an application. What Qt warns of is still told on stderr."""

    def tell(kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
        if message != _REMARK_OFFSCREEN:
            print(qFormatLogMessage(kind, context, message), file=sys.stderr, flush=True)

    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    qInstallMessageHandler(tell)


class FileOpener(QObject):
    """On macOS a double click on a file comes as an event of the application."""

    def __init__(self, window: MainWindow, parent: QObject) -> None:
        super().__init__(parent)
        self._window = window

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if not isinstance(event, QFileOpenEvent):
            return False
        path = Path(event.file())
        # Not from within the system's own call: opening may ask about unsaved changes.
        QTimer.singleShot(0, self._window, lambda: self._window.files.open_path(path))
        return True


def _show_bug(window: MainWindow, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """What escaped from our own code: logged, and shown to be copied."""
    _log.error("unexpected", exc_info=(kind, error, trace))
    window.show_fault(f"{kind.__name__}: {error}", "".join(traceback.format_exception(kind, error, trace)))


def run(files: Sequence[Path]) -> int:
    """Open the window, with a file if one is given, and run until it is closed; the exit status."""
    application = create_application()
    start_log()
    _log.info("Bias Studio %s starts, Qt platform %s", __version__, application.platformName())
    window = create_window()
    opener = FileOpener(window, application)
    application.installEventFilter(opener)
    window.closed.connect(application.quit)
    # Ctrl-C in the terminal closes as the window's own button does; Python looks for it when a timer lets it run.
    signal.signal(signal.SIGINT, lambda *_: window.close_without_asking())
    signal.signal(signal.SIGTERM, lambda *_: window.close_without_asking())
    let_python_run = QTimer(window)
    let_python_run.timeout.connect(lambda: None)
    let_python_run.start(250)
    sys.excepthook = lambda kind, error, trace: _show_bug(window, kind, error, trace)
    window.show()
    runs = [file for file in files if file.suffix == RUN_SUFFIX]
    for file in files:
        if file not in runs:
            window.files.open_path(file)
    if len(runs) == 1:
        window.files.open_path(runs[0])
    elif runs:
        window.runs.compareAsked.emit(runs)
    status = application.exec()
    _log.info("Bias Studio ends")
    return status
