"""The rules that look at the network alone: on what they fire, on what they stay silent, and what their remedy does."""

import numpy as np
import pytest

from biasstudio.doctor.case import case_of
from biasstudio.doctor.diagnose import diagnose
from biasstudio.doctor.finding import Severity
from biasstudio.engine.build import build_network, check_stack
from biasstudio.spec.data_sets import DataSet
from biasstudio.spec.experiment import Experiment, Training
from biasstudio.spec.initializers import Initializer
from biasstudio.spec.regularizers import Regularizer
from tests.doctor.training import chain, dense, layer

SCCE, CCE, BCE = "sparse_categorical_crossentropy", "categorical_crossentropy", "binary_crossentropy"
HE = Initializer.of("HeNormal")


def found(rule, stack, **training):
    experiment = Experiment(stack, DataSet.of("xor"), Training(**training))
    findings = diagnose(case_of(experiment, check_stack(stack, 32), steps_planned=1000))
    return [finding for finding in findings if finding.id == rule]


@pytest.mark.parametrize(
    ("head", "loss", "settings", "severity"),
    [
        (dense(3, "sigmoid"), SCCE, {}, Severity.WARNING),
        (dense(3, "sigmoid"), CCE, {}, Severity.WARNING),
        (dense(3), CCE, {}, Severity.ERROR),
        (dense(10), SCCE, {}, Severity.ERROR),
        (dense(1), BCE, {}, Severity.ERROR),
        (dense(1, "tanh"), BCE, {}, Severity.ERROR),
        (dense(4, "relu"), SCCE, {}, Severity.ERROR),
        (dense(4, "softmax"), BCE, {}, Severity.WARNING),
        (dense(3, "softmax"), SCCE, {}, None),
        (dense(3, "softmax"), CCE, {}, None),
        (dense(3), SCCE, {"from_logits": True}, None),
        (dense(1), BCE, {"from_logits": True}, None),
        (dense(1, "sigmoid"), BCE, {}, None),
        (dense(3, "sigmoid"), BCE, {}, None),
        (dense(1), "mean_squared_error", {}, None),
        (dense(3, "softmax"), "kl_divergence", {}, None),
    ],
)
def test_head_loss_mismatch(head, loss, settings, severity):
    findings = found("head-loss-mismatch", chain((4,), dense(8, "relu"), head), loss=loss, loss_settings=settings)
    assert [finding.severity for finding in findings] == ([] if severity is None else [severity])
    assert all(finding.where == "dense_1" for finding in findings)


def test_a_head_made_of_two_layers_is_seen_through():
    stack = chain((4,), dense(3), layer("Activation", activation="softmax"))
    assert found("head-loss-mismatch", stack, loss=SCCE) == []
    stack = chain((4,), dense(3), layer("Softmax"), layer("Flatten"))
    assert found("head-loss-mismatch", stack, loss=SCCE) == []
    stack = chain((4,), dense(3), layer("Activation", activation="sigmoid"))
    (finding,) = found("head-loss-mismatch", stack, loss=SCCE)
    assert (finding.where, finding.remedy) == ("activation", None)


def test_a_head_behind_an_unknown_function_is_not_judged():
    stack = chain((4,), dense(3), layer("BatchNormalization"))
    assert found("head-loss-mismatch", stack, loss=SCCE) == []


BN = layer("BatchNormalization")
IMAGE = (8, 8, 2)


@pytest.mark.parametrize(
    ("shape", "layers", "fires"),
    [
        ((4,), [dense(8), BN], True),
        ((4,), [dense(8), layer("BatchNormalization", axis=1)], True),
        (IMAGE, [layer("Conv2D", filters=4), BN], True),
        (IMAGE, [layer("Conv2D", filters=4), layer("MaxPooling2D"), BN], True),
        (IMAGE, [layer("Conv2D", filters=4), layer("Flatten"), BN], True),
        (IMAGE, [layer("DepthwiseConv2D"), layer("GlobalAveragePooling2D"), BN], True),
        ((4,), [dense(8), dense(6, use_bias=False), BN], True),
        ((4,), [dense(8, "relu"), BN], False),
        ((4,), [dense(8, use_bias=False), BN], False),
        ((4,), [dense(8), layer("Dropout"), BN], False),
        ((4,), [dense(8), layer("LayerNormalization")], False),
        ((4,), [dense(8), layer("RMSNormalization")], False),
        ((4,), [dense(8), layer("Activation", activation="relu"), BN], False),
        ((4,), [dense(8), layer("Reshape", target_shape=(4, 2)), BN], False),
        (IMAGE, [layer("Conv2D", filters=4), layer("ZeroPadding2D"), BN], False),
        (IMAGE, [layer("Conv2D", filters=4), layer("BatchNormalization", axis=1)], False),
        (IMAGE, [layer("Conv2D", filters=4), layer("Conv2D", filters=3, padding="same", use_bias=False), BN], False),
        ((4,), [BN, dense(8)], False),
    ],
)
def test_bias_before_batchnorm(shape, layers, fires):
    stack = chain(shape, *layers)
    findings = found("bias-before-batchnorm", stack)
    assert [finding.where for finding in findings] == ([stack.layers[0].name] if fires else [])


def test_of_a_frozen_batchnorm_the_bias_counts():
    stack = chain((4,), dense(8), BN)
    assert found("bias-before-batchnorm", stack.let_learn("batch_normalization", "nothing")) == []
    assert found("bias-before-batchnorm", stack.let_learn("dense", "weights")) == []


@pytest.mark.parametrize(
    ("one", "shape", "fires"),
    [
        (dense(1, "sigmoid", bias_initializer=HE), (4,), True),
        (dense(10, bias_initializer=HE), (4,), True),
        (dense(32, bias_initializer=HE), (4,), False),
        (dense(4, bias_initializer=Initializer.of("RandomNormal")), (4,), False),
        (dense(4, bias_initializer=Initializer.of("RandomNormal", stddev=1.0)), (4,), True),
        (dense(4), (4,), False),
        (dense(4, bias_initializer=Initializer.of("Constant", value=5.0)), (4,), False),
        (dense(4, bias_initializer=HE, use_bias=False), (4,), False),
        (layer("GRU", units=64, bias_initializer=HE), (6, 4), True),
        (layer("LSTM", units=2, bias_initializer=HE), (6, 4), True),
        (layer("Bidirectional"), (6, 4), False),
    ],
)
def test_large_initial_bias(one, shape, fires):
    assert bool(found("large-initial-bias", chain(shape, one))) is fires


def test_the_deviation_that_is_told_is_that_of_kerass_values():
    stack = chain((4,), dense(8, bias_initializer=HE))
    (finding,) = found("large-initial-bias", stack)
    draws = [
        build_network(Experiment(stack, DataSet.of("xor"), Training(seed=seed))).history.values("dense/bias", 0)
        for seed in range(12)
    ]
    assert "standard deviation of 0.5." in finding.evidence
    assert abs(np.concatenate(draws).std() - 0.5) < 0.1


@pytest.mark.parametrize(
    ("layers", "severity"),
    [
        ([dense(8), dense(1)], Severity.WARNING),
        ([dense(8), layer("Flatten"), dense(1)], Severity.WARNING),
        ([dense(8, "relu"), dense(2), dense(5)], Severity.NOTE),
        ([dense(8, "relu"), dense(1)], None),
        ([dense(8), layer("Activation", activation="relu"), dense(1)], None),
        ([dense(8), BN, dense(1)], None),
        ([dense(8), layer("Dropout"), dense(1)], None),
        ([dense(8)], None),
    ],
)
def test_linear_pair(layers, severity):
    findings = found("linear-pair", chain((4,), *layers))
    assert [finding.severity for finding in findings] == ([] if severity is None else [severity])


def test_key_bias_and_its_silence():
    attention = layer("MultiHeadAttention", num_heads=2, key_dim=3)
    assert len(found("key-bias", chain((5, 4), attention))) == 1
    assert len(found("key-bias", chain((5, 4), layer("GroupQueryAttention", num_query_heads=2)))) == 1
    silent = layer("MultiHeadAttention", num_heads=2, key_dim=3, use_bias=False)
    assert found("key-bias", chain((5, 4), silent)) == []
    assert found("key-bias", chain((4,), dense(3))) == []


@pytest.mark.parametrize(
    ("head", "loss", "settings", "fires"),
    [
        (dense(3, "softmax"), SCCE, {}, True),
        (dense(3), SCCE, {"from_logits": True}, True),
        (dense(1, "softmax"), BCE, {}, False),
        (dense(3, "softmax", use_bias=False), SCCE, {}, False),
        (dense(1, "sigmoid"), BCE, {}, False),
        (dense(3), "mean_squared_error", {}, False),
    ],
)
def test_softmax_gauge(head, loss, settings, fires):
    assert bool(found("softmax-gauge", chain((4,), head), loss=loss, loss_settings=settings)) is fires


@pytest.mark.parametrize(
    ("training", "arguments", "count"),
    [
        ({"optimizer": "AdamW"}, {}, 1),
        ({"optimizer": "SGD", "optimizer_settings": {"weight_decay": 0.1}}, {}, 1),
        ({"optimizer": "AdamW", "optimizer_settings": {"weight_decay": 0.0}}, {}, 0),
        ({"optimizer": "AdamW"}, {"use_bias": False}, 0),
        ({"optimizer": "Adam"}, {"bias_regularizer": Regularizer.of("L2")}, 1),
        ({"optimizer": "Adam"}, {"kernel_regularizer": Regularizer.of("L2")}, 0),
        ({"optimizer": "Adam"}, {}, 0),
    ],
)
def test_decayed_bias(training, arguments, count):
    assert len(found("decayed-bias", chain((4,), dense(3, **arguments)), **training)) == count


@pytest.mark.parametrize(
    ("steps", "arguments", "fires"),
    [
        (40, {"unit_forget_bias": False}, True),
        (40, {"unit_forget_bias": False, "bias_initializer": Initializer.of("Ones")}, False),
        (40, {}, False),
        (19, {"unit_forget_bias": False}, False),
        (40, {"unit_forget_bias": False, "use_bias": False}, False),
    ],
)
def test_forget_gate(steps, arguments, fires):
    assert bool(found("forget-gate", chain((steps, 3), layer("LSTM", units=4, **arguments)))) is fires


@pytest.mark.parametrize(
    ("rule", "stack", "training"),
    [
        ("softmax-one-unit", chain((4,), dense(1, "softmax")), {}),
        ("head-loss-mismatch", chain((4,), dense(3)), {"loss": SCCE}),
        ("head-loss-mismatch", chain((4,), dense(3, "sigmoid")), {"loss": SCCE}),
        ("bias-before-batchnorm", chain((4,), dense(8), BN), {}),
        ("large-initial-bias", chain((4,), dense(8, bias_initializer=HE)), {}),
        ("linear-pair", chain((4,), dense(8), dense(1)), {}),
        ("decayed-bias", chain((4,), dense(8, bias_regularizer=Regularizer.of("L2"))), {}),
        ("forget-gate", chain((40, 3), layer("LSTM", units=4, unit_forget_bias=False)), {}),
    ],
)
def test_the_remedy_silences_the_rule(rule, stack, training):
    experiment = Experiment(stack, DataSet.of("xor"), Training(**training))
    (finding,) = found(rule, stack, **training)
    mended = finding.remedy.applied_to(experiment)
    again = diagnose(case_of(mended, check_stack(mended.stack, 32), steps_planned=1000))
    assert rule not in [each.id for each in again]


def test_a_threshold_can_be_set():
    experiment = Experiment(chain((4,), dense(32, bias_initializer=HE)), DataSet.of("xor"), Training())
    case = case_of(experiment, check_stack(experiment.stack, 32))
    assert "large-initial-bias" not in [each.id for each in diagnose(case)]
    findings = diagnose(case, {"large-initial-bias": {"most": 0.2}})
    assert "large-initial-bias" in [each.id for each in findings]
