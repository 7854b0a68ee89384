"""The loss of a network that has learned nothing but how common each label is."""

import math

from biasstudio.spec.data_sets import DataSet
from biasstudio.spec.experiment import Experiment
from biasstudio.spec.losses import BINARY, LABEL, LOSS_TYPES, ONE_HOT


def label_shares(data: DataSet) -> tuple[float, ...]:
    """The share of each label in the data set, from label 0 on; empty where the targets are numbers."""
    known = data.type
    if not known.classes:
        return ()
    if not known.counts:
        # What is generated has two halves, or falls into them by chance.
        return (1 / known.classes,) * known.classes
    return tuple(count / sum(known.counts) for count in known.counts)


def loss_of_constant_answer(experiment: Experiment) -> float | None:
    """The least loss that the same answer for every sample can have; None where that is not known."""
    shares, training = label_shares(experiment.data), experiment.training
    if not shares or dict(training.loss_settings).get("label_smoothing"):
        return None
    target = LOSS_TYPES[training.loss].target
    if target in (LABEL, ONE_HOT) or training.loss == "binary_crossentropy":
        fits = target != BINARY or len(shares) == 2
        return -sum(share * math.log(share) for share in shares if share) if fits else None
    if training.loss == "hinge":
        # Labels 0 and 1 stand for -1 and 1; the best answer is the commoner one.
        return 2 * min(shares) if len(shares) == 2 else None
    if training.loss == "huber" and training.setting("delta") < 1:
        return None
    return _loss_of_number(shares, training.loss)


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
