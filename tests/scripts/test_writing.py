"""Written scripts build and train, bit for bit, what the experiment does."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from biasstudio import open_run
from biasstudio.engine.data import load_samples
from biasstudio.scripts.writing import save_script, write_script
from biasstudio.spec.arguments import SpecError
from biasstudio.spec.data_sets import GIVEN_TYPES, DataSet
from biasstudio.spec.experiment import Training, save_experiment
from biasstudio.spec.initializers import Initializer
from biasstudio.spec.layers import layer_types
from biasstudio.spec.stack import Stack
from tests.engine.layer_samples import input_of, sample
from tests.experiments import moons, tutorial
from tests.scripts.running import assert_builds_the_same
from tests.scripts.stacks import sequence_stacks
from tests.spec.strategies import experiments

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
    layer = layer.change(**{each: NORMAL for each in initializers[-1:]})
    assert_builds_the_same(replace(moons(seed=7), stack=Stack(input_of(name), (layer,)).add("Dense", units=2)))


@settings(max_examples=12)
@given(sequence_stacks(most=4), st.booleans())
def test_random_stacks_start_with_the_same_values_and_let_the_same_learn(stack, biases_only):
    assert_builds_the_same(replace(moons(seed=3, biases_only=biases_only), stack=stack))


@settings(max_examples=150)
@given(layers(name="tried"))
def test_every_layer_is_made_with_the_same_arguments(layer):
    expression = laid_out(layer_expression(layer, KerasNames()))
    try:
        wanted = keras.layers.deserialize(layer_to_keras(layer))
    except (ValueError, TypeError):
        # Not all arguments fit each other; then the script says so too.
        with pytest.raises((ValueError, TypeError)):
            eval(expression, {"keras": keras, "layers": keras.layers})  # noqa: S307 - we wrote it
        return
    made = eval(expression, {"keras": keras, "layers": keras.layers})  # noqa: S307 - we wrote it
    assert comparable(made.get_config()) == comparable(wanted.get_config())


def comparable(config):
    """Tuples as lists; how an initializer was given, by its name or as an object, makes no difference."""
    return json.loads(json.dumps(config, default=str))


@settings(max_examples=60)
@given(st.lists(experiments().filter(lambda e: bool(e.stack.layers)), min_size=1, max_size=12))
def test_scripts_are_laid_out_as_ruff_does(written):
    with tempfile.TemporaryDirectory() as folder:
        for place, experiment in enumerate(written):
            plain = replace(experiment, weights=None, data=DataSet.of("xor"))
            Path(folder, f"script{place}.py").write_text(write_script(plain).text, encoding="utf-8")
        checked = subprocess.run(
            [RUFF, "format", "--isolated", "--line-length", "88", "--diff", folder], capture_output=True, text=True
        )
        assert checked.returncode == 0, checked.stdout


@pytest.mark.parametrize("name", [name for name in GIVEN_TYPES if "_" in name or name == "xor"])
def test_data(name): ...
