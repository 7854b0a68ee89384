"""What is to be read of a table: which columns and rows, and what they hold."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from biasstudio.data_files.opening import Cancelled
from biasstudio.data_files.table_survey import ColumnSurvey, TableSurvey, survey
from biasstudio.data_files.table_text import TableFormat, number_of
from biasstudio.spec.arguments import SpecError, shown
from biasstudio.spec.own_data_types import DROP, REFUSE

MOST_TEXTS = 256
"""Of one text column: each becomes a column of its own."""


@dataclass(frozen=True)
class Table:
    """What is to be read of a table. Make one with `table_of`."""

    path: Path
    form: TableFormat
    task: str
    missing: str
    survey: TableSurvey
    inputs: tuple[ColumnSurvey, ...]
    target: ColumnSurvey
    present: frozenset[int]

    @property
    def widths(self) -> tuple[int, ...]:
        """How many columns each column becomes."""
        return tuple(1 if column.is_number else len(texts_of(column)) for column in self.inputs)


def table_of(path: Path, parameters: Mapping[str, Any], cancelled: Cancelled) -> Table:
    """Reads all of the table once or twice, and checks the columns that are used. Raises SpecError."""
    form, missing = TableFormat.of(parameters), parameters["missing"]
    whole = survey(path, form, cancelled)
    target = whole.column(parameters["target"], path.name, "target")
    inputs = _inputs(path, whole, parameters["columns"], target)
    used = (*inputs, target)
    if missing == REFUSE:
        _refuse_missing(path, used)
    # Where the mean stands for what is missing, a row without a target is left out all the same.
    incomplete = [column for column in (used if missing == DROP else (target,)) if column.missing]
    present = frozenset(column.place for column in incomplete)
    chosen = survey(path, form, cancelled, present) if present else whole
    inputs, target = tuple(chosen.columns[column.place] for column in inputs), chosen.columns[target.place]
    for column in inputs:
        _check_input(path, column)
    return Table(path, form, parameters["task"], missing, chosen, inputs, target, present)


def _inputs(path: Path, whole: TableSurvey, names: tuple[str, ...], target: ColumnSurvey) -> tuple[ColumnSurvey, ...]:
    if not names:
        others = tuple(column for column in whole.columns if column is not target)
    elif target.name in names:
        raise SpecError(f"{path.name}: the target “{target.name}” can't be an input too.", argument="columns")
    elif len(set(names)) < len(names):
        raise SpecError(f"{path.name}: a column is named twice among the inputs.", argument="columns")
    else:
        others = tuple(whole.column(name, path.name, "columns") for name in names)
    if not others:
        raise SpecError(f"{path.name} has one column: expected a target and one input or more.", argument="delimiter")
    return others


def _refuse_missing(path: Path, used: tuple[ColumnSurvey, ...]) -> None:
    gaps = [column for column in used if column.missing]
    if gaps:
        named = ", ".join(f"{column.missing:,} in {column.name}" for column in gaps[:6])
        more = f" and {len(gaps) - 6} more columns" if len(gaps) > 6 else ""
        raise SpecError(
            f"{path.name} has empty cells, {named}{more}, the first in line "
            f"{min(column.first_missing for column in gaps)}: choose to leave such rows "
            "out, or to put the column's mean there.",
            argument="missing",
        )


def _check_input(path: Path, column: ColumnSurvey) -> None:
    if column.empty:
        raise SpecError(f"{path.name}: the column “{column.name}” has no values.", argument="columns")
    if column.is_number or (column.values is not None and column.distinct <= MOST_TEXTS):
        return
    line, text = column.first_text or (0, "")
    count = f"{column.distinct:,}" if column.values is not None else f"more than {column.distinct - 1:,}"
    raise SpecError(
        f"{path.name}: the column “{column.name}” holds texts, {count} different ones (line {line}: {shown(text)}); "
        f"up to {MOST_TEXTS} can be encoded. Leave it out of the columns.",
        argument="columns",
    )


def texts_of(column: ColumnSurvey) -> list[str]:
    """The texts of a text column, sorted, each of which becomes a column."""
    return sorted(column.values or ())


def class_texts(table: Table) -> dict[str, int]:
    """The label for each text of the target: numbers in their order, texts sorted. Raises SpecError."""
    target = table.target
    if target.values is None or target.empty:
        how_many = f"more than {target.distinct - 1:,}" if target.distinct else "no"
        raise SpecError(
            f"{table.path.name}: the target “{target.name}” has {how_many} different values, which can't be classes"
            f"{': choose numbers' if target.is_number and target.distinct else ''}.",
            argument="target",
        )
    if not target.is_number:
        return {text: label for label, text in enumerate(sorted(target.values))}
    values = {text: number_of(text, table.form.decimal) or 0.0 for text in target.values}
    labels = {value: label for label, value in enumerate(sorted(set(values.values())))}
    return {text: labels[value] for text, value in values.items()}


def class_names(table: Table) -> list[str]:
    """As the file writes them; where it writes one number in several ways, the first one."""
    names: dict[int, str] = {}
    for text, label in class_texts(table).items():
        names.setdefault(label, text)
    return [names[label] for label in range(len(names))]


def class_counts(table: Table) -> list[int]:
    counts: Counter[int] = Counter()
    for text, label in class_texts(table).items():
        counts[label] += (table.target.values or Counter())[text]
    return [counts[label] for label in range(len(counts))]


def check_number_target(table: Table) -> None:
    """Raises SpecError where the target is no number that float32 can hold."""
    target = table.target
    if target.empty:
        raise SpecError(f"{table.path.name}: the target “{target.name}” has no values.", argument="target")
    if target.first_text is not None:
        line, text = target.first_text
        raise SpecError(
            f"{table.path.name}: the target “{target.name}” holds {shown(text)} in line {line}, which is no number: "
            "choose classes.",
            argument="task",
        )
