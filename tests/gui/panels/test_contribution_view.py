"""What goes into a unit, as the window shows it, against NumPy on the network's own weights."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from biasstudio.engine.build import build_network
from biasstudio.engine.data import load_samples
from biasstudio.spec.experiment import Experiment
from biasstudio.spec.initializers import Initializer
from tests.experiments import moons


def with_bias(value):
    experiment = moons()
    stack = experiment.stack.change("dense", bias_initializer=Initializer.of("Constant", value=value))
    return Experiment(stack, experiment.data, experiment.training)


def look_at(qtbot, window, unit):
    window.tables.setCurrentWidget(window.contribution)
    window.view.choose_vector("dense/bias")
    window.view.choose_unit(unit)
    qtbot.waitUntil(lambda: window.contribution.shown is not None, timeout=20_000)


def inputs_of(experiment, unit):
    """x W of the unit on the samples that validate: there are fewer of them than are looked at."""
    kernel = build_network(experiment).model.get_layer("dense").get_weights()[0]
    _, validation = load_samples(experiment).split(experiment.training.validation_share)
    return validation.x @ kernel[:, unit]


def test_parts_and_active_share_are_those_of_numpy(qtbot, open_window):
    experiment = with_bias(0.25)
    expected = inputs_of(experiment, 2)
    window = open_window(experiment)
    look_at(qtbot, window, 2)
    view = window.contribution
    inputs, bias, total = view.bars.rows
    np.testing.assert_allclose(inputs[1:], [expected.min(), expected.mean(), expected.max()], atol=1e-5)
    assert bias[1:] == (0.25, 0.25, 0.25)
    np.testing.assert_allclose(total[1:], np.array(inputs[1:]) + 0.25, atol=1e-5)
    assert f"Active on {(expected + 0.25 > 0).sum()} of 100 samples" in view.activity.text()
    assert "unit 2" in view.step.text()


def test_one_sample_after_the_other_by_the_stepper(qtbot, open_window):
    experiment = with_bias(0.25)
    expected = inputs_of(experiment, 2)
    window = open_window(experiment)
    look_at(qtbot, window, 2)
    view = window.contribution
    assert view.sample.text() == "all samples"
    for sample in (0, 1):
        QTest.keyClick(view.sample, Qt.Key.Key_Up)
        qtbot.waitUntil(lambda sample=sample: view.shown.samples.tolist() == [sample], timeout=10_000)
        assert view.sample.text() == f"sample {sample + 1}"
        assert view.bars.rows[0][2] == pytest.approx(float(expected[sample]), abs=1e-5)
        assert view.inputs.isVisible()


def test_a_dead_unit_says_why(qtbot, open_window):
    experiment = with_bias(-10.0)
    expected = inputs_of(experiment, 4)
    window = open_window(experiment)
    look_at(qtbot, window, 4)
    view = window.contribution
    assert view.activity.text() == "Dead: above 0 on none of 100 samples."
    assert f"at most {expected.max():.3g}" in view.sentence.text().replace("−", "-")
    assert "the bias is −10" in view.sentence.text()


def test_what_it_waits_for_is_said(qtbot, open_window):
    window = open_window(moons())
    window.tables.setCurrentWidget(window.contribution)
    view = window.contribution
    assert "Choose a unit" in view.sentence.text()
    look_at(qtbot, window, 1)
    assert not view.sentence.isVisible()
    window.view.choose_unit(None)
    assert "Choose a unit" in view.sentence.text()
    assert not view.bars.isVisible()
    view.set_replaying(True)
    assert "no weights" in view.sentence.text()
    view.set_replaying(False)


def test_it_follows_the_training(qtbot, open_window):
    window = open_window(moons())
    look_at(qtbot, window, 1)
    window.actions_of_training.train.trigger()
    qtbot.waitUntil(lambda: window.view.history.last_step == 58 and window.ready(), timeout=60_000)
    qtbot.waitUntil(lambda: window.contribution.shown.step == 58, timeout=10_000)
    now = window.view.history.values("dense/bias", 58)[1]
    assert window.contribution.bars.rows[1][2] == pytest.approx(float(now))
