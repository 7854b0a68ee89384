"""A table as samples: number columns as they are, text columns as a 1 among zeros, and the target."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from biasstudio.data_files.npy import fits_in_memory
from biasstudio.data_files.opening import Cancelled, said_plainly
from biasstudio.data_files.rows import DiskRows, MemoryRows, SampleRows, parts_of, scratch_file
from biasstudio.data_files.table import Table, check_number_target, class_names, class_texts, texts_of
from biasstudio.data_files.table_survey import ColumnSurvey, kept
from biasstudio.data_files.table_text import Rows, is_missing, number_of, rows_of
from biasstudio.data_files.targets import Targets, labelled, numbers
from biasstudio.spec.arguments import LARGEST_FLOAT32, SpecError, shown
from biasstudio.spec.own_data_types import CLASSES, MEAN


def read_table(table: Table, cancelled: Cancelled) -> tuple[SampleRows, Targets]:
    """The inputs float64 (n, columns) before scaling, and the targets. Raises SpecError, OSError."""
    if table.task != CLASSES:
        check_number_target(table)
    encoder = _Encoder(table)
    shape = (table.survey.row_count, sum(table.widths))
    targets = np.empty(shape[0], np.int32 if table.task == CLASSES else np.float64)
    if fits_in_memory(shape):
        inputs = np.empty(shape)
        for start, part, part_targets in encoder.parts(cancelled):
            inputs[start : start + len(part)] = part
            targets[start : start + len(part)] = part_targets
        rows: SampleRows = MemoryRows(inputs)
    else:
        with said_plainly(table.path), scratch_file(8 * shape[0] * shape[1], table.path.name) as target:
            for start, part, part_targets in encoder.parts(cancelled):
                target.write(part.tobytes())
                targets[start : start + len(part)] = part_targets
            rows = DiskRows(target, 0, np.dtype(np.float64), shape, table.path.name)
    rows = _filled(table, rows, cancelled)
    owner = f"{table.path.name}: the target “{table.target.name}”"
    if table.task == CLASSES:
        return rows, labelled(targets.astype(np.int32), class_names(table), owner)
    return rows, numbers(MemoryRows(targets), owner, cancelled)


class _Encoder:
    def __init__(self, table: Table) -> None:
        self._table = table
        self._texts = [
            None if column.is_number else {text: place for place, text in enumerate(texts_of(column))}
            for column in table.inputs
        ]
        self._labels = class_texts(table) if table.task == CLASSES else None

    def parts(self, cancelled: Cancelled) -> Iterator[tuple[int, NDArray[np.float64], NDArray[Any]]]:
        """The number of the first row, inputs and targets, some rows at a time. Raises SpecError."""
        table, start = self._table, 0
        for part in rows_of(table.path, table.form, cancelled):
            if not isinstance(part, Rows) or not (part := kept(part, table.present)).cells:
                continue
            if start + len(part.cells) > table.survey.row_count:
                break
            columns = list(zip(*part.cells, strict=True))
            blocks = [
                self._numbers(columns[column.place], part.lines, column)
                if texts is None
                else self._one_hot(columns[column.place], texts)
                for column, texts in zip(table.inputs, self._texts, strict=True)
            ]
            yield start, np.concatenate(blocks, axis=1), self._targets(columns[table.target.place], part.lines)
            start += len(part.cells)
        if start != table.survey.row_count:
            raise self._changed()

    def _changed(self) -> SpecError:
        return SpecError(f"{self._table.path.name} has changed while it was read.", argument="path")

    def _numbers(self, cells: tuple[str, ...], lines: list[int], column: ColumnSurvey) -> NDArray[np.float64]:
        """(rows, 1); NaN where the cell is empty."""
        found = np.empty((len(cells), 1))
        for place, cell in enumerate(cells):
            number = np.nan if is_missing(cell) else number_of(cell, self._table.form.decimal)
            if number is None:
                raise self._changed()
            if abs(number) > LARGEST_FLOAT32:
                raise SpecError(
                    f"{self._table.path.name}: line {lines[place]} holds {shown(cell)} in the column “{column.name}”, "
                    "more than float32 can hold.",
                    argument="columns",
                )
            found[place] = number
        return found

    def _one_hot(self, cells: tuple[str, ...], texts: Mapping[str, int]) -> NDArray[np.float64]:
        """(rows, texts); no 1 where the cell is empty."""
        found = np.zeros((len(cells), len(texts)))
        for place, cell in enumerate(cells):
            if cell in texts:
                found[place, texts[cell]] = 1
            elif not is_missing(cell):
                raise self._changed()
        return found

    def _targets(self, cells: tuple[str, ...], lines: list[int]) -> NDArray[Any]:
        if self._labels is None:
            return self._numbers(cells, lines, self._table.target)[:, 0]
        if any(cell not in self._labels for cell in cells):
            raise self._changed()
        return np.array([self._labels[cell] for cell in cells], np.int32)


def _filled(table: Table, rows: SampleRows, cancelled: Cancelled) -> SampleRows:
    """With the mean of each column, over the cells that have a value, where there is none."""
    if table.missing != MEAN or not any(column.missing for column in table.inputs):
        return rows
    if isinstance(rows, MemoryRows):
        return MemoryRows(np.where(np.isnan(rows.array), np.nanmean(rows.array, axis=0), rows.array))
    total, count = np.zeros(rows.shape[1]), np.zeros(rows.shape[1])
    for _, part in parts_of(rows, cancelled):
        there = ~np.isnan(part)
        total += np.where(there, part, 0.0).sum(axis=0)
        count += there.sum(axis=0)
    return FilledRows(rows, total / np.maximum(count, 1))


class FilledRows:
    """Rows with `mean` of each column where there is NaN."""

    def __init__(self, rows: SampleRows, mean: NDArray[np.float64]) -> None:
        self._rows, self._mean = rows, mean
        self.shape, self.dtype = rows.shape, rows.dtype

    def read(self, start: int, stop: int) -> NDArray[Any]:
        return self._fill(self._rows.read(start, stop))

    def take(self, indexes: NDArray[Any]) -> NDArray[Any]:
        return self._fill(self._rows.take(indexes))

    def _fill(self, part: NDArray[Any]) -> NDArray[Any]:
        return np.where(np.isnan(part), self._mean, part)
