"""Building: the same values as a script, shapes and counts of Keras's own, and faults named in plain words."""

import keras
import numpy as np
import pytest

from biasstudio.engine.build import build_network, check_stack
from biasstudio.spec.arguments import SpecError
from biasstudio.spec.initializers import VECTOR_INITIALIZERS, Initializer
from biasstudio.spec.stack import Stack
from tests.experiments import moons, tutorial

IMAGE = Stack((28, 28, 1))


def script_model():
    """The tutorial network as a person writes it."""
    keras.utils.set_random_seed(0)
    model = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            keras.layers.Conv2D(32, (3, 3), activation="relu", bias_initializer="he_normal"),
            keras.layers.Flatten(),
            keras.layers.Dense(10, activation="relu"),
            keras.layers.Dense(1, activation="softmax"),
        ]
    )
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    return model


def test_the_same_experiment_gives_the_same_weights_as_a_script():
    expected = script_model().get_weights()
    for _ in range(2):
        network = build_network(tutorial())
        assert all(np.array_equal(a, b) for a, b in zip(network.model.get_weights(), expected, strict=True))


def test_another_seed_gives_other_values():
    first, second = build_network(tutorial(seed=0)), build_network(tutorial(seed=1))
    assert not np.array_equal(first.history.values("conv2d/bias", 0), second.history.values("conv2d/bias", 0))


def test_step_0_holds_the_biases_that_the_tutorial_tells_of():
    network = build_network(tutorial())
    weights = network.model.get_weights()
    history = network.history
    assert [(vector.path, vector.shape, vector.unit) for vector in history.vectors] == [
        ("conv2d/bias", (32,), "channel"),
        ("dense/bias", (10,), "unit"),
        ("dense_1/bias", (1,), "unit"),
    ]
    assert len(set(weights[1].tolist())) == 32
    for path, expected in (("conv2d/bias", weights[1]), ("dense/bias", np.zeros(10)), ("dense_1/bias", np.zeros(1))):
        assert np.array_equal(history.values(path, 0), expected)


def test_shapes_and_parameter_counts_are_those_of_keras():
    network = build_network(tutorial())
    for built, layer in zip(network.layers, network.model.layers, strict=True):
        assert built.name == layer.name
        assert built.output_shape == tuple(layer.output.shape[1:])
        assert built.parameters == layer.count_params()


@pytest.mark.parametrize("name", VECTOR_INITIALIZERS)
def test_every_initializer_gives_a_bias_its_values(name):
    experiment = moons()
    stack = experiment.stack.change("dense", bias_initializer=Initializer.of(name))
    network = build_network(type(experiment)(stack, experiment.data, experiment.training))
    assert np.array_equal(network.history.values("dense/bias", 0), network.model.layers[0].get_weights()[1])


def test_a_constant_list_becomes_the_bias():
    experiment = moons()
    values = tuple(float(value) for value in range(8))
    stack = experiment.stack.change("dense", bias_initializer=Initializer.of("Constant", value=values))
    network = build_network(type(experiment)(stack, experiment.data, experiment.training))
    assert network.model.layers[0].get_weights()[1].tolist() == list(values)


def test_beta_of_a_normalization_layer_counts_and_no_bias_means_no_vector():
    stack = Stack((2,)).add("Dense", units=3, use_bias=False).add("BatchNormalization").add("Dense", units=1)
    experiment = moons()
    network = build_network(type(experiment)(stack, experiment.data, experiment.training))
    assert [vector.path for vector in network.history.vectors] == ["batch_normalization/beta", "dense_1/bias"]


FAULTS = [
    (IMAGE, None, None, ["no layers"]),
    (IMAGE.add("Conv2D", kernel_size=30), "conv2d", "kernel_size", ["30 × 30", "28 × 28"]),
    (IMAGE.add("Conv2D", kernel_size=15, dilation_rate=2), "conv2d", "kernel_size", ["29 × 29", "28 × 28"]),
    (IMAGE.add("MaxPooling2D", pool_size=29), "max_pooling2d", "pool_size", ["29 × 29", "28 × 28"]),
    (IMAGE.add("Flatten").add("Conv2D"), "conv2d", None, ["images", "784"]),
    (IMAGE.add("Conv2D", groups=3), "conv2d", None, ["groups=3", "filters=32"]),
    (IMAGE.add("Conv2D", strides=2, dilation_rate=2), "conv2d", None, ["strides", "dilation_rate"]),
    (IMAGE.add("BatchNormalization", axis=4), "batch_normalization", "axis", ["axis 4", "28 × 28 × 1"]),
    (IMAGE.add("BatchNormalization", axis=0), "batch_normalization", "axis", ["axis 0"]),
    (IMAGE.add("Flatten").add("Dense", units=1_000_000), "dense", None, ["785,000,000", "200,000,000"]),
    (IMAGE.add("Conv2D", padding="same", filters=1_000_000), "conv2d", None, ["25,088,000,000"]),
    (
        IMAGE.add("BatchNormalization", beta_initializer=Initializer.of("Constant", value=(1.0, 2.0))),
        "batch_normalization",
        "beta_initializer",
        ["2 values", "has 1"],
    ),
]


@pytest.mark.parametrize(("stack", "layer", "argument", "parts"), FAULTS)
def test_a_fault_names_its_layer_in_one_plain_sentence(stack, layer, argument, parts):
    with pytest.raises(SpecError) as caught:
        check_stack(stack, 32)
    sentence = str(caught.value)
    assert (caught.value.layer, caught.value.argument) == (layer, argument)
    assert all(part in sentence for part in parts), sentence
    assert "\n" not in sentence
    assert "keras.src" not in sentence
    assert "deserialized" not in sentence
