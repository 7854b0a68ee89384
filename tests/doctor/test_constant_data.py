"""Samples that are all the same, and targets that are: with arrays of several kinds, and what is nearly that."""

import keras
import numpy as np
import pytest

from biasstudio.doctor.data_facts import facts_of
from biasstudio.doctor.diagnose import diagnose
from biasstudio.doctor.finding import Severity
from tests.doctor.cases import built_case_on, case_on, found, normal
from tests.doctor.training import MSE, chain, dense, layer

BCE, CCE, SCCE = "binary_crossentropy", "categorical_crossentropy", "sparse_categorical_crossentropy"
X, Y = normal(), normal(width=1, seed=1)
YES = (Y > 0).astype(np.float32)
RAMP = np.linspace(0, 1, 64, dtype=np.float32).reshape(8, 8, 1)
SIGMOID, NUMBER = (dense(8, "relu"), dense(1, "sigmoid")), (dense(8, "tanh"), dense(1))
IMAGES = (layer("Conv2D", filters=2, kernel_size=3, activation="relu"), layer("Flatten"), dense(1, "sigmoid"))


def worse(findings):
    return {finding.id for finding in findings if finding.severity < Severity.NOTE}


@pytest.mark.parametrize(
    ("x", "y", "layers", "loss"),
    [
        (np.zeros_like(X), YES, SIGMOID, BCE),
        (np.full_like(X, 7.25), Y, NUMBER, MSE),
        (np.tile(X[:1], (400, 1)), Y, (dense(16, "relu"), *NUMBER), MSE),
        (np.tile(RAMP, (400, 1, 1, 1)), YES, IMAGES, BCE),
        (np.tile(X[:1, :, np.newaxis], (400, 1, 1)), Y, (layer("LSTM", units=3), dense(1)), MSE),
    ],
)
def test_samples_that_are_all_the_same(x, y, layers, loss):
    case, network = built_case_on(x, y, chain(x.shape[1:], *layers), loss=loss)
    (finding,) = found("constant-inputs", case)
    assert (finding.severity, finding.where) == (Severity.ERROR, network.layers[0].name)
    assert "400 samples" in finding.evidence
    assert worse(diagnose(case)) == {"constant-inputs"}
    assert np.ptp(network.model.predict(x, verbose=0), axis=0).max() < 1e-6  # the one answer that it can give


@pytest.mark.parametrize(
    ("y", "layers", "loss", "named"),
    [
        (np.ones(400), SIGMOID, BCE, "the target 1."),
        (np.zeros((400, 1)), SIGMOID, BCE, "the target 0."),
        (np.full((400, 1), -2.5), NUMBER, MSE, "the target −2.5."),
        (np.full(400, 2), (dense(8, "relu"), dense(3, "softmax")), SCCE, "the target 2."),
        (np.tile(np.eye(3)[1], (400, 1)), (dense(8), dense(3, "softmax")), CCE, "of class 1."),
        (np.tile([1.0, 2.0], (400, 1)), (dense(8, "relu"), dense(2)), MSE, "the same target values."),
    ],
)
def test_targets_that_are_all_the_same(y, layers, loss, named):
    case, _ = built_case_on(X, y.astype(np.float32), chain((4,), *layers), loss=loss)
    (finding,) = found("constant-targets", case)
    assert (finding.severity, finding.where) == (Severity.WARNING, case.layers[-1].name)
    assert finding.evidence.endswith(named)
    assert worse(diagnose(case)) - {"linear-pair"} == {"constant-targets"}


@pytest.mark.parametrize(
    ("x", "y"),
    [
        (np.concatenate([np.ones_like(X), X[:, :1]], 1), Y),  # single inputs that never change
        (np.concatenate([np.zeros((399, 4), np.float32), X[:1]]), Y),  # one sample that differs
        (X[:1], Y[:1]),  # a single sample
        (X, np.concatenate([np.ones((399, 1), np.float32), np.zeros((1, 1), np.float32)])),
        (X, np.concatenate([Y, np.ones_like(Y)], 1)),  # one of two outputs
    ],
)
def test_what_is_nearly_constant_is_silent(x, y):
    case, _ = built_case_on(x, y, chain(x.shape[1:], dense(8, "tanh"), dense(y.shape[1])), loss=MSE)
    assert worse(diagnose(case)).isdisjoint({"constant-inputs", "constant-targets"})


def test_of_what_is_not_known_nothing_is_said():
    from biasstudio import diagnose as diagnose_model

    @keras.saving.register_keras_serializable()
    class Draw(keras.layers.Layer):
        def call(self, x):
            return x + keras.random.normal(keras.ops.shape(x))

    model = keras.Sequential([keras.Input((4,)), Draw(), keras.layers.Dense(1)])
    model.compile("adam", "mse")
    assert diagnose_model(model, np.zeros_like(X), np.zeros_like(Y)) == []
    model.compile("adam", lambda y, answers: answers - y)
    assert diagnose_model(model, X, np.zeros_like(Y)) == []


def test_neither_inputs_nor_targets_differ():
    case = case_on(np.zeros_like(X), np.zeros_like(Y), chain((4,), *NUMBER), loss=MSE)
    assert {(each.id, each.severity) for each in diagnose(case)} == {
        ("constant-inputs", Severity.WARNING),
        ("constant-targets", Severity.WARNING),
    }


def test_not_finite_values_are_not_alike():
    assert not facts_of(np.full_like(X, np.nan)).all_alike
