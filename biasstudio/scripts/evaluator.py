"""The state of a reading: names, networks, notes; and bounds on the work that it takes."""

import ast
from collections.abc import Callable
from typing import Any

from biasstudio.scripts import arithmetic
from biasstudio.scripts.arithmetic import UNKNOWN
from biasstudio.scripts.arrays import Pairs
from biasstudio.scripts.notes import Notes
from biasstudio.scripts.source import Source
from biasstudio.scripts.values import Frozen, Function, Given, Network, Scope, Unknown

_MAXIMUM_STEPS = 100_000
# Each level is four of Python's own calls, of which there are a thousand.
_MAXIMUM_DEPTH = 120


class TooLongError(Exception):
    """The script's loops take more steps than are worth waiting for. `line` is where it was given up."""

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line


class Evaluator:
    """What is known of a script while it is gone through, and how much work that may take."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.notes = Notes()
        self.globals = Scope({"__name__": "__main__"})
        self.starred: list[str] = []
        self.networks: list[Network] = []
        self.frozen: list[Frozen] = []
        self.seeds: list[tuple[str, Any, int]] = []
        self.builders: dict[int, Function] = {}
        self.line = 1
        self.kinds: dict[type, Callable[[Any, Scope], Any]] = {}
        self._steps = self._order = self._depth = 0

    def next_order(self) -> int:
        """The number of the next event."""
        self._order += 1
        return self._order

    def spend(self, steps: int = 1) -> None:
        """Raises TooLongError where the script takes too many."""
        self._steps += steps
        if self._steps > _MAXIMUM_STEPS:
            raise TooLongError(self.line)

    def evaluate(self, node: ast.expr, scope: Scope) -> Any:
        """What `node` stands for; Unknown where only running the script could tell."""
        self.spend()
        kind = self.kinds.get(type(node))
        if kind is None or self._depth >= _MAXIMUM_DEPTH:
            return self.unknown(node)
        self.line = node.lineno
        self._depth += 1
        try:
            return kind(node, scope)
        finally:
            self._depth -= 1

    def unknown(self, node: ast.AST) -> Unknown:
        return Unknown(self.source.text_of(node))

    def known(self, value: Any, node: ast.AST) -> Any:
        """`value`, its size paid for; Unknown for UNKNOWN."""
        if isinstance(value, str | list | tuple | dict):
            self.spend(len(value) // 50)
        return self.unknown(node) if value is UNKNOWN else value

    def call(self, callee: Any, given: Given, node: ast.AST) -> Any:
        """What calling `callee` gives."""
        raise NotImplementedError

    def assign(self, target: ast.expr, value: Any, scope: Scope) -> None:
        """`target` = `value`."""
        raise NotImplementedError

    def items_of(self, value: Any) -> list[Any] | None:
        """What iterating over `value` gives; None where that isn't known."""
        if isinstance(value, str | list | tuple | dict):
            self.spend(len(value) // 10)
            return list(value)
        if isinstance(value, Pairs) and value.batch_size is None:
            return [value.x, value.y]
        return None

    def truth(self, value: Any) -> bool | None:
        """Whether a condition holds; None where that isn't known."""
        if arithmetic.is_scalar(value) or isinstance(value, list | tuple | dict):
            return bool(value)
        return True if isinstance(value, Network) else None
