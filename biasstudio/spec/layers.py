"""Catalogue of layers: which take a bias, their arguments, defaults and limits. Read from resources/layers.json."""

import json
from dataclasses import dataclass
from functools import cache
from typing import Any

from biasstudio.resource_files import resource_path
from biasstudio.spec.arguments import Argument, SpecError, shown
from biasstudio.spec.initializers import Initializer


@dataclass(frozen=True)
class BiasRole:
    """How a layer carries its bias: the arguments that switch and start it, and what its variable is called."""

    toggle: str
    initializer: str
    variable: str
    unit: str
    length: str | None = None
    """The argument that gives the vector's length; None where the input decides."""


@dataclass(frozen=True)
class LayerType:
    """One Keras layer. `fixed` holds Keras arguments that are not offered, with the only value accepted in a file."""

    name: str
    summary: str
    category: str
    arguments: tuple[Argument, ...]
    fixed: dict[str, Any]
    bias: BiasRole | None = None

    def argument(self, name: str) -> Argument:
        return next(argument for argument in self.arguments if argument.name == name)


def _argument(entry: dict[str, Any]) -> Argument:
    values = dict(entry)
    if values["kind"] == "initializer":
        values["default"] = Initializer.of(values["default"])
    elif isinstance(values["default"], list):
        values["default"] = tuple(values["default"])
    values["choices"] = tuple(values.get("choices", ()))
    return Argument(**values)


@cache
def layer_types() -> dict[str, LayerType]:
    """The catalogue, by class name, in the order of the file."""
    entries = json.loads(resource_path("layers.json").read_text(encoding="utf-8"))["layers"]
    return {
        entry["name"]: LayerType(
            entry["name"],
            entry["summary"],
            entry["category"],
            tuple(_argument(argument) for argument in entry["arguments"]),
            entry["fixed"],
            BiasRole(**entry["bias"]) if "bias" in entry else None,
        )
        for entry in entries
    }


def layer_type(name: str) -> LayerType:
    """The catalogue's entry. Raises SpecError naming the layers that there are."""
    try:
        return layer_types()[name]
    except KeyError:
        raise SpecError(f"There is no layer {shown(name)} here; there are {', '.join(layer_types())}.") from None
