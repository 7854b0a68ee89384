"""Keras's own config of a model, as keras.models.model_from_json takes it, to and from a Stack.

A stack is a Sequential model; one with an attention layer, which takes its input twice, is a linear Functional one.
"""

from collections.abc import Iterator
from typing import Any

from biasstudio.spec.arguments import INPUT, MAXIMUM_ARRAY_LENGTH, SpecError, shown
from biasstudio.spec.constraints import Constraint
from biasstudio.spec.initializers import INITIALIZER_TYPES, Initializer
from biasstudio.spec.keras_objects import KerasObject
from biasstudio.spec.layers import base_name, layer_types
from biasstudio.spec.learning import ALL, NOTHING
from biasstudio.spec.regularizers import Regularizer
from biasstudio.spec.stack import MAXIMUM_LAYERS, MAXIMUM_NESTING, Layer, Stack

_OBJECTS: dict[str, type[KerasObject]] = {
    "initializer": Initializer,
    "regularizer": Regularizer,
    "constraint": Constraint,
}
# Keras's own short names of initializers (keras.initializers, ALL_OBJECTS_DICT).
INITIALIZER_NAMES = {base_name(name): name for name in INITIALIZER_TYPES} | {
    "normal": "RandomNormal",
    "one": "Ones",
    "uniform": "RandomUniform",
    "zero": "Zeros",
    "IdentityInitializer": "Identity",
    "OrthogonalInitializer": "Orthogonal",
}
ACTIVATION_NAMES = {"swish": "silu", "hard_swish": "hard_silu"}
# Classes that Keras has under two names.
_CLASS_NAMES = {"GroupedQueryAttention": "GroupQueryAttention"}
# Written by Keras beside the parameters that we offer; these values mean "not used".
_UNUSED_INITIALIZER_KEYS = {"input_axes", "output_axes"}
# Of a wrapper that reads backwards; Keras puts these before the names of the layers inside.
_FORWARD, _BACKWARD = "forward_", "backward_"


def stack_to_keras(stack: Stack, name: str = "sequential") -> dict[str, Any]:
    """The config of the model, ready for JSON."""
    # Keras counts the input among the layers, whose names differ.
    input_name = stack.free_name("InputLayer")
    input_layer = {"batch_shape": [None, *stack.input_shape], "dtype": "float32", "name": input_name}
    layers = [_entry("keras.layers", "InputLayer", input_layer), *(layer_to_keras(layer) for layer in stack.layers)]
    if stack.is_sequential:
        return _entry("keras", "Sequential", {"name": name, "trainable": True, "dtype": "float32", "layers": layers})
    names = [input_name, *(layer.name for layer in stack.layers)]
    calls = [0, *(2 if layer.type.self_attention else 1 for layer in stack.layers)]
    for index, entry in enumerate(layers):
        entry["name"] = names[index]
        entry["inbound_nodes"] = [{"args": [_output_of(names[index - 1])] * calls[index], "kwargs": {}}][: calls[index]]
    config = {"name": "functional", "trainable": True, "layers": layers}
    ends = {"input_layers": [names[0], 0, 0], "output_layers": [names[-1], 0, 0]}
    # Keras finds this class only where it lies, not by its public name.
    return _entry("keras.src.models.functional", "Functional", config | ends)


def _output_of(layer: str) -> dict[str, Any]:
    # Keras finds the tensor by its history; the shape is only that of a stand-in.
    config = {"shape": [None], "dtype": "float32", "keras_history": [layer, 0, 0]}
    return {"class_name": "__keras_tensor__", "config": config}


def layer_to_keras(layer: Layer) -> dict[str, Any]:
    """The config of one layer, as keras.layers.deserialize takes it."""
    config: dict[str, Any] = {"name": layer.name}
    for argument in layer.type.arguments:
        value = layer.get(argument.name)
        if not argument.advanced or value != argument.default:
            config[argument.name] = _cells(value) if argument.kind == "layers" else _to_json(value)
    return _entry("keras.layers", layer.class_name, config)


def _cells(cells: tuple[Layer, ...]) -> dict[str, Any]:
    if len(cells) == 1:
        return layer_to_keras(cells[0])
    config = {"name": "stacked_rnn_cells", "cells": [layer_to_keras(cell) for cell in cells]}
    return _entry("keras.layers", "StackedRNNCells", config)


def _entry(module: str, class_name: str, config: dict[str, Any]) -> dict[str, Any]:
    return {"module": module, "class_name": class_name, "config": config, "registered_name": None}


def _to_json(value: Any) -> Any:
    if isinstance(value, KerasObject):
        parameters = {name: _to_json(parameter) for name, parameter in value.parameters}
        return _entry(f"keras.{value.kind}s", value.name, parameters)
    if isinstance(value, Layer):
        return layer_to_keras(value)
    return [_to_json(part) for part in value] if isinstance(value, tuple) else value


def stack_from_keras(entry: dict[str, Any]) -> Stack:
    """Read the config of a Sequential or a linear Functional model.

    Raises SpecError naming the layer and the argument that can't be read.
    """
    class_name, config = _opened(entry, "the model")
    if class_name not in ("Sequential", "Functional", "Model"):
        raise SpecError(f"The model is a {_short(class_name)}; only a Sequential model is a stack of layers.")
    entries = config.get("layers")
    if not isinstance(entries, list) or not entries:
        raise SpecError("The model has no list of layers that starts with an InputLayer.")
    if len(entries) > MAXIMUM_LAYERS + 1:
        raise SpecError(f"A stack takes up to {MAXIMUM_LAYERS} layers, but the model has {len(entries) - 1}.")
    shape = _input_shape(entries[0])
    stack = Stack(shape, tuple(_layer(entry) for entry in entries[1:]))
    if class_name == "Sequential":
        attention = next((layer for layer in stack.layers if layer.type.self_attention), None)
        if attention is not None:
            raise SpecError(
                f"{attention.name}: {attention.class_name} takes its input twice, which a Sequential model can't say.",
                layer=attention.name,
            )
    else:
        _check_linear(entries, config)
    return stack


def _check_linear(entries: list[Any], config: dict[str, Any]) -> None:
    """Each layer of a Functional model must be called once, on the output of the one before; attention twice on it."""
    names = [_name(entry) for entry in entries]
    for index, entry in enumerate(entries):
        class_name = _CLASS_NAMES.get(entry["class_name"], entry["class_name"])
        known = layer_types().get(class_name)
        calls = 0 if index == 0 else 2 if known is not None and known.self_attention else 1
        sources = list(_sources(entry.get("inbound_nodes"), names[index]))
        # As key, attention may be given its input a third time.
        if calls == 2 and len(sources) == 3:
            calls = 3
        if sources != [names[index - 1]] * calls:
            raise SpecError(
                f"{names[index]}: it is called on {_of_layers(sources)}, but in a stack each layer is called once, on "
                f"the output of the layer before{f', which is {names[index - 1]}' if index else ''}.",
                layer=names[index],
            )
    for key, expected in (("input_layers", names[0]), ("output_layers", names[-1])):
        ends = config.get(key)
        single = ends[0] if isinstance(ends, list) and len(ends) == 1 else ends
        if single != [expected, 0, 0]:
            raise SpecError(f"The model's {key} are {_short(ends)}; in a stack there is one, {expected}.")


def _of_layers(sources: list[str]) -> str:
    return " and ".join(sources[:4]) or "no layer"


def _sources(nodes: Any, layer: str) -> Iterator[str]:
    """The layers on whose outputs a layer is called, one for each argument of each call. Raises SpecError."""
    unreadable = SpecError(f"{layer}: it is called in a way that a stack does not have.", layer=layer)
    if not isinstance(nodes, list):
        raise unreadable
    for node in nodes:
        arguments = node.get("args") if isinstance(node, dict) else None
        keywords = node.get("kwargs") if isinstance(node, dict) else None
        if not isinstance(arguments, list) or not isinstance(keywords, dict):
            raise unreadable
        tensors = {key: value for key, value in keywords.items() if value not in (None, False) and key != "training"}
        if set(tensors) - {"query", "value", "key", "inputs", "mask"} or tensors.get("mask") is not None:
            raise unreadable
        for tensor in (*arguments, *tensors.values()):
            if tensor is None:
                continue
            config = tensor.get("config") if isinstance(tensor, dict) else None
            history = config.get("keras_history") if isinstance(config, dict) else None
            if not isinstance(history, list) or len(history) != 3 or history[1:] != [0, 0]:
                raise unreadable
            yield _short(history[0])


def _name(entry: Any) -> str:
    _, config = _opened(entry, "a layer")
    name = entry.get("name", config.get("name"))
    if not isinstance(name, str) or name != config.get("name"):
        raise SpecError(f"A layer is called {_short(name)} and {_short(config.get('name'))} at once.")
    return _short(name)


def _input_shape(entry: Any) -> tuple[int, ...]:
    class_name, config = _opened(entry, "the first layer")
    shape = config.get("batch_shape")
    if class_name != "InputLayer" or not isinstance(shape, list) or len(shape) < 2:
        raise SpecError("The model's first layer is not an InputLayer with a batch_shape.", layer=INPUT)
    return tuple(shape[1:])


def _layer(entry: Any, depth: int = 1) -> Layer:
    class_name, config = _opened(entry, "a layer")
    class_name = _CLASS_NAMES.get(class_name, class_name)
    name = config.get("name")
    if not isinstance(name, str):
        raise SpecError(f"A layer of class {_short(class_name)} has no name.")
    if depth > MAXIMUM_NESTING:
        raise SpecError(f"{_short(name)}: layers can lie {MAXIMUM_NESTING} deep in each other, not more.")
    layer = Layer.of(class_name, name)
    offered = {argument.name: argument for argument in layer.type.arguments}
    given = {}
    for key, value in config.items():
        if key in offered:
            given[key] = _from_json(value, offered[key].kind, name, depth)
        elif key != "name" and not (key == "trainable" and value is False):
            _check_fixed(key, value, layer)
    frozen = config.get("trainable") is False
    given = {key: _thawed(value, frozen, name) for key, value in given.items()}
    if class_name == "Bidirectional":
        given |= _directions(given)
    return Layer.of(class_name, name, **given).let_learn(NOTHING if frozen else ALL)


def _thawed(value: Any, frozen: bool, outer: str) -> Any:
    """A layer inside another, which learns as that one does. Raises SpecError where it alone is frozen."""
    if isinstance(value, tuple):
        return tuple(_thawed(each, frozen, outer) for each in value)
    if not isinstance(value, Layer) or value.learns == ALL:
        return value
    if not frozen:
        raise SpecError(
            f"{outer}: {value.class_name} inside it has trainable False; only a whole layer of the stack can be kept "
            "from learning here.",
            layer=outer,
        )
    return value.let_learn(ALL)


def _directions(given: dict[str, Any]) -> dict[str, Any]:
    """The layers of a Bidirectional as they were given to it: Keras writes a second one where there was but one."""
    forward, backward = given.get("layer"), given.get("backward_layer")
    if not isinstance(forward, Layer):
        return {}
    base = forward.name.removeprefix(_FORWARD)
    plain = Layer(forward.class_name, base, forward.arguments)
    turned = dict(forward.arguments) | {"go_backwards": not forward.get("go_backwards")}
    mirrored = Layer(forward.class_name, _BACKWARD + base, tuple(turned.items()))
    return {"layer": plain, "backward_layer": None if backward == mirrored else backward}


def _check_fixed(key: str, value: Any, layer: Layer) -> None:
    if key not in layer.type.fixed:
        raise SpecError(f"{layer.name}: {layer.class_name} has no argument {shown(key)}.", layer=layer.name)
    if _plain(value) != layer.type.fixed[key]:
        raise SpecError(
            f"{layer.name}: {key} can only be {layer.type.fixed[key]} here, not {_short(_plain(value))}.",
            layer=layer.name,
            argument=key,
        )


def _plain(value: Any) -> Any:
    """A serialized object without its module; a dtype policy as its name."""
    if not isinstance(value, dict) or "class_name" not in value:
        return value
    if value["class_name"] == "DTypePolicy" and isinstance(value.get("config"), dict):
        return value["config"].get("name")
    return {"class_name": value["class_name"], "config": value.get("config")}


def _from_json(value: Any, kind: str, layer: str, depth: int) -> Any:
    if kind == "initializer" or (kind in _OBJECTS and value is not None):
        return _object(value, kind, layer)
    if kind == "layers":
        return _cells_from_json(value, layer, depth)
    if kind == "layer" and value is not None:
        return _inside(value, layer, depth)
    if kind == "choice":
        name = _short(value.get("class_name", value)) if isinstance(value, dict) else value
        return ACTIVATION_NAMES.get(name, name) if isinstance(name, str) else name
    if kind == "axes" and value == []:
        return None
    return _tuples(value)


def _tuples(value: Any) -> Any:
    if isinstance(value, list) and len(value) <= MAXIMUM_ARRAY_LENGTH:
        return tuple(tuple(part) if isinstance(part, list) and len(part) <= 2 else part for part in value)
    return value


def _cells_from_json(value: Any, layer: str, depth: int) -> Any:
    class_name, config = _opened(value, f"the cell of {layer}")
    cells = config.get("cells") if class_name == "StackedRNNCells" else [value]
    if not isinstance(cells, list):
        raise SpecError(f"{layer}: its StackedRNNCells have no list of cells.", layer=layer, argument="cell")
    return tuple(_inside(cell, layer, depth) for cell in cells)


def _inside(entry: Any, layer: str, depth: int) -> Layer:
    try:
        return _layer(entry, depth + 1)
    except SpecError as error:
        raise SpecError(f"{_short(layer)}: {error}", layer=layer, argument=error.argument) from None


def _object(value: Any, kind: str, layer: str) -> KerasObject:
    try:
        if isinstance(value, str):
            return _OBJECTS[kind].of(INITIALIZER_NAMES.get(value, value) if kind == "initializer" else value)
        class_name, config = _opened(value, f"the {kind}")
        parameters = {
            key: tuple(item) if isinstance(item, list) and len(item) <= MAXIMUM_ARRAY_LENGTH else item
            for key, item in config.items()
            if key not in _UNUSED_INITIALIZER_KEYS or item is not None
        }
        return _OBJECTS[kind].of(class_name, **parameters)
    except SpecError as error:
        raise SpecError(f"{layer}: {error}", layer=layer, argument=error.argument) from None


def _opened(entry: Any, what: str) -> tuple[str, dict[str, Any]]:
    if not isinstance(entry, dict) or not isinstance(entry.get("config"), dict):
        raise SpecError(f"{what[0].upper()}{what[1:]} is not an object with class_name and config.")
    if not isinstance(entry.get("class_name"), str):
        raise SpecError(f"{what[0].upper()}{what[1:]} has no class_name.")
    return entry["class_name"], entry["config"]


def _short(value: Any) -> str:
    return value if isinstance(value, str) and value.isprintable() and len(value) <= 60 else shown(value)
