"""What a layer takes, in words, and how many sides a sample has before and after it."""

from biasstudio.spec.stack import Layer

FIELDS = {
    1: ("sequences, time × channels", 2),
    2: ("images, height × width × channels", 3),
    3: ("volumes, depth × height × width × channels", 4),
}
READERS = ("SimpleRNN", "LSTM", "GRU", "RNN")
_TAKES = (
    dict.fromkeys(READERS, ("sequences, time × features", 2))
    | {f"ConvLSTM{dims}D": (f"sequences of {FIELDS[dims][0]}", dims + 2) for dims in FIELDS}
    | {"RepeatVector": ("rows", 1)}
)
_IMAGE_LAYERS = ("Resizing", "CenterCrop", "RandomFlip", "RandomRotation", "RandomZoom", "RandomTranslation")


def taken(layer: Layer) -> tuple[str, int] | None:
    """What a layer takes, in words, and the number of its sides; None for a layer that takes several."""
    name = layer.class_name
    if name in _TAKES:
        return _TAKES[name]
    if name in _IMAGE_LAYERS:
        return FIELDS[2]
    dims = name.removesuffix("Transpose")[-2:]
    return FIELDS[int(dims[0])] if dims in ("1D", "2D", "3D") else None


def sides_after(layer: Layer, sides: int) -> int | None:
    """The number of sides of what a layer makes of a sample with `sides`; None where only its build tells."""
    name, given = layer.class_name, dict(layer.arguments)
    if name == "Bidirectional":
        return sides_after(given["layer"], sides)
    if name == "Flatten" or (name.startswith("Global") and not given.get("keepdims")):
        return 1
    if name in READERS or name.startswith("ConvLSTM"):
        return sides if given.get("return_sequences") else sides - 1
    if name in ("RepeatVector", "Embedding"):
        return sides + 1
    if name == "Reshape":
        return len(given["target_shape"])
    return None if name in ("TimeDistributed", "EinsumDense", "Lambda") else sides
