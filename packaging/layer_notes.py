"""What Keras's signatures don't tell about its layers: kinds, limits, help texts, the role of the bias.

`make_layer_catalogue.py` puts these notes and the signatures together. A default stands here only where Keras has none.
"""

from typing import Any

LIMIT = 1_000_000
_WINDOW = {"kind": "integers", "minimum": 1, "maximum": 1000}
_SHARE = {"kind": "number", "minimum": 0.0, "below": 1.0}
_SEED = {"kind": "integer", "minimum": 0, "maximum": 2**31 - 1, "unset": "from experiment", "advanced": True}
_NOT_NEGATIVE = {"kind": "number", "minimum": 0.0}
_SWITCH = {"kind": "boolean"}
_RARE_SWITCH = {"kind": "boolean", "advanced": True}
_AXIS = {"kind": "axes", "minimum": -6, "maximum": 5}
_PAIRS = {"kind": "pairs", "minimum": 0, "maximum": 10_000, "main": True}
_RANGE = {"kind": "interval", "help": "Lowest and highest value that the data can have."}


def _count(help_text: str, start: int | None = None, **more: Any) -> dict[str, Any]:
    note = {"kind": "integer", "help": help_text, "minimum": 1, "maximum": LIMIT, "main": True, **more}
    return note if start is None else {**note, "start": start}


# By the argument's name, whatever its layer. `start` is what a new layer has where Keras has no default.
ARGUMENTS: dict[str, dict[str, Any]] = {
    "units": _count("Number of outputs.", 10),
    "filters": _count("Number of filters, which is the number of output channels.", 32),
    "kernel_size": {**_WINDOW, "help": "Size of each filter.", "main": True, "start": 3},
    "strides": {**_WINDOW, "help": "How far the filter moves."},
    "padding": {
        "kind": "choice",
        "choices": ["valid", "same"],
        "help": "valid: only where the window fits; same: zeros around keep the size.",
        "main": True,
    },
    "output_padding": {
        "kind": "integers",
        "minimum": 0,
        "maximum": 1000,
        "unset": "from strides",
        "help": "Added to one side of the output, less than the strides.",
        "advanced": True,
    },
    "dilation_rate": {**_WINDOW, "help": "Spacing between the filter's taps."},
    "groups": {
        **_count("Input channels are split into so many groups, each with filters of its own."),
        "main": False,
    },
    "depth_multiplier": _count("Number of filters for each input channel."),
    "activation": {
        "kind": "choice",
        "choices": "activations",
        "help": "Function applied to each output.",
        "main": True,
    },
    "recurrent_activation": {"kind": "choice", "choices": "activations", "help": "Function applied to the gates."},
    "use_bias": {**_SWITCH, "help": "Adds one trainable number to each {unit}'s output, before the activation."},
    "unit_forget_bias": {
        **_SWITCH,
        "help": "The biases of the forget gate start at exactly 1, whatever the initializer.",
    },
    "reset_after": {
        **_SWITCH,
        "help": "On: input and recurrence have biases of their own, two rows. Off: they share one row.",
    },
    "dropout": {**_SHARE, "help": "While training, the share of the inputs that is dropped."},
    "recurrent_dropout": {**_SHARE, "help": "While training, the share of the recurrent state that is dropped."},
    "return_sequences": {**_SWITCH, "help": "Give the output of every time step, not only of the last."},
    "go_backwards": {**_RARE_SWITCH, "help": "Read the sequence from its end."},
    "unroll": {**_RARE_SWITCH, "help": "Lay the time steps out one by one: faster and larger, for short sequences."},
    "zero_output_for_mask": {
        **_RARE_SWITCH,
        "help": "Give zeros, not the last output, for time steps that are masked.",
    },
    "seed": {**_SEED, "help": "Fix the random choices of this layer whatever the experiment's seed."},
    "rate": {**_SHARE, "help": "Share of the inputs that is dropped.", "main": True, "start": 0.5},
    "noise_shape": {
        "kind": "sides",
        "minimum": 1,
        "maximum": LIMIT,
        "unset": "the input's",
        "help": "Shape of the mask, batch first; a side of 1 drops all along it together.",
        "advanced": True,
    },
    "axis": {**_AXIS, "help": "The axis, or axes, that it works along; −1 is the last."},
    "epsilon": {"kind": "number", "above": 0.0, "help": "Added so that nothing is divided by zero."},
    "momentum": {
        "kind": "number",
        "minimum": 0.0,
        "maximum": 1.0,
        "main": True,
        "help": "Momentum of the moving mean and variance.",
    },
    "center": {**_SWITCH, "help": "Adds a trainable beta to each {unit}: its bias."},
    "scale": {**_SWITCH, "help": "Multiplies each {unit} by a trainable gamma."},
    "keepdims": {**_SWITCH, "help": "Keep the sides that are pooled over, each with size 1."},
    "pool_size": {**_WINDOW, "help": "Size of the window.", "main": True, "start": 2},
    "output_size": {**_WINDOW, "maximum": 10_000, "help": "Size of the output.", "main": True, "start": 2},
    "size": {**_WINDOW, "help": "How often each row and column is repeated.", "main": True},
    "height": {**_count("Height of the output.", 28), "maximum": 10_000},
    "width": {**_count("Width of the output.", 28), "maximum": 10_000},
    "interpolation": {
        "kind": "choice",
        "choices": ["nearest", "bilinear"],
        "help": "How values between those that are given are found.",
    },
    "fill_mode": {
        "kind": "choice",
        "choices": ["constant", "nearest", "reflect", "wrap"],
        "help": "What stands where the picture doesn't reach.",
    },
    "fill_value": {"kind": "number", "help": "What stands there with fill_mode constant."},
    "value_range": _RANGE,
    "l1": {**_NOT_NEGATIVE, "help": "Factor on the sum of the absolute outputs.", "main": True},
    "l2": {**_NOT_NEGATIVE, "help": "Factor on the sum of the squared outputs.", "main": True},
    "use_gate": {**_RARE_SWITCH, "help": "Multiplies what each head gives by a gate of its own."},
    "sliding_window": {
        **_count("Attend only to so many neighbours."),
        "main": False,
        "unset": "all",
        "advanced": True,
    },
}

# By the end of the argument's name.
SUFFIXES: dict[str, dict[str, Any]] = {
    "_initializer": {"kind": "initializer", "help": "How the {what} start.", "advanced": True},
    "_regularizer": {
        "kind": "regularizer",
        "unset": "none",
        "help": "Adds to the loss by the {what}.",
        "advanced": True,
    },
    "_constraint": {
        "kind": "constraint",
        "unset": "none",
        "help": "Keeps the {what} within limits after each step.",
        "advanced": True,
    },
}
WHAT = {
    "kernel": "weights",
    "bias": "biases",
    "beta": "biases",
    "gamma": "factors gamma",
    "recurrent": "recurrent weights",
    "depthwise": "weights of each channel",
    "pointwise": "weights that mix the channels",
    "alpha": "slopes alpha",
    "embeddings": "vectors",
    "activity": "outputs",
    "moving_mean": "moving means",
    "moving_variance": "moving variances",
}
# Initializers that stand open, not under "More".
OPEN = ("kernel_initializer", "bias_initializer", "beta_initializer", "gamma_initializer")
BIAS_HELP = "How the biases start, before any training."

# Arguments that are not offered, and why. The value is the one that Keras writes or has as default.
FIXED = {
    "data_format": "Channels come last here, which is what TensorFlow computes on a processor.",
    "dtype": "Everything is computed in float32.",
    "autocast": "Everything is computed in float32.",
    "trainable": "Who learns is not an argument of the layer here.",
    "lora_rank": "LoRA is for fine-tuning a trained model, not for building one.",
    "lora_alpha": "LoRA is for fine-tuning a trained model, not for building one.",
    "quantization_config": "Quantization is for a trained model, not for training one.",
    "gptq_unpacked_column_size": "Quantization is for a trained model, not for training one.",
    "weights": "How the values start is the initializer's business; those of a file come with the file.",
    "return_state": "A stack passes on one output.",
    "stateful": "A state kept between batches needs a batch size that never changes.",
    "flash_attention": "Keras chooses the way of computing; the values are the same.",
    "use_cudnn": "Keras chooses the way of computing; the values are the same.",
    "synchronized": "It is for training on several devices.",
    "renorm": "Batch renormalization is not offered.",
    "renorm_clipping": "Batch renormalization is not offered.",
    "renorm_momentum": "Batch renormalization is not offered.",
    "rms_scaling": "Keras has taken this argument back: use RMSNormalization.",
    "activity_regularizer": "Use a layer ActivityRegularization after it.",
}

# Activations of Keras that are not offered, and why.
ACTIVATIONS_LEFT_OUT = {
    "glu": "halves the number of outputs, which no layer expects",
    "threshold": "needs numbers of its own, which a name can't carry",
}

_UNIT = {"toggle": "use_bias", "initializer": "bias_initializer", "variable": "bias", "unit": "unit"}
_CHANNEL = {**_UNIT, "unit": "channel"}
_BETA = {"toggle": "center", "initializer": "beta_initializer", "variable": "beta", "unit": "channel"}
_RECURRENT = {"padding": {"choices": ["valid", "same"]}}
_CAUSAL = {
    "padding": {
        "choices": ["valid", "same", "causal"],
        "help": "valid: only where the window fits; same: zeros around keep the size; causal: zeros before.",
    }
}
_POOLING_STRIDES = {
    "strides": {"help": "How far the window moves; the window's size where unset.", "unset": "pool_size"}
}
_RECURRENT_LAYERS = ["SimpleRNN", "LSTM", "GRU", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D", "RNN"]
_CELLS = ["SimpleRNNCell", "LSTMCell", "GRUCell"]
_FACTOR = {"kind": "bounds", "main": True, "start": 0.2}
_POOLED = ("row", "image", "volume")


def _layer(summary: str, bias: dict[str, Any] | None = None, /, **arguments: dict[str, Any]) -> dict[str, Any]:
    return {"summary": summary, "bias": bias, "arguments": arguments}


def _convolutions() -> dict[str, dict[str, Any]]:
    notes = {}
    for dims, field in enumerate(("a sequence", "an image", "a volume"), start=1):
        more = _CAUSAL if dims == 1 else {}
        by_filters = {**_CHANNEL, "length": "filters"}
        notes[f"Conv{dims}D"] = _layer(
            f"Slides small filters over {field}; one bias for each filter.", by_filters, **more
        )
        notes[f"Conv{dims}DTranspose"] = _layer(
            f"A convolution the other way round, which makes {field} larger; one bias for each filter.", by_filters
        )
        if dims < 3:
            notes[f"SeparableConv{dims}D"] = _layer(
                f"Filters each channel of {field} by itself, then mixes them; one bias for each filter.",
                by_filters,
            )
            notes[f"DepthwiseConv{dims}D"] = _layer(
                f"Filters each channel of {field} by itself; one bias for each channel that comes out.", _CHANNEL
            )
    return notes


def _pooling() -> dict[str, dict[str, Any]]:
    notes = {}
    for kind, value in (("Max", "largest value"), ("Average", "mean")):
        for dims, field in enumerate(("sequence", "image", "volume"), start=1):
            notes[f"{kind}Pooling{dims}D"] = _layer(
                f"Takes the {value} of each window of the {field}.", None, **_POOLING_STRIDES
            )
            notes[f"Global{kind}Pooling{dims}D"] = _layer(f"Takes the {value} of each channel over the whole {field}.")
            notes[f"Adaptive{kind}Pooling{dims}D"] = _layer(
                f"Takes the {value} of windows that it chooses so that the {field} gets the size asked for."
            )
    return notes


def _convolutional_lstms() -> dict[str, dict[str, Any]]:
    fields = ("rows", "images", "volumes")
    return {
        f"ConvLSTM{dims}D": _layer(
            f"An LSTM over a sequence of {field}, with convolutions inside; biases for each gate and channel.",
            {**_CHANNEL, "unit": "gate and channel"},
            unroll={"fixed": "Keras's convolutional LSTM has no such argument."},
        )
        for dims, field in enumerate(fields, start=1)
    }


# By category, in the order in which they are offered.
LAYERS: dict[str, dict[str, dict[str, Any]]] = {
    "Core": {
        "Dense": _layer("Every output is a weighted sum of all inputs, plus a bias.", {**_UNIT, "length": "units"}),
        "Flatten": _layer("Lays all values of a sample out in one row."),
        "Activation": _layer(
            "Applies a function to each value.",
            None,
            activation={"help": "Function applied to each value.", "start": "relu"},
        ),
        "EinsumDense": _layer(
            "A weighted sum along the axes that an equation names, plus a bias along those of bias_axes.",
            {**_UNIT, "toggle": "bias_axes"},
            equation={
                "kind": "text",
                "help": "Axes of input, weights and output by letters, as in numpy.einsum; … is written ...",
                "start": "...x,xy->...y",
                "main": True,
            },
            output_shape={
                "kind": "sides",
                "minimum": 1,
                "maximum": LIMIT,
                "help": "Shape of the output without the batch; any where the input decides.",
                "start": [10],
                "main": True,
            },
            bias_axes={
                "kind": "text",
                "unset": "no bias",
                "help": "Letters of the output along which the biases differ; without any there is no bias.",
            },
            activity_regularizer={},
        ),
        "Reshape": _layer(
            "Gives the values another shape.",
            None,
            target_shape={
                "kind": "shape",
                "minimum": -1,
                "maximum": LIMIT,
                "help": "The new shape without the batch; −1, once, for what is left.",
                "start": [-1],
                "main": True,
            },
        ),
        "Permute": _layer(
            "Puts the axes in another order.",
            None,
            dims={
                "kind": "shape",
                "minimum": 1,
                "maximum": 5,
                "help": "The axes in their new order; the first after the batch is 1.",
                "start": [2, 1],
                "main": True,
            },
        ),
        "RepeatVector": _layer("Repeats a row as a sequence.", None, n=_count("How often.", 2)),
        "Embedding": _layer(
            "Gives each whole number a trainable vector of its own.",
            None,
            input_dim=_count("How many numbers there are, from 0.", 1000),
            output_dim=_count("Length of each vector.", 32),
            mask_zero={**_SWITCH, "help": "0 stands for nothing: layers that know masks skip it."},
            activity_regularizer={},
        ),
        "Masking": _layer(
            "Lets layers that know masks skip the time steps whose values are all mask_value.",
            None,
            mask_value={"kind": "number", "help": "The value that stands for nothing.", "main": True},
        ),
        "Identity": _layer("Passes its input on as it is."),
    },
    "Convolution": _convolutions(),
    "Pooling": _pooling(),
    "Recurrent": {
        "SimpleRNN": _layer(
            "Reads a sequence step by step and feeds its output back.", {**_UNIT, "length": "units"}, **_RECURRENT
        ),
        "LSTM": _layer(
            "Reads a sequence with a memory that gates open and close; biases for each gate and unit.",
            {**_UNIT, "unit": "gate and unit"},
        ),
        "GRU": _layer(
            "Reads a sequence with two gates; biases for the input and for the recurrence.",
            {**_UNIT, "unit": "gate and unit"},
        ),
        **_convolutional_lstms(),
        "RNN": _layer(
            "Reads a sequence with the cells of your choice; several are stacked.",
            None,
            cell={
                "kind": "layers",
                "choices": _CELLS,
                "help": "The cells, the first reads the input.",
                "start": "LSTMCell",
            },
        ),
        "Bidirectional": _layer(
            "Reads a sequence forwards and backwards, with a layer for each.",
            None,
            layer={
                "kind": "layer",
                "choices": _RECURRENT_LAYERS,
                "help": "The layer that reads forwards.",
                "start": "LSTM",
            },
            merge_mode={
                "kind": "choice",
                "choices": ["concat", "sum", "mul", "ave"],
                "help": "How both outputs become one.",
                "main": True,
            },
            backward_layer={
                "kind": "layer",
                "choices": _RECURRENT_LAYERS,
                "unset": "the same layer",
                "help": "The layer that reads backwards, where it is another.",
                "advanced": True,
            },
        ),
        "TimeDistributed": _layer(
            "Applies a layer to each time step.",
            None,
            layer={"kind": "layer", "choices": "layers", "help": "The layer for each time step.", "start": "Dense"},
        ),
    },
    "Cells": {
        "SimpleRNNCell": _layer("The cell of a SimpleRNN.", {**_UNIT, "length": "units"}),
        "LSTMCell": _layer("The cell of an LSTM.", {**_UNIT, "unit": "gate and unit"}),
        "GRUCell": _layer("The cell of a GRU.", {**_UNIT, "unit": "gate and unit"}),
    },
    "Attention": {
        "MultiHeadAttention": _layer(
            "Each position looks at all others, in several heads; query, key, value and output have biases.",
            {**_UNIT, "unit": "head and position"},
            num_heads=_count("Number of heads.", 2),
            key_dim=_count("Length of the queries and keys of each head.", 16),
            value_dim={**_count("Length of the values of each head."), "main": False, "unset": "key_dim"},
            dropout={"help": "While training, the share of the attention that is dropped."},
            output_shape={
                "kind": "sides",
                "minimum": 1,
                "maximum": LIMIT,
                "unset": "the input's",
                "help": "Shape of the output, but for the positions.",
                "advanced": True,
            },
            attention_axes={
                **_AXIS,
                "unset": "all but the last",
                "help": "The axes along which positions look at each other; 0 is the batch.",
                "advanced": True,
            },
        ),
        "GroupQueryAttention": _layer(
            "Attention in which several query heads share a key and value head.",
            {**_UNIT, "unit": "head and position"},
            head_dim=_count("Length of the queries, keys and values of each head.", 16),
            num_query_heads=_count("Number of query heads.", 2),
            num_key_value_heads=_count("Number of key and value heads; divides the query heads.", 1),
            dropout={"help": "While training, the share of the attention that is dropped."},
        ),
    },
    "Normalization": {
        "BatchNormalization": _layer(
            "Normalizes each channel over the batch; its beta is a bias.",
            _BETA,
            axis={
                "kind": "integer",
                "minimum": -5,
                "maximum": 5,
                "help": "The axis that keeps a mean and variance of its own; −1 is the last.",
            },
            epsilon={"help": "Added to the variance so that nothing is divided by zero."},
        ),
        "LayerNormalization": _layer(
            "Normalizes each sample over an axis, or several; its beta is a bias.",
            {**_BETA, "unit": "feature"},
            axis={"help": "The axis, or axes, over which each sample is normalized; −1 is the last."},
            epsilon={"help": "Added to the variance so that nothing is divided by zero."},
        ),
        "GroupNormalization": _layer(
            "Normalizes each sample over groups of channels; its beta is a bias.",
            _BETA,
            groups={"minimum": -1, "help": "Number of groups, which divides the channels; −1 for a group a channel."},
            axis={"kind": "integer", "minimum": -5, "maximum": 5, "help": "The axis of the channels; −1 is the last."},
        ),
        "RMSNormalization": _layer(
            "Divides each sample by the root of its mean square; it has no bias.",
            None,
            axis={"help": "The axis, or axes, over which the mean is taken; −1 is the last."},
        ),
        "UnitNormalization": _layer("Divides each sample by its length."),
        "SpectralNormalization": _layer(
            "Keeps the largest stretch of a layer's weights at 1.",
            None,
            layer={
                "kind": "layer",
                "choices": [
                    "Dense",
                    "EinsumDense",
                    *(f"Conv{dims}D{end}" for dims in (1, 2, 3) for end in ("", "Transpose")),
                    "DepthwiseConv1D",
                    "DepthwiseConv2D",
                    "Embedding",
                ],
                "help": "The layer whose weights are scaled.",
                "start": "Dense",
            },
            power_iterations={**_count("How often the stretch is estimated anew at each step."), "maximum": 1000},
        ),
        "Normalization": _layer(
            "Subtracts a given mean and divides by the root of a given variance.",
            None,
            axis={"unset": "none", "help": "The axis with a mean and variance of its own; −1 is the last."},
            mean={
                "kind": "numbers",
                "unset": "not given",
                "help": "The mean, or one for each place along the axis.",
                "main": True,
            },
            variance={
                "kind": "numbers",
                "minimum": 0.0,
                "unset": "not given",
                "help": "The variance, or one for each place along the axis.",
                "main": True,
            },
            invert={**_RARE_SWITCH, "help": "The other way round: from normalized values to the original ones."},
        ),
    },
    "Regularization": {
        "Dropout": _layer("While training, sets a share of its inputs to zero at random.", None),
        "SpatialDropout1D": _layer("While training, sets whole channels of a sequence to zero at random."),
        "SpatialDropout2D": _layer("While training, sets whole channels of an image to zero at random."),
        "SpatialDropout3D": _layer("While training, sets whole channels of a volume to zero at random."),
        "AlphaDropout": _layer("A dropout that keeps mean and variance, for networks with selu."),
        "GaussianDropout": _layer(
            "While training, multiplies by random numbers around 1.",
            None,
            rate={"help": "The factors have the standard deviation √(rate / (1 − rate))."},
        ),
        "GaussianNoise": _layer(
            "While training, adds random numbers around 0.",
            None,
            stddev={
                "kind": "number",
                "minimum": 0.0,
                "maximum": 1.0,
                "help": "Standard deviation of what is added.",
                "main": True,
                "start": 0.1,
            },
        ),
        "ActivityRegularization": _layer("Adds to the loss by the size of its inputs."),
    },
    "Activation": {
        "ReLU": _layer(
            "Sets what is below 0 to 0.",
            None,
            max_value={**_NOT_NEGATIVE, "unset": "none", "help": "Nothing becomes larger than this."},
            negative_slope={**_NOT_NEGATIVE, "help": "Slope below the threshold."},
            threshold={**_NOT_NEGATIVE, "help": "What is below it counts as negative."},
        ),
        "LeakyReLU": _layer(
            "Makes what is below 0 small.",
            None,
            negative_slope={**_NOT_NEGATIVE, "help": "Slope below 0.", "main": True},
        ),
        "PReLU": _layer(
            "A LeakyReLU whose slopes are learned.",
            None,
            shared_axes={
                **_AXIS,
                "minimum": 1,
                "unset": "none",
                "help": "Axes along which all share a slope; the first after the batch is 1.",
            },
        ),
        "ELU": _layer(
            "Below 0 a curve that ends at −alpha.",
            None,
            alpha={"kind": "number", "minimum": 0.0, "help": "Where the curve ends.", "main": True},
        ),
        "Softmax": _layer("Makes shares of 1 along an axis."),
    },
    "Shape of images": {
        "UpSampling1D": _layer(
            "Repeats each time step.",
            None,
            size={"kind": "integer", "help": "How often."},
        ),
        "UpSampling2D": _layer(
            "Makes an image larger.",
            None,
            interpolation={"choices": ["nearest", "bilinear", "bicubic", "lanczos3", "lanczos5"]},
        ),
        "UpSampling3D": _layer("Makes a volume larger."),
        "ZeroPadding1D": _layer(
            "Puts zeros before and after a sequence.",
            None,
            padding={**_PAIRS, "kind": "integers", "pair": True, "help": "How many before and after."},
        ),
        "ZeroPadding2D": _layer(
            "Puts zeros around an image.", None, padding={**_PAIRS, "help": "Above and below, left and right."}
        ),
        "ZeroPadding3D": _layer(
            "Puts zeros around a volume.", None, padding={**_PAIRS, "help": "Before and after, for each side."}
        ),
        "Cropping1D": _layer(
            "Cuts off both ends of a sequence.",
            None,
            cropping={**_PAIRS, "kind": "integers", "pair": True, "help": "How many at the start and at the end."},
        ),
        "Cropping2D": _layer(
            "Cuts off the margins of an image.", None, cropping={**_PAIRS, "help": "Above and below, left and right."}
        ),
        "Cropping3D": _layer(
            "Cuts off the margins of a volume.", None, cropping={**_PAIRS, "help": "Before and after, for each side."}
        ),
        "Resizing": _layer(
            "Gives an image another size.",
            None,
            interpolation={"choices": ["nearest", "bilinear", "bicubic", "lanczos3", "lanczos5"]},
            crop_to_aspect_ratio={**_RARE_SWITCH, "help": "Cut rather than distort."},
            pad_to_aspect_ratio={**_RARE_SWITCH, "help": "Add margins rather than distort."},
            fill_mode={"choices": ["constant"], "advanced": True},
            fill_value={"advanced": True},
            antialias={**_RARE_SWITCH, "help": "Smooth while making smaller."},
        ),
        "CenterCrop": _layer("Cuts out the middle of an image."),
    },
    "Preparation of images": {
        "Rescaling": _layer(
            "Multiplies by scale and adds offset.",
            None,
            scale={"kind": "numbers", "help": "The factor; 1/255 for bytes.", "main": True, "start": 1 / 255},
            offset={"kind": "numbers", "help": "What is added.", "main": True},
        ),
        "RandomFlip": _layer(
            "While training, mirrors images at random.",
            None,
            mode={
                "kind": "choice",
                "choices": ["horizontal", "vertical", "horizontal_and_vertical"],
                "help": "Which way.",
                "main": True,
            },
        ),
        "RandomRotation": _layer(
            "While training, turns images at random.",
            None,
            factor={**_FACTOR, "help": "How far at most, as a share of a full turn."},
        ),
        "RandomZoom": _layer(
            "While training, zooms images at random.",
            None,
            height_factor={**_FACTOR, "above": -1.0, "help": "How much at most; below 0 zooms in."},
            width_factor={
                **_FACTOR,
                "above": -1.0,
                "unset": "height_factor",
                "main": False,
                "help": "The same across, where it is another.",
            },
        ),
        "RandomTranslation": _layer(
            "While training, moves images at random.",
            None,
            height_factor={**_FACTOR, "minimum": -1.0, "maximum": 1.0, "help": "How far down at most, as a share."},
            width_factor={**_FACTOR, "minimum": -1.0, "maximum": 1.0, "help": "How far across at most, as a share."},
        ),
        "RandomContrast": _layer(
            "While training, changes the contrast of images at random.",
            None,
            factor={**_FACTOR, "minimum": 0.0, "maximum": 1.0, "help": "How much at most."},
        ),
        "RandomBrightness": _layer(
            "While training, changes the brightness of images at random.",
            None,
            factor={**_FACTOR, "minimum": -1.0, "maximum": 1.0, "help": "How much at most, as a share of value_range."},
        ),
    },
}

# Layers that a stack can't hold by themselves.
PARTS = tuple(LAYERS["Cells"])
# Called with its input twice: as query and as value.
SELF_ATTENTION = tuple(LAYERS["Attention"])
# What TimeDistributed and others with choices "layers" can't hold.
NOT_WRAPPED = (*PARTS, *SELF_ATTENTION)

# Public layers of Keras with a bias or beta that are left out, and why. There are none.
LEFT_OUT: dict[str, str] = {}
