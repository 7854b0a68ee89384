"""Catalogue of Keras's initializers: parameters, formulas, and which fit which bias shape.

Formulas and defaults are those of Keras 3 (https://keras.io/api/layers/initializers/).
"""

import math
from dataclasses import dataclass
from typing import Any

from biasstudio.spec.arguments import Argument, SpecError, check_arguments, shown

# Keras truncates at two standard deviations; what is left of a unit normal then has this standard deviation.
_TRUNCATED_NORMAL_DEVIATION = 0.87962566103423978

_SEED = Argument(
    "seed", "integer", None, "Fix these values whatever the experiment's seed.", 0, 2**31 - 1, unset="from experiment"
)


@dataclass(frozen=True)
class InitializerType:
    """One initializer of the catalogue. `formula` is for a vector of n values, where fan_in = fan_out = n."""

    name: str
    formula: str
    parameters: tuple[Argument, ...] = ()
    fits_vectors: bool = True


def _normal(stddev: float) -> tuple[Argument, ...]:
    return (
        Argument("mean", "number", 0.0, "Mean of the values."),
        Argument("stddev", "number", stddev, "Standard deviation of the values.", minimum=0.0),
        _SEED,
    )


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
        (
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
    InitializerType("GlorotNormal", "truncated normal, σ = √(2 / (n + n))", (_SEED,)),
    InitializerType("GlorotUniform", "uniform within ±√(6 / (n + n))", (_SEED,)),
    InitializerType("HeNormal", "truncated normal, σ = √(2 / n)", (_SEED,)),
    InitializerType("HeUniform", "uniform within ±√(6 / n)", (_SEED,)),
    InitializerType("LecunNormal", "truncated normal, σ = √(1 / n)", (_SEED,)),
    InitializerType("LecunUniform", "uniform within ±√(3 / n)", (_SEED,)),
    InitializerType(
        "Orthogonal",
        "rows of a random orthogonal matrix, times gain",
        (Argument("gain", "number", 1.0, "Factor on the matrix."), _SEED),
        fits_vectors=False,
    ),
)

INITIALIZER_TYPES = {initializer.name: initializer for initializer in _TYPES}
VECTOR_INITIALIZERS = tuple(initializer.name for initializer in _TYPES if initializer.fits_vectors)


@dataclass(frozen=True)
class Initializer:
    """An initializer with all of its parameters. Make one with `Initializer.of`."""

    name: str
    parameters: tuple[tuple[str, Any], ...] = ()
    is_initializer = True

    @classmethod
    def of(cls, name: str, /, **parameters: Any) -> "Initializer":
        """The initializer `name` of the catalogue, with defaults for what is not given. Raises SpecError."""
        if name not in INITIALIZER_TYPES:
            raise SpecError(f"There is no initializer {shown(name)}; there are {', '.join(INITIALIZER_TYPES)}.")
        return cls(name, check_arguments(parameters, INITIALIZER_TYPES[name].parameters, name))

    @property
    def type(self) -> InitializerType:
        return INITIALIZER_TYPES[self.name]

    def get(self, parameter: str) -> Any:
        return dict(self.parameters)[parameter]

    def change(self, **parameters: Any) -> "Initializer":
        """The same initializer with `parameters` changed. Raises SpecError."""
        return Initializer.of(self.name, **(dict(self.parameters) | parameters))

    def standard_deviation(self, length: int) -> float | None:
        """Standard deviation of the values that it gives a vector of `length`; None where values are not random.

        Source of the formulas: keras.initializers.VarianceScaling with fan_in = fan_out = length.
        """
        given = dict(self.parameters)
        if self.name == "RandomNormal":
            return float(given["stddev"])
        if self.name == "TruncatedNormal":
            return float(given["stddev"]) * _TRUNCATED_NORMAL_DEVIATION
        if self.name == "RandomUniform":
            return abs(float(given["maxval"]) - float(given["minval"])) / math.sqrt(12)
        scale = given.get("scale", _VARIANCE_SCALES.get(self.name))
        return None if scale is None else math.sqrt(scale / length)


_VARIANCE_SCALES = {
    "GlorotNormal": 1.0,
    "GlorotUniform": 1.0,
    "HeNormal": 2.0,
    "HeUniform": 2.0,
    "LecunNormal": 1.0,
    "LecunUniform": 1.0,
}
