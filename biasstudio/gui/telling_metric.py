"""What tells two runs apart: the metric in which they differ most, and a sentence with its figures."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from biasstudio.gui.panels import figures
from biasstudio.gui.view_state import ComparedRun
from biasstudio.spec.experiment import Experiment

_LOSS, _VALIDATION = "loss", "val_"
# A share of right answers: the same measure whatever the loss and the scale of the targets.
_OF_ANY_NETWORK = ("accuracy",)


@dataclass(frozen=True)
class TellingMetric:
    """A metric of two runs at the end of the last epoch that both have; `comparable`: it measures the same in both."""

    name: str
    validated: bool
    first: float
    second: float
    comparable: bool = True

    @property
    def distance(self) -> float:
        """How far the two are apart, for the larger one; endless where one alone is finite."""
        finite = math.isfinite(self.first), math.isfinite(self.second)
        if not all(finite):
            return math.inf if any(finite) else 0.0
        return abs(self.first - self.second) / (max(abs(self.first), abs(self.second)) or 1.0)

    def sentence(self, first: str, second: str) -> str:
        """Such as: With the fix: validation accuracy 0.91, without: 0.492. The runs are called `first` and `second`."""
        name = f"validation {self.name}" if self.validated else self.name
        told = f"{first[:1].upper()}{first[1:]}: {name} {_text(self.first)}, {second}: {_text(self.second)}"
        return told if self.comparable else f"{told}; but these don't measure the same"


def telling_metric(first: ComparedRun, second: ComparedRun) -> TellingMetric | None:
    """The metric in which the runs differ most of those that measure the same in both, the loss where they are alike.

    Where none does, the loss all the same. None before both have finished an epoch.
    """
    epochs = first.history.epochs(), second.history.epochs()
    last = min(len(each) for each in epochs) - 1
    if last < 0:
        return None
    ends = [each[last].metrics for each in epochs]
    names = [name for name in first.history.metric_names if name in second.history.metric_names]
    found = [_metric(name, *ends) for name in names if all(name in metrics for metrics in ends)]
    known = [metric for metric in found if _measures_the_same(metric.name, first, second)]
    if known:
        return max(known, key=lambda metric: metric.distance)
    return replace(found[0], comparable=False) if found else None


def _metric(name: str, first: Mapping[str, float], second: Mapping[str, float]) -> TellingMetric:
    validated = all(_VALIDATION + name in metrics for metrics in (first, second))
    key = _VALIDATION + name if validated else name
    return TellingMetric(name, validated, first[key], second[key])


def _measures_the_same(name: str, first: ComparedRun, second: ComparedRun) -> bool:
    if name in _OF_ANY_NETWORK:
        return True
    one, other = first.experiment, second.experiment
    if one is None or other is None or one.data != other.data:
        return False
    return name != _LOSS or _what_the_loss_is(one) == _what_the_loss_is(other)


def _what_the_loss_is(experiment: Experiment) -> tuple[str, dict[str, Any], list[tuple[str, str, Any]]]:
    """Its function, the function's settings, and the penalties that Keras adds to it."""
    penalties = [
        (layer.name, name, value)
        for layer in experiment.stack.layers
        for name, value in layer.arguments
        if name.endswith("regularizer") and value is not None
    ]
    return experiment.training.loss, dict(experiment.training.loss_settings), penalties


def _text(value: float) -> str:
    return figures.brief(value) if math.isfinite(value) else "not finite"
