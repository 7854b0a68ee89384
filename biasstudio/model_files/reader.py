"""Read a model's file, .keras, .h5 or .weights.h5: nothing in it is run, and memory is taken only for what is there."""

import hashlib
import math
import os
import stat
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from biasstudio.model_files.archive import CONFIG, MAXIMUM_CONFIG_BYTES, METADATA, Archive
from biasstudio.model_files.compile_config import training_settings
from biasstudio.model_files.config import checked_model, name_shown
from biasstudio.model_files.contents import FileLayer, FileVariable, ModelFile
from biasstudio.model_files.hdf5 import Hdf5
from biasstudio.model_files.hdf5_blocks import SIGNATURE
from biasstudio.model_files.layers import layers_of
from biasstudio.model_files.linear import as_sequential
from biasstudio.recording.network import BIAS_NAMES, CELL_GATES, BiasVector
from biasstudio.spec.arguments import SpecError
from biasstudio.spec.keras_config import stack_from_keras
from biasstudio.spec.plain_json import parse_json

SUFFIXES = (".keras", ".h5", ".hdf5")
MAXIMUM_FILE_BYTES = 9_000_000_000
MAXIMUM_BIASES = 2_000_000
_MAXIMUM_DEPTH = 200
_MAXIMUM_LISTED = 10_000
_PART = 1 << 22

Cancelled = Callable[[], bool]


def read_model_file(path: Path, cancelled: Cancelled = lambda: False) -> ModelFile:
    """What a model's file holds. Any thread may call. Raises SpecError or OSError.

    `cancelled` is asked now and then; where it gives True, SpecError says so.
    """
    with _opened(path) as file:
        digest = _digest(file, cancelled)
        with _weights_of(file, path.name) as (hdf5, config, metadata):
            return _contents(path, digest, hdf5, config, metadata)


def is_model_file(path: Path) -> bool:
    """Whether the name is that of a model's file."""
    return path.suffix.lower() in SUFFIXES


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    # A pipe or a device could keep the reader waiting for ever, and a folder is opened without complaint.
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with os.fdopen(descriptor, "rb") as file:
        facts = os.fstat(file.fileno())
        if not stat.S_ISREG(facts.st_mode):
            raise SpecError(f"{path.name} is not a file that can be opened: expected a model's file.")
        if facts.st_size > MAXIMUM_FILE_BYTES:
            limit = MAXIMUM_FILE_BYTES // 1_000_000_000
            raise SpecError(f"{path.name} is larger than {limit} GB, too large for a model here.")
        if not facts.st_size:
            raise SpecError(f"{path.name} is empty: expected a model's file.")
        yield file


def _digest(file: BinaryIO, cancelled: Cancelled) -> str:
    digest = hashlib.sha256()
    while part := file.read(_PART):
        if cancelled():
            raise SpecError("Opening was cancelled.")
        digest.update(part)
    file.seek(0)
    return digest.hexdigest()


@contextmanager
def _weights_of(file: BinaryIO, name: str) -> Iterator[tuple[Hdf5, Any, Any]]:
    """The weights, the model's config and what is said of it; None where the file has none."""
    head = file.read(8)
    if head == SIGNATURE:
        hdf5 = Hdf5(file, name)
        config = _attribute_json(hdf5, "model_config", name)
        training = _attribute_json(hdf5, "training_config", name)
        version = hdf5.text(hdf5.root, "keras_version")
        yield hdf5, config, {"keras_version": version, "compile_config": training}
        return
    if head[:4] != b"PK\x03\x04":
        raise SpecError(f"{name} is not a model of Keras: it is neither a .keras nor an HDF5 file.")
    archive = Archive(file, name)
    config = _json(archive.json(CONFIG) or b"", name)
    metadata = _json(archive.json(METADATA) or b"{}", name)
    found = {"compile_config": config.get("compile_config")} if isinstance(config, dict) else {}
    if isinstance(metadata, dict):
        found["keras_version"] = metadata.get("keras_version")
    with archive.weights() as weights:
        yield Hdf5(weights, f"{name}, model.weights.h5,"), config, found


def _attribute_json(hdf5: Hdf5, attribute: str, name: str) -> Any:
    text = hdf5.text(hdf5.root, attribute)
    if text is None:
        return None
    if len(text) > MAXIMUM_CONFIG_BYTES:
        raise SpecError(f"{name}: its config has {len(text):,} signs; up to {MAXIMUM_CONFIG_BYTES:,} are read.")
    return _json(text, name)


def _json(text: str | bytes, name: str) -> Any:
    try:
        return parse_json(text, "Its config", _MAXIMUM_DEPTH)
    except SpecError as error:
        raise SpecError(f"{name}: {error}") from None


def _contents(path: Path, digest: str, hdf5: Hdf5, config: Any, metadata: Mapping[str, Any]) -> ModelFile:
    model = config if isinstance(config, dict) else None
    if config is not None and model is None:
        raise SpecError(f"{path.name} is not a model of Keras: its config is no object.")
    layers = layers_of(hdf5, model)
    if not layers and model is None:
        raise SpecError(f"{path.name} is an HDF5 file, but holds no weights of Keras.")
    vectors, variables = _vectors(layers, path.name)
    contents = ModelFile(
        path=path,
        sha256=digest,
        class_name=name_shown(model.get("class_name")) if model else "",
        keras_version=name_shown(metadata.get("keras_version") or ""),
        layers=layers,
        vectors=vectors,
        values=_values(hdf5, variables, path.name),
        training=training_settings(metadata.get("compile_config")),
    )
    return contents if model is None else _with_network(contents, model)


def _with_network(contents: ModelFile, config: dict[str, Any]) -> ModelFile:
    try:
        model = checked_model(config)
    except SpecError as error:
        return replace(contents, refusal=str(error), why_no_stack=str(error))
    try:
        return replace(contents, model=model, stack=_stack(model))
    except SpecError as error:
        return replace(contents, model=model, why_no_stack=str(error))


def _stack(model: dict[str, Any]) -> Any:
    """Raises SpecError where the model is no stack of the catalogue's layers."""
    sequential = model if model["class_name"] == "Sequential" else as_sequential(model)
    return stack_from_keras(sequential if sequential is not None else model)


def _vectors(layers: tuple[FileLayer, ...], name: str) -> tuple[tuple[BiasVector, ...], list[FileVariable]]:
    seen: Counter[str] = Counter()
    vectors, variables = [], []
    for top in layers:
        for layer in top.walk():
            for variable in layer.variables:
                if variable.name.split("/")[-1] not in BIAS_NAMES:
                    continue
                path = f"{layer.path}/{variable.name}"
                seen[path] += 1
                unique = path if seen[path] == 1 else f"{path} ({seen[path]})"
                cell = "ConvLSTMCell" if layer.class_name.startswith("ConvLSTM") else layer.class_name
                gates = CELL_GATES.get(cell, ())
                unit = _unit(layer.class_name)
                vectors.append(BiasVector(unique, variable.shape, path.split("/")[0], unit, gates))
                variables.append(variable)
    total = sum(vector.length for vector in vectors)
    if total > MAXIMUM_BIASES:
        raise SpecError(f"{name} has {total:,} biases, more than the {MAXIMUM_BIASES:,} that can be watched here.")
    if len(vectors) > _MAXIMUM_LISTED:
        raise SpecError(f"{name} has {len(vectors):,} bias vectors, more than can be listed here.")
    return tuple(vectors), variables


def _unit(class_name: str) -> str:
    if class_name.startswith(("Conv", "DepthwiseConv", "SeparableConv")):
        return "gate channel" if class_name.startswith("ConvLSTM") else "channel"
    if class_name in ("BatchNormalization", "GroupNormalization"):
        return "channel"
    return "gate unit" if class_name in ("LSTMCell", "GRUCell") else "unit"


def _values(hdf5: Hdf5, variables: list[FileVariable], name: str) -> NDArray[np.float32]:
    """float32 (total,): the values of each variable, one after the other."""
    total = sum(math.prod(variable.shape) for variable in variables)
    values, start = np.empty(total, np.float32), 0
    for variable in variables:
        array = hdf5.root.array(variable.place)
        if array is None:
            raise SpecError(f"{name} is damaged: {variable.place} is not there.")
        numbers = hdf5.numbers(array).reshape(-1)
        with np.errstate(over="ignore", invalid="ignore"):
            values[start : start + numbers.size] = numbers
        start += numbers.size
    return values


@contextmanager
def opened_weights(path: Path, sha256: str) -> Iterator[tuple[Hdf5, ModelFile]]:
    """The file whose content has this hash, open, to read its arrays. Raises SpecError, also for another hash."""
    with ExitStack() as stack:
        try:
            file = stack.enter_context(_opened(path))
            digest = _digest(file, lambda: False)
        except OSError as error:
            reason = error.strerror
            raise SpecError(f"{path}, whose weights this network starts from, can't be read: {reason}.") from None
        if digest != sha256:
            raise SpecError(
                f"{path.name} is not the file any more whose weights this network starts from: its content is "
                "another. Open it again, or drop it."
            )
        hdf5, config, metadata = stack.enter_context(_weights_of(file, path.name))
        yield hdf5, _contents(path, digest, hdf5, config, metadata)
