"""The place on the disk where a run is to be written: what stands there, and whose disk it is."""

import sqlite3
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any

from biasstudio.recording.run_format import APPLICATION_ID, LIVING_SECONDS, SUFFIX, RunError
from biasstudio.recording.run_opening import DATABASE_FAULTS

_COMPANIONS = ("-wal", "-shm", "-journal")
_NETWORK_FILE_SYSTEMS = ("nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "vboxsf", "fuse")


def check_place(path: Path, overwrite: bool) -> None:
    """Raises RunError where no run can be written at `path`, as far as can be told before."""
    try:
        if path.suffix != SUFFIX:
            raise RunError(f"{path} is not the name of a run: expected one that ends in {SUFFIX}.")
        if not path.parent.is_dir():
            raise RunError(f"{path} can't be written: there is no folder {path.parent}.")
        if path.exists() or path.is_symlink():
            if not overwrite:
                raise RunError(f"{path} exists already.")
            _check_replaceable(path)
    except (OSError, ValueError) as error:
        raise RunError(f"{path} can't be written: {reason_of(error, path)}.") from error


def make_way(path: Path, overwrite: bool) -> None:
    """Remove an older run at `path`. Raises RunError where something else is there, or a run being written."""
    check_place(path, overwrite)
    try:
        for suffix in ("", *_COMPANIONS):
            Path(f"{path}{suffix}").unlink(missing_ok=True)
    except OSError as error:
        raise RunError(f"{path} can't be written: {reason_of(error, path)}.") from error


def _check_replaceable(path: Path) -> None:
    if not path.is_file():
        raise RunError(f"{path} is not a file that a run could replace.")
    # First, since opening the file would take the locks of this process's own writer away, see run_opening.
    if is_being_written(path):
        raise RunError(f"{path} is being written by another training; choose another name.")
    with path.open("rb") as file:
        head = file.read(100)
    if head and (head[:16] != b"SQLite format 3\0" or head[68:72] != APPLICATION_ID.to_bytes(4, "big")):
        raise RunError(f"{path} exists and is not a run; it was left as it is.")


def is_being_written(path: Path) -> bool:
    """Whether a writer has given a sign of life in the last seconds. False where the file can't be read."""
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            facts = dict(connection.execute("SELECT key, value FROM about WHERE key IN ('state', 'heartbeat')"))
    except DATABASE_FAULTS:
        return False
    return is_alive(facts.get("state"), facts.get("heartbeat"))


def is_alive(state: Any, heartbeat: Any) -> bool:
    """Whether a run of this state and last sign of life, in seconds since 1970, is being written now."""
    beats = isinstance(heartbeat, float) and abs(time.time() - heartbeat) < LIVING_SECONDS
    return state == "recording" and beats


def on_network(path: Path) -> bool:
    """Whether the file would lie on another machine's disk, as far as the system tells."""
    resolved = path.resolve()
    if str(resolved).startswith("\\\\"):
        return True
    mounts = Path("/proc/self/mounts")
    if not sys.platform.startswith("linux") or not mounts.exists():
        return False
    # The last mount over the path is the one that holds.
    kind, length = "", -1
    for line in mounts.read_text(errors="replace").splitlines():
        _device, point, file_system, *_ = line.split(" ")
        folder = Path(point.replace("\\040", " "))
        if resolved.is_relative_to(folder) and len(folder.parts) >= length:
            kind, length = file_system, len(folder.parts)
    # fuse.sshfs, fuse.rclone, Colab's Google Drive (plain fuse); a local NTFS is fuseblk.
    return kind in _NETWORK_FILE_SYSTEMS or kind.startswith("fuse.")


def reason_of(error: Exception, path: Path) -> str:
    """What an error of the disk or the database means, in plain words, without a full stop."""
    if isinstance(error, OSError):
        return f"{error.strerror or error}".lower()
    text = str(error)
    known = {
        "database or disk is full": "the disk is full",
        "disk I/O error": "the disk reports an error",
        "unable to open database file": f"the folder {path.parent} can't be written to",
        "attempt to write a readonly database": "it may only be read",
        "database is locked": "another program holds it",
        "database disk image is malformed": "another program has changed or cut the file",
        "file is not a database": "another program has changed or cut the file",
        "UNIQUE constraint failed: steps": "a step was recorded twice",
    }
    return next((plain for start, plain in known.items() if text.startswith(start)), text)
