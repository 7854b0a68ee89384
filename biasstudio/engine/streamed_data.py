"""Samples that don't fit into memory: tf.data reads each batch from the file while the one before it trains."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from biasstudio.data_files.reading import Source
from biasstudio.engine.samples import one_hot_rows, split_at
from biasstudio.spec.arguments import SpecError
from biasstudio.spec.experiment import Training

_BATCHES_AHEAD = 2


@dataclass(frozen=True, eq=False)
class StreamedSamples:
    """The samples of `source` from `start` up to `stop`; `classes` is not 0 where targets are one-hot rows."""

    source: Source
    start: int = 0
    stop: int = -1
    classes: int = 0

    def __post_init__(self) -> None:
        if self.stop < 0:
            object.__setattr__(self, "stop", len(self.source))

    def __len__(self) -> int:
        return self.stop - self.start

    def split(self, validation_share: float) -> tuple["StreamedSamples", "StreamedSamples | None"]:
        """As that of Samples."""
        at = self.start + split_at(len(self), validation_share)
        if at == self.stop:
            return self, None
        return replace(self, stop=at), replace(self, start=at)

    def one_hot(self, classes: int) -> "StreamedSamples":
        """The same with a row for each label, a 1 among zeros."""
        return replace(self, classes=classes)

    def for_fit(self, training: Training, steps_made: int) -> dict[str, Any]:
        """Arguments of `model.fit`. A training that goes on after `steps_made` takes other orders than the first."""
        generator = np.random.default_rng((training.seed, steps_made)) if training.shuffle else None
        # Keras can't shuffle what it doesn't hold: the generator does.
        return {"x": self._dataset(training.batch_size, generator), "shuffle": False}

    def for_validation(self, training: Training) -> Any:
        """`validation_data` of `model.fit`."""
        return self._dataset(training.batch_size, None)

    def _dataset(self, batch_size: int, generator: np.random.Generator | None) -> Any:
        """Batches in an order by chance, another one each time it is gone through; as they lie without a generator."""

        def batches() -> Iterator[tuple[NDArray[np.float32], NDArray[Any]]]:
            count = len(self)
            order = np.arange(count) if generator is None else generator.permutation(count)
            for first in range(0, count, batch_size):
                yield self._batch(self.start + order[first : first + batch_size])

        dataset = tf.data.Dataset.from_generator(batches, output_signature=self._signature())
        counted = dataset.apply(tf.data.experimental.assert_cardinality(math.ceil(len(self) / batch_size)))
        return counted.prefetch(_BATCHES_AHEAD)

    def _batch(self, indexes: NDArray[np.int64]) -> tuple[NDArray[np.float32], NDArray[Any]]:
        x, y = self.source.take(indexes)
        return x, one_hot_rows(y, self.classes) if self.classes else y

    def _signature(self) -> tuple[Any, Any]:
        found = self.source.found
        target = (self.classes,) if self.classes else found.target_shape
        kind = tf.int32 if found.class_names and not self.classes else tf.float32
        return tf.TensorSpec((None, *found.sample_shape), tf.float32), tf.TensorSpec((None, *target), kind)


def reading_fault(error: BaseException) -> SpecError | None:
    """The SpecError that was raised while tf.data read a batch, which comes out of `fit` as a text of TensorFlow's."""
    line = next((line for line in str(error).splitlines() if "SpecError: " in line), None)
    return None if line is None else SpecError(line.partition("SpecError: ")[2].strip(), argument="path")
