"""Build a model from a file's checked config: only Keras's own classes are in it, and nothing of the file is run."""

import math
from typing import Any

import keras
import tensorflow as tf

from biasstudio.engine.biases import is_bias
from biasstudio.engine.keras_reason import keras_reason
from biasstudio.model_files.contents import ModelFile
from biasstudio.recording.network import BuiltLayer
from biasstudio.spec.arguments import SpecError

_LONGEST_REASON = 300


def build_model(contents: ModelFile, maximum_parameters: int) -> Any:
    """The model of the file, with weights from its initializers. Raises SpecError where it can't be built.

    It is built twice: first in a graph that is never run, where its variables take no memory, to see its size.
    """
    if contents.model is None:
        raise SpecError(contents.refusal or f"{contents.path.name} holds weights alone, and no network.")
    with tf.Graph().as_default():
        parameters = model_from_config(contents.model).count_params()
    if parameters > maximum_parameters:
        raise SpecError(
            f"{contents.path.name}: its model has {parameters:,} parameters, more than the {maximum_parameters:,} that "
            "can be trained here."
        )
    return model_from_config(contents.model)


def model_from_config(config: dict[str, Any]) -> Any:
    """The model of a file's checked config. Raises SpecError where Keras refuses it."""
    kind = keras.Sequential if config["class_name"] == "Sequential" else keras.Model
    try:
        # Keras takes apart what it is given.
        model = kind.from_config(_copy(config["config"]))
        if not model.inputs:
            raise SpecError("The file's model doesn't say the shape of its input, so it can't be built.")
        return model
    except SpecError:
        raise
    except Exception as error:
        # A config from anywhere can make Keras raise anything.
        raise SpecError(f"The file's model can't be built: {_reason(error)}.") from error


def _copy(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copy(each) for key, each in value.items()}
    return [_copy(each) for each in value] if isinstance(value, list) else value


def _reason(error: Exception) -> str:
    text = keras_reason(error).rstrip(". ")
    return text if len(text) <= _LONGEST_REASON else text[:_LONGEST_REASON] + "…"


def built_layers(model: Any) -> tuple[BuiltLayer, ...]:
    """Each layer of a built model, the one that gives the output last."""
    built = [
        BuiltLayer(
            layer.name, _output_shape(layer), layer.count_params(), _count_biases(layer), _count_learnable(layer)
        )
        for layer in model.layers
    ]
    shape = tuple(side or 0 for side in model.outputs[0].shape[1:])
    last = [layer for layer in built if layer.output_shape == shape][-1:]
    return (*(layer for layer in built if layer not in last), *last)


def _output_shape(layer: Any) -> tuple[int, ...]:
    """Of a layer with one output, the batch left out, 0 for a side of any length; empty for other layers."""
    try:
        return tuple(side or 0 for side in layer.output.shape[1:])
    except AttributeError:
        return ()


def _count_biases(layer: Any) -> int:
    return sum(math.prod(variable.shape) for variable in layer.variables if is_bias(variable))


def _count_learnable(layer: Any) -> int:
    return sum(math.prod(variable.shape) for variable in layer.trainable_variables)
