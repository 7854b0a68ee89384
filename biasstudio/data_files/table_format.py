"""Finds out how a table is written: letters, delimiter, header, decimals."""

import codecs
import csv
import re
from collections import Counter
from pathlib import Path

from biasstudio.data_files.opening import Cancelled, go_on, opened
from biasstudio.data_files.table_text import TableFormat, is_missing, number_of
from biasstudio.spec.arguments import SpecError
from biasstudio.spec.own_data_types import DELIMITERS

_SAMPLE_BYTES = 200_000
_SAMPLE_ROWS = 200
_PART = 1 << 20
# The first of them is taken where several fit as well.
_BY_PREFERENCE = ("tab", ";", "|", ",", "space")
_COMMA_NUMBER = re.compile(r"[+-]?\d+,(\d+)")
_POINT_NUMBER = re.compile(r"[+-]?\d*\.\d+([eE][+-]?\d+)?")


def find_format(path: Path, cancelled: Cancelled) -> TableFormat:
    """Raises SpecError where the file is no text, or has nothing in it."""
    encoding, sample = _decoded(path, cancelled)
    lines = sample.splitlines()[:_SAMPLE_ROWS]
    if not any(line.strip() for line in lines):
        raise SpecError(f"{path.name} is empty: expected a table.", argument="path")
    tables = {delimiter: _parsed(lines, delimiter) for delimiter in _BY_PREFERENCE}
    delimiter = max(_BY_PREFERENCE, key=lambda each: _fit(tables[each]))
    if _fit(tables[delimiter])[0] == 0:
        delimiter = ","
    rows = tables[delimiter]
    decimal = _decimal(rows, delimiter)
    return TableFormat(delimiter, _has_header(rows, decimal), encoding, decimal)


def _decoded(path: Path, cancelled: Cancelled) -> tuple[str, str]:
    """The encoding, and the text that the file begins with."""
    with opened(path) as file:
        sample = file.read(_SAMPLE_BYTES)
        if sample.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16", codecs.getincrementaldecoder("utf-16")("replace").decode(sample)
        if b"\0" in sample:
            raise SpecError(f"{path.name} is not a text: expected a table.", argument="path")
        decoder, part = codecs.getincrementaldecoder("utf-8-sig")(), sample
        text = codecs.getincrementaldecoder("utf-8-sig")("replace").decode(sample)
        try:
            while part:
                decoder.decode(part)
                go_on(cancelled)
                part = file.read(_PART)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1252", sample.decode("cp1252", errors="replace")
    return "utf-8", text


def _parsed(lines: list[str], delimiter: str) -> list[list[str]]:
    stripped = (line.strip() for line in lines)
    reader = csv.reader(
        # Two lines of a quoted cell are one row; the last may have been cut off.
        (f"{line}\n" for line in stripped if line),
        delimiter=DELIMITERS[delimiter],
        skipinitialspace=True,
    )
    try:
        rows = [[cell.strip() for cell in row] for row in reader]
    except csv.Error:
        return []
    return rows[:-1] if len(rows) > 2 else rows


def _fit(rows: list[list[str]]) -> tuple[float, float]:
    """How many of the rows have the same number of cells, of more than one; and how many cells are numbers."""
    lengths = Counter(len(row) for row in rows)
    most = max((length for length in lengths if length > 1), key=lambda length: lengths[length], default=0)
    if not most:
        return 0.0, 0.0
    cells = [cell for row in rows for cell in row]
    numbers = sum(number_of(cell, ".") is not None or bool(_COMMA_NUMBER.fullmatch(cell)) for cell in cells)
    return round(lengths[most] / len(rows), 1), round(numbers / len(cells), 1)


def _decimal(rows: list[list[str]], delimiter: str) -> str:
    cells = [cell for row in rows for cell in row]
    commas = [found[1] for cell in cells if (found := _COMMA_NUMBER.fullmatch(cell))]
    points = any(_POINT_NUMBER.fullmatch(cell) for cell in cells)
    # Three digits behind each comma are rather thousands, where a comma stands between the cells too.
    thousands = delimiter == "," and all(len(digits) == 3 for digits in commas)
    return "," if commas and not points and not thousands else "."


def _has_header(rows: list[list[str]], decimal: str) -> bool:
    if not rows:
        return True
    first, others = rows[0], rows[1:]
    if any(number_of(cell, decimal) is not None for cell in first):
        return False
    below = [[row[place] for row in others if place < len(row)] for place in range(len(first))]
    if any(number_of(cell, decimal) is not None for column in below for cell in column if not is_missing(cell)):
        return True
    # All is text: names are there once each, and not again below.
    return len(set(first)) == len(first) and all(cell not in column for cell, column in zip(first, below, strict=True))
