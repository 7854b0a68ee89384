"""The rules on what layers give: networks built, and trained, in Keras."""

from dataclasses import replace

import numpy as np
import pytest

from biasstudio.doctor.case import case_of
from biasstudio.doctor.data_facts import facts_of
from biasstudio.doctor.diagnose import diagnose
from biasstudio.doctor.finding import Severity
from biasstudio.engine.build import build_network
from biasstudio.engine.train import recorder_of
from biasstudio.spec.initializers import Initializer
from tests.doctor.cases import built_case_on, case_of_network, case_on, experiment_of, found, normal
from tests.doctor.training import chain, dense, layer

X = normal()
Y = (X[:, 0] > 0).astype(np.float32)


def constant(value):
    return {"bias_initializer": Initializer.of("Constant", value=value)}


NORMALIZED = layer("BatchNormalization", beta_initializer=Initializer.of("Constant", value=-9.0))


def shares_by_keras(network, x, name):
    """Of each unit the share of samples, and positions, on which it is above 0, found layer by layer."""
    for each in network.model.layers:
        x = each(x)
        if each.name == name:
            return (np.asarray(x).reshape(-1, x.shape[-1]) > 0).mean(0)
    raise AssertionError(name)


@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize("units", [16, 64])
def test_a_layer_that_starts_at_minus_ten_is_dead(seed, units):
    stack = chain((4,), dense(units, "relu", **constant(-10.0)), dense(1, "sigmoid"))
    case, network = built_case_on(X, Y, stack, seed=seed)
    (finding,) = found("dead-relu", case)
    assert (finding.severity, finding.where, finding.vector) == (Severity.ERROR, "dense", "dense/bias")
    assert f"All {units} units are active on none of the 400 samples" in finding.evidence
    assert shares_by_keras(network, X, "dense").max() == 0
    mended = finding.remedy.applied_to(network.experiment)
    assert found("dead-relu", built_case_on(X, Y, mended.stack, seed=seed)[0]) == []


@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize("start", [0.0, -1.0, 0.5])
def test_units_that_are_active_now_and_then_are_not_dead(seed, start):
    x = normal(width=16)
    stack = chain((16,), dense(16, "relu", **constant(start)), dense(1, "sigmoid"))
    assert found("dead-relu", built_case_on(x, Y, stack, seed=seed)[0]) == []


@pytest.mark.parametrize("activation", ["leaky_relu", "elu", "tanh", "linear", "silu"])
def test_what_lets_a_gradient_through_is_never_dead(activation):
    stack = chain((4,), dense(16, activation, **constant(-10.0)), dense(1, "sigmoid"))
    assert found("dead-relu", built_case_on(X, Y, stack)[0]) == []


@pytest.mark.parametrize(
    ("layers", "where", "vector"),
    [
        ([layer("Conv2D", filters=4, activation="relu", **constant(-9.0))], "conv2d", "conv2d/bias"),
        ([layer("Conv2D", filters=4, **constant(-9.0)), layer("ReLU")], "re_lu", "conv2d/bias"),
        ([layer("Conv2D", filters=4), NORMALIZED, layer("ReLU")], "re_lu", "batch_normalization/beta"),
    ],
)
def test_channels_die_as_units_do_and_the_bias_at_fault_is_named(layers, where, vector):
    images = np.random.default_rng(0).normal(size=(40, 8, 8, 2)).astype(np.float32)
    stack = chain((8, 8, 2), *layers, layer("Flatten"), dense(1, "sigmoid"))
    (finding,) = found("dead-relu", built_case_on(images, Y[:40], stack)[0])
    assert (finding.where, finding.vector, finding.unit) == (where, vector, 0)
    assert finding.message == f"All units of {where} are dead."


def test_some_dead_units_are_a_note_and_most_of_them_a_warning():
    for dead, severity in ((1, Severity.NOTE), (8, Severity.NOTE), (13, Severity.WARNING), (15, Severity.WARNING)):
        start = tuple([0.1] * (16 - dead) + [-30.0] * dead)
        stack = chain((4,), dense(16, "relu", **constant(start)), dense(1, "sigmoid"))
        (finding,) = found("dead-relu", built_case_on(X, Y, stack)[0])
        assert (finding.severity, finding.unit) == (severity, 16 - dead)
        assert finding.message.startswith(f"{dead} of 16 units of dense {'is' if dead == 1 else 'are'} dead")


def test_units_that_die_in_training_are_found_and_those_of_a_good_one_are_not():
    stack = chain((4,), dense(16, "relu"), dense(1))
    _, network = built_case_on(X, X[:, 0], stack, loss="mean_squared_error", optimizer="SGD", learning_rate=0.01)
    network.model.fit(X, X[:, 0], epochs=3, verbose=0)
    assert found("dead-relu", case_of_network(network, X, X[:, 0])) == []
    target = X[:, 0] * 40 - 100
    _, network = built_case_on(X, target, stack, loss="mean_squared_error", optimizer="SGD", learning_rate=0.01)
    network.model.fit(X, target, epochs=3, verbose=0)
    assert all(np.isfinite(weights).all() for weights in network.model.get_weights())
    (finding,) = found("dead-relu", case_of_network(network, X, target))
    dead = np.flatnonzero(shares_by_keras(network, X, "dense") == 0)
    assert len(dead) > 3
    assert finding.message == f"{len(dead)} of 16 units of dense are dead."
    assert finding.unit == dead[0]


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(("width", "units"), [(4, 16), (16, 32)])
def test_what_is_said_of_the_start_alone_is_true_of_the_network(seed, width, units):
    x = normal(400, width, seed)
    deviation = np.sqrt(2 / (width + units) * np.sum(x.mean(0) ** 2 + x.std(0) ** 2))
    start = tuple(np.linspace(-6.1 * deviation, 0, units).tolist())
    stack = chain((width,), dense(units, "relu", **constant(start)), dense(1, "sigmoid"))
    (finding,) = found("dead-relu", case_on(x, Y, stack))
    told = sum(np.array(start) < -4 * deviation)
    assert f"{told} of {units} units" in finding.message
    _, network = built_case_on(x, Y, stack, seed=seed)
    # Four deviations over 400 samples: now and then a single one comes through.
    assert shares_by_keras(network, x, "dense")[:told].max() <= 0.03


def test_the_start_alone_says_nothing_of_images_of_deeper_layers_and_of_a_trained_network():
    images = np.zeros((10, 8, 8, 1), np.float32)
    stack = chain((8, 8, 1), layer("Conv2D", filters=4, activation="relu", **constant(-9.0)), layer("Flatten"))
    assert found("dead-relu", case_on(images, None, stack)) == []
    stack = chain((4,), dense(8, "relu"), dense(8, "relu", **constant(-50.0)), dense(1))
    assert found("dead-relu", case_on(X, Y, stack)) == []
    stack = chain((4,), dense(8, "relu", **constant(-50.0)), dense(1))
    network = build_network(experiment_of(stack))
    case = case_of(network.experiment, network.layers, network.history, 1000, facts_of(X, Y))
    assert len(found("dead-relu", case)) == 1
    network.history.append(1, 1, network.history.frame(0))
    assert found("dead-relu", case) == []


DEAD = dense(32, "relu", **constant(-10.0))


def serious(case):
    """What is more than a note: single units are dead by chance at times."""
    return [finding for finding in found("dead-relu", case) if finding.severity < Severity.NOTE]


@pytest.mark.parametrize("between", [[], [layer("Dropout", rate=0.2)], [layer("BatchNormalization"), layer("Dropout")]])
@pytest.mark.parametrize("epochs", [0, 4])
def test_what_is_dead_only_behind_a_dead_layer_is_said_with_it(between, epochs):
    stack = chain((4,), DEAD, *between, dense(16, "relu"), dense(1, "sigmoid"))
    _case, network = built_case_on(X, Y, stack)
    with recorder_of(network) as recorder:
        network.model.fit(X, Y, epochs=epochs, verbose=0, callbacks=[recorder])
    assert shares_by_keras(network, X, "dense_1").max() == 0
    case = case_of_network(network, X, Y)
    (finding,) = found("dead-relu", case)
    assert (finding.severity, finding.where) == (Severity.ERROR, "dense")
    assert "All units of dense_1 are dead only because" in finding.evidence
    assert finding.step == 0
    mended = finding.remedy.applied_to(network.experiment)
    assert serious(built_case_on(X, Y, mended.stack)[0]) == []
    still = [each for each in found("never-moves", case) if each.follows == "dead-relu"]
    assert len(still) == (epochs > 0)
    for each in still:
        assert (each.where, each.fix, each.remedy) == ("dense", finding.fix, finding.remedy)
        assert "dense/bias" in each.message
        assert "dense_1/bias" in each.message


def test_a_dead_layer_is_said_with_the_step_since_which_it_is():
    stack = chain((4,), dense(12, "relu"), dense(1))
    _case, network = built_case_on(X, X[:, 0], stack, loss="mean_squared_error", optimizer="SGD")
    hidden = network.model.layers[0]

    def train(epochs):
        with recorder_of(network) as recorder:
            network.model.fit(X, X[:, 0], epochs=epochs, verbose=0, callbacks=[recorder])

    train(2)
    pushed_after = network.history.last_step
    hidden.bias.assign(np.full(12, -50.0))
    (finding,) = found("dead-relu", case_of_network(network, X, X[:, 0]))
    assert finding.step == pushed_after
    assert "stood still" not in finding.evidence
    train(3)
    (finding,) = found("dead-relu", case_of_network(network, X, X[:, 0]))
    since = next(step for step in range(100) if network.history.values("dense/bias", step).max() == -50)
    assert (finding.step, since) == (pushed_after + 1, pushed_after + 1)
    assert f"since step {since}." in finding.evidence
    case = case_of_network(network, X, X[:, 0])
    frozen = replace(case, layers=(replace(case.layers[0], learns="weights"), case.layers[1]))
    assert found("dead-relu", frozen)[0].step == network.history.last_step


def test_a_layer_behind_a_dead_one_with_a_fault_of_its_own_is_said_too():
    stack = chain((4,), DEAD, dense(16, "relu", **constant(-3.0)), dense(1, "sigmoid"))
    case, network = built_case_on(X, Y, stack)
    assert [each.where for each in found("dead-relu", case)] == ["dense", "dense_1"]
    mended = network.experiment
    for finding in found("dead-relu", case):
        assert finding.follows == ""
        assert "only because" not in finding.evidence
        mended = finding.remedy.applied_to(mended)
    assert serious(built_case_on(X, Y, mended.stack)[0]) == []


def test_a_layer_that_gets_something_else_too_does_not_die_behind_another():
    stack = chain((4,), DEAD, dense(16, "relu"), dense(1, "sigmoid"))
    case, _network = built_case_on(X, Y, stack)
    first, second, last = case.layers
    aside = replace(first, name="aside", layer=None)
    layers = (first, aside, replace(second, inputs=("dense", "aside")), last)
    assert [each.where for each in found("dead-relu", replace(case, layers=layers))] == ["dense", "dense_1"]


# saturated


@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize("units", [16, 40])
@pytest.mark.parametrize(
    ("activation", "start"), [("tanh", 6.0), ("tanh", -6.0), ("sigmoid", 12.0), ("sigmoid", -12.0)]
)
def test_units_that_stand_at_an_end_are_saturated(seed, units, activation, start):
    stack = chain((4,), dense(units, activation, **constant(start)), dense(1))
    case, network = built_case_on(X, Y, stack, seed=seed)
    (finding,) = found("saturated", case)
    assert (finding.severity, finding.where, finding.vector) == (Severity.WARNING, "dense", "dense/bias")
    outputs = np.asarray(network.model.layers[0](X))
    slope = (1 - outputs**2 if activation == "tanh" else 4 * outputs * (1 - outputs)).mean(0)
    assert f"{(slope < 0.01).sum()} of {units} units" in finding.message
    mended = finding.remedy.applied_to(network.experiment)
    assert found("saturated", built_case_on(X, Y, mended.stack, seed=seed)[0]) == []


@pytest.mark.parametrize(
    "layers",
    [
        [dense(16, "tanh"), dense(1)],
        [dense(16, "sigmoid"), dense(1)],
        [dense(16, "tanh", **constant(1.0)), dense(1)],
        [dense(16, "relu", **constant(20.0)), dense(1)],
        [dense(16, "tanh"), dense(1, "sigmoid", **constant(20.0))],
        # Large weights and no bias: each unit says on which side a sample is.
        [dense(16, "tanh", kernel_initializer=Initializer.of("RandomNormal", stddev=1e5)), dense(1)],
    ],
)
@pytest.mark.parametrize("seed", [0, 1])
def test_units_that_tell_samples_apart_are_not_saturated(layers, seed):
    assert found("saturated", built_case_on(X, Y, chain((4,), *layers), seed=seed)[0]) == []


def test_without_a_probe_nothing_is_said():
    case = case_on(X, Y, chain((4,), dense(16, "tanh", **constant(9.0)), dense(1)))
    assert [finding.id for finding in diagnose(case) if finding.id in ("saturated", "dead-relu")] == []


def test_values_that_are_not_finite_are_not_taken_for_dead_units():
    target = X[:, 0] * 40 - 100
    stack = chain((4,), dense(16, "relu"), dense(1))
    _, network = built_case_on(X, target, stack, loss="mean_squared_error", optimizer="SGD", learning_rate=0.1)
    network.model.fit(X, target, epochs=3, verbose=0)
    assert np.isnan(network.model.get_weights()[0]).all()
    assert found("dead-relu", case_of_network(network, X, target)) == []


@pytest.mark.parametrize("activation", ["relu", "tanh"])
def test_values_that_are_not_finite_tell_nothing_of_units(activation):
    stack = chain((4,), dense(8, activation, **constant(-20.0)), dense(1))
    case, network = built_case_on(X, Y, stack)
    assert len(found("dead-relu", case) + found("saturated", case)) == 1
    network.model.layers[1].bias.assign([np.nan])
    case = case_of_network(network, X, Y)
    assert found("dead-relu", case) + found("saturated", case) == []


def test_where_every_sample_is_the_same_no_unit_is_called_dead():
    stack = chain((4,), dense(16, "relu"), dense(1))
    case, network = built_case_on(np.zeros_like(X), Y, stack)
    assert shares_by_keras(network, np.zeros_like(X), "dense").max() == 0
    assert found("dead-relu", case) == []


def test_only_biases_that_start_elsewhere_are_told_to_start_from_zeros():
    far, zeros = ({**constant(-10.0)}, {})
    for start, said in ((far, "Start the biases of dense from zeros, lower"), (zeros, "Lower the learning rate")):
        stack = chain((4,), dense(16, "relu", **start), dense(1))
        _case, network = built_case_on(X, Y, stack)
        network.model.layers[0].bias.assign(np.full(16, -10.0))
        (finding,) = found("dead-relu", case_of_network(network, X, Y))
        assert finding.fix.startswith(said)
