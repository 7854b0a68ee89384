"""The rules fire on their firing models, and stay silent on the others."""

import numpy as np
import pytest

from biasstudio.doctor.case import case_of
from biasstudio.doctor.diagnose import diagnose as diagnose_case
from biasstudio.doctor.finding import Severity
from biasstudio.recording.history import History
from biasstudio.recording.network import BiasVector
from biasstudio.spec.experiment import Experiment
from tests.experiments import moons, tutorial

VECTOR = BiasVector("dense/bias", (3,), "dense", "unit")


def history(*frames, losses=None):
    made = History([VECTOR], ["loss"])
    for step, values in enumerate(frames):
        loss = (losses or [0.5] * len(frames))[step]
        made.append(step, int(step > 0), np.array(values, np.float32), [loss] if step else [])
    return made


def with_head(units, activation, **training):
    experiment = moons(**training)
    stack = experiment.stack.change("dense_1", units=units, activation=activation)
    return Experiment(stack, experiment.data, experiment.training)


START = history([0, 0, 0])


def diagnose(experiment, recorded, rule):
    return tuple(finding for finding in diagnose_case(case_of(experiment, (), recorded)) if finding.id == rule)


def test_softmax_over_one_unit_is_found_on_the_tutorial_network():
    (finding,) = diagnose(tutorial(), START, "softmax-one-unit")
    assert (finding.id, finding.severity, finding.where) == ("softmax-one-unit", Severity.ERROR, "dense_1")
    assert "Biases still move" in finding.evidence
    assert "sigmoid" in finding.fix


def test_softmax_over_one_unit_with_another_loss_says_that_nothing_moves():
    (finding,) = diagnose(with_head(1, "softmax", loss="mean_squared_error"), START, "softmax-one-unit")
    assert "nothing in the network moves" in finding.evidence


@pytest.mark.parametrize(("units", "activation"), [(1, "sigmoid"), (2, "softmax"), (10, "softmax"), (1, "linear")])
def test_other_heads_are_silent(units, activation):
    assert diagnose(with_head(units, activation), START, "softmax-one-unit") == ()


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_bias_that_is_not_finite_is_found_with_its_step(bad):
    frames = [0, 0, 0], [0.1, 0.1, 0.1], [3, 3, 3], [1, bad, 1]
    (finding,) = diagnose(moons(), history(*frames), "non-finite")
    assert (finding.id, finding.severity, finding.where, finding.step) == ("non-finite", Severity.ERROR, "dense", 3)
    assert "1 of 3 values" in finding.evidence
    assert "0.01 with Adam" in finding.fix


def test_a_loss_that_is_not_finite_is_found_while_biases_still_are():
    (finding,) = diagnose(moons(), history([0, 0, 0], [1, 1, 1], losses=[0.5, np.nan]), "non-finite")
    assert finding.id == "non-finite"
    assert finding.where == ""


def test_what_was_not_finite_from_the_start_is_not_said_to_have_become_so():
    for frames in ([[0, np.nan, 0]], [[0, np.nan, 0], [0, np.nan, 0], [np.nan] * 3]):
        (finding,) = diagnose(moons(), history(*frames), "non-finite")
        assert (finding.severity, finding.where, finding.unit, finding.step) == (Severity.ERROR, "dense", 1, 0)
        assert "from the start: dense/bias (1 of 3 units)" in finding.evidence
    assert diagnose(moons(), history(), "non-finite") == ()
    assert diagnose(moons(), history([0, np.nan, 0], [0, 0, 0]), "non-finite") == ()


def test_finite_values_and_step_0_are_silent():
    assert diagnose(moons(), START, "non-finite") == ()
    assert diagnose(moons(), history([0, 0, 0], [1e30, -1e30, 0]), "non-finite") == ()
