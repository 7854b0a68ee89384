"""The rules on data: on what they fire, on what they stay silent, and what their remedy does."""

from dataclasses import replace

import keras
import numpy as np
import pytest

from biasstudio.doctor.case import case_of
from biasstudio.doctor.data_facts import facts_of
from biasstudio.doctor.diagnose import diagnose
from biasstudio.doctor.finding import Severity
from biasstudio.engine.build import build_network, check_stack
from biasstudio.spec.initializers import Initializer
from tests.doctor.cases import case_on, experiment_of, found, normal
from tests.doctor.training import chain, dense, layer

BCE, CCE, SCCE, MSE = (
    "binary_crossentropy",
    "categorical_crossentropy",
    "sparse_categorical_crossentropy",
    "mean_squared_error",
)
RULES = ("labels-loss-mismatch", "target-out-of-range", "output-bias-prior", "bias-needed", "inputs-uncentred")
X = normal()
BN = layer("BatchNormalization")


def test_an_output_bias_that_is_kept_on_purpose_is_left_alone():
    stack = chain((4,), dense(16, "relu"), dense(1))
    y = np.full(400, 200.0, np.float32) + normal(width=1)[:, 0]
    assert len(found("output-bias-prior", case_on(normal(), y, stack, loss="mean_squared_error"))) == 1
    kept = case_on(normal(), y, stack.let_learn("dense_1", "weights"), loss="mean_squared_error")
    assert found("output-bias-prior", kept) == []


NO = {"use_bias": False}


def labels(classes, samples=400, seed=0):
    return np.random.default_rng(seed).permutation(np.arange(samples) % classes)


def severity_of(rule, case):
    return [finding.severity for finding in found(rule, case)]


# labels-loss-mismatch


@pytest.mark.parametrize(
    ("y", "head", "loss", "fires"),
    [
        (labels(2) * 2 - 1, dense(1, "sigmoid"), BCE, True),
        (labels(3), dense(1, "sigmoid"), BCE, True),
        (labels(2) * 255, dense(1, "sigmoid"), BCE, True),
        (labels(2) * 1.5, dense(1, "sigmoid"), BCE, True),
        (labels(2), dense(1, "sigmoid"), BCE, False),
        (labels(2)[:, np.newaxis], dense(1, "sigmoid"), BCE, False),
        (labels(2) * 0.9 + 0.05, dense(1, "sigmoid"), BCE, False),
        (np.eye(3)[labels(3)], dense(3, "sigmoid"), BCE, False),
        (labels(4), dense(3, "softmax"), SCCE, True),
        (labels(3) + 1, dense(3, "softmax"), SCCE, True),
        (labels(3) - 1, dense(3, "softmax"), SCCE, True),
        (labels(3) / 2, dense(3, "softmax"), SCCE, True),
        (np.eye(3)[labels(3)], dense(3, "softmax"), SCCE, True),
        (labels(3), dense(3, "softmax"), SCCE, False),
        (labels(3), dense(10, "softmax"), SCCE, False),
        (labels(3)[:, np.newaxis], dense(3, "softmax"), SCCE, False),
        (labels(3), dense(3, "softmax"), CCE, True),
        (labels(3)[:, np.newaxis], dense(3, "softmax"), CCE, True),
        (np.eye(3)[labels(3)], dense(3, "softmax"), CCE, False),
        (np.eye(3)[labels(3)] * 0.8 + 0.2 / 3, dense(3, "softmax"), CCE, False),
        (labels(3) * 1.0, dense(1), MSE, False),
    ],
)
def test_labels_loss_mismatch(y, head, loss, fires):
    case = case_on(X, y, chain((4,), dense(8, "relu"), head), loss=loss)
    assert severity_of("labels-loss-mismatch", case) == ([Severity.ERROR] if fires else [])


def test_labels_of_a_sequence_are_compared_step_by_step():
    x, y = np.zeros((20, 6, 2)), labels(3, 120).reshape(20, 6)
    stack = chain((6, 2), layer("GRU", units=4, return_sequences=True), dense(3, "softmax"))
    assert found("labels-loss-mismatch", case_on(x, y, stack, loss=SCCE)) == []
    assert len(found("labels-loss-mismatch", case_on(x, y + 1, stack, loss=SCCE))) == 1
    assert len(found("labels-loss-mismatch", case_on(x, y, stack, loss=CCE))) == 1


def test_what_it_says_of_labels_beyond_the_outputs_is_counted():
    (finding,) = found("labels-loss-mismatch", case_on(X, labels(4), chain((4,), dense(3, "softmax")), loss=SCCE))
    assert "25.0% of the samples" in finding.evidence


def test_two_labels_stay_two_classes():
    stack = chain((4,), dense(1, "sigmoid"))
    two, three = (found("labels-loss-mismatch", case_on(X, labels(n) + 1, stack, loss=BCE))[0] for n in (2, 3))
    assert (two.fix, two.remedy) == ("Make the labels 0 and 1.", None)
    assert "softmax" in three.fix


# target-out-of-range


@pytest.mark.parametrize(
    ("y", "head", "severity"),
    [
        (X[:, 0] + 0.5, dense(1, "relu"), Severity.WARNING),
        (-np.abs(X[:, 0]) - 1, dense(1, "relu"), Severity.ERROR),
        (X[:, 0] * 50 + 100, dense(1, "tanh"), Severity.ERROR),
        (X[:, 0], dense(1, "sigmoid"), Severity.ERROR),
        (X[:, :2] + 0.5, dense(2, "softplus"), Severity.WARNING),
        (X[:, 0] * 3, dense(1, "elu"), Severity.WARNING),
        (X[:, 0], dense(1), None),
        (np.abs(X[:, 0]), dense(1, "relu"), None),
        (np.tanh(X[:, 0]), dense(1, "tanh"), None),
        (np.sign(X[:, 0]), dense(1, "tanh"), None),
        (labels(2), dense(1, "sigmoid"), None),
        (np.where(np.arange(400) == 0, -1e-9, np.abs(X[:, 0])), dense(1, "relu"), None),
        (np.where(np.arange(400) == 0, -0.01, np.abs(X[:, 0])), dense(1, "relu"), None),
        (np.where(np.arange(400) == 0, 90.0, np.tanh(X[:, 0])), dense(1, "tanh"), Severity.WARNING),
        (X[:, 0], dense(1, "leaky_relu"), None),
        (X[:, 0], dense(1, "gelu"), Severity.WARNING),
    ],
)
@pytest.mark.parametrize("loss", [MSE, "mean_absolute_error"])
def test_target_out_of_range(y, head, severity, loss):
    case = case_on(X, y, chain((4,), dense(8, "relu"), head), loss=loss)
    assert severity_of("target-out-of-range", case) == ([] if severity is None else [severity])


def test_a_relu_layer_with_a_slope_reaches_everything():
    slopes = [chain((4,), dense(1), layer("ReLU", negative_slope=slope)) for slope in (0.0, 0.1)]
    counts = [len(found("target-out-of-range", case_on(X, X[:, 0], stack, loss=MSE))) for stack in slopes]
    assert counts == [1, 0]


def test_the_limits_are_those_of_kerass_activations():
    from biasstudio.doctor.activations import ACTIVATIONS, gives_0_at_0, limits_of

    z = np.linspace(-60, 60, 4_001).astype(np.float32)
    for name in (*ACTIVATIONS, "gelu", "leaky_relu", "hard_silu", "hard_shrink", "soft_shrink", "tanh_shrink"):
        values = np.asarray(keras.activations.get(name)(z))
        low, high = limits_of(name) or (-np.inf, np.inf)
        assert values.min() >= low - 1e-6, name
        assert values.max() <= high + 1e-6, name
        if name in ACTIVATIONS:
            assert np.allclose(ACTIVATIONS[name].function(z.astype(np.float64)), values, rtol=1e-4, atol=1e-5), name
            # Softsign comes to its limits but slowly.
            assert np.isinf(low) or values.min() <= low + (0.02 if name == "softsign" else 1e-3), name
        assert gives_0_at_0(name) == (float(keras.activations.get(name)(np.zeros(1, np.float32))[0]) == 0), name


def test_targets_that_are_not_finite_are_not_judged():
    y = np.where(np.arange(400) == 7, np.nan, X[:, 0] - 200)
    for head, loss in ((dense(1), MSE), (dense(1, "relu"), MSE), (dense(1, "sigmoid"), BCE)):
        findings = diagnose(case_on(X, y, chain((4,), dense(4, "relu"), head), loss=loss))
        assert [finding.id for finding in findings if finding.id in RULES] == []


# output-bias-prior


@pytest.mark.parametrize("optimizer", ["Adam", "AdamW", "Nadam", "Lion"])
@pytest.mark.parametrize("hidden", [[], [dense(16, "relu")]])
def test_output_bias_prior_warns_where_the_optimizer_is_too_slow(optimizer, hidden):
    y = X[:, 0] + 200
    case = case_on(X, y, chain((4,), *hidden, dense(1)), 320, loss=MSE, optimizer=optimizer, learning_rate=0.001)
    (finding,) = found("output-bias-prior", case)
    assert finding.severity is Severity.WARNING
    assert "in 320 steps by 0.32" in finding.evidence
    assert f"{round(float(np.mean(y**2)), -1):,.0f}" in finding.evidence
    ((_, ((_, initializer),)),) = finding.remedy.layers
    assert initializer.get("value") == pytest.approx(y.mean(), rel=1e-6)


@pytest.mark.parametrize(
    ("y", "head", "training", "severity"),
    [
        (np.arange(400) < 8, dense(1, "sigmoid"), {"loss": BCE}, Severity.WARNING),
        (np.arange(400) < 8, dense(1, "sigmoid"), {"loss": BCE, "optimizer": "SGD"}, Severity.WARNING),
        (np.arange(400) > 8, dense(1), {"loss": BCE, "loss_settings": {"from_logits": True}}, Severity.WARNING),
        (np.where(np.arange(400) < 390, 0, labels(5)), dense(5, "softmax"), {"loss": SCCE}, Severity.WARNING),
        (np.arange(400) < 100, dense(1, "sigmoid"), {"loss": BCE}, Severity.NOTE),
        (np.arange(400) < 180, dense(1, "sigmoid"), {"loss": BCE}, None),
        (labels(2), dense(1, "sigmoid"), {"loss": BCE}, None),
        (labels(10), dense(10, "softmax"), {"loss": SCCE}, None),
        (X[:, 0], dense(1), {"loss": MSE}, None),
        (X[:, 0] + 200, dense(1), {"loss": MSE, "optimizer": "SGD"}, Severity.NOTE),
        (X[:, 0] + 5, dense(1), {"loss": MSE, "learning_rate": 0.1}, Severity.NOTE),
        (X[:, 0] * 100 + 5, dense(1), {"loss": MSE}, None),
        (X[:, 0] + 200, dense(1, bias_initializer=Initializer.of("Constant", value=200.0)), {"loss": MSE}, None),
        (X[:, 0] + 200, dense(1, use_bias=False), {"loss": MSE}, None),
    ],
)
def test_output_bias_prior(y, head, training, severity):
    case = case_on(X, y, chain((4,), dense(8, "relu"), head), **training)
    assert severity_of("output-bias-prior", case) == ([] if severity is None else [severity])


def test_the_first_loss_that_it_tells_is_kerass_own_with_weights_of_0():
    y = (np.arange(400) < 8).astype(np.float32)
    head = dense(1, "sigmoid", kernel_initializer=Initializer.of("Zeros"))
    stack = chain((4,), head)
    (finding,) = found("output-bias-prior", case_on(X, y, stack))
    mended = finding.remedy.applied_to(experiment_of(stack))
    losses = [
        build_network(experiment).model.evaluate(X, y, verbose=0)[0] for experiment in (experiment_of(stack), mended)
    ]
    assert f"the loss is {losses[0]:.4g} there, and would be {losses[1]:.4g}" in finding.evidence


# bias-needed


@pytest.mark.parametrize(
    ("y", "layers", "fires"),
    [
        (X[:, 0] + 3, [dense(1, **NO)], True),
        (X[:, 0] - 3, [dense(1, **NO)], True),
        (X[:, 0] + 3, [dense(8, "relu", **NO), dense(1, **NO)], True),
        (X[:, 0] + 3, [dense(8, "tanh", **NO), layer("Dropout"), dense(4, "relu", **NO), dense(1, **NO)], True),
        (X[:, 0] + 3, [dense(1)], False),
        (X[:, 0] + 3, [dense(8, "relu"), dense(1, **NO)], False),
        (X[:, 0] + 3, [dense(8, **NO), BN, dense(1, **NO)], False),
        (X[:, 0] + 3, [dense(8, "sigmoid", **NO), dense(1, **NO)], False),
        (X[:, 0] + 0.2, [dense(1, **NO)], False),
        (X[:, 0] + 0.5, [dense(1, "sigmoid", **NO)], False),
        (X[:, 0] + 3, [dense(1, "sigmoid", **NO)], True),
    ],
)
def test_bias_needed(y, layers, fires):
    case = case_on(X, y, chain((4,), *layers), loss=MSE)
    assert severity_of("bias-needed", case) == ([Severity.WARNING] if fires else [])


def test_inputs_with_a_mean_stand_in_for_a_bias():
    stack, y = chain((4,), dense(1, **NO)), X[:, 0] + 3
    assert found("bias-needed", case_on(X + 1, y, stack, loss=MSE)) == []
    with_ones = np.concatenate([X[:, :3], np.ones((400, 1))], 1)
    assert found("bias-needed", case_on(with_ones, y, stack, loss=MSE)) == []
    balanced = case_on(X, labels(2), chain((4,), dense(1, "sigmoid", **NO)))
    assert found("bias-needed", balanced) == []


# inputs-uncentred

IMAGES = np.clip(np.random.default_rng(0).normal(0.9, 0.05, (50, 8, 8, 3)), 0, 1)


@pytest.mark.parametrize(
    ("x", "layers", "fires"),
    [
        (X + 10, [dense(8, "relu")], True),
        (X * 0.01 - 1, [dense(8, "relu")], True),
        (np.where(np.arange(4) == 2, X + 50, X), [layer("Dropout"), dense(8)], True),
        (normal(2000, 3).reshape(200, 10, 3) + 9, [layer("LSTM", units=4)], True),
        (normal(2000, 3).reshape(200, 10, 3) + 9, [layer("Conv1D", filters=4)], True),
        (IMAGES * 255, [layer("Conv2D", filters=4)], True),
        (X + 10, [layer("Rescaling", scale=2.0), dense(8, "relu")], True),
        (X, [dense(8, "relu")], False),
        (X + 2, [dense(8, "relu")], False),
        (X + 10, [layer("Rescaling", scale=1.0, offset=-10.0), dense(8, "relu")], False),
        (X + 10, [layer("Normalization", mean=10.0, variance=1.0), dense(8, "relu")], False),
        (X + 10, [BN, dense(8, "relu")], False),
        (X + 10, [layer("LayerNormalization"), dense(8, "relu")], False),
        (X + 10, [dense(8), BN, dense(1)], False),
        (X + 10, [dense(8, "relu"), BN, dense(1)], True),
        (IMAGES, [layer("Conv2D", filters=4)], False),
        (np.where(np.arange(4) == 2, np.arange(400)[:, np.newaxis] > 3, X), [dense(8)], False),
        (np.where(np.arange(4) == 2, 1000.0, X), [dense(8)], False),
        (np.arange(4000).reshape(400, 10) % 50 + 1000, [layer("Embedding", input_dim=2000)], False),
    ],
)
def test_inputs_uncentred(x, layers, fires):
    case = case_on(x, np.zeros(len(x)), chain(x.shape[1:], *layers))
    assert severity_of("inputs-uncentred", case) == ([Severity.WARNING] if fires else [])


def test_the_normalization_of_the_remedy_gives_mean_0_and_deviation_1():
    x = np.concatenate([X * [1, 20, 0.1, 1] + [10, 100, 5, 0], np.full((400, 1), 7.0)], 1).astype(np.float32)
    stack = chain((5,), dense(8, "relu"), dense(1))
    (finding,) = found("inputs-uncentred", case_on(x, X[:, 0], stack, loss=MSE))
    assert "3 of 5 inputs" in finding.evidence
    network = build_network(finding.remedy.applied_to(experiment_of(stack, loss=MSE)))
    scaled = np.asarray(network.model.layers[0](x))
    assert scaled.mean(0) == pytest.approx(np.zeros(5), abs=1e-4)
    assert scaled.std(0) == pytest.approx([1, 1, 1, 1, 0], abs=1e-3)


# all of them


@pytest.mark.parametrize(
    ("x", "y", "layers", "training"),
    [
        (X, labels(2) * 2 - 1, [dense(1, "sigmoid")], {}),
        (X, labels(4), [dense(1, "sigmoid")], {}),
        (X, X[:, 0] * 9, [dense(1, "sigmoid")], {}),
        (X, labels(4), [dense(3, "softmax")], {"loss": SCCE}),
        (X, np.eye(3)[labels(3)], [dense(3, "softmax")], {"loss": SCCE}),
        (X, labels(3), [dense(3, "softmax")], {"loss": CCE}),
        (X, X[:, 0], [dense(1, "relu")], {"loss": MSE}),
        (X, X[:, 0] + 200, [dense(1)], {"loss": MSE}),
        (X, np.arange(400) < 8, [dense(1, "sigmoid")], {}),
        (X, X[:, 0] + 3, [dense(1, **NO)], {"loss": MSE, "optimizer": "SGD"}),
        (X + 10, X[:, 0], [dense(1)], {"loss": MSE}),
    ],
)
def test_the_remedy_silences_the_rule(x, y, layers, training):
    stack = chain((4,), *layers)
    (finding,) = [each for each in diagnose(case_on(x, y, stack, **training)) if each.id in RULES]
    mended = finding.remedy.applied_to(experiment_of(stack, **training))
    case = case_of(mended, check_stack(mended.stack, 32), steps_planned=1000)
    after = [each for each in diagnose(replace(case, data=facts_of(x, y))) if each.severity is not Severity.NOTE]
    assert after == []


def test_what_is_not_known_is_not_judged():
    x, y = X + 10, X[:, 0] + 200
    stack = chain((4,), dense(1, "relu", **NO))
    whole = case_on(x, y, stack, loss=MSE)
    assert {finding.id for finding in diagnose(whole)} & set(RULES) == {"inputs-uncentred"}
    for less in (replace(whole, data=None), replace(whole, layers=()), replace(whole, data=facts_of(X), training=None)):
        assert [finding.id for finding in diagnose(less) if finding.id in RULES] == []
    from_file = replace(case_on(X, y, chain((4,), dense(1)), loss=MSE), from_file=True)
    assert found("output-bias-prior", from_file) == []


def test_a_threshold_can_be_set():
    case = case_on(X + 2, X[:, 0], chain((4,), dense(1)), loss=MSE)
    findings = diagnose(case, {"inputs-uncentred": {"most": 1.5}})
    assert [finding.id for finding in findings] == ["inputs-uncentred"]
