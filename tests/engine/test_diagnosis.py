"""diagnose(): for models, experiments, runs and files; and what it says to wrong input."""

import keras
import numpy as np
import pytest

import biasstudio
from biasstudio import BiasRecorder, diagnose, open_run
from biasstudio.doctor.finding import Severity
from biasstudio.recording.history import History
from biasstudio.recording.network import BiasVector
from biasstudio.spec.experiment import save_experiment
from tests.experiments import moons, tutorial

layers = keras.layers
X = np.random.default_rng(0).normal(size=(64, 4)).astype("float32")
Y = (X[:, 0] > 0).astype("float32")


def model_with(*chain, loss="binary_crossentropy", optimizer="adam"):
    model = keras.Sequential([keras.Input((4,)), *chain])
    model.compile(optimizer, loss)
    return model


def ids(findings):
    return [finding.id for finding in findings]


@pytest.fixture(scope="module")
def exploded(tmp_path_factory):
    """A model of a script whose training blew up, and its run."""
    path = tmp_path_factory.mktemp("runs") / "exploded.biasrun"
    model = model_with(layers.Dense(3, activation="relu"), layers.Dense(1), loss="mse", optimizer="sgd")
    model.optimizer.learning_rate = 1e6
    with BiasRecorder(path) as recorder:
        model.fit(X, Y + 20, batch_size=8, epochs=2, verbose=0, callbacks=[recorder])
    return model, path


def test_it_is_public_and_lazy():
    assert "diagnose" in biasstudio.__all__
    assert biasstudio.diagnose is diagnose


def test_a_model_alone():
    healthy = model_with(layers.Dense(3, activation="relu"), layers.Dense(1, activation="sigmoid"))
    assert diagnose(healthy) == []
    (finding,) = diagnose(model_with(layers.Dense(3, activation="relu"), layers.Dense(1, activation="softmax")))
    assert (finding.id, finding.severity) == ("softmax-one-unit", Severity.ERROR)


def test_a_model_that_is_not_compiled_is_judged_by_its_layers():
    model = keras.Sequential([keras.Input((4,)), layers.Dense(3), layers.Dense(1)])
    assert ids(diagnose(model)) == ["linear-pair"]


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("steps", [0, 5])
@pytest.mark.filterwarnings("ignore:You are saving your model")
def test_biases_of_a_model_that_are_not_finite(tmp_path, bad, steps):
    hidden, end = layers.Dense(16, activation="relu", name="hidden"), layers.Dense(1, activation="sigmoid", name="end")
    model = model_with(layers.Dense(3, activation="tanh"), hidden, end)
    model.optimizer.iterations.assign(steps)
    assert "non-finite" not in ids(diagnose(model))
    hidden.bias.assign([bad if unit in (4, 7) else 0.1 for unit in range(16)])
    end.bias.assign([bad])
    paths = [tmp_path / "it.keras", tmp_path / "it.h5"]
    for path in paths:
        model.save(path)
    for what in (model, *paths):
        (finding,) = [each for each in diagnose(what) if each.id == "non-finite"]
        assert (finding.severity, finding.where, finding.unit) == (Severity.ERROR, "hidden", 4)
        assert finding.vector == "hidden/bias"
        assert "hidden/bias (2 of 16 units), end/bias (1 of 1 unit)." in finding.evidence
        assert ids(diagnose(what)) == ["non-finite"]
    with_data = diagnose(model, X, Y)
    assert (with_data[0].id, [each.id for each in with_data if each.severity < Severity.NOTE]) == (
        "non-finite",
        ["non-finite"],
    )


@pytest.mark.parametrize("bad", [None, np.nan])
def test_a_trained_forget_gate_is_not_said_to_forget_from_the_start(bad):
    inputs = keras.Input((30, 2))
    cell = layers.LSTM(3)
    model = keras.Model(inputs, layers.Dense(1)(cell(inputs)))
    model.compile("adam", "mse")
    model.optimizer.iterations.assign(100)
    kernel, recurrent, bias = cell.get_weights()
    cell.set_weights([kernel, recurrent, np.where(bias == 1, 0.2, 0.0)])
    assert diagnose(model) == []
    if bad is not None:
        cell.set_weights([kernel, recurrent, np.full_like(bias, bad)])
        model.optimizer.iterations.assign(0)
        (finding,) = diagnose(model)
        assert "/bias (12 of 12 gate units)." in finding.evidence


def test_of_a_model_that_is_not_finite_all_through_a_few_vectors_are_named():
    model = model_with(*(layers.Dense(2, activation="tanh") for _ in range(5)), layers.LayerNormalization())
    for layer in model.layers:
        layer.set_weights([np.full_like(values, np.nan) for values in layer.get_weights()])
    (finding,) = diagnose(model)
    assert finding.message == f"Biases of {model.layers[0].name} and of 5 other layers are not finite."
    assert " and 2 more. The first is NaN." in finding.evidence


def test_an_experiment_and_its_file(tmp_path):
    path = tmp_path / "one.biasexp"
    save_experiment(tutorial(), path)
    assert ids(diagnose(path)) == ids(diagnose(str(path))) == ids(diagnose(tutorial()))
    assert diagnose(path)[0].id == "softmax-one-unit"


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
@pytest.mark.filterwarnings("ignore:You are saving your model")
def test_a_models_file(tmp_path, suffix):
    path = tmp_path / f"model{suffix}"
    inputs = keras.Input((4,))
    a = layers.Dense(3, activation="relu")(inputs)
    end = layers.Dense(1, activation="softmax", name="end")(layers.Concatenate()([inputs, a]))
    model = keras.Model(inputs, end)
    model.compile("adam", "mse")
    model.save(path)
    (finding,) = diagnose(path)
    assert (finding.id, finding.where) == ("softmax-one-unit", "end")
    assert "nothing in the network moves" in finding.evidence  # with this loss, which the file says


def test_a_run_of_a_script_in_every_form(exploded):
    model, path = exploded
    with open_run(path) as run:
        first = int(run.steps[~np.isfinite(np.concatenate([run[v.path] for v in run.vectors], 1)).all(1)][0])
        forms = [diagnose(run), diagnose(path), diagnose(model, run=run), diagnose(model, run=str(path))]
    for findings in forms:
        found = next(finding for finding in findings if finding.id == "non-finite")
        assert 0 < found.step <= first
    assert "1e6 with SGD" in forms[2][0].fix  # the model knows its learning rate, the run doesn't
    assert "SGD" not in forms[0][0].fix


def test_a_history(exploded):
    model, _ = exploded
    vectors = [BiasVector(f"{layer.name}/bias", tuple(layer.bias.shape), layer.name, "unit") for layer in model.layers]
    history = History(vectors, ["loss"])
    history.append(0, 0, np.zeros(4, np.float32))
    history.append(1, 1, np.array([0, np.inf, 0, 0], np.float32), [1.0])
    found = next(each for each in diagnose(model, run=history) if each.id == "non-finite")
    assert (found.step, found.where) == (1, model.layers[0].name)


@pytest.mark.parametrize("what", [None, 3, ["a.keras"], np.zeros(3), keras.layers.Dense(3)])
def test_another_kind_of_thing_is_a_type_error(what):
    with pytest.raises(TypeError, match="takes a Keras model, an Experiment, an opened Run, or the path"):
        diagnose(what)


def test_a_model_without_weights_says_so():
    with pytest.raises(ValueError, match="not built"):
        diagnose(keras.Sequential([layers.Dense(3)]))


@pytest.mark.parametrize(
    ("x", "y", "kind", "words"),
    [
        (None, Y, ValueError, "y was given without x"),
        (X, Y[:3], ValueError, "x has 64 samples, but y has 3"),
        (X[:0], None, ValueError, "x has no samples"),
        (np.full_like(X, np.nan), None, ValueError, f"x holds {X.size} values that are not finite"),
        (3.0, None, ValueError, "x has no samples"),
        (["a", "b"], None, TypeError, "x is an array of numbers"),
        ([[1.0], [1.0, 2.0]], None, ValueError, "x is no array"),
        (X, [object()] * 64, TypeError, "y is an array of numbers"),
    ],
)
def test_wrong_data(x, y, kind, words):
    with pytest.raises(kind, match=words):
        diagnose(model_with(layers.Dense(1, activation="sigmoid")), x, y)


def test_wrong_files_and_runs(tmp_path, exploded):
    model, path = exploded
    with pytest.raises(FileNotFoundError, match=r"none\.keras: there is no such file"):
        diagnose(tmp_path / "none.keras")
    with pytest.raises(FileNotFoundError, match=r"none\.biasrun"):
        diagnose(model, run=tmp_path / "none.biasrun")
    for name in ("text.biasrun", "text.keras", "text.h5", "text.biasexp", "text.csv"):
        (tmp_path / name).write_text("text")
        with pytest.raises(ValueError, match=name):
            diagnose(tmp_path / name)
    with pytest.raises(ValueError, match=r"text\.biasrun"):
        diagnose(model, run=tmp_path / "text.biasrun")
    with pytest.raises(TypeError, match="run is an opened Run, a History, or the path"):
        diagnose(model, run=3)
    with pytest.raises(ValueError, match="it is not its run"):
        diagnose(model_with(layers.Dense(1, name="another")), run=path)


def test_an_experiment_that_can_not_be_built_says_where():
    stack = moons().stack.add("Conv2D", 0)
    with pytest.raises(ValueError, match="conv2d"):
        diagnose(type(moons())(stack, moons().data, moons().training))


def dead(units=4):
    return layers.Dense(units, activation="relu", bias_initializer=keras.initializers.Constant(-50.0), name="dead")


def test_arrays_are_judged_and_a_batch_of_them_is_looked_at():
    model = model_with(layers.Dense(3, activation="relu"), dead(), layers.Dense(1, activation="sigmoid"))
    without, of_data = set(ids(diagnose(model))), diagnose(model, X, Y)
    assert "dead-relu" not in without
    found = next(finding for finding in of_data if finding.id == "dead-relu" and finding.where == "dead")
    assert (found.vector, found.severity) == ("dead/bias", Severity.ERROR)
    assert "labels-loss-mismatch" in ids(diagnose(model, X, 2 * Y - 1))
    assert "labels-loss-mismatch" not in ids(of_data)


@pytest.mark.parametrize(
    ("loss", "targets"),
    [
        ("sparse_categorical_crossentropy", np.full(64, 7)),
        ("sparse_categorical_crossentropy", np.full(64, -1)),
        ("categorical_crossentropy", np.zeros(64)),
        ("mse", np.zeros((64, 5))),
        ("binary_crossentropy", np.zeros((64, 2, 2))),
    ],
)
def test_targets_that_the_loss_does_not_take_are_no_traceback(loss, targets):
    model = model_with(layers.Dense(4, activation="relu"), layers.Dense(3, activation="softmax"), loss=loss)
    assert all(finding.message for finding in diagnose(model, X, targets))


def test_samples_of_another_shape_are_said():
    with pytest.raises(ValueError, match=r"takes samples of the shape \(4,\), but those of x are \(3,\)"):
        diagnose(model_with(layers.Dense(1, activation="sigmoid")), X[:, :3], Y)


def test_a_subclassed_model_is_judged_by_the_data_alone():
    class Own(keras.Model):
        def __init__(self):
            super().__init__()
            self.end = layers.Dense(1, activation="sigmoid")

        def call(self, x):
            return self.end(x)

    model = Own()
    model.compile("adam", "binary_crossentropy")
    model(X)
    assert "dead-relu" not in ids(diagnose(model, X, Y))


def of_several(loss="mse"):
    """Two inputs, two outputs, one of them a softmax over one unit."""
    a, b = keras.Input((4,), name="a"), keras.Input((2,), name="b")
    both = layers.Dense(3, activation="relu")(layers.Concatenate()([a, b]))
    model = keras.Model([a, b], [layers.Dense(1, activation="softmax", name="one")(both), layers.Dense(2)(both)])
    model.compile("adam", loss)
    return model


@pytest.mark.parametrize(
    ("x", "y", "words"),
    [
        ({"a": X, "b": X[:, :2]}, [Y, X[:, :2]], "The model has 2 inputs"),
        ([X, X[:, :2]], None, "The model has 2 inputs"),
        (X, Y, "The model has 2 inputs"),
    ],
)
def test_of_several_inputs_all_but_the_data_is_judged(x, y, words):
    model = of_several()
    with pytest.warns(UserWarning, match=f"{words}: the data are not judged, all else is"):
        findings = diagnose(model, x, y)
    assert ids(findings) == ids(diagnose(model)) == ["softmax-one-unit"]


def test_of_several_outputs_too():
    inputs = keras.Input((4,))
    model = keras.Model(inputs, [layers.Dense(1, activation="softmax")(inputs), layers.Dense(2)(inputs)])
    model.compile("adam", ["mse", "mse"])
    with pytest.warns(UserWarning, match="The model has 2 outputs"):
        assert ids(diagnose(model, X, [Y, X[:, :2]])) == ["softmax-one-unit"]
    assert ids(diagnose(model, X)) == ["softmax-one-unit"]  # the inputs alone are judged


def test_dicts_and_lists_of_one_array_are_that_array():
    model = model_with(layers.Dense(3, activation="relu"), dead(), layers.Dense(1, activation="sigmoid"))
    expected = ids(diagnose(model, X, 2 * Y - 1))
    assert {"dead-relu", "labels-loss-mismatch"} <= set(expected)
    assert ids(diagnose(model, {"input": X}, [2 * Y - 1])) == expected
    assert ids(diagnose(model, X.tolist(), (2 * Y - 1).tolist())) == expected
    with pytest.warns(UserWarning, match="x holds 2 arrays"):
        diagnose(model, {"input": X, "other": X}, Y)
    with pytest.raises(ValueError, match="y was given without x"):
        diagnose(model, None, {"a": Y, "b": Y})


def test_the_model_is_as_it_was_afterwards():
    model = model_with(layers.Dense(3), layers.BatchNormalization(), layers.Dropout(0.5), layers.Dense(1))
    before = [np.copy(weights) for weights in model.get_weights()]
    diagnose(model, X, Y)
    for one, other in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
