"""Catalogue of Keras's losses: what they compare with an output, and their settings."""

from dataclasses import dataclass

from biasstudio.spec.arguments import Argument

LABEL, ONE_HOT, BINARY, NUMBER = "label", "one-hot", "binary", "number"
"""What a target is: a class's number; a row with a 1 for the class; 0 or 1; any number."""


@dataclass(frozen=True)
class LossType:
    """One loss. `name` is that of Keras's function, `class_name` that of its class; `target` what it compares with."""

    name: str
    class_name: str
    title: str
    target: str
    settings: tuple[Argument, ...] = ()


_LOGITS = Argument("from_logits", "boolean", False, "The output is no probability yet: no softmax, no sigmoid.")
_SMOOTHING = Argument(
    "label_smoothing", "number", 0.0, "Share of each target that is spread over all classes.", minimum=0.0, maximum=1.0
)
_DELTA = Argument("delta", "number", 1.0, "From which error on the loss is linear.", above=0.0)

_TYPES = (
    LossType("binary_crossentropy", "BinaryCrossentropy", "binary cross-entropy", BINARY, (_LOGITS, _SMOOTHING)),
    LossType(
        "sparse_categorical_crossentropy",
        "SparseCategoricalCrossentropy",
        "sparse categorical cross-entropy",
        LABEL,
        (_LOGITS,),
    ),
    LossType(
        "categorical_crossentropy",
        "CategoricalCrossentropy",
        "categorical cross-entropy",
        ONE_HOT,
        (_LOGITS, _SMOOTHING),
    ),
    LossType("mean_squared_error", "MeanSquaredError", "mean squared error", NUMBER),
    LossType("mean_absolute_error", "MeanAbsoluteError", "mean absolute error", NUMBER),
    LossType("huber", "Huber", "Huber", NUMBER, (_DELTA,)),
    LossType("hinge", "Hinge", "hinge", BINARY),
    LossType("squared_hinge", "SquaredHinge", "squared hinge", BINARY),
    LossType("log_cosh", "LogCosh", "log-cosh", NUMBER),
    LossType("poisson", "Poisson", "Poisson", NUMBER),
    LossType("mean_squared_logarithmic_error", "MeanSquaredLogarithmicError", "mean squared logarithmic error", NUMBER),
    LossType("mean_absolute_percentage_error", "MeanAbsolutePercentageError", "mean absolute percentage error", NUMBER),
    LossType("kl_divergence", "KLDivergence", "Kullback-Leibler divergence", ONE_HOT),
)

LOSS_TYPES = {loss.name: loss for loss in _TYPES}


def shown_metrics(loss: str, classes: int) -> tuple[str, ...]:
    """Keras's names of the metrics that are shown beside the loss. `classes` is 0 where the targets are numbers."""
    if not classes:
        return () if loss == "mean_absolute_error" else ("mean_absolute_error",)
    return ("accuracy",) if loss.endswith("crossentropy") else ()
