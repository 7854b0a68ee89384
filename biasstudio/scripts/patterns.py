"""Pieces of a script with gaps: written with the gaps filled, and found again in a script that has them."""

import ast
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from biasstudio.scripts.source_text import literal

# A gap is a name in capitals between underscores: _POINTS_.
_GAP = re.compile(r"_[A-Z]+_")


@dataclass(frozen=True)
class Pattern:
    """Statements as text, in which names such as _POINTS_ stand for a number or a text."""

    text: str

    def filled(self, values: Mapping[str, Any]) -> str:
        """The statements with each gap's value in its place, by the gap's name in small letters."""
        return _GAP.sub(lambda gap: literal(values[gap[0].strip("_").lower()]), self.text)

    @cached_property
    def statements(self) -> list[ast.stmt]:
        return ast.parse(self.text).body

    def found_in(self, statements: Sequence[ast.stmt]) -> dict[str, Any] | None:
        """The values in the gaps where the first of `statements` are these, else None."""
        values: dict[str, Any] = {}
        here = statements[: len(self.statements)]
        if len(here) == len(self.statements) and all(map(lambda a, b: _same(a, b, values), self.statements, here)):
            return values
        return None


def _same(pattern: Any, node: Any, values: dict[str, Any]) -> bool:
    """Whether both are the same tree but for the gaps, whose values are put into `values`."""
    if isinstance(pattern, ast.Name) and _GAP.fullmatch(pattern.id):
        return _take(pattern.id.strip("_").lower(), node, values)
    if isinstance(pattern, list):
        return (
            isinstance(node, list)
            and len(pattern) == len(node)
            and all(_same(one, other, values) for one, other in zip(pattern, node, strict=True))
        )
    if not isinstance(pattern, ast.AST):
        return type(pattern) is type(node) and pattern == node
    return type(pattern) is type(node) and all(
        _same(getattr(pattern, name, None), getattr(node, name, None), values) for name in pattern._fields
    )


def _take(name: str, node: Any, values: dict[str, Any]) -> bool:
    """Take a literal as the gap's value; a gap that stands twice has the same value twice."""
    try:
        value = ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return False
    if name not in values:
        values[name] = value
    return type(values[name]) is type(value) and bool(values[name] == value)
