"""Initializers, regularizers, constraints and activations of a script, as the catalogues have them."""

from typing import Any

from biasstudio.scripts.names import activation_name, initializer_name
from biasstudio.scripts.values import Function, Given, Made, Name, OwnClass, Unknown
from biasstudio.spec.arguments import SpecError, shown
from biasstudio.spec.constraints import CONSTRAINT_TYPES, Constraint
from biasstudio.spec.initializers import INITIALIZER_TYPES, Initializer
from biasstudio.spec.keras_objects import KerasObject
from biasstudio.spec.regularizers import REGULARIZER_TYPES, Regularizer
from biasstudio.spec.stack import base_name

_CLASSES: dict[str, type[KerasObject]] = {
    "initializer": Initializer,
    "regularizer": Regularizer,
    "constraint": Constraint,
}
# What Keras, now or once, calls each of them, without underscores and capitals.
_NAMES = {
    "initializer": {name.lower(): name for name in INITIALIZER_TYPES}
    | {"normal": "RandomNormal", "uniform": "RandomUniform", "zero": "Zeros", "one": "Ones"}
    | {"gaussian": "RandomNormal", "unitscaling": "VarianceScaling", "constantv2": "Constant"},
    "regularizer": {name.lower(): name for name in REGULARIZER_TYPES},
    "constraint": {name.lower(): name for name in CONSTRAINT_TYPES} | {"nonnegative": "NonNeg"},
}
# Keras 1's and TensorFlow's names of parameters, by the catalogue's name of the object.
_PARAMETERS = {
    "L1": {"l": "l1"},
    "L2": {"l": "l2"},
    "MaxNorm": {"m": "max_value"},
    "MinMaxNorm": {"low": "min_value", "high": "max_value"},
    "VarianceScaling": {"factor": "scale"},
}
_UNUSED = {"dtype", "name", "partition_info", "verify_shape"}


def keras_object(kind: str, value: Any) -> KerasObject:
    """The initializer, regularizer or constraint that `value` stands for. Raises SpecError with the reason."""
    given = Given()
    if isinstance(value, KerasObject):
        return value
    if isinstance(value, Made) and value.path.startswith(f"keras.{kind}s."):
        name, given = value.last, value.given
    elif isinstance(value, Name) and value.path.startswith(f"keras.{kind}s."):
        name = value.last
    elif isinstance(value, str):
        name = value
    elif isinstance(value, dict) and isinstance(value.get("class_name"), str):
        # Keras's own config of it.
        name, config = value["class_name"], value.get("config")
        given = Given((), {str(key): item for key, item in config.items()} if isinstance(config, dict) else {})
    elif value is None and kind == "initializer":
        # Keras's add_weight takes this where it is given none.
        name = "GlorotUniform"
    else:
        raise SpecError(f"{described(value)} is no {kind} that can be read here")
    known = _NAMES[kind].get(_plain(initializer_name(name)))
    if known is None:
        raise SpecError(f"there is no {kind} {shown(name)} here")
    catalogue = _CLASSES[kind]
    names = tuple(parameter.name for parameter in catalogue.types[known].parameters)
    parameters = given.by_name(names)
    renamed = {_PARAMETERS.get(known, {}).get(key, key): value for key, value in parameters.items()}
    used = {key: plain_value(value) for key, value in renamed.items() if key not in _UNUSED}
    unread = next((value for value in used.values() if not is_plain_value(value)), None)
    if unread is not None:
        raise SpecError(f"{described(unread)}, given to {known}, is only known when the script runs")
    return catalogue.of(known, **used)


def _plain(name: str) -> str:
    lowered = name.lower().replace("_", "")
    return lowered.removesuffix("initializer") if lowered.endswith("initializer") else lowered


def activation(value: Any) -> str:
    """The name of the activation that `value` stands for. Raises SpecError with the reason."""
    if value is None:
        return "linear"
    if isinstance(value, str):
        return activation_name(value)
    if isinstance(value, Name) and value.path.startswith(("keras.activations.", "keras.layers.")):
        # The class ReLU itself can't be called on a tensor, but keras.activations.relu can.
        return activation_name(value.last if value.path.startswith("keras.activations.") else base_name(value.last))
    if isinstance(value, Made) and value.path == "keras.activations.get" and value.given.positional:
        return activation(value.given.positional[0])
    raise SpecError(f"{described(value)} is no activation that can be read here")


def described(value: Any) -> str:
    """A value of a script, for a message."""
    if isinstance(value, Unknown):
        return value.text or "what stands here"
    if isinstance(value, Name | Made):
        return value.last
    if isinstance(value, OwnClass):
        return value.name
    if isinstance(value, Function):
        return f"{value.node.name}()" if hasattr(value.node, "name") else "a lambda"
    return shown(value) if is_plain_value(value) else "what stands here"


def plain_value(value: Any) -> Any:
    """Lists as tuples, as arguments are kept."""
    if isinstance(value, list | tuple) and len(value) <= 1000:
        return tuple(tuple(part) if isinstance(part, list | tuple) and len(part) < 10 else part for part in value)
    return value


def is_plain_value(value: Any) -> bool:
    """Whether it is a number, a text, nothing, or a sequence of these or of pairs of these."""
    if isinstance(value, tuple | list):
        return all(isinstance(part, int | float | str | None) or _is_pair(part) for part in value)
    return value is None or isinstance(value, int | float | str)


def _is_pair(value: Any) -> bool:
    return isinstance(value, tuple | list) and all(isinstance(part, int | float | str | None) for part in value)
