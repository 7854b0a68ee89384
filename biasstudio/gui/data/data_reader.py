"""DataReader: reads a person's own data off the GUI thread, always what was asked for last."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QThreadPool, QTimer, Signal

from biasstudio.data_files.preview import ArraysPreview, ImagesPreview, TablePreview, preview_of
from biasstudio.data_files.proposal import kind_of, propose_data, with_found
from biasstudio.data_files.retargeting import with_guessed_task
from biasstudio.data_files.table_format import find_format
from biasstudio.gui.background import Job
from biasstudio.spec.arguments import SpecError
from biasstudio.spec.data_sets import DATA_SET_TYPES, DataSet

Preview = TablePreview | ArraysPreview | ImagesPreview
_PAUSE_MS = 200
# What a preview depends on, but for the file.
_OF_PREVIEW = ("delimiter", "header", "encoding", "decimal", "targets_path")


@dataclass(frozen=True)
class Request:
    """What is to be read. Without a `name` all parameters but those given are to be proposed."""

    path: Path
    name: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Reading:
    """What came of it: the data where they can be used, else `fault` says why not; a preview where there is one.

    `name` is the kind of the data, "" where the file is of none; `parameters` are those that it was read with.
    """

    request: Request
    name: str
    parameters: Mapping[str, Any]
    data: DataSet | None
    preview: Preview | None
    fault: str


class DataReader(QObject):
    """Lives in the GUI thread; reads in a thread of `pool`."""

    read = Signal(object)
    """A Reading, of what was asked for last."""
    busyChanged = Signal()

    def __init__(self, pool: QThreadPool, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = pool
        self._job: Job | None = None
        self._asked: Request | None = None
        self._last: Reading | None = None
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._pause.timeout.connect(self._start)

    @property
    def busy(self) -> bool:
        """Whether something is to be read, or being read."""
        return self._job is not None or self._pause.isActive()

    def ask(self, request: Request, *, at_once: bool = False) -> None:
        """Read this in place of all that was asked for before, after a short pause in which another may come."""
        self.cancel()
        self._asked = request
        self._pause.start(0 if at_once else _PAUSE_MS)
        self.busyChanged.emit()

    def cancel(self) -> None:
        """Nothing is wanted any more."""
        self._pause.stop()
        self._asked = None
        if self._job is not None:
            self._job.cancel()
            self._job = None

    def _start(self) -> None:
        request, last = self._asked, self._last
        if request is None:
            return
        # No child of the reader, which may be gone before the thread is done.
        job = Job(lambda job: _read(request, last, lambda: job.cancelled))
        self._job = job
        job.succeeded.connect(self._take)
        job.ended.connect(job.deleteLater)
        job.start(self._pool)

    def _take(self, reading: Reading) -> None:
        # A job that was cancelled says nothing any more, so this is the newest.
        self._job, self._last = None, reading
        self.read.emit(reading)
        self.busyChanged.emit()


def _read(request: Request, last: Reading | None, cancelled: Callable[[], bool]) -> Reading:
    """In the pool's thread. Where the data can't be used, a preview helps to see why."""
    try:
        return _reading(request, last, cancelled)
    except MemoryError:
        return Reading(request, "", {}, None, None, f"{request.path.name} needs more memory than there is.")


def _reading(request: Request, last: Reading | None, cancelled: Callable[[], bool]) -> Reading:
    name, data, fault = request.name, None, ""
    parameters: Mapping[str, Any] = request.parameters
    try:
        name = name or kind_of(request.path)
        data = _data(request, name, cancelled)
        parameters = dict(data.parameters)
    except SpecError as error:
        fault = str(error)
        parameters = _completed(request, name, cancelled)
    preview = None
    if last is not None and last.request.path == request.path and _same_preview(last.parameters, parameters):
        preview = last.preview
    try:
        preview = preview or (preview_of(request.path, parameters, cancelled) if name else None)
    except SpecError as error:
        fault, data = fault or str(error), None
    return Reading(request, name, parameters, data, preview, fault)


def _data(request: Request, name: str, cancelled: Callable[[], bool]) -> DataSet:
    if request.name:
        return with_found(name, with_guessed_task(name, request.parameters, cancelled), cancelled)
    targets = request.parameters.get("targets_path")
    return propose_data(request.path, None if targets is None else Path(targets), cancelled)


def _completed(request: Request, name: str, cancelled: Callable[[], bool]) -> dict[str, Any]:
    """Parameters for a person to go on from, where not all of them could be found."""
    if not name:
        return {}
    arguments = DATA_SET_TYPES[name].parameters
    known = {argument.name: argument.default for argument in arguments if argument.kind not in ("path", "title")}
    if name == "csv" and not request.name:
        try:
            known |= vars(find_format(request.path, cancelled))
        except SpecError:
            # Said already, by what asked for the data.
            return known
    return known | {"path": str(request.path)} | dict(request.parameters)


def _same_preview(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return all(one.get(key) == other.get(key) for key in _OF_PREVIEW)
