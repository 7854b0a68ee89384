"""Labels of a script's own data that don't count the classes from 0 on, as those of an experiment do."""

import math

from biasstudio.data_files.table_text import number_of
from biasstudio.scripts.arrays import TABLE, Array, Pairs, is_as_read
from biasstudio.scripts.notes import Notes
from biasstudio.spec.data_sets import DataSet
from biasstudio.spec.losses import LOSS_TYPES, ONE_HOT

_MOST_SHOWN = 5
_NEEDED = {
    "binary_crossentropy": "needs 0 and 1",
    "sparse_categorical_crossentropy": "numbers the outputs from 0 on",
    "hinge": "needs −1 and 1",
    "squared_hinge": "needs −1 and 1",
}


def given_labels(data: DataSet, pairs: Pairs) -> tuple[float, ...]:
    """The number in the file for each class, where the script trains on that as it is; () where it is the label here,
    or the script encodes it, or may.
    """
    if pairs.unread or not _is_target(data, pairs):
        return ()
    decimal = data.get("decimal") if data.name == "csv" else "."
    numbers = [number_of(name, decimal) for name in data.type.class_names]
    known = tuple(number for number in numbers if number is not None and math.isfinite(number))
    return known if len(known) == len(numbers) and known != tuple(range(len(known))) else ()


def _is_target(data: DataSet, pairs: Pairs) -> bool:
    """Whether the script's targets are the file's, as it holds them."""
    x, y = pairs.x, pairs.y
    if data.name not in ("csv", "npz", "npy") or not isinstance(y, Array) or not is_as_read(y):
        return False
    if data.name != "csv":
        return y.source.kind == data.name
    one = y.shape is not None and y.shape[1:] in ((), (1,))
    return one and y.role == TABLE and y.source.line == x.source.line


def say_labels(labels: tuple[float, ...], line: int, loss: str | None, notes: Notes) -> None:
    """That they are mended here, and what is wrong with them in the script itself."""
    if loss in ("hinge", "squared_hinge") and set(labels) == {-1.0, 1.0}:
        return  # to these losses they are the same
    taken = f"Labels {_listed(labels)} are taken as {_listed(tuple(range(len(labels))))} here"
    needed = _needed(labels, loss)
    if needed:
        notes.add(line, f"{taken}; the script itself doesn't, and {needed}.")
    else:
        notes.add(line, f"{taken}; the script leaves them as they are.")


def _needed(labels: tuple[float, ...], loss: str | None) -> str:
    """What the loss takes, in words; "" where the labels may be that."""
    if loss is None or (loss == "binary_crossentropy" and min(labels) >= 0 and max(labels) <= 1):
        return ""
    one_hot = LOSS_TYPES[loss].target == ONE_HOT
    needed = "needs a row with a 1 for the class" if one_hot else _NEEDED.get(loss, "")
    return f"{LOSS_TYPES[loss].title} {needed}" if needed else ""


def _listed(numbers: tuple[float, ...]) -> str:
    texts = [f"{number:g}".replace("-", "−") for number in numbers]
    return ", ".join(texts if len(texts) <= _MOST_SHOWN else [*texts[: _MOST_SHOWN - 1], "…", texts[-1]])
