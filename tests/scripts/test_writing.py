"""Written scripts build and train, bit for bit, what the experiment does."""

import ast
import contextlib
import hashlib
import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keras.src.utils import naming
from ruff import find_ruff_bin

from biasstudio import headless, open_run
from biasstudio.data_files.proposal import with_found
from biasstudio.engine.build import build_network
from biasstudio.model_files.experiment import experiment_of
from biasstudio.model_files.reader import read_model_file
from biasstudio.scripts.keras_names import KerasNames
from biasstudio.scripts.reading import read_script
from biasstudio.scripts.source_text import laid_out
from biasstudio.scripts.writing import save_script, write_script
from biasstudio.scripts.written_layers import layer_expression
from biasstudio.scripts.written_training import compile_line
from biasstudio.spec.arguments import SpecError
from biasstudio.spec.data_sets import DataSet
from biasstudio.spec.experiment import Experiment, Training, save_experiment
from biasstudio.spec.initializers import Initializer
from biasstudio.spec.keras_config import layer_to_keras
from biasstudio.spec.layers import layer_types
from biasstudio.spec.learning import WHO_LEARNS
from biasstudio.spec.losses import LABEL, LOSS_TYPES
from biasstudio.spec.stack import Layer, Stack
from biasstudio.spec.weights_file import WeightsFile
from tests.engine.layer_samples import input_of, sample
from tests.experiments import moons, tutorial
from tests.model_files import models
from tests.scripts.building import assert_builds_the_same, network_of
from tests.scripts.stacks import sequence_stacks
from tests.spec.strategies import experiments, layers, trainings

TARGETS = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.5, 0.5], [0.25, 0.25, 0.5]], np.float32)
NORMAL = Initializer.of("RandomNormal", stddev=0.2)
TUTORIAL = """import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(0)

with np.load("mnist_5k.npz") as data:
    x = data["x"][..., np.newaxis].astype("float32") / 255
    y = data["y"].astype("int32") % 2

model = keras.Sequential(
    [
        keras.Input(shape=(28, 28, 1)),
        layers.Conv2D(32, 3, activation="relu", bias_initializer="he_normal"),
        layers.Flatten(),
        layers.Dense(10, activation="relu"),
        layers.Dense(1, activation="softmax"),
    ]
)

model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
model.fit(x, y, epochs=3, validation_split=0.1)
"""


def test_the_tutorial_is_written_as_a_person_would():
    assert write_script(tutorial()).text == TUTORIAL


# A layer's chance, or what it starts with, is drawn when it is made.
DRAWING = [
    name
    for name, kind in layer_types().items()
    if not kind.part and (kind.nested or any(a.kind == "initializer" or a.name == "seed" for a in kind.arguments))
]


@pytest.mark.parametrize("name", DRAWING)
def test_every_layer_that_draws_starts_with_the_same_values(name):
    layer = sample(name)
    initializers = [argument.name for argument in layer.type.arguments if argument.kind == "initializer"]
    # The last one is made at once, and those before it must not be drawn after it.
    layer = layer.change(**dict.fromkeys(initializers[-1:], NORMAL))
    assert_builds_the_same(replace(moons(seed=7), stack=Stack(input_of(name), (layer,)).add("Dense", units=2)))


@settings(max_examples=30)
@given(sequence_stacks(most=4), st.booleans())
def test_random_stacks_start_with_the_same_values_and_let_the_same_learn(stack, biases_only):
    assert_builds_the_same(replace(moons(seed=3, biases_only=biases_only), stack=stack))


@pytest.mark.parametrize("learns", [*WHO_LEARNS, "BitFit"])
def test_who_learns(learns):
    stack = Stack((3, 4)).add("Dense", units=4).add("LSTM", units=4, return_sequences=True).add("BatchNormalization")
    stack = stack.add("BatchNormalization", center=False).add("Dense", units=4, use_bias=False).add("PReLU")
    wrapped = Layer.of("BatchNormalization", "batch_normalization")
    stack = stack.add("TimeDistributed", layer=wrapped).add("MultiHeadAttention", key_dim=2)
    for layer in stack.layers if learns in WHO_LEARNS else ():
        stack = stack.let_learn(layer.name, learns)
    assert_builds_the_same(replace(moons(biases_only=learns == "BitFit"), stack=stack))


def test_names_that_keras_counts_otherwise():
    """Inside a wrapper a layer is made first; an attention layer makes a Softmax and a Dropout of its own."""
    stack = Stack((3, 4)).add("TimeDistributed").add("Dense", units=4).add("MultiHeadAttention", key_dim=2)
    stack = stack.add("Dropout").add("Softmax").add("Bidirectional").add("Dense")
    experiment = replace(moons(), stack=stack)
    assert_builds_the_same(experiment)
    text = write_script(experiment).text
    assert 'layers.Dropout(0.5, name="dropout")' in text
    assert 'layers.Dense(4, name="dense")' in text


@settings(max_examples=100)
@given(layers(name="tried"))
def test_every_layer_is_made_with_the_same_arguments(layer):
    expression = laid_out(layer_expression(layer, KerasNames()))
    naming.reset_uids()
    try:
        wanted = keras.layers.deserialize(layer_to_keras(layer))
    except (ValueError, TypeError):
        # Not all arguments fit each other; then the script says so too.
        with pytest.raises((ValueError, TypeError)):
            made(expression)
        return
    assert comparable(made(expression).get_config()) == comparable(wanted.get_config())


def comparable(config):
    """Tuples as lists; how an initializer was given, by its name or as an object, makes no difference."""
    return json.loads(json.dumps(config, default=str))


def test_scripts_are_laid_out_as_ruff_does(tmp_path):
    @settings(max_examples=150, database=None)
    @given(experiments().filter(lambda experiment: bool(experiment.stack.layers)))
    def write(experiment):
        plain = replace(experiment, weights=None, data=DataSet.of("xor"))
        text = write_script(plain).text
        (tmp_path / f"s{abs(hash(text))}.py").write_text(text, encoding="utf-8")

    write()
    # All at once: starting ruff takes longer than its work.
    for arguments in (("format", "--line-length", "88", "--diff"), ("check", "--select", "F,I,W,UP,C4,SIM,RET")):
        done = subprocess.run(
            [find_ruff_bin(), *arguments, "--isolated", tmp_path], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout


def test_names_are_only_ever_texts(tmp_path):
    hostile = tmp_path / "');import os#\"\n.npz"
    np.savez(hostile, x=np.ones((4, 2)), y=np.arange(4) % 2)
    data = with_found("npz", {"path": str(hostile)})
    text = write_script(replace(moons(), data=data), tmp_path).text
    calls = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Import | ast.ImportFrom)]
    assert [ast.unparse(node) for node in calls] == [
        "import keras",
        "import numpy as np",
        "from keras import layers",
    ]
    assert any(isinstance(node, ast.Constant) and node.value == hostile.name for node in ast.walk(ast.parse(text)))


@settings(max_examples=30)
@given(trainings())
def test_optimizer_and_loss_are_made_with_the_same_settings(training):
    compiled = ast.parse(compile_line(replace(moons(), training=training))).body[0].value
    optimizer, loss = (ast.unparse(keyword.value) for keyword in compiled.keywords[:2])
    settings = dict(training.optimizer_settings)
    try:
        wanted = getattr(keras.optimizers, training.optimizer)(learning_rate=training.learning_rate, **settings)
    except ValueError as error:
        # Not all settings fit each other; then the script says so too.
        with pytest.raises(ValueError, match=re.escape(str(error))):
            made(optimizer)
    else:
        assert keras.optimizers.get(made(optimizer)).get_config() | {"name": ""} == wanted.get_config() | {"name": ""}
    wanted_loss = getattr(keras.losses, LOSS_TYPES[training.loss].class_name)(**dict(training.loss_settings))
    labels = LOSS_TYPES[training.loss].target == LABEL
    y, out = (np.array([0, 1, 1, 2]) if labels else TARGETS), TARGETS[::-1] * 0.5 + 0.125
    used = keras.losses.get(made(loss))
    value = used(y, out) if isinstance(used, keras.losses.Loss) else keras.ops.mean(used(y, out))
    assert np.asarray(value) == np.asarray(wanted_loss(y, out))


def made(expression):
    return eval(expression, {"keras": keras, "layers": keras.layers})  # noqa: S307 - we wrote it


WHOLE = {
    "chance": replace(
        moons(seed=3, epochs=1, batch_size=50),
        stack=Stack((2,))
        .add("Dense", units=8, activation="relu", bias_initializer=NORMAL)
        .add("Dropout")
        .add("BatchNormalization")
        .add("GaussianNoise")
        .add("Dense", units=1, activation="sigmoid")
        .let_learn("dense", "biases"),
    ),
    "attention": replace(
        moons(
            seed=3, epochs=1, batch_size=90, biases_only=True, optimizer="AdamW", loss_settings={"label_smoothing": 0.1}
        ),
        stack=Stack((2,))
        .add("RepeatVector", n=3)
        .add("MultiHeadAttention", num_heads=2, key_dim=2, dropout=0.1, bias_initializer=NORMAL)
        .add("Bidirectional")
        .add("BatchNormalization")
        .add("Dense", units=1, activation="sigmoid"),
    ),
}


@pytest.mark.parametrize("name", WHOLE)
def test_run_by_python_it_gives_the_recorded_biases_bit_for_bit(name, tmp_path):
    assert_records_the_same(WHOLE[name], tmp_path)


@pytest.mark.parametrize(
    ("labels", "loss", "units"),
    [((2, 0, 1), "sparse_categorical_crossentropy", 3), ((1, -1), "binary_crossentropy", 1)],
)
def test_a_table_whose_first_row_is_not_of_the_lowest_class(labels, loss, units, tmp_path):
    rng = np.random.default_rng(3)
    rows = [(*rng.normal(labels[row % len(labels)], 1, 2).round(3), labels[row % len(labels)]) for row in range(60)]
    text = "".join(f"{a},{b},{label}\n" for a, b, label in rows)
    (tmp_path / "own.csv").write_text(f"a,b,y\n{text}", encoding="utf-8")
    data = with_found("csv", {"path": str(tmp_path / "own.csv"), "target": "y", "task": "classes"})
    stack = Stack((2,)).add("Dense", units=units, activation="softmax" if units > 1 else "sigmoid")
    training = Training(loss, "SGD", 0.5, epochs=3, batch_size=10, seed=2)
    assert_records_the_same(Experiment(stack, data, training), tmp_path)


def assert_records_the_same(experiment, folder):
    """The script, run by Python in its own process, goes through the very biases that are recorded here."""
    save_script(experiment, folder / "script.py")
    save_experiment(experiment, folder / "e.biasexp")
    assert headless.train_file(folder / "e.biasexp", folder / "run.biasrun", 10**9, overwrite=False) == 0
    done = subprocess.run(
        [sys.executable, str(Path(__file__).parent / "record_biases.py"), "script.py", "out.npz"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    with open_run(folder / "run.biasrun") as run, np.load(folder / "out.npz") as found:
        scripts = {path.removeprefix("sequential/"): found[path] for path in found}
        assert set(scripts) == {vector.path for vector in run.vectors}
        for path, values in scripts.items():
            assert len(values) == len(run.steps) > 9
            np.testing.assert_array_equal(values.reshape(len(values), -1), run[path].reshape(len(values), -1))


@pytest.mark.parametrize("suffix", [".keras", ".h5", ".weights.h5"])
def test_weights_of_a_file(suffix, tmp_path):
    path = tmp_path / f"start{suffix}"
    start = replace(moons(seed=11), stack=moons().stack.add("Dropout", 1))
    model = build_network(start).model
    (model.save_weights if suffix == ".weights.h5" else model.save)(path)
    experiment = replace(start, training=moons(seed=1).training, weights=WeightsFile(path, sha256_of(path)))
    text = write_script(experiment, tmp_path).text
    assert f'model.load_weights("start{suffix}")' in text
    assert_starts_the_same(experiment, text, tmp_path)
    reading = read_script(text, tutorial(), tmp_path)
    assert (reading.experiment, reading.notes) == (experiment, ())


def test_weights_of_the_layers_that_a_file_has(tmp_path):
    path = tmp_path / "start.keras"
    model = build_network(moons(seed=11)).model
    model.save(path)
    stack = moons().stack.add("Dense", 0, units=2).add("Dropout", 1).change("dense_1", units=1)
    experiment = replace(moons(seed=1), stack=stack, weights=WeightsFile(path, sha256_of(path)))
    text = write_script(experiment, tmp_path).text
    assert_starts_the_same(experiment, text, tmp_path)
    np.testing.assert_array_equal(run_there(text, tmp_path).get_layer("dense").get_weights()[0], model.get_weights()[0])
    reading = read_script(text, tutorial(), tmp_path)
    assert (reading.experiment, reading.notes) == (experiment, ())


def test_weights_that_are_loaded_after_training_are_no_start(tmp_path):
    build_network(moons()).model.save(tmp_path / "best.keras")
    loading = 'model.load_weights("best.keras")\n'
    text = write_script(moons(seed=1)).text
    before = text.replace("model.fit(", f"{loading}model.fit(")
    assert read_script(before, tutorial(), tmp_path).experiment.weights.path == tmp_path / "best.keras"
    assert read_script(text + loading, tutorial(), tmp_path).experiment == moons(seed=1)
    late = 'for variable in model.trainable_variables:\n    variable.trainable = variable.name in ("bias", "beta")\n'
    early = text.replace("model.compile(", f"{late}model.compile(")
    assert read_script(early, tutorial()).experiment == moons(seed=1, biases_only=True)
    assert read_script(text.replace("model.fit(", f"{late}model.fit("), tutorial()).experiment == moons(seed=1)


def test_weights_alone_of_other_layers_are_refused(tmp_path):
    path = tmp_path / "only.weights.h5"
    build_network(moons()).model.save_weights(path)
    experiment = replace(moons(), stack=moons().stack.add("Dense", 0), weights=WeightsFile(path, sha256_of(path)))
    with pytest.raises(SpecError, match=r"only\.weights\.h5, which holds weights alone"):
        write_script(experiment)


def test_a_network_that_is_a_files_own(tmp_path):
    path = tmp_path / "branches.keras"
    models.branches().save(path)
    experiment = experiment_of(read_model_file(path), moons(seed=4, epochs=3))
    assert experiment.weights.whole
    text = write_script(experiment, tmp_path).text
    assert_starts_the_same(experiment, text, tmp_path)
    reading = read_script(text, tutorial(), tmp_path)
    assert (reading.experiment, reading.notes) == (experiment, ())


def test_a_file_that_changed_is_refused(tmp_path):
    path = tmp_path / "start.keras"
    build_network(moons()).model.save(path)
    experiment = replace(moons(), weights=WeightsFile(path, "0" * 64))
    with pytest.raises(SpecError, match="its content is another"):
        write_script(experiment)


def sha256_of(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def run_there(text, folder):
    with contextlib.chdir(folder):
        return network_of(text)


def assert_starts_the_same(experiment, text, folder):
    wanted = build_network(experiment).model
    found = run_there(text, folder)
    for one, other in zip(wanted.variables, found.variables, strict=True):
        np.testing.assert_array_equal(np.asarray(one), np.asarray(other), err_msg=one.path)
