"""The catalogue of data sets and their parameters."""

import csv
from collections import Counter

import pytest
from hypothesis import given

from biasstudio.resource_files import resource_path
from biasstudio.spec.arguments import SpecError
from biasstudio.spec.data_sets import DATA_SET_TYPES, GIVEN_TYPES, DataSet
from biasstudio.spec.experiment import Training
from tests.spec.strategies import data_sets


@pytest.mark.parametrize("name", GIVEN_TYPES)
def test_every_entry_is_whole(name):
    entry = DATA_SET_TYPES[name]
    assert entry.name == name
    assert entry.title
    assert entry.description
    assert len(entry.class_names) == len(set(entry.class_names)) == entry.classes
    assert len(entry.counts) in (0, entry.classes)
    assert entry.group
    assert Training(loss=entry.loss, epochs=entry.epochs).epochs == entry.epochs
    assert DataSet.of(name).type == entry


def test_the_loss_suits_the_number_of_classes():
    for entry in GIVEN_TYPES.values():
        expected = {0: "mean_squared_error", 2: "binary_crossentropy"}
        assert entry.loss == expected.get(entry.classes, "sparse_categorical_crossentropy")


@pytest.mark.parametrize(
    ("data", "shape", "classes"),
    [
        (DataSet.of("keras_mnist", channel=False), (28, 28), 10),
        (DataSet.of("keras_fashion_mnist", channel=False), (28, 28), 10),
        (DataSet.of("keras_imdb", maxlen=80), (80,), 2),
        (DataSet.of("keras_reuters", maxlen=300, num_words=None), (300,), 46),
        (DataSet.of("keras_cifar100", labels="coarse"), (32, 32, 3), 20),
    ],
)
def test_parameters_change_what_a_sample_is(data, shape, classes):
    assert data.type.sample_shape == shape
    assert data.type.classes == len(data.type.class_names) == len(data.type.counts) == classes


# As Keras's documentation has them: of the training part.
@pytest.mark.parametrize(
    ("name", "samples"),
    [
        ("keras_mnist", 60_000),
        ("keras_fashion_mnist", 60_000),
        ("keras_cifar10", 50_000),
        ("keras_cifar100", 50_000),
        ("keras_imdb", 25_000),
        ("keras_reuters", 8_982),
    ],
)
def test_counts_of_the_training_part(name, samples):
    assert sum(DATA_SET_TYPES[name].counts) == samples


@pytest.mark.parametrize("name", ["iris", "wine", "breast_cancer", "diabetes"])
def test_the_catalogue_says_what_the_shipped_tables_hold(name):
    with resource_path(f"data/{name}.csv").open(encoding="utf-8", newline="") as file:
        names, *rows = csv.reader(file)
    entry = DATA_SET_TYPES[name]
    assert entry.sample_shape == (len(names) - 1,)
    assert f"{len(rows)} " in entry.description
    targets = [row[-1] for row in rows]
    if name == "diabetes":
        numbers = [float(target) for target in targets]
        assert entry.target_range == (min(numbers), max(numbers))
    else:
        assert dict(zip(entry.class_names, entry.counts, strict=True)) == Counter(targets)
        assert entry.class_names == tuple(sorted(entry.class_names))


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
