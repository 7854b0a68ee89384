"""Layers, shapes and initial values in few words."""

from collections.abc import Iterator, Sequence
from typing import Any

from biasstudio.spec.arguments import Argument
from biasstudio.spec.bias_shapes import BiasPiece, Shape
from biasstudio.spec.initializers import Initializer
from biasstudio.spec.stack import Layer


def layer_summary(layer: Layer) -> str:
    """The main arguments: 32 filters · 3 × 3 · valid · relu. Of a wrapper, those of the layer inside first."""
    words = [f"{part.class_name} {layer_summary(part)}".strip() for part in _inside(layer)]
    return " · ".join(words + [_in_words(argument, layer) for argument in layer.type.arguments if argument.main])


def _inside(layer: Layer) -> Iterator[Layer]:
    for argument in layer.type.nested:
        value = layer.get(argument.name)
        yield from value if isinstance(value, tuple) else (value,) if value is not None else ()


def _in_words(argument: Argument, layer: Layer) -> str:
    value = layer.get(argument.name)
    text = argument.format(value)
    if argument.kind == "integer" and argument.name.endswith("s"):
        return f"{text} {argument.name.removesuffix('s') if value == 1 else argument.name}"
    return f"{argument.name} {text}" if argument.kind in ("integer", "number") else text


def shape_text(shape: tuple[int, ...]) -> str:
    """26 × 26 × 32."""
    return " × ".join(map(str, shape)) if shape else "one number"


def start_in_words(initializer: Initializer, pieces: Sequence[BiasPiece]) -> str:
    """What an initializer gives these pieces of a layer's biases: σ = 0.25, or all 0; gate f is all 1.

    "" while a size is needed and unknown.
    """
    free = dict.fromkeys(_piece_in_words(initializer, piece) for piece in pieces if piece.fixed is None)
    fixed = [f"{piece.piece.split()[-1]} = {piece.fixed:g}" for piece in pieces if piece.fixed is not None]
    words = list(free)[:1]
    if len(free) > 1:
        second, more = list(free)[1].removeprefix("σ = "), " …" if len(free) > 2 else ""
        words = [f"{words[0]} and {second}{more}"]
    return " · ".join(filter(None, [*words, *dict.fromkeys(fixed)]))


def start_in_full(initializer: Initializer, pieces: Sequence[BiasPiece]) -> str:
    """A line for each piece, with its shape."""
    lines = []
    for piece in pieces:
        words = _piece_in_words(initializer, piece) if piece.fixed is None else f"all {piece.fixed:g}"
        shape = "" if piece.shape is None or None in piece.shape else f" on {shape_text(_known(piece.shape))}"
        start = f"{piece.label}: " if piece.label else ""
        lines.append(f"{start}{words or initializer.name}{shape}")
    return "\n".join(lines)


def formula_in_words(initializer: Initializer, pieces: Sequence[BiasPiece]) -> str:
    """Its formula for the first of the pieces."""
    shape = next((piece.shape for piece in pieces if piece.fixed is None and piece.shape is not None), None)
    return initializer.formula_on(shape) if shape is not None else initializer.type.formula


def _piece_in_words(initializer: Initializer, piece: BiasPiece) -> str:
    constant: Any = {"Zeros": 0.0, "Ones": 1.0}.get(initializer.name)
    if initializer.name == "Constant":
        constant = initializer.get("value")
    if isinstance(constant, tuple):
        return f"{len(constant)} values"
    if constant is not None:
        return f"all {constant:g}"
    shape = piece.shape
    if shape is None or None in shape:
        deviations = {initializer.standard_deviation((2,)), initializer.standard_deviation((3,))}
        deviation = deviations.pop() if len(deviations) == 1 else None
    else:
        deviation = initializer.standard_deviation(_known(shape))
    return "" if deviation is None else f"σ = {deviation:.2g}"


def _known(shape: Shape) -> tuple[int, ...]:
    return tuple(side for side in shape if side is not None)
