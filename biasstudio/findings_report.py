"""`biasstudio doctor`: what the Doctor finds in a file, for people and for programs."""

import io
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console, Group
from rich.padding import Padding
from rich.text import Text

from biasstudio.doctor.case import Case
from biasstudio.doctor.finding import Finding, Severity

_STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "bold yellow", Severity.NOTE: "bold cyan"}


def report_findings(path: Path, as_json: bool) -> int:
    """Judge a file, print the findings; the exit status: 1 where one is an error, 2 where nothing of it could be
    judged, else 0.

    Raises SpecError, RunError or OSError with a sentence for the person.
    """
    # Only now: it loads TensorFlow.
    from biasstudio.doctor.diagnose import diagnose
    from biasstudio.engine.file_case import case_of_file

    if isinstance(sys.stdout, io.TextIOWrapper):
        # Where the terminal's encoding has no sign for it, such as −, it is escaped, as JSON has it too.
        sys.stdout.reconfigure(errors="backslashreplace")
    with case_of_file(path) as (case, note):
        findings = diagnose(case)
    if as_json:
        print(json.dumps([finding.to_json() for finding in findings], indent=1, ensure_ascii=False, allow_nan=False))
    else:
        console = Console(highlight=False)
        with console.capture() as report:
            _print(findings, case, note, console)
        # Each line that is set in has been filled with spaces up to the width.
        print("\n".join(line.rstrip() for line in report.get().splitlines()))
    if not findings and not case.judged:
        return 2
    return int(any(finding.severity is Severity.ERROR for finding in findings))


def _print(findings: Sequence[Finding], case: Case, note: str, console: Console) -> None:
    for finding in findings:
        console.print(_entry(finding), "")
    if not findings:
        console.print("Nothing found." if case.judged else "Nothing could be judged.")
    if case.judged:
        console.print(Text(f"Judged: {', '.join(case.judged)}.", "dim"))
    if note:
        console.print(Text(note, "dim"))


def _entry(finding: Finding) -> Group:
    head = Text.assemble(
        (finding.severity.name, _STYLES[finding.severity]), " · " if finding.place else "", finding.place
    )
    if finding.step is not None:
        head.append(f" · step {finding.step:,}")
    head.append(f"  [{finding.id}]", "dim")
    lines = [Text(finding.message, "bold"), Text(finding.evidence), Text(finding.why)]
    if finding.follows:
        lines.append(Text(f"It follows from {finding.follows}."))
    lines.append(Text.assemble(("Fix: ", "bold"), finding.fix))
    lines.append(Text(finding.source, "dim"))
    return Group(head, *(Padding(line, (0, 0, 0, 2), expand=False) for line in lines if line))
