"""Data sets: labels and pixels as in the shipped file, generated ones as their names say."""

import numpy as np
import pytest

from biasstudio.engine.data import load_samples
from biasstudio.resource_files import resource_path
from biasstudio.spec.data_sets import DataSet
from biasstudio.spec.experiment import Experiment, Training
from biasstudio.spec.shipped_data_types import SHIPPED_TYPES
from biasstudio.spec.stack import Stack


def samples_of(data, loss=None):
    return load_samples(Experiment(Stack(data.type.sample_shape), data, Training(loss=loss or data.type.loss)))


@pytest.fixture(scope="module")
def shipped():
    with np.load(resource_path("data/mnist_5k.npz"), allow_pickle=False) as file:
        return file["x"], file["y"]


@pytest.mark.parametrize("name", [entry.name for entry in SHIPPED_TYPES if entry.classes])
def test_samples_are_what_the_catalogue_says(name):
    data = DataSet.of(name)
    samples = samples_of(data)
    assert samples.x.dtype == np.float32
    assert samples.x.shape[1:] == data.type.sample_shape
    assert samples.y.dtype == np.int32
    assert set(samples.y.tolist()) == set(range(data.type.classes))
    assert len(data.type.class_names) == data.type.classes


def test_digits_are_scaled_and_labelled_from_the_file(shipped):
    images, digits = shipped
    expected = {
        DataSet.of("mnist_digits"): digits,
        DataSet.of("mnist_odd_even"): digits % 2,
        DataSet.of("mnist_one_digit", digit=7): digits == 7,
    }
    for data, labels in expected.items():
        samples = samples_of(data)
        assert np.array_equal(samples.y, labels.astype(int))
        np.testing.assert_allclose(samples.x[..., 0] * 255, images, atol=1e-4)
    assert samples_of(DataSet.of("mnist_one_digit", digit=7)).y.mean() == pytest.approx(0.1)


def test_generated_points_lie_where_their_names_say():
    clean = {"noise": 0.0, "points": 501}
    circles = samples_of(DataSet.of("circles", **clean))
    np.testing.assert_allclose(np.hypot(*circles.x.T), np.where(circles.y == 0, 1.0, 0.5), atol=1e-6)
    xor = samples_of(DataSet.of("xor", **clean))
    assert np.array_equal(xor.y, (xor.x[:, 0] > 0) != (xor.x[:, 1] > 0))
    moons = samples_of(DataSet.of("two_moons", **clean))
    centre = np.where(moons.y[:, None] == 0, [[0.0, 0.0]], [[1.0, 0.5]])
    np.testing.assert_allclose(np.hypot(*(moons.x - centre).T), 1.0, atol=1e-6)
    spirals = samples_of(DataSet.of("spirals", **clean))
    radius, angle = np.hypot(*spirals.x.T), np.arctan2(spirals.x[:, 1], spirals.x[:, 0])
    expected = 3 * np.pi * radius / 2 + np.pi * spirals.y
    np.testing.assert_allclose(np.cos(angle - expected), 1.0, atol=1e-4)


def test_seed_and_noise_count():
    first = samples_of(DataSet.of("two_moons", seed=1))
    assert np.array_equal(first.x, samples_of(DataSet.of("two_moons", seed=1, points=1000)).x)
    assert not np.array_equal(first.x, samples_of(DataSet.of("two_moons", seed=2)).x)
    near, far = (samples_of(DataSet.of("circles", noise=noise)) for noise in (0.01, 0.3))
    spread = [np.std(np.hypot(*samples.x[samples.y == 0].T)) for samples in (near, far)]
    assert spread[0] < 0.02 < 0.2 < spread[1]


def test_the_split_is_that_of_keras():
    samples = samples_of(DataSet.of("mnist_odd_even"))
    training, validation = samples.split(0.1)
    assert (len(training.x), len(validation.x)) == (4500, 500)
    assert np.array_equal(validation.y, samples.y[4500:])
    assert samples.split(0.0) == (samples, None)
