"""The model's file that an experiment starts from, as its own file speaks of it."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from biasstudio.spec.arguments import SpecError
from biasstudio.spec.differences import experiment_differences
from biasstudio.spec.experiment import experiment_from_json, experiment_to_json
from biasstudio.spec.variations import without_biases
from biasstudio.spec.weights_file import WeightsFile
from tests.experiments import moons

DIGEST = "0123456789abcdef" * 4


def starting_from(path, whole=False):
    return replace(moons(), weights=WeightsFile(path, DIGEST, whole))


def test_a_file_beside_or_below_is_named_relative_to_the_folder(tmp_path):
    for path, text in ((tmp_path / "a.keras", "a.keras"), (tmp_path / "b" / "a.keras", "b/a.keras")):
        written = experiment_to_json(starting_from(path), tmp_path)
        assert json.loads(written)["weights"] == {"path": text, "sha256": DIGEST}
        assert experiment_from_json(written, tmp_path) == starting_from(path)
        moved = tmp_path / "elsewhere"
        assert experiment_from_json(written, moved).weights.path == moved / text


def test_a_file_elsewhere_keeps_its_whole_path(tmp_path):
    path = tmp_path / "a.keras"
    written = experiment_to_json(starting_from(path, whole=True), tmp_path / "folder")
    assert json.loads(written)["weights"] == {"path": str(path), "sha256": DIGEST, "whole": True}
    for folder in (None, tmp_path / "folder"):
        assert experiment_from_json(written, folder) == starting_from(path, whole=True)


def test_an_experiment_without_one_is_written_as_before():
    assert "weights" not in json.loads(experiment_to_json(moons()))


@pytest.mark.parametrize(
    ("member", "part"),
    [
        ("a.keras", "an object with path and sha256"),
        ({"path": "/a.keras", "sha256": DIGEST, "run": "rm"}, "an object with path and sha256"),
        ({"path": 1, "sha256": DIGEST}, "path of a model's file"),
        ({"path": "", "sha256": DIGEST}, "path of a model's file"),
        ({"path": "/a\0b", "sha256": DIGEST}, "path of a model's file"),
        ({"path": "/a.keras", "sha256": "short"}, "64 hexadecimal digits"),
        ({"path": "/a.keras"}, "64 hexadecimal digits"),
        ({"path": "/a.keras", "sha256": DIGEST, "whole": 1}, "true or false"),
        ({"path": "a.keras", "sha256": DIGEST}, "where 'a.keras' lies is not known"),
    ],
)
def test_what_is_none_is_said(member, part):
    document = json.loads(experiment_to_json(moons())) | {"weights": member}
    with pytest.raises(SpecError, match=r"^weights: ") as caught:
        experiment_from_json(json.dumps(document))
    assert part in str(caught.value)


def test_it_makes_another_network_and_a_difference():
    one, other = moons(), starting_from(Path("/a.keras"))
    assert not one.same_network(other)
    found = [setting for setting in experiment_differences([one, other]) if setting.name == "weights from"]
    assert [setting.values for setting in found] == [("initializers", "a.keras")]


def test_initializers_that_would_not_count_are_not_varied():
    with pytest.raises(SpecError, match=r"a\.keras, so initializers don't count"):
        without_biases(starting_from(Path("/a.keras")))
