"""What is read of a model's file is what Keras itself says of the model."""

import inspect
import json
import zipfile

import h5py
import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from biasstudio.engine.biases import find_biases
from biasstudio.engine.build import build_network
from biasstudio.model_files import known
from biasstudio.model_files.experiment import experiment_of
from biasstudio.model_files.reader import read_model_file
from biasstudio.spec.arguments import SpecError
from tests.experiments import moons
from tests.model_files import models
from tests.model_files.models import dense, dense_weights, entry, keras_file, legacy_file, model_of

NAMES = ("sequential", "branches", "sequences", "chain")


@pytest.mark.parametrize("suffix", [".keras", ".h5", ".weights.h5"])
@pytest.mark.parametrize("name", NAMES)
def test_bias_vectors_are_those_of_keras(written, name, suffix):
    if (name, suffix) == ("sequences", ".h5"):
        return
    keras.utils.clear_session()
    expected = {}
    for vector, variable in find_biases(getattr(models, name)()):
        expected[vector.path] = (vector.shape, variable.numpy())
    contents = read_model_file(written[name, suffix])
    found, start = {}, 0
    for vector in contents.vectors:
        found[vector.path] = vector.shape, contents.values[start : start + vector.length].reshape(vector.shape)
        start += vector.length
    if (name, suffix) == ("sequential", ".weights.h5"):
        # Without a config nothing says whether a BatchNormalization of three variables has a gamma or a beta.
        del expected["batch_normalization/beta"]
    # Keras's own names have a number where a process has made others before.
    assert sorted(map(generic, found)) == sorted(map(generic, expected))
    by_value = {tuple(values.ravel()) for _, values in expected.values()}
    assert {tuple(values.ravel()) for _, values in found.values()} == by_value
    assert contents.keras_version == ("" if suffix == ".weights.h5" else keras.__version__)


def generic(path):
    return "/".join(part.rstrip("0123456789").rstrip("_") for part in path.split("/"))


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
@pytest.mark.parametrize("name", NAMES)
def test_built_networks_have_the_weights_that_keras_loads(written, name, suffix):
    if (name, suffix) == ("sequences", ".h5"):
        return
    path = written[name, suffix]
    expected = keras.models.load_model(path)
    contents = read_model_file(path)
    network = build_network(experiment_of(contents, moons()))
    assert network.starting_anew == ()
    for ours, theirs in zip(network.model.get_weights(), expected.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert [vector.path for vector in network.history.vectors] == [vector.path for vector in contents.vectors]
    np.testing.assert_array_equal(network.history.frame(0), contents.values)
    x = np.random.default_rng(0).normal(size=(3, *expected.input_shape[1:])).astype("f4")
    np.testing.assert_array_equal(network.model.predict(x, verbose=0), expected.predict(x, verbose=0))


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
@pytest.mark.parametrize(("name", "layers"), [("sequential", 6), ("chain", 3)])
def test_a_chain_of_layers_is_a_stack(written, name, layers, suffix):
    contents = read_model_file(written[name, suffix])
    assert len(contents.stack.layers) == layers
    assert contents.why_no_stack == ""


@pytest.mark.parametrize("suffix", [".keras", ".weights.h5"])
def test_parts_of_an_attention_have_their_classes(written, suffix):
    attention = next(
        layer for layer in read_model_file(written["sequences", suffix]).layers if layer.name == "multi_head_attention"
    )
    assert {part.name.rstrip("_0123456789"): part.class_name for part in attention.walk()} == {
        "multi_head_attention": "MultiHeadAttention",
        "query": "EinsumDense",
        "key": "EinsumDense",
        "value": "EinsumDense",
        "attention_output": "EinsumDense",
        "softmax": "Softmax",
    } | ({"dropout": "Dropout"} if any(part.name.startswith("dropout") for part in attention.walk()) else {})


def test_what_is_no_stack_says_why(written):
    contents = read_model_file(written["branches", ".keras"])
    assert contents.stack is None
    assert contents.why_no_stack


def test_how_it_was_compiled_is_read(written):
    for suffix in (".keras", ".h5"):
        settings_of_file = read_model_file(written["sequential", suffix]).training
        named = {name: value for name, value in settings_of_file.items() if value != {}}
        assert named == {"loss": "binary_crossentropy", "optimizer": "SGD", "learning_rate": 0.05}
        # Settings of another optimizer don't stay.
        present = moons(optimizer_settings={"beta_1": 0.5, "clipnorm": 1.0}, loss_settings={"from_logits": True})
        training = experiment_of(read_model_file(written["sequential", suffix]), present).training
        assert (training.optimizer, training.optimizer_settings, training.loss_settings) == ("SGD", (), ())
    assert read_model_file(written["chain", ".keras"]).training == {}


@pytest.mark.parametrize(
    ("compiled", "expected"),
    [
        ({"loss": "mse", "optimizer": "adam"}, {"loss": "mean_squared_error", "optimizer": "Adam"}),
        (
            {"loss": entry("BinaryCrossentropy", "keras.losses", from_logits=True, label_smoothing=0.0)},
            {"loss": "binary_crossentropy", "loss_settings": {"from_logits": True}},
        ),
        ({"loss": entry("BinaryCrossentropy", "keras.losses", reduction="sum")}, {}),
        ({"loss": entry("SparseCategoricalCrossentropy", "keras.losses", ignore_class=1)}, {}),
        (
            {"optimizer": entry("SGD", None, momentum=0.9, nesterov=False, clipnorm=None, weight_decay="much")},
            {"optimizer": "SGD", "optimizer_settings": {"momentum": 0.9}},
        ),
        ({"loss": entry("Huber", "keras.losses")}, {"loss": "huber"}),
        ({"loss": {"a": "mse"}, "optimizer": entry("Mine", "my.code")}, {}),
        ({"optimizer": entry("Custom>Nadam", None, learning_rate=entry("Decay", None))}, {"optimizer": "Nadam"}),
        ({"optimizer": entry("SGD", None, learning_rate=-1)}, {"optimizer": "SGD"}),
        ([1], {}),
    ],
)
def test_of_the_settings_only_what_an_experiment_has_is_taken(tmp_path, compiled, expected):
    path = keras_file(tmp_path / "compiled.keras", model_of(dense()) | {"compile_config": compiled})
    found = read_model_file(path).training
    assert {name: value for name, value in found.items() if name != "learning_rate" and value != {}} == expected
    assert found.get("learning_rate", 1) > 0


def keras_2(*layers, class_name="Sequential"):
    return {"class_name": class_name, "config": {"name": "sequential", "layers": list(layers)}}


def old(class_name, **config):
    return {"class_name": class_name, "config": config}


OLD_DENSE = {
    "name": "dense",
    "trainable": True,
    "dtype": "float32",
    "units": 3,
    "activation": "relu",
    "use_bias": True,
    "kernel_initializer": old("GlorotUniform", seed=None),
    "bias_initializer": old("Zeros"),
    "kernel_regularizer": None,
    "bias_regularizer": None,
    "activity_regularizer": None,
    "kernel_constraint": None,
    "bias_constraint": None,
}
OLD = {
    "with an input layer": keras_2(old("InputLayer", name="i", batch_input_shape=[None, 2]), old("Dense", **OLD_DENSE)),
    "with a first layer that says the shape": keras_2(old("Dense", **OLD_DENSE, batch_input_shape=[None, 2])),
    "as a list": {"class_name": "Sequential", "config": [old("Dense", **OLD_DENSE, batch_input_shape=[None, 2])]},
    "functional": {
        "class_name": "Functional",
        "config": {
            "name": "model",
            "layers": [
                old("InputLayer", name="i", batch_input_shape=[None, 2]) | {"name": "i", "inbound_nodes": []},
                old("Dense", **OLD_DENSE) | {"name": "dense", "inbound_nodes": [[["i", 0, 0, {}]]]},
            ],
            "input_layers": [["i", 0, 0]],
            "output_layers": [["dense", 0, 0]],
        },
    },
}


@pytest.mark.parametrize("which", OLD)
def test_configs_of_keras_2_open_in_the_editor(tmp_path, which):
    contents = read_model_file(legacy_file(tmp_path / "old.h5", OLD[which]))
    assert contents.why_no_stack == ""
    assert (contents.stack.input_shape, [layer.name for layer in contents.stack.layers]) == ((2,), ["dense"])
    network = build_network(experiment_of(contents, moons()))
    assert network.starting_anew == ()
    assert network.history.frame(0).tolist() == [1, 2, 3]


def test_a_layer_of_ones_own_shows_what_is_a_bias_by_all_signs(tmp_path):
    weights = tmp_path / "own.weights.h5"
    with h5py.File(weights, "w") as file:
        for number, array in enumerate((np.ones((2, 3)), np.arange(3.0), np.ones(2), np.ones((3, 4)), np.arange(4.0))):
            file[f"layers/my_own/vars/{number}"] = array
    path = keras_file(tmp_path / "own.keras", model_of(entry("MyOwn", "my.code", name="mine")), weights.read_bytes())
    contents = read_model_file(path)
    assert [(vector.path, vector.shape) for vector in contents.vectors] == [("mine/bias", (3,)), ("mine/4/bias", (4,))]
    assert contents.values.tolist() == [0, 1, 2, 0, 1, 2, 3]
    assert "MyOwn" in contents.refusal


def test_every_class_of_keras_is_known_or_refused():
    layers = {name for name, found in vars(keras.layers).items() if inspect.isclass(found) and name != "InputSpec"}
    assert layers - known.LAYERS - set(known.REFUSED_LAYERS) == set()
    assert known.LAYERS & set(known.REFUSED_LAYERS) == set()
    for module, names in (
        (keras.layers, known.LAYERS),
        (keras.initializers, known.INITIALIZERS),
        (keras.regularizers, known.REGULARIZERS),
        (keras.constraints, known.CONSTRAINTS),
        (keras.dtype_policies, known.POLICIES),
        (keras.activations, known.FUNCTIONS),
    ):
        assert [name for name in names if not hasattr(module, name)] == []


@given(data=st.data())
@settings(max_examples=60)
def test_a_damaged_keras_file_opens_or_is_one_sentence(written, tmp_path_factory, data):
    name, suffix = data.draw(st.sampled_from([("chain", ".keras"), ("sequential", ".keras"), ("sequential", ".h5")]))
    content = bytearray(written[name, suffix].read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(content) - 1))
        content[place] = data.draw(st.sampled_from([0, 255, content[place] ^ (1 << data.draw(st.integers(0, 7)))]))
    if data.draw(st.booleans()):
        del content[data.draw(st.integers(0, len(content))) :]
    path = tmp_path_factory.mktemp("damaged") / f"damaged{suffix}"
    path.write_bytes(content)
    assert_opens_or_says_why(path)


@given(data=st.data())
@settings(max_examples=12)
def test_a_config_with_anything_in_it_opens_or_is_one_sentence(written, tmp_path_factory, data):
    config = json.loads(zipfile.ZipFile(written["sequences", ".keras"]).read("config.json"))
    anything = st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=5) | st.just([]) | st.just({})
    for _ in range(data.draw(st.integers(1, 3))):
        where = config
        while isinstance(where, dict | list) and where:
            keys = list(where) if isinstance(where, dict) else range(len(where))
            key = data.draw(st.sampled_from(list(keys)))
            if not isinstance(where[key], dict | list) or data.draw(st.integers(0, 5)) == 0:
                where[key] = data.draw(anything)
                break
            where = where[key]
    path = keras_file(tmp_path_factory.mktemp("config") / "config.keras", config, dense_weights())
    assert_opens_or_says_why(path)


def assert_opens_or_says_why(path):
    sentence = ""
    try:
        contents = read_model_file(path)
        sentence = contents.refusal
        if contents.model is not None:
            build_network(experiment_of(contents, moons()))
    except SpecError as error:
        sentence = str(error)
    assert len(sentence) < 500
    assert "\n" not in sentence
    assert sentence == "" or sentence.endswith((".", "…"))
