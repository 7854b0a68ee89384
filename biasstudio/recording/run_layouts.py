"""What the frames of a run hold: its layouts, read from the file and checked."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from biasstudio.recording.network import BiasVector
from biasstudio.recording.run_format import RunError
from biasstudio.recording.run_opening import MOST_VALUES, parsed

_MOST_VECTORS = 100_000
_MOST_LAYOUTS = 10_000
_MOST_SIDES = 32

Rows = Callable[[str, tuple[Any, ...]], list[tuple[Any, ...]]]


@dataclass(frozen=True)
class Layout:
    """What frames of one layout hold: the slices of their vectors, and their metrics' names."""

    slices: Mapping[str, slice]
    metric_names: tuple[str, ...]
    length: int


@dataclass(frozen=True)
class Layouts:
    """All layouts of a run by their number, and their vectors and metrics' names together, in order of appearance."""

    by_number: Mapping[int, Layout]
    vectors: tuple[BiasVector, ...]
    metric_names: tuple[str, ...]


def read_layouts(path: Path, rows: Rows) -> Layouts:
    """Read them with `rows`, which runs a query. Raises RunError where they contradict themselves."""
    layouts: dict[int, Layout] = {}
    vectors: dict[str, BiasVector] = {}
    for number, metrics in rows("SELECT layout, metrics FROM layouts ORDER BY layout LIMIT ?", (_MOST_LAYOUTS,)):
        slices: dict[str, slice] = {}
        end = 0
        for vector, start in _vectors(path, rows, number):
            expect(path, start == end and vector.path not in slices, "its table of vectors is damaged")
            end += vector.length
            slices[vector.path] = slice(start, end)
            known = vectors.setdefault(vector.path, vector)
            expect(path, known.shape == vector.shape, f"{vector.path} has two shapes")
        layouts[number] = Layout(slices, _names(metrics), end)
    total = sum(vector.length for vector in vectors.values())
    expect(path, total <= MOST_VALUES, f"its frames would have {total:,} values")
    names = (name for layout in layouts.values() for name in layout.metric_names)
    return Layouts(layouts, tuple(vectors.values()), tuple(dict.fromkeys(names)))


def _vectors(path: Path, rows: Rows, layout: int) -> list[tuple[BiasVector, int]]:
    """The vectors of a layout in order, and where each starts in a frame."""
    query = "SELECT path, layer, shape, unit, start, length FROM vectors WHERE layout = ? ORDER BY position LIMIT ?"
    found = []
    for vector_path, layer, shape, unit, start, length in rows(query, (layout, _MOST_VECTORS)):
        sides = _sides(shape)
        whole = all(isinstance(text, str) for text in (vector_path, layer, unit)) and type(start) is int
        expect(path, whole and sides is not None, "its table of vectors is damaged")
        vector = BiasVector.of_text(vector_path, sides or (), layer, unit)
        expect(path, vector.length == length, f"{vector_path} has another length than its shape")
        found.append((vector, start))
    return found


def expect(path: Path, holds: bool, what: str) -> None:
    """Raise RunError where it doesn't hold."""
    if not holds:
        raise RunError(f"{path.name} is damaged: {what}.")


def _names(text: Any) -> tuple[str, ...]:
    found = parsed(text)
    return tuple(dict.fromkeys(map(str, found))) if isinstance(found, list) else ()


def _sides(text: Any) -> tuple[int, ...] | None:
    found = parsed(text)
    if not isinstance(found, list) or len(found) > _MOST_SIDES:
        return None
    return tuple(found) if all(type(side) is int and 0 <= side <= MOST_VALUES for side in found) else None
