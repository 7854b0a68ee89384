"""Who learns: against a plain Keras script that sets the same flags by hand, bit for bit."""

import json
from types import SimpleNamespace

import keras
import numpy as np
import pytest

from biasstudio.engine.build import build_network, with_learning_of
from biasstudio.engine.data import load_samples
from biasstudio.engine.learning import set_who_learns
from biasstudio.engine.train import recorder_of, train
from biasstudio.model_files.reader import read_model_file
from biasstudio.spec.arguments import SpecError
from biasstudio.spec.data_sets import DataSet
from biasstudio.spec.experiment import Experiment, Training
from biasstudio.spec.keras_config import stack_from_keras
from biasstudio.spec.learning import ALL, BIASES, NOTHING, WEIGHTS
from biasstudio.spec.stack import Stack
from tests.experiments import tutorial

NAMES = ("conv2d", "batch_normalization", "dense")
CHOICES = (ALL, WEIGHTS, BIASES, NOTHING)


def experiment_of(learns=None, biases_only=False, optimizer="Adam"):
    """A convolution, a BatchNormalization and a Dense layer; nine steps an epoch."""
    stack = (
        Stack((28, 28, 1))
        .add("Conv2D", filters=3, kernel_size=3, strides=2, activation="relu")
        .add("BatchNormalization")
        .add("Flatten")
        .add("Dense", units=1, activation="sigmoid")
    )
    for name, choice in (learns or {}).items():
        stack = stack.let_learn(name, choice)
    training = Training(epochs=1, batch_size=500, optimizer=optimizer, biases_only=biases_only)
    return Experiment(stack, DataSet.of("mnist_odd_even"), training)


class Script:
    """The same by hand, in plain Keras."""

    def __init__(self, optimizer="Adam"):
        keras.utils.clear_session()
        keras.utils.set_random_seed(0)
        self.optimizer = optimizer
        self.model = keras.Sequential(
            [
                keras.Input((28, 28, 1)),
                keras.layers.Conv2D(3, 3, strides=2, activation="relu"),
                keras.layers.BatchNormalization(),
                keras.layers.Flatten(),
                keras.layers.Dense(1, activation="sigmoid"),
            ]
        )

    def flags(self):
        conv, norm, _flatten, dense = self.model.layers
        return {
            "conv2d": (conv, [conv.kernel], [conv.bias]),
            "batch_normalization": (norm, [norm.gamma], [norm.beta]),
            "dense": (dense, [dense.kernel], [dense.bias]),
        }

    def compile(self, learns):
        for name, choice in learns.items():
            layer, weights, biases = self.flags()[name]
            # The moving statistics stand still where only the biases are to learn.
            layer.trainable = choice in (ALL, WEIGHTS)
            for variable in weights:
                variable.trainable = choice in (ALL, WEIGHTS)
            for variable in biases:
                variable.trainable = choice in (ALL, BIASES)
        rate = {"Adam": 0.001, "SGD": 0.001}[self.optimizer]
        optimizer = getattr(keras.optimizers, self.optimizer)(learning_rate=rate)
        self.model.compile(optimizer=optimizer, loss="binary_crossentropy", metrics=["accuracy"])
        return self

    def fit(self):
        samples = load_samples(tutorial())
        self.model.fit(samples.x, samples.y, epochs=1, batch_size=500, verbose=0, validation_split=0.1)
        return weights_of(self.model)


def weights_of(model):
    """Every array by its path, moving statistics included."""
    return {weight.path.removeprefix(f"{model.name}/"): weight.numpy() for weight in model.weights}


def assert_same(found, expected):
    assert list(found) == list(expected)
    for path, values in expected.items():
        assert np.array_equal(found[path], values), path


def changed(before, after):
    return {path for path in before if not np.array_equal(before[path], after[path])}


def fit(network):
    with recorder_of(network) as recorder:
        assert train(network, network.experiment.training, lambda: False, recorder)
    return weights_of(network.model)


MOVES = {
    "conv2d": {ALL: {"kernel", "bias"}, WEIGHTS: {"kernel"}, BIASES: {"bias"}, NOTHING: set()},
    "batch_normalization": {
        ALL: {"gamma", "beta", "moving_mean", "moving_variance"},
        WEIGHTS: {"gamma", "moving_mean", "moving_variance"},
        BIASES: {"beta"},
        NOTHING: set(),
    },
    "dense": {ALL: {"kernel", "bias"}, WEIGHTS: {"kernel"}, BIASES: {"bias"}, NOTHING: set()},
}


@pytest.mark.parametrize("choice", CHOICES[1:])
@pytest.mark.parametrize("name", NAMES)
def test_each_choice_trains_what_a_script_with_the_same_flags_trains(name, choice):
    network = build_network(experiment_of({name: choice}))
    before = weights_of(network.model)
    after = fit(network)
    assert_same(after, Script().compile({name: choice}).fit())
    expected = {f"{each}/{part}" for each in NAMES for part in MOVES[each][choice if each == name else ALL]}
    assert changed(before, after) == expected
    # What stands still is recorded all the same.
    for vector in network.history.vectors:
        frames = np.stack([network.history.values(vector.path, step) for step in range(10)])
        assert np.array_equal(frames[-1], after[vector.path])
        assert (frames == frames[0]).all() == (vector.path not in expected)


@pytest.mark.parametrize("optimizer", ["Adam", "SGD"])
def test_biases_only_goes_before_the_layers_own_choices(optimizer):
    experiment = experiment_of({"dense": NOTHING, "conv2d": WEIGHTS}, biases_only=True, optimizer=optimizer)
    network = build_network(experiment.change_training(learning_rate=0.001))
    before = weights_of(network.model)
    after = fit(network)
    assert_same(after, Script(optimizer).compile(dict.fromkeys(NAMES, BIASES)).fit())
    assert changed(before, after) == {"conv2d/bias", "batch_normalization/beta", "dense/bias"}


@pytest.mark.parametrize(
    "learns",
    [
        {"dense": NOTHING, "batch_normalization": BIASES},
        {"conv2d": BIASES, "batch_normalization": NOTHING, "dense": WEIGHTS},
        {"conv2d": WEIGHTS},
    ],
)
def test_a_change_after_a_training_counts_and_goes_on_with_a_fresh_optimizer(learns):
    network = build_network(experiment_of({"conv2d": NOTHING}))
    script = Script().compile({"conv2d": NOTHING})
    between = script.fit()
    assert_same(fit(network), between)
    network = with_learning_of(network, experiment_of(learns))
    assert_same(weights_of(network.model), between)
    after = fit(network)
    assert_same(after, script.compile(dict.fromkeys(NAMES, ALL) | learns).fit())
    moved = {f"{name}/{part}" for name in NAMES for part in MOVES[name][learns.get(name, ALL)]}
    assert changed(between, after) == moved
    assert network.history.last_step == 18
    assert np.array_equal(network.history.values("dense/bias", 18), after["dense/bias"])


def test_what_is_the_same_is_not_compiled_again():
    network = build_network(experiment_of({"dense": BIASES}, biases_only=True))
    optimizer = network.model.optimizer
    same = experiment_of(dict.fromkeys(NAMES, BIASES) | {"flatten": BIASES})
    assert with_learning_of(network, same).model.optimizer is optimizer
    assert with_learning_of(network, experiment_of({"dense": BIASES})).model.optimizer is not optimizer


@pytest.mark.parametrize("choice", CHOICES)
def test_biases_within_a_layer_are_found_and_wrapped_statistics_stand_still(choice):
    inputs = keras.Input((6, 4))
    values = keras.layers.Bidirectional(keras.layers.LSTM(3, return_sequences=True), name="both")(inputs)
    values = keras.layers.TimeDistributed(keras.layers.BatchNormalization(), name="norm")(values)
    values = keras.layers.MultiHeadAttention(2, 3, name="attention")(values, values)
    model = keras.Model(inputs, keras.layers.Dense(1, name="head")(values))
    layers = tuple(SimpleNamespace(name=name) for name in ("both", "norm", "attention", "head"))
    experiment = SimpleNamespace(stack=SimpleNamespace(layers=layers), weights=None, learns_in=lambda _layer: choice)
    could_learn = [variable.path for variable in model.trainable_variables]
    # Whatever was chosen before.
    set_who_learns(model, SimpleNamespace(stack=experiment.stack, weights=None, learns_in=lambda _layer: NOTHING))
    assert model.trainable_variables == []
    set_who_learns(model, experiment)
    biases = [path for path in could_learn if path.endswith(("/bias", "/beta"))]
    assert len(biases) == 8
    wanted = {ALL: could_learn, BIASES: biases, WEIGHTS: [p for p in could_learn if p not in biases], NOTHING: []}
    assert [variable.path for variable in model.trainable_variables] == wanted[choice]
    moving = model.get_layer("norm").layer.moving_mean
    model(np.ones((2, 6, 4), np.float32), training=True)
    assert moving.numpy().any() == (choice in (ALL, WEIGHTS))


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_a_frozen_layer_of_a_models_file_learns_nothing(tmp_path, suffix):
    inner = keras.layers.LSTM(3)
    model = keras.Sequential([keras.Input((4, 2)), keras.layers.Bidirectional(inner), keras.layers.Dense(1)])
    model.layers[0].trainable = False
    model.save(tmp_path / f"frozen{suffix}")
    stack = read_model_file(tmp_path / f"frozen{suffix}").stack
    assert [layer.learns for layer in stack.layers] == [NOTHING, ALL]
    assert stack.layers[0].get("layer").learns == ALL


def test_a_layer_frozen_alone_inside_another_is_refused():
    wrapper = keras.layers.TimeDistributed(keras.layers.Dense(2))
    model = keras.Sequential([keras.Input((4, 2)), wrapper])
    wrapper.layer.trainable = False
    with pytest.raises(SpecError, match="Dense inside it has trainable False; only a whole layer"):
        stack_from_keras(json.loads(model.to_json()))
