"""The frozen program as a package of Debian and Ubuntu."""

import gzip
import hashlib
import os
import platform
import re
import shutil
import subprocess
import textwrap
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import format_datetime
from importlib.metadata import Distribution
from pathlib import Path

from biasstudio.gui.help.licences import short_licence

HERE = Path(__file__).resolve().parent
LINUX = HERE / "linux"
METAINFO = LINUX / "io.github.biasstudio.biasstudio.metainfo.xml"
MAINTAINER = "{} <{}>".format(
    os.environ.get("DEBFULLNAME", "The Bias Studio authors"),
    os.environ.get("DEBEMAIL", "biasstudio@users.noreply.github.com"),
)
HOME = Path("usr/lib/biasstudio")
# No library: what makes a double click on a file find the program, and its icons.
DEPENDS_BY_HAND = ("desktop-file-utils", "hicolor-icon-theme", "shared-mime-info")
# A font for Qt; certificates for data sets that Keras downloads; what opens a folder or a page.
RECOMMENDS = ("fonts-dejavu-core | fonts-freefont-ttf", "ca-certificates", "xdg-utils")


def make_package(frozen: Path, icons: Path, version: str, into: Path, work: Path, compression: str) -> Path:
    """Write biasstudio_VERSION_ARCHITECTURE.deb into the folder `into`, and return its path.

    `frozen` is PyInstaller's folder, `icons` what goes into the hicolor theme, `compression` is dpkg-deb's: xz for
    people, zstd for trying.
    """
    root = work / "debian-root"
    shutil.rmtree(root, ignore_errors=True)
    shutil.copytree(frozen, root / HOME, symlinks=True)
    _lay_out(root, icons, version)
    _set_modes(root)
    architecture = _output("dpkg", "--print-architecture")
    control = root / "DEBIAN"
    control.mkdir()
    (control / "control").write_text(_control(root, version, architecture, work))
    (control / "md5sums").write_text("".join(_checksums(root)))
    package = into / f"biasstudio_{version}_{architecture}.deb"
    subprocess.run(["dpkg-deb", "--root-owner-group", f"-Z{compression}", "--build", root, package], check=True)
    return package


def _lay_out(root: Path, icons: Path, version: str) -> None:
    share = root / "usr/share"
    _link(root / "usr/bin/biasstudio", "../lib/biasstudio/biasstudio")
    _copy(LINUX / "biasstudio.desktop", share / "applications/biasstudio.desktop")
    _copy(METAINFO, share / "metainfo" / METAINFO.name)
    _copy(LINUX / "biasstudio-mime.xml", share / "mime/packages/biasstudio.xml")
    _copy(LINUX / "lintian-overrides", share / "lintian/overrides/biasstudio")
    _compress((LINUX / "biasstudio.1").read_text(), share / "man/man1/biasstudio.1.gz")
    _compress(_changelog(version), share / "doc/biasstudio/changelog.gz")
    copyright_file = share / "doc/biasstudio/copyright"
    copyright_file.write_text(_copyright(root / HOME / "_internal"))
    shutil.copytree(icons, share / "icons/hicolor")


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def _link(path: Path, target: str) -> None:
    path.parent.mkdir(parents=True)
    path.symlink_to(target)


def _compress(text: str, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    # Without a name and a time in it, the same text gives the same file.
    target.write_bytes(gzip.compress(text.encode(), 9, mtime=0))


def _set_modes(root: Path) -> None:
    program = root / HOME / "biasstudio"
    for path in root.rglob("*"):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path == program else 0o644)


def _changelog(version: str) -> str:
    """The releases of the AppStream metadata, as Debian writes them; the newest must be this one."""
    releases = ElementTree.parse(METAINFO).findall("releases/release")  # noqa: S314 - a file of ours
    newest = releases[0].get("version")
    if newest != version:
        raise SystemExit(f"{METAINFO.name} ends with release {newest}, but the project is at {version}.")
    return "\n".join(_changelog_entry(release) for release in releases)


def _changelog_entry(release: ElementTree.Element) -> str:
    made = datetime.fromisoformat(release.attrib["date"])
    made = made if made.tzinfo else made.replace(hour=12, tzinfo=UTC)
    said = "\n".join(
        textwrap.fill(" ".join((paragraph.text or "").split()), 78, initial_indent="  * ", subsequent_indent="    ")
        for paragraph in release.iter("p")
    )
    head = f"biasstudio ({release.attrib['version']}) stable; urgency=medium"
    return f"{head}\n\n{said}\n\n -- {MAINTAINER}  {format_datetime(made)}\n"


def _copyright(bundle: Path) -> str:
    licence = (HERE / "LICENSE").read_text().split("\n\n", 2)[2]
    expat = "\n".join(f" {line.strip() or '.'}" for line in licence.strip().splitlines())
    data = HOME / "_internal/biasstudio/resources/data"
    parts = "\n".join(f"  {line}" for line in _bundled(bundle))
    return (
        "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n"
        "Upstream-Name: Bias Studio\n\n"
        "Files: *\nCopyright: their authors, named in the texts of their licences\nLicense: each-its-own\n"
        f" The texts lie in the .dist-info folders under /{HOME}/_internal\n"
        f" and in /{HOME}/_internal/biasstudio/resources/licences.\n .\n{parts}\n\n"
        f"Files: {HOME}/_internal/biasstudio/* usr/share/*\n"
        f"Copyright: 2026 the Bias Studio authors\nLicense: Expat\n{expat}\n\n"
        f"Files: {data}/mnist_5k.npz\nCopyright: Yann LeCun and Corinna Cortes\nLicense: CC-BY-SA-3.0\n"
        " The Creative Commons Attribution-ShareAlike 3.0 licence,\n"
        " https://creativecommons.org/licenses/by-sa/3.0/legalcode\n\n"
        f"Files: {data}/*.csv\nCopyright: their authors, named in {data}/README.md\nLicense: CC-BY-4.0\n"
        " The Creative Commons Attribution 4.0 licence,\n"
        " https://creativecommons.org/licenses/by/4.0/legalcode\n"
    )


def _bundled(bundle: Path) -> Iterator[str]:
    """A line for each part of the bundle that isn't ours."""
    yield f"Python {platform.python_version()}: PSF-2.0"
    yield "PyInstaller's starter: GPL-2.0-or-later with an exception for what it starts"
    for folder in sorted(bundle.glob("*.dist-info")):
        entry = Distribution.at(folder)
        if entry.metadata["Name"] != "biasstudio":
            yield f"{entry.metadata['Name']} {entry.version}: {short_licence(entry)}"


def _control(root: Path, version: str, architecture: str, work: Path) -> str:
    size = sum(path.lstat().st_size for path in root.rglob("*") if path.is_file() and not path.is_symlink())
    return (
        f"Package: biasstudio\nVersion: {version}\nArchitecture: {architecture}\nMaintainer: {MAINTAINER}\n"
        f"Installed-Size: {size // 1024}\nDepends: {', '.join(_depends(root, work))}\n"
        f"Recommends: {', '.join(RECOMMENDS)}\nSection: science\nPriority: optional\n"
        "Description: see what the biases of a neural network do\n"
        " Choose for each layer of a Keras network whether it has biases and how they\n"
        " start, look at the values before any training, train, and watch every bias\n"
        " vector move, step by step. Every training is recorded and can be replayed,\n"
        " compared and diagnosed; scripts, models and data of your own can be opened.\n"
        " .\n"
        " Python, Qt and TensorFlow (for the processor) come with it.\n"
    )


def _depends(root: Path, work: Path) -> list[str]:
    """The packages of the libraries that the bundle needs and does not carry."""
    files = [path for path in (root / HOME).rglob("*") if path.is_file() and not path.is_symlink() and _is_elf(path)]
    folders = sorted({path.parent for path in files})
    (work / "debian").mkdir(exist_ok=True)
    (work / "debian/control").write_text("Source: biasstudio\n\nPackage: biasstudio\nArchitecture: any\n")
    options = ["-O", "--ignore-missing-info", *(f"-l{folder}" for folder in folders), *(f"-e{path}" for path in files)]
    answer = subprocess.run(["dpkg-shlibdeps", *options], cwd=work, check=True, capture_output=True, text=True)
    found = re.sub(r"^shlibs:Depends=", "", answer.stdout.strip()).split(", ")
    return sorted([*found, *DEPENDS_BY_HAND])


def _is_elf(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == b"\x7fELF"


def _checksums(root: Path) -> Iterator[str]:
    for path in sorted(root.rglob("*")):
        if path.is_file() and not path.is_symlink() and "DEBIAN" not in path.relative_to(root).parts:
            with path.open("rb") as file:
                yield f"{hashlib.file_digest(file, 'md5').hexdigest()}  {path.relative_to(root)}\n"


def _output(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
