"""The database under a RunWriter: tables, commits, the size limit. Used by the writer's own thread, but for reading."""

import json
import math
import sqlite3
import threading
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from biasstudio.recording.history import EpochRecord, Floats
from biasstudio.recording.network import BiasVector
from biasstudio.recording.run_format import APPLICATION_ID, FORMAT_VERSION, TABLES, RunAbout, RunError, RunEvent
from biasstudio.recording.run_pages import page_size_for
from biasstudio.recording.run_place import make_way, on_network, reason_of
from biasstudio.recording.run_thinning import Thinning
from biasstudio.recording.run_transaction import transaction

DATABASE_ERRORS = (sqlite3.Error, OSError)

_HEARTBEAT_SECONDS = 1.0
# So that a copy of the file alone, without the log beside it, holds all but the last seconds.
_CHECKPOINT_SECONDS = 5.0
_GONE = "it was deleted or moved"


@dataclass(frozen=True)
class Entry:
    """Something to be written: of kind layout, step, epoch or event."""

    kind: str
    step: int
    content: Any


class RunDatabase:
    """A new run file. `read_frame` and `nearest_step` are for any thread, all else for one."""

    def __init__(self, path: Path, about: RunAbout, size_limit: int, overwrite: bool) -> None:
        """Create it, whole or not at all. Raises RunError."""
        self._path = path
        self._row_bytes = 0
        self._lengths: dict[int, tuple[int, int]] = {}
        self._beat_at = self._checkpoint_at = -math.inf
        self._reader: sqlite3.Connection | None = None
        self._reading, self._closed = threading.Lock(), False
        make_way(path, overwrite)
        try:
            self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=10.0)
        except DATABASE_ERRORS as error:
            raise RunError(f"{path} can't be written: {reason_of(error, path)}.") from error
        try:
            self._create(about)
            self._inode = _inode_of(path)
        except DATABASE_ERRORS as error:
            self._connection.close()
            path.unlink(missing_ok=True)
            raise RunError(f"{path} can't be written: {reason_of(error, path)}.") from error
        self._thinning = Thinning(self._connection, size_limit)

    def _create(self, about: RunAbout) -> None:
        with transaction(self._connection):
            self._connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            self._connection.execute(f"PRAGMA user_version = {FORMAT_VERSION}")
            for statement in TABLES.values():
                self._connection.execute(statement)
            self._say(
                name=about.name,
                note=about.note,
                group=about.group,
                experiment=about.experiment,
                versions=json.dumps(dict(about.versions)),
                created=datetime.now(UTC).isoformat(timespec="seconds"),
                state="recording",
                stride=1,
                heartbeat=time.time(),
            )
        self._use_journal()

    def _use_journal(self) -> None:
        # A write-ahead log needs memory shared between its readers, which machines of a network don't have.
        journal = "DELETE" if on_network(self._path) else "WAL"
        self._connection.execute(f"PRAGMA journal_mode = {journal}")
        self._connection.execute("PRAGMA synchronous = NORMAL")
        self._connection.execute("PRAGMA journal_size_limit = 16000000")

    def write(self, entries: Sequence[Entry]) -> None:
        """Write and commit. Raises one of DATABASE_ERRORS, or RunError where the file is not at its place any more."""
        now = time.monotonic()
        if not entries and now - self._beat_at < _HEARTBEAT_SECONDS:
            return
        self._check_place()
        # The page size can only be chosen while the file is as good as empty, and suits the frames' size.
        if self._row_bytes == 0:
            self._choose_page_size(entries)
        frames = [entry.step for entry in entries if entry.kind == "step" and entry.content[4] is not None]
        self._thinning.make_room(max(map(_bytes_of, entries), default=0), len(frames))
        with transaction(self._connection):
            kept = self._thinning.choose(frames)
            for entry in entries:
                self._insert(entry, entry.step in kept)
            self._say(heartbeat=time.time())
        self._beat_at = now
        self._checkpoint(now, bool(entries))

    def _checkpoint(self, now: float, changed: bool) -> None:
        if changed and now - self._checkpoint_at >= _CHECKPOINT_SECONDS:
            self._connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
            self._checkpoint_at = now

    def finish(self, state: str) -> None:
        """Say how the run ended, and make it one plain file."""
        self._thinning.complete()
        self._close_reader()
        with transaction(self._connection):
            self._say(state=state, ended=datetime.now(UTC).isoformat(timespec="seconds"))
        try:
            self._connection.execute("PRAGMA busy_timeout = 200")
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            self._connection.execute("PRAGMA journal_mode = DELETE")
        except sqlite3.OperationalError:
            # Someone is reading: the log is taken in by whoever closes the file last.
            return

    def close(self) -> None:
        self._close_reader()
        self._connection.close()

    def _close_reader(self) -> None:
        with self._reading:
            self._closed = True
            if self._reader is not None:
                self._reader.close()
            self._reader = None

    def read_frame(self, step: int) -> Floats | None:
        """The frame of a step, float32 (total,); None where the file has none or can't be read."""
        row = self._read("SELECT biases FROM frames WHERE step = ?", step)
        return None if row is None else np.frombuffer(row[0], "<f4").astype(np.float32)

    def nearest_step(self, step: int) -> int:
        """The newest step in the file that is not after `step`; -1 where there is none or it can't be read."""
        row = self._read("SELECT max(step) FROM frames WHERE step <= ?", step)
        return -1 if row is None or row[0] is None else int(row[0])

    def _read(self, query: str, step: int) -> tuple[Any, ...] | None:
        def ask(connection: sqlite3.Connection) -> tuple[Any, ...] | None:
            found: tuple[Any, ...] | None = connection.execute(query, (step,)).fetchone()
            return found

        with self._reading:
            try:
                if self._closed:
                    # Nobody would close a connection that was kept.
                    with closing(self._connect_to_read()) as connection:
                        return ask(connection)
                self._reader = self._reader or self._connect_to_read()
                return ask(self._reader)
            except sqlite3.Error:
                return None

    def _connect_to_read(self) -> sqlite3.Connection:
        return sqlite3.connect(f"{self._path.resolve().as_uri()}?mode=ro", uri=True, check_same_thread=False)

    def _say(self, **facts: Any) -> None:
        self._connection.executemany("INSERT OR REPLACE INTO about VALUES (?, ?)", facts.items())

    def reason(self, error: Exception) -> str:
        """What an error of `write` or `finish` means, in plain words, without a full stop."""
        # SQLite has several errors for a file that is deleted while it is being written.
        return reason_of(error, self._path) if self._is_in_place() else _GONE

    def _check_place(self) -> None:
        # A file that was deleted or moved could be written on without an error, and nobody would find it.
        if not self._is_in_place():
            raise RunError(_GONE)

    def _is_in_place(self) -> bool:
        try:
            return _inode_of(self._path) == self._inode
        except (FileNotFoundError, NotADirectoryError):
            return False

    def _insert(self, entry: Entry, framed: bool) -> None:
        if entry.kind == "layout":
            self._insert_layout(entry.step, *entry.content)
        elif entry.kind == "step":
            self._insert_step(entry.step, framed, *entry.content)
        elif entry.kind == "state":
            self._say(state=entry.content)
        elif entry.kind == "epoch":
            record: EpochRecord = entry.content
            metrics = json.dumps({name: _json_number(value) for name, value in record.metrics.items()})
            self._connection.execute(
                "INSERT OR REPLACE INTO epochs VALUES (?, ?, ?)", (record.epoch, record.last_step, metrics)
            )
        else:
            event: RunEvent = entry.content
            row = (event.step, event.milliseconds, event.kind, event.text)
            self._connection.execute("INSERT INTO events VALUES (NULL, ?, ?, ?, ?)", row)

    def _insert_layout(self, layout: int, vectors: Sequence[BiasVector], metric_names: Sequence[str]) -> None:
        self._connection.execute("INSERT INTO layouts VALUES (?, ?)", (layout, json.dumps(list(metric_names))))
        start = 0
        for position, vector in enumerate(vectors):
            shape = json.dumps(list(vector.shape))
            row = (layout, position, vector.path, vector.layer, shape, vector.unit_text, start, vector.length)
            self._connection.execute("INSERT INTO vectors VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
            start += vector.length
        self._lengths[layout] = start, len(metric_names)

    def _insert_step(
        self,
        step: int,
        framed: bool,
        layout: int,
        epoch: int,
        milliseconds: int,
        metrics: Floats,
        values: Floats | None,
        gradients: Floats | None,
    ) -> None:
        self._check_lengths(step, layout, metrics, values, gradients)
        row = (step, layout, epoch, milliseconds, _blob(metrics) if len(metrics) else None)
        self._connection.execute("INSERT INTO steps VALUES (?, ?, ?, ?, ?)", row)
        if framed and values is not None:
            blobs = (_blob(values), None if gradients is None else _blob(gradients))
            self._connection.execute("INSERT INTO frames VALUES (?, ?, ?)", (step, *blobs))

    def _check_lengths(self, step: int, layout: int, metrics: Floats, *frames: Floats | None) -> None:
        # What doesn't fit its layout would make the file unreadable.
        values, names = self._lengths.get(layout, (0, 0))
        lengths = {frame.size for frame in frames if frame is not None}
        if lengths - {values} or metrics.size not in (0, names):
            raise RunError(f"step {step} came with other values or metrics than its layout says")

    def _choose_page_size(self, entries: Sequence[Entry]) -> None:
        self._row_bytes = max(map(_bytes_of, entries), default=0)
        size = page_size_for(self._row_bytes)
        if self._row_bytes == 0 or size == self._connection.execute("PRAGMA page_size").fetchone()[0]:
            return
        # Rebuilds the file, which holds nothing but its name by now.
        try:
            self._connection.execute("PRAGMA busy_timeout = 500")
            self._connection.execute("PRAGMA journal_mode = DELETE")
            self._connection.execute(f"PRAGMA page_size = {size}")
            self._connection.execute("VACUUM")
            self._use_journal()
        except sqlite3.OperationalError:
            # Someone is reading it already; any page size will do.
            return
        finally:
            self._connection.execute("PRAGMA busy_timeout = 10000")


def _bytes_of(entry: Entry) -> int:
    """Of a step's arrays; its row takes a little more."""
    if entry.kind != "step":
        return 0
    return sum(array.nbytes for array in entry.content[4:] if array is not None)


def _json_number(value: float) -> float | str:
    """JSON has no numbers for "nan", "inf", "-inf"."""
    number = float(value)
    return number if math.isfinite(number) else str(number)


def _blob(values: Floats) -> memoryview:
    return memoryview(np.ascontiguousarray(values, "<f4").tobytes())


def _inode_of(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_dev, found.st_ino
