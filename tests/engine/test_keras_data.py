"""Keras's own data sets: without a network a sentence, from the cache the arrays that Keras's load_data gives."""

import gzip
import socket
import struct
import threading
import time
from types import SimpleNamespace

import keras
import numpy as np
import pytest

from biasstudio.data_files.opening import ReadingCancelledError, never
from biasstudio.engine import keras_data
from biasstudio.engine.keras_data import load_keras_data
from biasstudio.spec.arguments import SpecError
from biasstudio.spec.data_sets import DataSet
from biasstudio.spec.keras_data_types import KERAS_TYPES

GENERATOR = np.random.default_rng(0)


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    """An empty cache of Keras; and proxies as each test sets them, which urllib would remember from the first."""
    monkeypatch.setattr("urllib.request._opener", None)
    monkeypatch.setattr("keras.src.utils.file_utils.config", SimpleNamespace(keras_home=lambda: str(tmp_path)))
    return tmp_path / "datasets"


@pytest.fixture
def no_network(monkeypatch):
    """All connections go through a proxy at a port where nobody listens."""
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")


@pytest.fixture
def silent_server(monkeypatch):
    """A proxy that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{server.getsockname()[1]}")
        monkeypatch.setattr(keras_data, "NETWORK_SECONDS", 0.5)
        yield
    for thread in threading.enumerate():
        if thread.name == "keras data":
            thread.join(10)
            assert not thread.is_alive()


@pytest.mark.parametrize("entry", KERAS_TYPES, ids=lambda entry: entry.name)
@pytest.mark.usefixtures("no_network")
def test_without_a_network_one_sentence_says_so(entry, capfd, cache):
    with pytest.raises(SpecError) as refusal:
        load_keras_data(DataSet.of(entry.name), never)
    assert str(refusal.value).startswith(
        f"Keras's {entry.title} is not on this machine yet, and could not be downloaded from "
    )
    assert str(refusal.value).endswith(": Connection refused.")
    assert capfd.readouterr() == ("", "")
    assert not [path for path in cache.rglob("*") if path.is_file()]
    assert socket.getdefaulttimeout() is None


@pytest.mark.usefixtures("silent_server")
def test_a_server_that_does_not_answer_is_not_waited_for():
    started = time.monotonic()
    with pytest.raises(SpecError, match="could not be downloaded"):
        load_keras_data(DataSet.of("keras_mnist"), never)
    assert 0.5 < time.monotonic() - started < 30


@pytest.mark.usefixtures("silent_server")
def test_loading_can_be_cancelled():
    with pytest.raises(ReadingCancelledError):
        load_keras_data(DataSet.of("keras_mnist"), lambda: True)


def give(monkeypatch, name, shape, classes, training=60, test=20):
    """Let Keras's load_data give arrays of the shape that it documents; what was given, and how it was asked."""
    asked = {}

    def part(count):
        x = GENERATOR.integers(0, 256, (count, *shape), dtype=np.uint8)
        y = np.arange(count) % classes if classes else GENERATOR.normal(200, 50, count)
        return x, y.reshape(-1, 1).astype("uint8") if "cifar" in name else y

    parts = part(training), part(test)

    def load_data(**given):
        asked.update(given)
        return parts

    monkeypatch.setattr(getattr(keras.datasets, name), "load_data", load_data)
    return parts, asked


@pytest.mark.parametrize(
    ("name", "shape", "classes"),
    [
        ("mnist", (28, 28), 10),
        ("fashion_mnist", (28, 28), 10),
        ("cifar10", (32, 32, 3), 10),
        ("cifar100", (32, 32, 3), 20),
    ],
)
@pytest.mark.parametrize("scaling", ["none", "pixels", "standardise"])
def test_images(monkeypatch, name, shape, classes, scaling):
    ((x, y), (test_x, test_y)), asked = give(monkeypatch, name, shape, classes)
    extra = {"labels": "coarse"} if name == "cifar100" else {}
    samples = load_keras_data(DataSet.of(f"keras_{name}", scaling=scaling, validation="test part", **extra), never)
    channels = [array.reshape(len(array), *(shape if len(shape) == 3 else (*shape, 1))) for array in (x, test_x)]
    mean, deviation = x.mean(axis=(0, 1, 2)), x.std(axis=(0, 1, 2))
    if len(shape) == 2:
        mean, deviation = x.mean(), x.std()
    scaled = {
        "none": lambda array: array.astype("float32"),
        "pixels": lambda array: array.astype("float32") / 255,
        "standardise": lambda array: ((array - mean) / deviation).astype("float32"),
    }[scaling]
    for found, array, labels in ((samples, channels[0], y), (samples.validation, channels[1], test_y)):
        np.testing.assert_allclose(found.x, scaled(array), rtol=1e-6, atol=1e-6)
        assert found.x.dtype == np.float32
        assert found.y.dtype == np.int32
        assert found.y.tolist() == labels.ravel().tolist()
    assert asked == ({"label_mode": "coarse"} if name == "cifar100" else {})
    training, validation = samples.split(0.5)
    assert (len(training), len(validation)) == (60, 20)


def test_a_share_of_the_training_part_validates(monkeypatch):
    ((x, _), _), _ = give(monkeypatch, "mnist", (28, 28), 10)
    samples = load_keras_data(DataSet.of("keras_mnist", channel=False), never)
    training, validation = samples.split(0.1)
    assert training.x.shape == (54, 28, 28)
    assert np.array_equal(validation.x, x[54:].astype("float32") / 255)


@pytest.mark.parametrize("name", ["imdb", "reuters"])
def test_texts_are_cut_and_filled_in_front(monkeypatch, name):
    asked = {}
    texts = np.empty(3, dtype=object)
    texts[:] = [[1, 14, 22], [1, *range(2, 99)], [1]]

    def load_data(**given):
        asked.update(given)
        return (texts, np.array([0, 1, 1])), (texts[:2], np.array([1, 0]))

    monkeypatch.setattr(getattr(keras.datasets, name), "load_data", load_data)
    data = DataSet.of(f"keras_{name}", num_words=500, maxlen=5, validation="test part")
    samples = load_keras_data(data, never)
    assert asked == {"num_words": 500}
    assert samples.x.tolist() == [[0, 0, 1, 14, 22], [94, 95, 96, 97, 98], [0, 0, 0, 0, 1]]
    assert samples.x.dtype == np.float32
    assert samples.y.tolist() == [0, 1, 1]
    assert samples.validation.y.tolist() == [1, 0]
    load_keras_data(data.change(num_words=None), never)
    assert asked == {"num_words": None}


def test_numbers_are_standardised_by_the_training_part(monkeypatch):
    ((x, y), (test_x, _)), _ = give(monkeypatch, "california_housing", (8,), 0)
    samples = load_keras_data(DataSet.of("keras_california_housing", validation="test part"), never)
    assert np.array_equal(samples.x, ((x - x.mean(axis=0)) / x.std(axis=0)).astype("float32"))
    assert np.array_equal(samples.validation.x, ((test_x - x.mean(axis=0)) / x.std(axis=0)).astype("float32"))
    assert np.array_equal(samples.y, y.astype("float32"))


def idx(array, kind):
    header = struct.pack(f">{1 + array.ndim}I", kind, *array.shape)
    return gzip.compress(header + array.tobytes())


def fill_fashion_mnist(cache, x, y):
    folder = cache / "fashion-mnist"
    folder.mkdir(parents=True)
    for part in ("train", "t10k"):
        (folder / f"{part}-images-idx3-ubyte.gz").write_bytes(idx(x, 2051))
        (folder / f"{part}-labels-idx1-ubyte.gz").write_bytes(idx(y, 2049))
    return folder


@pytest.mark.usefixtures("no_network")
def test_the_files_of_fashion_mnist_in_the_cache(cache):
    x, y = GENERATOR.integers(0, 256, (30, 28, 28), dtype=np.uint8), (np.arange(30) % 10).astype("uint8")
    folder = fill_fashion_mnist(cache, x, y)
    samples = load_keras_data(DataSet.of("keras_fashion_mnist"), never)
    assert np.array_equal(samples.x[..., 0], x.astype("float32") / 255)
    assert np.array_equal(samples.y, y)
    # Keras has no checksum of these: a download that was broken off stays there.
    whole = (folder / "train-images-idx3-ubyte.gz").read_bytes()
    for damage in (whole[: len(whole) // 2], b"<html>no</html>", gzip.compress(bytes(16))):
        (folder / "train-images-idx3-ubyte.gz").write_bytes(damage)
        with pytest.raises(SpecError, match="Keras's Fashion MNIST could not be read from"):
            load_keras_data(DataSet.of("keras_fashion_mnist"), never)


@pytest.mark.usefixtures("no_network")
def test_labels_that_cannot_be_are_refused(cache):
    x = GENERATOR.integers(0, 256, (30, 28, 28), dtype=np.uint8)
    fill_fashion_mnist(cache, x, np.full(30, 11, np.uint8))
    with pytest.raises(SpecError, match="is not what it should be: delete it"):
        load_keras_data(DataSet.of("keras_fashion_mnist"), never)


@pytest.mark.parametrize("name", ["imdb", "reuters", "mnist"])
@pytest.mark.usefixtures("no_network")
def test_a_file_in_the_cache_that_is_another_one_is_never_opened(cache, name, tmp_path):
    """Keras compares the checksum first; where it differs it wants to download, and here it can't."""
    cache.mkdir(parents=True)
    flag = tmp_path / "flag"

    class Planted:
        def __reduce__(self):
            return flag.touch, ()

    np.savez(
        cache / f"{name}.npz", **dict.fromkeys(["x", "y", "x_train", "y_train"], np.array([Planted()], dtype=object))
    )
    with pytest.raises(SpecError, match="could not be downloaded"):
        load_keras_data(DataSet.of(f"keras_{name}"), never)
    assert not flag.exists()
