"""Catalogue of Keras's constraints: what they do to a variable after each step, and their parameters."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from biasstudio.spec.arguments import Argument
from biasstudio.spec.keras_objects import KerasObject

_AXIS = Argument("axis", "axes", 0, "The axis, or axes, along which a norm is taken.", minimum=-6, maximum=5)


@dataclass(frozen=True)
class ConstraintType:
    """One constraint of the catalogue. `formula` says what it does, w being the values."""

    name: str
    formula: str
    parameters: tuple[Argument, ...] = ()


_TYPES = (
    ConstraintType(
        "MaxNorm",
        "shortens w where its norm is above max_value",
        (Argument("max_value", "number", 2.0, "The greatest norm.", minimum=0.0), _AXIS),
    ),
    ConstraintType("NonNeg", "sets what is below 0 to 0"),
    ConstraintType("UnitNorm", "scales w to a norm of 1", (_AXIS,)),
    ConstraintType(
        "MinMaxNorm",
        "brings the norm of w between min_value and max_value",
        (
            Argument("min_value", "number", 0.0, "The least norm.", minimum=0.0),
            Argument("max_value", "number", 1.0, "The greatest norm.", minimum=0.0),
            Argument("rate", "number", 1.0, "How far it goes there in one step.", minimum=0.0, maximum=1.0),
            _AXIS,
        ),
    ),
)

CONSTRAINT_TYPES = {constraint.name: constraint for constraint in _TYPES}


@dataclass(frozen=True)
class Constraint(KerasObject):
    """A constraint with all of its parameters. Make one with `Constraint.of`."""

    kind = "constraint"
    types: ClassVar[Mapping[str, ConstraintType]] = CONSTRAINT_TYPES
