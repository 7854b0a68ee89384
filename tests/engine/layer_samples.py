"""For each layer of the catalogue an input that it takes, and small arguments where the usual ones would not fit."""

from biasstudio.spec.layers import layer_types
from biasstudio.spec.stack import Layer

SEQUENCE, IMAGE, VOLUME, ROW = (7, 4), (8, 9, 4), (6, 7, 8, 4), (5,)

_SPECIAL: dict[str, dict[str, object]] = {
    "EinsumDense": {"output_shape": 6, "bias_axes": "y"},
    "Permute": {"dims": (2, 1)},
    "MultiHeadAttention": {"key_dim": 3},
    "GroupQueryAttention": {"head_dim": 3},
    "GroupNormalization": {"groups": 2},
    "Normalization": {"mean": (1.0, 2.0, 3.0, 4.0), "variance": (1.0, 2.0, 3.0, 4.0)},
    "Reshape": {"target_shape": (2, -1)},
    "CenterCrop": {"height": 5, "width": 4},
    "Resizing": {"height": 5, "width": 4},
}


def input_of(name: str) -> tuple[int, ...]:
    """The shape, without the batch, of an input that a layer of this class takes."""
    dims = name.removesuffix("Transpose")[-2:]
    if name.startswith("ConvLSTM"):
        return {"1D": (4, *SEQUENCE), "2D": (4, *IMAGE), "3D": (3, *VOLUME)}[dims]
    if dims in ("1D", "2D", "3D"):
        return {"1D": SEQUENCE, "2D": IMAGE, "3D": VOLUME}[dims]
    if name.startswith("Random") or name in ("Resizing", "CenterCrop", "Rescaling"):
        return (8, 9, 3)
    if name in ("RepeatVector", "Embedding", "Dense", "Softmax"):
        return ROW
    return IMAGE[1:] if name == "Reshape" else SEQUENCE


def sample(name: str, **arguments: object) -> Layer:
    """A small layer of this class that fits `input_of` it."""
    entry = layer_types()[name]
    given: dict[str, object] = {}
    for argument in entry.arguments:
        if argument.name in ("units", "filters"):
            given[argument.name] = 3
        if argument.name in ("input_dim", "output_dim"):
            given[argument.name] = 9
    return Layer.of(name, "tried", **given | _SPECIAL.get(name, {}) | arguments)
