"""Imports, functions and classes of a script, and what calling the latter two gives."""

import ast
from collections.abc import Iterable
from typing import Any

from biasstudio.scripts.assignments import Assignments
from biasstudio.scripts.leaving import LoopLeft, Returned
from biasstudio.scripts.names import canonical
from biasstudio.scripts.source import Source
from biasstudio.scripts.values import Function, Given, Name, Network, OwnClass, Scope, Tensor, Unknown

MAXIMUM_CALLS = 15
"""How deep functions of the script's own may call each other."""


class Definitions(Assignments):
    """Statements that define something, too."""

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        self.calls_open = 0

    def block(self, statements: Iterable[ast.stmt], scope: Scope) -> None:
        """Goes through some statements."""
        raise NotImplementedError

    def _import(self, node: ast.Import, scope: Scope) -> None:
        for alias in node.names:
            if alias.asname:
                self.bind(alias.asname, Name(canonical(alias.name)), scope)
            else:
                # import keras.layers binds keras.
                head = alias.name.partition(".")[0]
                self.bind(head, Name(canonical(head)), scope)

    def _import_from(self, node: ast.ImportFrom, scope: Scope) -> None:
        module = node.module or ""
        for alias in node.names:
            if alias.name == "*":
                self.starred.append(canonical(module))
            elif node.level:
                self.bind(alias.asname or alias.name, Unknown(alias.name), scope)
            elif module != "__future__":
                self.bind(alias.asname or alias.name, Name(canonical(f"{module}.{alias.name}")), scope)

    def _define(self, node: ast.FunctionDef, scope: Scope) -> None:
        function = Function(node, scope)
        if scope is self.globals:
            self.builders[id(node)] = function
        self.bind(node.name, function, scope)

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
        self.bind(node.name, own, scope)

    def call_function(self, function: Function, given: Given, node: ast.AST) -> Any:
        """What a function of the script's own returns."""
        self.builders.pop(id(function.node), None)
        scope = Scope(outer=function.scope)
        if function.owner is not None:
            given = Given((function.owner, *given.positional), given.named)
        if self.calls_open >= MAXIMUM_CALLS or not self._bind_arguments(function, given, scope):
            return self.unknown(node)
        self.calls_open += 1
        try:
            if isinstance(function.node, ast.Lambda):
                return self.evaluate(function.node.body, scope)
            self.block(function.node.body, scope)
        except Returned as returned:
            certain = not scope.doubtful or isinstance(returned.value, Network | Tensor)
            return returned.value if certain else self.unknown(node)
        except LoopLeft:
            return self.unknown(node)
        finally:
            self.calls_open -= 1
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


def _kind_of(definition: ast.FunctionDef) -> str:
    names = [decorator.id for decorator in definition.decorator_list if isinstance(decorator, ast.Name)]
    return next((name for name in names if name in ("staticmethod", "classmethod", "property")), "")
