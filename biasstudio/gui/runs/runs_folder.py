"""RunsFolder: what lies in the folder of runs. Works on the disk: never in the GUI thread."""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtCore import QFile

from biasstudio.gui.runs.run_words import INTERRUPTED, RECORDING, UNREADABLE
from biasstudio.recording.run_format import SUFFIX, RunError
from biasstudio.recording.run_place import is_being_written
from biasstudio.recording.run_summary import RunSummary, summarise_run

# Beside a run that is, or was, being written.
_COMPANIONS = ("-wal", "-journal", "-shm")
_Stamp = tuple[int, ...]


@dataclass(frozen=True)
class _Known:
    stamp: _Stamp
    summary: RunSummary


class RunsFolder:
    """Reads summaries of all runs in a folder, again only of those whose file has changed. One job at a time."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._known: dict[Path, _Known] = {}

    def read(self, cancelled: Callable[[], bool], written_here: Path | None) -> list[RunSummary]:
        """All runs, newest first. `written_here` is never taken for interrupted. Raises RunError for the folder."""
        found: dict[Path, _Known] = {}
        for path in self._files():
            if cancelled():
                break
            try:
                found[path] = self._look_at(path, written_here)
            except FileNotFoundError:
                continue  # deleted between the two looks
        self._known = found
        return sorted((known.summary for known in found.values()), key=_newest_first)

    def _files(self) -> list[Path]:
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            return [Path(entry.path) for entry in os.scandir(self.path) if entry.name.endswith(SUFFIX)]
        except OSError as error:
            reason = f"{error.strerror or error}".lower()
            raise RunError(f"The folder of the runs, {self.path}, can't be opened: {reason}.") from error

    def _look_at(self, path: Path, written_here: Path | None) -> _Known:
        stamp, known = _stamp(path), self._known.get(path)
        if known is not None and known.stamp == stamp and known.summary.state != RECORDING:
            return known
        try:
            summary = summarise_run(path)
        except RunError as error:
            summary = _unreadable(path, str(error))
        if summary.is_unfinished and path != written_here:
            summary = replace(summary, state=INTERRUPTED)
        return _Known(stamp, summary)


def _stamp(path: Path) -> _Stamp:
    """Another one whenever the file has changed. While a run is written, what is new stands in its log."""
    numbers: list[int] = []
    for file in (path, Path(f"{path}-wal")):
        try:
            facts = file.stat()
            numbers += [facts.st_mtime_ns, facts.st_size]
        except FileNotFoundError:
            if file == path:
                raise
    return tuple(numbers)


def _newest_first(run: RunSummary) -> tuple[float, str]:
    return -run.created.timestamp(), run.path.name


def _unreadable(path: Path, sentence: str) -> RunSummary:
    facts = path.stat()
    return RunSummary(
        path=path,
        name=path.stem,
        note=sentence,
        group="",
        state=UNREADABLE,
        created=datetime.fromtimestamp(facts.st_mtime, UTC),
        title="",
        steps=0,
        epochs=0,
        metrics={},
        seconds=0.0,
        bytes=facts.st_size,
        experiment_json="",
    )


def move_to_trash(paths: Sequence[Path]) -> list[Path]:
    """Move runs to the system's trash; gives those for which there is none. Raises RunError."""
    return [path for path in _deletable(paths) if not _move_whole(path)]


def _move_whole(path: Path) -> bool:
    if not _move(path):
        return False
    for companion in (Path(f"{path}{suffix}") for suffix in _COMPANIONS):
        if companion.exists() and not _move(companion):
            companion.unlink(missing_ok=True)
    return True


def _move(path: Path) -> bool:
    # Some versions of PySide give the place in the trash too.
    moved: bool | tuple[bool, str] = QFile.moveToTrash(str(path))
    return moved[0] if isinstance(moved, tuple) else moved


def delete_for_good(paths: Sequence[Path]) -> None:
    """Delete runs. Raises RunError."""
    for path in _deletable(paths):
        try:
            for suffix in ("", *_COMPANIONS):
                Path(f"{path}{suffix}").unlink(missing_ok=True)
        except OSError as error:
            raise RunError(f"{path.name} can't be deleted: {f'{error.strerror or error}'.lower()}.") from error


def _deletable(paths: Sequence[Path]) -> Iterator[Path]:
    for path in paths:
        if is_being_written(path):
            raise RunError(f"{path.name} is being recorded: stop its training before you delete it.")
        if path.exists():
            yield path
