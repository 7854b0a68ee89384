"""Shipped files are found in a checkout and inside an installed package."""

import json

import pytest

from biasstudio import resource_files
from biasstudio.resource_files import resource_path


def test_a_shipped_file_and_a_shipped_folder_are_found():
    assert json.loads(resource_path("layers.json").read_text(encoding="utf-8"))["layers"]
    assert resource_path("data/mnist_5k.npz").is_file()
    assert resource_path("examples").is_dir()


def test_resources_inside_the_package_come_first(tmp_path, monkeypatch):
    for folder in ("biasstudio/resources", "resources"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "both.txt").touch()
    (tmp_path / "resources" / "beside.txt").touch()
    monkeypatch.setattr(resource_files, "_PACKAGE", tmp_path / "biasstudio")
    assert resource_path("both.txt") == tmp_path / "biasstudio" / "resources" / "both.txt"
    assert resource_path("beside.txt") == tmp_path / "resources" / "beside.txt"


def test_a_missing_file_is_named_with_the_places_looked_at(tmp_path, monkeypatch):
    monkeypatch.setattr(resource_files, "_PACKAGE", tmp_path / "biasstudio")
    with pytest.raises(FileNotFoundError) as refusal:
        resource_path("layers.json")
    sentence = str(refusal.value)
    assert "'layers.json'" in sentence
    assert str(tmp_path / "biasstudio" / "resources" / "layers.json") in sentence
    assert str(tmp_path / "resources" / "layers.json") in sentence
