"""Each batch's own loss and metrics, taken out of the running means that Keras keeps over an epoch."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from biasstudio.recording.history import Floats


@dataclass(frozen=True)
class MeanMetric:
    """A metric that Keras keeps as a total and a count. `name` is that of Keras's logs."""

    name: str
    metric: Any

    @property
    def is_root(self) -> bool:
        """Whether Keras shows the square root of the mean."""
        return isinstance(self.metric, keras.metrics.RootMeanSquaredError)


def find_mean_metrics(model: Any) -> list[MeanMetric]:
    """The loss and those metrics of a model whose value for one batch can be known, in the order of Keras's logs.

    A metric that is no mean over samples, such as AUC, has only a value for the epoch so far, and is left out.
    """
    found: dict[str, MeanMetric] = {}
    for metric in model.metrics:
        for name, part in _parts(metric):
            if _is_mean(part):
                found[name] = MeanMetric(name, part)
    return list(found.values())


def _parts(metric: Any) -> list[tuple[str, Any]]:
    """A metric under its name; in place of the container of all compiled metrics, each of them."""
    parts = getattr(metric, "metrics", None)
    if parts is None:
        return [(metric.name, metric)]
    names = list(metric.result()) if parts else []
    return list(zip(names, parts, strict=True)) if len(names) == len(parts) else []


def _is_mean(metric: Any) -> bool:
    if not isinstance(metric, keras.metrics.Mean):
        return False
    kind = type(metric)
    return kind.result in (keras.metrics.Mean.result, keras.metrics.RootMeanSquaredError.result)


class BatchMetrics:
    """The values of each batch, or of each group of batches, from the totals and counts after it.

    The value is (total - total') / (count - count'), where the primes mark the state before: exact but for the
    rounding of Keras's float32 totals, whatever the sizes of the batches and the weights of the samples.
    """

    def __init__(self, metrics: Sequence[MeanMetric]) -> None:
        self._roots = np.array([metric.is_root for metric in metrics], bool)
        self.start_epoch()

    def start_epoch(self) -> None:
        """Keras starts its means anew."""
        self._state = np.zeros((1, 2, len(self._roots)))

    def of_batches(self, states: Floats) -> Floats:
        """Values float32 (k, metrics) out of states float32 (k, 2, metrics): totals and counts after each batch.

        NaN where a batch added nothing to a metric.
        """
        after = states.astype(np.float64)
        before = np.concatenate([self._state, after[:-1]])
        # Whoever evaluates the model between two batches makes Keras start its means anew.
        before = np.where(after[:, 1:] < before[:, 1:], 0.0, before)
        self._state = after[-1:]
        with np.errstate(invalid="ignore", divide="ignore"):
            difference = after - before
            values = difference[:, 0] / difference[:, 1]
            values[:, self._roots] = np.sqrt(values[:, self._roots])
        result: Floats = values.astype(np.float32)
        return result


def read_states(metrics: Sequence[MeanMetric]) -> NDArray[np.float32]:
    """The present totals and counts: float32 (2, metrics)."""
    variables = [metric.metric.total for metric in metrics] + [metric.metric.count for metric in metrics]
    values = [float(variable.numpy()) for variable in variables]
    return np.array(values, np.float32).reshape(2, len(metrics))
