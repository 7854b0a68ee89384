"""Write resources/layers.json from Keras's signatures and our notes: python packaging/make_layer_catalogue.py"""

import inspect
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

import keras
import layer_notes as notes

CATALOGUE = Path(__file__).resolve().parent.parent / "resources" / "layers.json"
_FIELDS = ("name", "kind", "default", "help", "choices", "minimum", "maximum", "above", "below", "length", "unset")
_FLAGS = ("main", "advanced", "required")
_REQUIRED = inspect.Parameter.empty
# Every layer takes these, whether its own signature says so or not.
_OF_ALL = ("trainable", "dtype", "autocast", "activity_regularizer")
_LISTS = ("integers", "pairs", "shape", "sides", "interval")


def layers_with_bias() -> set[str]:
    """The public layers of the installed Keras that have a bias or a beta, each by one of its names."""
    marks = {"bias_initializer", "beta_initializer", "bias_axes"}
    found: dict[type, str] = {}
    for name in sorted(dir(keras.layers)):
        layer = getattr(keras.layers, name)
        has_bias = inspect.isclass(layer) and marks & set(_parameters(layer))
        # Of two names the one that the class itself has is its own; the other is an alias.
        if has_bias and (layer not in found or layer.__name__ == name):
            found[layer] = name
    return set(found.values())


def activations() -> list[str]:
    """The activations that a name can stand for, sorted by the most usual and then by name."""
    usual = ["linear", "relu", "sigmoid", "tanh", "softmax", "softplus", "softsign", "elu", "selu", "gelu", "silu"]
    usual += ["leaky_relu", "relu6", "mish", "exponential", "hard_sigmoid", "log_softmax"]
    public = (getattr(keras.activations, name) for name in dir(keras.activations))
    names = {each.__name__ for each in public if inspect.isfunction(each)} - {"get", "serialize", "deserialize"}
    return usual + sorted(names - set(usual) - set(notes.ACTIVATIONS_LEFT_OUT))


def catalogue() -> dict[str, Any]:
    """All that stands in layers.json."""
    entries = [
        _entry(name, category, note) for category, layers in notes.LAYERS.items() for name, note in layers.items()
    ]
    names = [entry["name"] for entry in entries if entry["name"] not in notes.NOT_WRAPPED]
    return {"activations": activations(), "layers": [_with_choices(entry, names) for entry in entries]}


def catalogue_text() -> str:
    return json.dumps(catalogue(), indent=1, ensure_ascii=False) + "\n"


def _with_choices(entry: dict[str, Any], layers: list[str]) -> dict[str, Any]:
    for argument in entry["arguments"]:
        if argument.get("choices") == "layers":
            argument["choices"] = layers
    return entry


def _entry(name: str, category: str, note: dict[str, Any]) -> dict[str, Any]:
    layer_class = getattr(keras.layers, name)
    signature = _signature(layer_class)
    unit = (note["bias"] or {}).get("unit", "unit").removeprefix("gate and ").removeprefix("head and ")
    given = {key: _note(key, note, name, unit) for key in signature}
    written = _written(layer_class, given, signature)
    for key in written:
        if key not in signature and key != "name":
            given[key] = _note(key, note, name, unit)
    arguments, fixed = [], {}
    for key, argument in given.items():
        default = signature.get(key, written.get(key))
        if "fixed" in argument:
            fixed[key] = {"value": _plain(written.get(key, default)), "why": argument["fixed"]}
        else:
            arguments.append(_argument(key, argument, default))
    entry = {"name": name, "summary": note["summary"], "category": category, "arguments": arguments}
    entry["positional"] = _positional(layer_class)
    if note["bias"]:
        entry["bias"] = {key: note["bias"].get(key) for key in ("toggle", "initializer", "variable", "length", "unit")}
    entry["fixed"] = fixed
    if keras.src.utils.naming.to_snake_case(layer_class.__name__) != keras.src.utils.naming.to_snake_case(name):
        entry["keras_name"] = keras.src.utils.naming.to_snake_case(layer_class.__name__)
    entry |= {"part": True} if name in notes.PARTS else {}
    return entry | ({"self_attention": True} if name in notes.SELF_ATTENTION else {})


def _parameters(layer_class: type) -> Mapping[str, inspect.Parameter]:
    # Of the constructor: Keras's layers have a __new__ that takes anything.
    return inspect.signature(layer_class.__init__).parameters


def _positional(layer_class: type) -> list[str]:
    """What a script may give without naming it, in order."""
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return [key for key, parameter in _parameters(layer_class).items() if parameter.kind in kinds and key != "self"]


def _signature(layer_class: type) -> dict[str, Any]:
    """Every argument with its default, or _REQUIRED; those that all layers take are last."""
    found = {
        key: parameter.default
        for key, parameter in _parameters(layer_class).items()
        if parameter.kind not in (parameter.VAR_KEYWORD, parameter.VAR_POSITIONAL) and key not in ("self", "name")
    }
    common = _parameters(keras.layers.Layer)
    return found | {key: common[key].default for key in _OF_ALL if key not in found}


def _note(key: str, note: dict[str, Any], name: str, unit: str) -> dict[str, Any]:
    """What is noted of an argument: for this layer, for its name, or for the end of its name."""
    own = note["arguments"].get(key)
    if own is not None and "fixed" in own:
        return own
    suffix = next((end for end in notes.SUFFIXES if key.endswith(end)), None)
    own_signature = _parameters(getattr(keras.layers, name))
    if own is None and key in notes.FIXED and not (key == "activity_regularizer" and key in own_signature):
        return {"fixed": notes.FIXED[key]}
    found = dict(notes.ARGUMENTS.get(key, {}))
    if suffix is not None:
        found = dict(notes.SUFFIXES[suffix])
        found["help"] = found["help"].format(what=notes.WHAT[key.removesuffix(suffix)])
        if key in notes.OPEN:
            del found["advanced"]
        if note["bias"] and key == note["bias"]["initializer"]:
            found["help"] = notes.BIAS_HELP
    found |= own or {}
    if not found:
        raise KeyError(f"{name}: nothing is noted of the argument {key}")
    found["help"] = found["help"].replace("{unit}", unit)
    dims = next((int(digit) for digit in name if digit.isdigit()), 1)
    if found["kind"] in ("integers", "pairs"):
        found["length"] = 2 if found.pop("pair", False) else dims
    return found


def _written(layer_class: type, given: dict[str, Any], signature: dict[str, Any]) -> dict[str, Any]:
    """The config that Keras itself writes for a new layer."""
    required = {key: _start(given[key]) for key, default in signature.items() if default is _REQUIRED}
    config: dict[str, Any] = json.loads(json.dumps(keras.layers.serialize(layer_class(**required))))["config"]
    return config


def _start(note: dict[str, Any]) -> Any:
    start = note["start"]
    if note["kind"] in ("layer", "layers"):
        return getattr(keras.layers, start)(10)
    return tuple(start) if isinstance(start, list) else start


def _argument(key: str, note: dict[str, Any], default: Any) -> dict[str, Any]:
    value = note["start"] if default is _REQUIRED else default
    fields = {"name": key} | note | {"default": _canonical(value, note), "required": default is _REQUIRED}
    entry = {field: fields[field] for field in _FIELDS if fields.get(field) is not None or field == "default"}
    return entry | {flag: True for flag in _FLAGS if fields.get(flag)}


def _canonical(value: Any, note: dict[str, Any]) -> Any:
    kind, length = note["kind"], note.get("length", 2)
    if kind == "initializer":
        return type(keras.initializers.get(value)).__name__
    if note.get("choices") == "activations":
        return keras.activations.get(value).__name__
    if value is None or kind not in _LISTS:
        return list(value) if isinstance(value, tuple) else value
    if kind == "integers":
        return list(value) if isinstance(value, tuple | list) else [value] * length
    if kind == "pairs":
        sides = value if isinstance(value, tuple | list) else [value] * length
        return [list(side) if isinstance(side, tuple | list) else [side, side] for side in sides]
    return list(value) if isinstance(value, tuple | list) else [value]


def _plain(value: Any) -> Any:
    """A value as it is compared with that of a file: a data type by its name."""
    if isinstance(value, dict) and value.get("class_name") == "DTypePolicy":
        return value["config"]["name"]
    return value


if __name__ == "__main__":
    CATALOGUE.write_text(catalogue_text(), encoding="utf-8")
