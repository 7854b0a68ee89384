"""Catalogue of the data sets that come with Bias Studio: digits, tables, and points that are generated."""

from dataclasses import replace

from biasstudio.spec.arguments import Argument
from biasstudio.spec.data_set_types import NONE, SCALING, SHUFFLED, STANDARDISE, DataSetType, loss_for

_DIGITS = tuple(str(digit) for digit in range(10))
_IMAGE = (28, 28, 1)
_MNIST = "5,000 handwritten digits of MNIST, 500 of each, pixels from 0 to 1"
_DIGIT = Argument("digit", "integer", 3, "The digit to tell from the others.", minimum=0, maximum=9)

_DIGIT_TYPES = (
    DataSetType("mnist_odd_even", "MNIST 5k · odd or even", _MNIST, _IMAGE, 2, ("even", "odd"), counts=(2500, 2500)),
    DataSetType(
        "mnist_digits", "MNIST 5k · which digit", _MNIST, _IMAGE, 10, _DIGITS, loss=loss_for(10), counts=(500,) * 10
    ),
    DataSetType(
        "mnist_one_digit",
        "MNIST 5k · one digit or not",
        f"{_MNIST}; 1 in 10 is the chosen one",
        _IMAGE,
        2,
        ("another digit", "the digit"),
        (_DIGIT,),
        counts=(4500, 500),
    ),
)

_POINTS = (
    Argument("points", "integer", 1000, "Number of points.", minimum=20, maximum=100_000),
    Argument("noise", "number", 0.1, "Standard deviation of what is added to each coordinate.", 0.0, 5.0),
    Argument("seed", "integer", 0, "Which draw of points and noise.", minimum=0, maximum=2**31 - 1),
)


def _points(name: str, title: str, description: str, class_names: tuple[str, str]) -> DataSetType:
    return DataSetType(name, title, description, (2,), 2, class_names, _POINTS, epochs=20, group="Points")


_POINT_TYPES = (
    _points("two_moons", "Two moons", "two half circles, one in the other", ("upper", "lower")),
    _points("circles", "Circles", "a ring around a ring", ("outer", "inner")),
    _points("spirals", "Spirals", "two arms wound into each other", ("first", "second")),
    _points("xor", "XOR", "a square whose quarters alternate", ("same sign", "signs differ")),
)

TABLE_TARGETS = {"iris": "species", "wine": "cultivar", "breast_cancer": "diagnosis", "diabetes": "progression"}
"""The column that is to be predicted in the file of each table."""
_TABLE = (replace(SCALING, default=STANDARDISE, choices=(NONE, STANDARDISE)), SHUFFLED)


def _table(name: str, title: str, description: str, features: int, counts: dict[str, int], epochs: int) -> DataSetType:
    """Of the file of that name, whose target is its last column."""
    return DataSetType(
        name,
        title,
        description,
        (features,),
        len(counts),
        tuple(counts),
        _TABLE,
        loss_for(len(counts)),
        epochs,
        "Tables",
        tuple(counts.values()),
    )


_TABLE_TYPES = (
    _table(
        "iris",
        "Iris",
        "150 irises, length and width of sepals and petals in cm",
        4,
        {"setosa": 50, "versicolor": 50, "virginica": 50},
        50,
    ),
    _table(
        "wine",
        "Wine",
        "178 wines of three cultivars, 13 measurements on very different scales",
        13,
        {"class_0": 59, "class_1": 71, "class_2": 48},
        30,
    ),
    _table(
        "breast_cancer",
        "Breast cancer",
        "569 biopsies, 30 measurements of cell nuclei",
        30,
        {"benign": 357, "malignant": 212},
        20,
    ),
    replace(
        _table("diabetes", "Diabetes", "442 patients, 10 measurements; how far the disease went in a year", 10, {}, 50),
        target_range=(25.0, 346.0),
    ),
)

SHIPPED_TYPES = (*(replace(entry, group="Handwritten digits") for entry in _DIGIT_TYPES), *_POINT_TYPES, *_TABLE_TYPES)
