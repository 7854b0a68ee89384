"""Array files that were made to harm: nothing of them runs, nothing of them fills the memory, each is named."""

import io
import pickle
import struct
import subprocess
import sys
import textwrap
import zipfile
from pathlib import Path

import numpy as np
import pytest

from biasstudio.data_files.array_files import arrays_in, rows_of_array
from biasstudio.data_files.opening import never
from biasstudio.data_files.preview import preview_of
from biasstudio.data_files.proposal import propose_data
from biasstudio.spec.arguments import SpecError


class Planted:
    """Unpickling it writes a file."""

    def __init__(self, path):
        self._path = path

    def __reduce__(self):
        return Path.touch, (self._path,)


def header(text, version=1):
    encoded = text.encode("latin-1")
    length = struct.pack("<H" if version == 1 else "<I", len(encoded))
    return b"\x93NUMPY" + bytes([version, 0]) + length + encoded


def described(descr="'<f4'", fortran="False", shape="(10, 3)"):
    return f"{{'descr': {descr}, 'fortran_order': {fortran}, 'shape': {shape}, }}\n"


def look(path):
    """All that is done with a file before and while it is used."""
    for action in (
        lambda: arrays_in(path),
        lambda: preview_of(path),
        lambda: propose_data(path, path),
        lambda: rows_of_array(path, "x", never),
    ):
        try:
            action()
        except SpecError as error:
            last = error
    return last


@pytest.mark.parametrize("suffix", [".npy", ".npz"])
def test_pickled_arrays_are_named_and_run_nothing(tmp_path, suffix):
    flag = tmp_path / "flag"
    array = np.array([Planted(flag)] * 2, dtype=object)
    path = tmp_path / f"x{suffix}"
    np.save(path, array) if suffix == ".npy" else np.savez(path, x=array, y=array)
    # The trap works where somebody unpickles.
    with np.load(path, allow_pickle=True) if suffix == ".npz" else io.BytesIO() as file:
        file["x"] if suffix == ".npz" else np.load(path, allow_pickle=True)
    assert flag.exists()
    flag.unlink()
    error = look(path)
    assert "holds Python objects, and not numbers: they are pickled, and opening them could run code" in str(error)
    assert not flag.exists()


def test_a_bare_pickle_is_no_array(tmp_path):
    flag = tmp_path / "flag"
    path = tmp_path / "x.npy"
    path.write_bytes(pickle.dumps(Planted(flag)))
    assert "is not an array of NumPy" in str(look(path))
    assert not flag.exists()


@pytest.mark.parametrize(
    "text",
    [
        described(descr="__import__('os').system('touch flag')"),
        described(shape="(__import__('os').getpid(),)"),
        described(shape="(" * 4000 + ")" * 4000),
        described(shape="(" + "1," * 4000 + ")"),
        described(shape="(-1,)"),
        described(shape="(10, 3.0)"),
        described(shape="(9" + "9" * 3000 + ",)"),
        described(descr="'O'"),
        described(descr="'|V400000000'"),
        described(descr="'<U99999999'"),
        described(descr="'<f3'"),
        described(descr="[('a', '<f4')]"),
        "-" * 9000 + "1",
        "[" * 9000,
        "",
        "{'descr': '<f4', 'descr': '<f4', 'shape': (3,), }",
        "{" + "'a': 1, " * 1000 + "}",
        described() * 2,
    ],
)
def test_headers_that_lie_are_refused(tmp_path, text, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for version in (1, 2, 3):
        path = tmp_path / "x.npy"
        path.write_bytes(header(text, version) + bytes(120))
        assert look(path) is not None
        assert not (tmp_path / "flag").exists()
        assert len(str(look(path))) < 300


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x93NUMPY",
        b"\x93NUMPY\x01\x00",
        b"\x93NUMPY\x09\x00" + bytes(100),
        b"\x93NUMPY\x02\x00\xff\xff\xff\xff" + b"{" * 100,
        header(described()) + bytes(119),
    ],
)
def test_files_that_are_cut_off_are_refused(tmp_path, content):
    path = tmp_path / "x.npy"
    path.write_bytes(content)
    assert look(path) is not None


def test_a_file_that_claims_terabytes_takes_no_memory(tmp_path):
    path = tmp_path / "x.npy"
    path.write_bytes(header(described(shape="(1000000000, 1000)")) + bytes(120))
    assert str(look(path)) == (
        "x.npy claims 4,000,000,000,000 bytes of values, but 120 are there: it was cut off, or is damaged."
    )


def write_zip(path, content, name="x.npy", kind=zipfile.ZIP_DEFLATED):
    with zipfile.ZipFile(path, "w", kind) as archive:
        archive.writestr(name, content)


def claim(path, size):
    """Let the zip's table of contents say another size than the one that is there."""
    content = bytearray(path.read_bytes())
    entry = content.rfind(b"PK\x01\x02")
    content[entry + 24 : entry + 28] = struct.pack("<I", size)
    path.write_bytes(content)


def test_a_member_that_claims_more_than_deflate_can_hold(tmp_path):
    path = tmp_path / "x.npz"
    write_zip(path, header(described(shape="(1000000000,)")) + bytes(100))
    claim(path, 4_000_000_200)
    assert "claims 4,000,000,200 bytes, but only" in str(look(path))


def test_a_member_that_is_larger_or_smaller_than_it_says(tmp_path):
    for shape, size in (("(100,)", 40), ("(100,)", 4_000)):
        path = tmp_path / "x.npz"
        write_zip(path, header(described(shape=shape)) + bytes(400))
        claim(path, size)
        assert look(path) is not None


@pytest.mark.parametrize("name", ["../../x.npy", "/x.npy", "C:\\x.npy", "a/b/x.npy"])
def test_nothing_is_extracted_wherever_a_path_leads(tmp_path, name):
    (tmp_path / "in").mkdir()
    path = tmp_path / "in" / "x.npz"
    write_zip(path, header(described()) + bytes(120), name)
    before = sorted(tmp_path.rglob("*"))
    assert [array.header.shape for array in arrays_in(path)] == [(10, 3)]
    look(path)
    assert sorted(tmp_path.rglob("*")) == before


def test_a_name_that_is_there_twice(tmp_path):
    path = tmp_path / "x.npz"
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("x.npy", "y.npy"):
            archive.writestr(name, header(described()) + bytes(120))
    path.write_bytes(path.read_bytes().replace(b"y.npy", b"x.npy"))
    assert "its member “x” is there twice" in str(look(path))


@pytest.mark.parametrize("content", [b"", b"PK\x05\x06", b"PK\x03\x04" + bytes(200), b"PK\x05\x06" + b"\xff" * 18])
def test_zips_that_are_none(tmp_path, content):
    path = tmp_path / "x.npz"
    path.write_bytes(content)
    assert str(look(path)).startswith("x.npz")


@pytest.mark.parametrize("seed", range(40))
def test_a_file_with_wrong_bytes_is_read_or_refused(tmp_path, seed):
    path = tmp_path / "x.npz"
    (np.savez if seed % 2 else np.savez_compressed)(path, x=np.ones((20, 3)), y=np.arange(20) % 2)
    content, generator = bytearray(path.read_bytes()), np.random.default_rng(seed)
    for place in generator.integers(0, len(content), 4):
        content[place] = generator.integers(0, 256)
    path.write_bytes(content[: generator.integers(1, len(content) + 1)] if seed % 3 == 0 else content)
    for action in (lambda: preview_of(path), lambda: propose_data(path)):
        assert said_of(action).partition(" ")[0].rstrip(":") in ("", "x.npz", "x", "y")


def said_of(action):
    try:
        action()
    except SpecError as error:
        return str(error)
    return ""


def test_a_bomb_of_zeros_stays_within_memory(tmp_path):
    """300 MB of zeros in 300 kB, which would be 1.2 GB of float32: they go through a file on the disk."""
    path = tmp_path / "x.npz"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("x.npy", "w", force_zip64=True) as file,
    ):
        file.write(header(described(descr="'|u1'", shape="(300000, 1000)")))
        for _ in range(30):
            file.write(bytes(10_000_000))
    script = textwrap.dedent(f"""
        import resource
        from pathlib import Path
        from biasstudio.data_files.array_files import rows_of_array
        rows = rows_of_array(Path({str(path)!r}), "x", lambda: False)
        print(type(rows).__name__, rows.shape, rows.read(299_999, 300_000).any())
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
    """)
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=100, check=True)
    said, peak = ended.stdout.splitlines()
    assert said == "DiskRows (300000, 1000) False"
    assert int(peak) < 200_000
