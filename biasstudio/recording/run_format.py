"""The .biasrun file: its tables, its marks, and the error that every reader and writer of it raises.

A SQLite database that anyone can read: `frames` has one row for each step, whose `biases` are all bias values as
little-endian float32, one vector after the other; `vectors` says which part belongs to which Keras path. `steps` has
the epoch and the metrics of every step, also of those whose frame was thinned out to stay within the size limit.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

SUFFIX = ".biasrun"
DEFAULT_SIZE_LIMIT = 2_000_000_000
# "bias" in ASCII, so that `file` and others can tell it from other SQLite databases.
APPLICATION_ID = 0x62696173
FORMAT_VERSION = 1
# A writer gives a sign of life each second; one that gave none for so long has ended or died.
LIVING_SECONDS = 4.0

# A layout is what the rows that name it have in common: the vectors in them, and the names of their metrics. There is
# a second one where the network was changed between two fits.
TABLES = {
    "about": "CREATE TABLE about (key TEXT PRIMARY KEY, value) WITHOUT ROWID",
    "layouts": "CREATE TABLE layouts (layout INTEGER PRIMARY KEY, metrics TEXT NOT NULL)",
    "vectors": (
        "CREATE TABLE vectors (layout INTEGER NOT NULL, position INTEGER NOT NULL, path TEXT NOT NULL, "
        "layer TEXT NOT NULL, shape TEXT NOT NULL, unit TEXT NOT NULL, start INTEGER NOT NULL, "
        "length INTEGER NOT NULL, PRIMARY KEY (layout, position)) WITHOUT ROWID"
    ),
    "steps": (
        "CREATE TABLE steps (step INTEGER PRIMARY KEY, layout INTEGER NOT NULL, epoch INTEGER NOT NULL, "
        "milliseconds INTEGER NOT NULL, metrics BLOB)"
    ),
    "frames": "CREATE TABLE frames (step INTEGER PRIMARY KEY, biases BLOB NOT NULL, gradients BLOB)",
    "epochs": ("CREATE TABLE epochs (epoch INTEGER PRIMARY KEY, last_step INTEGER NOT NULL, metrics TEXT NOT NULL)"),
    "events": (
        "CREATE TABLE events (number INTEGER PRIMARY KEY, step INTEGER NOT NULL, milliseconds INTEGER NOT NULL, "
        "kind TEXT NOT NULL, text TEXT NOT NULL)"
    ),
}


class RunError(Exception):
    """A run can't be read or written; the message is one sentence for the person, and names the file."""


@dataclass(frozen=True)
class RunAbout:
    """What stands over a run. `experiment` is the text of a .biasexp file, or "" where a script trained its own model.

    `group` is the same for all runs of a sweep. `versions` name Keras, TensorFlow, Python and Bias Studio.
    """

    name: str
    note: str = ""
    group: str = ""
    experiment: str = ""
    versions: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class RunEvent:
    """Something that happened at a step: a fit began, a pause, a stop, an error. `milliseconds` since the run began."""

    step: int
    milliseconds: int
    kind: str
    text: str
