"""Finding: one diagnosis of the Doctor."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from biasstudio.doctor.remedy import Remedy


class Severity(IntEnum):
    """Worst first, so that findings sort by it."""

    ERROR = 0
    """It can't work."""
    WARNING = 1
    """It will cost something."""
    NOTE = 2
    """Good to know."""


@dataclass(frozen=True)
class Finding:
    """What is wrong, where, the evidence in figures, why it matters, and what to do. Texts are whole sentences.

    `where` is the name of a layer, or "" where the whole network is meant; `vector` the path of the bias vector and
    `unit` the index in it; `step` the step that shows it. `source` is the address of what says why. `remedy` is the
    edit that mends it, where there is one that needs no choice of the person's. `follows` is the id of another finding
    on the same network of which this one is the consequence.
    """

    id: str
    severity: Severity
    where: str
    message: str
    evidence: str
    fix: str
    step: int | None = None
    why: str = ""
    vector: str = ""
    unit: int | None = None
    source: str = ""
    remedy: Remedy | None = None
    follows: str = ""

    @property
    def place(self) -> str:
        """Where it is: layer, bias vector and unit, as far as it names them; "" for the whole network."""
        named = self.vector or self.where
        return named if self.unit is None else f"{named} · unit {self.unit}"

    def to_json(self) -> dict[str, Any]:
        """All but the remedy, as JSON has it: texts, whole numbers, and null for a unit or step that isn't named."""
        return {
            "id": self.id,
            "severity": self.severity.name.lower(),
            "where": self.where,
            "vector": self.vector,
            "unit": self.unit,
            "step": self.step,
            "message": self.message,
            "evidence": self.evidence,
            "why": self.why,
            "fix": self.fix,
            "source": self.source,
            "follows": self.follows,
        }
