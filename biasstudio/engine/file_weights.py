"""Set a built model's weights to those of a model's file, layer by layer, by name and shape."""

import json
import tempfile
from pathlib import Path
from typing import Any

import h5py

from biasstudio.model_files.contents import CHANCE, FileLayer, ModelFile
from biasstudio.model_files.hdf5 import Hdf5, StoredArray
from biasstudio.model_files.layers import arrays_by_name, layers_of


def set_weights(model: Any, hdf5: Hdf5, contents: ModelFile) -> tuple[str, ...]:
    """Take over every layer's weights that the file has in the same shapes; a sentence for each layer that starts anew.

    The file was opened by `opened_weights`: what is read of it are plain numbers.
    """
    if any(arrays_by_name(hdf5, layer.name) is not None for layer in contents.layers):
        return _set_by_name(model, hdf5)
    return _set_by_place(model, hdf5, contents)


def _set_by_name(model: Any, hdf5: Hdf5) -> tuple[str, ...]:
    """From the old .h5 format: a list of arrays for each layer."""
    notes = []
    for layer in model.layers:
        variables = [*layer.trainable_weights, *layer.non_trainable_weights]
        arrays = arrays_by_name(hdf5, layer.name)
        shapes = None if arrays is None else [array.shape for array in arrays]
        if shapes == [tuple(variable.shape) for variable in variables]:
            for variable, array in zip(variables, arrays or (), strict=True):
                variable.assign(hdf5.numbers(array))
        elif variables:
            notes.append(_note(layer.name, shapes is not None))
    return tuple(notes)


def _set_by_place(model: Any, hdf5: Hdf5, contents: ModelFile) -> tuple[str, ...]:
    """From what Keras 3 writes: the arrays are put into a file that the model itself wrote, and that it reads again.

    So Keras alone knows which array belongs to which variable.
    """
    stored = {layer.name: _arrays(hdf5, layer) for layer in contents.layers}
    notes = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "own.weights.h5"
        model.save_weights(path)
        with path.open("rb") as file:
            own = Hdf5(file, path.name)
            layers = {layer.name: _arrays(own, layer) for layer in layers_of(own, json.loads(model.to_json()))}
        with h5py.File(path, "r+") as target:
            for name, wanted in layers.items():
                given = stored.get(name)
                if given is not None and _shapes(given) == _shapes(wanted):
                    for place, array in wanted.items():
                        if place in given and given[place].shape == array.shape:
                            target[array.path][...] = hdf5.numbers(given[place])
                elif _shapes(wanted):
                    notes.append(_note(name, given is not None))
        model.load_weights(path)
    return tuple(notes)


def _arrays(hdf5: Hdf5, layer: FileLayer) -> dict[str, StoredArray]:
    """The layer's arrays by their place within it, such as cell/vars/0."""
    found = {}
    for variable in (variable for each in layer.walk() for variable in each.variables):
        array = hdf5.root.array(variable.place)
        # The first two parts are the group of all layers and the layer's own.
        parts = variable.place.split("/", 2)
        if array is not None and len(parts) == 3:
            found[parts[2]] = array
    return found


def _shapes(arrays: dict[str, StoredArray]) -> dict[str, tuple[int, ...]]:
    return {place: array.shape for place, array in arrays.items() if CHANCE not in place}


def _note(layer: str, known: bool) -> str:
    if known:
        return f"{layer} starts anew: its shape is another than in the file."
    return f"{layer} starts anew: the file has no layer of this name."
