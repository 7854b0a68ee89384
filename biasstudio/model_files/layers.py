"""The tree of layers in a model's file: the config's names and classes, and for each the variables that are stored.

Keras 3 stores variables by number, in groups named after the classes and attributes; which number is the bias follows
from the class. The old .h5 format stores them by name.
"""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from biasstudio.model_files.contents import FileLayer, FileVariable
from biasstudio.model_files.hdf5 import Hdf5, StoredArray, StoredGroup
from biasstudio.spec.stack import base_name

_KERNEL = ("kernel", "bias")
_CELL = ("kernel", "recurrent_kernel", "bias")
_NORMALIZATION = ("gamma", "beta")
# The order in which a layer of each class stores its variables; those that are switched off are left out.
_VARIABLES: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("Dense", "EinsumDense", "DepthwiseConv1D", "DepthwiseConv2D"), _KERNEL),
    **{f"Conv{side}D{suffix}": _KERNEL for side in "123" for suffix in ("", "Transpose")},
    **{f"SeparableConv{side}D": ("depthwise_kernel", "pointwise_kernel", "bias") for side in "12"},
    **dict.fromkeys(("SimpleRNNCell", "LSTMCell", "GRUCell", "ConvLSTMCell"), _CELL),
    "BatchNormalization": (*_NORMALIZATION, "moving_mean", "moving_variance"),
    "LayerNormalization": _NORMALIZATION,
    "GroupNormalization": _NORMALIZATION,
    "RMSNormalization": ("scale",),
    "Embedding": ("embeddings",),
    "PReLU": ("alpha",),
    "SpectralNormalization": ("vector_u",),
    "SeedGenerator": ("seed_generator_state",),
}
# The argument that switches a variable off, where it is false.
_SWITCHES = {"bias": "use_bias", "beta": "center", "gamma": "scale"}
_CELLS = {"LSTM": "LSTMCell", "GRU": "GRUCell", "SimpleRNN": "SimpleRNNCell"} | {
    f"ConvLSTM{side}D": "ConvLSTMCell" for side in "123"
}
_CELL_NAMES = {"ConvLSTMCell": "conv_lstm_cell"}
_PARTS = {"query_dense": "query", "key_dense": "key", "value_dense": "value", "output_dense": "attention_output"}
# Keras publishes a class under another name than its own, by which it stores.
_OWN_NAMES = {"GroupQueryAttention": "GroupedQueryAttention"}
# Attributes that are lists of layers.
_LISTS = ("layers", "cells")
_ORDER = {name: place for place, name in enumerate(("forward_layer", "backward_layer", *_PARTS))}
_WITHOUT_VARIABLES = ("Bidirectional", "TimeDistributed", "MultiHeadAttention", "Dropout", "Softmax")
_BY_BASE_NAME = {base_name(name): name for name in (*_VARIABLES, *_CELLS, *_WITHOUT_VARIABLES)}
MODELS = ("Sequential", "Functional", "Model")


def layers_of(hdf5: Hdf5, config: dict[str, Any] | None) -> tuple[FileLayer, ...]:
    """The layers of a .keras, .weights.h5 or old .h5 file; `config` is the model's, as it stands in the file."""
    root = hdf5.root
    legacy = root.groups.get("model_weights", root)
    names = hdf5.texts(legacy, "layer_names")
    if names is not None:
        return tuple(_legacy_layer(hdf5, legacy, name, config) for name in names)
    return tuple(_model_layers(hdf5, root, config, ""))


# As Keras 3 stores


def _model_layers(hdf5: Hdf5, group: StoredGroup, model: dict[str, Any] | None, path: str) -> Iterator[FileLayer]:
    layers = group.groups.get("layers") or group.groups.get("_layer_checkpoint_dependencies")
    if model is None:
        for name, stored in layers.groups.items() if layers else ():
            yield _unnamed(hdf5, name, stored, path)
        return
    entries = entries_of(model)
    if model.get("class_name") == "Sequential":
        entries = [entry for entry in entries if entry.get("class_name") != "InputLayer"]
    yield from _listed(hdf5, entries, layers, path)


def _listed(hdf5: Hdf5, entries: list[dict[str, Any]], group: StoredGroup | None, path: str) -> Iterator[FileLayer]:
    """Layers that Keras keeps in a list: stored under the name of their class, numbered from the second on."""
    counts: Counter[str] = Counter()
    for entry in entries:
        class_name, config = _named(entry)
        base = base_name(_OWN_NAMES.get(class_name, class_name))
        stored_name = base if not counts[base] else f"{base}_{counts[base]}"
        counts[base] += 1
        name = str(config.get("name") or entry.get("name") or stored_name)
        stored = group.groups.get(stored_name) if group else None
        yield _layer(hdf5, name, class_name, entry, stored, f"{path}{name}")


def _layer(
    hdf5: Hdf5, name: str, class_name: str, entry: dict[str, Any], stored: StoredGroup | None, path: str
) -> FileLayer:
    config = _named(entry)[1]
    if class_name in MODELS:
        # The variables of a functional model in a model are called as if it stood alone.
        inner_path = f"{path}/" if class_name == "Sequential" else ""
        inner = tuple(_model_layers(hdf5, stored, entry, inner_path)) if stored else ()
        return FileLayer(name, class_name, path, (), inner, config.get("trainable") is False)
    children: list[FileLayer] = []
    # The file lists what is in a layer by the alphabet.
    parts = (
        sorted(stored.groups.items(), key=lambda item: _ORDER.get(item[0].lstrip("_"), len(_ORDER))) if stored else ()
    )
    for part, group in parts:
        cells = config.get(part)
        if isinstance(cells, list):
            entries = [cell for cell in cells if isinstance(cell, dict)]
            children += _listed(hdf5, entries, group, f"{path}/")
        elif part in _LISTS:
            children += [_unnamed(hdf5, each, inner, f"{path}/") for each, inner in group.groups.items()]
        elif part != "vars":
            children.append(_part(hdf5, part, group, class_name, config, path))
    frozen = config.get("trainable") is False
    return FileLayer(name, class_name, path, _variables(stored, class_name, config), tuple(children), frozen)


def _part(hdf5: Hdf5, part: str, group: StoredGroup, owner: str, config: dict[str, Any], path: str) -> FileLayer:
    """What a layer holds under an attribute: a wrapped layer, a cell, a projection of an attention."""
    key = part.lstrip("_")
    inner = config.get({"forward_layer": "layer"}.get(key, key))
    if isinstance(inner, dict) and isinstance(inner.get("class_name"), str):
        class_name, inner_config = _named(inner)
        name = str(inner_config.get("name") or part)
        return _layer(hdf5, name, class_name, inner, group, f"{path}/{name}")
    if key in _PARTS:
        return _layer(hdf5, _PARTS[key], "EinsumDense", {}, group, f"{path}/{_PARTS[key]}")
    if key == "cell" and owner in _CELLS:
        class_name = _CELLS[owner]
        name = _CELL_NAMES.get(class_name, base_name(class_name))
        return _layer(hdf5, name, class_name, {"config": config}, group, f"{path}/{name}")
    if key == "seed_generator":
        return _layer(hdf5, key, "SeedGenerator", {}, group, f"{path}/{key}")
    return _unnamed(hdf5, key, group, f"{path}/")


def _unnamed(hdf5: Hdf5, stored_name: str, group: StoredGroup, path: str) -> FileLayer:
    """A layer that no config speaks of: its group's name, or the one in its attributes, and what follows from it."""
    own = group.groups.get("vars")
    name = (hdf5.text(own, "name") if own is not None else None) or stored_name
    bases = (re.sub(r"_\d+$", "", each) for each in (stored_name, name))
    class_name = next((_BY_BASE_NAME[base] for base in bases if base in _BY_BASE_NAME), "")
    return _layer(hdf5, name, class_name, {}, group, f"{path}{name}")


def _variables(stored: StoredGroup | None, class_name: str, config: dict[str, Any]) -> tuple[FileVariable, ...]:
    arrays = stored.groups["vars"].arrays if stored and "vars" in stored.groups else {}
    ordered = sorted(arrays.items(), key=lambda item: (len(item[0]), item[0]))
    names = _names(class_name, config, [array for _, array in ordered])
    return tuple(FileVariable(name, array.shape, array.path) for name, (_, array) in zip(names, ordered, strict=True))


def _names(class_name: str, config: dict[str, Any], arrays: list[StoredArray]) -> list[str]:
    known = _VARIABLES.get(class_name)
    if known is None:
        return [_guess(index, arrays) for index in range(len(arrays))]
    names = [name for name in known if config.get(_SWITCHES.get(name, ""), True)]
    if class_name == "EinsumDense" and "bias_axes" in config and config["bias_axes"] is None:
        names.remove("bias")
    if not config and len(arrays) < len(names) and "beta" in names:
        # Which of gamma and beta is missing isn't said.
        names = [name for name in names if name not in _NORMALIZATION]
        names = ["?"] * (len(arrays) - len(names)) + names
    return [names[index] if index < len(names) else str(index) for index in range(len(arrays))]


def _guess(index: int, arrays: list[StoredArray]) -> str:
    """In a layer of somebody's own, a vector right after a matrix of as many columns is its bias, by all signs."""
    shape, before = arrays[index].shape, arrays[index - 1].shape if index else ()
    if len(shape) == 1 and len(before) >= 2 and before[-1] == shape[0]:
        return "bias" if index == 1 else f"{index}/bias"
    return str(index)


# As Keras 2 stored


def _legacy_layer(hdf5: Hdf5, root: StoredGroup, name: str, config: dict[str, Any] | None) -> FileLayer:
    group = root.groups.get(name) or root.group(name)
    class_name = next((_named(entry)[0] for entry in entries_of(config) if _named(entry)[1].get("name") == name), "")
    stored = [(each, group.array(each)) for each in (hdf5.texts(group, "weight_names") or [])] if group else []
    model_name = str(_named(config)[1].get("name")) if config else ""
    layer = _Branch(name, class_name, name)
    for path, array in stored:
        if array is not None:
            parts = re.sub(r":\d+$", "", path).removeprefix(f"{model_name}/").split("/")
            inner = parts[1:] if parts[0] == name else parts
            layer.add(inner, array)
    return layer.whole()


def arrays_by_name(hdf5: Hdf5, layer: str) -> list[StoredArray] | None:
    """The arrays of a layer of an old .h5 file, in the order of Keras's trainable and other weights.

    None where the file is none of the old format, or has no such layer.
    """
    root = hdf5.root.groups.get("model_weights", hdf5.root)
    if layer not in (hdf5.texts(root, "layer_names") or []):
        return None
    group = root.groups.get(layer) or root.group(layer)
    names = (hdf5.texts(group, "weight_names") or []) if group is not None else []
    arrays = [group.array(name) for name in names] if group is not None else []
    return [array for array in arrays if array is not None]


class _Branch:
    """A layer while the variables in it are collected by their paths."""

    def __init__(self, name: str, class_name: str, path: str) -> None:
        self._name, self._class_name, self._path = name, class_name, path
        self._variables: list[FileVariable] = []
        self._children: dict[str, _Branch] = {}

    def add(self, parts: list[str], array: StoredArray) -> None:
        if len(parts) == 1:
            self._variables.append(FileVariable(parts[0], array.shape, array.path))
            return
        alone = self._class_name in MODELS and self._class_name != "Sequential"
        path = parts[0] if alone else f"{self._path}/{parts[0]}"
        child = self._children.setdefault(parts[0], _Branch(parts[0], "", path))
        child.add(parts[1:], array)

    def whole(self) -> FileLayer:
        children = tuple(child.whole() for child in self._children.values())
        return FileLayer(self._name, self._class_name, self._path, tuple(self._variables), children)


def entries_of(model: dict[str, Any] | None) -> list[dict[str, Any]]:
    """The layers' entries in a model's config, as far as they are readable."""
    config = model.get("config") if model else None
    layers = config.get("layers") if isinstance(config, dict) else config
    if not isinstance(layers, list):
        return []
    # Arithmetic on tensors stands among the layers of a functional model, and is none.
    return [
        each for each in layers if isinstance(each, dict) and not str(each.get("module")).startswith("keras.src.ops")
    ]


def _named(entry: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    class_name, config = entry.get("class_name"), entry.get("config")
    return class_name if isinstance(class_name, str) else "", config if isinstance(config, dict) else {}
