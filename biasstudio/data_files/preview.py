"""What a file holds, to be looked at before it is used: rows, arrays, or images."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from biasstudio.data_files.array_files import arrays_in
from biasstudio.data_files.images import image_folder, images_faults
from biasstudio.data_files.opening import Cancelled, never
from biasstudio.data_files.proposal import kind_of
from biasstudio.data_files.table_format import find_format
from biasstudio.data_files.table_survey import ColumnSurvey, survey
from biasstudio.data_files.table_text import TableFormat

_EXAMPLES_OF_CLASS = 8
_MOST_EXAMPLES = 96
_MOST_UNREADABLE = 100
_MOST_VALUES = 100


@dataclass(frozen=True)
class ColumnPreview:
    """One column. `kind` is number or text; `lowest` and `highest` are None of texts, or where there are no values.

    `distinct` counts different values, up to where counting ended (`distinct_known` is False then); `values` are the
    commonest of them with their counts, empty where they are not known.
    """

    name: str
    kind: str
    distinct: int
    missing: int
    lowest: float | None
    highest: float | None
    distinct_known: bool = True
    values: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class TablePreview:
    """The first `rows` of `row_count`."""

    columns: tuple[ColumnPreview, ...]
    rows: tuple[tuple[str, ...], ...]
    row_count: int


@dataclass(frozen=True)
class ArrayPreview:
    """One array; `fault` says in a sentence why it can't be read, "" where it can."""

    name: str
    shape: tuple[int, ...]
    dtype: str
    fault: str = ""


@dataclass(frozen=True)
class ArraysPreview:
    arrays: tuple[ArrayPreview, ...]


@dataclass(frozen=True)
class ImagesPreview:
    """`counts` of each class; `unreadable` up to 100 sentences, each naming an image; `examples` some images of every
    class with its name; `left_out` counts files that are no images.
    """

    class_names: tuple[str, ...]
    counts: tuple[int, ...]
    unreadable: tuple[str, ...]
    examples: tuple[tuple[Path, str], ...]
    left_out: int = 0


def preview_of(
    path: Path, parameters: Mapping[str, Any] = {}, cancelled: Cancelled = never
) -> TablePreview | ArraysPreview | ImagesPreview:
    """`parameters` may say how a table is written; what they leave open is found out. Raises SpecError."""
    kind = kind_of(path)
    if kind == "images":
        return _images(path, cancelled)
    if kind in ("npz", "npy"):
        places = [path, *([Path(parameters["targets_path"])] if "targets_path" in parameters else [])]
        return ArraysPreview(tuple(array for place in places for array in _arrays(place)))
    form = vars(find_format(path, cancelled))
    return _table(path, TableFormat(**form | {key: parameters[key] for key in form if key in parameters}), cancelled)


def _table(path: Path, form: TableFormat, cancelled: Cancelled) -> TablePreview:
    whole = survey(path, form, cancelled)
    return TablePreview(tuple(map(_column, whole.columns)), whole.first_rows, whole.row_count)


def _column(column: ColumnSurvey) -> ColumnPreview:
    number = column.is_number and not column.empty
    return ColumnPreview(
        column.name,
        "number" if column.is_number else "text",
        column.distinct,
        column.missing,
        column.lowest if number else None,
        column.highest if number else None,
        column.values is not None,
        tuple(column.values.most_common(_MOST_VALUES)) if column.values is not None else (),
    )


def _arrays(path: Path) -> tuple[ArrayPreview, ...]:
    return tuple(
        ArrayPreview(array.name, (), "", str(array.fault))
        if array.header is None
        else ArrayPreview(array.name, array.header.shape, array.header.dtype.name)
        for array in arrays_in(path)
    )


def _images(path: Path, cancelled: Cancelled) -> ImagesPreview:
    folder = image_folder(path, cancelled)
    counts = np.bincount(folder.labels, minlength=len(folder.class_names)).tolist()
    faults = images_faults(folder.images, cancelled, _MOST_UNREADABLE)
    wrong = {image for image, _ in faults}
    examples, shown = [], [0] * len(counts)
    most = max(1, min(_EXAMPLES_OF_CLASS, _MOST_EXAMPLES // len(counts)))
    for image, label in zip(folder.images, folder.labels.tolist(), strict=True):
        if shown[label] < most and image not in wrong:
            shown[label] += 1
            examples.append((image, folder.class_names[label]))
    return ImagesPreview(
        folder.class_names, tuple(counts), tuple(sentence for _, sentence in faults), tuple(examples), folder.left_out
    )
