"""Files that would run code wherever they are trusted: each plants a visible effect, none is seen, each is named."""

import json
import os
import sys
import zipfile

import h5py
import keras
import pytest

from biasstudio.engine.build import build_network
from biasstudio.model_files.experiment import experiment_of
from biasstudio.model_files.reader import read_model_file
from biasstudio.spec.arguments import SpecError
from tests.experiments import moons
from tests.model_files.models import dense, entry, keras_file, legacy_file, model_of, with_lambda

L = keras.layers


def opened(path):
    """The file as far as it opens: what was read, and why its network can't be built."""
    contents = read_model_file(path)
    try:
        build_network(experiment_of(contents, moons()))
    except SpecError as error:
        return contents, str(error)
    return contents, ""


@pytest.fixture
def marker(tmp_path):
    return tmp_path / "this was run"


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_a_lambda_is_named_and_not_run_and_the_biases_are_shown(tmp_path, marker, suffix):
    path = tmp_path / f"evil{suffix}"
    with_lambda(marker).save(path)
    contents, reason = opened(path)
    assert reason == "The file's layer “evil” is a Lambda: it holds Python code, which Bias Studio never runs."
    assert [vector.path for vector in contents.vectors] == ["dense/bias"]
    assert [layer.class_name for layer in contents.layers][-1] == "Lambda"
    assert not marker.exists()


def test_a_lambda_that_keras_2_marshalled_is_not_run(tmp_path, marker):
    model = with_lambda(marker)
    code = json.loads(model.to_json())["config"]["layers"][-1]["config"]["function"]["config"]["code"]
    old = {
        "class_name": "Lambda",
        "config": {"name": "evil", "function": [code, None, None], "function_type": "lambda"},
    }
    first = {"class_name": "Dense", "config": {"name": "dense", "units": 3, "batch_input_shape": [None, 2]}}
    path = legacy_file(tmp_path / "old.h5", {"class_name": "Sequential", "config": {"layers": [first, old]}})
    contents, reason = opened(path)
    assert "“evil” is a Lambda" in reason
    assert contents.values.tolist() == [1, 2, 3]
    assert not marker.exists()


def spy(tmp_path, monkeypatch, marker):
    """A module on the path whose import leaves a mark."""
    (tmp_path / "planted.py").write_text(f"open({str(marker)!r}, 'w')\nclass Dense: pass\ndef call(*_): pass\n")
    monkeypatch.syspath_prepend(str(tmp_path))


OTHER_CODE = {
    "class of a planted module": (entry("Dense", "planted", name="evil"), ["“evil”", "planted"]),
    "class of keras by another module": (entry("Dense", "planted.keras.layers", name="evil"), ["planted"]),
    "function of the system": (
        dense(activation={"module": "os", "class_name": "function", "config": "system", "registered_name": "system"}),
        ["“dense”", "“system”", "“os”"],
    ),
    "planted function": (
        dense(activation={"module": "planted", "class_name": "function", "config": "call", "registered_name": "call"}),
        ["“call”", "“planted”"],
    ),
    "class of the system": (entry("Popen", "subprocess", name="evil", args=["touch", "x"]), ["Popen", "subprocess"]),
    "initializer": (dense(bias_initializer=entry("system", "os", command="touch x")), ["“dense”", "system", "os"]),
    "initializer hidden deep": (
        entry("TimeDistributed", name="outer", layer=dense(kernel_initializer=entry("Evil", "planted"))),
        ["Evil", "planted"],
    ),
    "model of another program": (entry("TFSMLayer", name="evil", filepath="model"), ["TFSMLayer", "“evil”"]),
    "torch": (entry("TorchModuleWrapper", name="evil", module="AAAA"), ["TorchModuleWrapper"]),
    "vocabulary": (entry("StringLookup", name="evil", vocabulary="/etc/passwd"), ["StringLookup", "vocabulary"]),
    "python lambda as activation": (
        dense(activation={"class_name": "__lambda__", "config": {"value": "4wEA"}}),
        ["“dense”", "lambda"],
    ),
    "type spec": (dense(x={"class_name": "__typespec__", "config": [], "spec_name": "x"}), ["__typespec__"]),
    "loader of keras": (entry("load_model", "keras.saving", name="evil", filepath="x"), ["load_model"]),
    "download of keras": (
        dense(activation={"module": "keras.utils", "class_name": "function", "config": "get_file"}),
        ["get_file", "keras.utils"],
    ),
}


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
@pytest.mark.parametrize("which", OTHER_CODE)
def test_other_code_is_named_and_neither_imported_nor_run(tmp_path, monkeypatch, marker, which, suffix):
    spy(tmp_path, monkeypatch, marker)
    calls = []
    monkeypatch.setattr(os, "system", lambda *arguments: calls.append(arguments))
    layer, parts = OTHER_CODE[which]
    make = keras_file if suffix == ".keras" else legacy_file
    contents, reason = opened(make(tmp_path / f"evil{suffix}", model_of(dense(), layer | {"x": 1})))
    assert all(part in reason for part in parts), reason
    assert reason.endswith(".")
    assert "\n" not in reason
    assert contents.values.tolist() == [1, 2, 3]
    assert "planted" not in sys.modules
    assert not calls
    assert not marker.exists()


def test_a_registered_custom_object_is_not_made_although_keras_would_find_it(tmp_path, marker):
    @keras.saving.register_keras_serializable("evil")
    class Marked(L.Dense):
        def __init__(self, **config):
            marker.touch()
            super().__init__(**config)

    for layer in (
        entry("Marked", "anywhere", "evil>Marked", name="custom", units=3),
        entry("Dense", "keras.layers", "evil>Marked", name="custom", units=3),
    ):
        path = keras_file(tmp_path / "custom.keras", model_of(dense(), layer))
        _, reason = opened(path)
        assert "custom" in reason
        assert "evil>Marked" in reason
        assert not marker.exists()


def test_a_model_class_of_ones_own_is_named_and_shown(tmp_path):
    config = {"module": "my.code", "class_name": "MyModel", "config": {}, "registered_name": "my>MyModel"}
    contents, reason = opened(keras_file(tmp_path / "own.keras", config))
    assert all(part in reason for part in ("MyModel", "my.code", "my>MyModel"))
    assert contents.layers == ()


def deep(levels):
    config = dense()
    for _ in range(levels):
        config = entry("TimeDistributed", name="outer", layer=config)
    return model_of(config)


def cyclic():
    """Two layers of which each is called on what the other gives."""

    def call(source):
        tensor = {"class_name": "__keras_tensor__", "config": {"shape": [None, 2], "dtype": "float32"}}
        tensor["config"]["keras_history"] = [source, 0, 0]
        return [{"args": [tensor], "kwargs": {}}]

    layers = [entry("InputLayer", name="in", batch_shape=[None, 2]) | {"name": "in", "inbound_nodes": []}]
    for name, source in (("dense", "other"), ("other", "dense")):
        layers.append(dense(name=name, units=2) | {"name": name, "inbound_nodes": call(source)})
    config = {"name": "m", "layers": layers, "input_layers": ["in", 0, 0], "output_layers": ["dense", 0, 0]}
    return entry("Functional", "keras.src.models.functional") | {"config": config}


@pytest.mark.parametrize(
    ("config", "part"),
    [
        (json.dumps(deep(5)).replace('"units": 3', '"units": ' + "[" * 5000 + "]" * 5000), "nested too deeply"),
        (deep(150), "nested too deeply"),
        (json.dumps(model_of(dense())).replace('"units": 3', '"units": NaN'), "NaN, which is not a number"),
        (json.dumps(model_of(dense()))[:-20], "not JSON"),
        ("[1, 2]", "is no object"),
    ],
    ids=["lists without end", "layers without end", "NaN", "cut off", "no object"],
)
def test_a_config_that_is_none_is_one_sentence(tmp_path, config, part):
    with pytest.raises(SpecError) as caught:
        read_model_file(keras_file(tmp_path / "config.keras", config))
    assert part in str(caught.value)
    assert "config.keras" in str(caught.value)
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize(
    ("config", "part"),
    [
        (cyclic(), "loops"),
        (model_of(dense(units=10**30)), "too large a number"),
        (model_of(dense(units=2_000_000_000)), "6,000,000,000 parameters"),
        (model_of(dense(units=-3)), "-3"),
        (model_of(dense(units="many")), "many"),
        (model_of(dense(unknown=1)), "unknown"),
        (model_of(*[dense(name=f"dense_{number}") for number in range(3001)]), "more than 3,000 layers"),
        (model_of(entry("SpectralNormalization", name="s", power_iterations=10**9, layer=dense())), "1,000,000,000"),
        (entry("Sequential", "keras", name="s", layers=[dense()]), "shape of its input"),
    ],
    ids=["circle", "huge", "large", "negative", "text", "unknown", "many", "rounds", "no input"],
)
def test_what_keras_cannot_build_is_one_sentence_and_its_biases_are_shown(tmp_path, config, part):
    contents, reason = opened(keras_file(tmp_path / "config.keras", config))
    assert part in reason
    assert "\n" not in reason
    assert len(reason) < 400
    assert contents.layers


def test_virtual_and_external_data_of_a_keras_file_are_refused(tmp_path):
    weights = tmp_path / "w.h5"
    with h5py.File(weights, "w") as file:
        file["layers/dense/vars/0"] = h5py.ExternalLink("/etc/passwd", "x")
    path = keras_file(tmp_path / "linked.keras", model_of(dense()), weights.read_bytes())
    with pytest.raises(SpecError, match="/etc/passwd"):
        read_model_file(path)
    assert zipfile.is_zipfile(path)
