"""Statements of a script, gone through in order. Nothing of the script is executed."""

import ast
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from biasstudio.scripts.arrays import Array
from biasstudio.scripts.calls import END
from biasstudio.scripts.definitions import Definitions
from biasstudio.scripts.evaluator import TooLongError
from biasstudio.scripts.leaving import Ended, Left, LoopLeft, Returned
from biasstudio.scripts.source import Source
from biasstudio.scripts.values import Function, Given, Name, Network, Scope, Unknown

# Longer loops are training loops, and build no network.
_MAXIMUM_ROUNDS = 1000
_LONG = f"This loop goes round more than {_MAXIMUM_ROUNDS:,} times"
_NOT_KNOWN = "How often this loop goes round is only known when the script runs"
_CHANGING = {"add", "pop", "compile", "fit", "fit_generator", "train_on_batch", "build"}
_MAKING = {"keras.Sequential", "keras.Model"}


class Interpreter(Definitions):
    """Goes through a script. What it holds then: the networks, their events, and the notes."""

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        self._statements: dict[type, Callable[[Any, Scope], None]] = {
            ast.Expr: lambda node, scope: self._expression(node, scope),
            ast.Assign: self._assign,
            ast.AnnAssign: self._annotated,
            ast.AugAssign: self._augmented,
            ast.Import: self._import,
            ast.ImportFrom: self._import_from,
            ast.FunctionDef: self._define,
            ast.ClassDef: self._class,
            ast.Return: self._return,
            ast.For: self._for,
            ast.While: self._while,
            ast.If: self._if,
            ast.With: self._with,
            ast.Try: self._try,
            ast.Raise: self._raise,
            ast.Break: lambda _node, _scope: _leave_loop(ends=True),
            ast.Continue: lambda _node, _scope: _leave_loop(ends=False),
            ast.Delete: self._delete,
            ast.Global: self._global,
            ast.Nonlocal: self._global,
        }

    def run(self) -> None:
        """From the first line to the last, or to where it takes too long."""
        try:
            self.block(self.source.module.body, self.globals)
            if not any(network.items or network.functional for network in self.networks):
                self._call_builders()
        except TooLongError as end:
            self.notes.add(end.line, "The script's loops are too long to be gone through: it is read up to here.")
        except Left:
            pass

    def _call_builders(self) -> None:
        """Functions that make a network but are never called: they are read with their defaults."""
        for function in [*self.builders.values()]:
            definition = function.node
            if isinstance(definition, ast.FunctionDef) and self._mentions_network(definition.body, self.globals):
                required = len(definition.args.args) - len(definition.args.defaults)
                unknown = [Unknown(argument.arg) for argument in definition.args.args[:required]]
                self.call_function(function, Given(tuple(unknown)), definition)

    def block(self, statements: Iterable[ast.stmt], scope: Scope) -> None:
        for statement in statements:
            self.spend()
            self.line = statement.lineno
            kind = self._statements.get(type(statement))
            if kind is None:
                self._forget(statement, scope)
                continue
            self._depth += 1
            try:
                kind(statement, scope)
            finally:
                self._depth -= 1

    def _expression(self, node: ast.Expr, scope: Scope) -> None:
        value = self.evaluate(node.value, scope)
        if value is END:
            raise Ended

    def _return(self, node: ast.Return, scope: Scope) -> None:
        value = None if node.value is None else self.evaluate(node.value, scope)
        raise Returned(value)

    def _if(self, node: ast.If, scope: Scope) -> None:
        truth = self.truth(self.evaluate(node.test, scope))
        if truth is None:
            self._undecided(node, [*node.body, *node.orelse], scope)
        else:
            self.block(node.body if truth else node.orelse, scope)

    def _undecided(self, node: ast.If | ast.While, body: list[ast.stmt], scope: Scope) -> None:
        if self._mentions_network(body, scope):
            condition = self.source.text_of(node.test)
            self.notes.add(
                node.lineno,
                f"Whether “{condition}” holds is only known when the script runs: what it does to the network then is "
                "not read.",
            )
        self._forget(node, scope)
        scope.doubtful |= any(isinstance(inner, ast.Return) for inner in _within(body))

    def _for(self, node: ast.For, scope: Scope) -> None:
        looped = self.evaluate(node.iter, scope)
        values = self.items_of(looped)
        if values is None or len(values) > _MAXIMUM_ROUNDS:
            long = isinstance(looped, range) or values is not None
            self._once(node, scope, _LONG if long else _NOT_KNOWN)
            return
        for value in values:
            self.assign(node.target, value, scope)
            try:
                self.block(node.body, scope)
            except LoopLeft as left:
                if left.ends:
                    return
        self.block(node.orelse, scope)

    def _once(self, node: ast.For, scope: Scope, why: str) -> None:
        """A loop of too many rounds: gone through once where it has to do with a network, else left out."""
        relevant = self._mentions_network(node.body, scope)
        if relevant:
            self.notes.add(node.lineno, f"{why}: its lines are read once.")
        self._forget(node, scope)
        if relevant:
            self.assign(node.target, self.unknown(node.target), scope)
            try:
                self.block(node.body, scope)
            except LoopLeft:
                return
            finally:
                self._forget_counters(node, scope)

    def _while(self, node: ast.While, scope: Scope) -> None:
        for _ in range(_MAXIMUM_ROUNDS):
            truth = self.truth(self.evaluate(node.test, scope))
            if truth is None:
                self._undecided(node, node.body, scope)
                return
            if not truth:
                self.block(node.orelse, scope)
                return
            try:
                self.block(node.body, scope)
            except LoopLeft as left:
                if left.ends:
                    return
        self._forget(node, scope)

    def _with(self, node: ast.With, scope: Scope) -> None:
        for item in node.items:
            value = self.evaluate(item.context_expr, scope)
            if item.optional_vars is not None:
                self.assign(item.optional_vars, value, scope)
        self.block(node.body, scope)

    def _try(self, node: ast.Try, scope: Scope) -> None:
        self.block([*node.body, *node.orelse, *node.finalbody], scope)

    def _raise(self, _node: ast.Raise, _scope: Scope) -> None:
        raise Ended

    def _forget(self, node: ast.stmt, scope: Scope) -> None:
        """The names that a statement would set, or the lists that it would change, are not known any more."""
        for inner in _within([node]):
            changed = inner.value if isinstance(inner, ast.Attribute | ast.Subscript) else None
            if isinstance(changed, ast.Name) and isinstance(scope.names.get(changed.id), list | dict):
                self.bind(changed.id, Unknown(changed.id), scope)
            if isinstance(inner, ast.Subscript) and isinstance(inner.ctx, ast.Store):
                owner = self._looked_up(inner.value, scope)
                if isinstance(owner, Array):
                    owner.changed.append(node.lineno)
            if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store):
                known = scope.names.get(inner.id)
                # A network that may have been changed is still the network.
                if not isinstance(known, Network):
                    self.bind(inner.id, Unknown(inner.id), scope)

    def _forget_counters(self, node: ast.stmt, scope: Scope) -> None:
        for inner in _within([node]):
            if isinstance(inner, ast.AugAssign) and isinstance(inner.target, ast.Name):
                self.bind(inner.target.id, Unknown(inner.target.id), scope)

    def _mentions_network(
        self, statements: Iterable[ast.stmt], scope: Scope, seen: frozenset[int] | set[int] = frozenset()
    ) -> bool:
        """Whether any of them makes a network, or calls what would change or train one."""
        seen = set(seen)
        return any(
            self._touches_network(node.func, scope, seen) for node in _within(statements) if isinstance(node, ast.Call)
        )

    def _touches_network(self, callee: ast.expr, scope: Scope, seen: set[int]) -> bool:
        self.spend()
        value = self._looked_up(callee, scope)
        if isinstance(value, Name) and value.path in _MAKING:
            return True
        if isinstance(value, Function) and isinstance(value.node, ast.FunctionDef) and id(value.node) not in seen:
            seen.add(id(value.node))
            return self._mentions_network(value.node.body, value.scope, seen)
        if not isinstance(callee, ast.Attribute) or callee.attr not in _CHANGING:
            return False
        return isinstance(self._looked_up(callee.value, scope), Network)

    def _looked_up(self, node: ast.expr, scope: Scope) -> Any:
        """What a name, or a chain of attributes, stands for now."""
        inner = node
        while isinstance(inner, ast.Attribute):
            inner = inner.value
        return self.evaluate(node, scope) if isinstance(inner, ast.Name) else None


def _leave_loop(ends: bool) -> None:
    raise LoopLeft(ends)


def _within(statements: Iterable[ast.AST]) -> Iterator[ast.AST]:
    for statement in statements:
        yield from ast.walk(statement)
