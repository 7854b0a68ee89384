"""HDF5 read in Python alone: what h5py reads of Keras's files, and one sentence for all that Keras never writes."""

import io
import tracemalloc

import h5py
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from biasstudio.model_files.hdf5 import Hdf5
from biasstudio.spec.arguments import SpecError


def read(path):
    with path.open("rb") as file:
        hdf5 = Hdf5(file, path.name)
        return {array.path: hdf5.numbers(array) for group in hdf5.root.walk() for array in group.arrays.values()}


@pytest.mark.parametrize("suffix", [".h5", ".weights.h5"])
@pytest.mark.parametrize("name", ["sequential", "branches", "sequences"])
def test_arrays_and_attributes_are_those_that_h5py_reads(written, name, suffix):
    path = written.get((name, suffix)) or written[name, ".weights.h5"]
    with path.open("rb") as opened, h5py.File(path) as expected:
        hdf5, seen = Hdf5(opened, path.name), []

        def compare(place, thing):
            seen.append(place)
            if isinstance(thing, h5py.Dataset):
                array = hdf5.root.array(place)
                assert array.shape == thing.shape
                np.testing.assert_array_equal(hdf5.numbers(array), thing[()])
                return
            group = hdf5.root.group(place) if place else hdf5.root
            for attribute, value in thing.attrs.items():
                if isinstance(value, str | bytes):
                    assert hdf5.text(group, attribute) == as_text(value)
                elif value.dtype.kind in "SO":
                    assert hdf5.texts(group, attribute) == [as_text(each) for each in value]

        expected.visititems(compare)
        compare("", expected)
        groups = list(hdf5.root.walk())
        assert len(seen) == len(groups) + sum(len(group.arrays) for group in groups)


def as_text(value):
    return value.decode() if isinstance(value, bytes) else value


@pytest.mark.parametrize("order", [False, True])
@pytest.mark.parametrize("version", ["earliest", "latest"])
def test_other_layouts_of_groups_are_read_too(tmp_path, version, order):
    path = tmp_path / "other.h5"
    with h5py.File(path, "w", libver=version, track_order=order) as file:
        file["a/b"] = np.arange(3.0)
        file["a"].create_group("empty")
        file["whole"] = np.arange(4, dtype="i2").reshape(2, 2)
    arrays = read(path)
    assert set(arrays) == {"a/b", "whole"}
    assert arrays["whole"].tolist() == [[0, 1], [2, 3]]


def test_many_layers_and_a_long_list_of_names(tmp_path):
    path, names = tmp_path / "many.h5", [f"a_rather_long_name_of_a_layer_{number}" for number in range(3000)]
    with h5py.File(path, "w") as file:
        for name in names:
            file.create_group(name)
        file.attrs["names0"], file.attrs["names1"] = names[:1000], [name.encode() for name in names[1000:]]
    with path.open("rb") as file:
        hdf5 = Hdf5(file, path.name)
        assert sorted(hdf5.root.groups) == sorted(names)
        assert hdf5.texts(hdf5.root, "names") == names


def external_link(file):
    file["x"] = h5py.ExternalLink("/etc/passwd", "/secret")


def soft_link(file):
    file["g/x"] = h5py.SoftLink("/g")


def circle(file):
    group = file.create_group("g")
    group["x"] = group


def external_storage(file):
    file.create_dataset("x", (10,), "u1", external=[("/etc/passwd", 0, 10)])


def virtual(file):
    layout = h5py.VirtualLayout((10,), "f4")
    layout[:] = h5py.VirtualSource("/etc/passwd", "x", (10,))
    file.create_virtual_dataset("x", layout)


def terabytes(file):
    file.create_dataset("x", (1 << 40,), "f4")


def bomb(file):
    file.create_dataset("x", (1 << 20, 1 << 20), "f4", chunks=(1024, 1024), compression="gzip")


REFUSED = {
    external_link: "a link, “x”, to another file, “/etc/passwd”",
    soft_link: "a link, “x”, to another place",
    circle: "one object from two places",
    external_storage: "“x” lie in another file",
    virtual: "“x” is put together from other data sets",
    terabytes: "“x” has 4,398,046,511,104 bytes, but holds 0",
    bomb: "“x” in chunks",
}


@pytest.mark.parametrize("make", REFUSED, ids=lambda make: make.__name__)
def test_what_keras_never_writes_is_refused_by_name_before_memory_is_taken(tmp_path, make):
    path = tmp_path / "made.h5"
    with h5py.File(path, "w") as file:
        make(file)
    tracemalloc.start()
    with pytest.raises(SpecError) as caught:
        read(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert REFUSED[make] in str(caught.value)
    assert str(caught.value).startswith("made.h5 ")
    assert peak < 1_000_000


def test_text_and_objects_are_listed_and_never_read_as_numbers(tmp_path):
    path = tmp_path / "text.h5"
    with h5py.File(path, "w") as file:
        file["words"] = np.array([b"one", b"two"])
        file["more"] = ["a", "b"]
    with path.open("rb") as file:
        hdf5 = Hdf5(file, path.name)
        for array in hdf5.root.arrays.values():
            with pytest.raises(SpecError, match="holds no numbers"):
                hdf5.numbers(array)


def test_bfloat16_is_widened(tmp_path):
    path = tmp_path / "narrow.h5"
    values = np.array([1.5, -2.0, 3.140625], "f4")
    with h5py.File(path, "w") as file:
        file["x"] = (values.view("u4") >> 16).astype("u2")
        file["x"].attrs["dtype"] = "bfloat16"
    assert read(path)["x"].tolist() == values.tolist()


@given(data=st.data())
@settings(max_examples=300)
def test_a_damaged_file_is_read_or_refused_in_one_sentence(written, data):
    content = bytearray(written[data.draw(st.sampled_from(["sequences", "branches"])), ".weights.h5"].read_bytes())
    for _ in range(data.draw(st.integers(1, 8))):
        place = data.draw(st.integers(0, len(content) - 1))
        content[place] = data.draw(st.sampled_from([0, 255, content[place] ^ (1 << data.draw(st.integers(0, 7)))]))
    if data.draw(st.booleans()):
        del content[data.draw(st.integers(0, len(content))) :]
    sentence = read_all(bytes(content))
    assert sentence == "" or (sentence.startswith("damaged.h5") and sentence.endswith(".") and len(sentence) < 400)


def read_all(content):
    """All that can be read, or the sentence why it can't."""
    try:
        hdf5 = Hdf5(io.BytesIO(content), "damaged.h5")
        for group in hdf5.root.walk():
            hdf5.text(group, "name")
            for array in group.arrays.values():
                if array.kind.numpy is not None:
                    hdf5.numbers(array)
    except SpecError as error:
        return str(error)
    return ""
