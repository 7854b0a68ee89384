"""The log: a file in the user's state folder that is kept small, with what Python and Qt say, and how a crash came."""

import faulthandler
import logging
from logging.handlers import RotatingFileHandler
from pathlib import Path

from PySide6.QtCore import QMessageLogContext, QStandardPaths, QtMsgType, qInstallMessageHandler

_log = logging.getLogger(__name__)

MOST_BYTES, OLDER_FILES = 1_000_000, 3
_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


def log_path() -> Path:
    """Where the log is; a QApplication must be named. Older parts end in .1 to .3."""
    return Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.StateLocation)) / "biasstudio.log"


def start_log() -> None:
    """Log to the file from now on, and warnings to the terminal. Where the file can't be written, only there."""
    terminal = logging.StreamHandler()
    terminal.setLevel(logging.WARNING)
    logging.basicConfig(level=logging.WARNING, format=_FORMAT, handlers=[terminal])
    logging.getLogger("biasstudio").setLevel(logging.INFO)
    path = log_path()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = RotatingFileHandler(path, maxBytes=MOST_BYTES, backupCount=OLDER_FILES, encoding="utf-8")
        file.setFormatter(logging.Formatter(_FORMAT))
        logging.getLogger().addHandler(file)
        _keep_crashes(path.with_name("crash.txt"))
    except OSError as error:
        _log.warning("There is no log file: %s can't be written: %s.", path, error.strerror)
    qInstallMessageHandler(_log_qt)


def end_of_log(lines: int) -> str:
    """The last lines of the log; "" where there is none."""
    try:
        text = log_path().read_text("utf-8", errors="replace")
    except OSError:
        return ""
    return "\n".join(text.splitlines()[-lines:])


def _keep_crashes(path: Path) -> None:
    """Have Python write down where it was, should Qt or TensorFlow end the process; log what is there of it."""
    if path.exists() and path.stat().st_size:
        _log.error("an earlier start ended by a crash:\n%s", path.read_text("utf-8", errors="replace"))
    # Open as long as the process lives: a crash leaves no time to open a file.
    faulthandler.enable(path.open("w", encoding="utf-8"))


def _log_qt(kind: QtMsgType, _context: QMessageLogContext, message: str) -> None:
    logging.getLogger("qt").log(_LEVELS.get(kind, logging.WARNING), message)
