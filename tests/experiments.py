"""Experiments that several tests use."""

from biasstudio.spec.data_sets import DataSet
from biasstudio.spec.experiment import Experiment, Training
from biasstudio.spec.initializers import Initializer
from biasstudio.spec.stack import Stack


def tutorial(**training) -> Experiment:
    """The tutorial network on odd-or-even digits."""
    stack = (
        Stack((28, 28, 1))
        .add("Conv2D", filters=32, kernel_size=3, activation="relu", bias_initializer=Initializer.of("HeNormal"))
        .add("Flatten")
        .add("Dense", units=10, activation="relu")
        .add("Dense", units=1, activation="softmax")
    )
    return Experiment(stack, DataSet.of("mnist_odd_even"), Training(**training))


def moons(**training) -> Experiment:
    """A small network that trains in a moment: 1,000 points."""
    stack = Stack((2,)).add("Dense", units=8, activation="relu").add("Dense", units=1, activation="sigmoid")
    return Experiment(stack, DataSet.of("two_moons"), Training(**({"epochs": 2, "learning_rate": 0.01} | training)))
