"""Another target: whether it looks like classes or like numbers."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from biasstudio.data_files.array_files import rows_of_array
from biasstudio.data_files.opening import Cancelled, never
from biasstudio.data_files.proposal import guessed_table_task
from biasstudio.data_files.reading import array_places
from biasstudio.data_files.table_survey import survey
from biasstudio.data_files.table_text import TableFormat
from biasstudio.data_files.targets import guessed_task
from biasstudio.spec.own_data_types import CLASSES


def with_guessed_task(name: str, parameters: Mapping[str, Any], cancelled: Cancelled = never) -> dict[str, Any]:
    """`parameters` with a task, and whether to shuffle for it, where they have no task. Raises SpecError."""
    if name == "images" or "task" in parameters:
        return dict(parameters)
    path = Path(parameters["path"])
    if name == "csv":
        whole = survey(path, TableFormat.of(parameters), cancelled)
        target = next((column for column in whole.columns if column.name == parameters["target"]), None)
        # What is wrong with it is said where the data are read.
        task = CLASSES if target is None else guessed_table_task(target, whole)
    else:
        _, targets, targets_path = array_places(path, parameters)
        task = guessed_task(rows_of_array(targets_path, targets, cancelled), cancelled)
    return dict(parameters) | {"task": task, "shuffled": task == CLASSES}
