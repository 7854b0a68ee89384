"""A folder with a folder of images for each class: what there is, and the pixels of one image."""

import os
import struct
import warnings
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError, features

from biasstudio.data_files.opening import Cancelled, go_on, said_plainly, title_of
from biasstudio.spec.arguments import SpecError
from biasstudio.spec.found_data import MAXIMUM_CLASSES
from biasstudio.spec.own_data_types import RGB

SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp"})
# Only these are ever tried: Pillow's readers of other formats start other programs.
_FORMATS = tuple(name for name in ("PNG", "JPEG", "BMP", "GIF", "WEBP") if name != "WEBP" or features.check("webp"))
_MAXIMUM_FILES = 2_000_000
_MAXIMUM_DEPTH = 20
_LARGEST_PROPOSED_SIDE = 128
# What Pillow's readers raise at files that are damaged, or made to harm.
_FAULTS = (
    OSError,
    ValueError,
    SyntaxError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    EOFError,
    OverflowError,
    RuntimeError,
    MemoryError,
    struct.error,
    zlib.error,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)
# An image that claims more pixels than Pillow thinks right is refused here, and not only warned of on the terminal.
warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)
_MAXIMUM_PIXELS = Image.MAX_IMAGE_PIXELS or 89_478_485


@dataclass(frozen=True)
class ImageFolder:
    """The images below a folder, sorted by class and path. `left_out` counts files that are none."""

    path: Path
    class_names: tuple[str, ...]
    images: tuple[Path, ...]
    labels: NDArray[np.int32]
    left_out: int = 0


def image_folder(path: Path, cancelled: Cancelled) -> ImageFolder:
    """Raises SpecError where there are not two folders with images or more."""
    with said_plainly(path):
        entries = sorted(os.scandir(path), key=lambda entry: entry.name)
        folders = [Path(entry.path) for entry in entries if entry.is_dir() and not _hidden(entry.name)]
        loose = sum(not entry.is_dir() for entry in entries)
        names: list[str] = []
        images: list[Path] = []
        labels: list[int] = []
        for folder in folders:
            found, others = _images_below(folder, cancelled)
            loose += others
            if found:
                labels.extend([len(names)] * len(found))
                names.append(title_of(folder.name))
                images.extend(found)
    if len(names) < 2:
        there = "has none" if not names else f"has only {names[0]}"
        raise SpecError(
            f"{path.name}: expected a folder with images for each of two classes or more, but it {there}.",
            argument="path",
        )
    if len(names) > MAXIMUM_CLASSES or len(set(names)) < len(names):
        raise SpecError(f"{path.name} has more folders than there can be classes, or two of one name.", argument="path")
    return ImageFolder(path, tuple(names), tuple(images), np.array(labels, np.int32), loose)


def _hidden(name: str) -> bool:
    return name.startswith((".", "__"))


def _images_below(folder: Path, cancelled: Cancelled) -> tuple[list[Path], int]:
    """The images of a folder and those in it, sorted; and how many other files there are."""
    found, others = [], 0
    for where, folders, files in os.walk(folder):
        go_on(cancelled)
        depth = len(Path(where).relative_to(folder).parts)
        folders[:] = sorted(name for name in folders if not _hidden(name)) if depth < _MAXIMUM_DEPTH else []
        for name in files:
            path = Path(where, name)
            if not _hidden(name) and path.suffix.lower() in SUFFIXES and path.is_file():
                found.append(path)
            else:
                others += 1
        if len(found) > _MAXIMUM_FILES:
            raise SpecError(f"{folder.name} has more than {_MAXIMUM_FILES:,} images.", argument="path")
    return sorted(found, key=lambda path: path.relative_to(folder).as_posix()), others


def images_faults(images: Sequence[Path], cancelled: Cancelled, most: int) -> list[tuple[Path, str]]:
    """The images that can't be opened, with the reason; up to `most` of them. Looks at their first bytes only."""
    faults = []
    for path in images:
        go_on(cancelled)
        try:
            _header(path)
        except SpecError as error:
            faults.append((path, str(error)))
            if len(faults) == most:
                break
    return faults


def proposed_size(images: Sequence[Path], cancelled: Cancelled) -> tuple[tuple[int, int], str]:
    """Height and width that most images have, made smaller where they are large; and rgb, or grey where all are.

    Raises SpecError naming an image that can't be read.
    """
    sizes: Counter[tuple[int, int]] = Counter()
    grey = True
    for path in images:
        go_on(cancelled)
        (width, height), mode = _header(path)
        sizes[height, width] += 1
        grey = grey and mode.partition(";")[0] in ("1", "L", "LA", "I", "F")
    height, width = max(sizes, key=lambda size: (sizes[size], size))
    shrink = min(1.0, _LARGEST_PROPOSED_SIDE / max(height, width))
    return (max(1, round(height * shrink)), max(1, round(width * shrink))), "grey" if grey else RGB


def _header(path: Path) -> tuple[tuple[int, int], str]:
    """Size, as the image is to be seen, and mode. Raises SpecError."""
    with _opened(path) as image:
        # Orientations from 5 on lie on their side.
        turned = image.getexif().get(0x0112, 1) in (5, 6, 7, 8)
        return (image.size[::-1] if turned else image.size), image.mode


def read_image(path: Path, size: tuple[int, int], colour: str) -> NDArray[np.uint8]:
    """(height, width, channels): turned as its EXIF data say, in colour or grey, resized bilinearly. Raises SpecError.

    As `ImageOps.exif_transpose(image).convert("RGB").resize((width, height), Image.Resampling.BILINEAR)` of Pillow.
    """
    with _opened(path) as image:
        turned = ImageOps.exif_transpose(image)
        resized = _plain(turned, colour).resize(size[::-1], Image.Resampling.BILINEAR)
        return np.asarray(resized, np.uint8).reshape(*size, -1)


def _plain(image: Image.Image, colour: str) -> Image.Image:
    if image.mode.startswith("I"):
        # Pillow would cut off what is above 255 of 16 bits.
        image = Image.fromarray((np.asarray(image).astype(np.float32) / 257).clip(0, 255).astype(np.uint8))
    elif image.mode == "P":
        # Without this step Pillow warns of palettes that have transparent colours.
        image = image.convert("RGBA")
    return image.convert("RGB" if colour == RGB else "L")


@contextmanager
def _opened(path: Path) -> Iterator[Image.Image]:
    name = f"{path.parent.name}/{path.name}"
    try:
        with path.open("rb") as file, Image.open(file, formats=_FORMATS) as image:
            if image.width * image.height > _MAXIMUM_PIXELS:
                raise Image.DecompressionBombError
            yield image
    except FileNotFoundError:
        raise SpecError(f"The image {name} is not there: expected it at {path}.", argument="path") from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise SpecError(f"The image {name} claims more pixels than are read.", argument="path") from None
    except _FAULTS as error:
        reason = "it is damaged, or no image" if isinstance(error, UnidentifiedImageError) else _short(error)
        raise SpecError(f"The image {name} can't be read: {reason}.", argument="path") from None


def _short(error: BaseException) -> str:
    text = str(error).strip().rstrip(".")
    return text[:100] if text.isprintable() and text else "it is damaged"
