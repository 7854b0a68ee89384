"""Tables in a script: read with csv, as plain numbers, and classes by their place in a list."""

import ast
import csv
from collections.abc import Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import Any

from biasstudio.data_files.opening import never
from biasstudio.data_files.proposal import with_found
from biasstudio.data_files.table import Table, class_names, class_texts, table_of, texts_of
from biasstudio.resource_files import resource_path
from biasstudio.scripts.patterns import Alternatives, Pattern, find_in_turn
from biasstudio.scripts.written_steps import COLUMNS_SCALED, ORDERED, filled
from biasstudio.spec.data_sets import DataSet
from biasstudio.spec.file_paths import path_for, path_from
from biasstudio.spec.own_data_types import CLASSES, DELIMITERS, NUMBERS, REFUSE
from biasstudio.spec.shipped_data_types import TABLE_TARGETS

_ENCODINGS = {"utf-8": "utf-8-sig", "cp1252": "cp1252", "utf-16": "utf-16"}
_READ = """\
with open(_PATH_, encoding=_ENCODING_, newline="") as file:
    rows = list(csv.DictReader(file, {delimiter}skipinitialspace=True))
columns = _COLUMNS_"""
_NUMBERS = "x = np.array([[{number} for name in columns] for row in rows])"
_TEXTS = """\
# Each text of these columns becomes a column of its own, with a 1 where it stands.
texts = _TEXTS_
x = np.array(
    [
        [
            value
            for name in columns
            for value in (
                [row[name].strip() == text for text in texts[name]]
                if name in texts
                else [{number}]
            )
        ]
        for row in rows
    ],
    dtype="float64",
)"""
_LABELS = """\
classes = _CLASSES_
y = np.array([classes.index(row[_TARGET_].strip()) for row in rows], dtype="int32")"""
_TARGETS = 'y = np.array([{number} for row in rows], dtype="float32")'


def _number(name: str, decimal: str) -> str:
    return f"float(row[{name}])" if decimal == "." else f'float(row[{name}].replace(",", "."))'


_READING: Alternatives = {
    True: Pattern(_READ.format(delimiter="")),
    False: Pattern(_READ.format(delimiter="delimiter=_DELIMITER_, ")),
}
"""By whether the delimiter is the usual one."""
_INPUTS: Alternatives = {
    (decimal, form == _TEXTS): Pattern(form.format(number=_number("name", decimal)))
    for decimal, form in product(".,", (_NUMBERS, _TEXTS))
}
"""By the decimal sign, and whether there are columns of texts."""
_TARGET: Alternatives = {(".", CLASSES): Pattern(_LABELS)} | {
    (decimal, NUMBERS): Pattern(_TARGETS.format(number=_number("_TARGET_", decimal))) for decimal in ".,"
}
"""By the decimal sign and the task."""
_STEPS = (_READING, _INPUTS, _TARGET, COLUMNS_SCALED, ORDERED)


def shipped_table(data: DataSet) -> Table:
    """A table that comes with this program, as data of a person's own."""
    return table_of(resource_path(f"data/{data.name}.csv"), _parameters_of_shipped(data), never)


def _parameters_of_shipped(data: DataSet) -> dict[str, Any]:
    form = {"delimiter": ",", "header": True, "encoding": "utf-8", "decimal": "."}
    task = CLASSES if data.type.classes else NUMBERS
    return form | {"target": TABLE_TARGETS[data.name], "columns": (), "task": task, "missing": REFUSE}


def write_shipped(data: DataSet) -> str:
    """The text for a shipped table, whose file lies beside the script."""
    parameters = _parameters_of_shipped(data) | dict(data.parameters)
    return _written(shipped_table(data), parameters, f"{data.name}.csv")


def write_table(data: DataSet, folder: Path | None) -> str | None:
    """The text for a table of a person's own; None for one that takes more than few lines. Raises SpecError."""
    parameters = dict(data.parameters)
    path = Path(parameters["path"])
    table = table_of(path, parameters, never)
    return _written(table, parameters, path_for(path, folder)) if _is_plain(table, parameters) else None


def _is_plain(table: Table, parameters: Mapping[str, Any]) -> bool:
    """Whether csv and float read it as it is read here: names once each in the first row, and no empty cells."""
    if not parameters["header"] or parameters["delimiter"] == "space" or table.present:
        return False
    if any(column.missing for column in (*table.inputs, table.target)):
        return False
    if table.task == CLASSES and len(set(class_texts(table).values())) < len(class_texts(table)):
        return False
    with table.path.open(encoding=_ENCODINGS[parameters["encoding"]], newline="") as file:
        rows = csv.reader(file, delimiter=DELIMITERS[parameters["delimiter"]], skipinitialspace=True)
        header = next((row for row in rows if row), [])
    return header == [column.name for column in table.survey.columns]


def _written(table: Table, parameters: Mapping[str, Any], path: str) -> str:
    decimal, task = parameters["decimal"], parameters["task"]
    texts = {column.name: texts_of(column) for column in table.inputs if not column.is_number}
    values = {
        "path": path,
        "encoding": _ENCODINGS[parameters["encoding"]],
        "delimiter": DELIMITERS[parameters["delimiter"]],
        "columns": [column.name for column in table.inputs],
        "texts": texts,
        "target": table.target.name,
        "classes": class_names(table) if task == CLASSES else [],
    }
    lines = [
        *filled(_READING, parameters["delimiter"] == ",", values),
        *filled(_INPUTS, (decimal, bool(texts)), values),
        *filled(_TARGET, ("." if task == CLASSES else decimal, task), values),
        *filled(COLUMNS_SCALED, parameters["scaling"], values),
        *filled(ORDERED, parameters["shuffled"], values),
    ]
    return "\n".join(lines)


def find_table(statements: Sequence[ast.stmt], folder: Path | None) -> tuple[DataSet, int] | None:
    """The data set that the first of `statements` read, and how many of them do. Raises SpecError."""
    found = find_in_turn(statements, _STEPS)
    if found is None:
        return None
    (usual, (decimal, _), (_, task), scaling, shuffled), values, count = found
    encodings = {codec: name for name, codec in _ENCODINGS.items()}
    delimiters = {sign: name for name, sign in DELIMITERS.items()}
    parameters = {
        "delimiter": "," if usual else delimiters.get(values["delimiter"], values["delimiter"]),
        "encoding": encodings.get(values["encoding"], values["encoding"]),
        "decimal": decimal,
        "target": values["target"],
        "task": task,
        "scaling": scaling,
        "shuffled": shuffled,
    }
    shipped = _shipped(values["path"], folder, parameters)
    if shipped is not None:
        return shipped, count
    path = path_from(values["path"], folder, "data")
    parameters["path"] = str(path)
    parameters["columns"] = _columns(path, parameters, tuple(values["columns"]))
    return with_found("csv", parameters), count


def _columns(path: Path, parameters: Mapping[str, Any], named: tuple[str, ...]) -> tuple[str, ...]:
    """None of them where they are all that there are."""
    every = table_of(path, {**parameters, "header": True, "columns": (), "missing": "drop"}, never)
    return () if named == tuple(column.name for column in every.inputs) else named


def _shipped(path: str, folder: Path | None, parameters: Mapping[str, Any]) -> DataSet | None:
    """The table that comes with this program, where the file is a copy of one, or is not there but named so."""
    name, there = Path(path).stem, None if folder is None else folder / path
    if path != f"{name}.csv" or TABLE_TARGETS.get(name) != parameters["target"]:
        return None
    own = resource_path(f"data/{name}.csv")
    if there is not None and there.is_file() and there.read_bytes() != own.read_bytes():
        return None
    return DataSet.of(name, scaling=parameters["scaling"], shuffled=parameters["shuffled"])
