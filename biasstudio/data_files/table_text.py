"""The text of a table, read row by row: bounded lines, and every row of the same length."""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from biasstudio.data_files.opening import Cancelled, go_on, opened, unique_titles
from biasstudio.spec.arguments import SpecError, shown
from biasstudio.spec.own_data_types import DELIMITERS

MAXIMUM_COLUMNS = 10_000
LONGEST_LINE = 4_000_000
ROWS_AT_ONCE = 2000
_CODECS = {"utf-8": "utf-8-sig", "cp1252": "cp1252", "utf-16": "utf-16"}
MISSING = frozenset({"", "na", "n/a", "nan", "null", "?", "-"})
"""What a cell without a value holds, in small letters."""


@dataclass(frozen=True)
class TableFormat:
    """How a table is written; the parameters of that name."""

    delimiter: str = ","
    header: bool = True
    encoding: str = "utf-8"
    decimal: str = "."

    @classmethod
    def of(cls, parameters: Mapping[str, Any]) -> "TableFormat":
        return cls(**{name: parameters[name] for name in ("delimiter", "header", "encoding", "decimal")})


@dataclass(frozen=True)
class Rows:
    """Some rows on end: the cells without spaces around them, and the line on which each row ends."""

    cells: list[list[str]]
    lines: list[int]


def number_of(text: str, decimal: str) -> float | None:
    """The number that a cell writes; None where it is none."""
    written = text if decimal == "." else text.replace(".", "x").replace(decimal, ".")
    # What Python's own numbers may have in the middle.
    if "_" in written:
        return None
    try:
        return float(written)
    except ValueError:
        return None


def is_missing(text: str) -> bool:
    return text.lower() in MISSING


def rows_of(path: Path, form: TableFormat, cancelled: Cancelled) -> Iterator[list[str] | Rows]:
    """The names of the columns, then all rows. Raises SpecError naming the line at fault."""
    with opened(path) as file:
        text = io.TextIOWrapper(file, encoding=_CODECS[form.encoding], newline="")
        try:
            yield from _checked_rows(path.name, _parsed(text, form), form, cancelled)
        except UnicodeDecodeError as error:
            raise SpecError(
                f"{path.name} is not written in {form.encoding}: {error.reason}. Choose another encoding.",
                argument="encoding",
            ) from None
        except UnicodeError:
            raise SpecError(f"{path.name} is not written in {form.encoding}.", argument="encoding") from None
        finally:
            text.detach()


def _parsed(text: io.TextIOWrapper, form: TableFormat) -> Iterator[tuple[int, list[str]]]:
    """Line and cells of each row that is not blank."""
    reader = csv.reader(_lines(text, form.delimiter), delimiter=DELIMITERS[form.delimiter], skipinitialspace=True)
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            reason = "a cell is too long, or a quote is not closed" if "limit" in str(error) else str(error)
            raise SpecError(f"line {reader.line_num}: {reason}.") from None
        if len(row) > 1 or (row and row[0].strip()):
            yield reader.line_num, [cell.strip() for cell in row]


def _lines(text: io.TextIOWrapper, delimiter: str) -> Iterator[str]:
    number = 0
    while line := text.readline(LONGEST_LINE):
        number += 1
        if len(line) == LONGEST_LINE:
            raise SpecError(f"line {number} is longer than {LONGEST_LINE:,} characters, too long for a row.")
        # Spaces at the end would stand for one more cell.
        yield re.sub(r" +(?=[\r\n]*\Z)", "", line) if delimiter == "space" else line


def _checked_rows(
    name: str, parsed: Iterator[tuple[int, list[str]]], form: TableFormat, cancelled: Cancelled
) -> Iterator[list[str] | Rows]:
    names: list[str] | None = None
    cells: list[list[str]] = []
    lines: list[int] = []
    try:
        for line, row in parsed:
            if names is None:
                names = _names(row, form)
                yield names
                if form.header:
                    continue
            if len(row) != len(names):
                raise SpecError(_ragged(line, row, names, form))
            cells.append(row)
            lines.append(line)
            if len(cells) == ROWS_AT_ONCE:
                go_on(cancelled)
                yield Rows(cells, lines)
                cells, lines = [], []
    except SpecError as error:
        if not str(error).startswith("line "):
            raise
        raise SpecError(f"{name}: {error}", argument="path") from None
    if cells:
        yield Rows(cells, lines)


def _names(row: list[str], form: TableFormat) -> list[str]:
    if len(row) > MAXIMUM_COLUMNS:
        raise SpecError(f"line 1: {len(row):,} columns are more than the {MAXIMUM_COLUMNS:,} that are read.")
    return list(unique_titles(row if form.header else [""] * len(row), "column"))


def _ragged(line: int, row: list[str], names: list[str], form: TableFormat) -> str:
    found = "1 cell" if len(row) == 1 else f"{len(row)} cells"
    first = "the header" if form.header else "the first row"
    start = f", and starts with {shown(row[0])}" if row[0] else ""
    return f"line {line} has {found}, {first} has {len(names)}{start}."
