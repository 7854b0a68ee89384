"""Layers, shapes and initial values in few words."""

from typing import Any

from biasstudio.spec.arguments import Argument
from biasstudio.spec.initializers import Initializer
from biasstudio.spec.stack import Layer


def layer_summary(layer: Layer) -> str:
    """The main arguments: 32 filters · 3 × 3 · valid · relu."""
    main = [argument for argument in layer.type.arguments if argument.main]
    return " · ".join(_in_words(argument, layer) for argument in main)


def _in_words(argument: Argument, layer: Layer) -> str:
    value = layer.get(argument.name)
    text = argument.format(value)
    if argument.kind == "integer" and argument.name.endswith("s"):
        return f"{text} {argument.name.removesuffix('s') if value == 1 else argument.name}"
    return f"{argument.name} {text}" if argument.kind in ("integer", "number") else text


def shape_text(shape: tuple[int, ...]) -> str:
    """26 × 26 × 32."""
    return " × ".join(map(str, shape)) if shape else "one number"


def start_in_words(initializer: Initializer, length: int | None) -> str:
    """What an initializer gives a vector of `length`: σ = 0.25, or all 0. "" while the length is needed and unknown."""
    constant: Any = {"Zeros": 0.0, "Ones": 1.0}.get(initializer.name)
    if initializer.name == "Constant":
        constant = initializer.get("value")
    if isinstance(constant, tuple):
        return f"{len(constant)} values"
    if constant is not None:
        return f"all {constant:g}"
    deviation = initializer.standard_deviation(length or 1)
    needs_length = initializer.standard_deviation(1) != initializer.standard_deviation(2)
    return "" if deviation is None or (needs_length and not length) else f"σ = {deviation:.2g}"
