"""Arrays in a script: NPZ and NPY files of a person's own; and data that are put into such a file for the script."""

import ast
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from biasstudio.data_files.array_files import rows_of_array
from biasstudio.data_files.opening import never
from biasstudio.data_files.proposal import with_found
from biasstudio.data_files.reading import array_places
from biasstudio.data_files.rows import SampleRows
from biasstudio.scripts.patterns import Alternatives, Pattern, find_in_turn
from biasstudio.scripts.written_steps import ARRAYS_SCALED, ORDERED, filled
from biasstudio.spec.data_sets import DataSet
from biasstudio.spec.file_paths import path_for, path_from
from biasstudio.spec.own_data_types import CLASSES, NUMBERS

_LOADING: Alternatives = {
    "npz": Pattern("with np.load(_PATH_) as data:\n    x, y = data[_INPUTS_], data[_TARGETS_]"),
    "npy": Pattern("x, y = np.load(_PATH_), np.load(_TARGETSPATH_)"),
}
_ROWS: Alternatives = {True: Pattern("x = x[:, np.newaxis]"), False: None}
"""By whether the inputs are single numbers."""
_SINGLE: Alternatives = {True: Pattern("y = y[:, 0]"), False: None}
"""By whether each target is an array of one."""
_TASK: Alternatives = {
    (CLASSES, "labels"): Pattern('y = y.astype("int32")'),
    (CLASSES, "values"): Pattern('y = np.unique(y, return_inverse=True)[1].astype("int32")'),
    (CLASSES, "one-hot"): Pattern('y = y.argmax(axis=1).astype("int32")'),
    (NUMBERS, ""): Pattern('y = y.astype("float32")'),
}
"""By the task and how the classes are written."""
_STEPS = (_LOADING, _ROWS, _SINGLE, _TASK, ARRAYS_SCALED, ORDERED)
_KEPT = Pattern(
    """\
with np.load(_PATH_) as data:
    x, y = data["x"], data["y"]"""
)


def write_arrays(data: DataSet, folder: Path | None) -> str:
    """The text for arrays of a person's own. Raises SpecError."""
    parameters = dict(data.parameters)
    path = Path(parameters["path"])
    inputs_name, targets_name, targets_path = array_places(path, parameters)
    inputs, targets = rows_of_array(path, inputs_name, never), rows_of_array(targets_path, targets_name, never)
    values = {
        "path": path_for(path, folder),
        "targetspath": path_for(targets_path, folder),
        "inputs": inputs_name,
        "targets": targets_name,
        "axes": tuple(range(max(len(inputs.shape), 2) - 1)),
    }
    single = len(targets.shape) == 2 and targets.shape[1] == 1
    lines = [
        *filled(_LOADING, data.name, values),
        *filled(_ROWS, len(inputs.shape) == 1, values),
        *filled(_SINGLE, single, values),
        *filled(_TASK, (parameters["task"], _form(data, targets, single)), values),
        *filled(ARRAYS_SCALED, parameters["scaling"], values),
        *filled(ORDERED, parameters["shuffled"], values),
    ]
    return "\n".join(lines)


def _form(data: DataSet, targets: SampleRows, single: bool) -> str:
    """How the classes are written."""
    if data.get("task") == NUMBERS:
        return ""
    if len(targets.shape) > 1 and not single:
        return "one-hot"
    plain = data.type.class_names == tuple(map(str, range(data.type.classes)))
    return "labels" if plain and targets.dtype.kind in "iuf" else "values"


def write_kept(name: str, what: str) -> str:
    """The text for data whose arrays are put into a file of their own. `what` says in a comment what they are."""
    return f"# {what}\n{_KEPT.filled({'path': name})}"


def find_arrays(statements: Sequence[ast.stmt], folder: Path | None) -> tuple[DataSet, int] | None:
    """The data set that the first of `statements` load, and how many of them do. Raises SpecError."""
    found = find_in_turn(statements, _STEPS)
    if found is None:
        return _find_kept(statements, folder)
    (kind, _, _, (task, _), scaling, shuffled), values, count = found
    parameters: dict[str, Any] = {
        "path": str(path_from(values["path"], folder, "data")),
        "task": task,
        "scaling": scaling,
        "shuffled": shuffled,
    }
    if kind == "npz":
        parameters |= {"inputs": values["inputs"], "targets": values["targets"]}
    else:
        parameters["targets_path"] = str(path_from(values["targetspath"], folder, "data"))
    return with_found(kind, parameters), count


def _find_kept(statements: Sequence[ast.stmt], folder: Path | None) -> tuple[DataSet, int] | None:
    values = _KEPT.found_in(statements)
    if values is None:
        return None
    path = path_from(values["path"], folder, "data")
    task = CLASSES if rows_of_array(path, "y", never).dtype.kind in "iu" else NUMBERS
    data = with_found("npz", {"path": str(path), "task": task, "shuffled": False})
    return data, len(_KEPT.statements)


def save_kept(path: Path, arrays: Mapping[str, Any]) -> None:
    """Write the arrays of such a file. Raises OSError."""
    with path.open("wb") as file:
        np.savez_compressed(file, **arrays)
