"""What a model's file holds, as plain data that may cross threads."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from biasstudio.recording.history import History
from biasstudio.recording.network import BiasVector
from biasstudio.spec.stack import Stack

# The state of a layer's own chance: no weights, and not in every file.
CHANCE = "seed_generator"


@dataclass(frozen=True)
class FileVariable:
    """One variable. `name` is Keras's, or the number under which it is stored where the file doesn't say."""

    name: str
    shape: tuple[int, ...]
    place: str
    """Where its values lie in the file."""


@dataclass(frozen=True)
class FileLayer:
    """One layer with its variables and the layers in it. `class_name` is "" where the file doesn't say.

    `path` is how Keras's variable paths begin, such as lstm/lstm_cell.
    """

    name: str
    class_name: str
    path: str
    variables: tuple[FileVariable, ...] = ()
    children: tuple["FileLayer", ...] = ()
    frozen: bool = False
    """Whether the file's config says that it doesn't learn; a layer inside a frozen one may not say it again."""

    @property
    def parameters(self) -> int:
        """How many numbers its weights, and those of the layers in it, are."""
        variables = (variable for layer in self.walk() for variable in layer.variables)
        return sum(math.prod(variable.shape) for variable in variables if CHANCE not in variable.place)

    def walk(self) -> Iterator["FileLayer"]:
        """This layer and all in it."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True)
class ModelFile:
    """A model's file as it was read. `sha256` is that of the whole file.

    `model` is the checked config, of which a model may be built; where it is None, `refusal` says why. `stack` is the
    network for the editor; where it is None, `why_no_stack` says why. A file of weights alone has no class name.
    """

    path: Path
    sha256: str
    class_name: str
    keras_version: str
    layers: tuple[FileLayer, ...]
    vectors: tuple[BiasVector, ...]
    values: NDArray[np.float32]
    model: dict[str, Any] | None = None
    refusal: str = ""
    stack: Stack | None = None
    why_no_stack: str = ""
    training: dict[str, Any] = field(default_factory=dict)
    """What of the compiled model's settings an experiment has, by the names of a Training."""

    @property
    def weights_only(self) -> bool:
        return not self.class_name

    def history(self) -> History:
        """Step 0 alone: the values in the file."""
        history = History(self.vectors)
        history.append(0, 0, self.values)
        return history
