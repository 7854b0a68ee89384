"""The catalogue of data sets and their parameters."""

import pytest
from hypothesis import given

from biasstudio.spec.arguments import SpecError
from biasstudio.spec.data_sets import DATA_SET_TYPES, GIVEN_TYPES, DataSet
from biasstudio.spec.experiment import Training
from biasstudio.spec.losses import LOSS_TYPES
from tests.spec.strategies import data_sets


@pytest.mark.parametrize("name", GIVEN_TYPES)
def test_every_entry_is_whole(name):
    entry = DATA_SET_TYPES[name]
    assert entry.name == name
    assert entry.title
    assert entry.description
    assert len(entry.class_names) == len(set(entry.class_names)) == entry.classes >= 2
    assert entry.loss in LOSS_TYPES
    assert Training(loss=entry.loss, epochs=entry.epochs).epochs == entry.epochs
    assert DataSet.of(name).type is entry


def test_the_loss_suits_the_number_of_classes():
    losses = {entry.classes: entry.loss for entry in GIVEN_TYPES.values()}
    assert losses == {2: "binary_crossentropy", 10: "sparse_categorical_crossentropy"}


def test_defaults_stand_in_for_what_is_not_given():
    assert dict(DataSet.of("two_moons", noise=0.5).parameters) == {"points": 1000, "noise": 0.5, "seed": 0}
    assert DataSet.of("mnist_one_digit").get("digit") == 3


@given(data_sets())
def test_change_gives_the_same_set_with_the_same_parameters(data):
    assert data.change() == data
    assert DataSet.of(data.name, found=data.found, **dict(data.parameters)) == data


@pytest.mark.parametrize(
    ("name", "parameters", "sentence"),
    [
        ("mnist", {}, "data: there is no data set 'mnist'; there are mnist_odd_even, "),
        ("xor", {"digit": 3}, "data xor: there is no argument 'digit'."),
        ("xor", {"cls": 3}, "data xor: there is no argument 'cls'."),
        ("xor", {"name": "xor"}, "data xor: there is no argument 'name'."),
        ("xor", {"points": 19}, "data xor: points takes a whole number from 20 to 100000, not 19."),
        ("mnist_one_digit", {"digit": 10}, "data mnist_one_digit: digit takes a whole number from 0 to 9, not 10."),
    ],
)
def test_a_wrong_data_set_is_refused_in_one_sentence(name, parameters, sentence):
    with pytest.raises(SpecError) as refusal:
        DataSet.of(name, **parameters)
    assert str(refusal.value).startswith(sentence)
