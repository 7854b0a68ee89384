"""The zip of a .keras file: escapes, links, doubles and bombs are refused before a member is read."""

import io
import struct
import tracemalloc
import zipfile

import pytest

from biasstudio.model_files.reader import read_model_file
from biasstudio.spec.arguments import SpecError
from tests.model_files.models import dense, dense_weights, keras_file, model_of


def refusal(path):
    tracemalloc.start()
    with pytest.raises(SpecError) as caught:
        read_model_file(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 30_000_000
    assert str(caught.value).startswith(path.name)
    return str(caught.value)


@pytest.mark.parametrize("name", ["../outside.txt", "/outside.txt", "assets/../../outside.txt", "C:\\outside.txt"])
def test_a_member_that_leads_out_is_refused_and_nothing_is_written(tmp_path, name):
    folder = tmp_path / "a" / "b"
    folder.mkdir(parents=True)
    path = keras_file(folder / "escape.keras", model_of(dense()), members=[(name, "planted")])
    before = sorted(tmp_path.rglob("*"))
    assert "leads out of the file" in refusal(path)
    assert sorted(tmp_path.rglob("*")) == before


def test_a_link_is_refused(tmp_path):
    link = zipfile.ZipInfo("assets")
    link.external_attr = 0o120777 << 16
    path = keras_file(tmp_path / "link.keras", model_of(dense()), members=[(link, "/etc/passwd")])
    assert "“assets” is a link" in refusal(path)


def test_a_member_that_is_there_twice_is_refused(tmp_path):
    with pytest.warns(UserWarning, match="Duplicate name"):
        path = keras_file(tmp_path / "twice.keras", model_of(dense()), members=[("config.json", "{}")])
    assert "“config.json” is there twice" in refusal(path)


def test_an_encrypted_member_is_refused(tmp_path):
    path = keras_file(tmp_path / "locked.keras", model_of(dense()))
    content = bytearray(path.read_bytes())
    # The flags of the first entry in the table of contents.
    content[content.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)
    assert "is encrypted" in refusal(path)


@pytest.mark.parametrize("member", ["model.weights.h5", "config.json"])
def test_a_member_that_claims_terabytes_is_refused(tmp_path, member):
    path = tmp_path / "huge.keras"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("config.json", "model.weights.h5"):
            archive.writestr(name, b"x" * 10)
    content = bytearray(path.read_bytes())
    at = content.index(b"PK\x01\x02")
    while content[at + 46 : at + 46 + len(member)] != member.encode():
        at = content.index(b"PK\x01\x02", at + 1)
    content[at + 24 : at + 28] = struct.pack("<I", 0xFFFFFFF0)
    path.write_bytes(content)
    assert "claims 4,294,967,280 bytes" in refusal(path)


@pytest.mark.parametrize("member", ["model.weights.h5", "config.json"])
def test_much_out_of_little_is_refused(tmp_path, member):
    path = tmp_path / "bomb.keras"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in ("config.json", "model.weights.h5"):
            with archive.open(name, "w", force_zip64=True) as file:
                for _ in range(80 if name == member else 1):
                    file.write(bytes(1_000_000))
    assert path.stat().st_size < 200_000
    assert "claims 80,000,000 bytes" in refusal(path)


def test_a_member_that_is_larger_than_it_says_stops_there(tmp_path):
    path = tmp_path / "liar.keras"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("config.json", bytes(1_000_000))
        archive.writestr("model.weights.h5", dense_weights())
    content = bytearray(path.read_bytes())
    at = content.index(b"PK\x01\x02")
    content[at + 24 : at + 28] = struct.pack("<I", 100)
    path.write_bytes(content)
    refusal(path)


def test_a_table_of_contents_without_end_is_refused(tmp_path):
    path = tmp_path / "table.keras"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(11_000):
            archive.writestr(f"assets/{number}", b"")
    assert "more than a model has" in refusal(path)


def test_weights_pickled_in_an_npz_are_never_unpickled(tmp_path):
    """Keras itself also takes model.weights.npz, which may hold pickles."""
    marker = tmp_path / "unpickled"

    class Evil:
        def __reduce__(self):
            return open, (str(marker), "w")

    import numpy as np

    content = io.BytesIO()
    np.savez(content, evil=np.array([Evil()], object))
    path = tmp_path / "pickle.keras"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("config.json", "{}")
        archive.writestr("model.weights.npz", content.getvalue())
    assert "no member model.weights.h5" in refusal(path)
    assert not marker.exists()


@pytest.mark.parametrize(
    ("content", "part"),
    [
        (b"", "is empty"),
        (b"text", "neither a .keras nor an HDF5 file"),
        (b"PK\x03\x04 and then nothing", "not a .keras file"),
        (b"\x89HDF\r\n\x1a\n", "not an HDF5 file"),
    ],
)
def test_what_is_no_model_is_said(tmp_path, content, part):
    path = tmp_path / "foreign.keras"
    path.write_bytes(content)
    assert part in refusal(path)
