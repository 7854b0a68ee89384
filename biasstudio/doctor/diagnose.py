"""Run the rules."""

from biasstudio.doctor.finding import Finding
from biasstudio.doctor.rules.non_finite import non_finite
from biasstudio.doctor.rules.softmax_one_unit import softmax_one_unit
from biasstudio.recording.history import History
from biasstudio.spec.experiment import Experiment

RULES = (softmax_one_unit, non_finite)


def diagnose(experiment: Experiment, history: History) -> tuple[Finding, ...]:
    """What is wrong with a built experiment as far as its history shows, worst first. Any thread may call."""
    findings = [finding for rule in RULES for finding in rule(experiment, history)]
    return tuple(sorted(findings, key=lambda finding: finding.severity))
