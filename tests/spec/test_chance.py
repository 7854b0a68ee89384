"""The loss of a network that has learned nothing, beside the least one that any constant answer has in NumPy."""

import numpy as np
import pytest

from biasstudio.spec.chance import label_shares, loss_of_constant_answer
from biasstudio.spec.data_sets import DataSet
from biasstudio.spec.experiment import Experiment, Training
from biasstudio.spec.found_data import FoundData
from biasstudio.spec.stack import Stack

OWN = DataSet.of("csv", found=FoundData(100, (3,), ("a", "b", "c"), (70, 20, 10)), path="a.csv", target="y")
UNEVEN = DataSet.of("csv", found=FoundData(100, (3,), ("a", "b"), (70, 30)), path="a.csv", target="y")
NUMBERS = DataSet.of("csv", found=FoundData(100, (3,), target_range=(0.0, 9.0)), path="a.csv", target="y")


def chance(data, loss, **settings):
    return loss_of_constant_answer(Experiment(Stack((3,)), data, Training(loss=loss, loss_settings=settings)))


def labels(data):
    return np.repeat(np.arange(data.type.classes), data.type.counts)


ANSWERS = np.linspace(0.001, 0.999, 999)
LOSSES = {
    "mean_squared_error": lambda y, answer: (y - answer) ** 2,
    "mean_absolute_error": lambda y, answer: np.abs(y - answer),
    "huber": lambda y, answer: (y - answer) ** 2 / 2,
    "binary_crossentropy": lambda y, answer: -y * np.log(answer) - (1 - y) * np.log(1 - answer),
}


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("data", [UNEVEN, DataSet.of("mnist_one_digit"), DataSet.of("breast_cancer")])
def test_two_classes(data, loss):
    least = min(LOSSES[loss](labels(data), answer).mean() for answer in ANSWERS)
    assert chance(data, loss) == pytest.approx(least, abs=1e-3)


@pytest.mark.parametrize("loss", ["sparse_categorical_crossentropy", "categorical_crossentropy", "kl_divergence"])
@pytest.mark.parametrize("data", [OWN, DataSet.of("wine"), DataSet.of("keras_reuters")])
def test_several_classes(data, loss):
    shares = np.bincount(labels(data)) / len(labels(data))
    assert label_shares(data) == pytest.approx(tuple(shares))
    assert chance(data, loss) == pytest.approx(-(shares * np.log(shares)).sum())


def test_a_class_without_samples_adds_nothing():
    data = DataSet.of("csv", found=FoundData(4, (3,), ("a", "b", "c"), (2, 2, 0)), path="a.csv", target="y")
    assert chance(data, "sparse_categorical_crossentropy") == pytest.approx(np.log(2))


@pytest.mark.parametrize(
    ("data", "loss", "settings"),
    [
        (NUMBERS, "mean_squared_error", {}),
        (DataSet.of("diabetes"), "mean_squared_error", {}),
        (OWN, "binary_crossentropy", {}),
        (UNEVEN, "binary_crossentropy", {"label_smoothing": 0.1}),
        (UNEVEN, "huber", {"delta": 0.2}),
    ],
)
def test_where_it_is_not_known_nothing_is_said(data, loss, settings):
    assert chance(data, loss, **settings) is None
