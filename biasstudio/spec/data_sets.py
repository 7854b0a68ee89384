"""Catalogue of data sets: what each holds, its parameters, and the training settings that suit it."""

import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from biasstudio.spec.arguments import Argument, SpecError, check_arguments, shown
from biasstudio.spec.file_paths import path_for, path_from
from biasstudio.spec.found_data import FoundData

_POINTS = Argument("points", "integer", 1000, "Number of points.", minimum=20, maximum=100_000)
_NOISE = Argument("noise", "number", 0.1, "Standard deviation of what is added to each coordinate.", 0.0, 5.0)
_SEED = Argument("seed", "integer", 0, "Which draw of points and noise.", minimum=0, maximum=2**31 - 1)
_GENERATED = (_POINTS, _NOISE, _SEED)

_MOST_LABELS_SHOWN = 12


@dataclass(frozen=True)
class DataSetType:
    """One data set. `sample_shape` leaves the batch out; labels are whole numbers from 0 to `classes` - 1.

    Where `classes` is 0 the targets are numbers: arrays of `target_shape`, () for single ones, within `target_range`.
    Of data of a person's own (`own`), only the file says what it holds: a DataSet has it as `found`.
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
    own: bool = False
    target_shape: tuple[int, ...] = ()
    target_range: tuple[float, float] = (-math.inf, math.inf)

    @property
    def summary(self) -> str:
        """What it holds and what its labels mean, for a tooltip."""
        if not self.classes:
            return f"{self.description}. The targets are numbers."
        named = [f"{label} {name}" for label, name in enumerate(self.class_names)]
        labels = ", ".join(named if len(named) <= _MOST_LABELS_SHOWN else [*named[:_MOST_LABELS_SHOWN], "…"])
        return f"{self.description}. Labels: {labels}."


_SCALING = Argument(
    "scaling",
    "choice",
    "none",
    "What is done to the inputs: nothing; each column to mean 0 and standard deviation 1; pixels from 0-255 to 0-1.",
    choices=("none", "standardise", "pixels"),
)
_TASK = Argument(
    "task",
    "choice",
    "classes",
    "Whether the target is a class or a number.",
    choices=("classes", "numbers"),
)


def _path(help_text: str, name: str = "path") -> Argument:
    return Argument(name, "path", "data", help_text, required=True)


OWN_TYPES = (
    DataSetType(
        "csv",
        "CSV table",
        "a table of a person's own",
        (1,),
        2,
        ("0", "1"),
        (
            _path("The file."),
            Argument(
                "delimiter", "choice", ",", "What stands between two cells.", choices=(",", ";", "tab", "space", "|")
            ),
            Argument("header", "boolean", True, "Whether the first row holds the names of the columns."),
            Argument(
                "encoding", "choice", "utf-8", "How the file writes letters.", choices=("utf-8", "cp1252", "utf-16")
            ),
            Argument("decimal", "choice", ".", "What stands before the decimals.", choices=(".", ",")),
            Argument("target", "title", "", "The column that is to be predicted.", required=True),
            Argument("columns", "titles", (), "The columns that are the inputs; none stands for all others."),
            _TASK,
            Argument(
                "missing",
                "choice",
                "refuse",
                "What is done with rows that have empty cells: say so; leave them out; put the column's mean there.",
                choices=("refuse", "drop", "mean"),
            ),
            _SCALING,
        ),
        epochs=20,
        own=True,
    ),
    DataSetType(
        "npz",
        "NPZ arrays",
        "arrays of a person's own",
        (1,),
        2,
        ("0", "1"),
        (
            _path("The file."),
            Argument("inputs", "title", "x", "The array of the inputs, a row for each sample."),
            Argument("targets", "title", "y", "The array of the targets."),
            _TASK,
            _SCALING,
        ),
        own=True,
    ),
    DataSetType(
        "npy",
        "NPY arrays",
        "arrays of a person's own",
        (1,),
        2,
        ("0", "1"),
        (_path("The file of the inputs."), _path("The file of the targets.", "targets_path"), _TASK, _SCALING),
        own=True,
    ),
    DataSetType(
        "images",
        "Folder of images",
        "images of a person's own, a folder for each class",
        (1, 1, 1),
        2,
        ("0", "1"),
        (
            _path("The folder that has a folder for each class."),
            Argument("size", "integers", (64, 64), "Height and width that each image is brought to.", 1, 4096),
            Argument("colour", "choice", "rgb", "Channels of each image.", choices=("rgb", "grey")),
            replace(_SCALING, default="pixels", choices=("none", "pixels")),
        ),
        own=True,
    ),
)
"""Data of a person's own, by the kind of file."""

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
} | {data_set.name: data_set for data_set in OWN_TYPES}
GIVEN_TYPES = {name: data_set for name, data_set in DATA_SET_TYPES.items() if not data_set.own}
"""Those that need no file of a person's own."""


@dataclass(frozen=True)
class DataSet:
    """A data set with all of its parameters. Make one with `DataSet.of`.

    `found` is what the file of a person's own data holds; None for data that come with Bias Studio.
    """

    name: str
    parameters: tuple[tuple[str, Any], ...] = ()
    found: FoundData | None = None

    @classmethod
    def of(cls, name: str, /, *, found: FoundData | None = None, **parameters: Any) -> "DataSet":
        """Raises SpecError naming the data set and the parameter."""
        if name not in DATA_SET_TYPES:
            raise SpecError(f"data: there is no data set {shown(name)}; there are {', '.join(DATA_SET_TYPES)}.")
        known = DATA_SET_TYPES[name]
        if known.own != (found is not None):
            raise SpecError(f"data {name}: what was found in its file is {'missing' if known.own else 'not expected'}.")
        for argument in known.parameters:
            if argument.required and argument.name not in parameters:
                raise SpecError(f"data {name}: {argument.name} is missing.", argument=argument.name)
        return cls(name, check_arguments(parameters, known.parameters, f"data {name}"), found)

    @property
    def type(self) -> DataSetType:
        """What it holds; for data of a person's own with what was found."""
        known = DATA_SET_TYPES[self.name]
        if self.found is None:
            return known
        numbers = not self.found.class_names
        binary = len(self.found.class_names) == 2
        labels = "binary_crossentropy" if binary else "sparse_categorical_crossentropy"
        return replace(
            known,
            title=Path(self.get("path")).name,
            description=f"{known.title}, {self.found.samples:,} samples",
            sample_shape=self.found.sample_shape,
            classes=len(self.found.class_names),
            class_names=self.found.class_names,
            target_shape=self.found.target_shape,
            target_range=self.found.target_range,
            loss="mean_squared_error" if numbers else labels,
        )

    def get(self, parameter: str) -> Any:
        return dict(self.parameters)[parameter]

    def to_json(self, folder: Path | None) -> dict[str, Any]:
        """For an experiment's file in `folder`: paths are relative where the files lie there or below."""
        paths = {argument.name for argument in self.type.parameters if argument.kind == "path"}
        member = {"name": self.name} | {
            name: path_for(Path(value), folder) if name in paths else value for name, value in self.parameters
        }
        return member if self.found is None else member | {"found": self.found.to_json()}

    @classmethod
    def from_json(cls, member: dict[str, Any], folder: Path | None) -> "DataSet":
        """Raises SpecError."""
        name = member.get("name")
        if not isinstance(name, str):
            raise SpecError("data: the member 'name' that says which data set is missing.")
        given = {key: value for key, value in member.items() if key not in ("name", "found")}
        found = FoundData.from_json(member["found"]) if "found" in member else None
        data = cls.of(name, found=found, **given)
        paths = {
            argument.name: str(path_from(data.get(argument.name), folder, "data"))
            for argument in data.type.parameters
            if argument.kind == "path"
        }
        return data.change(**paths)

    def change(self, **parameters: Any) -> "DataSet":
        """The same data set with `parameters` changed. Raises SpecError."""
        return DataSet.of(self.name, found=self.found, **(dict(self.parameters) | parameters))
