"""Stack and Layer: the input shape and the ordered layers of a Sequential network, edited by making new ones."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from biasstudio.spec.arguments import INPUT, Argument, SpecError, check_arguments, shown
from biasstudio.spec.bias_shapes import Path, bias_pieces, last_axis, misfit
from biasstudio.spec.initializers import Initializer
from biasstudio.spec.layers import LayerType, layer_type, layer_types
from biasstudio.spec.layers import base_name as base_name
from biasstudio.spec.learning import ALL, check_learns

INPUT_SHAPE = Argument(
    "shape", "shape", (28, 28, 1), "Shape of one sample, without the batch.", minimum=1, maximum=100_000
)
MAXIMUM_LAYERS = 500
# A layer in a layer in a layer.
MAXIMUM_NESTING = 3


@dataclass(frozen=True)
class Layer:
    """One layer with all of its arguments. Make one with `Layer.of`; `name` is its Keras name, unique in its stack.

    A wrapper's arguments hold layers themselves. `part` and `change_part` reach them by their path.
    `learns` is what training may change of it, one of WHO_LEARNS. It is no argument of Keras's.
    """

    class_name: str
    name: str
    arguments: tuple[tuple[str, Any], ...] = ()
    learns: str = ALL

    kind: ClassVar[str] = "layer"

    @classmethod
    def of(cls, class_name: str, name: str, **arguments: Any) -> "Layer":
        """A layer with Keras's defaults for what is not given. Raises SpecError naming layer and argument."""
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}", name):
            raise SpecError(
                f"A layer's name takes up to 100 letters, digits, _ , - and . without spaces, and starts with a letter "
                f"or a digit; not {shown(name)}.",
                layer=name,
                argument="name",
            )
        schema = layer_type(class_name)
        given = {argument.name: _new(argument.default) for argument in schema.nested if argument.default} | arguments
        layer = cls(class_name, name, check_arguments(given, schema.arguments, name, layer=name))
        layer._check_nesting()
        layer._check_bias()
        return layer

    @property
    def type(self) -> LayerType:
        return layer_type(self.class_name)

    @property
    def has_bias(self) -> bool:
        """Whether it will have a bias vector, be it of a layer inside."""
        return any(part.type.bias is not None and bool(part.get(part.type.bias.toggle)) for _, part in self.parts())

    @property
    def bias_parts(self) -> tuple[Path, ...]:
        """The paths of those that can have a bias: () for the layer itself, others for layers inside."""
        return tuple(path for path, part in self.parts() if part.type.bias is not None)

    @property
    def bias_initializer(self) -> Initializer | None:
        """How its bias starts; None for a layer that never has one. Kept while the bias is switched off.

        Of several layers inside it is that of the first.
        """
        part = next((part for _, part in self.parts() if part.type.bias is not None), None)
        return None if part is None or part.type.bias is None else part.get(part.type.bias.initializer)

    def parts(self) -> "Iterator[tuple[Path, Layer]]":
        """The layer itself and all inside it, each with its path."""
        yield (), self
        for argument in self.type.nested:
            value = self.get(argument.name)
            inside = enumerate(value) if isinstance(value, tuple) else [(None, value)]
            for index, layer in inside:
                head = (argument.name,) if index is None else (argument.name, index)
                yield from (((*head, *path), part) for path, part in (layer.parts() if layer is not None else ()))

    def part(self, path: Path) -> "Layer":
        """The layer inside at `path`; itself for ()."""
        value: Any = self
        for step in path:
            value = value.get(step) if isinstance(step, str) else value[step]
        return value  # type: ignore[no-any-return]  # a path leads to a layer

    def change_part(self, path: Path, **arguments: Any) -> "Layer":
        """The layer inside at `path` changed, or itself for (). Raises SpecError naming this layer."""
        if not path:
            return self.change(**arguments)
        head, value = str(path[0]), self.get(str(path[0]))
        try:
            if isinstance(value, tuple):
                index = int(path[1])
                inner = value[index].change_part(path[2:], **arguments)
                changed: Any = (*value[:index], inner, *value[index + 1 :])
            else:
                changed = value.change_part(path[1:], **arguments)
        except SpecError as error:
            raise SpecError(f"{self.name}: {error}", layer=self.name, argument=error.argument) from None
        return self.change(**{head: changed})

    def with_bias(self, on: bool) -> "Layer":
        """The bias switched, and those of the layers inside. Raises SpecError."""
        changed = self
        for path in self.bias_parts:
            part = self.part(path)
            changed = changed.change_part(path, **part._switched(on))
        return changed

    def _switched(self, on: bool) -> dict[str, Any]:
        """The argument that switches its own bias. An EinsumDense has one along its last axis, where none is named."""
        role = self.type.bias
        if role is None:
            return {}
        if self.type.argument(role.toggle).kind == "boolean":
            return {role.toggle: on}
        return {role.toggle: (self.get(role.toggle) or last_axis(self.get("equation"))) if on else None}

    def with_bias_initializer(self, initializer: Initializer) -> "Layer":
        """`initializer` on its bias, and on those of the layers inside. Raises SpecError where it doesn't fit one."""
        changed = self
        for path in self.bias_parts:
            role = self.part(path).type.bias
            changed = changed.change_part(path, **{role.initializer: initializer} if role is not None else {})
        return changed

    def get(self, argument: str) -> Any:
        return dict(self.arguments)[argument]

    def change(self, **arguments: Any) -> "Layer":
        """The same layer with `arguments` changed. Raises SpecError."""
        changed = Layer.of(self.class_name, self.name, **(dict(self.arguments) | arguments))
        return replace(changed, learns=self.learns)

    def let_learn(self, learns: str) -> "Layer":
        """The same layer with another choice of what learns. Raises SpecError."""
        return replace(self, learns=check_learns(learns, self.name))

    def _check_nesting(self) -> None:
        depth = max(sum(isinstance(step, str) for step in path) for path, _ in self.parts())
        if depth >= MAXIMUM_NESTING:
            raise SpecError(
                f"{self.name}: layers can lie {MAXIMUM_NESTING} deep in each other, not more.", layer=self.name
            )

    def _check_bias(self) -> None:
        role = self.type.bias
        if role is None:
            return
        for piece in bias_pieces(self):
            reason = misfit(self.get(role.initializer), piece, role.unit)
            if reason:
                named = "" if reason.startswith("the ") else f"{role.initializer} "
                raise SpecError(f"{self.name}: {named}{reason}.", layer=self.name, argument=role.initializer)


def _new(class_name: str) -> Layer:
    """A layer inside another, as Keras would name it."""
    return Layer.of(class_name, layer_type(class_name).keras_name)


@dataclass(frozen=True)
class Stack:
    """The input shape, without the batch, and the layers in order."""

    input_shape: tuple[int, ...]
    layers: tuple[Layer, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "input_shape", _checked_shape(self.input_shape))
        if len(self.layers) > MAXIMUM_LAYERS:
            raise SpecError(f"A stack takes up to {MAXIMUM_LAYERS} layers, not {len(self.layers)}.")
        names = [layer.name for layer in self.layers]
        for layer in self.layers:
            if layer.type.part:
                raise SpecError(
                    f"{layer.name}: {layer.class_name} is a part of an RNN layer, not a layer of a stack.",
                    layer=layer.name,
                )
        for name in names:
            if names.count(name) > 1:
                raise SpecError(f"Two layers are called {name!r}; each needs a name of its own.", layer=name)

    @property
    def is_sequential(self) -> bool:
        """Whether Keras's Sequential can say it: an attention layer is called with its input twice."""
        return not any(layer.type.self_attention for layer in self.layers)

    def index(self, name: str) -> int:
        return next(index for index, layer in enumerate(self.layers) if layer.name == name)

    def layer(self, name: str) -> Layer:
        return self.layers[self.index(name)]

    def free_name(self, class_name: str) -> str:
        """The name that Keras would give the next layer of this class: dense, dense_1, dense_2 …"""
        known = layer_types().get(class_name)
        base, taken = known.keras_name if known else base_name(class_name), {layer.name for layer in self.layers}
        candidates = [base] + [f"{base}_{number}" for number in range(1, len(taken) + 1)]
        return next(name for name in candidates if name not in taken)

    def insert(self, index: int, layer: Layer) -> "Stack":
        return replace(self, layers=(*self.layers[:index], layer, *self.layers[index:]))

    def add(self, class_name: str, index: int | None = None, **arguments: Any) -> "Stack":
        """A new layer of `class_name` at `index`, at the end by default. Raises SpecError."""
        layer = Layer.of(class_name, self.free_name(class_name), **arguments)
        return self.insert(len(self.layers) if index is None else index, layer)

    def remove(self, name: str) -> "Stack":
        return replace(self, layers=tuple(layer for layer in self.layers if layer.name != name))

    def duplicate(self, name: str) -> "Stack":
        """A copy of the layer right below it, with the next free name."""
        layer = self.layer(name)
        return self.insert(self.index(name) + 1, replace(layer, name=self.free_name(layer.class_name)))

    def move(self, name: str, index: int) -> "Stack":
        """The layer at `index` of the resulting stack."""
        return self.remove(name).insert(index, self.layer(name))

    def change(self, name: str, **arguments: Any) -> "Stack":
        """The layer's arguments changed. Raises SpecError."""
        return self._replaced(name, self.layer(name).change(**arguments))

    def change_part(self, name: str, path: Path, **arguments: Any) -> "Stack":
        """The arguments of the layer at `path` inside the layer changed. Raises SpecError."""
        return self._replaced(name, self.layer(name).change_part(path, **arguments))

    def switch_bias(self, name: str, path: Path, on: bool) -> "Stack":
        """The bias of the layer at `path` inside the layer switched. Raises SpecError."""
        part = self.layer(name).part(path)
        return self.change_part(name, path, **part._switched(on))

    def with_layer(self, layer: Layer) -> "Stack":
        """`layer` in place of the one of its name."""
        return self._replaced(layer.name, layer)

    def rename(self, name: str, new_name: str) -> "Stack":
        """Raises SpecError where the new name is taken or not a name."""
        layer = self.layer(name)
        renamed = Layer.of(layer.class_name, new_name, **dict(layer.arguments))
        return self._replaced(name, replace(renamed, learns=layer.learns))

    def let_learn(self, name: str, learns: str) -> "Stack":
        """What learns in the layer changed. Raises SpecError."""
        return self._replaced(name, self.layer(name).let_learn(learns))

    def _replaced(self, name: str, changed: Layer) -> "Stack":
        return replace(self, layers=tuple(changed if layer.name == name else layer for layer in self.layers))


def _checked_shape(shape: Any) -> tuple[int, ...]:
    try:
        return INPUT_SHAPE.check(shape)  # type: ignore[no-any-return]  # the kind "shape" gives a tuple of int
    except SpecError as error:
        raise SpecError(f"input: {error}", layer=INPUT, argument="shape") from None
