"""What a layer's bias vectors will look like, from its arguments: their shapes, and which initializers fit them.

Source of the shapes: the build methods of Keras's layers.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from biasstudio.spec.initializers import INITIALIZER_TYPES, Initializer

if TYPE_CHECKING:
    from biasstudio.spec.stack import Layer

# The way from a layer to one inside: ("layer",), or ("cell", 1) for the second cell.
Path = tuple[str | int, ...]
Shape = tuple[int | None, ...]
"""Sides; None where only the input tells."""


@dataclass(frozen=True)
class BiasPiece:
    """What Keras asks an initializer for in one go: a bias vector, or a piece of one.

    `path` leads to the layer whose initializer it is. `vector` and `piece` tell it from others, "" where there is but
    one. `shape` is None where not even the number of sides is known without the input. Where `fixed` is a number, it
    is that, whatever the initializer.
    """

    path: Path
    shape: Shape | None
    vector: str = ""
    piece: str = ""
    fixed: float | None = None

    @property
    def label(self) -> str:
        """What to call it beside others: query; forward, gate i."""
        return ", ".join(filter(None, (self.vector, self.piece)))


def bias_pieces(layer: "Layer", input_shape: Shape | None = None) -> tuple[BiasPiece, ...]:
    """All pieces of all bias vectors of a layer, in Keras's order, those that are switched off too.

    `input_shape` leaves the batch out; without it the sides that the input decides are None.
    """
    return tuple(_pieces(layer, input_shape))


def _pieces(layer: "Layer", input_shape: Shape | None) -> Iterator[BiasPiece]:
    given = dict(layer.arguments)
    name = layer.class_name
    if name == "RNN":
        cells = given["cell"]
        for number, cell in enumerate(cells):
            label = f"cell {number + 1}" if len(cells) > 1 else ""
            yield from _inside(bias_pieces(cell), ("cell", number), label)
    elif name == "Bidirectional":
        yield from _inside(bias_pieces(given["layer"], input_shape), ("layer",), "forward")
        other = "layer" if given["backward_layer"] is None else "backward_layer"
        yield from _inside(bias_pieces(given[other], input_shape), (other,), "backward")
    elif layer.type.nested:
        inner = input_shape[1:] if name == "TimeDistributed" and input_shape is not None else input_shape
        yield from _inside(bias_pieces(given["layer"], inner), ("layer",), "")
    elif layer.type.bias is not None:
        yield from _own(name, given, input_shape)


def _inside(pieces: Iterable[BiasPiece], path: Path, label: str) -> Iterator[BiasPiece]:
    for piece in pieces:
        vector = ", ".join(filter(None, (label, piece.vector)))
        yield replace(piece, path=(*path, *piece.path), vector=vector)


def _own(name: str, given: dict[str, Any], input_shape: Shape | None) -> Iterator[BiasPiece]:
    width: int = given.get("units") or given.get("filters") or 0
    if "unit_forget_bias" in given:
        if given["unit_forget_bias"]:
            yield BiasPiece((), (width,), piece="gate i")
            yield BiasPiece((), (width,), piece="gate f", fixed=1.0)
            yield BiasPiece((), (2 * width,), piece="gates c, o")
        else:
            yield BiasPiece((), (4 * width,))
    elif "reset_after" in given:
        yield BiasPiece((), (2, 3 * width) if given["reset_after"] else (3 * width,))
    elif name in ("MultiHeadAttention", "GroupQueryAttention"):
        yield from _attention(given, input_shape)
    elif name == "EinsumDense":
        yield BiasPiece((), _einsum_shape(given, input_shape))
    elif name.startswith("DepthwiseConv"):
        channels = _side(-1, input_shape)
        yield BiasPiece((), (channels and channels * given["depth_multiplier"],))
    elif "axis" in given:
        # Keras sorts the axes of a LayerNormalization; the others have but one.
        axes = sorted(given["axis"]) if isinstance(given["axis"], tuple) else (given["axis"],)
        yield BiasPiece((), tuple(_side(axis, input_shape) for axis in axes))
    else:
        yield BiasPiece((), (width,))


def _side(axis: int, input_shape: Shape | None) -> int | None:
    """The size of the input along an axis; 0 is the batch."""
    sides = (None, *(input_shape or ()))
    return sides[axis] if input_shape is not None and -len(sides) <= axis < len(sides) else None


def _attention(given: dict[str, Any], input_shape: Shape | None) -> Iterator[BiasPiece]:
    if "num_heads" in given:
        query = key = (given["num_heads"], given["key_dim"])
        value = gate = (given["num_heads"], given["value_dim"] or given["key_dim"])
    else:
        query = gate = (given["num_query_heads"], given["head_dim"])
        key = value = (given["num_key_value_heads"], given["head_dim"])
    yield BiasPiece((), query, "query")
    yield BiasPiece((), key, "key")
    if given["use_gate"]:
        yield BiasPiece((), gate, "gate")
    yield BiasPiece((), value, "value")
    yield BiasPiece((), given.get("output_shape") or (_side(-1, input_shape),), "output")


def _einsum_shape(given: dict[str, Any], input_shape: Shape | None) -> Shape | None:
    """As keras.layers.EinsumDense finds it: from the first letter of bias_axes on, 1 for what is not among them."""
    read, _, output = re.split("[,>]", f"{given['equation']},,>".replace("->", ">"))[:3]
    letters, axes = output.replace("...", ""), given["bias_axes"] or last_axis(given["equation"])
    places = [letters.find(letter) for letter in axes]
    if not places or -1 in places:
        return None
    # Without dots at its start the first letter is the batch's.
    named = letters if output.startswith("...") else letters[1:]
    sides = dict(zip(named, given["output_shape"], strict=False))
    shape = tuple(sides.get(letter) if letter in axes else 1 for letter in letters[min(places) :])
    if not output.endswith("..."):
        return shape
    dots = None if input_shape is None else len(input_shape) + 1 - len(read.replace("...", ""))
    return None if dots is None else (*shape, *(1,) * dots)


def last_axis(equation: str) -> str:
    """The letter of the last axis of an einsum equation's output, along which a bias usually is; "" without any."""
    letters = re.sub(r"[^A-Za-z]", "", equation.rpartition("->")[2])
    return letters[-1:]


def misfit(initializer: Initializer, piece: BiasPiece, unit: str = "unit") -> str:
    """Why `initializer` can't give the values of `piece`, without a full stop; "" where it can."""
    shape, kind = piece.shape, initializer.type
    if piece.fixed is not None or shape is None:
        return ""
    if not kind.least_rank <= len(shape) <= kind.most_rank:
        return f"{initializer.name} needs a matrix; {_what(piece)} is {_kind_of(shape)}"
    value = initializer.get("value") if initializer.name == "Constant" else None
    if not isinstance(value, tuple) or shape[-1] in (None, len(value)):
        return ""
    if piece.piece:
        return (
            f"the Constant list has {len(value)} values, but Keras sets {piece.piece} apart from the others: give one "
            "number, or switch unit_forget_bias off"
        )
    what = f"the bias of {piece.vector}" if piece.vector else "the bias"
    each = f", one for each {unit}" if len(shape) == 1 and not piece.vector else f" in its last row, {_times(shape)}"
    return f"the Constant list has {len(value)} values, but {what} has {shape[-1]}{each}"


def _what(piece: BiasPiece) -> str:
    return f"the bias of {piece.vector}" if piece.vector else "a bias here"


def _kind_of(shape: Shape) -> str:
    if len(shape) < 2:
        return "a vector"
    return f"{_times(shape)}" if None not in shape else f"an array of {len(shape)} sides"


def _times(shape: Shape) -> str:
    return " × ".join("?" if side is None else str(side) for side in shape)


def unfitting_initializers(layer: "Layer", path: Path = (), input_shape: Shape | None = None) -> dict[str, str]:
    """The initializers that can't give the bias of the layer at `path`, each with a sentence that says why."""
    pieces = [piece for piece in bias_pieces(layer, input_shape) if piece.path == path]
    reasons = {
        name: next(filter(None, (misfit(Initializer.of(name), piece) for piece in pieces)), "")
        for name in INITIALIZER_TYPES
    }
    return {name: f"{reason}." for name, reason in reasons.items() if reason}
