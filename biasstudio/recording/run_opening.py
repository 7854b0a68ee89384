"""Opening a .biasrun file that comes from anywhere: checked before anything of it is used, and nothing in it run."""

import json
import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from biasstudio.recording.run_format import APPLICATION_ID, FORMAT_VERSION, TABLES, RunError

# What no run that was written here passes; a file that does is damaged or was made to fill the memory.
MOST_VALUES = 50_000_000
LONGEST_TEXT = 20_000_000
_LONGEST_CELL = 4 * MOST_VALUES
_BUSY_SECONDS = 5.0
_HEAD_BYTES = 100
_MAGIC = b"SQLite format 3\0"

# MemoryError: what SQLite says of a damaged page that asks for absurdly much.
DATABASE_FAULTS = (sqlite3.Error, MemoryError)


def open_database(path: Path, write: bool = False) -> sqlite3.Connection:
    """A connection to a run's checked tables, for any thread. Raises RunError with one sentence."""
    _check_file(path)
    try:
        connection = _connect(path, write)
    except DATABASE_FAULTS as error:
        raise plain_error(path, error) from error
    try:
        _check_tables(path, connection)
    except DATABASE_FAULTS as error:
        connection.close()
        raise plain_error(path, error) from error
    except BaseException:
        connection.close()
        raise
    return connection


def _check_file(path: Path) -> None:
    """What can be said before SQLite looks at it. Raises RunError.

    The file itself is left closed: a process that opens and closes a database loses all locks that its own connections
    hold there (POSIX), and others would take away the log of the run that it is writing.
    """
    try:
        # A pipe or a device could keep the reader waiting for ever.
        if path.exists() and not path.is_file():
            raise RunError(f"{path} is not a file: expected a .biasrun file.")
        size = path.stat().st_size
        if not size:
            raise RunError(f"{path.name} is empty: expected a run of Bias Studio.")
        # No database is that small, so nobody has a connection to it.
        head = path.read_bytes() if size < _HEAD_BYTES else _MAGIC
    except FileNotFoundError as error:
        raise RunError(f"{path} can't be read: there is no such file.") from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise RunError(f"{path} can't be read: {reason.lower()}.") from error
    if head[:16] != _MAGIC[: len(head)]:
        raise RunError(f"{path.name} is not a run of Bias Studio: it is no SQLite database.")
    if size < _HEAD_BYTES:
        raise RunError(f"{path.name} is damaged: it is cut off after {size} bytes.")


def _check_marks(path: Path, connection: sqlite3.Connection) -> None:
    """The marks in the header, before the tables are looked at. Raises RunError."""
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    if application != APPLICATION_ID:
        raise RunError(f"{path.name} is not a run of Bias Studio: it is the database of another program.")
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version != FORMAT_VERSION:
        newer = "; a newer Bias Studio wrote it" if version > FORMAT_VERSION else ""
        raise RunError(
            f"{path.name} has format version {version}, but this Bias Studio reads version {FORMAT_VERSION}{newer}."
        )


def _connect(path: Path, write: bool) -> sqlite3.Connection:
    address = path.resolve().as_uri()
    if write:
        return _opened(path, f"{address}?mode=rw")
    try:
        return _opened(path, f"{address}?mode=ro")
    except sqlite3.OperationalError as error:
        if not str(error).startswith(("unable to open database file", "attempt to write a readonly database")):
            raise
    # A writer on a network's disk died within a commit: what it left half done is undone by who may write.
    tidy(path)
    try:
        return _opened(path, f"{address}?mode=ro")
    except sqlite3.OperationalError:
        return _opened_alone(address, path)


def _opened_alone(address: str, path: Path) -> sqlite3.Connection:
    """Where the folder has no room for the memory that readers of a log share: without locks, the log included."""
    if not Path(f"{path}-wal").exists():
        return _opened(path, f"{address}?mode=ro&immutable=1")
    return _opened(path, f"{address}?mode=ro&vfs={'win32' if os.name == 'nt' else 'unix'}-none", "EXCLUSIVE")


def _opened(path: Path, address: str, locking: str = "NORMAL") -> sqlite3.Connection:
    connection = sqlite3.connect(
        address, uri=True, check_same_thread=False, isolation_level=None, timeout=_BUSY_SECONDS
    )
    try:
        _harden(connection)
        connection.execute(f"PRAGMA locking_mode = {locking}")
        _check_marks(path, connection)
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except BaseException:
        connection.close()
        raise
    return connection


def _harden(connection: sqlite3.Connection) -> None:
    """Nothing in the file may be run, and no value of it may fill the memory."""
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA cell_size_check = ON")
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST_CELL)


def _check_tables(path: Path, connection: sqlite3.Connection) -> None:
    rows = connection.execute("SELECT type, name, sql FROM sqlite_master LIMIT 1000").fetchall()
    # A view, a trigger or a computed column would be code from the file.
    strange = next((kind for kind, _name, _sql in rows if kind not in ("table", "index")), None)
    if strange is not None:
        raise RunError(f"{path.name} is not a run as Bias Studio writes it: it holds a {strange}.")
    found = {name: sql for _kind, name, sql in rows}
    for name, statement in TABLES.items():
        if name not in found:
            raise RunError(f"{path.name} is damaged: it has no table {name}.")
        if found[name] != statement:
            raise RunError(f"{path.name} is damaged: its table {name} is not that of a run.")


def tidy(path: Path) -> None:
    """Take in the log beside a file that nobody writes any more, so that it is one plain file."""
    if not any(Path(f"{path}{suffix}").exists() for suffix in ("-wal", "-journal")):
        return
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=rw", uri=True, timeout=0.1)) as connection:
            connection.execute("PRAGMA journal_mode = DELETE")
    except DATABASE_FAULTS:
        # Others still read, or it may not be written to: whole all the same.
        return


def plain_error(path: Path, error: Exception, doing: str = "read") -> RunError:
    """What a database error means, in one sentence."""
    text = str(error)
    known = {
        "file is not a database": "is not a run of Bias Studio: it is no SQLite database",
        "database disk image is malformed": "is damaged: a part of it is missing or was changed",
        "malformed database schema": "is damaged: its tables are not those of a run",
        "unsupported file format": "is damaged: its header names a format that SQLite does not have",
        "no such": "is damaged: its tables are not those of a run",
        "string or blob too big": "is damaged: a value in it is too large to be one",
        "out of memory": "is damaged: a value in it is too large to be one",
        "Could not decode to UTF-8": "is damaged: a text in it is not UTF-8",
        "unable to open database file": f"can't be {doing}: the file or its folder may not be opened",
        "database is locked": f"can't be {doing}: another program holds it",
        "database or disk is full": f"can't be {doing}: the disk is full",
        "attempt to write a readonly database": f"can't be {doing}: it may only be read",
        "disk I/O error": f"can't be {doing}: the disk reports an error, or the file was cut off",
        "Cannot operate on a closed database": f"can't be {doing}: it was closed",
    }
    if isinstance(error, MemoryError):
        text = "out of memory"
    plain = next((plain for start, plain in known.items() if text.startswith(start)), f"can't be {doing}: {text}")
    return RunError(f"{path.name} {plain}.")


def parsed(text: Any) -> Any:
    """What a JSON text holds; None where it is none, or absurdly long."""
    if not isinstance(text, str) or len(text) > LONGEST_TEXT:
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def number_of(value: Any) -> float:
    """A metric's value in an epoch's JSON: a number, or "nan", "inf", "-inf", which JSON has no numbers for."""
    try:
        return float(value) if isinstance(value, int | float | str) else float("nan")
    except (ValueError, OverflowError):
        return float("nan")
