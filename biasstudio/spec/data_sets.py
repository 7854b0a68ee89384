"""Catalogue of data sets: what each holds, its parameters, and the training settings that suit it."""

from dataclasses import dataclass, replace
from typing import Any

from biasstudio.spec.arguments import Argument, SpecError, check_arguments, shown

_POINTS = Argument("points", "integer", 1000, "Number of points.", minimum=20, maximum=100_000)
_NOISE = Argument("noise", "number", 0.1, "Standard deviation of what is added to each coordinate.", 0.0, 5.0)
_SEED = Argument("seed", "integer", 0, "Which draw of points and noise.", minimum=0, maximum=2**31 - 1)
_GENERATED = (_POINTS, _NOISE, _SEED)


@dataclass(frozen=True)
class DataSetType:
    """One data set. `sample_shape` leaves the batch out; labels are whole numbers from 0 to `classes` - 1."""

    name: str
    title: str
    description: str
    sample_shape: tuple[int, ...]
    classes: int
    class_names: tuple[str, ...]
    parameters: tuple[Argument, ...] = ()
    loss: str = "binary_crossentropy"
    epochs: int = 3

    @property
    def summary(self) -> str:
        """What it holds and what its labels mean, for a tooltip."""
        labels = ", ".join(f"{label} {name}" for label, name in enumerate(self.class_names))
        return f"{self.description}. Labels: {labels}."


_DIGITS = tuple(str(digit) for digit in range(10))
_IMAGE = (28, 28, 1)
_MNIST = "5,000 handwritten digits of MNIST, 500 of each, pixels from 0 to 1"

_TYPES = (
    DataSetType("mnist_odd_even", "MNIST 5k · odd or even", _MNIST, _IMAGE, 2, ("even", "odd")),
    DataSetType(
        "mnist_digits",
        "MNIST 5k · which digit",
        _MNIST,
        _IMAGE,
        10,
        _DIGITS,
        loss="sparse_categorical_crossentropy",
    ),
    DataSetType(
        "mnist_one_digit",
        "MNIST 5k · one digit or not",
        f"{_MNIST}; 1 in 10 is the chosen one",
        _IMAGE,
        2,
        ("another digit", "the digit"),
        (Argument("digit", "integer", 3, "The digit to tell from the others.", minimum=0, maximum=9),),
    ),
    DataSetType(
        "two_moons", "Two moons", "two half circles, one in the other", (2,), 2, ("upper", "lower"), _GENERATED
    ),
    DataSetType("circles", "Circles", "a ring around a ring", (2,), 2, ("outer", "inner"), _GENERATED),
    DataSetType("spirals", "Spirals", "two arms wound into each other", (2,), 2, ("first", "second"), _GENERATED),
    DataSetType("xor", "XOR", "a square whose quarters alternate", (2,), 2, ("same sign", "signs differ"), _GENERATED),
)
DATA_SET_TYPES = {
    data_set.name: replace(data_set, epochs=20) if data_set.sample_shape == (2,) else data_set for data_set in _TYPES
}


@dataclass(frozen=True)
class DataSet:
    """A data set with all of its parameters. Make one with `DataSet.of`."""

    name: str
    parameters: tuple[tuple[str, Any], ...] = ()

    @classmethod
    def of(cls, name: str, /, **parameters: Any) -> "DataSet":
        """Raises SpecError naming the data set and the parameter."""
        if name not in DATA_SET_TYPES:
            raise SpecError(f"data: there is no data set {shown(name)}; there are {', '.join(DATA_SET_TYPES)}.")
        return cls(name, check_arguments(parameters, DATA_SET_TYPES[name].parameters, f"data {name}"))

    @property
    def type(self) -> DataSetType:
        return DATA_SET_TYPES[self.name]

    def get(self, parameter: str) -> Any:
        return dict(self.parameters)[parameter]

    def change(self, **parameters: Any) -> "DataSet":
        """The same data set with `parameters` changed. Raises SpecError."""
        return DataSet.of(self.name, **(dict(self.parameters) | parameters))
