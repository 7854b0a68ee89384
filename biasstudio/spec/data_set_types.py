"""DataSetType: what the catalogue knows of a data set; and the parameters that many data sets have."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from biasstudio.spec.arguments import Argument

_MOST_LABELS_SHOWN = 12

NONE, STANDARDISE, PIXELS = "none", "standardise", "pixels"
SCALING = Argument(
    "scaling",
    "choice",
    NONE,
    "What is done to the inputs: nothing; each column, or channel, to mean 0 and standard deviation 1; pixels from "
    "0-255 to 0-1.",
    choices=(NONE, STANDARDISE, PIXELS),
)
SHUFFLED = Argument(
    "shuffled",
    "boolean",
    True,
    "The samples are put into an order by chance, always the same one, before the last share is kept back to validate.",
)


@dataclass(frozen=True)
class DataSetType:
    """One data set. `sample_shape` leaves the batch out; labels are whole numbers from 0 to `classes` - 1.

    Where `classes` is 0 the targets are numbers: arrays of `target_shape`, () for single ones, within `target_range`.
    `counts` says how many samples each class has; empty where that is left to chance, about evenly, or not known.
    Of data of a person's own (`own`), only the file says what it holds: a DataSet has it as `found`.
    `changed_by` gives the members that the parameters' values change.
    """

    name: str
    title: str
    description: str
    sample_shape: tuple[int, ...]
    classes: int
    class_names: tuple[str, ...]
    parameters: tuple[Argument, ...] = ()
    loss: str = "binary_crossentropy"
    epochs: int = 3
    group: str = ""
    counts: tuple[int, ...] = ()
    own: bool = False
    target_shape: tuple[int, ...] = ()
    target_range: tuple[float, float] = (-math.inf, math.inf)
    changed_by: Callable[[Mapping[str, Any]], Mapping[str, Any]] | None = None

    @property
    def summary(self) -> str:
        """What it holds and what its labels mean, for a tooltip."""
        if not self.classes:
            return f"{self.description}. The targets are numbers."
        named = [f"{label} {name}" for label, name in enumerate(self.class_names)]
        labels = ", ".join(named if len(named) <= _MOST_LABELS_SHOWN else [*named[:_MOST_LABELS_SHOWN], "…"])
        return f"{self.description}. Labels: {labels}."


def loss_for(classes: int) -> str:
    """The loss that suits so many classes; 0 stands for numbers."""
    if not classes:
        return "mean_squared_error"
    return "binary_crossentropy" if classes == 2 else "sparse_categorical_crossentropy"
