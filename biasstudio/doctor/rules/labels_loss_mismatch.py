"""labels-loss-mismatch: the targets are not what the loss takes."""

from collections.abc import Iterator

import numpy as np

from biasstudio.doctor.case import Case
from biasstudio.doctor.data_facts import TargetFacts
from biasstudio.doctor.figures import figure
from biasstudio.doctor.finding import Finding, Severity
from biasstudio.doctor.remedy import Changes, Remedy
from biasstudio.spec.losses import LOSS_TYPES

_BINARY, _ROWS, _LABELS = "binary_crossentropy", "categorical_crossentropy", "sparse_categorical_crossentropy"


def labels_loss_mismatch(case: Case) -> Iterator[Finding]:
    """Keras itself goes on in most of these cases, with a loss that means nothing."""
    training, target = case.training, case.data.target if case.data is not None else None
    shape = case.layers[-1].output_shape if case.layers else None
    if training is None or target is None or not shape:
        return
    if training.loss == _BINARY:
        yield from _binary(case, target, shape[-1])
    elif training.loss == _LABELS and shape[-1] > 1:
        yield from _labels(case, target, shape)
    elif training.loss == _ROWS and shape[-1] > 1:
        yield from _rows(case, target, shape)


def _binary(case: Case, target: TargetFacts, outputs: int) -> Iterator[Finding]:
    low, high = float(target.low.min()), float(target.high.max())
    if low >= 0 and high <= 1:
        return
    signs = set(target.values.reshape(-1)[:1000]) == {-1.0, 1.0} and (low, high) == (-1.0, 1.0)
    many = target.counts is not None and outputs == 1
    fix, remedy = "Choose a loss for numbers, such as mean squared error, with a linear output.", None
    if signs:
        fix = "Make the labels 0 and 1, or choose the loss hinge with tanh, which takes −1 and 1."
        remedy = _with_head(case, "Choose hinge and tanh", {"activation": "tanh"}, "hinge")
    elif many and len(np.unique(target.values)) == 2:
        fix = "Make the labels 0 and 1."
    elif many and target.counts is not None:
        fix = f"Choose {LOSS_TYPES[_LABELS].title}, with softmax over {len(target.counts)} units."
        head = {"units": len(target.counts), "activation": "softmax"}
        remedy = _with_head(case, f"Choose {LOSS_TYPES[_LABELS].title} and {len(target.counts)} units", head, _LABELS)
    else:
        remedy = _with_head(case, "Choose mean squared error", {"activation": "linear"}, "mean_squared_error")
    yield _finding(
        case,
        "The targets are no probabilities, but binary cross-entropy takes them for that.",
        f"They go from {figure(low)} to {figure(high)}; this loss takes 0 to 1. Outside it has no lowest value: it "
        "falls below 0 and on, as outputs grow more and more certain.",
        fix,
        remedy,
    )


def _labels(case: Case, target: TargetFacts, shape: tuple[int, ...]) -> Iterator[Finding]:
    title, classes = LOSS_TYPES[_LABELS].title, shape[-1]
    if target.shape == shape and classes > 1 and target.one_hot:
        yield _finding(
            case,
            f"The targets are one-hot rows, but {title} takes the number of a class.",
            f"Each target has {classes} places with a single 1.",
            f"Choose {LOSS_TYPES[_ROWS].title}.",
            Remedy(f"Choose {LOSS_TYPES[_ROWS].title}", training=(("loss", _ROWS),)),
        )
    elif target.counts is None:
        yield _finding(
            case,
            f"The targets are no labels, but {title} takes the number of a class.",
            f"They go from {figure(target.low.min())} to {figure(target.high.max())}; labels are whole numbers from 0 "
            f"to {classes - 1}.",
            "Number the classes from 0, or choose a loss for numbers.",
            None,
        )
    elif len(target.counts) > classes:
        beyond = int(target.counts[classes:].sum()) / int(target.counts.sum())
        units = len(target.counts)
        yield _finding(
            case,
            f"There are labels beyond the last of {classes} outputs.",
            f"Labels go up to {units - 1}, but outputs are numbered from 0 to {classes - 1}. {beyond:.1%} of the "
            "samples have a label without an output: their loss is NaN, or training ends with an error.",
            f"Give the last layer {units} units, or number the classes from 0 without gaps.",
            _with_head(case, f"Give the last layer {units} units", {"units": units}, None),
        )


def _rows(case: Case, target: TargetFacts, shape: tuple[int, ...]) -> Iterator[Finding]:
    title = LOSS_TYPES[_ROWS].title
    # A number for each row of the output, or one with a side of 1 after it.
    if target.shape not in (shape[:-1], (*shape[:-1], 1)) or target.counts is None:
        return
    yield _finding(
        case,
        f"The targets are labels, but {title} takes a row with a 1 for the class.",
        f"Each target is a single number up to {figure(target.high.max())}, and the output has {shape[-1]} values.",
        f"Choose {LOSS_TYPES[_LABELS].title}.",
        Remedy(f"Choose {LOSS_TYPES[_LABELS].title}", training=(("loss", _LABELS),)),
    )


def _with_head(case: Case, text: str, arguments: dict[str, object], loss: str | None) -> Remedy | None:
    head = case.head
    if head is None or head.where != head.layer.name or head.layer.class_name != "Dense":
        return None
    training: Changes = (("loss", loss),) if loss is not None else ()
    return Remedy(text, layers=((head.layer.name, tuple(arguments.items())),), training=training)


def _finding(case: Case, message: str, evidence: str, fix: str, remedy: Remedy | None) -> Finding:
    return Finding(
        "labels-loss-mismatch",
        Severity.ERROR,
        case.layers[-1].name,
        message,
        evidence,
        fix,
        why="What training makes small has nothing to do with how good the answers are.",
        source="https://keras.io/api/losses/probabilistic_losses/",
        remedy=remedy,
    )
