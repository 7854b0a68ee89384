"""unit-died, symmetric-units and shared-seed on networks that were trained for real."""

import keras
import numpy as np
import pytest

from biasstudio import BiasRecorder
from biasstudio.doctor.case import Case
from biasstudio.doctor.diagnose import diagnose
from biasstudio.doctor.finding import Severity
from biasstudio.doctor.probe import Probe
from biasstudio.engine.biases import find_biases
from biasstudio.recording.history import History
from biasstudio.spec.initializers import Initializer
from tests.doctor.training import Trained, chain, dense, layer, layer_probe, numbers, trained

ONES, ZEROS = Initializer.of("Ones"), Initializer.of("Zeros")
SUM = dense(1, kernel_initializer=ONES)


def alike(class_name, **arguments):
    return layer(class_name, kernel_initializer=ONES, **arguments)


def random(name, **parameters):
    return Initializer.of(name, **parameters)


def attention(**arguments):
    return layer("MultiHeadAttention", num_heads=2, key_dim=3, **arguments)


def push(run, name, units, to):
    """Set some biases of a layer, as a person does in mid-run."""
    kernel, bias = run.model.get_layer(name).get_weights()
    bias[units] = to
    run.model.get_layer(name).set_weights([kernel, bias])


def pushed(optimizer, units, seed=0, more=320, size=12, **training):
    """A network that learns for 60 steps, some of whose units are pushed far below zero then."""
    stack = chain((4,), dense(size, "tanh"), dense(size, "relu"), dense(1))
    run = Trained(stack, optimizer=optimizer, seed=seed, **training)
    samples = numbers(seed)
    run.fit(*samples, 60)
    push(run, "dense_1", units, -50.0)
    return run.fit(*samples, more)


@pytest.fixture(scope="module")
def one_dead():
    return pushed("Adam", [3], learning_rate=0.003)


def test_a_unit_that_was_pushed_down_is_found(one_dead):
    (finding,) = one_dead.found("unit-died")
    assert (finding.severity, finding.where, finding.unit) == (Severity.NOTE, "dense_1", 3)
    assert one_dead.ids() == set()
    # Adam coasts for a while after the last gradient: the step is that of the last change.
    values = np.array([one_dead.history.values("dense_1/bias", step)[3] for step in range(381)])
    last_change = int(np.flatnonzero(np.diff(values))[-1]) + 1
    assert finding.step == last_change
    assert 60 + 40 <= last_change <= 60 + 140
    assert f"−{-values[-1]:.4g}, to the last digit" in finding.evidence
    assert f"for {380 - last_change:,} steps" in finding.evidence
    mended = finding.remedy.applied_to(one_dead.experiment)
    assert mended.stack.layer("dense_1").get("activation") == "leaky_relu"


@pytest.mark.parametrize(
    ("optimizer", "units", "size", "training"),
    [
        ("SGD", [0, 5], 8, {"learning_rate": 0.05}),
        ("SGD", [7], 16, {"learning_rate": 0.02, "optimizer_settings": {"momentum": 0.9}}),
        ("RMSprop", [1, 2, 3], 12, {}),
        ("AdamW", [4], 12, {"learning_rate": 0.003}),
    ],
)
def test_dead_units_are_found_whatever_the_optimizer(optimizer, units, size, training):
    run = pushed(optimizer, units, seed=len(units), size=size, **training)
    (finding,) = run.found("unit-died")
    assert finding.vector == "dense_1/bias"
    assert finding.unit == units[0]
    outputs = run.model.layers[1](run.model.layers[0](numbers(len(units))[0])).numpy()
    assert (outputs <= 0).all(axis=0)[units].all()


def test_a_dead_unit_that_comes_back_is_withdrawn(one_dead):
    samples = numbers(0)
    push(one_dead, "dense_1", [3], 0.1)
    one_dead.fit(*samples, 20)
    assert one_dead.found("unit-died") == []


def test_a_probe_may_show_that_the_unit_is_alive():
    run = pushed("SGD", [3], learning_rate=0.05, more=220)
    outputs = np.zeros((9, 12), np.float32)
    dead = Probe(run.history.last_step, 9, {"dense_1": layer_probe(outputs)})
    alive = Probe(run.history.last_step, 9, {"dense_1": layer_probe(outputs + 1)})
    assert len(run.found("unit-died", probe=dead)) == 1
    assert run.found("unit-died", probe=alive) == []


def test_a_layer_that_dies_whole_explains_what_stands_still_before_it():
    run = pushed("Adam", list(range(12)), learning_rate=0.003)
    (finding,) = run.found("unit-died")
    assert (finding.severity, finding.where) == (Severity.WARNING, "dense_1")
    assert finding.message.startswith("All 12 units")
    assert "nothing moves in dense/bias either" in finding.evidence


def test_a_layer_that_is_frozen_in_mid_run_has_not_died():
    run = trained(chain((4,), dense(8, "relu"), dense(1)), 60, learning_rate=0.003)
    run.model.get_layer("dense").trainable = False
    run.model.compile("adam", "mse")
    run.fit(*numbers(), 220)
    assert diagnose(Case((), history=run.history)) == ()


def thinned(history, budget, steps=None):
    """The same frames in a history of less memory, or only those of some steps."""
    again = History(history.vectors, history.metric_names, budget)
    for step in range(history.last_step + 1) if steps is None else steps:
        again.append(step, 1, history.frame(step), list(history.metrics_at(step).values()))
    return again


def test_thinned_and_sparse_histories_show_it_too():
    run = pushed("SGD", [3], learning_rate=0.05, more=700)
    vectors = run.history.vectors
    for history in (
        thinned(run.history, 150 * (4 * sum(vector.length for vector in vectors) + 8)),
        thinned(run.history, 10**8, range(0, run.history.last_step + 1, 7)),
    ):
        assert history.size < 160
        (finding,) = [each for each in diagnose(run.case(history=history)) if each.id == "unit-died"]
        assert (finding.unit, finding.vector) == (3, "dense_1/bias")
    # A handful of frames shows nothing for certain.
    last = run.history.last_step
    for steps in (range(0, last + 1, 100), (*range(500), *range(500, last + 1, 50))):
        few = thinned(run.history, 10**8, steps)
        assert "unit-died" not in [each.id for each in diagnose(run.case(history=few))]


def test_a_unit_that_never_moved_has_not_died():
    start = random("Constant", value=(-50.0, *(0.0,) * 7))
    run = trained(chain((4,), dense(8, "relu", bias_initializer=start), dense(1)), 220, optimizer="SGD")
    assert run.history.frame(220)[0] == -50.0
    assert run.found("unit-died") == []


@pytest.mark.parametrize(
    ("shape", "layers", "training"),
    [
        ((4,), [alike("Dense", units=6, activation="relu"), SUM], {"optimizer": "Adam"}),
        ((4,), [alike("Dense", units=16, activation="tanh"), SUM], {"optimizer": "SGD", "seed": 2}),
        (
            (6, 6, 1),
            [alike("Conv2D", filters=5, kernel_size=3), layer("GlobalAveragePooling2D"), SUM],
            {"optimizer": "RMSprop"},
        ),
        ((5, 2), [alike("LSTM", units=3, recurrent_initializer=ZEROS), SUM], {"optimizer": "Adam", "seed": 4}),
    ],
)
def test_units_that_start_alike_stay_alike(shape, layers, training):
    run = trained(chain(shape, *layers), 60, learning_rate=0.003, **training)
    (finding,) = run.found("symmetric-units")
    first = run.experiment.stack.layers[0]
    assert (finding.severity, finding.where) == (Severity.WARNING, first.name)
    bias = run.history.values(run.history.vectors[0].path, 60)
    gates = bias.reshape(4, -1) if first.class_name == "LSTM" else bias.reshape(1, -1)
    assert np.ptp(gates, axis=1).max() < 1e-4
    mended = finding.remedy.applied_to(run.experiment)
    again = Trained(mended.stack, **training).fit(*numbers(shape=shape), 20)
    assert again.found("symmetric-units") == []


@pytest.mark.parametrize(
    "layers",
    [
        [alike("Dense", units=6, activation="relu"), dense(1)],
        [alike("Dense", units=6, bias_initializer=random("RandomNormal")), SUM],
        [alike("Dense", units=6, activation="relu"), layer("Dropout", rate=0.5), SUM],
        [alike("Dense", units=1)],
    ],
)
def test_units_that_differ_are_silent(layers):
    run = trained(chain((4,), *layers), 20, offset=3.0)
    assert run.found("symmetric-units") == []


def script(*layers_of_model, x=None):
    """A history of a script's own model, of which nothing else is known."""
    model = keras.Sequential([keras.Input((4,) if x is None else x.shape[1:]), *layers_of_model])
    model.compile("adam", "mse")
    history = History([vector for vector, _ in find_biases(model)], ["loss"])
    inputs, y = numbers() if x is None else (x, numbers(count=len(x))[1])
    with BiasRecorder(history=history) as recorder:
        model.fit(inputs, y, verbose=0, callbacks=[recorder])
    return [finding for finding in diagnose(Case((), history=history)) if finding.id == "shared-seed"]


@pytest.mark.filterwarnings("ignore:The initializer HeNormal is unseeded:UserWarning")
def test_one_initializer_for_two_layers_gives_both_the_same():
    he = keras.initializers.HeNormal()
    dense_of = keras.layers.Dense
    (finding,) = script(dense_of(4, "relu", bias_initializer=he), dense_of(4, bias_initializer=he), dense_of(1))
    assert finding.severity is Severity.NOTE
    assert "All 4 values are equal" in finding.evidence
    assert script(*(dense_of(4, "relu", bias_initializer="he_normal") for _ in range(2)), dense_of(1)) == []
    assert script(*(dense_of(4, "relu", bias_initializer="ones") for _ in range(2)), dense_of(1)) == []


@pytest.mark.parametrize(
    ("shape", "layers", "fires"),
    [
        ((4,), [dense(4, bias_initializer=random("RandomNormal", seed=5)) for _ in range(2)], True),
        ((4,), [dense(4, bias_initializer=random("RandomNormal", seed=seed)) for seed in (5, 6)], False),
        ((4,), [dense(3, bias_initializer=random("Constant", value=(1.0, 2.0, 3.0))) for _ in range(2)], False),
        ((4,), [dense(units, bias_initializer=random("GlorotUniform", seed=1)) for units in (2, 3)], False),
        ((5, 3), [layer("LSTM", units=3, return_sequences=True), layer("LSTM", units=3)], False),
        ((5, 3), [layer("GRU", units=3, return_sequences=True), layer("GRU", units=3)], False),
        ((5, 4), [attention(bias_initializer=random("HeNormal", seed=2))], True),
    ],
)
def test_one_seed_for_two_layers_gives_both_the_same(shape, layers, fires):
    stack = chain(shape, *layers)
    run = Trained(stack)
    findings = run.found("shared-seed")
    assert bool(findings) is fires
    for finding in findings:
        assert Trained(finding.remedy.applied_to(run.experiment).stack).found("shared-seed") == []
