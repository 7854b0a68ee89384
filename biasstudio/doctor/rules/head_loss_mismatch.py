"""head-loss-mismatch: the last activation gives something else than the loss takes."""

from collections.abc import Iterator

from biasstudio.doctor.case import Case
from biasstudio.doctor.finding import Finding, Severity
from biasstudio.doctor.network import Head
from biasstudio.doctor.remedy import Changes, Remedy
from biasstudio.spec.losses import BINARY, LOSS_TYPES, LossType

_PROBABILITIES = ("sigmoid", "hard_sigmoid", "softmax", "sparsemax", "sparse_sigmoid")
_CATEGORICAL = ("categorical_crossentropy", "sparse_categorical_crossentropy")


def head_loss_mismatch(case: Case) -> Iterator[Finding]:
    """Of losses that take probabilities: softmax belongs to categories, sigmoid to yes and no, a linear output to
    neither, unless the loss is told that it gets logits."""
    head, training = case.head, case.training
    if head is None or training is None or head.units is None or not training.loss.endswith("crossentropy"):
        return
    loss = LOSS_TYPES[training.loss]
    if training.setting("from_logits"):
        return
    if head.activation not in _PROBABILITIES:
        yield _no_probability(head, loss)
    elif head.activation == "sigmoid" and head.units > 1 and loss.name in _CATEGORICAL:
        yield _mismatch(
            head,
            Severity.WARNING,
            f"Sigmoid with {loss.title} doesn't compare the classes.",
            f"{head.where} has {head.units} units with sigmoid, each between 0 and 1 by itself, but {loss.title} takes "
            "probabilities that together are 1.",
            "softmax",
        )
    elif head.activation == "softmax" and head.units > 1 and loss.target == BINARY:
        yield _mismatch(
            head,
            Severity.WARNING,
            f"Softmax with {loss.title} trains something else than it shows.",
            f"{head.where} has {head.units} units with softmax, but {loss.title} takes each output as a yes or no of "
            "its own; Keras computes it from the values before the softmax, as if it were a sigmoid.",
            "sigmoid",
        )


def _no_probability(head: Head, loss: LossType) -> Finding:
    function = "no activation" if head.activation == "linear" else head.activation
    right = "sigmoid" if loss.target == BINARY else "softmax"
    settings: Changes = (("loss_settings", {"from_logits": True}),)
    remedy = Remedy("Tell the loss that it gets logits", training=settings) if head.activation == "linear" else None
    return Finding(
        "head-loss-mismatch",
        Severity.ERROR,
        head.where,
        f"The output is no probability, but {loss.title} takes one.",
        f"{head.where} has {function}, so its values can be anything; {loss.title} takes probabilities, and cuts off "
        "what is not between 0 and 1: there no gradient comes through.",
        f"Set the activation to {right}" + (", or switch “from logits” on, which is more exact." if remedy else "."),
        why="Where values are cut off, nothing is learned from those samples.",
        source="https://keras.io/api/losses/probabilistic_losses/",
        remedy=remedy or _activation(head, right),
    )


def _mismatch(head: Head, severity: Severity, message: str, evidence: str, right: str) -> Finding:
    return Finding(
        "head-loss-mismatch",
        severity,
        head.where,
        message,
        evidence,
        f"Set the activation to {right}, or choose the loss that belongs to {head.activation}.",
        why="What the network is trained for is not what its answer says.",
        source="https://keras.io/api/losses/probabilistic_losses/",
        remedy=_activation(head, right),
    )


def _activation(head: Head, activation: str) -> Remedy | None:
    # A layer of its own, such as Softmax, would have to be exchanged for another.
    if head.where != head.layer.name:
        return None
    return Remedy(
        f"Set the activation of {head.where} to {activation}", layers=((head.where, (("activation", activation),)),)
    )
