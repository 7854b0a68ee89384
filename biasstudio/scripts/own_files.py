"""Files of data that a script reads, as data sets of a person's own."""

from pathlib import Path
from typing import Any

from biasstudio.scripts.arrays import Array
from biasstudio.scripts.notes import Notes
from biasstudio.spec.arguments import SpecError
from biasstudio.spec.data_sets import DataSet


def own_data(x: Array, y: Any, scaling: str, folder: Path | None, chance: bool, notes: Notes) -> DataSet:
    """Raises SpecError."""
    raise SpecError(f"The file {x.source.what} isn't read")
