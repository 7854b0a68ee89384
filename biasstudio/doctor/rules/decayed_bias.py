"""decayed-bias: weight decay or a regularizer pulls biases towards zero."""

from collections.abc import Iterator

from biasstudio.doctor.case import Case
from biasstudio.doctor.figures import figure
from biasstudio.doctor.finding import Finding, Severity
from biasstudio.doctor.network import NetworkLayer
from biasstudio.doctor.remedy import Remedy

_FIELDS = ("bias_regularizer", "beta_regularizer")


def decayed_bias(case: Case) -> Iterator[Finding]:
    """Penalties are made for kernels: a bias doesn't make a network less smooth (arXiv 1812.01187, section 3.1)."""
    yield from _by_optimizer(case)
    for layer in case.layers:
        for field in _FIELDS if layer.has_own_bias and layer.biases_learn else ():
            regularizer = dict(layer.layer.arguments).get(field) if layer.layer is not None else None
            if regularizer is not None:
                yield _regularized(layer, field, str(regularizer))


def _by_optimizer(case: Case) -> Iterator[Finding]:
    training = case.training
    decay = training.setting("weight_decay") if training is not None else None
    if training is None or not decay or not any(layer.has_own_bias and layer.biases_learn for layer in case.layers):
        return
    kept = (1 - training.learning_rate * decay) ** case.steps_planned if case.steps_planned else None
    taken = figure(training.learning_rate * decay, 3)
    yield Finding(
        "decayed-bias",
        Severity.NOTE,
        "",
        f"{training.optimizer} pulls every bias towards zero.",
        f"Its weight decay of {figure(decay)} takes {taken} of each value at every step"
        + (", at the present learning rate" if case.scheduled else "")
        + (f"; over {case.steps_planned:,} steps {1 - kept:.2%}." if kept is not None else "."),
        "Set the weight decay to none, or in a script leave biases out with "
        'optimizer.exclude_from_weight_decay(var_names=["bias", "beta"]).',
        why="A bias that has to be far from zero is held back.",
        source="https://arxiv.org/abs/1812.01187",
    )


def _regularized(layer: NetworkLayer, field: str, regularizer: str) -> Finding:
    return Finding(
        "decayed-bias",
        Severity.NOTE,
        layer.name,
        f"A regularizer pulls the biases of {layer.name} towards zero.",
        f"Its {field} is {regularizer}.",
        "Take the regularizer off the bias.",
        why="A bias that has to be far from zero is held back.",
        source="https://arxiv.org/abs/1812.01187",
        remedy=Remedy(f"Take the {field} off {layer.name}", layers=((layer.name, ((field, None),)),)),
    )
