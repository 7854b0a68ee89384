"""biasstudio doctor: what it prints, for people and for programs, and with which exit status."""

import io
import json
import subprocess
import sys

import keras
import numpy as np
import pytest

from biasstudio.cli import main
from biasstudio.doctor.diagnose import diagnose
from biasstudio.engine.build import build_network
from biasstudio.engine.experiment_case import probed_case
from biasstudio.engine.recorder import BiasRecorder
from biasstudio.spec.experiment import save_experiment
from biasstudio.spec.initializers import Initializer
from tests.experiments import moons, tutorial

KEYS = ["id", "severity", "where", "vector", "unit", "step", "message", "evidence", "why", "fix", "source", "follows"]
HE = Initializer.of("HeNormal")


def doctor(capsys, *arguments):
    """Exit status, stdout, stderr without TensorFlow's own lines."""
    try:
        status = main(["doctor", *map(str, arguments)])
    except SystemExit as ended:
        status = ended.code
    out, err = capsys.readouterr()
    return status, out, err


def refused(capsys, *arguments):
    status, out, err = doctor(capsys, *arguments)
    assert (status, out) == (2, "")
    (line,) = err.strip().splitlines()
    assert line.startswith("biasstudio: ")
    return line


def saved(tmp_path, experiment):
    path = tmp_path / "it.biasexp"
    save_experiment(experiment, path)
    return path


def with_warning():
    experiment = moons()
    return type(experiment)(experiment.stack.change("dense", bias_initializer=HE), experiment.data, experiment.training)


def test_signs_that_the_output_can_not_take_are_escaped(tmp_path, monkeypatch):
    experiment = moons()
    stack = experiment.stack.change("dense_1", bias_initializer=Initializer.of("Constant", value=-5.0))
    path = saved(tmp_path, type(experiment)(stack, experiment.data, experiment.training))
    for arguments in ([], ["--json"]):
        taken = io.BytesIO()
        monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(taken, "latin-1"))
        assert main(["doctor", str(path), *arguments]) == 0
        sys.stdout.flush()
        assert rb"it starts at \u22125" in taken.getvalue()
    assert any("it starts at −5" in finding["evidence"] for finding in json.loads(taken.getvalue().decode("latin-1")))


def test_an_error_gives_1_and_is_said_with_its_fix(capsys, tmp_path):
    status, out, _ = doctor(capsys, saved(tmp_path, tutorial()))
    assert status == 1
    for part in ("ERROR · dense_1", "softmax-one-unit", "always 1", "Fix: ", "sigmoid", "https://keras.io"):
        assert part in out
    assert "Judged: the network, loss and optimizer" in out


def test_warnings_give_0(capsys, tmp_path):
    status, out, _ = doctor(capsys, saved(tmp_path, with_warning()))
    assert status == 0
    assert "WARNING · dense" in out


def test_nothing_gives_0(capsys, tmp_path):
    status, out, _ = doctor(capsys, saved(tmp_path, moons()))
    assert status == 0
    assert out.startswith("Nothing found.")


def test_json_is_the_findings_and_nothing_else(capsys, tmp_path):
    experiment = tutorial()
    status, out, _ = doctor(capsys, saved(tmp_path, experiment), "--json")
    assert status == 1
    listed = json.loads(out)
    expected = diagnose(probed_case(build_network(experiment)))
    assert [list(each) for each in listed] == [KEYS] * len(expected)
    for given, finding in zip(listed, expected, strict=True):
        assert given["severity"] == finding.severity.name.lower()
        for key in set(KEYS) - {"severity"}:
            assert given[key] == getattr(finding, key)
    status, out, _ = doctor(capsys, saved(tmp_path, moons()), "--json")
    assert (status, json.loads(out)) == (0, [])


def test_a_run_of_a_script_is_judged_by_its_steps(capsys, tmp_path):
    path = tmp_path / "script.biasrun"
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile(keras.optimizers.SGD(1e9), "mse")
    with BiasRecorder(path) as recorder:
        model.fit(np.ones((40, 2)), np.ones(40), batch_size=4, verbose=0, callbacks=[recorder])
    status, out, _ = doctor(capsys, path)
    assert status == 1
    assert "non-finite" in out
    assert "only the steps are judged" in " ".join(out.split())


def test_a_file_of_weights_alone_says_what_could_not_be_judged(capsys, tmp_path):
    path = tmp_path / "model.weights.h5"
    keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)]).save_weights(path)
    status, out, _ = doctor(capsys, path)
    assert status == 2
    assert out.startswith("Nothing could be judged.")
    assert "weights alone" in " ".join(out.split())


@pytest.mark.parametrize("name", ["nan.keras", "nan.weights.h5"])
def test_a_files_biases_that_are_not_finite_are_an_error(capsys, tmp_path, name):
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(16, name="hidden"), keras.layers.Dense(1)])
    model.layers[0].bias.assign([np.nan] * 16)
    if "weights" in name:
        model.save_weights(tmp_path / name)
    else:
        model.save(tmp_path / name)
    status, out, _ = doctor(capsys, tmp_path / name, "--json")
    (finding,) = [each for each in json.loads(out) if each["id"] == "non-finite"]
    assert (status, finding["severity"], finding["unit"]) == (1, "error", 0)
    assert "(16 of 16 " in finding["evidence"]


def test_a_model_of_somebodys_own_is_named_and_nothing_of_it_is_run(capsys, tmp_path):
    path, planted = tmp_path / "own.keras", tmp_path / "planted"

    class Planting(keras.layers.Layer):
        def call(self, x):
            planted.touch()
            return x

    keras.Sequential([keras.Input((2,)), Planting(), keras.layers.Dense(1, activation="softmax")]).save(path)
    planted.unlink()
    status, out, _ = doctor(capsys, path)
    assert (status, planted.exists()) == (2, False)
    assert "Planting" in out


SCRIPT = """
import pathlib
import keras
from keras import layers
pathlib.Path({planted!r}).touch()
model = keras.Sequential([keras.Input((4,)), layers.Dense(8, activation="relu"), layers.Dense({units}{activation})])
{compiled}
"""


@pytest.mark.parametrize(
    ("units", "activation", "compiled", "expected"),
    [
        (1, ", activation='softmax'", "model.compile('adam', 'mse')", ["softmax-one-unit"]),
        (3, "", "model.compile('adam', 'sparse_categorical_crossentropy')", ["head-loss-mismatch"]),
        (1, "", "model.compile('adam', 'mse')", []),
        (3, "", "", []),  # what it is trained with isn't said, and isn't guessed
        (1, ", activation='softmax'", "", ["softmax-one-unit"]),
    ],
)
def test_a_script_is_read_and_not_run(capsys, tmp_path, units, activation, compiled, expected):
    path, planted = tmp_path / "script.py", tmp_path / "planted"
    text = SCRIPT.format(planted=str(planted), units=units, activation=activation, compiled=compiled)
    path.write_text(text, encoding="utf-8")
    status, out, _ = doctor(capsys, path, "--json")
    assert [each["id"] for each in json.loads(out)] == expected
    assert (status, planted.exists()) == (int(bool(expected)), False)


@pytest.mark.parametrize(
    "name", ["text.py", "text.biasexp", "text.biasrun", "text.keras", "text.h5", "text.csv", "text"]
)
def test_wrong_content_is_one_sentence_that_names_the_file(capsys, tmp_path, name):
    (tmp_path / name).write_text("text")
    assert name in refused(capsys, tmp_path / name)


def test_a_network_that_does_not_fit_its_data_is_judged_without_them(capsys, tmp_path):
    stack = moons().stack.change("dense_1", units=7)
    seven = type(moons())(stack, moons().data, moons().training)
    status, out, _ = doctor(capsys, saved(tmp_path, seven))
    assert status == 0
    assert "dense_1 has 7 outputs" in " ".join(out.split())
    assert "The data are not judged." in " ".join(out.split())


def test_wrong_files_are_one_sentence(capsys, tmp_path):
    assert "no such file" in refused(capsys, tmp_path / "none.biasexp")
    assert "no such file" in refused(capsys, tmp_path)


@pytest.mark.parametrize("arguments", [[], ["--frobnicate", "a.biasexp"], ["a.biasexp", "b.biasexp"]])
def test_wrong_options_give_2(capsys, arguments):
    status, out, err = doctor(capsys, *arguments)
    assert (status, out) == (2, "")
    assert "usage: biasstudio doctor" in err


def test_in_a_process_of_its_own(tmp_path):
    command = [sys.executable, "-m", "biasstudio", "doctor", str(saved(tmp_path, tutorial())), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=110, check=False)
    assert done.returncode == 1, done.stderr
    assert "softmax-one-unit" in [each["id"] for each in json.loads(done.stdout)]
    assert "Traceback" not in done.stderr
