"""open_run: a .biasrun file for reading, also while another process writes it, and whoever may have made it."""

import sqlite3
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from biasstudio.recording.history import EpochRecord, Floats, Steps
from biasstudio.recording.network import BiasVector
from biasstudio.recording.run_facts import RunFacts
from biasstudio.recording.run_format import RunError, RunEvent
from biasstudio.recording.run_layouts import Layout, Layouts, expect, read_layouts
from biasstudio.recording.run_opening import DATABASE_FAULTS, number_of, open_database, parsed, plain_error, tidy


def open_run(path: str | Path) -> "Run":
    """Open a .biasrun file for reading. Raises RunError with one sentence where it isn't one or is damaged."""
    path = Path(path)
    return Run(path, open_database(path))


class Run(RunFacts):
    """One recorded run. `steps` int64 (m,): those whose frame is in the file, rising; 0 is before training.

    `run["conv2d/bias"]` is float32 (m, *shape), NaN at steps at which the network had no such vector. Reads what was
    there when it was opened, or when `refresh` was called last. Any thread may read. Close it, or use it in a `with`.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection, frames: bool = True) -> None:
        """Takes the connection over. Without `frames`, `steps` stays empty, which is quicker."""
        super().__init__(path, {})
        self._connection, self._frames = connection, frames
        self._lock = threading.RLock()
        self._data_version = -1
        self._known_thinnings: Any = 0
        self._layouts = Layouts({}, (), ())
        self.steps: Steps = np.empty(0, np.int64)
        try:
            self.refresh()
        except BaseException:
            connection.close()
            raise

    def __enter__(self) -> "Run":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file. Where its writer has ended or died, its log is taken in: it is one plain file then."""
        with self._lock:
            try:
                self._read_facts()
            except RunError:
                alive = True
            else:
                alive = self.is_alive
            self._connection.close()
        if not alive:
            tidy(self.path)

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """All that is read within is of the same moment, whatever is written meanwhile. Raises RunError."""
        with self._lock:
            if self._connection.in_transaction:
                yield
                return
            self.rows("BEGIN")
            try:
                yield
            finally:
                self._connection.rollback()

    def refresh(self) -> bool:
        """Take in what was written since; False where nothing was. Raises RunError."""
        with self.snapshot():
            ((version,),) = self.rows("PRAGMA data_version")
            if version == self._data_version:
                return False
            self._read_facts()
            self._layouts = read_layouts(self.path, self.rows)
            if self._frames:
                self._read_steps()
            self._data_version = version
        return True

    def _read_facts(self) -> None:
        self._facts = dict(self.rows("SELECT key, value FROM about LIMIT 1000"))

    def _read_steps(self) -> None:
        # Thinning takes steps away from among those known; and in a thinned run the newest makes way for a newer one.
        known, thinnings = self.steps, self._facts.get("thinnings", 0)
        if thinnings != self._known_thinnings:
            known, self._known_thinnings = known[:0], thinnings
        elif self.stride > 1:
            known = known[:-1]
        last = int(known[-1]) if len(known) else -1
        found = self.rows("SELECT step FROM frames WHERE step > ? ORDER BY step", (last,))
        self.steps = np.concatenate([known, self._rising([step for (step,) in found], "frames")])

    def _rising(self, numbers: list[Any], table: str) -> Steps:
        whole = all(type(number) is int for number in numbers)
        expect(self.path, whole, f"its table of {table} is damaged")
        steps = np.array(numbers, np.int64)
        expect(self.path, bool((np.diff(steps) > 0).all()), f"its table of {table} is damaged")
        return steps

    def rows(self, query: str, values: Iterable[Any] = ()) -> list[tuple[Any, ...]]:
        """All rows of a query on the file's tables. Raises RunError in plain words."""
        with self._lock:
            try:
                return self._connection.execute(query, tuple(values)).fetchall()
            except DATABASE_FAULTS as error:
                raise plain_error(self.path, error) from error

    @property
    def vectors(self) -> tuple[BiasVector, ...]:
        """The bias vectors, in the order of `frame`."""
        return self._layouts.vectors

    @property
    def metric_names(self) -> tuple[str, ...]:
        """The names of the batch metrics."""
        return self._layouts.metric_names

    @property
    def epochs(self) -> tuple[EpochRecord, ...]:
        """The finished epochs, oldest first."""
        return self.epochs_after(-1)

    def epochs_after(self, epoch: int) -> tuple[EpochRecord, ...]:
        """The finished epochs with a greater number."""
        records = []
        query = "SELECT epoch, last_step, metrics FROM epochs WHERE epoch > ? ORDER BY epoch"
        for number, last_step, text in self.rows(query, (epoch,)):
            metrics = parsed(text)
            whole = type(number) is int and type(last_step) is int and isinstance(metrics, dict)
            expect(self.path, whole, "its table of epochs is damaged")
            records.append(EpochRecord(number, last_step, {name: number_of(value) for name, value in metrics.items()}))
        return tuple(records)

    @property
    def events(self) -> tuple[RunEvent, ...]:
        """What happened, in order."""
        found = self.rows("SELECT step, milliseconds, kind, text FROM events ORDER BY number")
        whole = all(type(step) is int and type(at) is int for step, at, _kind, _text in found)
        expect(self.path, whole, "its table of events is damaged")
        return tuple(RunEvent(step, at, str(kind), str(text)) for step, at, kind, text in found)

    def vector(self, path: str) -> BiasVector:
        """Raises KeyError naming the vectors that there are."""
        for vector in self.vectors:
            if vector.path == path:
                return vector
        known = ", ".join(vector.path for vector in self.vectors) or "none"
        raise KeyError(f"{self.path.name} has no bias vector {path!r}; it has {known}")

    def __getitem__(self, path: str) -> Floats:
        return self._column(path, "biases")

    def gradients(self, path: str) -> Floats:
        """Each step's gradient, as given to the optimizer: float32 (m, *shape), NaN where none was recorded.

        Raises KeyError where there is no such vector.
        """
        return self._column(path, "gradients")

    def _column(self, path: str, column: str) -> Floats:
        vector, steps = self.vector(path), self.steps
        result = np.full((len(steps), vector.length), np.nan, np.float32)
        for row, step in enumerate(steps.tolist()):
            found = self.read_frame(step, column)
            if found is not None and path in found[0].slices:
                result[row] = found[1][found[0].slices[path]]
        return result.reshape(len(steps), *vector.shape)

    def read_frame(self, step: int, column: str = "biases") -> tuple[Layout, Floats] | None:
        """Layout and values, float32 (total,), of exactly this step; None where the file has none."""
        query = f"SELECT layout, {column} FROM frames JOIN steps USING (step) WHERE step = ?"  # noqa: S608 - our own names
        found = self.rows(query, (step,))
        if not found or found[0][1] is None:
            return None
        layout, blob = self._layouts.by_number.get(found[0][0]), found[0][1]
        whole = layout is not None and isinstance(blob, bytes) and len(blob) == 4 * layout.length
        expect(self.path, whole, f"the frame of step {step} has another length than its vectors")
        return layout or Layout({}, (), 0), np.frombuffer(blob, "<f4").astype(np.float32, copy=False)

    def frame(self, step: int) -> Floats:
        """All values at exactly this step, float32 (total,), in the order of `vectors`; NaN where one had no value.

        Raises KeyError where the file has no such step.
        """
        found = self.read_frame(step)
        if found is None:
            raise KeyError(f"{self.path.name} has no frame of step {step}")
        return self.in_order(*found)

    def in_order(self, layout: Layout, values: Floats) -> Floats:
        """A frame of any layout in the order of `vectors`, float32 (total,)."""
        if len(self._layouts.by_number) == 1:
            return values
        parts = []
        for vector in self.vectors:
            part = layout.slices.get(vector.path)
            parts.append(np.full(vector.length, np.nan, np.float32) if part is None else values[part])
        return np.concatenate(parts) if parts else np.empty(0, np.float32)

    def scalars(self, after: int = -1) -> tuple[Steps, Steps, Floats]:
        """Of every step after `after`: steps int64 (k,), epochs int64 (k,), metrics float32 (k, names)."""
        found = self.rows("SELECT step, epoch, layout, metrics FROM steps WHERE step > ? ORDER BY step", (after,))
        steps = self._rising([row[0] for row in found], "steps")
        whole = all(type(row[1]) is int and type(row[2]) is int for row in found)
        expect(self.path, whole, "its table of steps is damaged")
        epochs = np.array([row[1] for row in found], np.int64)
        layouts = np.array([row[2] for row in found], np.int64)
        metrics = np.full((len(found), len(self.metric_names)), np.nan, np.float32)
        for number in np.unique(layouts).tolist():
            names = self._layouts.by_number[number].metric_names if number in self._layouts.by_number else ()
            here = [row for row in np.flatnonzero(layouts == number).tolist() if _holds(found[row][3], names)]
            columns = [self.metric_names.index(name) for name in names]
            blobs = np.frombuffer(b"".join(found[row][3] for row in here), "<f4")
            metrics[np.ix_(here, columns)] = blobs.reshape(len(here), len(names))
        return steps, epochs, metrics

    def metric(self, name: str) -> tuple[Steps, Floats]:
        """A batch metric of every step from 1 on: steps int64 (k,), values float32 (k,). Raises KeyError."""
        if name not in self.metric_names:
            raise KeyError(f"{self.path.name} has no metric {name!r}; it has {', '.join(self.metric_names) or 'none'}")
        steps, _epochs, metrics = self.scalars(0)
        return steps, metrics[:, self.metric_names.index(name)]


def _holds(metrics: Any, names: tuple[str, ...]) -> bool:
    return isinstance(metrics, bytes) and len(metrics) == 4 * len(names)
