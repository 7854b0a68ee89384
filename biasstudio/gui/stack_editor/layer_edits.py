"""The undoable edits of one layer. Each gives the sentence why it can't be made, "" where it was."""

from collections.abc import Callable, Sequence
from typing import Any

from biasstudio.gui.document import Document
from biasstudio.spec.arguments import SpecError
from biasstudio.spec.bias_shapes import Path
from biasstudio.spec.constraints import Constraint
from biasstudio.spec.initializers import Initializer
from biasstudio.spec.keras_objects import KerasObject
from biasstudio.spec.layers import layer_type
from biasstudio.spec.learning import WHO_LEARNS
from biasstudio.spec.regularizers import Regularizer
from biasstudio.spec.stack import Layer, Stack


def try_edit(document: Document, text: str, change: Callable[[Stack], Stack], merge_key: str = "") -> str:
    """Edit the stack; the sentence that says why not where `change` raises SpecError, else ""."""
    try:
        document.edit_stack(text, change, merge_key)
    except SpecError as error:
        return str(error)
    return ""


_OBJECTS: dict[str, type[KerasObject]] = {
    "initializer": Initializer,
    "regularizer": Regularizer,
    "constraint": Constraint,
}


class LayerEdits:
    """Edits of the layer called `name` in `document`, or of the one inside it at `path`."""

    def __init__(self, document: Document, name: str, path: Path = (), outer: "LayerEdits | None" = None) -> None:
        self._document = document
        self._name, self.path, self._outer = name, path, outer

    def inside(self, *steps: str | int) -> "LayerEdits":
        """Edits of a layer inside this one, whatever this one is renamed to; of itself for no steps."""
        return LayerEdits(self._document, self._name, (*self.path, *steps), self) if steps else self

    @property
    def name(self) -> str:
        """That of the layer in the stack."""
        return self._name if self._outer is None else self._outer.name

    @name.setter
    def name(self, name: str) -> None:
        self._name = name

    @property
    def whole(self) -> Layer:
        """The layer of the stack."""
        return self._document.stack.layer(self.name)

    @property
    def layer(self) -> Layer:
        """The layer that is edited."""
        return self.whole.part(self.path)

    @property
    def _said(self) -> str:
        return f"{self.layer.class_name} in {self.name}" if self.path else self.name

    def set_argument(self, argument: str, value: Any, merge_key: str = "") -> str:
        text = f"Set {argument} of {self._said}"
        return try_edit(
            self._document, text, lambda stack: stack.change_part(self.name, self.path, **{argument: value}), merge_key
        )

    def let_learn(self, learns: str) -> str:
        """What of the layer of the stack learns."""
        text = f"Let {self.name} learn {WHO_LEARNS[learns]}"
        return try_edit(self._document, text, lambda stack: stack.let_learn(self.name, learns))

    def switch_bias(self, on: bool) -> str:
        role = self.layer.type.bias
        if role is None:
            return ""
        text = f"Switch the {role.variable} of {self._said} {'on' if on else 'off'}"
        return try_edit(self._document, text, lambda stack: stack.switch_bias(self.name, self.path, on))

    def choose_object(self, argument: str, name: str | None) -> str:
        """Another initializer, regularizer or constraint with its default parameters; None for none."""
        text = f"Set {argument} of {self._said} to {name or 'none'}"
        chosen = None if name is None else _OBJECTS[self.layer.type.argument(argument).kind].of(name)
        return try_edit(
            self._document, text, lambda stack: stack.change_part(self.name, self.path, **{argument: chosen})
        )

    def set_object_parameter(self, argument: str, parameter: str, value: Any, merge_key: str) -> str:
        def change(stack: Stack) -> Stack:
            present = stack.layer(self.name).part(self.path).get(argument)
            return stack.change_part(self.name, self.path, **{argument: present.change(**{parameter: value})})

        return try_edit(self._document, f"Set {parameter} of {self._said}’s {argument}", change, merge_key)

    def choose_layer(self, argument: str, class_name: str | None) -> str:
        """Another layer inside, with its default arguments; None for none."""
        chosen = None if class_name is None else Layer.of(class_name, layer_type(class_name).keras_name)
        return self.set_argument(argument, chosen)

    def choose_cells(self, argument: str, class_names: Sequence[str]) -> str:
        """The cells inside, of these classes; those that stay at their place keep their arguments."""
        present = self.layer.get(argument)
        cells: list[Layer] = []
        for number, class_name in enumerate(class_names):
            kept = present[number] if number < len(present) and present[number].class_name == class_name else None
            name = layer_type(class_name).keras_name
            taken = {cell.name for cell in cells} | {cell.name for cell in present[number:]}
            free = next(each for each in (name, *(f"{name}_{n}" for n in range(1, 100))) if each not in taken)
            cells.append(kept or Layer.of(class_name, free))
        return self.set_argument(argument, tuple(cells))

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
