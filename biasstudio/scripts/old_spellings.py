"""Arguments of layers as Keras 1 and Keras 2 called them, brought to what Keras 3 calls them."""

from typing import Any

from biasstudio.scripts.values import Made

# In every layer that has the argument it stands for.
_RENAMED = {
    "nb_filter": "filters",
    "border_mode": "padding",
    "subsample": "strides",
    "subsample_length": "strides",
    "stride": "strides",
    "filter_length": "kernel_size",
    "pool_length": "pool_size",
    "init": "kernel_initializer",
    "inner_init": "recurrent_initializer",
    "depthwise_init": "depthwise_initializer",
    "inner_activation": "recurrent_activation",
    "W_regularizer": "kernel_regularizer",
    "U_regularizer": "recurrent_regularizer",
    "b_regularizer": "bias_regularizer",
    "W_constraint": "kernel_constraint",
    "U_constraint": "recurrent_constraint",
    "b_constraint": "bias_constraint",
    "dropout_W": "dropout",
    "dropout_U": "recurrent_dropout",
    "bias": "use_bias",
    "p": "rate",
    "sigma": "stddev",
    "output_dim": "units",
    "atrous_rate": "dilation_rate",
    "dim_ordering": "data_format",
    "gamma_init": "gamma_initializer",
    "beta_init": "beta_initializer",
    "length": "size",
    "alpha": "negative_slope",
    "theta": "threshold",
}
# What says nothing of what is computed.
_SILENT = {"implementation", "consume_less", "use_cudnn", "autocast", "input_dtype", "sparse", "ragged", "batch_size"}
_OF_INPUT = {"input_shape", "input_dim", "input_length", "batch_input_shape", "batch_shape"}


def arguments_of(layer: Made, positional: tuple[str, ...], known: set[str]) -> dict[str, Any]:
    """A layer's arguments by Keras 3's names; the input's shape, which is no argument of it there, is left out."""
    named = dict(layer.given.named)
    places = list(layer.given.positional)
    sides = _kernel_sides(layer)
    if sides:
        places[1 : 1 + sides] = [tuple(places[1 : 1 + sides])]
    given = dict(zip(positional, places, strict=False)) | named
    rows_and_columns = tuple(given.pop(key) for key in ("nb_row", "nb_col") if key in given)
    if len(rows_and_columns) == 2:
        given["kernel_size"] = rows_and_columns
    result: dict[str, Any] = {}
    for key, value in given.items():
        name = _RENAMED.get(key, key) if key not in known else key
        if key in known or (name in known and not (name == "data_format" and value == "tf")):
            result[name] = value
        elif key not in _SILENT and key not in _OF_INPUT and name != "data_format":
            result[key] = value
    return result


def _kernel_sides(layer: Made) -> int:
    """How many of a Keras 1 convolution's arguments are the sides of its kernel: Convolution2D(32, 3, 3)."""
    dims = next((int(digit) for digit in layer.spelled if digit.isdigit()), 0)
    sides = layer.given.positional[1 : 1 + dims]
    old = layer.spelled.startswith(("Convolution", "Deconv", "AtrousConv")) and dims > 1
    return dims if old and len(sides) == dims and all(isinstance(side, int) for side in sides) else 0


def looks_like_kernel(layer: Made) -> bool:
    """Whether Keras 2 would have taken for a kernel's sides what is a kernel and its strides now: Conv2D(32, 3, 3)."""
    places = layer.given.positional
    plain = layer.spelled in ("Conv2D", "SeparableConv2D", "Conv3D") and len(places) > 2
    return plain and all(isinstance(side, int) and side > 1 for side in places[1:])
