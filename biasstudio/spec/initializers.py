"""Catalogue of Keras's initializers: parameters, formulas, and which fit which bias shape.

Formulas and defaults are those of Keras 3 (https://keras.io/api/layers/initializers/).
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from biasstudio.spec.arguments import Argument
from biasstudio.spec.keras_objects import KerasObject

# Keras truncates at two standard deviations; what is left of a unit normal then has this standard deviation.
_TRUNCATED_NORMAL_DEVIATION = 0.87962566103423978

_SEED = Argument(
    "seed", "integer", None, "Fix these values whatever the experiment's seed.", 0, 2**31 - 1, unset="from experiment"
)


@dataclass(frozen=True)
class InitializerType:
    """One initializer of the catalogue.

    `formula` is for a vector of n values, where fan_in = fan_out = n; `matrix_formula`, where it reads otherwise, for
    what has two sides and more. `least_rank` and `most_rank` say how many sides it can fill.
    """

    name: str
    formula: str
    parameters: tuple[Argument, ...] = ()
    least_rank: int = 0
    most_rank: int = 99
    matrix_formula: str = ""

    @property
    def fits_vectors(self) -> bool:
        return self.least_rank <= 1


def _normal(stddev: float) -> tuple[Argument, ...]:
    return (
        Argument("mean", "number", 0.0, "Mean of the values."),
        Argument("stddev", "number", stddev, "Standard deviation of the values.", minimum=0.0),
        _SEED,
    )


# All of Keras's but STFT: it makes kernels of a Conv1D only, never a bias, and needs SciPy.
_TYPES = (
    InitializerType("Zeros", "every value is 0"),
    InitializerType("Ones", "every value is 1"),
    InitializerType(
        "Constant",
        "every value is the given one, or value i is the i-th of the given list",
        (Argument("value", "numbers", 0.0, "One number, or a list with one number for each unit."),),
    ),
    InitializerType("RandomNormal", "normal, mean and standard deviation as given", _normal(0.05)),
    InitializerType(
        "RandomUniform",
        "uniform between minval and maxval",
        (
            Argument("minval", "number", -0.05, "Lowest value."),
            Argument("maxval", "number", 0.05, "Highest value."),
            _SEED,
        ),
    ),
    InitializerType("TruncatedNormal", "normal, redrawn beyond two standard deviations", _normal(0.05)),
    InitializerType(
        "VarianceScaling",
        "variance = scale / n",
        matrix_formula="variance = scale / the fan that mode names",
        parameters=(
            Argument("scale", "number", 1.0, "The variance times n.", above=0.0),
            Argument(
                "mode",
                "choice",
                "fan_in",
                "Which fan divides the scale; on a vector all three are n.",
                choices=("fan_in", "fan_out", "fan_avg"),
            ),
            Argument(
                "distribution",
                "choice",
                "truncated_normal",
                "Shape of the distribution.",
                choices=("truncated_normal", "untruncated_normal", "uniform"),
            ),
            _SEED,
        ),
    ),
    InitializerType(
        "GlorotNormal",
        "truncated normal, σ = √(2 / (n + n))",
        (_SEED,),
        matrix_formula="truncated normal, σ = √(2 / (fan_in + fan_out))",
    ),
    InitializerType(
        "GlorotUniform",
        "uniform within ±√(6 / (n + n))",
        (_SEED,),
        matrix_formula="uniform within ±√(6 / (fan_in + fan_out))",
    ),
    InitializerType(
        "HeNormal", "truncated normal, σ = √(2 / n)", (_SEED,), matrix_formula="truncated normal, σ = √(2 / fan_in)"
    ),
    InitializerType("HeUniform", "uniform within ±√(6 / n)", (_SEED,), matrix_formula="uniform within ±√(6 / fan_in)"),
    InitializerType(
        "LecunNormal", "truncated normal, σ = √(1 / n)", (_SEED,), matrix_formula="truncated normal, σ = √(1 / fan_in)"
    ),
    InitializerType(
        "LecunUniform", "uniform within ±√(3 / n)", (_SEED,), matrix_formula="uniform within ±√(3 / fan_in)"
    ),
    InitializerType(
        "Orthogonal",
        "rows of a random orthogonal matrix, times gain",
        (Argument("gain", "number", 1.0, "Factor on the matrix."), _SEED),
        least_rank=2,
    ),
    InitializerType(
        "Identity",
        "the identity matrix, times gain: 1 where row and column are the same, else 0",
        (Argument("gain", "number", 1.0, "Factor on the matrix."),),
        least_rank=2,
        most_rank=2,
    ),
)

INITIALIZER_TYPES = {initializer.name: initializer for initializer in _TYPES}
VECTOR_INITIALIZERS = tuple(initializer.name for initializer in _TYPES if initializer.fits_vectors)


@dataclass(frozen=True)
class Initializer(KerasObject):
    """An initializer with all of its parameters. Make one with `Initializer.of`."""

    kind = "initializer"
    types: ClassVar[Mapping[str, InitializerType]] = INITIALIZER_TYPES

    @property
    def type(self) -> InitializerType:
        return INITIALIZER_TYPES[self.name]

    def standard_deviation(self, shape: int | tuple[int, ...]) -> float | None:
        """Standard deviation of the values that it gives a vector of this length, or an array of this shape.

        None where values are not random. Source of the formulas: keras.initializers.VarianceScaling; for Orthogonal,
        whose rows or columns have the length `gain`, it is the root of the mean square.
        """
        given: dict[str, Any] = dict(self.parameters)
        sides = (shape,) if isinstance(shape, int) else shape
        if self.name == "RandomNormal":
            return float(given["stddev"])
        if self.name == "TruncatedNormal":
            return float(given["stddev"]) * _TRUNCATED_NORMAL_DEVIATION
        if self.name == "RandomUniform":
            return abs(float(given["maxval"]) - float(given["minval"])) / math.sqrt(12)
        if self.name == "Orthogonal":
            return (
                abs(float(given["gain"])) / math.sqrt(max(math.prod(sides[:-1]), sides[-1])) if len(sides) > 1 else None
            )
        if self.name not in _VARIANCE_SCALES:
            return None
        scale, mode = _VARIANCE_SCALES[self.name]
        fan_in, fan_out = fans(sides)
        fan = {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2}[given.get("mode", mode)]
        return math.sqrt(given.get("scale", scale) / max(1.0, fan))

    def formula_on(self, shape: tuple[int | None, ...]) -> str:
        """Its formula for this very shape; for two sides and more with Keras's fans in numbers."""
        if len(shape) < 2 or not self.type.matrix_formula:
            return self.type.formula
        numbers = ""
        if None not in shape:
            fan_in, fan_out = fans(tuple(side for side in shape if side is not None))
            numbers = f", where fan_in = {fan_in} and fan_out = {fan_out}"
        return self.type.matrix_formula + numbers


def fans(shape: tuple[int, ...]) -> tuple[int, int]:
    """Keras's numbers of inputs and outputs for a variable of this shape (keras.initializers, compute_fans)."""
    if len(shape) < 2:
        length = shape[0] if shape else 1
        return length, length
    field = math.prod(shape[:-2])
    return shape[-2] * field, shape[-1] * field


_VARIANCE_SCALES = {
    "VarianceScaling": (1.0, "fan_in"),
    "GlorotNormal": (1.0, "fan_avg"),
    "GlorotUniform": (1.0, "fan_avg"),
    "HeNormal": (2.0, "fan_in"),
    "HeUniform": (2.0, "fan_in"),
    "LecunNormal": (1.0, "fan_in"),
    "LecunUniform": (1.0, "fan_in"),
}
