"""Files of data that a script reads, looked for in the script's folder, as data sets of a person's own."""

from pathlib import Path, PureWindowsPath
from typing import Any

from biasstudio.data_files.preview import TablePreview, preview_of
from biasstudio.data_files.proposal import kind_of, propose_data, with_found
from biasstudio.scripts.arrays import TABLE, Array
from biasstudio.scripts.notes import Notes
from biasstudio.spec.arguments import SpecError, shown
from biasstudio.spec.data_sets import DATA_SET_TYPES, DataSet
from biasstudio.spec.losses import LOSS_TYPES, NUMBER
from biasstudio.spec.own_data_types import CLASSES, NUMBERS


def own_data(
    x: Array, y: Any, scaling: str, folder: Path | None, chance: bool, loss: str | None, notes: Notes
) -> DataSet:
    """The data set of the file that `x` comes from; `loss` tells classes from numbers. Raises SpecError."""
    kind = x.source.kind
    path = _found_file(x.source.what, folder, x.source.line, notes)
    if path.is_dir() != (kind == "images"):
        raise SpecError(f"{path.name} is {'a folder' if path.is_dir() else 'no folder'}")
    if kind == "csv":
        wanted = _table(path, x, y, loss, notes)
    elif kind == "npz":
        wanted = _npz(x, y)
    elif kind == "npy":
        wanted = _npy(y, folder, notes)
    else:
        wanted = _images(x)
    if kind_of(path) != kind:
        raise SpecError(f"{path.name} is not what the script takes it for")
    known = {argument.name for argument in DATA_SET_TYPES[kind].parameters}
    wanted |= {"scaling": scaling, "shuffled": chance, "path": str(path)}
    if kind != "csv" and loss is not None:
        wanted["task"] = NUMBERS if LOSS_TYPES[loss].target == NUMBER else CLASSES
    wanted = {key: value for key, value in wanted.items() if key in known}
    if not _NAMED[kind] <= set(wanted):
        wanted = dict(propose_data(path).parameters) | wanted
    return with_found(kind, wanted)


# What a script that is read says of a file; where it leaves some of it open, the file is looked at for it.
_NAMED = {
    "csv": {"delimiter"},
    "npz": {"inputs", "targets"},
    "npy": {"targets_path"},
    "images": {"size", "colour"},
}


def _found_file(text: str, folder: Path | None, line: int, notes: Notes) -> Path:
    """The file or folder that the script names, or one of that name beside the script. Raises SpecError."""
    name = PureWindowsPath(text).name
    if "://" in text:
        raise SpecError(f"{shown(name)} is read from the internet, which isn't done here")
    if folder is None:
        raise SpecError(f"where {shown(text)} lies is not known")
    # What is posted names the folders of another machine, and on Windows a path could lead to a foreign one.
    absolute = Path(text).is_absolute() or bool(PureWindowsPath(text).drive)
    try:
        if not absolute and (folder / text).exists():
            return (folder / text).resolve()
        if name and (folder / name).exists():
            notes.add(line, f"{shown(name)} is taken from the script's own folder.")
            return (folder / name).resolve()
    except (OSError, ValueError):
        pass  # no name of a file, such as one that is too long
    raise SpecError(f"{shown(text)} is not there: it is looked for in the script's folder")


def _table(path: Path, x: Array, y: Any, loss: str | None, notes: Notes) -> dict[str, Any]:
    """Header, columns and target as the script chooses them. Raises SpecError."""
    header = bool(x.source.option("header"))
    preview = preview_of(path, {"header": header})
    if not isinstance(preview, TablePreview):
        raise SpecError(f"{path.name} is no table")
    names = [column.name for column in preview.columns]
    called = _called(names, x)
    wanted: dict[str, Any] = {"header": header}
    inputs = _chosen(called, x)
    target = _chosen(called, y) if isinstance(y, Array) and y.role == TABLE and y.source.line == x.source.line else []
    if len(target) == 1:
        wanted["target"] = names[target[0]]
        kind = preview.columns[target[0]].kind
        numbers = loss is not None and LOSS_TYPES[loss].target == NUMBER and kind == "number" and not y.one_hot
        wanted["task"] = NUMBERS if numbers else CLASSES
        if target[0] in inputs:
            notes.add(
                x.source.line,
                f"The script gives the target {shown(called[target[0]])} to the network as an input too; here it is "
                "none.",
            )
        inputs = [place for place in inputs if place != target[0]]
    elif isinstance(y, Array) and y.role == TABLE:
        notes.add(x.source.line, f"Which column of {path.name} is the target is guessed.")
    wanted["columns"] = () if len(inputs) >= len(names) - 1 else tuple(names[place] for place in inputs)
    missing = x.source.option("missing")
    return wanted | ({"missing": missing} if missing else {})


def _called(names: list[str], x: Array) -> list[Any]:
    """What the script calls the columns."""
    given = x.source.option("names")
    whole = isinstance(given, list | tuple) and len(given) == len(names)
    if whole and all(isinstance(name, str) for name in given):
        return list(given)
    return list(names) if x.source.option("header") else list(range(len(names)))


def _chosen(called: list[Any], array: Array) -> list[int]:
    """The places of the columns that an array has. Raises SpecError where one isn't in the file."""
    places = list(range(len(called)))
    steps = (*array.columns, *(("but", (name,)) for name in array.dropped))
    for kind, what in steps:
        if kind == "places":
            places = places[what] if isinstance(what, slice) else places[what : what + 1 or None]
        elif kind == "without":
            places = [place for index, place in enumerate(places) if index != what]
        else:
            named = [_place(called, name) for name in what]
            places = named if kind == "names" else [place for place in places if place not in named]
    return places


def _place(called: list[Any], name: str) -> int:
    if name not in called:
        raise SpecError(f"the file has no column {shown(name)}")
    return called.index(name)


def _npz(x: Array, y: Any) -> dict[str, Any]:
    same = isinstance(y, Array) and y.source.kind == "npz"
    return {"inputs": x.source.option("member")} | ({"targets": y.source.option("member")} if same else {})


def _npy(y: Any, folder: Path | None, notes: Notes) -> dict[str, Any]:
    if not isinstance(y, Array) or y.source.kind != "npy":
        return {}
    return {"targets_path": str(_found_file(y.source.what, folder, y.source.line, notes))}


def _images(x: Array) -> dict[str, Any]:
    size = x.source.option("size")
    return {"colour": x.source.option("colour")} | ({"size": tuple(size)} if isinstance(size, list | tuple) else {})
