"""Stack and Layer: the input shape and the ordered layers of a Sequential network, edited by making new ones."""

import re
from dataclasses import dataclass, replace
from typing import Any

from biasstudio.spec.arguments import INPUT, Argument, SpecError, check_arguments, shown
from biasstudio.spec.initializers import Initializer
from biasstudio.spec.layers import LayerType, layer_type

INPUT_SHAPE = Argument(
    "shape", "shape", (28, 28, 1), "Shape of one sample, without the batch.", minimum=1, maximum=100_000
)
MAXIMUM_LAYERS = 500


@dataclass(frozen=True)
class Layer:
    """One layer with all of its arguments. Make one with `Layer.of`; `name` is its Keras name, unique in its stack."""

    class_name: str
    name: str
    arguments: tuple[tuple[str, Any], ...] = ()

    @classmethod
    def of(cls, class_name: str, name: str, **arguments: Any) -> "Layer":
        """A layer with Keras's defaults for what is not given. Raises SpecError naming layer and argument."""
        if not re.fullmatch(r"[A-Za-z0-9_.][A-Za-z0-9_.-]{0,99}", name):
            raise SpecError(
                f"A layer's name takes up to 100 letters, digits, _ , - and . without spaces, not {shown(name)}.",
                layer=name,
                argument="name",
            )
        layer = cls(class_name, name, check_arguments(arguments, layer_type(class_name).arguments, name, layer=name))
        layer._check_bias()
        return layer

    @property
    def type(self) -> LayerType:
        return layer_type(self.class_name)

    @property
    def has_bias(self) -> bool:
        """Whether it will have a bias vector."""
        return self.type.bias is not None and bool(self.get(self.type.bias.toggle))

    @property
    def bias_initializer(self) -> Initializer | None:
        """How its bias starts; None for a layer that never has one. Kept while the bias is switched off."""
        return None if self.type.bias is None else self.get(self.type.bias.initializer)

    def get(self, argument: str) -> Any:
        return dict(self.arguments)[argument]

    def change(self, **arguments: Any) -> "Layer":
        """The same layer with `arguments` changed. Raises SpecError."""
        return Layer.of(self.class_name, self.name, **(dict(self.arguments) | arguments))

    def _check_bias(self) -> None:
        role, initializer = self.type.bias, self.bias_initializer
        if role is None or initializer is None:
            return
        if not initializer.type.fits_vectors:
            raise SpecError(
                f"{self.name}: {role.initializer} {initializer.name} needs a matrix; a bias here is a vector.",
                layer=self.name,
                argument=role.initializer,
            )
        value = initializer.get("value") if initializer.name == "Constant" else None
        if role.length and isinstance(value, tuple) and len(value) != self.get(role.length):
            raise SpecError(
                f"{self.name}: the Constant list has {len(value)} values, but the bias has {self.get(role.length)}, "
                f"one for each {role.unit}.",
                layer=self.name,
                argument=role.initializer,
            )


def base_name(class_name: str) -> str:
    """Keras's own default name for a class, as keras.utils.naming.to_snake_case gives: Conv2D is conv2d."""
    name = re.sub(r"\W+", "", class_name)
    name = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub("([a-z])([A-Z])", r"\1_\2", name).lower()


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
        for name in names:
            if names.count(name) > 1:
                raise SpecError(f"Two layers are called {name!r}; each needs a name of its own.", layer=name)

    def index(self, name: str) -> int:
        return next(index for index, layer in enumerate(self.layers) if layer.name == name)

    def layer(self, name: str) -> Layer:
        return self.layers[self.index(name)]

    def free_name(self, class_name: str) -> str:
        """The name that Keras would give the next layer of this class: dense, dense_1, dense_2 …"""
        base, taken = base_name(class_name), {layer.name for layer in self.layers}
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

    def rename(self, name: str, new_name: str) -> "Stack":
        """Raises SpecError where the new name is taken or not a name."""
        layer = self.layer(name)
        return self._replaced(name, Layer.of(layer.class_name, new_name, **dict(layer.arguments)))

    def _replaced(self, name: str, changed: Layer) -> "Stack":
        return replace(self, layers=tuple(changed if layer.name == name else layer for layer in self.layers))


def _checked_shape(shape: Any) -> tuple[int, ...]:
    try:
        return INPUT_SHAPE.check(shape)  # type: ignore[no-any-return]  # the kind "shape" gives a tuple of int
    except SpecError as error:
        raise SpecError(f"input: {error}", layer=INPUT, argument="shape") from None
