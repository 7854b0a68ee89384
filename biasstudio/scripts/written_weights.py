"""The lines of a script that start the network from a model's file."""

from collections.abc import Sequence
from pathlib import Path

from biasstudio.model_files.contents import ModelFile
from biasstudio.model_files.reader import opened_weights
from biasstudio.scripts.keras_names import KerasNames
from biasstudio.scripts.patterns import Pattern
from biasstudio.spec.arguments import Argument, SpecError
from biasstudio.spec.experiment import Experiment
from biasstudio.spec.file_paths import path_for
from biasstudio.spec.stack import Layer

# What of a layer has no say in which arrays it has.
_WITHOUT_ARRAYS = ("initializer", "regularizer", "constraint")
LOAD_WEIGHTS = Pattern("model.load_weights(_PATH_)")
LOAD_MODEL = Pattern("model = keras.models.load_model(_PATH_, compile=False)\nmodel.trainable = True")
BY_NAME = Pattern(
    """\
# Layers that the file has too, in the same shapes, start from its weights.
saved_model = keras.models.load_model(_PATH_, compile=False)
saved_layers = {layer.name: layer for layer in saved_model.layers}
for layer in model.layers:
    saved = saved_layers.get(layer.name, layer)
    if [w.shape for w in layer.weights] == [w.shape for w in saved.weights]:
        for variable, value in zip(layer.variables, saved.variables):
            variable.assign(value)"""
)


def whole_model_lines(experiment: Experiment, folder: Path | None) -> list[str]:
    """The network that is a file's own. Raises SpecError where the file is not there, or another."""
    weights = experiment.weights
    if weights is None:
        raise SpecError("The network has no layers, and no file that it could be loaded from.")
    with opened_weights(weights.path, weights.sha256):
        pass
    return LOAD_MODEL.filled({"path": path_for(weights.path, folder)}).splitlines()


def weights_lines(experiment: Experiment, folder: Path | None) -> list[str]:
    """What loads a built `model`'s weights, as far as the file has them. Raises SpecError."""
    weights = experiment.weights
    if weights is None:
        return []
    with opened_weights(weights.path, weights.sha256) as (_hdf5, contents):
        path = path_for(weights.path, folder)
        if _fits_whole(experiment, contents):
            return [LOAD_WEIGHTS.filled({"path": path})]
        if contents.weights_only:
            raise SpecError(
                f"The layers are not those of {weights.path.name}, which holds weights alone: a short script can't "
                "load them. Save the model as a .keras file and start from that."
            )
        return BY_NAME.filled({"path": path}).splitlines()


def _fits_whole(experiment: Experiment, contents: ModelFile) -> bool:
    """Whether Keras's own `load_weights`, which goes by the order of the layers, gives each layer its arrays."""
    stack = experiment.stack
    if contents.stack is not None:
        here, there = map(_arrays, stack.layers), map(_arrays, contents.stack.layers)
        return stack.input_shape == contents.stack.input_shape and list(here) == list(there)
    return contents.weights_only and _fits_by_place(experiment.stack.layers, contents)


def _fits_by_place(layers: Sequence[Layer], contents: ModelFile) -> bool:
    """Whether each layer's place among those of its class, by which Keras stores arrays, is in the file that of the
    layer of its name.
    """
    stored = {
        variable.place.split("/")[1]: layer.name
        for layer in contents.layers
        for part in layer.walk()
        for variable in part.variables
        if variable.place.count("/")
    }
    places, names = KerasNames(), {}
    for layer in layers:
        place = places.next(layer.type.keras_name)
        if place in stored or _has_variables(layer):
            names[place] = layer.name
    return names == stored


def _arrays(layer: Layer) -> list[tuple[object, ...]]:
    """What tells which arrays a layer has: its class, and its arguments but for such as its initializers."""
    return [
        (path, part.name, part.class_name, *((a.name, part.get(a.name)) for a in part.type.arguments if _tells(a)))
        for path, part in layer.parts()
    ]


def _tells(argument: Argument) -> bool:
    # The layers inside are looked at by themselves.
    return argument.kind not in (*_WITHOUT_ARRAYS, "layer", "layers") and not argument.name.endswith("activation")


def _has_variables(layer: Layer) -> bool:
    return any(argument.kind == "initializer" for _, part in layer.parts() for argument in part.type.arguments)
