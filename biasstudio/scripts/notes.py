"""Note: what of a script was not read, or is read as something else, by line."""

from dataclasses import dataclass

# Names in a script can be of any length.
_LONGEST = 350


@dataclass(frozen=True, order=True)
class Note:
    """One sentence about a line, which counts from 1; 0 stands for the script as a whole."""

    line: int
    sentence: str


class Notes:
    """Those of one reading, each said once, in the order of the script."""

    def __init__(self) -> None:
        self._found: dict[Note, None] = {}

    def add(self, line: int, sentence: str) -> None:
        whole = sentence if len(sentence) <= _LONGEST else f"{sentence[: _LONGEST - 2]}…."
        self._found[Note(line, whole)] = None

    def in_order(self) -> tuple[Note, ...]:
        return tuple(sorted(self._found, key=lambda note: note.line))
