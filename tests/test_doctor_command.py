"""biasstudio doctor: what it prints, for people and for programs, and with which exit status."""

import io
import json
import subprocess
import sys

import keras
import numpy as np
import pytest

import biasstudio
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


OWN_DATA = """
import keras
from keras import layers
{reading}
model = keras.Sequential([keras.Input((2,)), layers.Dense(4, activation="relu"), {head}])
model.compile("adam", "{loss}")
model.fit(x, y)
"""
READINGS = {
    "csv": 'import pandas as pd\nd = pd.read_csv("own.csv")\nx, y = d[["a", "b"]], d["y"]',
    "npz": 'import numpy as np\nd = np.load("own.npz")\nx, y = d["x"], d["y"]',
}
SIGMOID, SOFTMAX = 'layers.Dense(1, activation="sigmoid")', 'layers.Dense(3, activation="softmax")'


@pytest.mark.parametrize("kind", READINGS)
@pytest.mark.parametrize(
    ("labels", "head", "loss", "steps", "wrong"),
    [
        ((1, -1), SIGMOID, "binary_crossentropy", "", True),
        ((1, -1), SIGMOID, "binary_crossentropy", "\ny = (y + 1) / 2", False),
        ((1, 2), SIGMOID, "binary_crossentropy", "", True),
        ((0, 1), SIGMOID, "binary_crossentropy", "", False),
        ((2, 1, 3), SOFTMAX, "sparse_categorical_crossentropy", "", True),
        ((2, 1, 3), SOFTMAX, "categorical_crossentropy", "", True),
        ((2, 1, 3), SOFTMAX.replace("3", "4"), "sparse_categorical_crossentropy", "", False),
        ((2, 1, 0), SOFTMAX, "sparse_categorical_crossentropy", "", False),
    ],
)
def test_labels_of_a_script_are_judged_as_it_gives_them(capsys, tmp_path, kind, labels, head, loss, steps, wrong):
    x, y = np.random.default_rng(0).normal(size=(60, 2)).round(3), np.tile(labels, 60 // len(labels))
    np.savez(tmp_path / "own.npz", x=x, y=y)
    np.savetxt(tmp_path / "own.csv", np.c_[x, y], "%g", ",", header="a,b,y", comments="")
    (tmp_path / "script.py").write_text(OWN_DATA.format(reading=READINGS[kind] + steps, head=head, loss=loss))
    status, out, _ = doctor(capsys, tmp_path / "script.py", "--json")
    found = [each for each in json.loads(out) if each["id"] == "labels-loss-mismatch"]
    assert (status, len(found)) == (int(wrong), int(wrong))
    if wrong:
        last = eval(head, {"layers": keras.layers})  # noqa: S307 - one of ours
        model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(4, activation="relu"), last])
        model.compile("adam", loss)
        (wanted,) = [each for each in biasstudio.diagnose(model, x, y) if each.id == "labels-loss-mismatch"]
        assert (found[0]["severity"], found[0]["evidence"]) == ("error", wanted.evidence)
        told = " ".join(doctor(capsys, tmp_path / "script.py")[1].split())
        assert "are taken as 0, 1" in told
        assert "here; the script itself doesn't, and " in told


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
    said = refused(capsys, tmp_path)
    assert f"{tmp_path} is a folder" in said
    assert "no such file" not in said
    (tmp_path / "none.biasexp").write_text("\n")
    assert "none.biasexp is empty" in refused(capsys, tmp_path / "none.biasexp")


def test_no_line_is_filled_with_spaces(capsys, tmp_path):
    _, out, _ = doctor(capsys, saved(tmp_path, tutorial()))
    lines = out.splitlines()
    assert [line for line in lines if line != line.rstrip()] == []
    assert sum(line.startswith("  ") for line in lines) > 4
    assert "" in lines  # entries stand apart


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
