"""Experiment to compiled Keras model, with a fault named by layer and told in plain words."""

import math
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import keras
import tensorflow as tf

from biasstudio.engine.biases import find_biases, is_bias, read_frame
from biasstudio.engine.file_model import build_model, built_layers
from biasstudio.engine.file_weights import set_weights
from biasstudio.engine.keras_reason import keras_reason
from biasstudio.engine.layer_inputs import check_input, times
from biasstudio.engine.learning import set_who_learns
from biasstudio.model_files.reader import opened_weights
from biasstudio.recording.history import History
from biasstudio.recording.network import BuiltLayer
from biasstudio.spec.arguments import SpecError
from biasstudio.spec.bias_shapes import bias_pieces, misfit
from biasstudio.spec.experiment import Experiment
from biasstudio.spec.keras_config import layer_to_keras
from biasstudio.spec.losses import LOSS_TYPES
from biasstudio.spec.stack import Layer, Stack

# Weights, two moments of Adam and the gradient are held at once: 16 bytes a parameter, 3.2 GB at this limit.
MAXIMUM_PARAMETERS = 200_000_000
# Each step keeps all of them, and each drawing looks at those of a vector.
MAXIMUM_BIASES = 2_000_000
# One layer's output for one batch, in float32: 2 GB.
MAXIMUM_OUTPUTS_OF_BATCH = 500_000_000


@dataclass(frozen=True)
class Network:
    """A compiled model at step 0 with what is known of it. Belongs to the thread that built it.

    `experiment` says who learns in the model as it is compiled.
    """

    experiment: Experiment
    model: Any
    layers: tuple[BuiltLayer, ...]
    bias_variables: tuple[Any, ...]
    history: History
    starting_anew: tuple[str, ...] = ()
    """Where weights come from a file: a sentence for each layer that starts from its initializers all the same."""


def build_network(experiment: Experiment) -> Network:
    """Build and compile from the experiment's seed, as a script would: the same experiment gives the same values.

    The history holds step 0. Raises SpecError naming the layer at fault before any memory is taken for weights.
    """
    layers = check_network(experiment)
    keras.utils.clear_session()
    keras.utils.set_random_seed(experiment.training.seed)
    starting_anew: tuple[str, ...] = ()
    if experiment.weights is None:
        model = build_stack(experiment.stack)
    else:
        with opened_weights(experiment.weights.path, experiment.weights.sha256) as (hdf5, contents):
            whole = experiment.weights.whole
            model = build_model(contents, MAXIMUM_PARAMETERS) if whole else build_stack(experiment.stack)
            starting_anew = set_weights(model, hdf5, contents)
            layers = layers or built_layers(model)
    _compile(model, experiment)
    biases = find_biases(model)
    variables = tuple(variable for _, variable in biases)
    history = History([vector for vector, _ in biases], ["loss", *metrics_for(experiment)])
    history.append(0, 0, read_frame(variables))
    return Network(experiment, model, layers, variables, history, starting_anew)


def check_network(experiment: Experiment) -> tuple[BuiltLayer, ...]:
    """`check_stack` of the experiment's stack; empty where the network is a file's own."""
    if experiment.weights is not None and experiment.weights.whole:
        return ()
    return check_stack(experiment.stack, experiment.training.batch_size)


def build_stack(stack: Stack) -> Any:
    """A Keras model with new weights: Sequential, or Functional where a layer takes its input twice."""
    if stack.is_sequential:
        # All are made before the first is built, as where a script lists them: one that draws from the seed only when
        # it is built, such as SpectralNormalization, draws after those that follow it.
        layers = [keras.layers.deserialize(layer_to_keras(layer)) for layer in stack.layers]
        return keras.Sequential([keras.Input(stack.input_shape), *layers])
    inputs = outputs = keras.Input(stack.input_shape)
    for layer in stack.layers:
        outputs = _called(keras.layers.deserialize(layer_to_keras(layer)), layer, outputs)
    return keras.Model(inputs, outputs)


def _called(keras_layer: Any, layer: Layer, inputs: Any) -> Any:
    return keras_layer(inputs, inputs) if layer.type.self_attention else keras_layer(inputs)


def _compile(model: Any, experiment: Experiment) -> None:
    """With a fresh optimizer: who learns counts from here on."""
    set_who_learns(model, experiment)
    training = experiment.training
    optimizer = getattr(keras.optimizers, training.optimizer)(
        learning_rate=training.learning_rate, **dict(training.optimizer_settings)
    )
    loss = getattr(keras.losses, LOSS_TYPES[training.loss].class_name)(**dict(training.loss_settings))
    model.compile(optimizer=optimizer, loss=loss, metrics=metrics_for(experiment))


def with_learning_of(network: Network, experiment: Experiment) -> Network:
    """The network for the next training of `experiment`, which has the same stack: where who learns is another, it is
    compiled again with a fresh optimizer, and the weights stay as they are.

    Keras would leave the change aside until then, and an optimizer that was built for fewer variables refuses others.
    """
    if not network.experiment.same_learning(experiment):
        _compile(network.model, experiment)
    return replace(network, experiment=experiment)


def metrics_for(experiment: Experiment) -> list[str]:
    """Keras's names of the metrics that are shown beside the loss."""
    return list(experiment.metrics)


def check_stack(stack: Stack, batch_size: int) -> tuple[BuiltLayer, ...]:
    """Shapes and parameter counts of every layer, found without allocating a weight.

    Raises SpecError naming the first layer that Keras refuses, or that would be too large for a computer's memory.
    """
    if not stack.layers:
        raise SpecError("The stack has no layers: add at least one, such as Dense.")
    built: list[BuiltLayer] = []
    shape = stack.input_shape
    for layer in stack.layers:
        _check_attention(layer, shape, batch_size)
        shape, parameters, biases, learnable = _checked(layer, shape)
        built.append(BuiltLayer(layer.name, shape, parameters, biases, learnable))
        _check_size(built, batch_size)
    return tuple(built)


# Remembered, since an edit changes one layer and leaves the others: checking one costs 10 to 20 ms.
@lru_cache(maxsize=1000)
def _checked(layer: Layer, input_shape: tuple[int, ...]) -> tuple[tuple[int, ...], int, int, int]:
    """Output shape, parameters, biases and what could learn of a layer on this input. Raises SpecError."""
    check_input(layer, input_shape)
    _check_initializers(layer, input_shape)
    # Variables made inside a graph have a shape but take no memory until the graph runs, which this one never does.
    with tf.Graph().as_default():
        try:
            keras_layer = keras.layers.deserialize(layer_to_keras(layer))
            output = _called(keras_layer, layer, keras.KerasTensor((None, *input_shape)))
            _try_penalties(keras_layer, output)
        # TensorFlow's own shape errors are not ValueErrors.
        except (ValueError, TypeError, IndexError, KeyError, AttributeError, tf.errors.OpError) as error:
            raise SpecError(f"{layer.name}: {keras_reason(error)}", layer=layer.name) from error
    biases = sum(math.prod(variable.shape) for variable in keras_layer.variables if is_bias(variable))
    learnable = sum(math.prod(variable.shape) for variable in keras_layer.trainable_variables)
    return _output_shape(layer, output), keras_layer.count_params(), biases, learnable


def _output_shape(layer: Layer, output: Any) -> tuple[int, ...]:
    shape = tuple(output.shape[1:])
    if None in shape:
        raise SpecError(
            f"{layer.name}: the size of its output can't be told before there are data, which a stack needs.",
            layer=layer.name,
        )
    return shape


def _try_penalties(keras_layer: Any, output: Any) -> None:
    """Regularizers and constraints that don't fit a variable's shape fail only in training, if not tried here."""
    for variable in keras_layer.trainable_variables:
        if variable.regularizer is not None:
            variable.regularizer(variable.value)
        if variable.constraint is not None:
            variable.constraint(variable.value)
    for each in keras_layer._flatten_layers():
        if each.activity_regularizer is not None and each is keras_layer:
            each.activity_regularizer(output)


def _check_initializers(layer: Layer, input_shape: tuple[int, ...]) -> None:
    """Whether each bias can start as it should, which for some layers only the input tells."""
    for piece in bias_pieces(layer, input_shape):
        part = layer.part(piece.path)
        role = part.type.bias
        if role is None or not part.get(role.toggle):
            continue
        reason = misfit(part.get(role.initializer), piece, role.unit)
        if reason:
            named = "" if reason.startswith("the ") else f"{role.initializer} "
            raise SpecError(f"{layer.name}: {named}{reason}.", layer=layer.name, argument=role.initializer)


def _check_attention(layer: Layer, shape: tuple[int, ...], batch_size: int) -> None:
    """Each head holds a number for every pair of positions."""
    if not layer.type.self_attention:
        return
    given = dict(layer.arguments)
    heads = given.get("num_heads") or given.get("num_query_heads") or 1
    scores = batch_size * heads * math.prod(shape[:-1]) ** 2
    if scores > MAXIMUM_OUTPUTS_OF_BATCH:
        raise SpecError(
            f"{layer.name}: the attention of {heads} heads between {math.prod(shape[:-1]):,} positions for a batch of "
            f"{batch_size} has {scores:,} values, more than the {MAXIMUM_OUTPUTS_OF_BATCH:,} that fit here.",
            layer=layer.name,
        )


def _check_size(built: list[BuiltLayer], batch_size: int) -> None:
    last, parameters = built[-1], sum(layer.parameters for layer in built)
    biases = sum(layer.biases for layer in built)
    if parameters > MAXIMUM_PARAMETERS:
        raise SpecError(
            f"{last.name}: with it the network has {parameters:,} parameters, more than the {MAXIMUM_PARAMETERS:,} "
            "that can be trained here.",
            layer=last.name,
        )
    if biases > MAXIMUM_BIASES:
        raise SpecError(
            f"{last.name}: with it the network has {biases:,} biases, more than the {MAXIMUM_BIASES:,} that can be "
            "watched here.",
            layer=last.name,
        )
    outputs = batch_size
    for side in last.output_shape:
        outputs *= side
    if outputs > MAXIMUM_OUTPUTS_OF_BATCH:
        raise SpecError(
            f"{last.name}: its output {times(last.output_shape)} for a batch of {batch_size} has {outputs:,} values, "
            f"more than the {MAXIMUM_OUTPUTS_OF_BATCH:,} that fit here.",
            layer=last.name,
        )


def versions() -> str:
    """What computes here, for the status bar: TensorFlow's and Keras's version and the kind of device."""
    device = "GPU" if tf.config.list_physical_devices("GPU") else "CPU"
    return f"TensorFlow {tf.__version__} · Keras {keras.__version__} · {device}"
