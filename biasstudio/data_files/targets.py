"""The targets of samples as training takes them: labels from 0 on with the names of the classes, or numbers."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from biasstudio.data_files.opening import Cancelled, unique_titles
from biasstudio.data_files.rows import Array, MemoryRows, SampleRows, parts_of
from biasstudio.spec.arguments import LARGEST_FLOAT32, SpecError, shown
from biasstudio.spec.found_data import MAXIMUM_CLASSES
from biasstudio.spec.own_data_types import CLASSES, NUMBERS

_MOST_GUESSED_CLASSES = 1000
_MOST_GUESSED_CLASSES_OF_REALS = 20


@dataclass(frozen=True)
class Targets:
    """`rows` int32 (n,) labels where there are `class_names`, with `counts` of their samples; else any numbers, the
    lowest and the highest of which is `value_range`.
    """

    rows: SampleRows
    class_names: tuple[str, ...] = ()
    counts: tuple[int, ...] = ()
    value_range: tuple[float, float] = (0.0, 1.0)

    def take(self, indexes: Array) -> Array:
        """int32 labels, or float32 numbers."""
        taken = self.rows.take(indexes)
        return taken if self.class_names else taken.astype(np.float32)


def labelled(labels: NDArray[np.int32], names: list[str], owner: str) -> Targets:
    """`owner` starts the sentences. Raises SpecError where there are not several classes, or too many."""
    if len(names) < 2:
        raise SpecError(f"{owner} is {shown(names[0])} for all samples: expected two classes or more.", argument="task")
    if len(names) > MAXIMUM_CLASSES:
        raise SpecError(
            f"{owner} has {len(names):,} different values, more than the {MAXIMUM_CLASSES:,} classes that there can "
            "be: choose numbers.",
            argument="task",
        )
    counts = np.bincount(labels, minlength=len(names))
    return Targets(MemoryRows(labels), unique_titles(names, "class"), tuple(counts.tolist()))


def numbers(rows: SampleRows, name: str, cancelled: Cancelled) -> Targets:
    """Raises SpecError where one is not finite."""
    lowest, highest = check_finite(rows, name, cancelled)
    return Targets(rows, value_range=(lowest, highest))


def targets_of(rows: SampleRows, task: str, name: str, cancelled: Cancelled) -> Targets:
    """Of an array: labels of any kind or one-hot rows as classes; anything else as numbers. Raises SpecError."""
    rows = without_axis_of_one(rows)
    if task == NUMBERS:
        if rows.dtype.kind == "U":
            raise SpecError(f"{name} holds texts, which are no numbers: choose classes.", argument="task")
        return numbers(rows, name, cancelled)
    if len(rows.shape) == 1:
        return _labels(rows, name, cancelled)
    labels = _of_one_hot(rows, cancelled)
    if labels is None:
        raise SpecError(
            f"{name} has {rows.shape[-1]} values for each sample that are not a 1 among zeros, so no classes: choose "
            "numbers.",
            argument="task",
        )
    return labelled(labels, [str(label) for label in range(rows.shape[1])], name)


def guessed_task(rows: SampleRows, cancelled: Cancelled) -> str:
    """Whether the targets look like classes or like numbers."""
    rows = without_axis_of_one(rows)
    if rows.dtype.kind in "bU":
        return CLASSES
    if len(rows.shape) > 1:
        return CLASSES if _of_one_hot(rows, cancelled) is not None else NUMBERS
    most = _MOST_GUESSED_CLASSES_OF_REALS if rows.dtype.kind == "f" else _MOST_GUESSED_CLASSES
    seen: Array = np.empty(0, rows.dtype)
    for _, part in parts_of(rows, cancelled):
        seen = np.union1d(seen, part)
        if len(seen) > min(most, max(2, rows.shape[0] // 2)):
            return NUMBERS
    whole = rows.dtype.kind != "f" or bool(np.all(np.isfinite(seen) & (seen == np.round(seen))))
    return CLASSES if whole else NUMBERS


def without_axis_of_one(rows: SampleRows) -> SampleRows:
    """(n, 1) as (n,)."""
    if len(rows.shape) == 2 and rows.shape[1] == 1:
        return MemoryRows(rows.read(0, rows.shape[0])[:, 0])
    return rows


def check_finite(rows: SampleRows, name: str, cancelled: Cancelled) -> tuple[float, float]:
    """The lowest and the highest value. Raises SpecError where one is none that float32 can hold."""
    wrong, first, lowest, highest = 0, 0, np.inf, -np.inf
    for start, part in parts_of(rows, cancelled):
        with np.errstate(invalid="ignore"):
            fits = np.abs(part.astype(np.float64, copy=False)) <= LARGEST_FLOAT32
        if not fits.all():
            bad = ~fits.reshape(len(part), -1).all(axis=1)
            first = first if wrong else start + int(np.argmax(bad))
            wrong += int(np.count_nonzero(~fits))
            continue
        lowest, highest = min(lowest, float(part.min())), max(highest, float(part.max()))
    if wrong:
        values = "1 value that is" if wrong == 1 else f"{wrong:,} values that are"
        raise SpecError(
            f"{name} has {values} not a finite number (NaN or infinite), the first in sample {first:,}, "
            "counted from 0.",
            argument="path",
        )
    return lowest, highest


def _labels(rows: SampleRows, name: str, cancelled: Cancelled) -> Targets:
    values = np.concatenate([part for _, part in parts_of(rows, cancelled)])
    if values.dtype.kind == "f":
        check_finite(rows, name, cancelled)
        if np.any(values != np.round(values)):
            first = int(np.argmax(values != np.round(values)))
            raise SpecError(
                f"{name} holds {values[first]:g} in sample {first:,}, which is no label of a class: choose numbers.",
                argument="task",
            )
    known, labels = np.unique(values, return_inverse=True)
    return labelled(
        labels.astype(np.int32), [_class_name(value) for value in known[: MAXIMUM_CLASSES + 1].tolist()], name
    )


def _class_name(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(int(value)) if isinstance(value, float) else str(value)


def _of_one_hot(rows: SampleRows, cancelled: Cancelled) -> NDArray[np.int32] | None:
    """The place of the 1 in each row; None where a row is anything else than a 1 among zeros."""
    if len(rows.shape) != 2 or rows.dtype.kind == "U":
        return None
    labels = np.empty(rows.shape[0], np.int32)
    for start, part in parts_of(rows, cancelled):
        if not (np.all((part == 0) | (part == 1)) and np.all(np.count_nonzero(part, axis=1) == 1)):
            return None
        labels[start : start + len(part)] = part.argmax(axis=1)
    return labels
