"""Thinning: keeps a run's file within its size limit by dropping every second frame, and of the rest every second."""

import sqlite3
import time
from collections.abc import Sequence

from biasstudio.recording.run_transaction import transaction

# So much is dropped between two commits, which takes about a tenth of a second.
_PART_BYTES = 32_000_000
# A run is thinned down to this many frames at least, whatever its size limit.
_FEWEST_FRAMES = 16
# What a frame takes beside its values: its row, the row of its step, and what is lost in half-filled pages.
_ROW_BYTES, _SHARE_LOST = 100, 1.1


class Thinning:
    """Used by the thread that writes. Frames whose step is a multiple of `stride` stay, and so does the newest one.

    The frames before are dropped a part at a time, between commits, so that recording goes on meanwhile.
    """

    def __init__(self, connection: sqlite3.Connection, size_limit: int) -> None:
        self._connection, self._size_limit = connection, size_limit
        self._stride, self._parts, self._frame_bytes = 1, 0, 1
        self._from = self._until = 0
        self._newest = -1

    def make_room(self, frame_bytes: int, frames: int) -> None:
        """Make room for `frames` more of up to `frame_bytes`. Raises sqlite3.Error."""
        self._frame_bytes = max(self._frame_bytes, frame_bytes)
        if self._from < self._until:
            self._drop_part()
        while self._used_bytes() + self._wanted(frame_bytes, frames) > self._size_limit and (
            self._from < self._until or self._begin(frames)
        ):
            self._drop_part()

    def _wanted(self, frame_bytes: int, frames: int) -> int:
        return int(frames * (_SHARE_LOST * frame_bytes / self._stride + _ROW_BYTES))

    def choose(self, steps: Sequence[int]) -> set[int]:
        """Of these new frames' steps, rising, those to be kept. Within the transaction that writes them."""
        if not steps:
            return set()
        if self._newest % self._stride:
            self._connection.execute("DELETE FROM frames WHERE step = ?", (self._newest,))
        self._newest = steps[-1]
        return {step for step in steps if step % self._stride == 0} | {self._newest}

    def complete(self) -> None:
        """Drop the rest of what is being dropped, so that the frames are evenly apart. Raises sqlite3.Error."""
        while self._from < self._until:
            self._drop_part()

    def _begin(self, coming: int) -> bool:
        (frames,) = self._connection.execute("SELECT count(*) FROM frames").fetchone()
        if frames + coming // self._stride <= _FEWEST_FRAMES:
            return False
        self._stride *= 2
        self._from, self._until = 0, self._newest
        text = f"frames of every {self._stride} steps kept from here on, to stay within {self._size_limit:,} bytes"
        row = (self._newest, self._newest, "thinned", text)
        with transaction(self._connection):
            self._connection.execute("INSERT OR REPLACE INTO about VALUES ('stride', ?)", (self._stride,))
            self._connection.execute(
                "INSERT INTO events SELECT NULL, ?, (SELECT milliseconds FROM steps WHERE step = ?), ?, ?", row
            )
        return True

    def _drop_part(self) -> None:
        """Drop some of the frames that are not on the stride, and say so to whoever reads along."""
        until = min(self._until, self._from + self._stride * max(1, _PART_BYTES // self._frame_bytes))
        self._parts += 1
        with transaction(self._connection):
            self._connection.execute(
                "DELETE FROM frames WHERE step >= ? AND step < ? AND step % ?", (self._from, until, self._stride)
            )
            facts = (("thinnings", self._parts), ("heartbeat", time.time()))
            self._connection.executemany("INSERT OR REPLACE INTO about VALUES (?, ?)", facts)
        self._from = until

    def _used_bytes(self) -> int:
        pages, free, size = (
            self._connection.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("page_count", "freelist_count", "page_size")
        )
        return int((pages - free) * size)
