"""Each fault of the benchmark of fixes, before any training, is found by its own rule, and no other cries with it."""

import numpy as np
import pytest

from biasstudio.doctor.diagnose import diagnose
from biasstudio.doctor.finding import Severity
from biasstudio.engine.build import build_network
from tests.benchmarks.doctor_fixes import faults
from tests.doctor.cases import case_of_network, experiment_of

# What takes a training to be seen is tested where networks are trained.
FAULTS = [fault for fault in faults() if fault.rule != "non-finite"]


@pytest.mark.parametrize("fault", FAULTS, ids=[f"{fault.rule}, {fault.what}" for fault in FAULTS])
def test_a_fault_fires_its_own_rule_alone(fault):
    network = build_network(experiment_of(fault.stack, **fault.training))
    findings = diagnose(case_of_network(network, fault.x, np.asarray(fault.y, np.float32)))
    assert fault.rule in [finding.id for finding in findings]
    assert {finding.id for finding in findings if finding.severity < Severity.NOTE} <= {fault.rule}
