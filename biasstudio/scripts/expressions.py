"""Expressions of a script, worked out as far as that takes no more than numbers, texts, lists and Keras's names."""

import ast
from collections.abc import Iterable
from typing import Any

from biasstudio.scripts import arithmetic, arrays
from biasstudio.scripts.arithmetic import UNKNOWN
from biasstudio.scripts.arrays import Array, Pairs
from biasstudio.scripts.attributes import attribute_of
from biasstudio.scripts.builtin_functions import BUILTINS
from biasstudio.scripts.evaluator import Evaluator
from biasstudio.scripts.names import loose
from biasstudio.scripts.source import Source
from biasstudio.scripts.values import Function, Given, Made, Name, Scope, Tensor, Unknown


class Expressions(Evaluator):
    """What a script's expressions stand for. Nothing of the script is executed: each node is looked at here."""

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        self.kinds = {
            ast.Constant: lambda node, _scope: self._constant(node),
            ast.Name: self._name,
            ast.Attribute: self._attribute,
            ast.Call: self._call,
            ast.Tuple: lambda node, scope: self._sequence(node, scope, tuple),
            ast.List: lambda node, scope: self._sequence(node, scope, list),
            ast.Set: lambda node, scope: self._sequence(node, scope, tuple),
            ast.Dict: self._dict,
            ast.BinOp: self._binary,
            ast.UnaryOp: self._unary,
            ast.BoolOp: self._boolean,
            ast.Compare: self._compare,
            ast.IfExp: self._choice,
            ast.Subscript: self._subscript,
            ast.Slice: self._slice,
            ast.JoinedStr: self._joined,
            ast.FormattedValue: self._formatted,
            ast.ListComp: self._comprehension,
            ast.GeneratorExp: self._comprehension,
            ast.SetComp: self._comprehension,
            ast.DictComp: self._comprehension,
            ast.Lambda: lambda node, scope: Function(node, scope),
            ast.NamedExpr: self._named,
        }

    def _constant(self, node: ast.Constant) -> Any:
        if isinstance(node.value, bytes | complex):
            return self.unknown(node)
        return self.known(arithmetic.bounded(node.value), node)

    def _name(self, node: ast.Name, scope: Scope) -> Any:
        for inner in scope.chain():
            if node.id in inner.names:
                return inner.names[node.id]
        if node.id in BUILTINS:
            return Name(f"builtins.{node.id}")
        meant = loose(node.id, self.starred)
        return Name(meant) if meant else self.unknown(node)

    def _attribute(self, node: ast.Attribute, scope: Scope) -> Any:
        owner = self.evaluate(node.value, scope)
        value = attribute_of(owner, node.attr)
        if isinstance(value, Function) and value.kind == "property":
            return self.call(value, Given(), node)
        return self.unknown(node) if isinstance(value, Unknown) else value

    def _call(self, node: ast.Call, scope: Scope) -> Any:
        callee = self.evaluate(node.func, scope)
        given = self._given(node, scope)
        self.line = node.lineno
        return self.call(callee, given, node)

    def _given(self, node: ast.Call, scope: Scope) -> Given:
        positional: list[Any] = []
        named: dict[str, Any] = {}
        for argument in node.args:
            if isinstance(argument, ast.Starred):
                positional += self.items_of(self.evaluate(argument.value, scope)) or [self.unknown(argument)]
            else:
                positional.append(self.evaluate(argument, scope))
        for keyword in node.keywords:
            value = self.evaluate(keyword.value, scope)
            if keyword.arg is not None:
                named[keyword.arg] = value
            elif isinstance(value, dict):
                named |= {key: item for key, item in value.items() if isinstance(key, str)}
            else:
                # What `**options` holds is not known; the note is made by whoever has a use for it.
                named["**"] = self.unknown(keyword.value)
        return Given(tuple(positional), named)

    def _sequence(self, node: ast.Tuple | ast.List | ast.Set, scope: Scope, kind: type) -> Any:
        items: list[Any] = []
        for element in node.elts:
            if isinstance(element, ast.Starred):
                inner = self.items_of(self.evaluate(element.value, scope))
                if inner is None:
                    return self.unknown(node)
                items += inner
            else:
                items.append(self.evaluate(element, scope))
        return self.known(arithmetic.bounded(kind(items)), node)

    def _dict(self, node: ast.Dict, scope: Scope) -> Any:
        result: dict[Any, Any] = {}
        for key, value in zip(node.keys, node.values, strict=True):
            item = self.evaluate(value, scope)
            if key is None:
                result |= item if isinstance(item, dict) else {}
                continue
            name = self.evaluate(key, scope)
            if not arithmetic.is_scalar(name):
                return self.unknown(node)
            result[name] = item
        return self.known(arithmetic.bounded(result), node)

    def _binary(self, node: ast.BinOp, scope: Scope) -> Any:
        return self.operate(node, self.evaluate(node.left, scope), self.evaluate(node.right, scope))

    def operate(self, node: ast.BinOp | ast.AugAssign, left: Any, right: Any) -> Any:
        """left `node.op` right."""
        if isinstance(left, Tensor) or isinstance(right, Tensor):
            sources = tuple(each for each in (left, right) if isinstance(each, Tensor))
            return Tensor(node.lineno, sources=sources, fault=f"{self.source.text_of(node)} is no layer of a stack")
        if isinstance(left, Array):
            return arrays.operated(left, type(node.op), right, node.lineno, self.source.text_of(node))
        if isinstance(right, Array):
            return right.not_read(node.lineno, self.source.text_of(node))
        if isinstance(node.op, ast.Mod) and isinstance(left, str):
            return self.known(arithmetic.percent(left, right), node)
        return self.known(arithmetic.binary(type(node.op), left, right), node)

    def _unary(self, node: ast.UnaryOp, scope: Scope) -> Any:
        return self.known(arithmetic.unary(type(node.op), self.evaluate(node.operand, scope)), node)

    def _boolean(self, node: ast.BoolOp, scope: Scope) -> Any:
        stops = isinstance(node.op, ast.Or)
        value: Any = None
        for operand in node.values:
            value = self.evaluate(operand, scope)
            truth = self.truth(value)
            if truth is None:
                return self.unknown(node)
            if truth == stops:
                return value
        return value

    def _compare(self, node: ast.Compare, scope: Scope) -> Any:
        left = self.evaluate(node.left, scope)
        result: Any = True
        for operator, operand in zip(node.ops, node.comparators, strict=True):
            right = self.evaluate(operand, scope)
            result = arithmetic.compared(type(operator), left, right)
            if result is UNKNOWN or isinstance(left, Unknown) or isinstance(right, Unknown):
                return self.unknown(node)
            if not result:
                return False
            left = right
        return result

    def _choice(self, node: ast.IfExp, scope: Scope) -> Any:
        truth = self.truth(self.evaluate(node.test, scope))
        if truth is None:
            return self.unknown(node)
        return self.evaluate(node.body if truth else node.orelse, scope)

    def _subscript(self, node: ast.Subscript, scope: Scope) -> Any:
        owner, index = self.evaluate(node.value, scope), self.evaluate(node.slice, scope)
        if isinstance(owner, Array):
            return arrays.part_of(owner, index, node.lineno, self.source.text_of(node))
        if isinstance(owner, Pairs):
            return arrays.part_of_pairs(owner, index)
        if isinstance(owner, Made) and owner.last == "NpzFile" and isinstance(index, str):
            return arrays.npz_member(owner.given.positional[0], index, owner.line)
        if isinstance(owner, Tensor):
            text = self.source.text_of(node)
            return Tensor(node.lineno, sources=(owner,), fault=f"{text} is no layer of a stack")
        if isinstance(owner, dict) and arithmetic.is_scalar(index):
            return owner.get(index, self.unknown(node))
        if isinstance(owner, str | list | tuple) and isinstance(index, int | slice):
            try:
                return self.known(owner[index], node)
            except (IndexError, TypeError, ValueError):
                return self.unknown(node)
        return self.unknown(node)

    def _slice(self, node: ast.Slice, scope: Scope) -> Any:
        parts = [None if part is None else self.evaluate(part, scope) for part in (node.lower, node.upper, node.step)]
        if not all(part is None or isinstance(part, int) for part in parts):
            return self.unknown(node)
        return slice(*parts)

    def _joined(self, node: ast.JoinedStr, scope: Scope) -> Any:
        parts = [self.evaluate(part, scope) for part in node.values]
        whole = [part for part in parts if isinstance(part, str)]
        if len(whole) < len(parts):
            return self.unknown(node)
        return self.known(arithmetic.bounded("".join(whole)), node)

    def _formatted(self, node: ast.FormattedValue, scope: Scope) -> Any:
        specification = "" if node.format_spec is None else self.evaluate(node.format_spec, scope)
        if not isinstance(specification, str):
            return self.unknown(node)
        value = self.evaluate(node.value, scope)
        return self.known(arithmetic.formatted(value, specification, node.conversion), node)

    def _named(self, node: ast.NamedExpr, scope: Scope) -> Any:
        value = self.evaluate(node.value, scope)
        self.assign(node.target, value, scope)
        return value

    def _comprehension(self, node: Any, scope: Scope) -> Any:
        items: list[Any] = []
        if not self._generate(node, list(node.generators), Scope(outer=scope), items):
            return self.unknown(node)
        if isinstance(node, ast.DictComp):
            whole = all(arithmetic.is_scalar(key) for key, _ in items)
            return dict(items) if whole else self.unknown(node)
        return self.known(arithmetic.bounded(items), node)

    def _generate(self, node: Any, generators: list[ast.comprehension], scope: Scope, items: list[Any]) -> bool:
        """The items of a comprehension, added to `items`; False where not all is known."""
        if not generators:
            if isinstance(node, ast.DictComp):
                items.append((self.evaluate(node.key, scope), self.evaluate(node.value, scope)))
            else:
                items.append(self.evaluate(node.elt, scope))
            return len(items) <= arithmetic.MAXIMUM_ITEMS
        first, *others = generators
        values = self.items_of(self.evaluate(first.iter, scope))
        return values is not None and all(self._generate_one(node, first, others, v, scope, items) for v in values)

    def _generate_one(
        self,
        node: Any,
        first: ast.comprehension,
        others: list[ast.comprehension],
        value: Any,
        scope: Scope,
        items: list[Any],
    ) -> bool:
        self.assign(first.target, value, scope)
        truths = self._conditions(first.ifs, scope)
        if truths is None:
            return False
        return self._generate(node, others, scope, items) if truths else True

    def _conditions(self, conditions: Iterable[ast.expr], scope: Scope) -> bool | None:
        for condition in conditions:
            truth = self.truth(self.evaluate(condition, scope))
            if not truth:
                return truth
        return True
