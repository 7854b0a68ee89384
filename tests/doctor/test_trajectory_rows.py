"""Each row of the catalogue that a training shows, with its data and a look at the network: its fault is found by its
own rule and by what follows from it, and by nothing else. What only looks like it is silent."""

import warnings

import numpy as np
import pytest

from biasstudio.doctor.diagnose import diagnose
from biasstudio.doctor.finding import Severity
from biasstudio.spec.initializers import Initializer
from tests.doctor.cases import case_of_network
from tests.doctor.training import Trained, chain, dense, layer, numbers

ONES, NORMAL = Initializer.of("Ones"), Initializer.of("RandomNormal")
FROM_5, FROM_3 = NORMAL.change(seed=5), NORMAL.change(seed=3)
SUM = dense(1, kernel_initializer=ONES)
NORMALISED = layer("BatchNormalization")


def constant(value):
    return Initializer.of("Constant", value=value)


def hidden(units=8, activation="relu", bias=None, **arguments):
    return dense(units, activation, **({"bias_initializer": bias} if bias is not None else {}), **arguments)


def start_at(value):
    return dense(1, bias_initializer=constant(value))


def training(optimizer, rate=None, seed=0, loss="mean_squared_error", **settings):
    rates = {} if rate is None else {"learning_rate": rate}
    return {"optimizer": optimizer, "seed": seed, "loss": loss, **rates} | (
        {"optimizer_settings": settings} if settings else {}
    )


def yes_or_no(x, y):
    return x, (y > 0).astype(np.float32)


class Row:
    """What is trained, on numbers about `offset`, for `steps`; `push` sets units of a layer to −50 after 60 of them."""

    def __init__(self, layers, settings, steps=20, offset=0.0, shape=(4,), samples=None, push=None, learns=()):
        self.layers, self.settings, self.steps, self.offset = layers, settings, steps, offset
        self.shape, self.samples, self.push, self.learns = shape, samples, push, learns

    def found(self):
        stack = chain(self.shape, *self.layers)
        for name, choice in self.learns:
            stack = stack.let_learn(name, choice)
        x, y = numbers(self.settings["seed"], shape=self.shape, offset=self.offset)
        x, y = self.samples(x, y) if self.samples is not None else (x, y)
        run = Trained(stack, **self.settings)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # values that pass the largest number
            if self.push is not None:
                run.fit(x, y, 60)
                name, units = self.push
                kernel, bias = run.model.get_layer(name).get_weights()
                bias[units] = -50.0
                run.model.get_layer(name).set_weights([kernel, bias])
            run.fit(x, y, self.steps)
            return diagnose(case_of_network(run.network, x, y))


STUCK, STILL, DIED = "float32-stuck", "never-moves", "unit-died"
FAST, ALIKE, LOST, SEED = "speed-limited", "symmetric-units", "non-finite", "shared-seed"
NO_DECAY = {"weight_decay": 0.0}

# The rule, its severity, what follows from it or what it follows from, and the network.
FIRES = [
    (STUCK, 1, {STILL}, Row([hidden(), start_at(2e5)], training("Adam", 1e-3), offset=2e5)),
    (STUCK, 1, {STILL}, Row([hidden(16, "tanh"), start_at(2e5)], training("AdamW", 1e-3, 1, **NO_DECAY), offset=2e5)),
    (STUCK, 1, {STILL}, Row([hidden(32), start_at(-1e4)], training("Nadam", 1e-4, 2), offset=-1e4)),
    (STILL, 0, set(), Row([hidden(), dense(1)], training("SGD", 0.0))),
    (STILL, 0, set(), Row([hidden(32, "tanh"), dense(1)], training("Adam", 0.0, 1))),
    (STILL, 0, {"softmax-one-unit"}, Row([hidden(), dense(1, "softmax")], training("Adam"), samples=yes_or_no)),
    (
        STILL,
        0,
        {"softmax-one-unit"},
        Row([hidden(16), dense(1, "softmax")], training("SGD", seed=1), 30, samples=yes_or_no),
    ),
    (STILL, 1, {"dead-relu"}, Row([hidden(bias=constant(-20.0)), dense(1)], training("Adam"))),
    (STILL, 1, {"dead-relu"}, Row([hidden(16, bias=constant(-20.0)), dense(1)], training("SGD", seed=1), 60)),
    (STILL, 1, {"dead-relu"}, Row([hidden(), hidden(4, bias=constant(-30.0)), dense(1)], training("RMSprop", seed=2))),
    (LOST, 0, set(), Row([dense(1)], training("SGD", 3.0), 60, offset=20.0, shape=(8,))),
    (LOST, 0, set(), Row([hidden(16), dense(1)], training("SGD", 1.0, 1), offset=20.0)),
    (
        LOST,
        0,
        set(),
        Row([hidden(), hidden(8, "tanh"), dense(1)], training("SGD", 2.0, 2, momentum=0.9), 60, offset=40.0),
    ),
    (FAST, 1, {"output-bias-prior"}, Row([hidden(16), dense(1)], training("Adam", 1e-3), 200, offset=200.0)),
    (FAST, 1, {"output-bias-prior"}, Row([hidden(8, "tanh"), dense(1)], training("Nadam", 3e-3, 1), 200, offset=-90.0)),
    (ALIKE, 1, set(), Row([hidden(6, kernel_initializer=ONES), SUM], training("Adam", 3e-3), 60)),
    (ALIKE, 1, set(), Row([hidden(16, "tanh", kernel_initializer=ONES), SUM], training("SGD", 3e-3, 2), 60)),
    (SEED, 2, set(), Row([hidden(8, "tanh", FROM_5), hidden(8, "tanh", FROM_5), dense(1)], training("Adam"))),
    (SEED, 2, set(), Row([hidden(4, "elu", FROM_3), hidden(4, "elu", FROM_3), dense(1)], training("SGD", seed=1))),
    (
        DIED,
        2,
        {"dead-relu"},
        Row([hidden(12, "tanh"), hidden(12), dense(1)], training("Adam", 3e-3), 320, push=("dense_1", [3])),
    ),
    (DIED, 2, {"dead-relu"}, Row([hidden(8), dense(1)], training("SGD", 0.05, 1), 220, push=("dense", [0, 5]))),
    (
        DIED,
        1,
        {"dead-relu"},
        Row([hidden(12, "tanh"), hidden(8), dense(1)], training("RMSprop", seed=2), 320, push=("dense_1", slice(None))),
    ),
]
# Of what only a note says, the notes that must be there.
NOTES = [
    (
        {STILL, "bias-before-batchnorm"},
        Row([hidden(8, "linear", constant(1.0)), NORMALISED, dense(1)], training("SGD", 1e-3), 60),
    ),
    ({STILL}, Row([hidden(8, "tanh"), dense(1)], training("Adam", 0.01), 60, learns=(("dense", "weights"),))),
    ({STILL}, Row([hidden(32, "tanh"), dense(1)], training("SGD", seed=1), 60, learns=(("dense", "nothing"),))),
    (
        {STILL, "key-bias"},
        Row(
            [
                layer("MultiHeadAttention", num_heads=2, key_dim=3, bias_initializer=constant(1.0)),
                layer("Flatten"),
                dense(1),
            ],
            training("SGD", 1e-3),
            60,
            shape=(5, 4),
        ),
    ),
]
# The rules that say nothing, what else is wrong, and the network.
SILENT = [
    ({STUCK, STILL}, set(), Row([hidden(), start_at(200.0)], training("Adam", 1e-3), offset=200.0)),
    ({STUCK, STILL}, set(), Row([hidden(16, "tanh"), start_at(2e4)], training("Adam", 2e-3, 1), offset=2e4)),
    ({STILL, LOST}, set(), Row([hidden(), dense(1)], training("SGD", 1e-3), 60)),
    ({STILL, ALIKE}, set(), Row([layer("LSTM", units=4), dense(1)], training("Adam"), 60, shape=(6, 3))),
    (
        {STILL},
        {"softmax-one-unit"},
        Row([hidden(), dense(1, "softmax")], training("Adam", loss="binary_crossentropy"), samples=yes_or_no),
    ),
    ({LOST}, {"output-bias-prior"}, Row([hidden(16), dense(1)], training("Adam", 1e-3), 40, offset=20.0)),
    ({FAST}, set(), Row([hidden(16), dense(1)], training("SGD", 1e-4), 200, offset=200.0)),
    ({FAST, DIED}, set(), Row([hidden(16), dense(1)], training("Adam", 3e-4, 3), 200)),
    ({ALIKE}, set(), Row([hidden(6, kernel_initializer=ONES), dense(1)], training("Adam", 3e-3), 60)),
    ({ALIKE}, set(), Row([hidden(6, "relu", NORMAL, kernel_initializer=ONES), SUM], training("SGD", 3e-3, 1), 60)),
    ({SEED}, set(), Row([hidden(8, "tanh", NORMAL), hidden(8, "tanh", NORMAL), dense(1)], training("Adam"))),
    ({DIED}, set(), Row([hidden(8, "leaky_relu"), dense(1)], training("Adam", 3e-3, 1), 220, push=("dense", [0, 5]))),
]


def named(rows):
    return [
        f"{' '.join(sorted(row[0])) if isinstance(row[0], set) else row[0]} {number}" for number, row in enumerate(rows)
    ]


@pytest.mark.parametrize(("rule", "severity", "besides", "row"), FIRES, ids=named(FIRES))
def test_a_fault_of_a_training_fires_its_own_rule_and_what_follows(rule, severity, besides, row):
    findings = row.found()
    own = [finding for finding in findings if finding.id == rule]
    assert min(finding.severity for finding in own) == Severity(severity)
    worse = {finding.id for finding in findings if finding.severity < Severity.NOTE}
    assert worse - {rule} <= besides
    assert besides <= {finding.id for finding in findings}


@pytest.mark.parametrize(("notes", "row"), NOTES, ids=named(NOTES))
def test_what_was_chosen_or_has_no_effect_is_a_note(notes, row):
    findings = row.found()
    assert notes <= {finding.id for finding in findings}
    assert {finding.severity for finding in findings} == {Severity.NOTE}


@pytest.mark.parametrize(("rules", "but", "row"), SILENT, ids=named(SILENT))
def test_what_only_looks_like_it_is_silent(rules, but, row):
    findings = row.found()
    assert rules.isdisjoint({finding.id for finding in findings})
    assert {finding.id for finding in findings if finding.severity < Severity.NOTE} == but
