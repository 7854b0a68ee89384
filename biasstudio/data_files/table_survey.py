"""What each column of a table holds, found by reading all of its rows once."""

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from biasstudio.data_files.opening import Cancelled, said_plainly
from biasstudio.data_files.table_text import MISSING, Rows, TableFormat, is_missing, number_of, rows_of
from biasstudio.spec.arguments import SpecError
from biasstudio.spec.found_data import MAXIMUM_CLASSES

_LONGEST_VALUE = 1000
# Of all columns together: bounds the memory where a table has many of them.
_VALUES_OF_ALL_COLUMNS = 3_000_000
_FEWEST_VALUES = 300
_FIRST_ROWS = 100


@dataclass
class ColumnSurvey:
    """One column. `values` counts the cells that hold each text, missing ones left out; it is None where there are
    more of them than are kept. `first_text` is the line and the text of the first cell that holds no number.
    """

    name: str
    place: int
    values: Counter[str] | None = field(default_factory=Counter)
    distinct: int = 0
    missing: int = 0
    first_missing: int = 0
    lowest: float = math.inf
    highest: float = -math.inf
    whole: bool = True
    first_text: tuple[int, str] | None = None
    counts_rows: bool = True
    """Whether each row's number is the one before it plus 1."""
    _last: float | None = None

    @property
    def empty(self) -> bool:
        return not self.distinct

    @property
    def is_number(self) -> bool:
        return self.first_text is None

    def add(self, cells: Iterable[str], lines: list[int], decimal: str, most: int) -> None:
        """Take some rows on end."""
        cells = tuple(cells)
        counts = Counter(cells)
        for text in [text for text in counts if text.lower() in MISSING]:
            self.missing += counts.pop(text)
        if self.missing and not self.first_missing:
            self.first_missing = next(line for cell, line in zip(cells, lines, strict=True) if is_missing(cell))
        if self.first_text is None:
            self._add_numbers(cells, counts, lines, decimal)
        self._count(counts, most)

    def _add_numbers(self, cells: tuple[str, ...], counts: Counter[str], lines: list[int], decimal: str) -> None:
        numbers = {text: number_of(text, decimal) for text in counts}
        if None in numbers.values():
            self.first_text = next(
                (line, cell)
                for cell, line in zip(cells, lines, strict=True)
                if cell in numbers and numbers[cell] is None
            )
            return
        found = [number for number in numbers.values() if number is not None]
        if not found:
            return
        self.lowest, self.highest = min(self.lowest, *found), max(self.highest, *found)
        self.whole = self.whole and all(number.is_integer() for number in found)
        self.counts_rows = self.counts_rows and self.whole and self._goes_on(cells, numbers)

    def _goes_on(self, cells: tuple[str, ...], numbers: dict[str, float | None]) -> bool:
        for cell in cells:
            number = numbers.get(cell)
            if number is None or (self._last is not None and number != self._last + 1):
                return False
            self._last = number
        return True

    def _count(self, counts: Counter[str], most: int) -> None:
        if self.values is None:
            return
        self.values.update(counts)
        self.distinct = len(self.values)
        if self.distinct > most or any(len(text) > _LONGEST_VALUE for text in counts):
            self.values = None


@dataclass(frozen=True)
class TableSurvey:
    """All columns, how many rows there are, and the first of them."""

    columns: tuple[ColumnSurvey, ...]
    row_count: int
    first_rows: tuple[tuple[str, ...], ...]

    def column(self, name: str, file_name: str, argument: str) -> ColumnSurvey:
        """Raises SpecError where there is none of that name."""
        found = next((column for column in self.columns if column.name == name), None)
        if found is None:
            names = ", ".join(column.name for column in self.columns[:20])
            more = ", …" if len(self.columns) > 20 else ""
            raise SpecError(f"{file_name} has no column “{name}”; it has {names}{more}.", argument=argument)
        return found


def survey(path: Path, form: TableFormat, cancelled: Cancelled, present: frozenset[int] = frozenset()) -> TableSurvey:
    """Read all of the table. Rows that miss a value in a column whose place is in `present` are left out.

    Raises SpecError.
    """
    with said_plainly(path):
        state = path.stat()
    key = (path.absolute(), state.st_mtime_ns, state.st_size, form, present)
    if key not in _SURVEYS:
        found = _surveyed(path, form, cancelled, present)
        while len(_SURVEYS) >= _SURVEYS_KEPT:
            _SURVEYS.pop(next(iter(_SURVEYS)), None)
        _SURVEYS[key] = found
    return _SURVEYS[key]


# A proposal, a preview and a choice of columns follow each other, and each wants all of the file.
_SURVEYS: dict[tuple[object, ...], TableSurvey] = {}
_SURVEYS_KEPT = 4


def _surveyed(path: Path, form: TableFormat, cancelled: Cancelled, present: frozenset[int]) -> TableSurvey:
    columns: list[ColumnSurvey] = []
    first_rows: list[tuple[str, ...]] = []
    row_count = 0
    for part in rows_of(path, form, cancelled):
        if not isinstance(part, Rows):
            columns = [ColumnSurvey(name, place) for place, name in enumerate(part)]
            continue
        part = kept(part, present)
        if not part.cells:
            continue
        row_count += len(part.cells)
        first_rows.extend(tuple(row) for row in part.cells[: _FIRST_ROWS - len(first_rows)])
        most = min(MAXIMUM_CLASSES, max(_FEWEST_VALUES, _VALUES_OF_ALL_COLUMNS // len(columns)))
        for column, cells in zip(columns, zip(*part.cells, strict=True), strict=True):
            column.add(cells, part.lines, form.decimal, most)
    if not row_count:
        raise SpecError(f"{path.name} has no rows{' without empty cells' if present else ''}.", argument="path")
    return TableSurvey(tuple(columns), row_count, tuple(first_rows))


def kept(rows: Rows, present: frozenset[int]) -> Rows:
    """The rows that have a value in each column whose place is in `present`."""
    if not present:
        return rows
    chosen = [place for place, row in enumerate(rows.cells) if not any(is_missing(row[column]) for column in present)]
    return Rows([rows.cells[place] for place in chosen], [rows.lines[place] for place in chosen])
