"""What goes into a unit against Keras's own kernels and outputs."""

import keras
import numpy as np
import pytest

from biasstudio.doctor.contribution import Contribution, NoContribution
from biasstudio.engine.build import build_network
from biasstudio.engine.contribution import contribution
from biasstudio.engine.data import load_samples
from biasstudio.engine.data_facts import probe_samples
from biasstudio.spec.data_sets import DataSet
from biasstudio.spec.experiment import Experiment, Training
from biasstudio.spec.initializers import Initializer
from biasstudio.spec.stack import Stack
from tests.experiments import moons, tutorial


def on_digits(*layers):
    stack = Stack((28, 28, 1))
    for class_name, arguments in layers:
        stack = stack.add(class_name, **arguments)
    stack = stack.add("GlobalAveragePooling2D").add("Dense", units=1, activation="sigmoid")
    return Experiment(stack, DataSet.of("mnist_odd_even"), Training())


@pytest.fixture(scope="module")
def tutorial_network():
    return build_network(tutorial())


def outputs_of(network, name, x):
    for layer in network.model.layers:
        x, before = layer(x), x
        if layer.name == name:
            return np.asarray(before), np.asarray(x)
    raise AssertionError(name)


def test_a_dense_unit_is_its_inputs_times_its_weights_and_its_bias(tutorial_network):
    network, unit = tutorial_network, 4
    told = contribution(network, tutorial(), "dense/bias", unit)
    x, out = outputs_of(network, "dense", probe_samples(tutorial()).x)
    kernel, bias = network.model.get_layer("dense").get_weights()
    sums = x.astype(np.float64) @ kernel[:, unit]
    assert np.allclose(told.from_inputs, sums, atol=1e-4)
    assert told.bias == bias[unit]
    assert np.allclose(told.pre_activation, sums + bias[unit], atol=1e-4)
    assert np.allclose(told.output, out[:, unit], atol=1e-5)
    assert np.allclose(np.maximum(told.pre_activation, 0), told.output, atol=1e-4)
    assert (told.activation, told.probed, told.step, told.positions) == ("relu", 256, 0, ())
    assert told.active_share == (out[:, unit] > 0).mean()
    assert told.active_positions is None
    assert told.by_input == ()


def test_of_one_sample_the_largest_parts_are_told(tutorial_network):
    network = tutorial_network
    everything = contribution(network, tutorial(), "dense/bias", 4)
    told = contribution(network, tutorial(), "dense/bias", 4, sample=7)
    assert list(told.samples) == [7]
    assert told.from_inputs == pytest.approx(everything.from_inputs[7:8])
    assert told.active_share == everything.active_share
    x, _ = outputs_of(network, "dense", probe_samples(tutorial()).x[7:8])
    parts = x[0] * network.model.get_layer("dense").get_weights()[0][:, 4]
    order = np.sort(np.abs(parts))[::-1]
    assert [abs(value) for _, value in told.by_input] == pytest.approx(order[:20], rel=1e-4)
    for (index,), value in told.by_input:
        assert value == pytest.approx(parts[index], rel=1e-4)


def test_the_parts_of_few_inputs_are_the_whole_sum():
    network = build_network(moons())
    told = contribution(network, moons(), "dense/bias", 2, sample=0)
    assert sum(value for _, value in told.by_input) == pytest.approx(told.from_inputs[0], abs=1e-6)


def test_a_channel_is_told_where_it_is_largest(tutorial_network):
    network, channel = tutorial_network, 1
    told = contribution(network, tutorial(), "conv2d/bias", channel, sample=3)
    x = probe_samples(tutorial()).x
    kernel, bias = network.model.get_layer("conv2d").get_weights()
    row, column = told.positions[0]
    patch = x[3, row : row + 3, column : column + 3] * kernel[..., channel]
    assert told.from_inputs[0] == pytest.approx(patch.sum(), abs=1e-5)
    before = np.asarray(keras.ops.conv(x, kernel))[..., channel] + bias[channel]
    assert told.pre_activation[0] == pytest.approx(before[3].max(), abs=1e-5)
    assert told.active_share == (before > 0).any((1, 2)).mean()
    assert told.active_positions == pytest.approx((before > 0).mean(), abs=1e-5)
    for index, value in told.by_input:
        assert value == pytest.approx(patch[index[0] - row, index[1] - column, index[2]], abs=1e-5)


@pytest.mark.parametrize(
    ("layers", "path"),
    [
        ([("Conv2D", {"filters": 3, "strides": 2, "activation": "tanh"})], "conv2d/bias"),
        ([("Conv2DTranspose", {"filters": 3, "kernel_size": 3})], "conv2d_transpose/bias"),
        ([("DepthwiseConv2D", {"depth_multiplier": 2, "activation": "elu"})], "depthwise_conv2d/bias"),
        ([("SeparableConv2D", {"filters": 3, "activation": "relu"})], "separable_conv2d/bias"),
        ([("Conv2D", {"filters": 3}), ("Dense", {"units": 4, "activation": "softmax"})], "dense/bias"),
        ([("Conv2D", {"filters": 3}), ("BatchNormalization", {})], "batch_normalization/beta"),
        ([("Conv2D", {"filters": 3}), ("LayerNormalization", {})], "layer_normalization/beta"),
        ([("Conv2D", {"filters": 4}), ("GroupNormalization", {"groups": 2})], "group_normalization/beta"),
    ],
)
def test_activation_of_the_sum_is_the_layers_output(layers, path):
    experiment = on_digits(*layers)
    network = build_network(experiment)
    variable = network.bias_variables[[vector.path for vector in network.history.vectors].index(path)]
    variable.assign(np.random.default_rng(0).normal(size=variable.shape))
    told = contribution(network, experiment, path, 1)
    _, out = outputs_of(network, path.split("/")[0], probe_samples(experiment).x)
    rows = out.reshape(len(out), -1, out.shape[-1])
    assert told.bias == np.asarray(variable)[1]
    assert np.allclose(told.pre_activation, told.from_inputs + told.bias, atol=1e-6)
    if told.activation != "softmax":
        expected = np.asarray(keras.activations.get(told.activation)(told.pre_activation))
        assert np.allclose(expected, told.output, atol=1e-5)
        assert np.allclose(told.output, rows[..., 1].max(1), atol=1e-5)
    at = [np.ravel_multi_index(place, out.shape[1:-1]) for place in told.positions]
    assert np.allclose(told.output, rows[np.arange(len(rows)), at, 1], atol=1e-5)
    variable.assign(np.zeros(variable.shape))
    without = contribution(network, experiment, path, 1)
    assert np.allclose(without.from_inputs, told.from_inputs, atol=1e-4)


def test_an_einsum_layer_with_one_bias_along_its_last_axis():
    stack = Stack((28, 28, 1)).add("Reshape", target_shape=(28, 28))
    stack = stack.add("EinsumDense", equation="abc,cd->abd", output_shape=(28, 5), bias_axes="d", activation="relu")
    experiment = Experiment(
        stack.add("Flatten").add("Dense", units=1, activation="sigmoid"), DataSet.of("mnist_odd_even"), Training()
    )
    network = build_network(experiment)
    told = contribution(network, experiment, "einsum_dense/bias", 2, sample=1)
    x, out = outputs_of(network, "einsum_dense", probe_samples(experiment).x[1:2])
    (row,) = told.positions[0]
    kernel = network.model.get_layer("einsum_dense").get_weights()[0]
    assert told.from_inputs[0] == pytest.approx(x[0, row] @ kernel[:, 2], abs=1e-5)
    assert told.output[0] == pytest.approx(out[0, row, 2], abs=1e-5)


def test_a_dead_unit_says_how_far_it_is_from_life():
    experiment = moons()
    stack = experiment.stack.change("dense", bias_initializer=Initializer.of("Constant", value=-10.0))
    network = build_network(Experiment(stack, experiment.data, experiment.training))
    told = contribution(network, network.experiment, "dense/bias", 0)
    assert (told.is_dead, told.active_share, told.bias) == (True, 0.0, -10.0)
    assert told.needed == pytest.approx(10 - told.from_inputs.max())


def test_recurrent_cells_and_layers_inside_others_say_why_not():
    stack = Stack((28, 28, 1)).add("Reshape", target_shape=(28, 28))
    stack = stack.add("LSTM", units=3, return_sequences=True).add("MultiHeadAttention", num_heads=2, key_dim=2)
    experiment = Experiment(
        stack.add("GlobalAveragePooling1D").add("Dense", units=1, activation="sigmoid"),
        DataSet.of("mnist_odd_even"),
        Training(),
    )
    network = build_network(experiment)
    paths = [vector.path for vector in network.history.vectors if not vector.path.startswith("dense")]
    assert len(paths) == 5
    for path in paths:
        told = contribution(network, experiment, path, 0)
        assert isinstance(told, NoContribution)
        assert told.sentence.startswith(f"What goes into {path} can't be split here")


def test_what_is_not_there_is_said(tutorial_network):
    for path, unit, sample in (("gone/bias", 0, None), ("dense/bias", 10, None), ("dense/bias", -1, None)):
        told = contribution(tutorial_network, tutorial(), path, unit, sample)
        assert told.sentence == f"There is no unit {unit} of {path} in this network."
    told = contribution(tutorial_network, tutorial(), "dense/bias", 0, 256)
    assert told.sentence == "There is no sample 256: 256 are looked at."


def test_it_is_the_same_in_parts(tutorial_network, monkeypatch):
    whole = contribution(tutorial_network, tutorial(), "conv2d/bias", 0)
    monkeypatch.setattr("biasstudio.engine.contribution._MOST_VALUES", 300_000)
    parts = contribution(tutorial_network, tutorial(), "conv2d/bias", 0)
    assert np.allclose(whole.pre_activation, parts.pre_activation, atol=1e-6)
    assert whole.active_positions == parts.active_positions


def test_asking_changes_nothing():
    def train(ask):
        network = build_network(moons())
        samples, _ = load_samples(moons()).split(0.1)
        for _ in range(2):
            if ask:
                told = contribution(network, moons(), "dense/bias", 1, 3)
                assert isinstance(told, Contribution)
                assert network.model.get_layer("dense").activation is keras.activations.relu
            network.model.fit(samples.x, samples.y, verbose=0)
        return [np.array(variable) for variable in network.model.variables]

    assert all(map(np.array_equal, train(False), train(True)))
