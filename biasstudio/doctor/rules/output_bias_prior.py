"""output-bias-prior: the output's bias starts far from where the data would have it."""

from collections.abc import Iterator

import numpy as np

from biasstudio.doctor.biases import own_bias_path
from biasstudio.doctor.case import Case
from biasstudio.doctor.figures import figure, figures, typed
from biasstudio.doctor.finding import Finding, Severity
from biasstudio.doctor.network import Head
from biasstudio.doctor.output_bias import CROSS_ENTROPIES, OutputBias, output_bias, present_bias, start_remedy
from biasstudio.spec.experiment import Training

# Their step is the learning rate at most, however large the gradient.
_BOUNDED = ("Adam", "AdamW", "Nadam", "Adamax", "Lion")
# What is longer nobody types.
_MOST_TYPED = 4


def output_bias_prior(case: Case, *, far: float = 3.0, saves: float = 0.1) -> Iterator[Finding]:
    """`far`: how many times the loss with the best start the first one must be for a warning; `saves`: share of the
    first loss that the best start must save to be remarked on."""
    if case.data is not None and case.data.target is not None and case.data.target.all_alike:
        return  # the only answer there is needs no start, but other targets
    head, training, best, present = case.head, case.training, output_bias(case), present_bias(case)
    if head is None or training is None or best is None or present is None or not head.layer.biases_learn:
        return
    first, least = best.loss(present), best.loss(best.values)
    if not np.isfinite([first, least]).all() or first - least <= saves * abs(first):
        return
    distance = float(np.abs(best.values - present).max())
    reach = _reach(case, training)
    too_slow = reach is not None and distance > reach
    costs = first > far * least and (too_slow or training.loss in CROSS_ENTROPIES)
    yield Finding(
        "output-bias-prior",
        Severity.WARNING if costs else Severity.NOTE,
        head.layer.name,
        f"{head.layer.name} starts far from what the data ask for."
        if costs
        else f"The bias of {head.layer.name} could start from the data.",
        f"The best start for its bias is {figures(best.values)}, and it starts at {figures(present)}. While the "
        f"weights tell nothing yet, the loss is {figure(first)} there, and would be {figure(least)}."
        + _slowness(case, training, reach if too_slow else None)
        + (f" {best.clipped}" if best.clipped else ""),
        f"Start the bias from {_constant(best)}, which the targets give: {_formula(head, training)}.",
        why="The first steps only bring the bias to where the mean of the targets would have put it at once.",
        vector=own_bias_path(case, head.layer),
        source="https://www.tensorflow.org/tutorials/structured_data/imbalanced_data",
        remedy=start_remedy(head, best.values),
    )


def _reach(case: Case, training: Training) -> float | None:
    """How far all steps together can move a bias."""
    bounded = training.optimizer in _BOUNDED and case.steps_planned is not None
    return training.learning_rate * case.steps_planned if bounded and case.steps_planned else None


def _slowness(case: Case, training: Training, reach: float | None) -> str:
    if reach is None:
        return ""
    return (
        f" {training.optimizer} moves a bias by about {figure(training.learning_rate)} a step at most: in "
        f"{case.steps_planned:,} steps by {figure(reach)}."
    )


def _constant(best: OutputBias) -> str:
    short = len(best.values) <= _MOST_TYPED or np.ptp(best.values) == 0
    return f"Constant({typed(best.values)})" if short else f"a Constant of {len(best.values):,} values"


_FORMULAS = {
    "mean_squared_error": "their mean",
    "mean_absolute_error": "their median",
    "huber": "where the slope of the loss is 0",
    "log_cosh": "where the slope of the loss is 0",
    "poisson": "their mean",
    "mean_squared_logarithmic_error": "exp(mean of log(1 + y)) − 1",
    "mean_absolute_percentage_error": "their median, each weighted by 1 / |y|",
    "squared_hinge": "their mean as −1 and 1",
}


def _formula(head: Head, training: Training) -> str:
    if training.loss == "binary_crossentropy":
        return "log(p / (1 − p)) for the share p of ones"
    if training.loss not in _FORMULAS:
        return "log p for the share p of each class, less the mean of these"
    through = "" if head.activation == "linear" else f", as {head.activation} takes it"
    return _FORMULAS[training.loss] + through
