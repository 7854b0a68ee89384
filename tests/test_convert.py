"""`biasstudio convert` between scripts, experiments and models, as a person runs it."""

from dataclasses import replace

import keras
import numpy as np
import pytest

from biasstudio import cli
from biasstudio.engine.build import build_network
from biasstudio.engine.save_model import write_model_file
from biasstudio.spec.experiment import load_experiment, save_experiment
from biasstudio.spec.initializers import Initializer
from tests.experiments import moons, tutorial
from tests.model_files import models
from tests.test_cli import run


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def convert(source, out, *options):
    return cli.main(["convert", source, "--to", out, *options])


def refused(capsys):
    """The one sentence that was said."""
    (line,) = capsys.readouterr().err.strip().splitlines()
    assert line.startswith("biasstudio: ")
    return line


def test_an_experiment_to_a_script_and_back(folder, capsys):
    save_experiment(tutorial(seed=5, epochs=2), folder / "a.biasexp")
    assert convert("a.biasexp", "a.py") == 0
    assert (folder / "mnist_5k.npz").is_file()
    assert "keras.utils.set_random_seed(5)" in (folder / "a.py").read_text(encoding="utf-8")
    assert convert("a.py", "b.biasexp") == 0
    assert load_experiment(folder / "b.biasexp") == tutorial(seed=5, epochs=2)
    assert capsys.readouterr().err == ""


def test_through_a_model_at_step_0(folder, capsys):
    stack = moons().stack.change("dense", bias_initializer=Initializer.of("RandomNormal", stddev=2.0))
    experiment = replace(moons(seed=5, optimizer="SGD", learning_rate=0.5), stack=stack)
    save_experiment(experiment, folder / "a.biasexp")
    assert convert("a.biasexp", "a.py") == 0
    assert convert("a.py", "a.keras") == 0
    started = keras.models.load_model(folder / "a.keras")
    for one, other in zip(started.get_weights(), build_network(experiment).model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
    assert started.optimizer.get_config()["name"].lower() == "sgd"
    capsys.readouterr()
    assert convert("a.keras", "b.py") == 0
    assert capsys.readouterr().err.strip() == "a.keras: a model has no data; “Two moons” was put beside it."
    assert 'model.load_weights("a.keras")' in (folder / "b.py").read_text(encoding="utf-8")
    assert convert("b.py", "b.biasexp") == 0
    there = load_experiment(folder / "b.biasexp")
    assert there.stack == experiment.stack
    assert (there.training.optimizer, there.training.learning_rate, there.training.loss) == (
        "SGD",
        0.5,
        "binary_crossentropy",
    )
    assert there.weights.path == folder / "a.keras"
    assert convert("b.biasexp", "c.keras") == 0
    for one, other in zip(started.get_weights(), keras.models.load_model("c.keras").get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_an_old_model_with_branches(folder):
    models.branches().save(folder / "a.keras")
    keras.models.load_model(folder / "a.keras").save(folder / "a.h5")
    assert convert("a.h5", "a.biasexp") == 0
    assert load_experiment(folder / "a.biasexp").weights.whole
    assert convert("a.biasexp", "a.py") == 0
    assert 'keras.models.load_model("a.h5", compile=False)' in (folder / "a.py").read_text(encoding="utf-8")


SCRIPT = """from keras import layers, Sequential, Input
model = Sequential([Input((2,)),
    layers.Lambda(lambda x: x),
    layers.Dense(3)])
"""


def test_what_is_not_read_is_said_by_line_and_the_rest_is_converted(folder, capsys):
    (folder / "course.py").write_text(SCRIPT, encoding="utf-8")
    assert convert("course.py", "a.biasexp") == 0
    lines = capsys.readouterr().err.splitlines()
    assert any(line.startswith("course.py:3: ") and "Lambda" in line for line in lines)
    assert [layer.class_name for layer in load_experiment(folder / "a.biasexp").stack.layers] == ["Dense"]


def test_wrong_input_is_one_sentence_and_status_2(folder, capsys):
    save_experiment(moons(), folder / "a.biasexp")
    (folder / "no.py").write_text("print('no network')\n", encoding="utf-8")
    (folder / "bad.py").write_text("model = (\n", encoding="utf-8")
    (folder / "there.py").write_text("mine", encoding="utf-8")
    for source, out, said in [
        ("a.biasexp", "b.biasexp", "are both experiments"),
        ("a.biasexp", "b.txt", "b.txt can't be converted"),
        ("a.csv", "b.py", "a.csv can't be converted"),
        ("none.biasexp", "b.py", "none.biasexp: there is no such file"),
        ("a.biasexp", "none/b.py", "there is no folder none"),
        ("a.biasexp", "there.py", "there.py exists already; say --force"),
        ("no.py", "b.biasexp", "no.py: The script has no Keras network"),
        ("bad.py", "b.biasexp", "line 1"),
        (".", "b.py", "biasstudio: . is a folder"),
        (str(folder), "b.py", f"{folder} is a folder"),
    ]:
        assert convert(source, out) == 2
        assert said in refused(capsys)
    assert (folder / "there.py").read_text(encoding="utf-8") == "mine"
    assert sorted(path.name for path in folder.iterdir()) == ["a.biasexp", "bad.py", "no.py", "there.py"]
    assert convert("a.biasexp", "there.py", "--force") == 0
    assert "import keras" in (folder / "there.py").read_text(encoding="utf-8")


@pytest.mark.parametrize("suffix", [".py", ".biasexp", ".keras"])
def test_what_cannot_be_written_is_named_as_it_was_given(folder, capsys, suffix):
    save_experiment(moons(), folder / "a.biasexp")
    source = "a.biasexp"
    if suffix == ".biasexp":
        assert convert("a.biasexp", "a.py") == 0
        source = "a.py"
    capsys.readouterr()
    before = sorted(folder.iterdir())
    # A file of this name could be there, but none beside it whose name is a little longer.
    name = "x" * (255 - len(suffix)) + suffix
    assert convert(source, name) == 2
    assert refused(capsys).startswith(f"biasstudio: {name} can't be ")
    assert sorted(folder.iterdir()) == before
    (folder / f"there{suffix}").mkdir()
    assert convert(source, f"there{suffix}", "--force") == 2
    assert refused(capsys).startswith(f"biasstudio: there{suffix} is a folder")
    assert list((folder / f"there{suffix}").iterdir()) == []


def test_a_file_that_the_script_needs_is_not_replaced_unasked(folder, capsys):
    save_experiment(tutorial(), folder / "a.biasexp")
    (folder / "mnist_5k.npz").write_bytes(b"mine")
    assert convert("a.biasexp", "a.py") == 2
    assert "mnist_5k.npz exists already" in refused(capsys)
    assert (folder / "mnist_5k.npz").read_bytes() == b"mine"


def test_a_model_is_not_written_over_another(folder, capsys):
    (folder / "a.keras").write_bytes(b"mine")
    save_experiment(moons(), folder / "a.biasexp")
    assert convert("a.biasexp", "a.keras") == 2
    assert "say --force" in refused(capsys)
    write_model_file(moons(), folder / "b.keras")
    assert convert("b.keras", "a.keras", "--force") == 2
    assert "are both models" in refused(capsys)


def test_a_script_is_trained_in_a_process_of_its_own(tmp_path):
    save_experiment(moons(epochs=1, batch_size=450), tmp_path / "a.biasexp")
    assert convert(str(tmp_path / "a.biasexp"), str(tmp_path / "a.py")) == 0
    done = run("train", tmp_path / "a.py", "--out", tmp_path / "a.biasrun")
    assert done.returncode == 0, done.stderr
    assert "finished after 2 steps" in done.stderr


def test_a_script_whose_data_are_not_read_is_not_trained_on_others(capsys, tmp_path):
    np.savez(tmp_path / "lost.npz", x=np.full((40, 4), np.nan), y=np.zeros(40, np.int32))
    script = tmp_path / "lost.py"
    script.write_text(
        "import numpy as np, keras\nfrom keras import layers\nd = np.load('lost.npz')\nx, y = d['x'], d['y']\n"
        "model = keras.Sequential([keras.Input(x.shape[1:]), layers.Dense(1, activation='sigmoid')])\n"
        "model.compile('adam', 'binary_crossentropy')\nmodel.fit(x, y)\n"
    )
    run = tmp_path / "lost.biasrun"
    assert cli.main(["train", str(script), "--out", str(run)]) == 2
    said = capsys.readouterr().err
    assert "not a finite number" in said
    assert "lost.py is not trained: its own data are not known here." in said
    assert not run.exists()


def test_a_model_gets_only_data_that_its_loss_takes(capsys, tmp_path):
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
    model.compile("adam", "mse")
    model.save(tmp_path / "numbers.keras")
    assert cli.main(["train", str(tmp_path / "numbers.keras"), "--out", str(tmp_path / "run.biasrun")]) == 2
    assert "a model has no data, and none here fit it" in capsys.readouterr().err


def test_a_loop_of_ones_own_is_said(capsys, tmp_path):
    script = tmp_path / "loop.py"
    script.write_text(
        "import tensorflow as tf\nm = tf.keras.Sequential([tf.keras.Input((2,)), tf.keras.layers.Dense(1)])\n"
        "with tf.GradientTape() as tape:\n    loss = m(x)\n"
    )
    assert cli.main(["convert", str(script), "--to", str(tmp_path / "loop.biasexp")]) == 0
    assert "loop.py:3: A training loop of the script's own is not read" in capsys.readouterr().err
