"""Finding: one diagnosis of the Doctor."""

from dataclasses import dataclass
from enum import IntEnum


class Severity(IntEnum):
    """Worst first, so that findings sort by it."""

    ERROR = 0
    WARNING = 1
    NOTE = 2


@dataclass(frozen=True)
class Finding:
    """What is wrong, where, the evidence in figures, why it matters, and what to do. Texts are whole sentences.

    `where` is the name of a layer, or "" where the whole network is meant; `step` is the step that shows it, if one
    does.
    """

    id: str
    severity: Severity
    where: str
    message: str
    evidence: str
    fix: str
    step: int | None = None
