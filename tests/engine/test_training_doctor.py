"""BiasRecorder(diagnose=True): errors are printed once, as they arise, and the training is not disturbed."""

import keras
import numpy as np
import pytest

from biasstudio import BiasRecorder, open_run
from biasstudio.engine import training_doctor

layers = keras.layers
X = np.random.default_rng(0).normal(size=(96, 4)).astype("float32")
Y = (X[:, 0] > 0).astype("float32")


def model_of(activation, rate=0.01, *, built=True):
    keras.utils.set_random_seed(3)
    model = keras.Sequential([keras.Input((4,))] if built else [])
    model.add(layers.Dense(3, activation="relu", name="hidden"))
    model.add(layers.Dense(1, activation=activation, name="end"))
    model.compile(keras.optimizers.SGD(rate), "binary_crossentropy" if activation != "linear" else "mse")
    return model


def fit(model, recorder, **settings):
    with recorder:
        model.fit(X, Y, batch_size=8, verbose=0, callbacks=[recorder], **settings)


def said(capsys):
    return [line for line in capsys.readouterr().err.splitlines() if line.startswith("Bias Studio: ")]


@pytest.mark.parametrize("built", [True, False])
def test_an_error_is_printed_once_in_one_line(capsys, built):
    model = model_of("softmax", built=built)
    with BiasRecorder(diagnose=True) as recorder:
        for _ in range(2):
            model.fit(X, Y, batch_size=8, verbose=0, callbacks=[recorder])
    (line,) = said(capsys)
    assert line.startswith("Bias Studio: softmax-one-unit · end: Softmax over one unit is always 1.")
    assert "sigmoid" in line


def test_nothing_is_printed_without_the_option_nor_for_a_healthy_training(capsys):
    fit(model_of("softmax"), BiasRecorder())
    fit(model_of("sigmoid"), BiasRecorder(diagnose=True))
    assert said(capsys) == []


def test_what_arises_while_training_is_printed_then(capsys, monkeypatch):
    monkeypatch.setattr(training_doctor, "LOOK_SECONDS", 0.0)
    monkeypatch.setattr(training_doctor, "SHARE_OF_TIME", 1e9)
    model = model_of("linear", 1e6)
    printed_at = []

    class Watch(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):  # noqa: ARG002
            if not printed_at and said(capsys):
                printed_at.append(epoch)

    model.fit(X, Y + 9, batch_size=8, epochs=40, verbose=0, callbacks=[BiasRecorder(diagnose=True), Watch()])
    assert printed_at
    assert printed_at[0] < 39
    assert said(capsys) == []


def test_the_training_is_the_same_with_it(tmp_path):
    plain = model_of("sigmoid")
    fit(plain, BiasRecorder(tmp_path / "plain.biasrun"), epochs=3)
    judged = model_of("sigmoid")
    fit(judged, BiasRecorder(tmp_path / "judged.biasrun", diagnose=True), epochs=3)
    for one, other in zip(plain.get_weights(), judged.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
    with open_run(tmp_path / "plain.biasrun") as one, open_run(tmp_path / "judged.biasrun") as other:
        np.testing.assert_array_equal(one["hidden/bias"], other["hidden/bias"])


def test_a_fault_of_the_doctor_ends_neither_training_nor_recording(tmp_path, monkeypatch, caplog):
    def fail(*_):
        raise RuntimeError("example")

    monkeypatch.setattr(training_doctor, "diagnose", fail)
    model, path = model_of("softmax"), tmp_path / "run.biasrun"
    fit(model, BiasRecorder(path, diagnose=True), epochs=2)
    assert [record.message for record in caplog.records] == ["fault in the Doctor"]
    with open_run(path) as run:
        assert (run.state, len(run.steps)) == ("finished", 25)


def test_a_loop_of_ones_own(capsys):
    model = model_of("softmax")
    with BiasRecorder(diagnose=True) as recorder:
        for step in range(3):
            recorder.record(step, model)
    assert len(said(capsys)) == 1
