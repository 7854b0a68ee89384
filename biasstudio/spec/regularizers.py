"""Catalogue of Keras's regularizers: what they add to the loss, and their parameters."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from biasstudio.spec.arguments import Argument
from biasstudio.spec.keras_objects import KerasObject


@dataclass(frozen=True)
class RegularizerType:
    """One regularizer of the catalogue. `formula` says what it adds to the loss, w being the values."""

    name: str
    formula: str
    parameters: tuple[Argument, ...] = ()


_TYPES = (
    RegularizerType("L1", "adds l1 · Σ|w| to the loss", (Argument("l1", "number", 0.01, "Factor.", minimum=0.0),)),
    RegularizerType("L2", "adds l2 · Σw² to the loss", (Argument("l2", "number", 0.01, "Factor.", minimum=0.0),)),
    RegularizerType(
        "L1L2",
        "adds l1 · Σ|w| + l2 · Σw² to the loss",
        (
            Argument("l1", "number", 0.0, "Factor on the absolute values.", minimum=0.0),
            Argument("l2", "number", 0.0, "Factor on the squares.", minimum=0.0),
        ),
    ),
    RegularizerType(
        "OrthogonalRegularizer",
        "keeps the rows or columns of a matrix at right angles to each other",
        (
            Argument("factor", "number", 0.01, "Factor.", minimum=0.0),
            Argument("mode", "choice", "rows", "What is kept at right angles.", choices=("rows", "columns")),
        ),
    ),
)

REGULARIZER_TYPES = {regularizer.name: regularizer for regularizer in _TYPES}


@dataclass(frozen=True)
class Regularizer(KerasObject):
    """A regularizer with all of its parameters. Make one with `Regularizer.of`."""

    kind = "regularizer"
    types: ClassVar[Mapping[str, RegularizerType]] = REGULARIZER_TYPES
