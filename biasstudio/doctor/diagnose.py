"""Run the rules."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from biasstudio.doctor.case import Case
from biasstudio.doctor.finding import Finding
from biasstudio.doctor.rules import rules


def diagnose(case: Case, thresholds: Mapping[str, Mapping[str, Any]] | None = None) -> tuple[Finding, ...]:
    """What is wrong as far as the case shows it, worst first, and of these causes first. Any thread may call.

    `thresholds` sets other ones than the defaults, by the rule's id and the threshold's name.
    """
    given = thresholds or {}
    findings = [finding for name, rule in rules().items() for finding in rule(case, **given.get(name, {}))]
    found = {finding.id for finding in findings}
    # A cause of which nothing else is said is no cause to point at.
    findings = [each if each.follows in found else replace(each, follows="") for each in findings]
    return tuple(sorted(findings, key=lambda finding: (finding.severity, bool(finding.follows))))
