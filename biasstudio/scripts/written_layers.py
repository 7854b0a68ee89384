"""Layers and what they take as Python, so that a script draws the same values from the seed as the experiment.

Keras draws a seed for every random initializer that has none: for one that a script makes at once, for a name when the
layer is made. An experiment's are all drawn when the layer is made, in the order of Keras's arguments.
"""

from collections.abc import Iterator
from typing import Any

from biasstudio.scripts.keras_names import KerasNames
from biasstudio.scripts.source_text import Expression, Group, call, listed, literal, named, prefixed
from biasstudio.scripts.source_text import value as in_lines
from biasstudio.spec.arguments import Argument
from biasstudio.spec.initializers import Initializer
from biasstudio.spec.keras_objects import KerasObject
from biasstudio.spec.layers import base_name
from biasstudio.spec.stack import Layer

# These draw a seed of their own before those of their initializers.
_SEED_FIRST = ("SimpleRNN", "SimpleRNNCell", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D")
# What people write without its name, beside what must be given.
_UNNAMED = ("pool_size", "size", "padding", "cropping")
_ALWAYS_NAMED = ("MultiHeadAttention", "GroupQueryAttention")


def layer_expression(layer: Layer, names: KerasNames) -> Group:
    """`layers.Dense(10, activation="relu")`: what is not Keras's default, and the name where Keras gives another."""
    early = _made_at_once(layer)
    parts: list[Expression] = []
    for argument in layer.type.arguments:
        value = layer.get(argument.name)
        if not (argument.required or value != argument.default or argument.name in early):
            continue
        expression = _value(argument, value, layer, argument.name in early, names)
        unnamed = argument.required or (not parts and argument is layer.type.arguments[0] and argument.name in _UNNAMED)
        unnamed = unnamed and layer.class_name not in _ALWAYS_NAMED
        parts.append(expression if unnamed else named(argument.name, expression))
    if not names.would_give(layer):
        parts.append(named("name", literal(layer.name)))
    return call(f"layers.{layer.class_name}", parts)


def _made_at_once(layer: Layer) -> set[str]:
    """The arguments whose initializer has to be written as an object: those with parameters, and any random one before
    such a one that draws from the seed, which else would be drawn after it.
    """
    given = [(a.name, layer.get(a.name)) for a in layer.type.arguments if a.kind == "initializer"]
    with_parameters = [name for name, value in given if _is_changed(value)]
    drawn = [name for name, value in given if _draws(value) and not _draws_seed_first(layer)]
    last = max((drawn.index(name) for name in with_parameters if name in drawn), default=-1)
    return {*with_parameters, *drawn[: last + 1]}


def _draws_seed_first(layer: Layer) -> bool:
    return layer.class_name in _SEED_FIRST and layer.get("seed") is None


def _is_changed(initializer: Initializer) -> bool:
    # Keras doesn't take "constant" by its name.
    return initializer != Initializer.of(initializer.name) or initializer.name == "Constant"


def _draws(initializer: Initializer) -> bool:
    """Whether it draws a seed of its own."""
    return dict(initializer.parameters).get("seed", 0) is None


def _value(argument: Argument, value: Any, layer: Layer, early: bool, names: KerasNames) -> Expression:
    if isinstance(value, Initializer):
        if early and _draws(value) and _draws_seed_first(layer):
            return _config(value)
        return _object(value) if early else literal(base_name(value.name))
    if isinstance(value, KerasObject):
        return _object(value)
    if isinstance(value, Layer):
        return layer_expression(value, names)
    if argument.kind == "layers":
        cells = [layer_expression(cell, names) for cell in value]
        return cells[0] if len(cells) == 1 else listed(cells)
    return in_lines(_shortest(argument, value))


def _object(value: KerasObject) -> Group:
    """`keras.initializers.RandomNormal(stddev=0.2)`; the first parameter without its name, where it is the only one."""
    changed = list(_changed_parameters(value))
    first = value.type.parameters[0].name if value.type.parameters else ""
    unnamed = len(changed) == 1 and changed[0][0] == first and first != "seed"
    parts = [expression if unnamed else named(name, expression) for name, expression in changed]
    return call(f"keras.{value.kind}s.{value.name}", parts)


def _config(value: KerasObject) -> Group:
    """The same as Keras's config, of which the object is made only within the layer."""
    changed = (prefixed(f"{literal(name)}: ", expression) for name, expression in _changed_parameters(value))
    config = Group('"config": {', tuple(changed), "}")
    return Group("{", (f'"class_name": {literal(value.name)}', config), "}")


def _changed_parameters(value: KerasObject) -> Iterator[tuple[str, Expression]]:
    given = dict(value.parameters)
    for parameter in value.type.parameters:
        chosen = given[parameter.name]
        if chosen != parameter.default:
            numbers = parameter.kind == "numbers" and isinstance(chosen, tuple)
            yield parameter.name, listed(map(literal, chosen)) if numbers else in_lines(_shortest(parameter, chosen))


def _shortest(argument: Argument, value: Any) -> Any:
    """3 for (3, 3) and (1, 2) for ((1, 1), (2, 2)), as Keras takes them too."""
    if argument.kind == "pairs" and value is not None:
        value = tuple(pair[0] if pair[0] == pair[1] else pair for pair in value)
        # A pair that is left stands for itself.
        if any(isinstance(pair, tuple) for pair in value):
            return tuple(pair if isinstance(pair, tuple) else (pair, pair) for pair in value)
    if argument.kind in ("integers", "pairs") and value is not None and len(set(value)) == 1:
        return value[0]
    return value
