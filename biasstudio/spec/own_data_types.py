"""Catalogue of the kinds of files that hold data of a person's own."""

from dataclasses import replace

from biasstudio.spec.arguments import Argument
from biasstudio.spec.data_set_types import NONE, PIXELS, SCALING, SHUFFLED, DataSetType

CLASSES, NUMBERS = "classes", "numbers"
REFUSE, DROP, MEAN = "refuse", "drop", "mean"
RGB, GREY = "rgb", "grey"
DELIMITERS = {",": ",", ";": ";", "tab": "\t", "space": " ", "|": "|"}
"""The sign that each choice of a delimiter stands for."""

_TASK = Argument(
    "task",
    "choice",
    CLASSES,
    "Whether the target is a class or a number.",
    choices=(CLASSES, NUMBERS),
)


def _path(help_text: str, name: str = "path") -> Argument:
    return Argument(name, "path", "data", help_text, required=True)


_CSV = (
    _path("The file."),
    Argument("delimiter", "choice", ",", "What stands between two cells.", choices=tuple(DELIMITERS)),
    Argument("header", "boolean", True, "Whether the first row holds the names of the columns."),
    Argument("encoding", "choice", "utf-8", "How the file writes letters.", choices=("utf-8", "cp1252", "utf-16")),
    Argument("decimal", "choice", ".", "What stands before the decimals.", choices=(".", ",")),
    Argument("target", "title", "", "The column that is to be predicted.", required=True),
    Argument("columns", "titles", (), "The columns that are the inputs; none stands for all others."),
    _TASK,
    Argument(
        "missing",
        "choice",
        REFUSE,
        "What is done with rows that have empty cells: say so; leave them out; put the column's mean there.",
        choices=(REFUSE, DROP, MEAN),
    ),
    SCALING,
    SHUFFLED,
)
_NPZ = (
    _path("The file."),
    Argument("inputs", "title", "x", "The array of the inputs, a row for each sample."),
    Argument("targets", "title", "y", "The array of the targets."),
    _TASK,
    SCALING,
    SHUFFLED,
)
_NPY = (_path("The file of the inputs."), _path("The file of the targets.", "targets_path"), _TASK, SCALING, SHUFFLED)
_IMAGES = (
    _path("The folder that has a folder for each class."),
    Argument("size", "integers", (64, 64), "Height and width that each image is brought to.", 1, 4096),
    Argument("colour", "choice", RGB, "Channels of each image.", choices=(RGB, GREY)),
    replace(SCALING, default=PIXELS, choices=(NONE, PIXELS)),
)


def _own(name: str, title: str, description: str, parameters: tuple[Argument, ...], epochs: int = 3) -> DataSetType:
    # Shape and classes stand for what only the file says.
    shape = (1, 1, 1) if name == "images" else (1,)
    return DataSetType(
        name, title, description, shape, 2, ("0", "1"), parameters, epochs=epochs, group="Your own files", own=True
    )


OWN_TYPES = (
    _own("csv", "CSV table", "a table of a person's own", _CSV, epochs=20),
    _own("npz", "NPZ arrays", "arrays of a person's own", _NPZ),
    _own("npy", "NPY arrays", "arrays of a person's own", _NPY),
    _own("images", "Folder of images", "images of a person's own, a folder for each class", _IMAGES),
)
