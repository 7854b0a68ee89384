"""What is read of a sample is what Python and Keras make of it when they run it."""

import inspect
import json
from typing import Any

import keras
import numpy as np
import pytest

from biasstudio.engine.build import build_network
from biasstudio.scripts.reading import ScriptReading, load_script
from biasstudio.spec.losses import LOSS_TYPES
from tests.scripts.running import Trained, run_sample
from tests.scripts.samples_expected import PRESENT, SAMPLES

pytestmark = pytest.mark.filterwarnings("ignore:Do not pass an `input_:UserWarning")

RUNNING = (
    "autoencoder_functional",
    "bitfit_freezing",
    "boston_kfold_book",
    "cifar10_keras_docs",
    "config_dict_builder",
    "functional_mnist_docs",
    "imdb_lstm_keras2",
    "lenet_class_builder",
    "mnist_convnet_docs",
    "mnist_mlp_keras2",
    "moons_course",
    "pima_diabetes_blog",
    "self_attention_functional",
    "tf_quickstart",
    "timeseries_stacked_cells",
    "tutorial_snippet",
)
"""Those that today's Keras runs, and of whose network every layer is read."""


@pytest.fixture(scope="module", params=RUNNING)
def both(request) -> tuple[Trained, ScriptReading, Any]:
    """What the script hands to Keras, what is read of it, and the network that is built of that."""
    trained = run_sample(request.param)
    if not trained.model.built:
        trained.model.build((None, *trained.x.shape[1:]))
    facts = [_facts(layer) for layer in _layers(trained.model)]
    weights = [np.array(weight) for weight in trained.model.get_weights()]
    reading = load_script(SAMPLES / f"{request.param}.py", PRESENT)
    return trained, reading, (facts, weights, build_network(reading.experiment).model)


def _layers(model: Any) -> list[Any]:
    return [layer for layer in model.layers if not isinstance(layer, keras.layers.InputLayer)]


def _facts(layer: Any) -> Any:
    """All that Keras would save of a layer but its name, its variables' shapes, and which of them learn."""
    config = _nameless(json.loads(json.dumps(keras.layers.serialize(layer)["config"])))
    learning = {id(variable) for variable in layer.trainable_variables}
    variables = [(variable.name, tuple(variable.shape), id(variable) in learning) for variable in layer.variables]
    return type(layer).__name__, config, variables


def _nameless(config: Any) -> Any:
    if isinstance(config, list):
        return [_nameless(part) for part in config]
    if not isinstance(config, dict):
        return config
    # TensorFlow's initializers are in another module; a frozen layer's `trainable` is set on ours after it is made.
    left_out = ("name", "build_config", "shared_object_id", "trainable", "module", "registered_name")
    return {key: _nameless(value) for key, value in config.items() if key not in left_out}


def test_layers_are_those_of_keras(both):
    _, _, (expected, _, model) = both
    found = [_facts(layer) for layer in _layers(model)]
    assert found[len(found) - len(expected) :] == expected
    # All that may stand in front brings the samples into the shape that the script gives them.
    assert [fact[0] for fact in found[: len(found) - len(expected)]] in ([], ["Flatten"])


def test_optimizer_and_loss_are_those_of_keras(both):
    trained, _, (_, _, model) = both
    ours, theirs = (_nameless(json.loads(json.dumps(each.optimizer.get_config()))) for each in (model, trained.model))
    assert type(model.optimizer) is type(trained.model.optimizer)
    assert ours == pytest.approx(theirs)
    assert _loss(model.loss) == _loss(trained.model.loss)


def _loss(given: Any) -> Any:
    loss = keras.losses.get(given)
    if inspect.isfunction(loss):
        loss = getattr(keras.losses, LOSS_TYPES[loss.__name__].class_name)()
    return type(loss), {key: value for key, value in loss.get_config().items() if key not in ("name", "fn")}


def test_fit_is_given_what_the_script_gives(both):
    trained, reading, _ = both
    if trained.keywords is None:
        return
    given = inspect.signature(keras.Model.fit).bind(trained.model, *trained.arguments, **trained.keywords)
    given.apply_defaults()
    training = reading.experiment.training
    assert training.epochs == given.arguments["epochs"]
    assert training.batch_size == (given.arguments["batch_size"] or 32)
    assert training.shuffle is given.arguments["shuffle"]
    if given.arguments["validation_data"] is None:
        assert training.validation_share == given.arguments["validation_split"]


def test_a_seeded_script_starts_from_the_same_weights(both):
    _, reading, (_, expected, model) = both
    if reading.experiment.training.seed == 7:
        for weights, theirs in zip(model.get_weights(), expected, strict=True):
            np.testing.assert_array_equal(weights, theirs)


def test_samples_of_data_have_the_shape_that_the_script_gives_to_fit(both):
    trained, reading, _ = both
    read = reading.experiment
    shape = getattr(trained.x, "shape", None)
    if shape is not None and read.data != PRESENT.data:
        assert np.prod(read.data.type.sample_shape) == np.prod(shape[1:])
