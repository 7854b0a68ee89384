"""Who learns, as Keras takes it: flags on layers and variables, which count when the model is compiled after."""

from typing import Any

import keras

from biasstudio.engine.biases import is_bias
from biasstudio.spec.experiment import Experiment
from biasstudio.spec.learning import ALL, BIASES, NOTHING


def set_who_learns(model: Any, experiment: Experiment) -> None:
    """Set the flags of every layer of a built `model`. They count only when it is compiled after this.

    A layer of which only the biases learn, or nothing, keeps all else exactly as it is: the moving statistics of a
    BatchNormalization too, with which it then normalises also in training, as Keras has it for a frozen layer. Where
    only the weights learn they go on moving.
    """
    if experiment.weights is not None and experiment.weights.whole:
        _set_learning(model, BIASES if experiment.training.biases_only else ALL)
        return
    for layer in experiment.stack.layers:
        _set_learning(model.get_layer(layer.name), experiment.learns_in(layer))


def _set_learning(keras_layer: Any, learns: str) -> None:
    # Keras sets all that the layer has made trainable, whatever was chosen for it before.
    keras_layer.trainable = True
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
