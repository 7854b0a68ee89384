"""Pieces of a script with gaps: written with the gaps filled, and found again in a script that has them."""

import ast
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from biasstudio.scripts.source_text import assigned, laid_out, literal, value

# A gap is a name in capitals between underscores: _POINTS_.
_GAP = re.compile(r"_[A-Z]+_")
# A gap that may take several lines.
_ASSIGNED = re.compile(r"(\w+) = (_[A-Z]+_)")


@dataclass(frozen=True)
class Pattern:
    """Statements as text, in which names such as _POINTS_ stand for a number, a text, or several of them."""

    text: str

    def filled(self, values: Mapping[str, Any]) -> str:
        """The statements with each gap's value in its place, by the gap's name in small letters."""
        return "\n".join(_filled(line, values) for line in self.text.splitlines())

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


def _filled(line: str, values: Mapping[str, Any]) -> str:
    whole = _ASSIGNED.fullmatch(line)
    if whole is not None:
        return laid_out(assigned(whole[1], value(values[_name(whole[2])])))
    return _GAP.sub(lambda gap: literal(values[_name(gap[0])]), line)


def _name(gap: str) -> str:
    return gap.strip("_").lower()


Alternatives = Mapping[Any, Pattern | None]
"""Patterns by what they stand for; None where nothing is written for it, which comes last."""


def find_in_turn(
    statements: Sequence[ast.stmt], steps: Sequence[Alternatives]
) -> tuple[list[Any], dict[str, Any], int] | None:
    """Which alternative of each step stands there, one after the other, the values in all gaps, and the number of
    statements; None where a step is not there.
    """
    chosen: list[Any] = []
    values: dict[str, Any] = {}
    place = 0
    for alternatives in steps:
        for key, pattern in alternatives.items():
            found = {} if pattern is None else pattern.found_in(statements[place:])
            if found is not None:
                chosen.append(key)
                values |= found
                place += 0 if pattern is None else len(pattern.statements)
                break
        else:
            return None
    return chosen, values, place


def _same(pattern: Any, node: Any, values: dict[str, Any]) -> bool:
    """Whether both are the same tree but for the gaps, whose values are put into `values`."""
    if isinstance(pattern, ast.Name) and _GAP.fullmatch(pattern.id):
        return _take(_name(pattern.id), node, values)
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
