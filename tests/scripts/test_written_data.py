"""The lines that load data give, bit for bit, the samples of the experiment, and are found again."""

import csv
import os
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pytest
from PIL import Image

from biasstudio.data_files.proposal import with_found
from biasstudio.engine import data as engine_data
from biasstudio.engine.data import load_samples
from biasstudio.scripts.reading import load_script
from biasstudio.scripts.writing import FileInTheWayError, save_script, write_script
from biasstudio.spec.arguments import SpecError
from biasstudio.spec.data_sets import DataSet
from biasstudio.spec.stack import Stack
from tests.experiments import moons, tutorial

RNG = np.random.default_rng(5)


def experiment_on(data, **training):
    stack = Stack(data.type.sample_shape).add("Flatten").add("Dense", units=max(data.type.classes, 1))
    return replace(moons(**({"loss": data.type.loss} | training)), stack=stack, data=data)


def run_data(experiment, folder):
    """x and y of the saved script, and what else its lines before the model leave behind."""
    save_script(experiment, folder / "script.py")
    text = (folder / "script.py").read_text(encoding="utf-8")
    namespace, before = {}, Path.cwd()
    os.chdir(folder)
    try:
        exec(compile(text.split("model = ")[0], "script.py", "exec"), namespace)  # noqa: S102 - we wrote it
    finally:
        os.chdir(before)
    return namespace


def assert_same_samples(experiment, folder):
    namespace, samples = run_data(experiment, folder), load_samples(experiment)
    for mine, wanted in ((namespace["x"], samples.x), (namespace["y"], samples.y)):
        assert mine.dtype == wanted.dtype
        np.testing.assert_array_equal(mine, wanted)
    return namespace


def assert_read_again(experiment, folder):
    reading = load_script(folder / "script.py", tutorial())
    assert reading.notes == ()
    assert reading.experiment == experiment


GIVEN = [
    DataSet.of("mnist_odd_even"),
    DataSet.of("mnist_digits"),
    DataSet.of("mnist_one_digit", digit=7),
    *(DataSet.of(name, points=51, noise=0.25, seed=9) for name in ("two_moons", "circles", "spirals", "xor")),
    *(DataSet.of(name) for name in ("iris", "wine", "breast_cancer", "diabetes")),
    DataSet.of("wine", scaling="none", shuffled=False),
]


@pytest.mark.parametrize("data", GIVEN, ids=lambda data: data.name)
def test_data_that_come_with_the_program(data, tmp_path):
    experiment = experiment_on(data)
    assert_same_samples(experiment, tmp_path)
    assert_read_again(experiment, tmp_path)


def test_numbers_have_their_error_as_metric():
    assert 'metrics=["mean_absolute_error"]' in write_script(experiment_on(DataSet.of("diabetes"))).text
    assert "metrics" not in write_script(experiment_on(DataSet.of("diabetes"), loss="mean_absolute_error")).text


def test_one_hot_rows(tmp_path):
    experiment = experiment_on(DataSet.of("iris"), loss="categorical_crossentropy")
    namespace, samples = run_data(experiment, tmp_path), load_samples(experiment)
    np.testing.assert_array_equal(namespace["y"], samples.y)
    assert_read_again(experiment, tmp_path)


def table(path, columns, **form):
    with path.open("w", encoding=form.pop("encoding", "utf-8"), newline="") as file:
        writer = csv.writer(file, **form)
        writer.writerow(columns)
        writer.writerows(zip(*columns.values(), strict=True))
    return path


NUMBERS = [repr(value) for value in RNG.normal(3, 100, 40).tolist()]
CLASSES = [("cat", "dog", "it's \"\\n")[place % 3] for place in range(40)]
TABLES = {
    "numbers": ({"a": NUMBERS, "b c": NUMBERS[::-1], "kind": CLASSES}, {}, {"target": "kind", "task": "classes"}),
    "target of numbers": (
        {"a": NUMBERS, "price": NUMBERS[::-1]},
        {},
        {"target": "price", "task": "numbers", "scaling": "standardise"},
    ),
    "texts": (
        {"a": NUMBERS, "who": ["ü", "o", "'"] * 13 + ["ü"], "kind": CLASSES},
        {},
        {"target": "kind", "task": "classes", "shuffled": False},
    ),
    "semicolons": (
        {"a": [value.replace(".", ",") for value in NUMBERS], "y": [str(place % 2) for place in range(40)]},
        {"delimiter": ";", "encoding": "cp1252"},
        {
            "target": "y",
            "task": "classes",
            "delimiter": ";",
            "decimal": ",",
            "encoding": "cp1252",
            "scaling": "standardise",
        },
    ),
    "classes that are numbers": (
        {"a": NUMBERS, "y": [("10", "-1", "9")[place % 3] for place in range(40)]},
        {},
        {"target": "y", "task": "classes"},
    ),
    "some columns": (
        {"a": NUMBERS, "b": NUMBERS[::-1], "c": ["1"] * 40, "kind": CLASSES},
        {"delimiter": "\t"},
        {"target": "kind", "task": "classes", "columns": ("c", "a"), "delimiter": "tab", "scaling": "standardise"},
    ),
}


@pytest.mark.parametrize("name", TABLES)
def test_tables(name, tmp_path):
    columns, form, parameters = TABLES[name]
    path = table(tmp_path / 'it\'s a "table".csv', columns, **dict(form))
    experiment = experiment_on(with_found("csv", {"path": str(path), **parameters}))
    assert "DictReader" in write_script(experiment, tmp_path).text
    assert_same_samples(experiment, tmp_path)
    assert_read_again(experiment, tmp_path)


def test_a_table_with_gaps_is_kept_as_arrays_beside_the_script(tmp_path):
    path = table(tmp_path / "gaps.csv", {"a": ["", *NUMBERS[1:]], "kind": CLASSES})
    experiment = experiment_on(with_found("csv", {"path": str(path), "target": "kind", "missing": "drop"}))
    assert_same_samples(experiment, tmp_path)
    assert (tmp_path / "gaps.npz").is_file()
    reading = load_script(tmp_path / "script.py", tutorial())
    assert (reading.notes, reading.experiment.data.name) == ((), "npz")
    np.testing.assert_array_equal(load_samples(reading.experiment).x, load_samples(experiment).x)
    np.testing.assert_array_equal(load_samples(reading.experiment).y, load_samples(experiment).y)


ARRAYS = {
    "labels": (RNG.normal(size=(30, 4)), RNG.integers(0, 3, 30), {}),
    "bytes": (RNG.integers(0, 256, (30, 5, 6, 3), np.uint8), np.arange(30) % 4 + 7, {"scaling": "pixels"}),
    "standardised images": (
        RNG.integers(0, 256, (30, 5, 6, 3), np.uint8),
        np.arange(30) % 2,
        {"scaling": "standardise"},
    ),
    "texts": (RNG.normal(size=30).astype("float32"), np.array(["b", "a", "c"] * 10), {"shuffled": False}),
    "one-hot": (RNG.normal(size=(30, 2)), np.eye(5)[np.arange(30) % 5], {"scaling": "standardise"}),
    "column": (RNG.normal(size=(30, 2)), (np.arange(30) % 2)[:, np.newaxis], {"shuffled": False, "scaling": "pixels"}),
    "numbers": (RNG.normal(size=(30, 2)), RNG.normal(size=(30, 3)), {"task": "numbers"}),
}


@pytest.mark.parametrize("name", ARRAYS)
@pytest.mark.parametrize("kind", ["npz", "npy"])
def test_arrays(name, kind, tmp_path):
    x, y, parameters = ARRAYS[name]
    if kind == "npz":
        np.savez(tmp_path / "a.npz", ins=x, outs=y)
        given = {"path": str(tmp_path / "a.npz"), "inputs": "ins", "targets": "outs"}
    else:
        np.save(tmp_path / "x.npy", x)
        np.save(tmp_path / "y.npy", y)
        given = {"path": str(tmp_path / "x.npy"), "targets_path": str(tmp_path / "y.npy")}
    data = with_found(kind, given | parameters)
    experiment = experiment_on(data)
    assert_same_samples(experiment, tmp_path)
    assert_read_again(experiment, tmp_path)


def test_images_are_kept_as_arrays_beside_the_script(tmp_path):
    for label in ("cats", "dogs"):
        (tmp_path / "pets" / label).mkdir(parents=True)
        for place in range(3):
            pixels = RNG.integers(0, 256, (9, 7, 3), np.uint8)
            Image.fromarray(pixels).save(tmp_path / "pets" / label / f"{place}.png")
    experiment = experiment_on(with_found("images", {"path": str(tmp_path / "pets"), "size": (6, 5)}))
    assert_same_samples(experiment, tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["pets", "pets.npz", "script.py"]


SIDES = {"mnist": (28, 28), "cifar10": (32, 32, 3), "cifar100": (32, 32, 3), "boston_housing": (13,)}
KERAS = [
    DataSet.of("keras_mnist"),
    DataSet.of("keras_mnist", channel=False, scaling="none", validation="test part"),
    DataSet.of("keras_mnist", channel=False, scaling="standardise", validation="test part"),
    DataSet.of("keras_cifar10", scaling="standardise", validation="test part"),
    DataSet.of("keras_cifar100", labels="coarse"),
    DataSet.of("keras_boston_housing", validation="test part"),
    DataSet.of("keras_imdb", num_words=50, maxlen=9, validation="test part"),
    DataSet.of("keras_reuters"),
]


@pytest.mark.parametrize("data", KERAS, ids=lambda data: data.name)
def test_data_of_keras(data, tmp_path, monkeypatch):
    name = data.name.removeprefix("keras_")
    # What is made up here must not be kept for other tests.
    monkeypatch.setattr(engine_data, "_KEPT", engine_data.LastOne())
    monkeypatch.setattr(getattr(keras.datasets, name), "load_data", lambda **given: made_up(name, data, **given))
    experiment = experiment_on(data, validation_share=0.0)
    namespace, samples = assert_same_samples(experiment, tmp_path), load_samples(experiment)
    if data.get("validation") == "test part":
        np.testing.assert_array_equal(namespace["x_test"], samples.validation.x)
        np.testing.assert_array_equal(namespace["y_test"], samples.validation.y)
        assert "validation_data=(x_test, y_test)" in (tmp_path / "script.py").read_text(encoding="utf-8")
    assert_read_again(experiment, tmp_path)


def made_up(name, data, **given):
    """Parts of the forms that Keras gives."""
    assert given == {
        "imdb": {"num_words": 50},
        "reuters": {"num_words": 10_000},
        "cifar100": {"label_mode": "coarse"},
    }.get(name, {})
    parts, rng = [], np.random.default_rng(3)
    for count in (12, 8):
        y = rng.integers(0, data.type.classes or 50, count)
        if name in SIDES:
            x = rng.integers(0, 256, (count, *SIDES[name]))
            x = x.astype("float64") / 7 if name == "boston_housing" else x.astype(np.uint8)
        else:
            x = np.array([[1, *rng.integers(2, 50, rng.integers(1, 20))] for _ in range(count)], dtype=object)
        parts.append((x, y[:, np.newaxis] if name.startswith("cifar") else y))
    return tuple(parts)


def test_a_file_of_the_same_name_is_not_overwritten_unasked(tmp_path):
    (tmp_path / "iris.csv").write_text("mine", encoding="utf-8")
    experiment = experiment_on(DataSet.of("iris"))
    with pytest.raises(FileInTheWayError, match=r"iris\.csv exists already"):
        save_script(experiment, tmp_path / "script.py")
    assert not (tmp_path / "script.py").exists()
    assert (tmp_path / "iris.csv").read_text(encoding="utf-8") == "mine"
    save_script(experiment, tmp_path / "script.py", overwrite=True)
    save_script(experiment, tmp_path / "again.py")
    assert_same_samples(experiment, tmp_path)


def test_a_file_that_is_gone_is_named(tmp_path):
    path = table(tmp_path / "gone.csv", {"a": NUMBERS, "kind": CLASSES})
    experiment = experiment_on(with_found("csv", {"path": str(path), "target": "kind"}))
    path.unlink()
    with pytest.raises(SpecError, match=r"gone\.csv is not there"):
        write_script(experiment)
