"""Folders of images: pixels as Pillow gives them, in a fixed order; what is no image is left out or named."""

import os
import struct
import warnings
import zlib

import numpy as np
import pytest
from PIL import Image

from biasstudio.data_files import npy
from biasstudio.data_files.preview import preview_of
from biasstudio.data_files.proposal import propose_data
from biasstudio.data_files.reading import open_source
from biasstudio.spec.arguments import SpecError
from tests.data_files.writing import found

GENERATOR = np.random.default_rng(0)


def noise(height, width, channels=3):
    return GENERATOR.integers(0, 256, (height, width, channels), dtype=np.uint8).squeeze()


@pytest.fixture
def folder(tmp_path):
    """Three classes in two kinds of sizes and several formats, with things beside that are no images."""
    root = tmp_path / "photos"
    for name, formats in {"dog": ["png", "bmp"], "cat": ["png", "webp", "png"], "Ünicorn": ["gif"]}.items():
        (root / name).mkdir(parents=True)
        for number, suffix in enumerate(formats):
            Image.fromarray(noise(20, 30)).save(root / name / f"{number}.{suffix}", lossless=True)
    (root / "cat" / "deeper").mkdir()
    Image.fromarray(noise(50, 40)).save(root / "cat" / "deeper" / "last.png")
    for other in ("notes.txt", "cat/.hidden.png", "cat/list.csv", ".git/a.png", "__MACOSX/b.png", "empty/readme"):
        (root / other).parent.mkdir(exist_ok=True)
        (root / other).write_text("no image")
    return root


def plain(path, size, mode="RGB"):
    with Image.open(path) as image:
        return np.asarray(image.convert(mode).resize(size[::-1], Image.Resampling.BILINEAR))


@pytest.mark.parametrize(("colour", "mode", "channels"), [("rgb", "RGB", 3), ("grey", "L", 1)])
@pytest.mark.parametrize("in_memory", [True, False])
def test_pixels_are_those_of_pillow_in_a_fixed_order(folder, colour, mode, channels, in_memory, monkeypatch):
    monkeypatch.setattr(npy, "IN_MEMORY_BYTES", 10**9 if in_memory else 0)
    data = found("images", path=str(folder), size=(16, 24), colour=colour)
    assert data.found.class_names == ("cat", "dog", "Ünicorn")
    assert data.found.counts == (4, 2, 1)
    assert data.found.sample_shape == (16, 24, channels)
    names = ["cat/0.png", "cat/1.webp", "cat/2.png", "cat/deeper/last.png", "dog/0.png", "dog/1.bmp", "Ünicorn/0.gif"]
    images = np.stack([plain(folder / name, (16, 24), mode) for name in names]).reshape(7, 16, 24, channels)
    order = np.random.default_rng(0).permutation(7)
    source = open_source(data)
    assert source.in_memory is in_memory
    for x, y in (source.arrays(), source.take(np.arange(7))):
        assert x.dtype == np.float32
        assert np.array_equal(x, (images.astype("float32") / 255)[order])
        assert y.tolist() == np.array([0, 0, 0, 0, 1, 1, 2])[order].tolist()


def test_the_order_is_that_of_names_whatever_the_system_lists_first(tmp_path):
    for name in ("b", "a"):
        (tmp_path / name).mkdir()
        for number in (10, 9, 1):
            Image.fromarray(np.full((4, 4), number, np.uint8)).save(tmp_path / name / f"{number}.png")
    x, y = open_source(found("images", path=str(tmp_path), size=(4, 4), colour="grey", scaling="none")).arrays()
    order = np.random.default_rng(0).permutation(6)
    assert x[:, 0, 0, 0].tolist() == np.array([1, 10, 9, 1, 10, 9])[order].tolist()
    assert y.tolist() == np.array([0, 0, 0, 1, 1, 1])[order].tolist()


def one_image(tmp_path, image, name="0.png", **save):
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir(exist_ok=True)
        image.save(tmp_path / folder / name, **save)
    return tmp_path


def test_a_photograph_is_turned_as_its_exif_data_say(tmp_path):
    pixels = np.zeros((8, 16), np.uint8)
    pixels[:4] = 255
    exif = Image.Exif()
    exif[0x0112] = 6
    path = one_image(tmp_path, Image.fromarray(pixels), "0.jpg", exif=exif, quality=100)
    data = propose_data(path)
    assert (data.get("size"), data.get("colour")) == ((16, 8), "grey")
    x, _ = open_source(data).arrays()
    assert x[0, :, 4:, 0].min() > 0.95
    assert x[0, :, :4, 0].max() < 0.05


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "PA", "RGBA", "CMYK", "I;16"])
def test_modes_of_all_kinds_become_plain(tmp_path, mode):
    if mode == "I;16":
        image = Image.fromarray(np.full((6, 6), 128 * 257, np.uint16))
    else:
        shape = (6, 6) if mode in ("P", "PA") else (6, 6, 3)
        image = Image.fromarray(np.full(shape, 128, np.uint8)).convert(mode.replace("PA", "P"))
    if mode == "PA":
        image.info["transparency"] = bytes([0] * 256)
    suffix = "jpg" if mode == "CMYK" else "png"
    path = one_image(tmp_path, image, f"0.{suffix}")
    for colour, channels in (("rgb", 3), ("grey", 1)):
        x, _ = open_source(found("images", path=str(path), size=(6, 6), colour=colour, scaling="none")).arrays()
        assert x.shape == (2, 6, 6, channels)
        if mode != "1":
            assert abs(x - 128).max() <= 2


def test_sizes_are_proposed_from_the_images(folder, tmp_path):
    data = propose_data(folder)
    assert dict(data.parameters) == {"path": str(folder), "size": (20, 30), "colour": "rgb", "scaling": "pixels"}
    large = (
        one_image(tmp_path / "large", Image.fromarray(noise(600, 1200, 1)))
        if (tmp_path / "large").mkdir() is None
        else 0
    )
    data = propose_data(large)
    assert (data.get("size"), data.get("colour")) == ((64, 128), "grey")


def test_of_a_folder_with_parts_the_training_part_is_proposed(tmp_path):
    for part in ("train", "test"):
        (tmp_path / part).mkdir()
        one_image(tmp_path / part, Image.fromarray(noise(4, 4)))
    assert propose_data(tmp_path).get("path") == str(tmp_path / "train")


def test_a_preview_counts_and_names(folder):
    (folder / "dog" / "2.png").write_bytes(b"no image at all")
    (folder / "dog" / "3.jpg").write_bytes(b"")
    preview = preview_of(folder)
    assert preview.class_names == ("cat", "dog", "Ünicorn")
    assert preview.counts == (4, 4, 1)
    assert preview.unreadable == (
        "The image dog/2.png can't be read: it is damaged, or no image.",
        "The image dog/3.jpg can't be read: it is damaged, or no image.",
    )
    assert preview.left_out == 4
    assert {name for _, name in preview.examples} == set(preview.class_names)
    assert all(path.is_file() for path, _ in preview.examples)
    assert folder / "dog" / "2.png" not in [path for path, _ in preview.examples]
    with pytest.raises(SpecError) as refusal:
        found("images", path=str(folder))
    assert (
        str(refusal.value)
        == "The image dog/2.png can't be read: it is damaged, or no image. Take it out of the folder."
    )


def png(width, height, data=b""):
    def chunk(kind, content):
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(data)) + chunk(b"IEND", b"")


@pytest.mark.parametrize("side", [10_000, 20_000, 2**31 - 1])
def test_an_image_that_claims_too_many_pixels_is_refused(folder, side):
    # As in the application, where warnings are not errors.
    warnings.simplefilter("ignore", Image.DecompressionBombWarning)
    (folder / "dog" / "0.png").write_bytes(png(side, side))
    sentence = "The image dog/0.png claims more pixels than are read"
    assert [text for text in preview_of(folder).unreadable if sentence in text]
    with pytest.raises(SpecError, match=sentence):
        found("images", path=str(folder))
    with pytest.raises(SpecError, match=sentence):
        propose_data(folder)


def test_an_image_that_ends_too_early_is_named_when_it_is_read(folder):
    whole = (folder / "dog" / "1.bmp").read_bytes()
    data = found("images", path=str(folder), size=(8, 8))
    (folder / "dog" / "1.bmp").write_bytes(whole[:300])
    source = open_source(data)
    with pytest.raises(SpecError, match=r"The image dog/1.bmp can't be read: "):
        source.arrays()
    (folder / "dog" / "1.bmp").unlink()
    with pytest.raises(SpecError, match=r"The image dog/1.bmp is not there"):
        source.take(np.arange(7))


@pytest.mark.parametrize("suffix", ["png", "jpg", "bmp", "gif", "webp"])
def test_what_only_calls_itself_an_image_starts_nothing(folder, suffix):
    flag = folder / "flag"
    postscript = f"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n({flag}) (w) file closefile\nshowpage\n"
    (folder / "dog" / f"9.{suffix}").write_text(postscript)
    assert "dog/9." in preview_of(folder).unreadable[0]
    with pytest.raises(SpecError, match="can't be read"):
        found("images", path=str(folder))
    assert not flag.exists()


@pytest.mark.parametrize("seed", range(30))
def test_an_image_with_wrong_bytes_is_read_or_named(folder, seed):
    generator = np.random.default_rng(seed)
    path = sorted(path for path in folder.rglob("*.*") if path.suffix in (".png", ".bmp", ".gif", ".webp"))[seed % 7]
    content = bytearray(path.read_bytes())
    for place in generator.integers(0, len(content), 5):
        content[place] = generator.integers(0, 256)
    path.write_bytes(content)
    try:
        open_source(found("images", path=str(folder), size=(8, 8))).arrays()
    except SpecError as error:
        said = str(error)
    else:
        said = "The image"
    assert said.startswith(("The image", "photos"))


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda _: None, "has none"),
        (lambda folder: (folder / "a").mkdir(), "has none"),
        (lambda folder: Image.fromarray(noise(4, 4)).save(folder / "0.png"), "has none"),
        (
            lambda folder: ((folder / "a").mkdir(), Image.fromarray(noise(4, 4)).save(folder / "a" / "0.png")),
            "has only a",
        ),
    ],
)
def test_a_folder_without_classes_is_refused(tmp_path, make, sentence):
    make(tmp_path)
    with pytest.raises(SpecError) as refusal:
        propose_data(tmp_path)
    assert str(refusal.value) == (
        f"{tmp_path.name}: expected a folder with images for each of two classes or more, but it {sentence}."
    )


def test_pipes_and_loops_are_left_out(folder):
    os.mkfifo(folder / "dog" / "pipe.png")
    (folder / "dog" / "loop").symlink_to(folder)
    data = found("images", path=str(folder), size=(8, 8))
    assert data.found.counts == (4, 2, 1)


@pytest.mark.parametrize("change", ["more", "fewer", "class"])
def test_a_folder_that_holds_something_else_now_is_refused(folder, change):
    data = found("images", path=str(folder), size=(8, 8))
    if change == "more":
        Image.fromarray(noise(4, 4)).save(folder / "dog" / "7.png")
    elif change == "fewer":
        (folder / "dog" / "0.png").unlink()
    else:
        (folder / "dog").rename(folder / "wolf")
    expected = {
        "more": "has 8 samples now",
        "fewer": "has 6 samples now",
        "class": "has the classes cat, wolf, Ünicorn",
    }
    with pytest.raises(SpecError, match=expected[change]):
        open_source(data)
