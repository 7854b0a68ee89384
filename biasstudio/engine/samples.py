"""Samples in memory, and how they are given to Keras's fit."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from biasstudio.spec.arguments import SpecError
from biasstudio.spec.experiment import Training

_LARGEST_ONE_HOT_BYTES = 2_000_000_000


@dataclass(frozen=True)
class Samples:
    """`x` float32 (n, *sample_shape). `y`: labels int32 (n,), numbers float32 (n, *target_shape), or one-hot rows
    float32 (n, classes). `validation`: what validates, where the data set says so itself.
    """

    x: NDArray[np.float32]
    y: NDArray[Any]
    validation: "Samples | None" = None

    def __len__(self) -> int:
        return len(self.x)

    def split(self, validation_share: float) -> tuple["Samples", "Samples | None"]:
        """Training and validation samples, cut where Keras's validation_split cuts: the last share validates.

        None where the share leaves nothing to validate with. Raises SpecError where it leaves nothing to train with.
        """
        if self.validation is not None:
            return replace(self, validation=None), self.validation
        at = split_at(len(self), validation_share)
        if at == len(self):
            return self, None
        return Samples(self.x[:at], self.y[:at]), Samples(self.x[at:], self.y[at:])

    def one_hot(self, classes: int) -> "Samples":
        """The same with a row for each label, a 1 among zeros. Raises SpecError where they would be too large."""
        if 4 * classes * len(self) > _LARGEST_ONE_HOT_BYTES:
            raise SpecError(
                f"training: {classes:,} classes are too many for targets of this loss: choose sparse categorical "
                "cross-entropy.",
                argument="loss",
            )
        validation = None if self.validation is None else self.validation.one_hot(classes)
        return Samples(self.x, one_hot_rows(self.y, classes), validation)

    def for_fit(self, training: Training, steps_made: int) -> dict[str, Any]:  # noqa: ARG002 - others' order needs it
        """Arguments of `model.fit`."""
        return {"x": self.x, "y": self.y, "batch_size": training.batch_size, "shuffle": training.shuffle}

    def take(self, indexes: NDArray[np.int64]) -> "Samples":
        """Only these samples, in this order."""
        return Samples(self.x[indexes], self.y[indexes])

    def batches(self, batch_size: int) -> Iterable[tuple[NDArray[np.float32], NDArray[Any]]]:
        """x and y of each batch in turn, to be gone through again and again."""
        parts = [slice(start, start + batch_size) for start in range(0, len(self), batch_size)]
        return [(self.x[part], self.y[part]) for part in parts]

    def for_validation(self, training: Training) -> Any:  # noqa: ARG002 - as for_fit
        """`validation_data` of `model.fit`, which cuts it into batches of the training's size."""
        return self.x, self.y


def split_at(count: int, validation_share: float) -> int:
    """How many of `count` samples train. Raises SpecError where none does."""
    at = int(np.floor(count * (1.0 - validation_share)))
    if at == 0:
        raise SpecError(
            f"training: a validation_share of {validation_share:g} leaves none of the {count:,} samples to train with.",
            argument="validation_share",
        )
    return at


def one_hot_rows(labels: NDArray[np.int32], classes: int) -> NDArray[np.float32]:
    """As `keras.utils.to_categorical` gives them."""
    rows = np.zeros((len(labels), classes), np.float32)
    rows[np.arange(len(labels)), labels] = 1
    return rows
