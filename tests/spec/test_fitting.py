"""A network fitted to data: what is changed is what the data need, and nothing else."""

from dataclasses import replace
from pathlib import Path

import pytest

from biasstudio.spec.arguments import SpecError
from biasstudio.spec.compatibility import misfit
from biasstudio.spec.data_sets import GIVEN_TYPES, DataSet
from biasstudio.spec.experiment import Experiment, Training
from biasstudio.spec.fitting import fitted_to, small_network_for
from biasstudio.spec.found_data import FoundData
from biasstudio.spec.stack import Stack
from biasstudio.spec.weights_file import WeightsFile
from tests.experiments import moons, tutorial


def own(shape=(4,), classes=("a", "b", "c"), **found):
    counts = (10,) * len(classes)
    held = FoundData(10 * max(1, len(classes)), shape, classes, counts, **found)
    return DataSet.of("csv", path="/data/x.csv", target="t", found=held)


def last(experiment):
    layer = experiment.stack.layers[-1]
    return layer.get("units"), layer.get("activation"), experiment.training.loss


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (own(), (3, "softmax", "sparse_categorical_crossentropy")),
        (own(classes=("no", "yes")), (1, "sigmoid", "binary_crossentropy")),
        (own(classes=()), (1, "linear", "mean_squared_error")),
        (own(classes=(), target_shape=(5,)), (5, "linear", "mean_squared_error")),
    ],
)
def test_the_last_layer_and_the_loss_are_those_of_the_task(data, expected):
    before = moons(seed=4, batch_size=7)
    fitting = fitted_to(before, data)
    after = fitting.experiment
    assert (after.data, after.stack.input_shape, last(after)) == (data, (4,), expected)
    assert misfit(after, (expected[0],)) is None
    assert after.stack.layers[0] == before.stack.layers[0]
    assert (after.training.seed, after.training.batch_size) == (4, 7)
    assert fitting.changes[0] == "input a row of 4"
    assert (f"dense_1 {expected[0]} " in " ".join(fitting.changes)) == (expected[:2] != (1, "sigmoid"))
    assert fitted_to(after, data).changes == ()
    assert fitted_to(after, data).experiment == after


@pytest.mark.parametrize("name", GIVEN_TYPES)
@pytest.mark.parametrize("start", [moons, tutorial])
def test_what_is_fitted_trains_and_what_is_not_says_why(name, start):
    data = DataSet.of(name)
    rows = len(data.type.sample_shape) == 1
    if start is tutorial and rows:
        with pytest.raises(SpecError, match=r"conv2d \(Conv2D\) takes images, height × width × channels") as refusal:
            fitted_to(start(), data)
        assert refusal.value.layer == "conv2d"
        fitting = small_network_for(start(), data)
    elif data.words is not None:
        with pytest.raises(
            SpecError, match=r"holds numbers of words, which an Embedding .* 10,000 or more has to take"
        ):
            fitted_to(start(), data)
        fitting = small_network_for(start(), data)
        assert [layer.class_name for layer in fitting.experiment.stack.layers[:2]] == [
            "Embedding",
            "GlobalAveragePooling1D",
        ]
        assert fitted_to(fitting.experiment, data).changes == ()
    else:
        fitting = fitted_to(start(), data)
    after = fitting.experiment
    assert after.stack.input_shape == data.type.sample_shape
    assert misfit(after, (after.stack.layers[-1].get("units"),)) is None
    if start is moons and not rows:
        assert after.stack.layers[0].class_name == "Flatten"
        assert "a Flatten before the first layer" in fitting.changes


@pytest.mark.parametrize(
    ("present", "classes", "expected"),
    [
        ("huber", (), "huber"),
        ("categorical_crossentropy", ("a", "b", "c"), "categorical_crossentropy"),
        ("hinge", ("a", "b"), "hinge"),
        ("huber", ("a", "b"), "binary_crossentropy"),
        ("categorical_crossentropy", ("a", "b"), "binary_crossentropy"),
        ("poisson", ("a", "b", "c"), "sparse_categorical_crossentropy"),
    ],
)
def test_a_loss_that_suits_stays(present, classes, expected):
    before = moons().change_training(loss=present)
    assert fitted_to(before, own(classes=classes)).experiment.training.loss == expected


def test_a_loss_on_logits_needs_no_activation():
    before = moons().change_training(loss_settings={"from_logits": True})
    after = fitted_to(before, own()).experiment
    assert last(after) == (3, "linear", "sparse_categorical_crossentropy")
    assert after.training.setting("from_logits")


def of(shape, *layers):
    stack = Stack(shape)
    for class_name, arguments in layers:
        stack = stack.add(class_name, **arguments)
    return Experiment(stack, DataSet.of("two_moons"), Training())


DENSE = ("Dense", {"units": 2})


@pytest.mark.parametrize(
    ("experiment", "shape", "sentence"),
    [
        (of((2,), DENSE, ("Flatten", {})), (4,), "The network ends with flatten (Flatten), and only a Dense"),
        (of((2,)), (4,), "The network ends with no layer, and only"),
        (of((5, 3), ("LSTM", {"units": 2}), DENSE), (4,), "lstm (LSTM) takes sequences, time × features"),
        (of((5, 3), ("Bidirectional", {}), DENSE), (4,), "bidirectional (Bidirectional) takes sequences"),
        (of((9, 9, 1), ("Conv2D", {"filters": 2, "kernel_size": 2}), DENSE), (8, 8, 1), "dense would give more than"),
        (
            replace(moons(), weights=WeightsFile(Path("/m.keras"), "0" * 64, whole=True)),
            (4,),
            "The network is a file's",
        ),
    ],
)
def test_what_needs_more_is_refused(experiment, shape, sentence):
    with pytest.raises(SpecError) as refusal:
        fitted_to(experiment, own(shape))
    assert str(refusal.value).startswith(sentence)


def test_targets_that_are_images_are_refused():
    with pytest.raises(SpecError, match="Each target is an array of 4 × 4, which no Dense layer gives"):
        fitted_to(moons(), own(classes=(), target_shape=(4, 4)))


@pytest.mark.parametrize(
    "layers",
    [
        [("LSTM", {"units": 2, "return_sequences": True}), ("GRU", {"units": 2})],
        [("Conv1D", {"filters": 2, "kernel_size": 2}), ("GlobalAveragePooling1D", {})],
        [("Bidirectional", {}), ("RepeatVector", {"n": 3}), ("LSTM", {"units": 2})],
        [("TimeDistributed", {}), ("Flatten", {})],
        [("Flatten", {}), ("Reshape", {"target_shape": (24,)})],
    ],
)
def test_layers_that_take_such_samples_stay(layers):
    before = of((5, 3), *layers, DENSE)
    after = fitted_to(before, own((6, 4))).experiment
    assert [layer.class_name for layer in after.stack.layers] == [name for name, _ in (*layers, DENSE)]
    assert after.stack.input_shape == (6, 4)


def test_a_small_network_drops_the_weights_of_a_file():
    before = replace(moons(), weights=WeightsFile(Path("/m.keras"), "0" * 64))
    after = small_network_for(before, own((6, 4))).experiment
    assert after.weights is None
    assert [layer.class_name for layer in after.stack.layers] == ["Flatten", "Dense", "Dense"]
