"""Networks that start from a model's file, and models that are written: equal to what Keras itself loads."""

import os
import subprocess
import sys
from dataclasses import replace

import h5py
import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from biasstudio.engine.build import build_network
from biasstudio.engine.data import load_samples
from biasstudio.engine.save_model import save_model, write_model_file
from biasstudio.engine.train import recorder_of, train
from biasstudio.model_files.experiment import experiment_of, fits_somewhere, starting_from
from biasstudio.model_files.reader import read_model_file
from biasstudio.spec.arguments import SpecError
from biasstudio.spec.experiment import load_experiment, save_experiment
from biasstudio.spec.stack import Layer, Stack
from tests.experiments import moons, tutorial
from tests.model_files import models
from tests.spec.strategies import LAYER_NAMES, initializers


def trained(experiment):
    network = build_network(experiment)
    with recorder_of(network) as recorder:
        train(network, experiment.training, lambda: False, recorder)
    return network


def values(model):
    return [np.array(weights) for weights in model.get_weights()]


def assert_equal(ours, theirs):
    for one, other in zip(ours, theirs, strict=True):
        np.testing.assert_array_equal(one, other)


def fit(script, experiment):
    """As a script trains on the experiment's data."""
    samples, validation = load_samples(experiment).split(0.1)
    script.fit(samples.x, samples.y, 32, 2, verbose=0, validation_data=(validation.x, validation.y))


@pytest.fixture
def saved(tmp_path):
    """The moons network, trained, in a file, and its values."""
    network = trained(moons())
    path = tmp_path / "moons.keras"
    save_model(network.model, path)
    return path, values(network.model)


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_step_0_is_what_was_saved_and_training_goes_on_from_there(tmp_path, suffix):
    network = trained(moons())
    path = tmp_path / f"moons{suffix}"
    save_model(network.model, path)
    contents = read_model_file(path)
    assert contents.stack == moons().stack
    experiment = experiment_of(contents, moons())
    assert experiment.training == moons().training
    again = build_network(experiment)
    assert_equal(values(again.model), values(network.model))
    np.testing.assert_array_equal(again.history.frame(0), network.history.frame(network.history.last_step))
    if suffix == ".h5":
        return
    keras.utils.set_random_seed(0)
    script = keras.models.load_model(path, compile=False)
    optimizer = keras.optimizers.Adam(0.01)
    script.compile(optimizer, "binary_crossentropy", metrics=["accuracy"])
    fit(script, experiment)
    assert_equal(values(trained(experiment).model), values(script))


@st.composite
def small_stacks(draw):
    names = draw(st.lists(LAYER_NAMES, min_size=1, max_size=4, unique=True))
    activations = st.sampled_from(["linear", "relu", "tanh", "softplus"])
    layers = []
    for name in names:
        kind = draw(st.sampled_from(["Dense", "Dense", "BatchNormalization", "Dropout", "Activation"]))
        if kind == "Dense":
            bias, kernel = draw(initializers(fits_vectors=True)), draw(initializers(fits_vectors=True))
            length = bias.get("value") if bias.name == "Constant" else 0
            units = len(length) if isinstance(length, tuple) else draw(st.integers(1, 5))
            # A list fits a kernel only by chance.
            kernel = bias.of("Ones") if kernel.name == "Constant" else kernel
            layers.append(
                Layer.of(
                    kind,
                    name,
                    units=units,
                    activation=draw(activations),
                    use_bias=draw(st.booleans()),
                    bias_initializer=bias,
                    kernel_initializer=kernel,
                )
            )
        elif kind == "BatchNormalization":
            layers.append(Layer.of(kind, name, center=draw(st.booleans()), scale=draw(st.booleans())))
        elif kind == "Dropout":
            layers.append(Layer.of(kind, name, rate=draw(st.floats(0, 0.9))))
        else:
            layers.append(Layer.of(kind, name, activation=draw(activations)))
    return Stack(draw(st.tuples(st.integers(1, 6))), tuple(layers))


@given(stack=small_stacks(), suffix=st.sampled_from([".keras", ".h5"]))
@settings(max_examples=10)
def test_a_stack_comes_back_from_its_file_with_its_values(tmp_path_factory, stack, suffix):
    path = tmp_path_factory.mktemp("stack") / f"model{suffix}"
    network = build_network(replace(moons(), stack=stack))
    for variable in network.model.weights:
        variable.assign(np.random.default_rng(len(stack.layers)).normal(size=variable.shape))
    save_model(network.model, path)
    contents = read_model_file(path)
    assert contents.stack == stack
    again = build_network(experiment_of(contents, moons()))
    assert again.starting_anew == ()
    assert_equal(values(again.model), values(network.model))
    assert [vector.path for vector in contents.vectors] == [vector.path for vector in network.history.vectors]
    np.testing.assert_array_equal(again.history.frame(0), contents.values)


@pytest.mark.parametrize("suffix", [".keras", ".h5", ".weights.h5"])
def test_layers_that_were_changed_since_start_anew_and_are_named(tmp_path, suffix):
    network = trained(moons())
    path = tmp_path / f"moons{suffix}"
    network.model.save_weights(path) if suffix == ".weights.h5" else save_model(network.model, path)
    first = moons().stack.layers[0]
    stack = Stack((2,), (first,)).add("Dropout").add("Dense", units=5).rename("dense_1", "new")
    changed = starting_from(read_model_file(path), replace(moons(), stack=stack))
    built = build_network(changed)
    assert built.starting_anew == ("new starts anew: the file has no layer of this name.",)
    assert_equal(values(built.model)[:2], values(network.model)[:2])
    fresh = build_network(replace(changed, weights=None))
    assert_equal(values(built.model)[2:], values(fresh.model)[2:])
    wider = starting_from(read_model_file(path), replace(moons(), stack=moons().stack.change("dense", units=9)))
    assert build_network(wider).starting_anew == (
        "dense starts anew: its shape is another than in the file.",
        "dense_1 starts anew: its shape is another than in the file.",
    )


def test_weights_of_other_networks_are_not_offered(saved):
    contents = read_model_file(saved[0])
    for stack, fits in (
        (moons().stack, True),
        (moons().stack.change("dense", units=9), False),
        (Stack((2,)).add("Dense", units=8), True),
        (Stack((2,)).add("Dense", units=8).rename("dense", "another"), False),
        (tutorial().stack, False),
    ):
        network = build_network(replace(tutorial(), stack=stack))
        assert fits_somewhere(contents, {layer.name: layer.parameters for layer in network.layers}) == fits
        anew = build_network(starting_from(contents, network.experiment)).starting_anew
        assert (len(anew) < sum(layer.parameters > 0 for layer in network.layers)) == fits


def test_a_file_that_is_gone_or_another_is_one_sentence(saved):
    path, _ = saved
    experiment = experiment_of(read_model_file(path), moons())
    write_model_file(moons(seed=5), path)
    with pytest.raises(SpecError, match="its content is another"):
        build_network(experiment)
    path.unlink()
    with pytest.raises(SpecError, match="can't be read: No such file"):
        build_network(experiment)


def test_an_experiment_and_its_file_can_move_together(saved, tmp_path):
    path, expected = saved
    below = tmp_path / "weights"
    below.mkdir()
    path = path.rename(below / path.name)
    experiment = experiment_of(read_model_file(path), moons())
    save_experiment(experiment, tmp_path / "experiment.biasexp")
    assert '"path": "weights/moons.keras"' in (tmp_path / "experiment.biasexp").read_text()
    moved = tmp_path.rename(tmp_path.with_name(f"{tmp_path.name}-moved"))
    assert_equal(values(build_network(load_experiment(moved / "experiment.biasexp")).model), expected)


@pytest.mark.parametrize("name", ["branches", "chain"])
def test_a_model_of_keras_own_parts_trains_as_keras_trains_it(tmp_path, name):
    model = getattr(models, name)()
    path = tmp_path / f"{name}.keras"
    model.save(path)
    experiment = experiment_of(read_model_file(path), moons())
    experiment = replace(experiment, training=replace(experiment.training, loss="mean_squared_error"))
    network = trained(experiment)
    keras.utils.set_random_seed(0)
    script = keras.models.load_model(path, compile=False)
    script.compile(keras.optimizers.Adam(0.01), "mean_squared_error")
    fit(script, experiment)
    assert_equal(values(network.model), values(script))
    assert network.history.last_step == 58


def test_a_model_with_two_inputs_says_why_it_does_not_train(tmp_path):
    inputs = [keras.Input((2,)), keras.Input((2,))]
    path = tmp_path / "two.keras"
    keras.Model(inputs, keras.layers.Dense(1)(keras.layers.Add()(inputs))).save(path)
    contents = read_model_file(path)
    assert [vector.path for vector in contents.vectors] == ["dense/bias"]
    with pytest.raises(SpecError, match="2 inputs"):
        experiment_of(contents, moons())


LOADING = """
import sys
import keras, numpy as np
for path in sys.argv[1:]:
    model = keras.models.load_model(path)
    assert "biasstudio" not in sys.modules
    state = [np.asarray(variable) for variable in model.optimizer.variables]
    np.savez(path + ".npz", *model.get_weights(), *state)
    if path.endswith(".keras"):
        model.fit(np.zeros((8, 2)), np.zeros(8), verbose=0)
"""


def test_a_written_model_opens_in_a_process_without_bias_studio(tmp_path):
    network = trained(moons())
    paths = [tmp_path / "model.keras", tmp_path / "model.h5"]
    for path in paths:
        save_model(network.model, path)
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    subprocess.run([sys.executable, "-c", LOADING, *paths], cwd=tmp_path, env=environment, check=True, timeout=100)
    weights = values(network.model)
    state = [np.asarray(variable) for variable in network.model.optimizer.variables]
    assert len(state) == 10
    for path in paths:
        with np.load(f"{path}.npz") as found:
            loaded = [found[name] for name in found.files]
        # Keras writes the optimizer's state to .h5 too, doesn't load it, and then trains only once compiled anew.
        expected = weights + state if path.suffix == ".keras" else weights + state[:2]
        assert_equal(loaded[: len(expected)], expected)
    with h5py.File(paths[1]) as file:
        stored = [file["optimizer_weights"][name][()] for name in file["optimizer_weights"].attrs["weight_names"]]
    assert_equal(stored, state)


def test_a_model_is_written_whole_or_not_at_all(tmp_path, monkeypatch):
    network = build_network(moons())
    path = tmp_path / "model.keras"
    path.write_text("the older one")

    def fail(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(type(network.model), "save", fail)
    with pytest.raises(SpecError, match="can't be written: No space left"):
        save_model(network.model, path)
    assert path.read_text() == "the older one"
    assert list(tmp_path.iterdir()) == [path]
    with pytest.raises(SpecError, match="can't be written"):
        save_model(network.model, tmp_path / "none" / "model.keras")
    with pytest.raises(SpecError, match=r"ends in \.keras or \.h5"):
        save_model(network.model, tmp_path / "model.txt")
