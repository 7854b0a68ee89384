"""What pyproject.toml promises: files that exist, files that are shipped, and bounds that keep faulty Qt out."""

import re
import sqlite3
import tomllib
import xml.etree.ElementTree as ElementTree
from configparser import ConfigParser
from importlib.metadata import version
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

import biasstudio
from biasstudio.recording.run_format import APPLICATION_ID

REPOSITORY = Path(__file__).resolve().parent.parent
SETTINGS = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
PROJECT = SETTINGS["project"]
LINUX = REPOSITORY / "packaging" / "linux"
MIME_TYPES = {
    ".biasexp": "application/vnd.biasstudio.experiment+json",
    ".biasrun": "application/vnd.biasstudio.run+sqlite3",
}
REQUIREMENTS = [Requirement(text) for text in PROJECT["dependencies"]]
WHEEL = SETTINGS["tool"]["hatch"]["build"]["targets"]["wheel"]
# Only the README shows these.
NOT_SHIPPED = ("resources/pictures/",)
SUPPORTED_PYTHONS = ["3.11", "3.12", "3.13"]


def test_what_pyproject_points_to_exists():
    assert (REPOSITORY / PROJECT["readme"]).read_text(encoding="utf-8").startswith("# ")
    for file in PROJECT["license-files"]:
        assert "MIT" in (REPOSITORY / file).read_text(encoding="utf-8")
    for entry in SETTINGS["tool"]["hatch"]["build"]["targets"]["sdist"]["include"]:
        assert (REPOSITORY / entry).exists(), entry


def test_the_version_is_that_of_the_installed_package():
    assert biasstudio.__version__ == version("biasstudio") == PROJECT["version"]


@pytest.mark.parametrize("script", [*PROJECT["scripts"].values(), *PROJECT["gui-scripts"].values()])
def test_the_scripts_lead_to_a_function(script):
    from biasstudio import cli

    assert script == "biasstudio.cli:main"
    assert callable(cli.main)


def test_every_resource_is_shipped_at_the_place_where_it_is_looked_for():
    included = WHEEL["force-include"]
    for source, target in included.items():
        assert (REPOSITORY / source).exists(), source
        assert target == f"biasstudio/{source}"
    names = [
        path.relative_to(REPOSITORY).as_posix() for path in (REPOSITORY / "resources").rglob("*") if path.is_file()
    ]
    for name in names:
        if not name.startswith(NOT_SHIPPED):
            assert any(f"{name}/".startswith(f"{source}/") for source in included), f"{name} would not be in the wheel"


def applying(name: str, python: str) -> Requirement:
    found = [
        requirement
        for requirement in REQUIREMENTS
        if requirement.name == name
        and (requirement.marker is None or requirement.marker.evaluate({"python_version": python}))
    ]
    assert len(found) == 1, f"{name} is required {len(found)} times on Python {python}"
    return found[0]


@pytest.mark.parametrize(
    ("python", "qt", "allowed"),
    [
        *((python, qt, False) for python in SUPPORTED_PYTHONS for qt in ("6.7.3", "6.11.0", "6.11.1", "7.0.0")),
        *((python, qt, True) for python in SUPPORTED_PYTHONS for qt in ("6.8.0", "6.10.1", "6.11.2", "6.11.3")),
        # Painting drops references to None until Python aborts; from 3.12 on None is immortal.
        ("3.11", "6.12.0", False),
        ("3.11", "6.12.1", False),
        ("3.11", "6.13.0", False),
        ("3.12", "6.12.0", True),
        ("3.13", "6.12.1", True),
        ("3.13", "6.13.0", True),
    ],
)
def test_which_qt_is_installed_on_which_python(python, qt, allowed):
    assert applying("PySide6-Essentials", python).specifier.contains(qt) is allowed


@pytest.mark.parametrize("python", SUPPORTED_PYTHONS)
def test_every_requirement_applies_once_and_has_a_lower_bound(python):
    assert SpecifierSet(PROJECT["requires-python"]).contains(f"{python}.1")
    for name in {requirement.name for requirement in REQUIREMENTS}:
        assert any(bound.operator == ">=" for bound in applying(name, python).specifier), name


@pytest.mark.parametrize("python", ["3.10", "3.14"])
def test_pythons_without_tensorflow_are_refused(python):
    assert not SpecifierSet(PROJECT["requires-python"]).contains(f"{python}.1")


def test_this_environment_is_one_that_the_requirements_allow():
    for requirement in REQUIREMENTS:
        if requirement.marker is None or requirement.marker.evaluate():
            assert requirement.specifier.contains(version(requirement.name)), str(requirement)


def test_every_link_of_the_readme_leads_somewhere():
    links = re.findall(r"\]\(([^)#]+)\)", (REPOSITORY / PROJECT["readme"]).read_text(encoding="utf-8"))
    assert links
    assert [link for link in links if "://" not in link and not (REPOSITORY / link).is_file()] == []


def test_the_newest_release_that_software_centres_show_is_this_one():
    (metainfo,) = LINUX.glob("*.metainfo.xml")
    releases = ElementTree.parse(metainfo).findall("releases/release")
    assert releases[0].get("version") == PROJECT["version"]
    assert [release.get("date") for release in releases] == sorted((r.get("date") for r in releases), reverse=True)
    provided = [entry.text for entry in ElementTree.parse(metainfo).findall("provides/mediatype")]
    assert provided == list(MIME_TYPES.values())


def test_a_double_click_on_our_files_starts_the_program():
    desktop = ConfigParser(interpolation=None)
    desktop.optionxform = str
    desktop.read(LINUX / "biasstudio.desktop", encoding="utf-8")
    entry = desktop["Desktop Entry"]
    assert entry["Exec"] == "biasstudio %f"
    assert [name for name in entry["MimeType"].split(";") if name] == list(MIME_TYPES.values())
    namespace = {"mime": "http://www.freedesktop.org/standards/shared-mime-info"}
    types = ElementTree.parse(LINUX / "biasstudio-mime.xml").findall("mime:mime-type", namespace)
    known = {entry.find("mime:glob", namespace).get("pattern").lstrip("*"): entry.get("type") for entry in types}
    assert known == MIME_TYPES
    for entry in types:
        icon = entry.find("mime:icon", namespace).get("name")
        assert f'"{icon}"' in (REPOSITORY / "packaging" / "icons.py").read_text(encoding="utf-8")


def test_a_run_is_known_by_what_stands_in_it(tmp_path):
    connection = sqlite3.connect(tmp_path / "named.otherwise")
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute("CREATE TABLE frames (step)")
    connection.close()
    head = (tmp_path / "named.otherwise").read_bytes()[:100]
    matches = ElementTree.parse(LINUX / "biasstudio-mime.xml").iter(
        "{http://www.freedesktop.org/standards/shared-mime-info}match"
    )
    for match in matches:
        offset, value = int(match.get("offset")), match.get("value").encode()
        assert head[offset : offset + len(value)] == value


def test_windows_and_macos_know_the_same_files():
    setup = (REPOSITORY / "packaging" / "windows" / "biasstudio.iss").read_text(encoding="utf-8")
    bundle = (REPOSITORY / "packaging" / "biasstudio.spec").read_text(encoding="utf-8")
    for suffix in MIME_TYPES:
        assert f"Software\\Classes\\{suffix}" in setup
        assert f'"{suffix[1:]}"' in bundle
