"""Functions of Keras, NumPy, pandas and scikit-learn that give data, or change them."""

import ast
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from biasstudio.scripts import arrays
from biasstudio.scripts.arithmetic import is_number
from biasstudio.scripts.arrays import ALL, INPUTS, TABLE, TARGETS, TEST, TRAIN, Array, Pairs, Source, Statistic
from biasstudio.scripts.notes import Note
from biasstudio.scripts.values import Given, Instance, Made, Method, OwnClass, Unknown

_KERAS_DATA: dict[str, tuple[int, int, tuple[int, ...] | None, tuple[int, ...]]] = {
    "mnist": (60_000, 10_000, (28, 28), ()),
    "fashion_mnist": (60_000, 10_000, (28, 28), ()),
    "cifar10": (50_000, 10_000, (32, 32, 3), (1,)),
    "cifar100": (50_000, 10_000, (32, 32, 3), (1,)),
    "imdb": (25_000, 25_000, (), ()),
    "reuters": (8_982, 2_246, (), ()),
    "boston_housing": (404, 102, (13,), ()),
    "california_housing": (16_512, 4_128, (8,), ()),
}
"""Samples of the training and the test part, and the shapes of an input and a target."""

_TABLES = {
    "load_iris": ("iris", 150, 4),
    "load_wine": ("wine", 178, 13),
    "load_breast_cancer": ("breast_cancer", 569, 30),
}
_TABLES |= {"load_diabetes": ("diabetes", 442, 10)}
_POINTS = {"make_moons": "two_moons", "make_circles": "circles"}
_READERS = {"pandas.read_csv", "pandas.read_table", "numpy.loadtxt", "numpy.genfromtxt"}
_MADE_ELSEWHERE = "The data are made by {text}, which isn't run here."
_NUMPY_MAKERS: tuple[str, ...] = (
    "random",
    "zeros",
    "ones",
    "array",
    "linspace",
    "arange",
    "eye",
    "full",
    "concatenate",
    "vstack",
    "hstack",
)
_NUMPY_MAKERS += (
    "asarray",
    "stack",
    "default_rng",
    "empty",
    "column_stack",
    "meshgrid",
    "where",
    "sin",
    "cos",
    "append",
)
_SCALERS = {"StandardScaler": "standardise", "LabelEncoder": ""}
_OTHER_SCALERS = {
    "MinMaxScaler",
    "RobustScaler",
    "MaxAbsScaler",
    "Normalizer",
    "PCA",
    "OneHotEncoder",
    "LabelBinarizer",
}
_OTHER_SCALERS |= {
    "SimpleImputer",
    "PolynomialFeatures",
    "QuantileTransformer",
    "PowerTransformer",
    "ColumnTransformer",
}
_OTHER_SCALERS |= {"Tokenizer", "CountVectorizer", "TfidfVectorizer"}


def called(path: str, given: Given, line: int, text: str) -> Any:
    """What calling `path` gives; None where it is no data that are followed here."""
    name = path.rpartition(".")[2]
    if path.startswith("keras.datasets.") and name == "load_data":
        return _keras_data(path.split(".")[2], given, line, text)
    if name in _TABLES and path.startswith("sklearn."):
        return _table(name, given, line, text)
    if name in _POINTS and path.startswith("sklearn."):
        return _points(name, given, line, text)
    if name in (*_SCALERS, *_OTHER_SCALERS, "ArgumentParser"):
        return Made(path, given, line)
    function = _FUNCTIONS.get(path)
    if function is not None:
        return function(given, line, text)
    if path in _READERS:
        return _read_table(path, given, line, text)
    if path.startswith("numpy."):
        return _numpy(path, given, line, text)
    if path.startswith("sklearn.make_"):
        source = Source("", line, _MADE_ELSEWHERE.format(text=text))
        return [Array(source, INPUTS), Array(source, TARGETS)]
    return _after(given, line, text)


def _after(given: Given, line: int, text: str) -> Any:
    """What an unknown function makes of an array: the same array, with what was done to it unread."""
    return next((value.not_read(line, text) for value in given.positional if isinstance(value, Array)), None)


def _keras_data(name: str, given: Given, line: int, text: str) -> Any:
    if name not in _KERAS_DATA:
        return None
    train, test, sample, target = _KERAS_DATA[name]
    known = {"path", "num_words", "nb_words", "label_mode"}
    options: dict[str, Any] = {}
    if name in ("imdb", "reuters"):
        options["num_words"] = given.get("num_words", 1, given.named.get("nb_words"))
    if name == "cifar100":
        options["labels"] = given.get("label_mode", 0, "fine")
    other = [key for key, value in given.named.items() if key not in known and value is not None]
    unread = (Note(line, f"{', '.join(other)} of “{text}” is not read."),) if other else ()
    source = Source(f"keras_{name}", line, text, tuple(options.items()))
    parts = []
    for part, count in ((TRAIN, train), (TEST, test)):
        x = Array(source, INPUTS, part, (count, *sample) if sample is not None else None, unread=unread)
        parts.append((x, Array(source, TARGETS, part, (count, *target))))
    return tuple(parts)


def _table(name: str, given: Given, line: int, text: str) -> Any:
    kind, count, features = _TABLES[name]
    source = Source(kind, line, text)
    x, y = Array(source, INPUTS, shape=(count, features)), Array(source, TARGETS, shape=(count,))
    pair = given.named.get("return_X_y") is True
    return (x, y) if pair else Pairs(x, y)


def _points(name: str, given: Given, line: int, text: str) -> Any:
    count, noise = given.get("n_samples", 0, 100), given.named.get("noise")
    seed = given.named.get("random_state")
    options = {"points": count, "noise": 0.0 if noise is None else noise, "seed": seed if isinstance(seed, int) else 0}
    source = Source(_POINTS[name], line, text, tuple(options.items()))
    samples = count if isinstance(count, int) else None
    return (Array(source, INPUTS, shape=(samples, 2)), Array(source, TARGETS, shape=(samples,)))


def _read_table(path: str, given: Given, line: int, text: str) -> Any:
    file = given.get("filepath_or_buffer" if path.startswith("pandas.") else "fname", 0)
    if not isinstance(file, str):
        return Array(Source("", line, f"Which file “{text}” reads is only known when the script runs."), TABLE)
    header = given.named.get("header", "infer") if path.startswith("pandas.") else None
    names = given.named.get("names")
    options = {"file": file, "header": header is not None and names is None, "names": names}
    known = {
        "filepath_or_buffer",
        "fname",
        "header",
        "sep",
        "delimiter",
        "encoding",
        "decimal",
        "names",
        "dtype",
        "skiprows",
    }
    other = [key for key in given.named if key not in known | {"skip_header", "na_values", "engine", "low_memory"}]
    if given.named.get("skiprows", given.named.get("skip_header")) == 1 and header is None:
        options["header"] = True
    elif given.named.get("skiprows") is not None:
        other.append("skiprows")
    unread = (Note(line, f"{', '.join(other)} of “{text}” is not read."),) if other else ()
    return Array(Source("csv", line, file, tuple(options.items())), TABLE, unread=unread)


def _load(given: Given, line: int, text: str) -> Any:
    file = given.get("file", 0)
    if not isinstance(file, str):
        return Array(Source("", line, f"Which file “{text}” reads is only known when the script runs."), INPUTS)
    if file.lower().endswith(".npz"):
        return Made("numpy.NpzFile", Given((file,)), line)
    return Array(Source("npy", line, file), INPUTS)


def _image_folder(given: Given, line: int, text: str) -> Any:
    folder = given.get("directory", 0)
    if not isinstance(folder, str):
        return Pairs(*_unknown_images(line, text))
    size = given.named.get("image_size", (256, 256))
    colour = "grey" if given.named.get("color_mode") == "grayscale" else "rgb"
    return _images(folder, size, colour, "none", given, line, text, ("validation_split", "subset", "seed", "shuffle"))


def _images(
    folder: str, size: Any, colour: str, scaling: str, given: Given, line: int, text: str, known: tuple[str, ...]
) -> Pairs:
    source = Source("images", line, folder, (("size", size), ("colour", colour)))
    sides = tuple(size) if isinstance(size, list | tuple) and len(size) == 2 else (None, None)
    sides = tuple(side if isinstance(side, int) else None for side in sides)
    mode = given.named.get("label_mode", given.named.get("class_mode"))
    share = given.named.get("validation_split")
    held = given.named.get("subset") == "validation"
    part = TEST if held else ALL
    x = Array(source, INPUTS, part, (None, *sides, 1 if colour == "grey" else 3), scaling=scaling)
    if is_number(share):
        x = replace(x, share=share)
    y = Array(source, TARGETS, part, (None,), one_hot=mode == "categorical")
    harmless = {
        "directory",
        "labels",
        "label_mode",
        "class_mode",
        "class_names",
        "image_size",
        "target_size",
        "verbose",
    }
    other = [key for key in given.named if key not in harmless | {"batch_size", "color_mode", *known}]
    unread = (Note(line, f"{', '.join(other)} of “{text}” is not read."),) if other else ()
    return Pairs(replace(x, unread=unread), y, given.named.get("batch_size", 32), shuffled=True)


def _unknown_images(line: int, text: str) -> tuple[Array, Array]:
    source = Source("", line, f"Which folder “{text}” reads is only known when the script runs.")
    return Array(source, INPUTS), Array(source, TARGETS)


def _numpy(path: str, given: Given, line: int, text: str) -> Any:
    name = path.rpartition(".")[2]
    first = given.positional[0] if given.positional else None
    if isinstance(first, Array):
        return _numpy_of_array(name, first, given, line, text)
    if isinstance(first, list | tuple) and any(isinstance(each, Array) for each in first):
        return next(each for each in first if isinstance(each, Array)).not_read(line, text)
    if name in ("prod", "product") and isinstance(first, list | tuple):
        return _product(first)
    if name in ("sqrt", "log", "exp", "floor", "ceil", "int", "float32"):
        return first if name in ("int", "float32") else None
    if path.split(".")[1] in _NUMPY_MAKERS:
        return Array(Source("", line, _MADE_ELSEWHERE.format(text=text)), INPUTS, shape=_made_shape(path, given))
    return None


def _product(values: Any) -> Any:
    result = 1
    for value in values[:10]:
        if not isinstance(value, int):
            return None
        result *= value
    return result if result < 10**15 else None


def _made_shape(path: str, given: Given) -> tuple[int | None, ...] | None:
    """Of np.random.rand(1000, 20), np.zeros((3, 4)), np.array([[0, 1]])."""
    name, first = path.rpartition(".")[2], given.positional[0] if given.positional else None
    if name in ("rand", "randn"):
        sides: Any = given.positional
    elif name in ("array", "asarray"):
        return _nested_shape(first)
    elif name in ("random", "zeros", "ones", "empty", "random_sample", "standard_normal"):
        sides = given.get("size", 0) if path.startswith("numpy.random") else first
    else:
        sides = given.named.get("size", given.positional[2] if len(given.positional) > 2 else None)
    sides = tuple(sides) if isinstance(sides, list | tuple) else (sides,)
    return sides if sides and all(isinstance(side, int) for side in sides) and len(sides) < 7 else None


def _nested_shape(value: Any) -> tuple[int | None, ...] | None:
    shape: list[int | None] = []
    while isinstance(value, list | tuple) and len(shape) < 6:
        shape.append(len(value))
        value = value[0] if value else None
    return tuple(shape) or None


def _numpy_of_array(name: str, array: Array, given: Given, line: int, text: str) -> Any:
    if name in ("asarray", "array", "copy", "float32", "squeeze", "asarray_chkfinite", "ravel"):
        return array
    if name == "expand_dims":
        return _expanded(array, given.get("axis", 1), line, text)
    if name == "reshape":
        return arrays.reshaped(array, given.get("newshape", 1, given.named.get("shape")), line, text)
    if name in ("mean", "std"):
        return Statistic(name, array.source) if given.get("axis", 1, 0) == 0 else None
    if name in ("unique", "max", "min", "argmax", "sum", "bincount"):
        return None
    if name == "divide" and len(given.positional) == 2:
        return arrays.operated(array, ast.Div, given.positional[1], line, text)
    return array.not_read(line, text)


def _expanded(array: Array, axis: Any, line: int, text: str) -> Any:
    shape = array.shape
    if shape is None or not isinstance(axis, int) or axis == 0 or not -len(shape) - 1 < axis <= len(shape):
        return array.not_read(line, text)
    at = axis if axis > 0 else len(shape) + 1 + axis
    return replace(array, shape=(*shape[:at], 1, *shape[at:]))


def _expand(given: Given, line: int, text: str) -> Any:
    first = given.positional[0] if given.positional else None
    return _expanded(first, given.get("axis", 1), line, text) if isinstance(first, Array) else None


def _same(given: Given, _line: int, _text: str) -> Any:
    first = given.positional[0] if given.positional else None
    return first if isinstance(first, Array) else None


def _one_hot(given: Given, _line: int, _text: str) -> Any:
    first = given.get("y", 0)
    classes = given.get("num_classes", 1, given.named.get("nb_classes", given.named.get("depth")))
    return arrays.one_hot(first, classes) if isinstance(first, Array) else None


def _padded(given: Given, line: int, text: str) -> Any:
    array, length = given.get("sequences", 0), given.get("maxlen", 1)
    if not isinstance(array, Array):
        return None
    if "post" in (given.get("padding", 3), given.get("truncating", 4)):
        array = array.not_read(line, f"{text}: padding at the end")
    source = array.source.with_options(maxlen=length)
    count = array.shape[0] if array.shape else None
    return replace(array, source=source, shape=(count, length if isinstance(length, int) else None))


def _split(given: Given, _line: int, _text: str) -> Any:
    share: Any = given.named.get("test_size")
    if share is None and is_number(given.named.get("train_size")):
        share = 1 - given.named["train_size"]
    parts: list[Any] = []
    for array in given.positional:
        if not isinstance(array, Array):
            parts += [Unknown(), Unknown()]
            continue
        count = array.shape[0] if array.shape else None
        kept = 0.25 if share is None else share
        if isinstance(kept, int) and count:
            kept = kept / count
        kept = float(kept) if is_number(kept) and 0 < kept < 1 else None
        sides = None if array.shape is None else (None, *array.shape[1:])
        part = replace(array, share=kept, shape=sides)
        parts += [part, replace(part, part=TEST)]
    return parts


def _dataset(given: Given, line: int, _text: str) -> Any:
    pair = given.get("tensors", 0)
    if isinstance(pair, tuple | list) and len(pair) == 2:
        return Pairs(pair[0], pair[1])
    return Pairs(Unknown(), Unknown(), unread=(Note(line, "What this data set holds can't be read."),))


def method_of_pairs(pairs: Pairs, name: str, given: Given, line: int, text: str) -> Any:
    """tf.data's methods."""
    if name in ("prefetch", "cache", "repeat", "with_options"):
        return pairs
    if name == "shuffle":
        return replace(pairs, shuffled=True)
    if name == "batch":
        return replace(pairs, batch_size=given.get("batch_size", 0))
    if name in ("map", "take", "skip", "filter", "unbatch", "concatenate", "zip", "apply"):
        return replace(pairs, unread=(*pairs.unread[:20], Note(line, f"What “{text}” does to the data is not read.")))
    return None


def method_of_made(made: Made, name: str, given: Given, line: int, text: str) -> Any:
    """Methods of scalers, of image generators, of parsers and of files that hold several arrays."""
    first = given.positional[0] if given.positional else None
    if made.last == "ArgumentParser":
        return _parser_method(made, name, given)
    if made.last == "ImageDataGenerator":
        return _flow(made, name, given, line, text)
    if made.last in (*_SCALERS, *_OTHER_SCALERS):
        if name in ("fit", "partial_fit"):
            return made
        if not isinstance(first, Array) or name not in ("fit_transform", "transform"):
            return None
        return _scaled(made.last, first, line, text)
    return _after(given, line, text)


def _scaled(scaler: str, array: Array, line: int, text: str) -> Any:
    if scaler == "LabelEncoder" and array.role != INPUTS:
        return array
    if scaler == "StandardScaler" and array.role != TARGETS and array.scaling == "none":
        return replace(array, scaling="standardise")
    return array.not_read(line, text)


def _flow(generator: Made, name: str, given: Given, line: int, text: str) -> Any:
    options = generator.given.named
    if name == "flow":
        first, second = given.get("x", 0), given.get("y", 1)
        pairs = Pairs(first, second, given.get("batch_size", 2, 32), shuffled=True)
    elif name == "flow_from_directory":
        folder = given.get("directory", 0)
        if not isinstance(folder, str):
            return Pairs(*_unknown_images(line, text))
        pixels = is_number(options.get("rescale")) and abs(options["rescale"] * 255 - 1) < 1e-6
        colour = "grey" if given.named.get("color_mode") == "grayscale" else "rgb"
        size = given.named.get("target_size", (256, 256))
        scaling = "pixels" if pixels else "none"
        pairs = _images(
            folder, size, colour, scaling, given, line, text, ("subset", "seed", "shuffle", "interpolation")
        )
        if is_number(options.get("validation_split")):
            pairs = replace(pairs, x=replace(pairs.x, share=options["validation_split"]))
    else:
        return None
    other = [key for key in options if key not in ("rescale", "validation_split")]
    note = Note(generator.line, f"What ImageDataGenerator does by {', '.join(other)} is not read.")
    return replace(pairs, unread=(note,)) if other else pairs


def _parser_method(parser: Made, name: str, given: Given) -> Any:
    """argparse: without options on the command line, each has its default."""
    if name == "add_argument":
        flags = [flag for flag in given.positional if isinstance(flag, str)]
        chosen = next((flag for flag in flags if flag.startswith("--")), flags[0] if flags else "")
        key = given.named.get("dest") or chosen.lstrip("-").replace("-", "_")
        stored = given.named.get("action") == "store_true"
        if isinstance(key, str) and len(parser.attributes) < 1000:
            parser.attributes[key] = given.named.get("default", False if stored else Unknown(key))
        return None
    if name in ("parse_args", "parse_known_args"):
        instance = Instance(OwnClass("Namespace", parser.line, "", {}), dict(parser.attributes))
        return instance if name == "parse_args" else (instance, [])
    return Method(parser, name) if name == "add_argument_group" else None


_FUNCTIONS: dict[str, Callable[[Given, int, str], Any]] = {
    "keras.utils.to_categorical": _one_hot,
    "tensorflow.one_hot": _one_hot,
    "pandas.get_dummies": _one_hot,
    "keras.utils.pad_sequences": _padded,
    "keras.utils.image_dataset_from_directory": _image_folder,
    "sklearn.train_test_split": _split,
    "sklearn.scale": lambda given, line, text: (
        _scaled("StandardScaler", given.positional[0], line, text)
        if given.positional and isinstance(given.positional[0], Array)
        else None
    ),
    "tensorflow.data.Dataset.from_tensor_slices": _dataset,
    "tensorflow.cast": _same,
    "tensorflow.constant": _same,
    "tensorflow.convert_to_tensor": _same,
    "tensorflow.expand_dims": _expand,
    "numpy.load": _load,
    "keras.backend.cast_to_floatx": _same,
}
