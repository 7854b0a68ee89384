"""ScriptSession: scripts of one window: opened, pasted, copied and exported."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QThreadPool, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QFileDialog, QMessageBox

from biasstudio.gui.background import Job
from biasstudio.gui.checked_text import commit_typing
from biasstudio.gui.document import Document
from biasstudio.gui.main_window import MainWindow
from biasstudio.gui.scripts.export_script import ExportScript, files_in_words
from biasstudio.gui.scripts.opened_script import OpenedScript
from biasstudio.gui.scripts.paste_script import PasteScript
from biasstudio.scripts.reading import ScriptReading, load_script
from biasstudio.scripts.writing import SUFFIX, FileInTheWayError, WrittenScript, save_script, write_script
from biasstudio.spec.arguments import SpecError
from biasstudio.spec.experiment import Experiment

_FILTER = f"Python script (*{SUFFIX})"
_DISMISS = "Close this message"
_NOTICE = "script"
# What a clipboard that holds a Keras script has in it.
_SIGNS = ("keras", "Sequential", "layers.", "Dense(")


class ScriptSession(QObject):
    """Lives in the GUI thread; scripts are read and written in a thread of a pool."""

    openingChanged = Signal()

    def __init__(self, document: Document, window: MainWindow) -> None:
        super().__init__(window)
        self._document, self._window = document, window
        self._pool = QThreadPool(self)
        self._jobs: set[Job] = set()
        self._reading: Job | None = None
        files = window.files
        files.scriptChosen.connect(self.open)
        files.paste_script.triggered.connect(self._paste)
        files.export_script.triggered.connect(self._export)
        files.copy_script.triggered.connect(self._copy)

    def close(self) -> None:
        """The window closes: give up what is under way."""
        for job in self._jobs:
            job.cancel()
        self._pool.waitForDone()

    @property
    def opening(self) -> bool:
        """Whether a script's file is being read."""
        return self._reading is not None

    def open(self, path: Path) -> None:
        """Read a script, ask where some of it could not be read, and open it in place of the document."""
        if self._reading is not None:
            self._reading.cancel()
        present = self._document.experiment
        self._reading = self._start(
            lambda: _read(path, present),
            lambda found: self._take(path, *found),
            lambda sentence: self._window.files.tell("This file can't be opened", sentence),
        )
        self.openingChanged.emit()

    def _take(self, path: Path, reading: ScriptReading, text: str) -> None:
        if not reading.notes:
            self._replace(reading.experiment)
            return
        question = OpenedScript(path.name, text, reading.notes, self._window)
        question.accepted.connect(lambda: self._replace(reading.experiment))
        question.open()

    def _replace(self, experiment: Experiment) -> None:
        files = self._window.files
        if not files.open.isEnabled():
            files.tell("This file can't be opened now", "A training is under way; open it again afterwards.")
        elif files.may_leave():
            self._document.replace(experiment, None)

    def _paste(self) -> None:
        commit_typing(self._window)
        text = QGuiApplication.clipboard().text()
        proposal = text if any(sign in text for sign in _SIGNS) else ""
        dialog = PasteScript(self._document.experiment, proposal, self._window)
        dialog.opened.connect(self._take_pasted)
        dialog.open()

    def _take_pasted(self, experiment: Experiment) -> None:
        if self._window.files.open.isEnabled():
            self._document.edit("Paste a script", lambda _present: experiment)

    def _write(self, take: Callable[[WrittenScript], None]) -> None:
        """The present experiment as a script, for the folder of its file."""
        commit_typing(self._window)
        experiment, path = self._document.experiment, self._document.path
        self._start(lambda: write_script(experiment, path.parent if path else None), take, self._say_not_written)

    def _copy(self) -> None:
        self._write(self._take_copy)

    def _take_copy(self, script: WrittenScript) -> None:
        QGuiApplication.clipboard().setText(script.text)
        files = files_in_words(script).replace("Save puts", "Export as Keras Script puts")
        self._say("Copied", f"The script is on the clipboard.{files}")

    def _export(self) -> None:
        self._write(self._show_written)

    def _show_written(self, script: WrittenScript) -> None:
        dialog = ExportScript(script, self._window)
        dialog.copyAsked.connect(lambda: self._take_copy(script))
        dialog.saveAsked.connect(lambda: self._ask_save(dialog))
        dialog.open()

    def _ask_save(self, dialog: QDialog) -> None:
        path = self._document.path
        proposal = path.with_suffix(SUFFIX) if path else Path.home() / f"experiment{SUFFIX}"
        chosen, _ = QFileDialog.getSaveFileName(dialog, "Save the script", str(proposal), _FILTER)
        if chosen:
            target = Path(chosen)
            self._save(target if target.suffix else target.with_suffix(SUFFIX), dialog)

    def _save(self, path: Path, dialog: QDialog, overwrite: bool = False) -> None:
        experiment = self._document.experiment

        def saved(in_the_way: FileInTheWayError | None) -> None:
            if in_the_way is None:
                self._say("Saved", f"The script is {path}.")
                dialog.accept()
            elif self._may_overwrite(str(in_the_way), dialog):
                self._save(path, dialog, overwrite=True)

        self._start(lambda: _saved(experiment, path, overwrite), saved, self._say_not_written)

    def _may_overwrite(self, sentence: str, dialog: QDialog) -> bool:
        box = QMessageBox(dialog)
        box.setIcon(QMessageBox.Icon.Question)
        box.setText("Replace the file?")
        box.setInformativeText(sentence)
        replace = box.addButton("Replace", QMessageBox.ButtonRole.AcceptRole)
        box.setDefaultButton(box.addButton(QMessageBox.StandardButton.Cancel))
        box.exec()
        box.deleteLater()
        return box.clickedButton() is replace

    def _say_not_written(self, sentence: str) -> None:
        self._window.files.tell("There is no script of this", sentence)

    def _say(self, title: str, sentence: str) -> None:
        notices = self._window.notices
        notices.say(_NOTICE, title, sentence, [("Dismiss", _DISMISS, lambda: notices.withdraw(_NOTICE))])

    def _start(self, work: Callable[[], Any], take: Callable[[Any], None], refuse: Callable[[str], None]) -> Job:
        job = Job(lambda _job: work(), (SpecError, OSError), self)
        job.succeeded.connect(take)
        job.failed.connect(refuse)
        job.ended.connect(lambda: self._end(job))
        self._jobs.add(job)
        job.start(self._pool)
        return job

    def _end(self, job: Job) -> None:
        self._jobs.discard(job)
        if self._reading is job:
            self._reading = None
            self.openingChanged.emit()
        job.deleteLater()


def _read(path: Path, present: Experiment) -> tuple[ScriptReading, str]:
    """In the pool's thread: the reading, and the text whose lines its notes name."""
    try:
        reading = load_script(path, present)
        return reading, path.read_text(encoding="utf-8")
    except OSError as error:
        raise SpecError(f"{path} can't be read: {error.strerror}.") from error


def _saved(experiment: Experiment, path: Path, overwrite: bool) -> FileInTheWayError | None:
    """In the pool's thread: what keeps the script from being saved without a question, or None where it was saved."""
    try:
        save_script(experiment, path, overwrite)
    except FileInTheWayError as error:
        return error
    except OSError as error:
        raise SpecError(f"{path} can't be written: {error.strerror}.") from error
    return None
