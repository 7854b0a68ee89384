"""Functions that a script's data come from, each with what it gives: Keras, scikit-learn, pandas, NumPy, tf.data."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from biasstudio.scripts.array_functions import expand, numpy_call, one_hot, padded, same, scaled, split
from biasstudio.scripts.arrays import INPUTS, MADE_HERE, TABLE, TARGETS, TEST, TRAIN, Array, Pairs, Source
from biasstudio.scripts.command_line import parser_method
from biasstudio.scripts.image_folders import flow, image_folder
from biasstudio.scripts.notes import Note
from biasstudio.scripts.values import Given, Made, Unknown

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
        return numpy_call(path, given, line, text)
    if path.startswith("sklearn.make_"):
        source = Source("", line, MADE_HERE.format(text=text))
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
        "index_col",
    }
    other = [key for key in given.named if key not in known | {"skip_header", "na_values", "engine", "low_memory"}]
    if given.named.get("skiprows", given.named.get("skip_header")) == 1 and header is None:
        options["header"] = True
    elif given.named.get("skiprows") is not None:
        other.append("skiprows")
    unread = (Note(line, f"{', '.join(other)} of “{text}” is not read."),) if other else ()
    index = given.named.get("index_col")
    columns = (("without", index),) if isinstance(index, int) and not isinstance(index, bool) else ()
    return Array(Source("csv", line, file, tuple(options.items())), TABLE, columns=columns, unread=unread)


def _load(given: Given, line: int, text: str) -> Any:
    file = given.get("file", 0)
    if not isinstance(file, str):
        return Array(Source("", line, f"Which file “{text}” reads is only known when the script runs."), INPUTS)
    if file.lower().endswith(".npz"):
        return Made("numpy.NpzFile", Given((file,)), line)
    return Array(Source("npy", line, file), INPUTS)


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
        return parser_method(made, name, given)
    if made.last == "ImageDataGenerator":
        return flow(made, name, given, line, text)
    if made.last in (*_SCALERS, *_OTHER_SCALERS):
        if name in ("fit", "partial_fit"):
            return made
        if not isinstance(first, Array) or name not in ("fit_transform", "transform"):
            return None
        return scaled(made.last, first, line, text)
    return _after(given, line, text)


_FUNCTIONS: dict[str, Callable[[Given, int, str], Any]] = {
    "keras.utils.to_categorical": one_hot,
    "tensorflow.one_hot": one_hot,
    "pandas.get_dummies": one_hot,
    "keras.utils.pad_sequences": padded,
    "keras.utils.image_dataset_from_directory": image_folder,
    "sklearn.train_test_split": split,
    "sklearn.scale": lambda given, line, text: (
        scaled("StandardScaler", given.positional[0], line, text)
        if given.positional and isinstance(given.positional[0], Array)
        else None
    ),
    "tensorflow.data.Dataset.from_tensor_slices": _dataset,
    "tensorflow.cast": same,
    "tensorflow.constant": same,
    "tensorflow.convert_to_tensor": same,
    "tensorflow.expand_dims": expand,
    "numpy.load": _load,
    "keras.backend.cast_to_floatx": same,
}
