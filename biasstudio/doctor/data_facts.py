"""DataFacts: what the rules know of the data, as statistics of the samples that train."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class TargetFacts:
    """Of the targets of all samples, float64: statistics of each output in turn, shape (outputs,).

    `counts` holds how often each label, from 0 on, is there, where targets are whole numbers; None where they aren't.
    """

    mean: NDArray[np.float64]
    deviation: NDArray[np.float64]
    median: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    counts: NDArray[np.int64] | None = None


@dataclass(frozen=True)
class DataFacts:
    """`mean` and `deviation` float64 of each input along the last axis, over samples and other axes; `target` None
    where there are no targets."""

    samples: int
    mean: NDArray[np.float64]
    deviation: NDArray[np.float64]
    target: TargetFacts | None = None
