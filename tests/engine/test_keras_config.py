"""What the catalogues and the files say of Keras is what Keras itself says."""

import inspect
import json

import keras
import numpy as np
import pytest

from biasstudio.spec.initializers import INITIALIZER_TYPES, VECTOR_INITIALIZERS, Initializer
from biasstudio.spec.keras_config import layer_to_keras, stack_from_keras, stack_to_keras
from biasstudio.spec.stack import Layer, Stack

IMAGE = (28, 28, 1)
POOLING = ("MaxPooling2D", "AveragePooling2D")


def tutorial() -> Stack:
    return (
        Stack(IMAGE)
        .add("Conv2D", activation="relu", bias_initializer=Initializer.of("HeNormal"))
        .add("Flatten")
        .add("Dense", units=10, activation="relu")
        .add("Dense", units=1, activation="softmax")
    )


def of_images() -> Stack:
    """Layers of image networks, once with their defaults and once with nothing at its default."""
    return (
        Stack((29, 31, 4))
        .add("Conv2D")
        .add(
            "Conv2D",
            filters=6,
            kernel_size=(3, 2),
            strides=(2, 1),
            padding="same",
            groups=2,
            activation="gelu",
            use_bias=False,
            kernel_initializer=Initializer.of("Orthogonal", gain=0.5, seed=3),
            bias_initializer=Initializer.of("Constant", value=(1, 2, 3, 4, 5, 6)),
        )
        .add("Conv2D", dilation_rate=(2, 1), filters=4, bias_initializer=Initializer.of("Constant", value=0.5))
        .add("BatchNormalization")
        .add(
            "BatchNormalization",
            axis=1,
            momentum=0.5,
            epsilon=0.25,
            center=True,
            scale=False,
            beta_initializer=Initializer.of("RandomUniform", minval=-1, maxval=2, seed=5),
            gamma_initializer=Initializer.of("VarianceScaling", scale=2, mode="fan_avg", distribution="uniform"),
        )
        .add("MaxPooling2D")
        .add("MaxPooling2D", pool_size=(2, 1), strides=(1, 2), padding="same")
        .add("AveragePooling2D", pool_size=(1, 2))
        .add("AveragePooling2D", pool_size=(2, 2), strides=(1, 1), padding="same")
        .add("Activation")
        .add("Activation", activation="log_softmax")
        .add("Dropout")
        .add("Dropout", rate=0.25, seed=9)
        .add("GlobalAveragePooling2D", keepdims=True)
        .add("Flatten")
        .add("Dense")
        .add("Dense", units=3, activation="mish", bias_initializer=Initializer.of("TruncatedNormal", stddev=0.5))
    )


def as_keras_writes(layer: Layer) -> Layer:
    """Keras writes the strides of a pooling out where they follow the window."""
    if layer.class_name in POOLING and layer.get("strides") is None:
        return layer.change(strides=layer.get("pool_size"))
    return layer


def plain(value: object) -> object:
    """Tuples as lists, and a serialized initializer as its class with the parameters that are used."""
    if isinstance(value, dict) and "class_name" in value:
        config = {key: plain(item) for key, item in value["config"].items() if not key.endswith("_axes")}
        return value["class_name"], config
    return list(value) if isinstance(value, tuple) else value


@pytest.mark.parametrize("stack", [tutorial(), of_images()], ids=["tutorial", "of images"])
def test_keras_reads_what_is_written_and_writes_what_is_read(stack):
    model = keras.models.model_from_json(json.dumps(stack_to_keras(stack)))
    assert model.built
    assert tuple(model.input_shape[1:]) == stack.input_shape
    assert [layer.name for layer in model.layers] == [layer.name for layer in stack.layers]
    for keras_layer, layer in zip(model.layers, stack.layers, strict=True):
        shown = keras_layer.get_config()
        given = layer_to_keras(as_keras_writes(layer))["config"]
        assert {key: plain(shown[key]) for key in given} == {key: plain(value) for key, value in given.items()}
    expected = Stack(stack.input_shape, tuple(as_keras_writes(layer) for layer in stack.layers))
    assert stack_from_keras(json.loads(model.to_json())) == expected


def test_a_layer_may_be_called_as_keras_calls_the_input():
    stack = Stack((4,)).add("Dense").rename("dense", "input_layer")
    model = keras.models.model_from_json(json.dumps(stack_to_keras(stack)))
    assert [layer.name for layer in model.layers] == ["input_layer"]
    assert stack_from_keras(json.loads(model.to_json())) == stack


def test_a_model_made_in_keras_by_hand_is_read():
    model = keras.Sequential(
        [
            keras.Input(IMAGE),
            keras.layers.Conv2D(4, 3, bias_initializer="he_normal"),
            keras.layers.AveragePooling2D(2),
            keras.layers.Flatten(),
            keras.layers.Dense(2, activation=keras.activations.silu, bias_initializer=keras.initializers.Constant(0.5)),
        ]
    )
    names = [layer.name for layer in model.layers]
    expected = (
        Stack(IMAGE)
        .add("Conv2D", filters=4, kernel_size=3, bias_initializer=Initializer.of("HeNormal"))
        .add("AveragePooling2D", pool_size=2, strides=2)
        .add("Flatten")
        .add("Dense", units=2, activation="silu", bias_initializer=Initializer.of("Constant", value=0.5))
    )
    expected = Stack(
        IMAGE,
        tuple(Layer.of(x.class_name, n, **dict(x.arguments)) for n, x in zip(names, expected.layers, strict=True)),
    )
    assert stack_from_keras(json.loads(model.to_json())) == expected


def signature_of(keras_class: type) -> dict[str, inspect.Parameter]:
    parameters = inspect.signature(keras_class.__init__).parameters
    return {
        name: parameter
        for name, parameter in parameters.items()
        if name != "self" and parameter.kind not in (parameter.VAR_KEYWORD, parameter.VAR_POSITIONAL)
    }


@pytest.mark.parametrize("name", INITIALIZER_TYPES)
def test_the_parameters_of_an_initializer_are_those_of_keras(name):
    signature = signature_of(getattr(keras.initializers, name))
    if name in ("Zeros", "Ones"):
        signature = {}
    offered = {parameter.name: parameter.default for parameter in INITIALIZER_TYPES[name].parameters}
    assert set(signature) - set(offered) <= {"input_axes", "output_axes"}
    for parameter, default in offered.items():
        assert default == signature[parameter].default


def in_keras(initializer: Initializer):
    layer = Layer.of("Dense", "x", kernel_initializer=initializer)
    return keras.layers.deserialize(layer_to_keras(layer)).kernel_initializer


@pytest.mark.parametrize(
    "initializer",
    [
        *(Initializer.of(name, seed=1) for name in VECTOR_INITIALIZERS if name not in ("Zeros", "Ones", "Constant")),
        Initializer.of("RandomNormal", mean=1.0, stddev=3.0, seed=1),
        Initializer.of("RandomUniform", minval=-1.0, maxval=3.0, seed=1),
        Initializer.of("TruncatedNormal", stddev=3.0, seed=1),
        Initializer.of("VarianceScaling", scale=2.0, distribution="uniform", mode="fan_out", seed=1),
        Initializer.of("VarianceScaling", scale=2.0, distribution="untruncated_normal", mode="fan_avg", seed=1),
    ],
    ids=lambda initializer: initializer.name,
)
def test_the_promised_standard_deviation_is_what_keras_gives(initializer):
    length = 100_000
    sample = keras.ops.convert_to_numpy(in_keras(initializer)((length,), "float32"))
    assert sample.shape == (length,)
    # The error of a sample's standard deviation is at most σ / √(2 n) for these: 0.22 %. Five of them are allowed.
    assert initializer.standard_deviation(length) == pytest.approx(sample.astype(np.float64).std(), rel=0.012)


@pytest.mark.parametrize(("name", "value"), [("Zeros", 0.0), ("Ones", 1.0), ("Constant", 0.0)])
def test_what_is_not_random_is_every_value(name, value):
    sample = keras.ops.convert_to_numpy(in_keras(Initializer.of(name))((5,), "float32"))
    np.testing.assert_array_equal(sample, np.full(5, value, np.float32))


def test_a_constant_list_is_the_vector_itself():
    stack = Stack((4,)).add("Dense", units=3, bias_initializer=Initializer.of("Constant", value=(1, -2, 0.5)))
    model = keras.models.model_from_json(json.dumps(stack_to_keras(stack)))
    assert model.layers[0].bias.value.numpy().tolist() == [1.0, -2.0, 0.5]


def test_orthogonal_alone_refuses_a_vector():
    assert in_keras(Initializer.of("Orthogonal"))((4, 4), "float32").shape == (4, 4)
    with pytest.raises(ValueError, match="two-dimensional"):
        in_keras(Initializer.of("Orthogonal"))((4,), "float32")
