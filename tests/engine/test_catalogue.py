"""What resources/layers.json says of Keras's layers is what the installed Keras itself says."""

import importlib.util
import inspect
import json
import sys
from pathlib import Path

import keras
import numpy as np
import pytest

from biasstudio.resource_files import resource_path
from biasstudio.spec.constraints import CONSTRAINT_TYPES
from biasstudio.spec.keras_config import layer_to_keras
from biasstudio.spec.layers import layer_types
from biasstudio.spec.regularizers import REGULARIZER_TYPES
from biasstudio.spec.stack import Layer
from tests.engine.layer_samples import input_of, sample

PACKAGING = Path(__file__).resolve().parent.parent.parent / "packaging"


@pytest.fixture(scope="module")
def maker():
    """packaging/make_layer_catalogue.py as a module."""
    path = list(sys.path)
    spec = importlib.util.spec_from_file_location("make_layer_catalogue", PACKAGING / "make_layer_catalogue.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    sys.path[:] = path
    return module


def test_the_file_is_what_the_script_makes_of_the_installed_keras(maker):
    written = json.loads(resource_path("layers.json").read_text(encoding="utf-8"))
    # Where Keras has gained an argument or another default, run the script and look at what it changed.
    assert maker.catalogue() == written


def test_every_layer_of_keras_with_a_bias_is_in_the_catalogue(maker):
    known = {getattr(keras.layers, name) for name in layer_types()}
    assert {getattr(keras.layers, name) for name in maker.layers_with_bias()} <= known
    assert len(maker.layers_with_bias()) > 20


def test_a_layer_that_keras_gains_would_be_seen(maker, monkeypatch):
    class NewDense(keras.layers.Layer):
        def __init__(self, units, bias_initializer="zeros", **kwargs):
            super().__init__(**kwargs)
            self.given = units, bias_initializer

    monkeypatch.setattr(keras.layers, "NewDense", NewDense, raising=False)
    assert "NewDense" in maker.layers_with_bias()


def test_an_argument_or_a_default_that_keras_changes_would_be_seen(maker, monkeypatch):
    class GaussianNoise(keras.layers.GaussianNoise):
        def __init__(self, stddev, seed=7, **kwargs):
            super().__init__(stddev, seed, **kwargs)

    monkeypatch.setattr(keras.layers, "GaussianNoise", GaussianNoise)
    assert maker.catalogue() != json.loads(resource_path("layers.json").read_text(encoding="utf-8"))

    class Loud(keras.layers.GaussianNoise):
        def __init__(self, stddev, seed=None, volume=1, **kwargs):
            super().__init__(stddev, seed, **kwargs)
            self.volume = volume

    monkeypatch.setattr(keras.layers, "GaussianNoise", Loud)
    with pytest.raises(KeyError, match="GaussianNoise: nothing is noted of the argument volume"):
        maker.catalogue()


def signature_of(keras_class: type) -> dict[str, inspect.Parameter]:
    return {
        name: parameter
        for name, parameter in inspect.signature(keras_class.__init__).parameters.items()
        if name not in ("self", "name") and parameter.kind not in (parameter.VAR_KEYWORD, parameter.VAR_POSITIONAL)
    }


@pytest.mark.parametrize("name", list(layer_types()))
def test_every_argument_is_offered_or_fixed_for_a_reason(name):
    entry = layer_types()[name]
    signature = signature_of(getattr(keras.layers, name))
    written = json.loads(json.dumps(keras.layers.serialize(_in_keras(Layer.of(name, "tried")))))["config"]
    offered = {argument.name for argument in entry.arguments}
    assert set(signature) | set(written) - {"name"} <= offered | set(entry.fixed)
    assert not offered & set(entry.fixed)
    assert all(entry.reasons[key].endswith(".") for key in entry.fixed)
    assert {argument.name for argument in entry.arguments if argument.required} == {
        key for key, parameter in signature.items() if parameter.default is parameter.empty
    }
    # What is fixed is what Keras writes.
    for key in set(written) & set(entry.fixed) - {"dtype"}:
        assert written[key] == entry.fixed[key], key


@pytest.mark.parametrize("name", list(layer_types()))
def test_the_defaults_are_those_of_keras(name):
    entry = layer_types()[name]
    required = {argument.name: argument.default for argument in entry.arguments if argument.required}
    for argument in entry.nested:
        required |= {argument.name: getattr(keras.layers, argument.default)(10)} if argument.required else {}
    plain = getattr(keras.layers, name)(**required, name="tried")
    ours = _in_keras(Layer.of(name, "tried"))
    assert _without_names(ours.get_config()) == _without_names(plain.get_config())


def _in_keras(layer: Layer):
    return keras.layers.deserialize(layer_to_keras(layer))


def _without_names(config: object) -> object:
    if isinstance(config, dict):
        return {key: _without_names(value) for key, value in config.items() if key != "name"}
    return [_without_names(part) for part in config] if isinstance(config, list | tuple) else config


def test_every_activation_of_keras_is_offered_or_left_out_for_a_reason(maker):
    values = keras.ops.convert_to_tensor(np.linspace(-2, 2, 12, dtype=np.float32).reshape(2, 6))
    offered = layer_types()["Dense"].argument("activation").choices
    for name in offered:
        assert keras.activations.get(name).__name__ == name
        assert keras.activations.get(name)(values).shape == (2, 6)
    public = (getattr(keras.activations, name) for name in dir(keras.activations))
    names = {each.__name__ for each in public if inspect.isfunction(each)} - {"get", "serialize", "deserialize"}
    assert names - set(offered) == set(maker.notes.ACTIVATIONS_LEFT_OUT) == {"glu", "threshold"}
    assert keras.activations.glu(values).shape == (2, 3)
    with pytest.raises(TypeError):
        keras.activations.threshold(values)


CHOICES = [
    (entry.name, argument.name, choice)
    for entry in layer_types().values()
    for argument in entry.arguments
    for choice in argument.choices
    if argument.kind == "choice" and len(argument.choices) < 20 and not entry.part
]


@pytest.mark.parametrize(("name", "argument", "choice"), CHOICES)
def test_keras_takes_every_choice(name, argument, choice):
    layer = _in_keras(sample(name, **{argument: choice}))
    assert layer(np.ones((2, *input_of(name)), np.float32), training=True).shape[0] == 2


@pytest.mark.parametrize(
    ("module", "types"), [(keras.regularizers, REGULARIZER_TYPES), (keras.constraints, CONSTRAINT_TYPES)]
)
def test_regularizers_and_constraints_are_those_of_keras(module, types):
    base = module.Regularizer if module is keras.regularizers else module.Constraint
    public = {getattr(module, name) for name in dir(module) if inspect.isclass(getattr(module, name))}
    assert {each.__name__ for each in public if each is not base and issubclass(each, base)} == set(types)
    for name, entry in types.items():
        signature = signature_of(getattr(module, name)) if entry.parameters else {}
        assert {each.name: each.default for each in entry.parameters} == {
            key: parameter.default for key, parameter in signature.items()
        }
