"""Which metric tells two runs apart."""

import math
from dataclasses import replace

import pytest

from biasstudio.gui.telling_metric import telling_metric
from biasstudio.gui.view_state import ComparedRun
from biasstudio.recording.history import EpochRecord, History
from biasstudio.spec.data_sets import DataSet
from biasstudio.spec.regularizers import Regularizer
from tests.experiments import moons

NAMES = ("loss", "accuracy")


def run(*epochs, names=NAMES, experiment=None):
    history = History((), names)
    for number, metrics in enumerate(epochs, 1):
        history.append(number, number, [], [metrics[name] for name in names])
        history.append_epoch(EpochRecord(number, number, metrics))
    return ComparedRun("key", "name", history, experiment or moons())


def end(loss, accuracy):
    return {"loss": loss, "accuracy": accuracy}


def validated(loss, accuracy):
    return {"loss": 1.0, "accuracy": 0.1, "val_loss": loss, "val_accuracy": accuracy}


def test_equal_losses_leave_it_to_the_accuracy():
    metric = telling_metric(run(validated(0.235, 0.91)), run(validated(0.235, 0.492)))
    assert (metric.name, metric.first, metric.second) == ("accuracy", 0.91, 0.492)
    assert metric.sentence("with the fix", "without") == "With the fix: validation accuracy 0.91, without: 0.492"


def test_the_larger_difference_tells_and_the_loss_where_both_are_alike():
    assert telling_metric(run(end(0.2, 0.9)), run(end(0.7, 0.85))).name == "loss"
    assert telling_metric(run(end(0.2, 0.9)), run(end(0.21, 0.5))).name == "accuracy"
    same = telling_metric(run(end(0.2, 0.9)), run(end(0.2, 0.9)))
    assert same.sentence("a", "b") == "A: loss 0.2, b: 0.2"


def test_losses_of_other_functions_are_not_held_against_each_other():
    logits = moons().change_training(loss_settings={"from_logits": True})
    hinge = moons().change_training(loss="hinge")
    penalty = Regularizer.of("L2")
    penalised = replace(moons(), stack=moons().stack.change("dense", bias_regularizer=penalty))
    for other in (logits, hinge, penalised):
        metric = telling_metric(run(end(0.1, 0.9)), run(end(9.0, 0.8), experiment=other))
        assert metric.name == "accuracy"
        alone = [run({"loss": loss}, names=("loss",), experiment=e) for loss, e in ((0.1, moons()), (9.0, other))]
        told = telling_metric(*alone)
        assert not told.comparable
        assert told.sentence("with", "without") == "With: loss 0.1, without: 9; but these don't measure the same"


def test_of_other_data_only_the_accuracy_tells():
    other = replace(moons(), data=DataSet.of("circles"))
    assert telling_metric(run(end(0.1, 0.9)), run(end(9.0, 0.89), experiment=other)).name == "accuracy"
    names = ("loss", "mean_absolute_error")
    runs = [run(dict.fromkeys(names, 1.0), names=names, experiment=each) for each in (moons(), other)]
    assert not telling_metric(*runs).comparable


@pytest.mark.parametrize("lost", [math.nan, math.inf])
def test_what_is_not_finite_tells_most(lost):
    metric = telling_metric(run(end(0.1, 0.9)), run(end(lost, 0.1)))
    assert metric.sentence("with the fix", "without") == "With the fix: loss 0.1, without: not finite"


def test_the_last_epoch_that_both_have_is_told():
    metric = telling_metric(run(end(0.5, 0.5), end(0.1, 0.9)), run(end(0.4, 0.5)))
    assert (metric.first, metric.second) == (0.5, 0.4)
    assert telling_metric(run(), run(end(0.4, 0.5))) is None
