"""Experiments and their file: what is written comes back equal, and anything else gets one sentence."""

import errno
import json
import os
import stat
import sys
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from biasstudio.resource_files import resource_path
from biasstudio.spec.arguments import SpecError
from biasstudio.spec.data_sets import DataSet
from biasstudio.spec.experiment import (
    MAXIMUM_FILE_BYTES,
    Experiment,
    Training,
    experiment_from_json,
    experiment_to_json,
    load_experiment,
    save_experiment,
)
from biasstudio.spec.initializers import Initializer
from biasstudio.spec.optimizers import OPTIMIZER_TYPES
from biasstudio.spec.stack import Stack
from tests.spec.strategies import JSON_VALUES, data_sets, experiments, trainings


def tutorial() -> Experiment:
    stack = (
        Stack((28, 28, 1))
        .add("Conv2D", bias_initializer=Initializer.of("HeNormal", seed=7))
        .add("MaxPooling2D")
        .add("Flatten")
        .add("Dropout")
        .add("Dense", units=3, bias_initializer=Initializer.of("Constant", value=(0.1, 0.2, 0.3)))
        .add("BatchNormalization")
        .add("Dense", units=1, activation="sigmoid")
    )
    return Experiment(stack, DataSet.of("mnist_one_digit", digit=4), Training())


TEXT = experiment_to_json(tutorial())


def refusal_of(text: str) -> SpecError:
    with pytest.raises(SpecError) as refusal:
        experiment_from_json(text)
    assert len(str(refusal.value)) < 600
    return refusal.value


def changed(*path: str | int, to: object) -> str:
    document = json.loads(TEXT)
    *parents, last = path
    node = document
    for key in parents:
        node = node[key]
    node[last] = to
    return json.dumps(document)


def layer(index: int, key: str) -> tuple[str | int, ...]:
    return ("model", "config", "layers", index, "config", key)


@given(experiments())
def test_what_is_written_comes_back_equal(experiment):
    text = experiment_to_json(experiment)
    assert experiment_from_json(text) == experiment
    assert experiment_to_json(experiment_from_json(text)) == text


def test_the_file_is_readable_json_with_a_keras_config_in_it():
    document = json.loads(TEXT)
    assert list(document) == ["format", "version", "model", "data", "training"]
    assert document["model"]["class_name"] == "Sequential"
    assert document["model"]["config"]["layers"][0]["config"]["batch_shape"] == [None, 28, 28, 1]
    assert document["data"] == {"name": "mnist_one_digit", "digit": 4}
    assert document["training"]["learning_rate"] == 0.001


@pytest.mark.parametrize("path", sorted(resource_path("examples").glob("*.biasexp")), ids=lambda path: path.stem)
def test_the_shipped_examples_open_and_train_what_they_say(path):
    experiment = load_experiment(path)
    assert experiment.stack.layers
    assert experiment.stack.input_shape == experiment.data.type.sample_shape


WRONG_FILES = [
    ("", "The file is damaged or not JSON: "),
    ("[]", "This is not an experiment of Bias Studio: it has no member 'format'"),
    ("{}", "This is not an experiment of Bias Studio: it has no member 'format'"),
    ("null", "This is not an experiment of Bias Studio: it has no member 'format'"),
    (changed("format", to="biasexp"), "This is not an experiment of Bias Studio: it has no member 'format'"),
    (changed("version", to=2), "The experiment has format version 2; this Bias Studio reads version 1."),
    (changed("version", to=True), "The experiment has format version True; this Bias Studio reads version 1."),
    (changed("version", to="1"), "The experiment has format version '1'; this Bias Studio reads version 1."),
    (changed("versions", to=1), "There is no member 'versions' in the experiment; known are data, format, "),
    (
        changed("training", "epoch", to=1),
        "There is no member 'epoch' in training; known are batch_size, biases_only, epochs, ",
    ),
    (changed("x" * 10**6, to=1), "There is no member 'xxx"),
    (changed("model", to=None), "The experiment's member 'model' is missing or not an object."),
    (changed("data", to=[]), "The experiment's member 'data' is missing or not an object."),
    (changed("data", to={}), "data: the member 'name' that says which data set is missing."),
    (changed("data", "name", to=3), "data: the member 'name' that says which data set is missing."),
    (changed("data", "name", to="cifar"), "data: there is no data set 'cifar'; there are "),
    (changed("data", "cls", to=3), "data mnist_one_digit: there is no argument 'cls'."),
    (changed("data", "digit", to=True), "data mnist_one_digit: digit takes a whole number from 0 to 9, not True."),
    (
        changed("training", "epochs", to=True),
        "training: epochs takes a whole number from 1 to 100000, not True.",
    ),
    (
        changed("training", "seed", to=10**400),
        "training: seed takes a whole number from 0 to 2147483647, not a number of more than 60 digits.",
    ),
    (changed("training", "learning_rate", to=float("nan")), "The experiment holds NaN, which is not a number."),
    (changed("training", "learning_rate", to=-float("inf")), "The experiment holds -Infinity, which is not"),
    (TEXT.replace("0.001", "1e999", 1), "batch_normalization: epsilon takes a number above 0, not inf."),
    (changed("model", "class_name", to="Subclass"), "The model is a Subclass; only a Sequential model is"),
    (changed("model", "class_name", to="Functional"), "input_layer: it is called in a way that a stack does not have."),
    (
        changed("model", "config", "layers", to=[]),
        "The model has no list of layers that starts with an InputLayer.",
    ),
    (changed("model", "config", "layers", 0, "class_name", to="Dense"), "The model's first layer is not an Input"),
    (changed("model", "config", "layers", 1, to=3), "A layer is not an object with class_name and config."),
    (changed("model", "config", "layers", 1, "class_name", to=3), "A layer has no class_name."),
    (
        changed("model", "config", "layers", 1, "class_name", to="Conv2d"),
        "There is no layer 'Conv2d' here; did you mean Conv2D or ",
    ),
    (changed("model", "config", "layers", 1, "class_name", to="Lambda"), "There is no layer 'Lambda' here"),
    (changed("model", "config", "layers", 1, "class_name", to="LSTM"), "conv2d: LSTM has no argument 'filters'."),
    (changed(*layer(1, "name"), to=None), "A layer of class Conv2D has no name."),
    (changed(*layer(1, "name"), to="a/b"), "A layer's name takes up to 100 letters, digits, "),
    (changed(*layer(1, "name"), to="flatten"), "Two layers are called 'flatten'; each needs a name of its own."),
    (changed(*layer(0, "batch_shape"), to=[None, 28, None]), "input: shape takes 1 to 5 whole numbers from 1 to "),
    (changed(*layer(1, "filters"), to=True), "conv2d: filters takes a whole number from 1 to 1000000, not True."),
    (
        changed(*layer(1, "kernel_size"), to=[3]),
        "conv2d: kernel_size takes 2 whole numbers from 1 to 1000, not (3,).",
    ),
    (changed(*layer(1, "filter"), to=1), "conv2d: Conv2D has no argument 'filter'."),
    (changed(*layer(1, "trainable"), to=0), "conv2d: trainable can only be True here, not 0."),
    (changed(*layer(1, "bias_initializer"), to="ones!"), "conv2d: There is no initializer 'ones!'; there are "),
    (changed(*layer(1, "bias_initializer"), to=None), "conv2d: The initializer is not an object with class_name"),
    (
        changed(*layer(1, "bias_initializer"), to={"class_name": "Zeros", "config": {"name": 1, "cls": 1}}),
        "conv2d: Zeros: there is no argument 'name'.",
    ),
    (
        changed(*layer(5, "bias_initializer"), "config", "value", to=[0.5] * 4),
        "dense: the Constant list has 4 values, but the bias has 3, one for each unit.",
    ),
    (
        changed(*layer(5, "bias_initializer"), "config", "value", to=[0.5] * 100_001),
        "dense: Constant: value takes a number or a list of numbers, not [0.5, 0.5, ",
    ),
    (
        changed(*layer(5, "bias_initializer"), "config", "value", to=[0.5, [0.5], 0.5]),
        "dense: Constant: value takes a number or a list of numbers, not (0.5, [0.5], 0.5).",
    ),
]


@pytest.mark.parametrize(("text", "sentence"), WRONG_FILES, ids=[sentence[:60] for _, sentence in WRONG_FILES])
def test_a_wrong_file_is_refused_in_one_sentence(text, sentence):
    assert str(refusal_of(text)).startswith(sentence)


def test_a_fault_in_a_layer_names_layer_and_argument():
    refusal = refusal_of(changed(*layer(1, "bias_initializer"), to={"class_name": "Ones", "config": {"seed": 1}}))
    assert (refusal.layer, refusal.argument) == ("conv2d", "seed")


def test_a_keras_initializer_by_its_short_name_is_read():
    experiment = experiment_from_json(changed(*layer(1, "bias_initializer"), to="lecun_uniform"))
    assert experiment.stack.layer("conv2d").bias_initializer == Initializer.of("LecunUniform")


@given(st.integers(0, len(TEXT) - 2))
def test_a_file_cut_off_anywhere_is_refused(length):
    assert "damaged" in str(refusal_of(TEXT[:length]))


@given(st.binary(max_size=200))
def test_any_bytes_are_refused_with_the_files_name(tmp_path_factory, content):
    path = tmp_path_factory.getbasetemp() / "noise.biasexp"
    path.write_bytes(content)
    with pytest.raises(SpecError, match=r"^noise\.biasexp"):
        load_experiment(path)


def test_text_that_is_not_utf_8_is_refused(tmp_path):
    path = tmp_path / "latin.biasexp"
    path.write_bytes(TEXT.encode("utf-16"))
    with pytest.raises(SpecError, match=r"^latin\.biasexp is not an experiment: it is not text\.$"):
        load_experiment(path)


@pytest.mark.parametrize("depth", [60, sys.getrecursionlimit() - 120, sys.getrecursionlimit() - 60, 100_000])
@pytest.mark.parametrize(
    "path",
    [("training", "epochs"), ("version",), layer(1, "filters"), layer(1, "dtype"), layer(1, "activation")],
    ids=lambda path: path[-1],
)
def test_deep_nesting_is_refused(path, depth):
    text = changed(*path, to="@").replace('"@"', "[" * depth + "]" * depth)
    assert str(refusal_of(text)) == "The experiment is nested too deeply to be one."


def test_a_huge_file_is_refused_without_being_read(tmp_path):
    path = tmp_path / "huge.biasexp"
    with path.open("wb") as file:
        file.truncate(50 * MAXIMUM_FILE_BYTES)
    with pytest.raises(SpecError, match=r"^huge\.biasexp is larger than 20 MB, too large for an experiment\.$"):
        load_experiment(path)


def test_a_file_of_a_hundred_thousand_layers_is_refused_at_once():
    entry = {"class_name": "Flatten", "config": {"name": "f"}}
    document = json.loads(TEXT)
    document["model"]["config"]["layers"][1:] = [entry] * 100_000
    refusal = refusal_of(json.dumps(document))
    assert str(refusal) == "A stack takes up to 500 layers, but the model has 100000."


def test_huge_integers_are_refused():
    assert "damaged" in str(refusal_of(TEXT.replace('"version": 1', '"version": 1' + "0" * 10_000)))


def _paths(node: object, here: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [here, *(path for key, child in children for path in _paths(child, (*here, key)))]


PATHS = [path for path in _paths(json.loads(TEXT)) if path]


def assert_experiment_or_sentence(text: str) -> None:
    """The text is read as an experiment that is written again as such, or refused in one printable sentence."""
    refusal = None
    try:
        experiment = experiment_from_json(text)
    except SpecError as error:
        refusal = str(error)
    if refusal is None:
        assert experiment_from_json(experiment_to_json(experiment)) == experiment
    else:
        refusal.encode("utf-8")
        assert refusal.endswith(".")
        assert "\n" not in refusal


@given(st.sampled_from(PATHS), JSON_VALUES)
@example(("data",), {"name": "xor", "self": 1})
def test_any_value_at_any_place_is_an_experiment_or_a_sentence(path, value):
    assert_experiment_or_sentence(changed(*path, to=value))


@given(st.sampled_from(PATHS), st.text(max_size=10), JSON_VALUES)
def test_any_added_member_is_an_experiment_or_a_sentence(path, key, value):
    document = json.loads(TEXT)
    node = document
    for step in path:
        node = node[step]
    if isinstance(node, dict):
        node[key] = value
    assert_experiment_or_sentence(json.dumps(document))


def test_a_file_is_saved_and_opened(tmp_path):
    path = tmp_path / "Über mich.biasexp"
    save_experiment(tutorial(), path)
    assert path.read_text(encoding="utf-8") == TEXT
    assert load_experiment(path) == tutorial()
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]
    assert stat.S_IMODE(path.stat().st_mode) == 0o644 or sys.platform == "win32"


def _fail(*_arguments: object, **_options: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize(
    "function", ["pathlib.Path.write_text", "pathlib.Path.replace", "pathlib.Path.chmod", "os.fsync"]
)
def test_a_failing_write_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch, function):
    path = tmp_path / "mine.biasexp"
    path.write_text("precious", encoding="utf-8")
    with monkeypatch.context() as patched:
        patched.setattr(function, _fail)
        with pytest.raises(OSError, match="No space left"):
            save_experiment(tutorial(), path)
    assert path.read_text(encoding="utf-8") == "precious"
    assert [entry.name for entry in tmp_path.iterdir()] == ["mine.biasexp"]


def test_a_disk_that_fills_while_writing_leaves_the_old_file(tmp_path):
    resource = pytest.importorskip("resource", reason="a limit on the size of files is a POSIX feature")
    signal = pytest.importorskip("signal")
    path = tmp_path / "mine.biasexp"
    path.write_text("precious", encoding="utf-8")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limits[1]))
        with pytest.raises(OSError, match="File too large"):
            save_experiment(tutorial(), path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, ignored)
    assert path.read_text(encoding="utf-8") == "precious"
    assert [entry.name for entry in tmp_path.iterdir()] == ["mine.biasexp"]


def test_a_folder_that_cannot_be_written_raises_an_os_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        save_experiment(tutorial(), tmp_path / "nowhere" / "mine.biasexp")
    (tmp_path / "folder.biasexp").mkdir()
    with pytest.raises(OSError, match=r"folder\.biasexp"):
        save_experiment(tutorial(), tmp_path / "folder.biasexp")
    with pytest.raises(SpecError, match=r"folder\.biasexp is not a file"):
        load_experiment(tmp_path / "folder.biasexp")
    assert [entry.name for entry in tmp_path.iterdir()] == ["folder.biasexp"]


@pytest.mark.skipif(getattr(os, "geteuid", lambda: 0)() == 0, reason="nothing is closed to the superuser")
def test_a_folder_without_permission_raises_an_os_error(tmp_path):
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(PermissionError):
            save_experiment(tutorial(), tmp_path / "mine.biasexp")
    finally:
        tmp_path.chmod(0o700)


@given(trainings())
def test_training_holds_canonical_values(training):
    assert Training(**vars(training)) == training
    plain = [str, str, float, int, int, float, int, bool, bool, tuple, tuple]
    assert [type(value) for value in vars(training).values()] == plain


def test_settings_of_optimizer_and_loss_are_kept_where_they_are_not_the_defaults():
    training = Training(
        optimizer="SGD",
        optimizer_settings={"momentum": 0.9, "nesterov": False},
        loss_settings={"from_logits": True},
    )
    assert training.optimizer_settings == (("momentum", 0.9),)
    assert training.loss_settings == (("from_logits", True),)
    assert (training.setting("momentum"), training.setting("nesterov")) == (0.9, False)
    written = json.loads(experiment_to_json(replace(tutorial(), training=training)))["training"]
    assert written["optimizer_settings"] == {"momentum": 0.9}
    assert written["loss_settings"] == {"from_logits": True}
    assert {"optimizer_settings", "shuffle"} & set(json.loads(experiment_to_json(tutorial()))["training"]) == set()


def test_another_optimizer_keeps_the_settings_that_it_has_too():
    settings = {"clipnorm": 1.0, "beta_1": 0.8}
    experiment = tutorial().change_training(optimizer="Adam", optimizer_settings=settings)
    changed = experiment.change_training(optimizer="SGD").training
    assert (changed.learning_rate, changed.optimizer_settings) == (0.01, (("clipnorm", 1.0),))


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"optimizer_settings": {"rho": 0.9}}, "training: optimizer_settings: there is no argument 'rho'."),
        (
            {"optimizer_settings": {"beta_1": 1.0}},
            "training: optimizer_settings: beta_1 takes a number of 0 or more and below 1, not 1.0.",
        ),
        (
            {"loss_settings": [1]},
            "training: loss_settings takes an object that names settings, not [1].",
        ),
        (
            {"optimizer_settings": {"clipnorm": 1.0, "global_clipnorm": 2.0}},
            "An optimizer takes one of clipnorm, clipvalue, global_clipnorm, not clipnorm and global_clipnorm at once.",
        ),
        (
            {"optimizer": "AdamW", "optimizer_settings": {"weight_decay": None}},
            "training: optimizer_settings: weight_decay takes a number of 0 or more, not None.",
        ),
    ],
)
def test_wrong_settings_are_refused_in_one_sentence(settings, sentence):
    with pytest.raises(SpecError) as refusal:
        Training(**settings)
    assert str(refusal.value) == sentence


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"epochs": 0}, "training: epochs takes a whole number from 1 to 100000, not 0."),
        ({"loss": "mse"}, "training: loss takes one of binary_crossentropy, sparse_categorical_crossentropy, "),
        ({"validation_share": 1.0}, "training: validation_share takes a number of 0 or more and below 1, not 1.0."),
        ({"learning_rate": float("nan")}, "training: learning_rate takes a number of 0 or more, not nan."),
    ],
)
def test_wrong_training_settings_are_refused(settings, sentence):
    with pytest.raises(SpecError) as refusal:
        tutorial().change_training(**settings)
    assert str(refusal.value).startswith(sentence)
    assert refusal.value.argument == next(iter(settings))


def test_another_optimizer_brings_its_usual_learning_rate():
    assert (
        tutorial().change_training(optimizer="SGD").training.learning_rate
        == OPTIMIZER_TYPES["SGD"].learning_rate
        == 0.01
    )
    assert tutorial().change_training(optimizer="SGD", learning_rate=0.5).training.learning_rate == 0.5
    with pytest.raises(SpecError, match="optimizer takes one of Adam, SGD"):
        tutorial().change_training(optimizer="Adom")


@given(data_sets())
def test_another_data_set_brings_its_loss_and_epochs(data):
    changed_data = tutorial().change_data(data)
    assert changed_data.data == data
    entry = data.type
    if data.name == "mnist_one_digit":
        assert changed_data.training == tutorial().training
    else:
        assert (changed_data.training.loss, changed_data.training.epochs) == (entry.loss, entry.epochs)
    assert changed_data.stack == tutorial().stack


@pytest.mark.parametrize(
    ("settings", "same"),
    [
        ({"epochs": 50}, True),
        ({"batch_size": 8}, True),
        ({"validation_share": 0.5}, True),
        ({"loss": "huber"}, False),
        ({"optimizer": "SGD"}, False),
        ({"learning_rate": 0.5}, False),
        ({"seed": 1}, False),
    ],
)
def test_which_settings_need_another_network(settings, same):
    assert tutorial().same_network(tutorial().change_training(**settings)) is same


def test_other_data_or_layers_need_another_network():
    assert not tutorial().same_network(tutorial().change_data(DataSet.of("mnist_one_digit", digit=5)))
    assert not tutorial().same_network(Experiment(Stack((28, 28, 1)), tutorial().data, Training()))
