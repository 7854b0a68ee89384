"""The best output bias against Keras's own losses: it says what they are, and no other bias makes them smaller."""

import keras
import numpy as np
import pytest

from biasstudio.doctor.case import Case
from biasstudio.doctor.data_facts import facts_of
from biasstudio.doctor.network import layers_of_stack
from biasstudio.doctor.output_bias import output_bias, start_remedy
from biasstudio.spec.losses import LOSS_TYPES
from tests.doctor.cases import experiment_of
from tests.doctor.training import chain, dense, layer

BCE, CCE, SCCE = "binary_crossentropy", "categorical_crossentropy", "sparse_categorical_crossentropy"
MSE, MAE, LOGITS = "mean_squared_error", "mean_absolute_error", {"from_logits": True}
DRAW = np.random.default_rng(3)
SIGNED = DRAW.normal(7, 3, (301, 2))
COUNTS = DRAW.poisson(4, (300, 1))
SHARES = DRAW.uniform(0.1, 0.6, (200, 2))
POSITIVE = DRAW.gamma(2, 3, (300, 1)) + 0.1
YES = (DRAW.uniform(size=(500, 1)) < 0.03).astype(float)
SEVERAL = (DRAW.uniform(size=(500, 3)) < [0.5, 0.1, 0.02]).astype(float)
CLASSES = DRAW.permutation(np.repeat(np.arange(4), [280, 80, 32, 8]))
ROWS = np.eye(4)[CLASSES]


def case_on(y, head, loss, settings):
    stack = chain((2,), dense(4, "relu"), head)
    experiment = experiment_of(stack, loss=loss, loss_settings=settings)
    shapes = {"dense": (4,), "dense_1": (head[1]["units"],)}
    return Case(layers_of_stack(experiment, shapes), experiment.training, data=facts_of(np.ones((len(y), 2)), y))


def keras_loss(y, activation, biases, loss, settings):
    """Of a network whose weights are all 0."""
    answers = keras.ops.convert_to_tensor(np.tile(biases, (len(y), 1)).astype(np.float32))
    answers = keras.activations.get(activation)(answers)
    return float(getattr(keras.losses, LOSS_TYPES[loss].class_name)(**settings)(y.astype(np.float32), answers))


@pytest.mark.parametrize(
    ("y", "activation", "loss", "settings"),
    [
        (SIGNED, "linear", MSE, {}),
        (SIGNED, "linear", MAE, {}),
        (SIGNED, "linear", "huber", {}),
        (SIGNED, "linear", "huber", {"delta": 3.0}),
        (SIGNED, "linear", "log_cosh", {}),
        (POSITIVE, "linear", "mean_squared_logarithmic_error", {}),
        (POSITIVE, "linear", "mean_absolute_percentage_error", {}),
        (POSITIVE, "relu", MSE, {}),
        (POSITIVE, "softplus", MSE, {}),
        (POSITIVE, "elu", MAE, {}),
        (COUNTS, "exponential", "poisson", {}),
        (COUNTS, "softplus", "poisson", {}),
        (SHARES, "sigmoid", MSE, {}),
        (SHARES, "sigmoid", MAE, {}),
        (SHARES, "tanh", MSE, {}),
        (SHARES, "softsign", MSE, {}),
        (SHARES, "hard_sigmoid", MSE, {}),
        (YES, "tanh", "squared_hinge", {}),
        (YES, "sigmoid", BCE, {}),
        (YES, "linear", BCE, LOGITS),
        (YES, "sigmoid", BCE, {"label_smoothing": 0.2}),
        (SEVERAL, "sigmoid", BCE, {}),
        (SHARES, "sigmoid", BCE, {}),
        (ROWS, "softmax", CCE, {}),
        (ROWS, "softmax", CCE, {"label_smoothing": 0.1}),
        (ROWS, "linear", CCE, LOGITS),
        (CLASSES, "softmax", SCCE, {}),
        (CLASSES, "linear", SCCE, LOGITS),
        (ROWS, "softmax", "kl_divergence", {}),
    ],
)
def test_it_is_the_lowest_of_kerass_own_loss(y, activation, loss, settings):
    units = 4 if y is CLASSES else y.shape[1]
    best = output_bias(case_on(y, dense(units, activation), loss, settings))
    lowest = keras_loss(y, activation, best.values, loss, settings)
    assert best.clipped == ""
    assert best.loss(best.values) == pytest.approx(lowest, rel=1e-4, abs=1e-6)
    for unit in range(units):
        for change in (-1.0, -0.1, -0.01, 0.01, 0.1, 1.0):
            other = best.values + change * np.eye(units)[unit]
            theirs = keras_loss(y, activation, other, loss, settings)
            assert theirs >= lowest - 1e-5 * max(1, abs(lowest))
            assert best.loss(other) == pytest.approx(theirs, rel=1e-4, abs=1e-6)


def test_the_formulas_are_those_of_the_tutorials():
    p = YES.mean()
    assert output_bias(case_on(YES, dense(1, "sigmoid"), BCE, {})).values == pytest.approx([np.log(p / (1 - p))])
    shares = np.bincount(CLASSES) / len(CLASSES)
    values = output_bias(case_on(CLASSES, dense(4, "softmax"), SCCE, {})).values
    assert values - values[0] == pytest.approx(np.log(shares) - np.log(shares[0]))
    assert values.mean() == pytest.approx(0)


@pytest.mark.parametrize(
    ("y", "head", "loss", "settings"),
    [
        (YES, dense(1, "tanh"), "hinge", {}),
        (SIGNED - 20, dense(2, "relu"), MSE, {}),
        (SIGNED, dense(2, "tanh"), MSE, {}),
        (SIGNED, dense(2, "leaky_relu"), MSE, {}),
        (SIGNED, dense(1), MSE, {}),
        (YES, dense(1), BCE, {}),
        (YES, dense(1, "sigmoid"), BCE, LOGITS),
        (YES * 2 - 1, dense(1, "sigmoid"), BCE, {}),
        (CLASSES, dense(3, "softmax"), SCCE, {}),
        (ROWS, dense(4, "softmax"), SCCE, {}),
        (CLASSES, dense(4, "softmax"), CCE, {}),
        (CLASSES, dense(4, "sigmoid"), SCCE, {}),
        (YES, dense(1, "softmax"), BCE, {}),
    ],
)
def test_there_is_none_where_no_formula_or_no_match_gives_one(y, head, loss, settings):
    assert output_bias(case_on(y, head, loss, settings)) is None


@pytest.mark.parametrize("label", [0, 1])
def test_a_class_that_is_never_or_always_there_gives_a_finite_start_and_a_sentence(label):
    best = output_bias(case_on(np.full((50, 1), label), dense(1, "sigmoid"), BCE, {}))
    assert np.isfinite(best.values).all()
    assert best.values[0] * (2 * label - 1) == pytest.approx(np.log(2**24), rel=1e-3)
    assert f"share of output 0 is {label}" in best.clipped
    assert np.float32(1) - keras.activations.sigmoid(np.float32(abs(best.values[0]))) >= 0


def test_an_output_that_no_label_has_is_named():
    best = output_bias(case_on(CLASSES, dense(6, "softmax"), SCCE, {}))
    assert np.isfinite(best.values).all()
    assert "share of output 4, 5 is 0" in best.clipped


def test_the_remedy_writes_a_number_or_a_list():
    head = case_on(SIGNED, dense(2), MSE, {}).head
    ((_, ((name, one),)),) = start_remedy(head, np.array([2.5, 2.5])).layers
    ((_, ((_, several),)),) = start_remedy(head, np.array([2.5, 1 / 3])).layers
    assert name == "bias_initializer"
    assert (one.get("value"), several.get("value")) == (2.5, (2.5, 0.3333333))
    assert start_remedy(head, np.array([np.inf, 1])) is None


def test_a_head_of_two_layers_has_its_start_in_the_first():
    stack = chain((2,), dense(3), layer("Activation", activation="softmax"))
    experiment = experiment_of(stack, loss=SCCE)
    layers = layers_of_stack(experiment, {"dense": (3,), "activation": (3,)})
    case = Case(layers, experiment.training, data=facts_of(np.ones((400, 2)), np.minimum(CLASSES, 2)))
    assert start_remedy(case.head, output_bias(case).values).layers[0][0] == "dense"
