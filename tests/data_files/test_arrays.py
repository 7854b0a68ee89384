"""NPZ and NPY: what NumPy wrote is what is read, in memory and from the disk; what is wrong is named."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from biasstudio.data_files import npy
from biasstudio.data_files.array_files import arrays_in, rows_of_array
from biasstudio.data_files.opening import never
from biasstudio.data_files.reading import open_source
from biasstudio.spec.arguments import SpecError
from tests.data_files.writing import found

DTYPES = ["bool", "int8", "uint8", ">i2", "<u4", "int64", "float16", ">f4", "float64"]


@st.composite
def numbers(draw):
    shape = draw(arrays.array_shapes(min_dims=1, max_dims=5, max_side=5))
    array = draw(arrays.arrays(np.dtype(draw(st.sampled_from(DTYPES))), shape))
    return np.asfortranarray(array) if draw(st.booleans()) else array


@given(
    numbers(), st.sampled_from(["npy", "npz", "compressed"]), st.booleans(), st.sampled_from([(1, 0), (2, 0), (3, 0)])
)
@settings(deadline=None)
def test_rows_are_those_of_numpy(tmp_path_factory, array, kind, on_disk, version):
    folder = tmp_path_factory.mktemp("arrays")
    path = folder / ("a.npy" if kind == "npy" else "a.npz")
    if kind == "npy":
        with path.open("wb") as file:
            np.lib.format.write_array(file, array, version)
    else:
        (np.savez if kind == "npz" else np.savez_compressed)(path, other=np.zeros(3), values=array)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(npy, "IN_MEMORY_BYTES", 0 if on_disk else 10**9)
        rows = rows_of_array(path, "values", never)
    assert rows.shape == array.shape
    indexes = np.array([len(array) - 1, 0, len(array) // 2])
    for read, expected in ((rows.read(0, len(array)), array), (rows.take(indexes), array[indexes])):
        assert read.dtype == array.dtype
        assert read.tobytes() == np.ascontiguousarray(expected).tobytes()


def save(folder, **given):
    path = folder / "a.npz"
    np.savez(path, **given)
    return path


def read(path, **given):
    data = found("npz", **({"path": str(path), "shuffled": False} | given))
    return data, *open_source(data).arrays()


X = np.random.default_rng(0).normal(3, 2, (40, 5, 6)).astype("float32")


@pytest.mark.parametrize(
    ("y", "names", "labels"),
    [
        (np.arange(40) % 4, ("0", "1", "2", "3"), np.arange(40) % 4),
        ((np.arange(40) % 2 * 5 + 3)[:, None], ("3", "8"), np.arange(40) % 2),
        ((np.arange(40) % 3).astype("float16"), ("0", "1", "2"), np.arange(40) % 3),
        (np.arange(40) % 2 == 1, ("false", "true"), np.arange(40) % 2),
        (np.eye(4, dtype="uint8")[np.arange(40) % 3], ("0", "1", "2", "3"), np.arange(40) % 3),
        (np.array(["dog", "cat"])[np.arange(40) % 2], ("cat", "dog"), 1 - np.arange(40) % 2),
    ],
)
def test_labels_of_any_kind(tmp_path, y, names, labels):
    data, x, read_y = read(save(tmp_path, x=X, y=y))
    assert data.found.class_names == names
    assert data.found.counts == tuple(np.bincount(labels, minlength=len(names)))
    assert read_y.dtype == np.int32
    assert np.array_equal(read_y, labels)
    assert np.array_equal(x, X)


@pytest.mark.parametrize("y", [X[:, 0, 0], X[:, 0, :], X, np.arange(40)])
def test_numbers_of_any_shape(tmp_path, y):
    data, _, read_y = read(save(tmp_path, x=X, y=y), task="numbers")
    assert data.found.class_names == ()
    assert data.found.target_shape == y.shape[1:]
    assert data.found.target_range == (y.min(), y.max())
    assert np.array_equal(read_y, y.astype("float32"))


@pytest.mark.parametrize("dtype", ["float32", "float64", "uint8", "int16", "float16"])
def test_standardised_per_last_axis_bit_for_bit(tmp_path, dtype):
    x = (X * 10).clip(0, 200).astype(dtype)
    _, read_x, _ = read(save(tmp_path, x=x, y=np.arange(40) % 2), scaling="standardise")
    mean, deviation = x.mean(axis=(0, 1), dtype="float64"), x.std(axis=(0, 1), dtype="float64")
    assert np.array_equal(read_x, ((x - mean) / deviation).astype("float32"))


def test_pixels_and_the_fixed_shuffle(tmp_path):
    x = np.arange(40 * 4, dtype="uint8").reshape(40, 2, 2)
    _, read_x, y = read(save(tmp_path, x=x, y=np.arange(40) // 20), scaling="pixels", shuffled=True)
    order = np.random.default_rng(0).permutation(40)
    assert np.array_equal(read_x, (x.astype("float32") / 255)[order])
    assert np.array_equal(y, (np.arange(40) // 20)[order])


def test_a_single_number_for_each_sample(tmp_path):
    data, x, _ = read(save(tmp_path, x=np.arange(10), y=np.arange(10) % 2))
    assert data.found.sample_shape == (1,)
    assert x[:, 0].tolist() == list(range(10))


def test_from_the_disk_all_is_the_same(tmp_path, monkeypatch):
    path = save(tmp_path, x=np.asfortranarray(X.astype("float64")), y=X[:, :, 0])
    whole = read(path, scaling="standardise", task="numbers", shuffled=True)
    monkeypatch.setattr(npy, "IN_MEMORY_BYTES", 100)
    source = open_source(whole[0])
    assert not source.in_memory
    indexes = np.array([39, 3, 3, 0])
    x, y = source.take(indexes)
    np.testing.assert_allclose(x, whole[1][indexes], rtol=1e-5, atol=1e-6)
    assert np.array_equal(y, whole[2][indexes])


def test_targets_of_a_file_of_their_own(tmp_path):
    np.save(tmp_path / "in.npy", X)
    np.save(tmp_path / "out.npy", np.arange(40) % 2)
    given = {"path": str(tmp_path / "in.npy"), "targets_path": str(tmp_path / "out.npy"), "shuffled": False}
    x, y = open_source(found("npy", **given)).arrays()
    assert np.array_equal(x, X)
    assert np.array_equal(y, np.arange(40) % 2)


WITH_NAN = np.where(np.arange(40 * 30).reshape(40, 5, 6) % 500 == 499, np.nan, X)


@pytest.mark.parametrize(
    ("given", "parameters", "sentence"),
    [
        ({"x": X, "y": np.arange(39)}, {}, "x has 40 samples, but y has 39: expected a target for each sample."),
        ({"x": X, "z": np.arange(40)}, {}, "a.npz has no array “y”; it has x, z."),
        (
            {"x": WITH_NAN, "y": np.arange(40)},
            {},
            "a.npz: x has 2 values that are not a finite number (NaN or infinite), ",
        ),
        (
            {"x": X, "y": X[:, 0, 0]},
            {},
            "a.npz: y holds 3.25146 in sample 0, which is no label of a class: choose numbers.",
        ),
        (
            {"x": X, "y": X[:, 0]},
            {},
            "a.npz: y has 6 values for each sample that are not a 1 among zeros, so no classes",
        ),
        ({"x": X, "y": np.ones(40)}, {}, "a.npz: y is '1' for all samples: expected two classes or more."),
        ({"x": X, "y": np.array(["a", "b"] * 20)}, {"task": "numbers"}, "a.npz: y holds texts, which are no numbers"),
        ({"x": np.array(["a", "b"] * 20), "y": np.arange(40)}, {}, "a.npz: x holds texts: expected numbers."),
        (
            {"x": X.astype(complex), "y": np.arange(40)},
            {},
            "a.npz: the array x holds complex numbers: expected numbers.",
        ),
        ({"x": X, "y": np.zeros(40, "M8[D]")}, {}, "a.npz: the array y holds dates: expected numbers."),
        ({"x": X, "y": np.zeros(40, "i4,f8")}, {}, "a.npz: the array y holds records with named fields: expected an"),
        ({"x": X, "y": np.zeros(40, "S3")}, {}, "a.npz: the array y holds bytes: expected numbers."),
        ({"x": X, "y": np.float32(3)}, {}, "a.npz: the array y is a single number: expected a row for each sample."),
        ({"x": X[:0], "y": np.arange(0)}, {}, "a.npz: the array x has no values: expected a row for each sample."),
        (
            {"x": X.reshape(40, 1, 1, 1, 1, 1, 30), "y": np.arange(40)},
            {},
            "a.npz: the array x has 7 dimensions; up to 6",
        ),
        ({"x": np.full((40, 2), 1e39), "y": np.arange(40)}, {}, "a.npz: x has 80 values that are not a finite number"),
    ],
)
def test_what_is_wrong_is_named(tmp_path, given, parameters, sentence):
    with pytest.raises(SpecError) as refusal:
        read(save(tmp_path, **given), **parameters)
    assert str(refusal.value).startswith(sentence)
    assert str(refusal.value).count(". ") == 0


def test_where_the_first_nan_is(tmp_path):
    with pytest.raises(SpecError, match="the first in sample 16, counted from 0"):
        read(save(tmp_path, x=WITH_NAN, y=np.arange(40)))


def test_what_there_is_is_told_even_where_a_part_of_it_cannot_be_read(tmp_path):
    path = tmp_path / "a.npz"
    np.savez(path, x=X, names=np.array([{}, None], dtype=object))
    x, names = arrays_in(path)
    assert (x.name, x.header.shape, x.header.dtype, x.fault) == ("x", X.shape, X.dtype, None)
    assert names.header is None
    assert "holds Python objects" in str(names.fault)
