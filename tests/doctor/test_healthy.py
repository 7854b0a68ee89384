"""No rule finds an error or a warning on a healthy network, at whatever moment it is looked at."""

import numpy as np
import pytest

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
    """What is said to be dead gives nothing for any sample."""
    model = moment.network.model
    for finding in findings:
        outputs = moment.x
        for layer in model.layers:
            outputs = layer(outputs)
            if layer.name == finding.where:
                break
        assert np.asarray(outputs)[..., finding.unit].max() <= 0


def test_there_are_at_least_thirty():
    assert len(ZOO) >= 30
