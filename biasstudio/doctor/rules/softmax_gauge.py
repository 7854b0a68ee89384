"""softmax-gauge: of a softmax output's biases only the differences count."""

from collections.abc import Iterator

from biasstudio.doctor.case import Case
from biasstudio.doctor.finding import Finding, Severity


def softmax_gauge(case: Case) -> Iterator[Finding]:
    """softmax(z + c) = softmax(z) for any number c."""
    head, training = case.head, case.training
    if head is None or training is None or (head.units or 0) < 2 or not head.layer.has_own_bias:
        return
    logits = head.activation == "linear" and training.loss.endswith("categorical_crossentropy")
    if head.activation == "softmax" or (logits and training.setting("from_logits")):
        yield Finding(
            "softmax-gauge",
            Severity.NOTE,
            head.layer.name,
            f"Only the differences between the biases of {head.layer.name} count.",
            "The same number added to all of them changes no answer: softmax divides it out. So their mean says "
            "nothing, and a bias below zero is not a class that is thought rare.",
            "Compare each bias with the mean of all.",
            why="Their level is where training happened to leave it.",
            source="https://www.deeplearningbook.org/contents/mlp.html",
        )
