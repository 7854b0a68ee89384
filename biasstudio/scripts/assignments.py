"""Assignments of a script: what names, attributes and items stand for from there on."""

import ast
from typing import Any

from biasstudio.scripts.arithmetic import MAXIMUM_ITEMS, is_scalar
from biasstudio.scripts.arrays import Array
from biasstudio.scripts.calls import Calls
from biasstudio.scripts.values import Frozen, Instance, Made, Method, Network, Scope, Unknown, Variable


class Assignments(Calls):
    """Expressions, and statements that give a name to what they stand for."""

    def _assign(self, node: ast.Assign, scope: Scope) -> None:
        value = self.evaluate(node.value, scope)
        for target in node.targets:
            self.assign(target, value, scope)

    def _annotated(self, node: ast.AnnAssign, scope: Scope) -> None:
        if node.value is not None:
            self.assign(node.target, self.evaluate(node.value, scope), scope)

    def _augmented(self, node: ast.AugAssign, scope: Scope) -> None:
        left = self.evaluate(node.target, scope)
        # Several columns of a table are hardly its target.
        if isinstance(left, Array) and (left.shape is None or len(left.shape) == 1):
            left.changed.append(node.lineno)
        self.assign(node.target, self.operate(node, left, self.evaluate(node.value, scope)), scope)

    def assign(self, target: ast.expr, value: Any, scope: Scope) -> None:
        """`target` = `value`."""
        if isinstance(target, ast.Name):
            self.bind(target.id, value, scope)
        elif isinstance(target, ast.Tuple | ast.List):
            self._unpack(target, value, scope)
        elif isinstance(target, ast.Starred):
            self.assign(target.value, value, scope)
        elif isinstance(target, ast.Attribute):
            self._set_attribute(self.evaluate(target.value, scope), target.attr, value, target.lineno)
        elif isinstance(target, ast.Subscript):
            self._set_item(target, value, scope)

    def bind(self, name: str, value: Any, scope: Scope) -> None:
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
        elif isinstance(owner, Method):
            self.changed_optimizer(Method(owner, name), line)
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
            if not isinstance(index, str):  # which gives a table a column, and leaves those taken from it before
                owner.changed.append(target.lineno)
            changed = owner.not_read(target.lineno, f"{self.source.text_of(target)} = …")
            self.assign(target.value, changed, scope)
        elif isinstance(owner, dict) and is_scalar(index) and len(owner) < MAXIMUM_ITEMS:
            owner[index] = value
        elif isinstance(owner, list) and isinstance(index, int):
            # One past its end is an error in the script, which ends there when it is run.
            owner[index : index + 1 or None] = [value] if -len(owner) <= index < len(owner) else []

    def _delete(self, node: ast.Delete, scope: Scope) -> None:
        for target in node.targets:
            if isinstance(target, ast.Name):
                self.bind(target.id, Unknown(target.id), scope)
            elif isinstance(target, ast.Subscript):
                owner, name = self.evaluate(target.value, scope), self.evaluate(target.slice, scope)
                if isinstance(owner, Array) and isinstance(name, str):
                    owner.dropped.append(name)

    def _global(self, node: ast.Global | ast.Nonlocal, scope: Scope) -> None:
        scope.shared.update(node.names)
