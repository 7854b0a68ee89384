"""No rule finds an error or a warning on a healthy network, at whatever moment it is looked at."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from biasstudio.doctor.diagnose import diagnose
from biasstudio.doctor.finding import Severity
from tests.doctor.healthy import ZOO, Healthy, moments


@pytest.mark.parametrize("number", range(len(ZOO)), ids=[healthy.name for healthy in ZOO])
def test_a_healthy_network_gets_no_error_and_no_warning(number):
    healthy: Healthy = ZOO[number]
    # Many seeds in all, and the same ones each time.
    for moment in moments(healthy, seed=number):
        findings = diagnose(moment.case)
        bad = [finding for finding in findings if finding.severity < Severity.NOTE]
        assert not bad, f"{moment.name}: {bad}"
        check_dead(moment, [finding for finding in findings if finding.id == "unit-died"])


def check_dead(moment, findings):
    """No sample has a gradient for what is said to stand still; what is said to be dead gives nothing for any."""
    model = moment.network.model
    for finding in findings:
        bias = model.get_layer(finding.where).bias
        with tf.GradientTape() as tape:
            answers = model(moment.x, training=False)
            loss = model.compute_loss(moment.x, moment.y, answers, training=False)
        assert abs(tape.gradient(loss, bias.value).numpy()[finding.unit]) < 1e-6
        if "below 0 for every sample, and there" in finding.evidence:
            layer = model.get_layer(finding.where)
            outputs = keras.Model(model.inputs, layer.output)(moment.x)
            assert np.asarray(outputs)[..., finding.unit].max() <= 0


def test_there_are_at_least_thirty():
    assert len(ZOO) >= 30
