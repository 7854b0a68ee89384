"""Catalogue of Keras's optimizers: the learning rate that each starts with, and its other settings."""

from dataclasses import dataclass

from biasstudio.spec.arguments import Argument


@dataclass(frozen=True)
class OptimizerType:
    """One optimizer. Names, defaults and meaning of its settings are Keras's (https://keras.io/api/optimizers/)."""

    name: str
    learning_rate: float
    settings: tuple[Argument, ...] = ()


def _share(name: str, default: float, text: str) -> Argument:
    return Argument(name, "number", default, text, minimum=0.0, below=1.0)


_EPSILON = Argument("epsilon", "number", 1e-7, "Keeps a division by small numbers in bounds.", minimum=0.0)
_AMSGRAD = Argument("amsgrad", "boolean", False, "Never let the second moment shrink (AMSGrad).")
_MOMENTUM = Argument("momentum", "number", 0.0, "Share of the step before that is kept.", minimum=0.0, maximum=1.0)
_ACCUMULATOR = Argument(
    "initial_accumulator_value", "number", 0.1, "What the sum of squared gradients starts with.", minimum=0.0
)


def _moments(beta_2: float = 0.999) -> tuple[Argument, ...]:
    return (
        _share("beta_1", 0.9, "How slowly the mean of the gradients forgets."),
        _share("beta_2", beta_2, "How slowly the mean of their squares forgets."),
    )


def _common(weight_decay: float | None = None) -> tuple[Argument, ...]:
    """What every optimizer takes."""
    none = "none"
    # AdamW, which has its name from it, takes no None.
    decay_unset = none if weight_decay is None else ""
    decay = Argument(
        "weight_decay", "number", weight_decay, "Share of each value that a step takes away.", 0.0, unset=decay_unset
    )
    return (
        decay,
        Argument("clipnorm", "number", None, "Longest gradient of one variable.", above=0.0, unset=none),
        Argument("clipvalue", "number", None, "Largest part of a gradient.", above=0.0, unset=none),
        Argument("global_clipnorm", "number", None, "Longest gradient of all variables.", above=0.0, unset=none),
    )


CLIPPING = ("clipnorm", "clipvalue", "global_clipnorm")
"""Settings of which Keras takes one at a time."""


_TYPES = (
    OptimizerType("Adam", 0.001, (*_moments(), _EPSILON, _AMSGRAD, *_common())),
    OptimizerType(
        "SGD",
        0.01,
        (_MOMENTUM, Argument("nesterov", "boolean", False, "Look ahead along the momentum."), *_common()),
    ),
    OptimizerType(
        "RMSprop",
        0.001,
        (
            _share("rho", 0.9, "How slowly the mean of the squared gradients forgets."),
            _MOMENTUM,
            _EPSILON,
            Argument("centered", "boolean", False, "Subtract the squared mean of the gradients."),
            *_common(),
        ),
    ),
    OptimizerType("AdamW", 0.001, (*_moments(), _EPSILON, _AMSGRAD, *_common(weight_decay=0.004))),
    OptimizerType("Nadam", 0.001, (*_moments(), _EPSILON, *_common())),
    OptimizerType("Adagrad", 0.001, (_ACCUMULATOR, _EPSILON, *_common())),
    OptimizerType("Adadelta", 0.001, (_share("rho", 0.95, "How slowly the means forget."), _EPSILON, *_common())),
    OptimizerType("Adamax", 0.001, (*_moments(), _EPSILON, *_common())),
    OptimizerType("Lion", 0.001, (*_moments(0.99), *_common())),
)

OPTIMIZER_TYPES = {optimizer.name: optimizer for optimizer in _TYPES}
