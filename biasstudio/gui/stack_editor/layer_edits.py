"""The undoable edits of one layer. Each gives the sentence why it can't be made, "" where it was."""

from collections.abc import Callable
from typing import Any

from biasstudio.gui.document import Document
from biasstudio.spec.arguments import SpecError
from biasstudio.spec.initializers import Initializer
from biasstudio.spec.stack import Layer, Stack


def try_edit(document: Document, text: str, change: Callable[[Stack], Stack], merge_key: str = "") -> str:
    """Edit the stack; the sentence that says why not where `change` raises SpecError, else ""."""
    try:
        document.edit_stack(text, change, merge_key)
    except SpecError as error:
        return str(error)
    return ""


class LayerEdits:
    """Edits of the layer called `name` in `document`."""

    def __init__(self, document: Document, name: str) -> None:
        self._document = document
        self.name = name

    @property
    def layer(self) -> Layer:
        return self._document.stack.layer(self.name)

    def set_argument(self, argument: str, value: Any, merge_key: str = "") -> str:
        text = f"Set {argument} of {self.name}"
        return try_edit(self._document, text, lambda stack: stack.change(self.name, **{argument: value}), merge_key)

    def switch_bias(self, on: bool) -> str:
        role = self.layer.type.bias
        if role is None:
            return ""
        text = f"Switch the {role.variable} of {self.name} {'on' if on else 'off'}"
        return try_edit(self._document, text, lambda stack: stack.change(self.name, **{role.toggle: on}))

    def choose_initializer(self, argument: str, name: str) -> str:
        """Another initializer with its default parameters."""
        text = f"Set {argument} of {self.name} to {name}"
        chosen = Initializer.of(name)
        return try_edit(self._document, text, lambda stack: stack.change(self.name, **{argument: chosen}))

    def set_initializer_parameter(self, argument: str, parameter: str, value: Any, merge_key: str) -> str:
        def change(stack: Stack) -> Stack:
            initializer = stack.layer(self.name).get(argument)
            return stack.change(self.name, **{argument: initializer.change(**{parameter: value})})

        return try_edit(self._document, f"Set {parameter} of {self.name}’s {argument}", change, merge_key)

    def rename(self, new_name: str) -> str:
        old_name = self.name
        return try_edit(
            self._document, f"Rename {old_name} to {new_name}", lambda stack: stack.rename(old_name, new_name)
        )

    def duplicate(self) -> str:
        return try_edit(self._document, f"Duplicate {self.name}", lambda stack: stack.duplicate(self.name))

    def remove(self) -> str:
        return try_edit(self._document, f"Remove {self.name}", lambda stack: stack.remove(self.name))

    def move_to(self, index: int) -> str:
        """To `index` of the resulting stack; nothing where there is no such place."""
        if not 0 <= index < len(self._document.stack.layers):
            return ""
        return try_edit(self._document, f"Move {self.name}", lambda stack: stack.move(self.name, index))

    def move_by(self, places: int) -> str:
        """Down by `places`, up where negative."""
        return self.move_to(self._document.stack.index(self.name) + places)
