"""Keras's own Sequential config, as keras.models.model_from_json takes it, to and from a Stack."""

from typing import Any

from biasstudio.spec.arguments import INPUT, MAXIMUM_ARRAY_LENGTH, SpecError, shown
from biasstudio.spec.initializers import INITIALIZER_TYPES, Initializer
from biasstudio.spec.stack import MAXIMUM_LAYERS, Layer, Stack, base_name

_INITIALIZER_NAMES = {base_name(name): name for name in INITIALIZER_TYPES}
# Written by Keras beside the parameters that we offer; these values mean "not used".
_UNUSED_INITIALIZER_KEYS = {"input_axes", "output_axes"}


def stack_to_keras(stack: Stack, name: str = "sequential") -> dict[str, Any]:
    """The config of a Sequential model, ready for JSON."""
    # Keras counts the input among the layers, whose names differ.
    input_name = stack.free_name("InputLayer")
    input_layer = {"batch_shape": [None, *stack.input_shape], "dtype": "float32", "name": input_name}
    layers = [_entry("keras.layers", "InputLayer", input_layer), *(layer_to_keras(layer) for layer in stack.layers)]
    return _entry("keras", "Sequential", {"name": name, "trainable": True, "dtype": "float32", "layers": layers})


def layer_to_keras(layer: Layer) -> dict[str, Any]:
    """The config of one layer, as keras.layers.deserialize takes it."""
    config = {"name": layer.name} | {name: _to_json(value) for name, value in layer.arguments}
    return _entry("keras.layers", layer.class_name, config)


def _entry(module: str, class_name: str, config: dict[str, Any]) -> dict[str, Any]:
    return {"module": module, "class_name": class_name, "config": config, "registered_name": None}


def _to_json(value: Any) -> Any:
    if isinstance(value, Initializer):
        parameters = {name: _to_json(parameter) for name, parameter in value.parameters}
        return _entry("keras.initializers", value.name, parameters)
    return list(value) if isinstance(value, tuple) else value


def stack_from_keras(entry: dict[str, Any]) -> Stack:
    """Read a Sequential config. Raises SpecError naming the layer and the argument that can't be read."""
    class_name, config = _opened(entry, "the model")
    if class_name != "Sequential":
        raise SpecError(f"The model is a {_short(class_name)}; only a Sequential model is a stack of layers.")
    entries = config.get("layers")
    if not isinstance(entries, list) or not entries:
        raise SpecError("The model has no list of layers that starts with an InputLayer.")
    if len(entries) > MAXIMUM_LAYERS + 1:
        raise SpecError(f"A stack takes up to {MAXIMUM_LAYERS} layers, but the model has {len(entries) - 1}.")
    return Stack(_input_shape(entries[0]), tuple(_layer(entry) for entry in entries[1:]))


def _input_shape(entry: Any) -> tuple[int, ...]:
    class_name, config = _opened(entry, "the first layer")
    shape = config.get("batch_shape")
    if class_name != "InputLayer" or not isinstance(shape, list) or len(shape) < 2:
        raise SpecError("The model's first layer is not an InputLayer with a batch_shape.", layer=INPUT)
    return tuple(shape[1:])


def _layer(entry: Any) -> Layer:
    class_name, config = _opened(entry, "a layer")
    name = config.get("name")
    if not isinstance(name, str):
        raise SpecError(f"A layer of class {_short(class_name)} has no name.")
    layer = Layer.of(class_name, name)
    offered = {argument.name: argument for argument in layer.type.arguments}
    given = {}
    for key, value in config.items():
        if key in offered:
            given[key] = _from_json(value, offered[key].kind, name)
        elif key != "name":
            _check_fixed(key, value, layer)
    return Layer.of(class_name, name, **given)


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


def _from_json(value: Any, kind: str, layer: str) -> Any:
    if kind == "initializer":
        return _initializer(value, layer)
    if kind == "choice" and isinstance(value, dict):
        return _short(value.get("class_name", value))
    return tuple(value) if isinstance(value, list) else value


def _initializer(value: Any, layer: str) -> Initializer:
    try:
        if isinstance(value, str):
            return Initializer.of(_INITIALIZER_NAMES.get(value, value))
        class_name, config = _opened(value, "the initializer")
        parameters = {
            key: tuple(item) if isinstance(item, list) and len(item) <= MAXIMUM_ARRAY_LENGTH else item
            for key, item in config.items()
            if key not in _UNUSED_INITIALIZER_KEYS or item is not None
        }
        return Initializer.of(class_name, **parameters)
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
