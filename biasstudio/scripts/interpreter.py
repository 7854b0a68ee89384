"""Statements of a script, gone through in order. Nothing of the script is executed."""

import ast
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from biasstudio.scripts.arithmetic import MAXIMUM_ITEMS, is_scalar
from biasstudio.scripts.arrays import Array
from biasstudio.scripts.calls import END, Calls
from biasstudio.scripts.expressions import TooLongError
from biasstudio.scripts.names import canonical
from biasstudio.scripts.source import Source
from biasstudio.scripts.values import (
    Frozen,
    Function,
    Given,
    Instance,
    Made,
    Name,
    Network,
    OwnClass,
    Scope,
    Tensor,
    Unknown,
    Variable,
)

# Longer loops are training loops, and build no network.
_MAXIMUM_ROUNDS = 1000
_MAXIMUM_CALLS = 15
_CHANGING = {"add", "pop", "compile", "fit", "fit_generator", "train_on_batch", "build"}
_MAKING = {"keras.Sequential", "keras.Model"}


_LONG = f"This loop goes round more than {_MAXIMUM_ROUNDS:,} times"
_NOT_KNOWN = "How often this loop goes round is only known when the script runs"


class _Left(Exception):  # noqa: N818 - no errors, but ways out of a block
    """A block is left before its end."""


class _LoopLeft(_Left):
    """By break or continue."""

    def __init__(self, ends: bool) -> None:
        super().__init__()
        self.ends = ends


class _Returned(_Left):
    def __init__(self, value: Any) -> None:
        super().__init__()
        self.value = value


class _Ended(_Left):
    """The script ends here, with an error or by sys.exit()."""


class Interpreter(Calls):
    """Goes through a script. What it holds then: the networks, their events, and the notes."""

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        self._calls = 0
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
            ast.Global: self._global,
            ast.Nonlocal: self._global,
        }

    def run(self) -> None:
        """From the first line to the last, or to where it takes too long."""
        try:
            self._block(self.source.module.body, self.globals)
            if not any(network.items or network.functional for network in self.networks):
                self._call_builders()
        except TooLongError as end:
            self.notes.add(end.line, "The script's loops are too long to be gone through: it is read up to here.")
        except _Left:
            pass

    def _call_builders(self) -> None:
        """Functions that make a network but are never called: they are read with their defaults."""
        for function in [*self.builders.values()]:
            definition = function.node
            if isinstance(definition, ast.FunctionDef) and self._mentions_network(definition.body, self.globals):
                required = len(definition.args.args) - len(definition.args.defaults)
                unknown = [Unknown(argument.arg) for argument in definition.args.args[:required]]
                self.call_function(function, Given(tuple(unknown)), definition)

    def _block(self, statements: Iterable[ast.stmt], scope: Scope) -> None:
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
            raise _Ended

    # --- names ---

    def _assign(self, node: ast.Assign, scope: Scope) -> None:
        value = self.evaluate(node.value, scope)
        for target in node.targets:
            self.assign(target, value, scope)

    def _annotated(self, node: ast.AnnAssign, scope: Scope) -> None:
        if node.value is not None:
            self.assign(node.target, self.evaluate(node.value, scope), scope)

    def _augmented(self, node: ast.AugAssign, scope: Scope) -> None:
        left = self.evaluate(node.target, scope)
        self.assign(node.target, self.operate(node, left, self.evaluate(node.value, scope)), scope)

    def assign(self, target: ast.expr, value: Any, scope: Scope) -> None:
        """`target` = `value`."""
        if isinstance(target, ast.Name):
            self._bind(target.id, value, scope)
        elif isinstance(target, ast.Tuple | ast.List):
            self._unpack(target, value, scope)
        elif isinstance(target, ast.Starred):
            self.assign(target.value, value, scope)
        elif isinstance(target, ast.Attribute):
            self._set_attribute(self.evaluate(target.value, scope), target.attr, value, target.lineno)
        elif isinstance(target, ast.Subscript):
            self._set_item(target, value, scope)

    def _bind(self, name: str, value: Any, scope: Scope) -> None:
        if name in scope.shared:
            for outer in scope.chain():
                if outer is not scope and (name in outer.names or outer.outer is None):
                    outer.names[name] = value
                    return
        scope.names[name] = value

    def _unpack(self, target: ast.Tuple | ast.List, value: Any, scope: Scope) -> None:
        names, items = target.elts, self.items_of(value)
        starred = next((index for index, name in enumerate(names) if isinstance(name, ast.Starred)), None)
        if items is not None and starred is not None and len(items) >= len(names) - 1:
            end = len(items) - (len(names) - 1 - starred)
            items = [*items[:starred], items[starred:end], *items[end:]]
        if items is None or len(items) != len(names):
            items = [self.unknown(name) for name in names]
        for name, item in zip(names, items, strict=True):
            self.assign(name, item, scope)

    def _set_attribute(self, owner: Any, name: str, value: Any, line: int) -> None:
        if isinstance(owner, Instance):
            owner.attributes[name] = value
        elif name == "trainable":
            self._freeze(owner, value, line)
        elif isinstance(owner, Made):
            owner.attributes[name] = value

    def _freeze(self, owner: Any, value: Any, line: int) -> None:
        order = self.next_order()
        if isinstance(owner, Made):
            self.frozen.append(Frozen(owner, None, value, line, order))
        elif isinstance(owner, Variable):
            self.frozen.append(Frozen(owner.layer, owner.name, value, line, order))
        elif isinstance(owner, Network):
            self.frozen += [Frozen(layer, None, value, line, order) for layer in self.all_layers(owner)]

    def _set_item(self, target: ast.Subscript, value: Any, scope: Scope) -> None:
        owner, index = self.evaluate(target.value, scope), self.evaluate(target.slice, scope)
        if isinstance(owner, Array):
            changed = owner.not_read(target.lineno, f"{self.source.text_of(target)} = …")
            self.assign(target.value, changed, scope)
        elif isinstance(owner, dict) and is_scalar(index) and len(owner) < MAXIMUM_ITEMS:
            owner[index] = value
        elif isinstance(owner, list) and isinstance(index, int):
            # One past its end is an error in the script, which ends there when it is run.
            owner[index : index + 1 or None] = [value] if -len(owner) <= index < len(owner) else []

    def _global(self, node: ast.Global | ast.Nonlocal, scope: Scope) -> None:
        scope.shared.update(node.names)

    # --- imports and definitions ---

    def _import(self, node: ast.Import, scope: Scope) -> None:
        for alias in node.names:
            if alias.asname:
                self._bind(alias.asname, Name(canonical(alias.name)), scope)
            else:
                # import keras.layers binds keras.
                head = alias.name.partition(".")[0]
                self._bind(head, Name(canonical(head)), scope)

    def _import_from(self, node: ast.ImportFrom, scope: Scope) -> None:
        module = node.module or ""
        for alias in node.names:
            if alias.name == "*":
                self.starred.append(canonical(module))
            elif node.level:
                self._bind(alias.asname or alias.name, Unknown(alias.name), scope)
            elif module != "__future__":
                self._bind(alias.asname or alias.name, Name(canonical(f"{module}.{alias.name}")), scope)

    def _define(self, node: ast.FunctionDef, scope: Scope) -> None:
        function = Function(node, scope)
        if scope is self.globals:
            self.builders[id(function)] = function
        self._bind(node.name, function, scope)

    def _class(self, node: ast.ClassDef, scope: Scope) -> None:
        bases = [self.evaluate(base, scope) for base in node.bases]
        base = next((each.path for each in bases if isinstance(each, Name) and each.path.startswith("keras.")), "")
        inherited = next((each for each in bases if isinstance(each, OwnClass)), None)
        members = dict(inherited.members) if inherited else {}
        for statement in node.body:
            if isinstance(statement, ast.FunctionDef):
                members[statement.name] = Function(statement, scope, _kind_of(statement))
            elif isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
                members[statement.targets[0].id] = self.evaluate(statement.value, scope)
        own = OwnClass(node.name, node.lineno, base or (inherited.base if inherited else ""), members)
        self._bind(node.name, own, scope)

    def call_function(self, function: Function, given: Given, node: ast.AST) -> Any:
        """What a function of the script's own returns."""
        self.builders.pop(id(function), None)
        for key, other in [*self.builders.items()]:
            if other.node is function.node:
                del self.builders[key]
        scope = Scope(outer=function.scope)
        if function.owner is not None:
            given = Given((function.owner, *given.positional), given.named)
        if self._calls >= _MAXIMUM_CALLS or not self._bind_arguments(function, given, scope):
            return self.unknown(node)
        self._calls += 1
        try:
            if isinstance(function.node, ast.Lambda):
                return self.evaluate(function.node.body, scope)
            self._block(function.node.body, scope)
        except _Returned as returned:
            return returned.value
        except _LoopLeft:
            return self.unknown(node)
        finally:
            self._calls -= 1
        return None

    def _bind_arguments(self, function: Function, given: Given, scope: Scope) -> bool:
        """The parameters bound to what was given or to their defaults; False where that isn't how it can be called."""
        parameters = function.node.args
        named, names = dict(given.named), [each.arg for each in (*parameters.posonlyargs, *parameters.args)]
        if len(given.positional) > len(names) and parameters.vararg is None:
            return False
        scope.names |= dict(zip(names, given.positional, strict=False))
        if parameters.vararg is not None:
            scope.names[parameters.vararg.arg] = tuple(given.positional[len(names) :])
        defaults = dict(zip(names[len(names) - len(parameters.defaults) :], parameters.defaults, strict=True))
        defaults |= {
            each.arg: default
            for each, default in zip(parameters.kwonlyargs, parameters.kw_defaults, strict=True)
            if default is not None
        }
        for name in [*names, *(each.arg for each in parameters.kwonlyargs)]:
            if name in named:
                scope.names[name] = named.pop(name)
            elif name not in scope.names:
                default = defaults.get(name)
                scope.names[name] = Unknown(name) if default is None else self.evaluate(default, function.scope)
        if parameters.kwarg is not None:
            scope.names[parameters.kwarg.arg] = named
        return True

    def _return(self, node: ast.Return, scope: Scope) -> None:
        value = None if node.value is None else self.evaluate(node.value, scope)
        raise _Returned(self.unknown(node) if scope.doubtful and not isinstance(value, Network | Tensor) else value)

    # --- control flow ---

    def _if(self, node: ast.If, scope: Scope) -> None:
        truth = self.truth(self.evaluate(node.test, scope))
        if truth is None:
            self._undecided(node, [*node.body, *node.orelse], scope)
        else:
            self._block(node.body if truth else node.orelse, scope)

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
                self._block(node.body, scope)
            except _LoopLeft as left:
                if left.ends:
                    return
        self._block(node.orelse, scope)

    def _once(self, node: ast.For, scope: Scope, why: str) -> None:
        """A loop of too many rounds: gone through once where it has to do with a network, else left out."""
        relevant = self._mentions_network(node.body, scope)
        if relevant:
            self.notes.add(node.lineno, f"{why}: its lines are read once.")
        self._forget(node, scope)
        if relevant:
            self.assign(node.target, self.unknown(node.target), scope)
            try:
                self._block(node.body, scope)
            except _LoopLeft:
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
                self._block(node.orelse, scope)
                return
            try:
                self._block(node.body, scope)
            except _LoopLeft as left:
                if left.ends:
                    return
        self._forget(node, scope)

    def _with(self, node: ast.With, scope: Scope) -> None:
        for item in node.items:
            value = self.evaluate(item.context_expr, scope)
            if item.optional_vars is not None:
                self.assign(item.optional_vars, value, scope)
        self._block(node.body, scope)

    def _try(self, node: ast.Try, scope: Scope) -> None:
        self._block([*node.body, *node.orelse, *node.finalbody], scope)

    def _raise(self, _node: ast.Raise, _scope: Scope) -> None:
        raise _Ended

    # --- what is not gone through ---

    def _forget(self, node: ast.stmt, scope: Scope) -> None:
        """The names that a statement would set, or the lists that it would change, are not known any more."""
        for inner in _within([node]):
            changed = inner.value if isinstance(inner, ast.Attribute | ast.Subscript) else None
            if isinstance(changed, ast.Name) and isinstance(scope.names.get(changed.id), list | dict):
                self._bind(changed.id, Unknown(changed.id), scope)
            if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store):
                known = scope.names.get(inner.id)
                # A network that may have been changed is still the network.
                if not isinstance(known, Network):
                    self._bind(inner.id, Unknown(inner.id), scope)

    def _forget_counters(self, node: ast.stmt, scope: Scope) -> None:
        for inner in _within([node]):
            if isinstance(inner, ast.AugAssign) and isinstance(inner.target, ast.Name):
                self._bind(inner.target.id, Unknown(inner.target.id), scope)

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
    raise _LoopLeft(ends)


def _kind_of(definition: ast.FunctionDef) -> str:
    names = [decorator.id for decorator in definition.decorator_list if isinstance(decorator, ast.Name)]
    return next((name for name in names if name in ("staticmethod", "classmethod", "property")), "")


def _within(statements: Iterable[ast.AST]) -> Iterator[ast.AST]:
    for statement in statements:
        yield from ast.walk(statement)
