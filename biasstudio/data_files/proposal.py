"""From a file to a data set: its kind, and a guess at each parameter that a person can change afterwards."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from biasstudio.data_files.array_files import StoredArray, arrays_in, rows_of_array
from biasstudio.data_files.images import image_folder, proposed_size
from biasstudio.data_files.opening import Cancelled, never, opened
from biasstudio.data_files.reading import open_parameters
from biasstudio.data_files.table import MOST_TEXTS
from biasstudio.data_files.table_format import find_format
from biasstudio.data_files.table_survey import ColumnSurvey, TableSurvey, survey
from biasstudio.data_files.targets import guessed_task
from biasstudio.spec.arguments import SpecError, check_arguments
from biasstudio.spec.data_set_types import NONE, PIXELS, STANDARDISE
from biasstudio.spec.data_sets import DATA_SET_TYPES, DataSet
from biasstudio.spec.own_data_types import CLASSES, DROP, MEAN, NUMBERS, REFUSE

_TARGET_NAMES = (
    "target",
    "targets",
    "label",
    "labels",
    "class",
    "y",
    "species",
    "diagnosis",
    "outcome",
    "output",
    "survived",
)
_ARRAY_PAIRS = (
    ("x_train", "y_train"),
    ("train_x", "train_y"),
    ("x", "y"),
    ("train_images", "train_labels"),
    ("images", "labels"),
    ("data", "labels"),
    ("data", "target"),
    ("features", "labels"),
    ("features", "targets"),
    ("features", "target"),
    ("inputs", "targets"),
    ("inputs", "labels"),
    ("arr_0", "arr_1"),
)
_MOST_CLASSES_OF_NUMBERS = 20
_MOST_TEXTS_PROPOSED = 50
# Where more rows than this are incomplete, leaving them out would cost too much.
_FEW_ROWS = 0.1


def kind_of(path: Path) -> str:
    """Which of OWN_TYPES a file or folder is. Raises SpecError where it is none."""
    if path.is_dir():
        return "images"
    with opened(path) as file:
        start = file.read(8)
    if path.suffix.lower() in (".npz", ".npy"):
        return path.suffix.lower()[1:]
    if start.startswith((b"PK", b"\x93NUMPY")):
        wanted = ".npz" if start.startswith(b"PK") else ".npy"
        raise SpecError(f"{path.name} is no table; arrays of NumPy are in files that end in {wanted}.", argument="path")
    return "csv"


def propose_data(path: Path, targets: Path | None = None, cancelled: Cancelled = never) -> DataSet:
    """All parameters guessed, and `found` filled. `targets` is the file of the targets, for an NPY file.

    Raises SpecError; of an NPY file with no targets beside it with the argument "targets_path".
    """
    name = kind_of(path)
    parameters = {
        "csv": _table_parameters,
        "npz": _npz_parameters,
        "npy": lambda path, cancelled: _npy_parameters(path, targets, cancelled),
        "images": _image_parameters,
    }[name](path.absolute(), cancelled)
    return with_found(name, parameters, cancelled)


def with_found(name: str, parameters: Mapping[str, Any], cancelled: Cancelled = never) -> DataSet:
    """The data set of these parameters, with what its file holds. Raises SpecError."""
    known = DATA_SET_TYPES[name]
    checked = dict(check_arguments(dict(parameters), known.parameters, f"data {name}"))
    return DataSet.of(name, found=open_parameters(name, checked, cancelled).found, **checked)


def _table_parameters(path: Path, cancelled: Cancelled) -> dict[str, Any]:
    form = find_format(path, cancelled)
    whole = survey(path, form, cancelled)
    target = guessed_target(whole)
    useful = [column for column in whole.columns if column is not target and _useful(column, whole)]
    everything = len(useful) == len(whole.columns) - 1
    task = guessed_table_task(target, whole)
    return vars(form) | {
        "path": str(path),
        "target": target.name,
        "columns": () if everything else tuple(column.name for column in useful),
        "task": task,
        "missing": _missing(whole, [*useful, target]),
        "scaling": STANDARDISE,
        "shuffled": task == CLASSES,
    }


def guessed_target(whole: TableSurvey) -> ColumnSurvey:
    """The column of a usual name, or the last one that has values."""
    for name in _TARGET_NAMES:
        for column in whole.columns:
            if column.name.lower() == name and not column.empty:
                return column
    filled = [column for column in whole.columns if not column.empty]
    return filled[-1] if filled else whole.columns[-1]


def guessed_table_task(target: ColumnSurvey, whole: TableSurvey) -> str:
    """Texts, and few different whole numbers, look like classes."""
    if not target.is_number:
        return CLASSES
    few = 2 <= target.distinct <= min(_MOST_CLASSES_OF_NUMBERS, max(2, whole.row_count // 2))
    return CLASSES if few and target.whole and target.values is not None else NUMBERS


def _useful(column: ColumnSurvey, whole: TableSurvey) -> bool:
    """Not the number of the row, no column without values, and no texts of which nearly each is another."""
    if column.empty or (column.is_number and column.counts_rows and whole.row_count > 2):
        return False
    if column.is_number:
        return True
    most = min(MOST_TEXTS, max(_MOST_TEXTS_PROPOSED if whole.row_count > _MOST_TEXTS_PROPOSED else 2, 2))
    return column.values is not None and column.distinct <= most


def _missing(whole: TableSurvey, used: list[ColumnSurvey]) -> str:
    gaps = sum(column.missing for column in used)
    if not gaps:
        return REFUSE
    return DROP if gaps <= _FEW_ROWS * whole.row_count else MEAN


def _npz_parameters(path: Path, cancelled: Cancelled) -> dict[str, Any]:
    inputs, targets = guessed_arrays(arrays_in(path), path.name)
    return {"path": str(path), "inputs": inputs, "targets": targets} | _array_guesses(
        path, inputs, path, targets, cancelled
    )


def guessed_arrays(arrays: tuple[StoredArray, ...], name: str) -> tuple[str, str]:
    """Which arrays are the inputs and the targets: by their names, or as the only two of one length.

    Raises SpecError.
    """
    by_name = {array.name.lower(): array.name for array in reversed(arrays)}
    for inputs, targets in _ARRAY_PAIRS:
        if inputs in by_name and targets in by_name:
            return by_name[inputs], by_name[targets]
    headers = [(array.name, array.header) for array in arrays if array.header is not None]
    if len(headers) == 2:
        (first, one), (second, other) = headers
        if one.shape[0] == other.shape[0]:
            return (first, second) if one.value_bytes >= other.value_bytes else (second, first)
    faults = [array.fault for array in arrays if array.fault is not None]
    if faults and len(headers) < 2:
        raise faults[0]
    there = ", ".join(array.name for array in arrays[:20]) or "none"
    raise SpecError(
        f"{name}: which array holds the inputs and which the targets can't be told from their names, {there}: "
        "choose them.",
        argument="inputs",
    )


def _npy_parameters(path: Path, targets: Path | None, cancelled: Cancelled) -> dict[str, Any]:
    beside = targets.absolute() if targets is not None else _targets_beside(path)
    if beside is None:
        raise SpecError(
            f"{path.name} holds one array, the inputs: choose the file of the targets too.", argument="targets_path"
        )
    return {"path": str(path), "targets_path": str(beside)} | _array_guesses(path, "", beside, "", cancelled)


def _targets_beside(path: Path) -> Path | None:
    """The file whose name has the targets' word where this one has that of the inputs."""
    names = {entry.name.lower(): entry for entry in path.parent.iterdir() if entry.suffix.lower() == ".npy"}
    for inputs, targets in (("x", "y"), *_ARRAY_PAIRS):
        words = path.stem.lower().replace("-", "_").split("_")
        if inputs in words:
            words[words.index(inputs)] = targets
            for glue in "_-":
                found = names.get(f"{glue.join(words)}.npy")
                if found is not None:
                    return found
    return None


def _array_guesses(path: Path, inputs: str, targets_path: Path, targets: str, cancelled: Cancelled) -> dict[str, Any]:
    inputs_rows = rows_of_array(path, inputs, cancelled)
    task = guessed_task(rows_of_array(targets_path, targets, cancelled), cancelled)
    bytes_of_pixels = inputs_rows.dtype == "uint8" and len(inputs_rows.shape) >= 3
    return {"task": task, "scaling": PIXELS if bytes_of_pixels else NONE, "shuffled": task == CLASSES}


def _image_parameters(path: Path, cancelled: Cancelled) -> dict[str, Any]:
    chosen = _training_part(path)
    size, colour = proposed_size(image_folder(chosen, cancelled).images, cancelled)
    return {"path": str(chosen), "size": size, "colour": colour, "scaling": PIXELS}


def _training_part(path: Path) -> Path:
    """The folder itself, or its training part where it has one beside a test part."""
    folders = {entry.name.lower(): entry for entry in path.iterdir() if entry.is_dir()}
    others = {"test", "testing", "val", "valid", "validation"} & set(folders)
    trains = [folders[name] for name in ("train", "training") if name in folders]
    return trains[0] if trains and others else path
