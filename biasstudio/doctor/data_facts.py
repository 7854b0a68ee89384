"""DataFacts: what the rules know of the data, as statistics of the samples that train."""

import math
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

MOST_SAMPLES = 100_000
# Their statistics are found in float64, so this is 160 MB for a moment.
_MOST_INPUT_VALUES = 20_000_000
_MOST_TARGET_VALUES = 200_000
# Labels beyond this are numbers, not classes.
_MOST_CLASSES = 100_000

Doubles = NDArray[np.float64]


# Known by itself, not by its values, so that what was found of it can be remembered.
@dataclass(frozen=True, eq=False)
class TargetFacts:
    """Of the targets that were looked at, float64: statistics of each output in turn, shape (outputs,).

    `counts` holds how often each label, from 0 on, is there, where targets are whole numbers; None where they aren't.
    `values`, float64 (rows, outputs), are the targets themselves, those of a sample's other axes as rows of their own.
    """

    mean: Doubles
    deviation: Doubles
    median: Doubles
    low: Doubles
    high: Doubles
    counts: NDArray[np.int64] | None = None
    shape: tuple[int, ...] = ()
    """Of one sample's target."""
    one_hot: bool = False
    """Whether each row is 0 but for a single 1."""
    values: Doubles = field(default_factory=lambda: np.empty((0, 1)))
    all_alike: bool = False
    """Whether there are several, and each is the same."""


@dataclass(frozen=True)
class DataFacts:
    """`mean` and `deviation` float64 of each input along the last axis, over samples and other axes; `target` None
    where there are no targets, or one is not finite.

    `samples` were looked at, evenly taken from the `total` that there are. `shape` is that of one sample.
    """

    samples: int
    mean: Doubles
    deviation: Doubles
    target: TargetFacts | None = None
    total: int = 0
    shape: tuple[int, ...] = ()
    low: Doubles = field(default_factory=lambda: np.empty(0))
    high: Doubles = field(default_factory=lambda: np.empty(0))
    only_0_and_1: NDArray[np.bool_] = field(default_factory=lambda: np.empty(0, bool))
    """Of each input along the last axis, whether it has no other value."""
    all_alike: bool = False
    """Whether there are several samples, and each is the same."""


def facts_of(x: Any, y: Any = None, total: int | None = None) -> DataFacts:
    """The facts of arrays with a row for each sample: `x` (n, *shape), `y` (n, *target_shape) or None. Any thread.

    Of many samples some are looked at, evenly taken. `total` is how many there are where `x` holds only some of them.
    Raises ValueError where an array is empty or holds no numbers.
    """
    inputs = _rows(np.asarray(x), _MOST_INPUT_VALUES, "x")
    columns = _columns(inputs)
    target = None if y is None else _target_facts(_rows(np.asarray(y), _MOST_TARGET_VALUES, "y"))
    # Of inputs that are not finite neither mean nor deviation is.
    with np.errstate(invalid="ignore", over="ignore"):
        mean, deviation = columns.mean(0), columns.std(0)
    return DataFacts(
        len(inputs),
        mean,
        deviation,
        target,
        len(x) if total is None else total,
        inputs.shape[1:],
        columns.min(0),
        columns.max(0),
        ((columns == 0) | (columns == 1)).all(0),
        _are_alike(inputs),
    )


def _are_alike(rows: NDArray[Any]) -> bool:
    # Two that differ are soon found: most often it is enough to look at those.
    return len(rows) > 1 and bool((rows[:2] == rows[0]).all()) and bool((rows == rows[0]).all())


def _rows(array: NDArray[Any], most_values: int, name: str) -> NDArray[Any]:
    """The samples to look at, evenly taken."""
    if array.ndim == 0 or array.size == 0:
        raise ValueError(f"{name} must hold at least one sample")
    if array.dtype.kind not in "biuf":
        raise ValueError(f"{name} must hold numbers, not {array.dtype}")
    most = max(1, min(MOST_SAMPLES, most_values // math.prod(array.shape[1:])))
    return array[evenly(len(array), most)]


def evenly(count: int, most: int) -> NDArray[np.int64]:
    """Indexes of up to `most` of `count` samples, evenly taken and rising."""
    taken = min(count, most)
    return np.arange(taken, dtype=np.int64) * count // taken


def _columns(rows: NDArray[Any]) -> Doubles:
    """float64 (n, columns): the last axis, every other one among the rows."""
    return rows.astype(np.float64).reshape(-1, rows.shape[-1] if rows.ndim > 1 else 1)


def _target_facts(rows: NDArray[Any]) -> TargetFacts | None:
    values = _columns(rows)
    if not np.isfinite(values).all():
        return None
    return TargetFacts(
        values.mean(0),
        values.std(0),
        np.median(values, 0),
        values.min(0),
        values.max(0),
        _counts(values),
        rows.shape[1:],
        values.shape[1] > 1 and bool(((values == 0) | (values == 1)).all() and (values.sum(1) == 1).all()),
        values,
        _are_alike(rows),
    )


def with_labels(facts: DataFacts, labels: tuple[float, ...]) -> DataFacts:
    """The facts with `labels` as targets, a number for each class, where those now are 0, 1, … or one-hot rows."""
    target = facts.target
    if target is None:
        return facts
    classes = target.values.argmax(1) if target.one_hot else target.values[:, 0].astype(np.int64)
    return replace(facts, target=_target_facts(np.asarray(labels, np.float64)[classes]))


def _counts(values: Doubles) -> NDArray[np.int64] | None:
    whole = (values == np.floor(values)).all() and values.min() >= 0 and values.max() < _MOST_CLASSES
    return np.bincount(values.astype(np.int64).reshape(-1)) if whole else None
