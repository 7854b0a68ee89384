"""WeightsFile: the model's file that a network starts from, and how an experiment's file speaks of it."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from biasstudio.spec.arguments import SpecError, shown
from biasstudio.spec.file_paths import path_for, path_from

_MEMBERS = {"path", "sha256", "whole"}
_LONGEST_PATH = 4096


@dataclass(frozen=True)
class WeightsFile:
    """A model's file by its path and the hash of its content; another content is not taken for it.

    Where `whole`, the network itself is the file's too, such as one with branches, and the experiment's stack is empty.
    """

    path: Path
    sha256: str
    whole: bool = False

    def __post_init__(self) -> None:
        try:
            str(self.path).encode("utf-8")
        except UnicodeEncodeError:
            raise SpecError(f"The name of {shown(str(self.path))} is no text that an experiment could hold.") from None

    def to_json(self, folder: Path | None) -> dict[str, Any]:
        """For an experiment's file in `folder`: a path that is relative where the file lies there or below."""
        return {"path": path_for(self.path, folder), "sha256": self.sha256} | ({"whole": True} if self.whole else {})

    @classmethod
    def from_json(cls, member: Any, folder: Path | None) -> "WeightsFile":
        """Raises SpecError."""
        if not isinstance(member, dict) or set(member) - _MEMBERS:
            raise SpecError(f"weights: expected an object with path and sha256, not {shown(member)}.")
        text, sha256, whole = member.get("path"), member.get("sha256"), member.get("whole", False)
        if not isinstance(text, str) or "\0" in text or not 0 < len(text) <= _LONGEST_PATH:
            raise SpecError(f"weights: the path of a model's file was expected, not {shown(text)}.")
        if not isinstance(sha256, str) or not re.fullmatch(r"[0-9a-f]{64}", sha256):
            raise SpecError(f"weights: sha256 takes 64 hexadecimal digits, not {shown(sha256)}.")
        if not isinstance(whole, bool):
            raise SpecError(f"weights: whole takes true or false, not {shown(whole)}.")
        return cls(path_from(text, folder, "weights"), sha256, whole)
