"""What Bias Studio is made of: the parts that run in this process, their versions and licences."""

import platform
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from biasstudio.resource_files import resource_path

# The installer carries TensorFlow's build for the processor.
_STANDS_FOR = {"tensorflow": "tensorflow-cpu"}
# Whose packages come without a text of their own.
_SHIPPED_TEXTS = {
    "flatbuffers": ("Apache-2.0",),
    "pyside6-essentials": ("LGPL-3.0", "GPL-3.0"),
    "shiboken6": ("LGPL-3.0", "GPL-3.0"),
    "tensorflow": ("Apache-2.0",),
    "tensorflow-cpu": ("Apache-2.0",),
}
_NOTICES = "tensorflow/THIRD_PARTY_NOTICES.txt"
_USUAL_NAMES = ("LICENSE", "LICENSE.txt", "LICENSE.md", "COPYING")


@dataclass(frozen=True)
class Part:
    """One part: a distribution of Python, Python itself, or data. `texts` are its licences in full."""

    name: str
    version: str
    licence: str
    texts: tuple[str, ...]


@cache
def parts() -> tuple[Part, ...]:
    """Bias Studio first, then all that it needs and that is installed here, by name. Any thread may call."""
    found = {name: _part(entry) for name, entry in _needed("biasstudio")}
    own = found.pop("biasstudio")
    python = Part("Python", platform.python_version(), "PSF-2.0", (_shipped("Python"),))
    data = resource_path("data/README.md").read_text("utf-8")
    digits = Part("Data sets: MNIST digits and tables", "", "CC BY-SA 3.0, CC BY 4.0", (data,))
    return (own, *sorted([*found.values(), python, digits], key=lambda part: part.name.lower()))


def _needed(root: str) -> Iterator[tuple[str, Distribution]]:
    """A distribution and, each once, what it asks for outside of its extras; what isn't installed is passed over."""
    waiting, seen = [root], set()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        try:
            entry = distribution(name)
        except PackageNotFoundError:
            waiting += [_STANDS_FOR[name]] if name in _STANDS_FOR else []
            continue
        yield name, entry
        for requirement in entry.requires or ():
            asked, _, condition = requirement.partition(";")
            if "extra ==" not in condition:
                waiting.append(_normalized(re.split(r"[^\w.-]", asked.strip(), maxsplit=1)[0]))


def _normalized(name: str) -> str:
    """As package indexes compare names (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _part(entry: Distribution) -> Part:
    metadata = entry.metadata
    name = metadata["Name"]
    texts = [*_own_texts(entry), *(_shipped(text) for text in _SHIPPED_TEXTS.get(_normalized(name), ()))]
    return Part(name, entry.version, short_licence(entry), tuple(texts))


def short_licence(entry: Distribution) -> str:
    """The name of a distribution's licence, from whichever of three places its maker chose."""
    metadata = entry.metadata
    for key in ("License-Expression", "License"):
        if metadata[key] and "\n" not in metadata[key]:
            return metadata[key]
    kinds = [line for line in metadata.get_all("Classifier") or () if line.startswith("License ::")]
    return kinds[0].rpartition(" :: ")[2] if kinds else "see the text"


def _own_texts(entry: Distribution) -> Iterator[str]:
    named = entry.metadata.get_all("License-File") or ()
    for name in dict.fromkeys((*named, *_USUAL_NAMES)):
        text = entry.read_text(f"licenses/{name}") or entry.read_text(name)
        if text:
            yield text.strip()
    notices = Path(str(entry.locate_file(_NOTICES)))
    if _normalized(entry.metadata["Name"]).startswith("tensorflow") and notices.is_file():
        yield notices.read_text("utf-8", errors="replace").strip()


def _shipped(name: str) -> str:
    return resource_path(f"licences/{name}.txt").read_text("utf-8").strip()
