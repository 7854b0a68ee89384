"""A run's values for other programs: NPZ for NumPy, CSV for all else. Streamed; written whole or not at all."""

import csv
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np

from biasstudio.atomic_file import written_whole
from biasstudio.recording.history import Floats
from biasstudio.recording.network import BiasVector
from biasstudio.recording.run_format import RunError
from biasstudio.recording.run_reader import Run

SUFFIXES = (".npz", ".csv")
_MOST_BYTES_AT_ONCE = 500_000_000
_STEPS_BETWEEN_LOOKS = 16
CSV_HEADINGS = ("step", "epoch", "vector", "unit", "value")

Progress = Callable[[float], bool]
"""Told how much is done, from 0 to 1; False cancels."""


class ExportCancelledError(Exception):
    """Progress said so; nothing was left behind."""


def export_run(run: Run, path: Path, progress: Progress = lambda _share: True) -> None:
    """Write a run as its file's suffix says.

    Raises RunError for another suffix or a damaged run, OSError, and ExportCancelledError.
    """
    writers = {".npz": export_npz, ".csv": export_csv}
    if path.suffix.lower() not in writers:
        raise RunError(f"{path.name}: expected a name that ends in {' or '.join(SUFFIXES)}")
    writers[path.suffix.lower()](run, path, progress)


def export_npz(run: Run, path: Path, progress: Progress = lambda _share: True) -> None:
    """An array for each vector under its Keras path, float32 (m, *shape), with steps, epochs and metric/… beside them.

    `metric/loss` and the like have one value for each of `metric_steps`; gradient/… are there where they were recorded.
    """
    steps, epochs, metrics = run.scalars()
    with written_whole(path) as temporary, zipfile.ZipFile(temporary, "w", zipfile.ZIP_STORED, allowZip64=True) as file:
        _put(file, "steps", run.steps)
        _put(file, "metric_steps", steps)
        _put(file, "metric_epochs", epochs)
        for place, name in enumerate(run.metric_names):
            _put(file, f"metric/{name}", metrics[:, place])
        groups = _groups(run)
        for number, group in enumerate(groups):
            for half, (column, prefix) in enumerate((("biases", ""), ("gradients", "gradient/"))):
                shown = partial(_part_of, progress, (2 * number + half) / (2 * len(groups)), 2 * len(groups))
                for vector_path, values in _columns(run, group, column, shown).items():
                    if not prefix or np.isfinite(values).any():
                        _put(file, f"{prefix}{vector_path}", values)
    progress(1.0)


def _part_of(progress: Progress, before: float, parts: int, share: float) -> None:
    _tell(progress, before + share / parts)


def _groups(run: Run) -> list[list[BiasVector]]:
    """Vectors that are read together: a frame is read once for all of them, and their arrays fit the memory."""
    groups: list[list[BiasVector]] = [[]]
    room = _MOST_BYTES_AT_ONCE
    for vector in run.vectors:
        size = 4 * vector.length * len(run.steps)
        if groups[-1] and size > room:
            groups.append([])
            room = _MOST_BYTES_AT_ONCE
        groups[-1].append(vector)
        room -= size
    return groups


def _columns(run: Run, vectors: list[BiasVector], column: str, tell: Callable[[float], None]) -> dict[str, Floats]:
    """All steps of some vectors: float32 (m, *shape) by path; NaN where there is no value."""
    found = {vector.path: np.full((len(run.steps), vector.length), np.nan, np.float32) for vector in vectors}
    for row, step in enumerate(run.steps.tolist()):
        if row % _STEPS_BETWEEN_LOOKS == 0:
            tell(row / len(run.steps))
        frame = run.read_frame(step, column)
        for path in found if frame is not None else ():
            if frame is not None and path in frame[0].slices:
                found[path][row] = frame[1][frame[0].slices[path]]
    return {vector.path: found[vector.path].reshape(len(run.steps), *vector.shape) for vector in vectors}


def export_csv(run: Run, path: Path, progress: Progress = lambda _share: True) -> None:
    """Tidy: a row for each unit at each step. A unit of a vector with several axes is its index, such as 0,3.

    Values have as many digits as float32 needs to be read back exactly.
    """
    known_steps, known_epochs, _metrics = run.scalars()
    epochs = dict(zip(known_steps.tolist(), known_epochs.tolist(), strict=True))
    units = {vector.path: _unit_names(vector) for vector in run.vectors}
    with written_whole(path) as temporary, temporary.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(CSV_HEADINGS)
        for number, step in enumerate(run.steps.tolist()):
            if number % _STEPS_BETWEEN_LOOKS == 0:
                _tell(progress, number / len(run.steps))
            frame = run.read_frame(step)
            if frame is None:
                continue
            layout, values = frame
            for vector_path, part in layout.slices.items():
                rows = zip(units[vector_path], _digits(values[part]), strict=True)
                writer.writerows((step, epochs.get(step, 0), vector_path, unit, value) for unit, value in rows)
    progress(1.0)


def _unit_names(vector: BiasVector) -> list[str]:
    return [",".join(map(str, index)) for index in np.ndindex(vector.shape)]


def _digits(values: Floats) -> list[str]:
    # The shortest text that gives the same float32 again.
    return [str(value) for value in values]


def _put(file: zipfile.ZipFile, name: str, array: np.ndarray[tuple[int, ...], np.dtype[np.generic]]) -> None:
    with file.open(f"{name}.npy", "w", force_zip64=True) as entry:
        np.lib.format.write_array(entry, np.asarray(array), allow_pickle=False)


def _tell(progress: Progress, share: float) -> None:
    if not progress(share):
        raise ExportCancelledError
