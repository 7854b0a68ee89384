"""Who learns, as Keras takes it: flags on layers and variables, which count when the model is compiled after."""

from collections.abc import Sequence
from typing import Any

import keras

from biasstudio.engine.biases import is_bias
from biasstudio.spec.experiment import Experiment
from biasstudio.spec.learning import ALL, BIASES, NOTHING

Flags = Sequence[tuple[Any, bool]]
"""Layers, each before those inside it, and whether they can learn."""


def flags_of(model: Any) -> Flags:
    """The flags as they are: of a model just built from a file, the file's own."""
    return [(part, part.trainable) for part in model._flatten_layers()]


def set_who_learns(model: Any, experiment: Experiment, of_file: Flags = ()) -> None:
    """Set the flags of every layer of a built `model`. They count only when it is compiled after this.

    Of a model that is a file's own, what is frozen `of_file` learns nothing, whatever was chosen.
    A layer of which only the biases learn, or nothing, keeps all else exactly as it is: the moving statistics of a
    BatchNormalization too, with which it then normalises also in training, as Keras has it for a frozen layer. Where
    only the weights learn they go on moving.
    """
    if experiment.weights is not None and experiment.weights.whole:
        _set_learning(model, BIASES if experiment.training.biases_only else ALL, of_file)
        return
    for layer in experiment.stack.layers:
        _set_learning(model.get_layer(layer.name), experiment.learns_in(layer))


def _set_learning(keras_layer: Any, learns: str, of_file: Flags = ()) -> None:
    # Keras sets all that is in the layer, but passes over a flag that is as it should be already.
    keras_layer.trainable = False
    keras_layer.trainable = True
    for part, trainable in of_file:
        part.trainable = trainable
    variables = keras_layer.trainable_variables
    if learns == NOTHING:
        keras_layer.trainable = False
    elif learns != ALL:
        if learns == BIASES:
            _hold_statistics(keras_layer)
        for variable in variables:
            variable.trainable = is_bias(variable) == (learns == BIASES)


def _hold_statistics(keras_layer: Any) -> None:
    for part in keras_layer._flatten_layers():
        if isinstance(part, keras.layers.BatchNormalization):
            part.trainable = False
