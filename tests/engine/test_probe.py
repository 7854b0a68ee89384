"""What the probe says is what Keras gives, and a training goes on as if nobody had looked."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from biasstudio.engine.biases import find_biases, read_frame
from biasstudio.engine.build import build_network
from biasstudio.engine.data import load_samples
from biasstudio.engine.data_facts import data_facts, probe_samples
from biasstudio.engine.probe import Prober, can_be_probed
from biasstudio.spec.data_sets import DataSet
from biasstudio.spec.experiment import Experiment, Training
from biasstudio.spec.stack import Stack
from tests.experiments import moons, tutorial


def prober_of(network, **options):
    biases = tuple(zip(network.history.vectors, network.bias_variables, strict=True))
    return Prober(network.model, biases, network.model.loss, **options)


def probed(network, experiment):
    samples = probe_samples(experiment)
    return prober_of(network).probe(samples.x, samples.y, network.history.last_step)


def mixed(**training):
    """Layers that draw random numbers, keep statistics, and add losses of their own."""
    stack = (
        Stack((2,))
        .add("GaussianNoise", stddev=0.1)
        .add("Dense", units=16)
        .add("BatchNormalization")
        .add("Activation", activation="relu")
        .add("Dropout", rate=0.3)
        .add("Dense", units=8, activation="tanh")
        .add("ActivityRegularization", l2=0.001)
        .add("Dense", units=1, activation="sigmoid")
    )
    return Experiment(stack, DataSet.of("two_moons"), Training(**({"epochs": 2, "learning_rate": 0.01} | training)))


@pytest.mark.parametrize("traced", [True, False])
@pytest.mark.parametrize("make", [tutorial, moons, mixed])
def test_figures_of_each_layer_are_those_of_kerass_outputs(make, traced):
    experiment = make()
    network, x = build_network(experiment), probe_samples(experiment).x
    probe = prober_of(network, traced=traced).probe(x, None, 0)
    assert (probe.step, probe.samples, dict(probe.gradients)) == (0, len(x), {})
    outputs = x
    for layer in network.model.layers:
        outputs = layer(outputs, training=False) if "dropout" in layer.name else layer(outputs)
        if layer.name not in probe.layers:
            assert type(layer).__name__ in ("Flatten", "Dropout")
            continue
        rows, seen = np.asarray(outputs, np.float64).reshape(-1, outputs.shape[-1]), probe.layers[layer.name]
        if "noise" in layer.name:
            outputs = rows = x
        expected = {"active": rows > 0, "mean": rows, "mean_square": rows**2}
        for name, values in expected.items():
            assert np.allclose(getattr(seen, name), values.mean(0), rtol=1e-4, atol=1e-6), (layer.name, name)
        assert np.allclose(seen.low, rows.min(0), atol=1e-6)
        assert np.allclose(seen.high, rows.max(0), atol=1e-6)


@pytest.mark.parametrize("make", [tutorial, moons])
def test_gradients_are_those_with_which_the_optimizer_would_step(make):
    experiment = make(optimizer="SGD", learning_rate=1.0)
    network, samples = build_network(experiment), probe_samples(experiment)
    probe, before = probed(network, experiment), read_frame(network.bias_variables)
    network.model.train_on_batch(samples.x, samples.y)
    moved = before - read_frame(network.bias_variables)
    told = np.concatenate([probe.gradients[vector.path] for vector in network.history.vectors])
    assert np.abs(told).max() > 1e-4
    assert np.allclose(told, moved, rtol=1e-3, atol=1e-6)


def test_looking_changes_nothing_and_training_stays_bit_for_bit_the_same():
    def train(look):
        network = build_network(mixed())
        samples, _ = load_samples(mixed()).split(0.1)
        prober, seen = prober_of(network), probe_samples(mixed())

        class Look(keras.callbacks.Callback):
            def on_train_batch_end(self, batch, logs=None):  # noqa: ARG002 - Keras names it
                if look and batch % 5 == 0:
                    before = [np.array(variable) for variable in network.model.variables]
                    prober.probe(seen.x, seen.y, batch)
                    after = [np.array(variable) for variable in network.model.variables]
                    assert all(map(np.array_equal, before, after))

        if look:
            prober.probe(seen.x, seen.y, 0)
        fitted = network.model.fit(samples.x, samples.y, epochs=2, verbose=0, callbacks=[Look()])
        return [np.array(variable) for variable in network.model.variables], fitted.history

    (plain, losses), (looked_at, same) = train(False), train(True)
    assert all(map(np.array_equal, plain, looked_at))
    assert losses == same


def test_frozen_biases_have_gradients_too():
    experiment = moons()
    frozen = Experiment(experiment.stack.let_learn("dense", "nothing"), experiment.data, experiment.training)
    told = [probed(build_network(each), each).gradients["dense/bias"] for each in (experiment, frozen)]
    assert np.array_equal(*told)
    assert np.abs(told[0]).max() > 0


def test_the_samples_are_those_that_validate_and_always_the_same():
    training, validation = load_samples(tutorial()).split(0.1)
    samples = probe_samples(tutorial(validation_share=0.1))
    assert len(samples.x) == 256
    places = [int(np.flatnonzero((validation.x == x).all((1, 2, 3)))[0]) for x in samples.x]
    assert len(set(places)) > 250
    assert places[0] < 2
    assert places[-1] > 490
    assert len(probe_samples(moons(validation_share=0.0)).x) == 256
    few = probe_samples(moons(validation_share=0.005))
    assert np.array_equal(few.x, load_samples(moons()).x[-5:])
    assert len(training.x) == 4500


def test_a_network_with_wide_layers_is_looked_at_with_fewer_samples():
    stack = Stack((64, 64, 1)).add("Conv2D", filters=256, kernel_size=1).add("GlobalAveragePooling2D")
    network = build_network(Experiment(stack.add("Dense", units=1), DataSet.of("xor"), Training()))
    assert prober_of(network).most_samples == 50_000_000 // (64 * 64 * 256 + 256 + 1)
    assert prober_of(build_network(moons())).most_samples == 256


def test_functional_models_are_probed_and_shared_layers_left_out():
    inputs = keras.Input((3,))
    shared = keras.layers.Dense(3, "relu", name="shared")
    merged = keras.layers.add([shared(inputs), shared(shared(inputs))], name="merged")
    model = keras.Model(inputs, keras.layers.Dense(2, "softmax", name="head")(merged))
    assert can_be_probed(model)
    x = np.random.default_rng(0).normal(size=(20, 3)).astype(np.float32)
    labels = np.arange(20) % 2
    loss = keras.losses.SparseCategoricalCrossentropy()
    probe = Prober(model, find_biases(model), loss).probe(x, labels, 0)
    assert set(probe.layers) == {"merged", "head"}
    with tf.GradientTape() as tape:
        value = loss(labels, model(x))
    expected = tape.gradient(value, shared.bias.value)
    assert np.allclose(probe.gradients["shared/bias"], expected, atol=1e-7)


def test_targets_that_the_loss_does_not_take_give_no_gradients():
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2, "softmax")])
    x, loss = np.ones((4, 3), np.float32), keras.losses.SparseCategoricalCrossentropy()
    for traced in (True, False):
        prober = Prober(model, find_biases(model), loss, traced=traced)
        for y in (np.array([0, 1, 2, 7]), np.ones((4, 2, 5))):
            probe = prober.probe(x, y, 0)
            assert (dict(probe.gradients), set(probe.layers)) == ({}, {model.layers[0].name})
        assert len(prober.probe(x, np.array([0, 1, 0, 1]), 0).gradients) == 1


def test_models_without_a_graph_or_with_several_inputs_cannot_be_probed():
    class Own(keras.Model):
        def call(self, x):
            return x

    two = [keras.Input((3,)), keras.Input((3,))]
    assert not can_be_probed(Own())
    assert not can_be_probed(keras.Model(two, keras.layers.add(two)))
    assert not can_be_probed(keras.Sequential([keras.layers.Dense(3)]))


def test_the_facts_are_those_of_the_samples_that_train():
    facts = data_facts(moons(validation_share=0.25))
    x, y = load_samples(moons()).x[:750], load_samples(moons()).y[:750]
    assert (facts.samples, facts.total, facts.shape) == (750, 750, (2,))
    assert np.allclose(facts.mean, x.mean(0), atol=1e-6)
    assert np.allclose(facts.deviation, x.std(0), atol=1e-6)
    assert list(facts.target.counts) == list(np.bincount(y))
    assert data_facts(moons(validation_share=0.25)) is facts
