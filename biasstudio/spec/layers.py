"""Catalogue of layers: which take a bias, their arguments, defaults and limits. Read from resources/layers.json.

The file is written by packaging/make_layer_catalogue.py from Keras's signatures.
"""

import difflib
import json
import re
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from biasstudio.resource_files import resource_path
from biasstudio.spec.arguments import Argument, SpecError, shown
from biasstudio.spec.initializers import Initializer


@dataclass(frozen=True)
class BiasRole:
    """How a layer carries its bias: the arguments that switch and start it, and what its variable is called.

    `toggle` is a boolean, or a text that is None where there is no bias (EinsumDense's bias_axes).
    """

    toggle: str
    initializer: str
    variable: str
    unit: str
    length: str | None = None
    """The argument that gives the vector's length; None where the input decides, or where it is not so simple."""


@dataclass(frozen=True)
class LayerType:
    """One Keras layer.

    `fixed` holds Keras arguments that are not offered, with the only value accepted in a file; `reasons` says why.
    `keras_name` is what Keras calls a layer of this class that is given no name.
    """

    name: str
    summary: str
    category: str
    arguments: tuple[Argument, ...]
    fixed: dict[str, Any]
    reasons: dict[str, str]
    keras_name: str
    bias: BiasRole | None = None
    part: bool = False
    """Whether it can only be a part of another layer, as a cell of an RNN is."""
    self_attention: bool = False
    """Whether it is called with its input twice, as query and as value."""
    positional: tuple[str, ...] = ()
    """Keras's arguments in the order in which a script may give them without their names; not all are offered."""

    def argument(self, name: str) -> Argument:
        return next(argument for argument in self.arguments if argument.name == name)

    @property
    def nested(self) -> tuple[Argument, ...]:
        """The arguments that are layers themselves."""
        return tuple(argument for argument in self.arguments if argument.kind in ("layer", "layers"))


def _argument(entry: dict[str, Any], activations: tuple[str, ...]) -> Argument:
    values = dict(entry)
    kind, default, choices = values["kind"], values["default"], values.get("choices", ())
    values["choices"] = activations if choices == "activations" else tuple(choices)
    if kind == "initializer":
        values["default"] = Initializer.of(default)
    elif isinstance(default, list):
        values["default"] = tuple(tuple(part) if isinstance(part, list) else part for part in default)
    argument = Argument(**values)
    # Of a nested layer the default stays the name of its class: the catalogue that it needs is just being read.
    return argument if kind in ("layer", "layers") else replace(argument, default=argument.check(argument.default))


def _layer_type(entry: dict[str, Any], activations: tuple[str, ...]) -> LayerType:
    return LayerType(
        name=entry["name"],
        summary=entry["summary"],
        category=entry["category"],
        arguments=tuple(_argument(argument, activations) for argument in entry["arguments"]),
        fixed={name: fixed["value"] for name, fixed in entry["fixed"].items()},
        reasons={name: fixed["why"] for name, fixed in entry["fixed"].items()},
        keras_name=entry.get("keras_name") or base_name(entry["name"]),
        bias=BiasRole(**entry["bias"]) if "bias" in entry else None,
        part=entry.get("part", False),
        self_attention=entry.get("self_attention", False),
        positional=tuple(entry["positional"]),
    )


def base_name(class_name: str) -> str:
    """Keras's own default name for a class, as keras.utils.naming.to_snake_case gives: Conv2D is conv2d."""
    name = re.sub(r"\W+", "", class_name)
    name = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub("([a-z])([A-Z])", r"\1_\2", name).lower()


@cache
def layer_types() -> dict[str, LayerType]:
    """The catalogue, by class name, in the order of the file."""
    document = json.loads(resource_path("layers.json").read_text(encoding="utf-8"))
    activations = tuple(document["activations"])
    return {entry["name"]: _layer_type(entry, activations) for entry in document["layers"]}


def layer_type(name: str) -> LayerType:
    """The catalogue's entry. Raises SpecError naming the layers that are called so, or nearly."""
    try:
        return layer_types()[name]
    except KeyError:
        lower = {known.lower(): known for known in layer_types()}
        close = difflib.get_close_matches(name.lower()[:60], lower, n=3)
        hint = f"; did you mean {' or '.join(lower[each] for each in close)}?" if close else "."
        raise SpecError(f"There is no layer {shown(name)} here{hint}") from None
