"""Whether network, data and loss fit is said before training, in a sentence that names both sides."""

import pytest

from biasstudio.spec.arguments import INPUT
from biasstudio.spec.compatibility import misfit
from biasstudio.spec.data_sets import DATA_SET_TYPES, GIVEN_TYPES, DataSet
from biasstudio.spec.experiment import Experiment, Training
from biasstudio.spec.losses import LOSS_TYPES
from biasstudio.spec.stack import Stack


def experiment(data: str, loss: str, units: int = 1) -> Experiment:
    data_set = DataSet.of(data)
    stack = Stack(data_set.type.sample_shape).add("Flatten").add("Dense", units=units)
    return Experiment(stack, data_set, Training(loss=loss))


@pytest.mark.parametrize("name", GIVEN_TYPES)
def test_each_data_set_fits_its_own_loss(name):
    entry = DATA_SET_TYPES[name]
    outputs = entry.classes if entry.classes > 2 else 1
    assert misfit(experiment(name, entry.loss, outputs), (outputs,)) is None


@pytest.mark.parametrize(
    ("data", "loss", "outputs", "fits"),
    [
        ("xor", "binary_crossentropy", 1, True),
        ("xor", "hinge", 1, True),
        ("xor", "huber", 1, True),
        ("xor", "mean_squared_error", 2, False),
        ("xor", "sparse_categorical_crossentropy", 1, False),
        ("xor", "sparse_categorical_crossentropy", 2, True),
        ("xor", "sparse_categorical_crossentropy", 3, True),
        ("xor", "categorical_crossentropy", 2, True),
        ("xor", "categorical_crossentropy", 3, False),
        ("mnist_digits", "mean_absolute_error", 1, True),
        ("mnist_digits", "binary_crossentropy", 1, False),
        ("mnist_digits", "hinge", 1, False),
        ("mnist_digits", "sparse_categorical_crossentropy", 9, False),
        ("mnist_digits", "sparse_categorical_crossentropy", 10, True),
    ],
)
def test_which_outputs_fit_which_loss(data, loss, outputs, fits):
    found = misfit(experiment(data, loss, outputs), (outputs,))
    assert (found is None) is fits
    if found is not None:
        assert found.layer == "dense"
        assert LOSS_TYPES[loss].title in str(found)
        assert str(found).count(". ") == 0


def test_the_input_shape_names_both_shapes_and_marks_the_input():
    found = misfit(Experiment(Stack((28, 28)).add("Dense"), DataSet.of("xor"), Training()), (28, 10))
    assert str(found) == "The stack's input is (28, 28), but a sample of the data “XOR” is (2,)."
    assert (found.layer, found.argument) == (INPUT, "shape")


def test_an_image_at_the_end_names_its_shape_and_the_labels():
    found = misfit(experiment("mnist_digits", "sparse_categorical_crossentropy"), (26, 26, 32))
    assert str(found).startswith(
        "dense gives (26, 26, 32) for each sample, but the labels of “MNIST 5k · which digit” are single numbers"
    )
    assert found.layer == "dense"


def test_too_few_and_too_many_outputs_name_both_counts():
    few = misfit(experiment("mnist_digits", "sparse_categorical_crossentropy", 1), (1,))
    assert str(few) == (
        "dense has 1 output, but “MNIST 5k · which digit” has 10 classes and the loss sparse categorical cross-entropy "
        "needs an output for each."
    )
    many = misfit(experiment("xor", "binary_crossentropy", 2), (2,))
    assert str(many) == (
        "dense has 2 outputs, but “XOR” gives one label for each sample and the loss binary cross-entropy compares it "
        "with one output."
    )


def test_a_binary_loss_on_ten_classes_says_what_to_choose():
    found = misfit(experiment("mnist_digits", "binary_crossentropy", 1), (1,))
    assert str(found) == (
        "The loss binary cross-entropy takes labels of 0 and 1, but those of “MNIST 5k · which digit” go from 0 to 9: "
        "choose sparse categorical cross-entropy and 10 outputs."
    )
