"""The many names under which Keras's parts can be imported, brought to the one that Keras 3 has for each."""

import re

from biasstudio.spec.initializers import INITIALIZER_TYPES
from biasstudio.spec.keras_config import ACTIVATION_NAMES, INITIALIZER_NAMES
from biasstudio.spec.layers import layer_types
from biasstudio.spec.optimizers import OPTIMIZER_TYPES

# Packages that hold Keras whole, of every age.
_KERAS = re.compile(
    r"(tensorflow\.(contrib\.|python\.|_api\.v2\.|compat\.v[12]\.)*|tf_)?keras(\.src|\.api|\._tf_keras|\.python)*(\.|$)"
)
_SHORT = {"tf": "tensorflow", "np": "numpy", "pd": "pandas"}
"""What is understood without its import: pasted snippets often leave it out."""

# Where Keras keeps a thing, by what stands in for it in other versions and in TensorFlow.
_ROOMS = {
    "objectives": "losses",
    "engine": "",
    "models": "",
    "legacy": "",
    "core": "",
    "dtensor": "",
    "topology": "",
}
_CLASSES = {
    "Convolution1D": "Conv1D",
    "Convolution2D": "Conv2D",
    "Convolution3D": "Conv3D",
    "Convolution2DTranspose": "Conv2DTranspose",
    "Convolution3DTranspose": "Conv3DTranspose",
    "Convolution1DTranspose": "Conv1DTranspose",
    "Deconvolution2D": "Conv2DTranspose",
    "Deconv2D": "Conv2DTranspose",
    "SeparableConvolution1D": "SeparableConv1D",
    "SeparableConvolution2D": "SeparableConv2D",
    "DepthwiseConvolution2D": "DepthwiseConv2D",
    "CuDNNLSTM": "LSTM",
    "CuDNNGRU": "GRU",
    "GroupedQueryAttention": "GroupQueryAttention",
    "SyncBatchNormalization": "BatchNormalization",
    "BatchNormalizationV1": "BatchNormalization",
    "BatchNormalizationV2": "BatchNormalization",
    "ThresholdedReLU": "ReLU",
} | {
    f"{short}{dims}D": f"{whole}{dims}D"
    for dims in (1, 2, 3)
    for short, whole in (
        ("MaxPool", "MaxPooling"),
        ("AvgPool", "AveragePooling"),
        ("GlobalMaxPool", "GlobalMaxPooling"),
        ("GlobalAvgPool", "GlobalAveragePooling"),
    )
}
# Layers of Keras that are not in the catalogue: they are known well enough to be named.
_OTHER_LAYERS = {"InputLayer", "Lambda", "Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate"}
_OTHER_LAYERS |= {"Dot", "Attention", "AdditiveAttention", "StackedRNNCells", "Layer", "Merge", "TextVectorization"}
_OPTIMIZERS = {
    "GradientDescentOptimizer": "SGD",
    "MomentumOptimizer": "SGD",
    "AdamOptimizer": "Adam",
    "RMSPropOptimizer": "RMSprop",
    "AdagradOptimizer": "Adagrad",
    "AdadeltaOptimizer": "Adadelta",
    "RMSProp": "RMSprop",
    "Rmsprop": "RMSprop",
}
_TENSORFLOW_INITIALIZERS = {"xavier_initializer": "GlorotUniform", "truncated_normal_initializer": "TruncatedNormal"}
# Functions of TensorFlow that are Keras's activations.
_FUNCTIONS = {"relu", "relu6", "leaky_relu", "elu", "selu", "gelu", "swish", "silu", "sigmoid", "tanh", "softmax"} | {
    "softplus", "softsign", "log_softmax", "crelu",
}  # fmt: skip
_CONTAINERS = {"Sequential": "keras.Sequential", "Model": "keras.Model", "Functional": "keras.Model"}
_TOPS = {"Input": "keras.Input"} | _CONTAINERS
# What a star import, or a snippet without its imports, can mean.
_LOOSE = {
    "to_categorical": "keras.utils.to_categorical",
    "pad_sequences": "keras.utils.pad_sequences",
    "ImageDataGenerator": "keras.preprocessing.image.ImageDataGenerator",
    "EarlyStopping": "keras.callbacks.EarlyStopping",
    "ModelCheckpoint": "keras.callbacks.ModelCheckpoint",
    "ReduceLROnPlateau": "keras.callbacks.ReduceLROnPlateau",
    "l1": "keras.regularizers.l1",
    "l2": "keras.regularizers.l2",
    "l1_l2": "keras.regularizers.l1_l2",
    "load_model": "keras.load_model",
    "train_test_split": "sklearn.train_test_split",
    "StandardScaler": "sklearn.StandardScaler",
    "MinMaxScaler": "sklearn.MinMaxScaler",
}
_MODULES: tuple[str, ...] = (
    "layers",
    "models",
    "optimizers",
    "losses",
    "initializers",
    "regularizers",
    "constraints",
    "activations",
)
_MODULES += ("datasets", "utils", "callbacks", "metrics", "preprocessing", "backend", "applications")


def canonical(path: str) -> str:
    """The one name for `path`: of Keras keras.layers.Dense, of scikit-learn sklearn.load_iris; else as it is."""
    if len(path) > 300:
        return path
    found = _KERAS.match(path)
    if found:
        return _keras(path[found.end() :])
    head, _, rest = path.partition(".")
    if head == "tensorflow":
        return _tensorflow(rest)
    if head in ("sklearn", "scikeras"):
        return f"sklearn.{path.rpartition('.')[2]}" if rest else head
    if head in ("jax", "cupy") and rest.startswith("numpy"):
        return f"numpy{rest.removeprefix('numpy')}"
    return path


def _keras(rest: str) -> str:
    parts = [part for part in rest.split(".") if part]
    if not parts:
        return "keras"
    last = parts[-1]
    room = _ROOMS.get(parts[0], parts[0])
    if room == "layers" and last == "Input":
        return "keras.Input"
    # keras.models.Sequential, keras.engine.training.Model; keras.layers.core.Dense.
    if last in _TOPS and room in ("", last, "layers"):
        return _TOPS[last]
    if len(parts) == 1:
        return f"keras.{room}" if room else "keras"
    if room == "layers":
        return f"keras.layers.{last}" if last[:1].isupper() or len(parts) == 2 else "keras.layers"
    if room == "optimizers" and "schedules" not in parts:
        return f"keras.optimizers.{_OPTIMIZERS.get(last, last)}" if last[:1].isupper() else "keras.optimizers"
    if room in ("losses", "initializers", "regularizers", "constraints", "activations", "metrics"):
        return f"keras.{room}.{last}"
    if room in ("backend", "ops") and last in _FUNCTIONS:
        return f"keras.activations.{last}"
    if last in ("to_categorical", "pad_sequences", "image_dataset_from_directory"):
        return f"keras.utils.{last}"
    return ".".join(["keras", *([room] if room else []), *parts[1:]])


def _tensorflow(rest: str) -> str:
    parts = [part for part in rest.split(".") if part and part not in ("compat", "v1", "v2", "contrib")]
    last = parts[-1] if parts else ""
    if last in _FUNCTIONS and (len(parts) == 1 or parts[0] in ("nn", "math")):
        return f"keras.activations.{last}"
    if last.endswith("_initializer") and len(parts) in (1, 2):
        return f"keras.initializers.{_TENSORFLOW_INITIALIZERS.get(last, last.removesuffix('_initializer'))}"
    if last in _OPTIMIZERS and parts[0] == "train":
        return f"keras.optimizers.{_OPTIMIZERS[last]}"
    if parts[:1] and parts[0] in ("optimizers", "losses", "initializers", "metrics", "regularizers", "layers"):
        # tf.layers.Dense of TensorFlow 1 is a class that Keras's was.
        return _keras(".".join(parts))
    return ".".join(["tensorflow", *parts])


def loose(name: str, starred: list[str]) -> str | None:
    """What `name` means where the script imports it with a star, or not at all; None for what nothing is known of."""
    if name in _SHORT or name in ("keras", "numpy", "pandas", "sklearn"):
        return _SHORT.get(name, name)
    if name in _TOPS or name in _LOOSE:
        return _TOPS.get(name) or _LOOSE[name]
    if name in layer_types() or name in _CLASSES or name in _OTHER_LAYERS:
        return f"keras.layers.{name}"
    if name in OPTIMIZER_TYPES:
        return f"keras.optimizers.{name}"
    if name in INITIALIZER_TYPES:
        return f"keras.initializers.{name}"
    if name in _MODULES:
        return f"keras.{name}"
    module = next((module for module in starred if not module.startswith("keras")), None)
    return f"{module}.{name}" if module else None


def layer_class(name: str) -> str:
    """Keras 3's name of a layer's class; as it is where there is no other."""
    return _CLASSES.get(name, name)


def initializer_name(name: str) -> str:
    """The catalogue's name for what an initializer is called; as it is where there is none."""
    return INITIALIZER_NAMES.get(name, name)


def activation_name(name: str) -> str:
    """The catalogue's name for what an activation is called; as it is where there is none."""
    return ACTIVATION_NAMES.get(name, name)
