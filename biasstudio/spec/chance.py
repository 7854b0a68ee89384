"""The loss of a network that has learned nothing but how common each label is."""

import math

from biasstudio.spec.data_sets import DataSet
from biasstudio.spec.experiment import Experiment

# The 5,000 digits are 500 of each; what is generated has two halves, or falls into them by chance.
_SHARES = {"mnist_digits": (0.1,) * 10, "mnist_one_digit": (0.9, 0.1)}
_HALVES = (0.5, 0.5)


def label_shares(data: DataSet) -> tuple[float, ...]:
    """The share of each label in the data set, from label 0 on; empty where the targets are numbers."""
    if data.found is not None:
        return data.found.shares
    return _SHARES.get(data.name, _HALVES)


def loss_of_constant_answer(experiment: Experiment) -> float | None:
    """The least loss that the same answer for every sample can have; None where the loss doesn't fit the labels."""
    shares = label_shares(experiment.data)
    if not shares:
        return None
    loss = experiment.training.loss
    if loss in ("sparse_categorical_crossentropy", "binary_crossentropy"):
        fits = loss.startswith("sparse") or len(shares) == 2
        return -sum(share * math.log(share) for share in shares) if fits else None
    if loss == "hinge":
        # Labels 0 and 1 stand for -1 and 1; the best answer is the commoner one.
        return 2 * min(shares) if len(shares) == 2 else None
    return _loss_of_number(shares, loss)


def _loss_of_number(shares: tuple[float, ...], loss: str) -> float | None:
    """The same where the labels count as numbers."""
    mean = sum(label * share for label, share in enumerate(shares))
    if loss == "mean_squared_error":
        return sum(share * (label - mean) ** 2 for label, share in enumerate(shares))
    if loss == "mean_absolute_error":
        return min(
            sum(share * abs(label - answer) for label, share in enumerate(shares)) for answer in range(len(shares))
        )
    if loss == "huber" and len(shares) == 2:
        # Between 0 and 1 no error passes 1, where Huber's loss is half of the squared one.
        return sum(share * (label - mean) ** 2 for label, share in enumerate(shares)) / 2
    return None
