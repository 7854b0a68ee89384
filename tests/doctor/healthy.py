"""Healthy networks of many kinds, trained for real on small made-up data that they do learn.

for name, case in cases():                     # each at the start, at a tenth, half-way and at the end
for moment in moments(healthy):                # the same of one, with its model, weights and samples
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import keras
import numpy as np

from biasstudio.doctor.case import Case, case_of
from biasstudio.doctor.data_facts import facts_of
from biasstudio.engine.build import Network, build_network
from biasstudio.engine.probe import Prober
from biasstudio.engine.train import recorder_of
from biasstudio.recording.history import EpochRecord, History
from biasstudio.spec.data_sets import DataSet
from biasstudio.spec.experiment import Experiment, Training
from biasstudio.spec.initializers import Initializer
from biasstudio.spec.regularizers import Regularizer
from biasstudio.spec.stack import Stack

BCE, SCCE, CCE = "binary_crossentropy", "sparse_categorical_crossentropy", "categorical_crossentropy"
MSE, MAE, HUBER = "mean_squared_error", "mean_absolute_error", "huber"
Arrays = tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True)
class Healthy:
    """A network, how it is trained, and `samples(generator)`, which gives x and y."""

    name: str
    layers: tuple[tuple[str, dict[str, Any]], ...]
    samples: Callable[[np.random.Generator], Arrays]
    training: Training
    learns: tuple[tuple[str, str], ...] = ()

    def experiment(self, shape: tuple[int, ...]) -> Experiment:
        stack = Stack(shape)
        for class_name, arguments in self.layers:
            stack = stack.add(class_name, **arguments)
        for layer, choice in self.learns:
            stack = stack.let_learn(layer, choice)
        # The data set only stands there: the samples are given to fit.
        return Experiment(stack, DataSet.of("xor"), self.training)


@dataclass(frozen=True)
class Moment:
    """The training at one step: the model's weights are those of that step while the moment is looked at."""

    name: str
    network: Network
    x: np.ndarray
    y: np.ndarray
    case: Case


def _layer(class_name: str, **arguments: Any) -> tuple[str, dict[str, Any]]:
    return class_name, arguments


def dense(units: int, activation: str = "relu", **arguments: Any) -> tuple[str, dict[str, Any]]:
    return _layer("Dense", units=units, activation=activation, **arguments)


def blobs(
    generator: np.random.Generator, classes: int = 2, count: int = 1024, features: int = 6, one_hot: bool = False
) -> Arrays:
    """Normal clouds, one a class, as standardised inputs are."""
    centres = np.random.default_rng(classes).normal(0, 1.6, (classes, features))
    y = generator.integers(0, classes, count)
    x = centres[y] + generator.normal(0, 1, (count, features))
    x = (x - x.mean(0)) / x.std(0)
    return x.astype(np.float32), np.eye(classes, dtype=np.float32)[y] if one_hot else y.astype(np.int32)


def ring(generator: np.random.Generator, count: int = 1024) -> Arrays:
    x = generator.normal(0, 1, (count, 2))
    return x.astype(np.float32), (np.hypot(*x.T) > 1.18).astype(np.int32)


def waves(generator: np.random.Generator, count: int = 1024, outputs: int = 1) -> Arrays:
    """A smooth function of four inputs with noise, standardised as targets should be."""
    x = generator.normal(0, 1, (count, 4))
    ways = np.random.default_rng(7).normal(0, 0.8, (4, outputs))
    y = np.sin(x @ ways) + 0.5 * x[:, :1] + generator.normal(0, 0.1, (count, outputs))
    return x.astype(np.float32), ((y - y.mean(0)) / y.std(0)).astype(np.float32)


def several(generator: np.random.Generator, count: int = 1024) -> Arrays:
    """Three questions of yes or no, each with an answer of its own."""
    x = generator.normal(0, 1, (count, 5))
    return x.astype(np.float32), (x[:, :3] + 0.5 * x[:, 2:5] > 0).astype(np.float32)


def stripes(generator: np.random.Generator, count: int = 768, classes: int = 2) -> Arrays:
    """Images of 10 × 10 with stripes along one of two or four ways, and noise."""
    y = generator.integers(0, classes, count)
    rows, columns = np.mgrid[:10, :10]
    ways = np.stack([rows, columns, rows + columns, rows - columns])[y]
    shifted = ways + generator.integers(0, 4, (count, 1, 1))
    images = (shifted % 4 < 2) + generator.normal(0, 0.3, (count, 10, 10))
    return ((images - 0.5)[..., np.newaxis] * 2).astype(np.float32), y.astype(np.int32)


def counts(generator: np.random.Generator, count: int = 768, steps: int = 10) -> Arrays:
    """Sequences of which the sum of the first channel is above zero, or not."""
    x = generator.normal(0, 1, (count, steps, 3))
    return x.astype(np.float32), (x[:, :, 0].sum(1) > 0).astype(np.int32)


def sums(generator: np.random.Generator, count: int = 768, steps: int = 8) -> Arrays:
    x, _ = counts(generator, count, steps)
    y = x[:, :, :1].sum(1) / np.sqrt(steps)
    return x, y.astype(np.float32)


def rates(generator: np.random.Generator, count: int = 1024) -> Arrays:
    """Counts of events, whose mean depends on the inputs."""
    x = generator.normal(0, 1, (count, 3))
    return x.astype(np.float32), generator.poisson(np.exp(0.6 * x[:, :1] + 0.3)).astype(np.float32)


def _train(optimizer: str = "Adam", rate: float = 0.01, loss: str = BCE, epochs: int = 10, **more: Any) -> Training:
    return Training(loss=loss, optimizer=optimizer, learning_rate=rate, epochs=epochs, **more)


_CONV = _layer("Conv2D", filters=8, kernel_size=3, activation="relu")
_BN = _layer("BatchNormalization")
_two, _four = partial(blobs, classes=2), partial(blobs, classes=4)
_heads = partial(blobs, classes=4, one_hot=True)
_MOMENTUM = {"optimizer_settings": {"momentum": 0.9}}

ZOO: tuple[Healthy, ...] = (
    # Classification of points.
    Healthy("logistic regression", (dense(1, "sigmoid"),), _two, _train("SGD", 0.1)),
    Healthy(
        "logistic regression from zeros",
        (dense(1, "sigmoid", kernel_initializer=Initializer.of("Zeros")),),
        _two,
        _train(),
    ),
    Healthy(
        "softmax regression from zeros",
        (dense(4, "softmax", kernel_initializer=Initializer.of("Zeros")),),
        _four,
        _train(loss=SCCE),
    ),
    Healthy("ring, relu", (dense(16), dense(1, "sigmoid")), ring, _train("Adam", 0.01, epochs=14)),
    Healthy(
        "ring, relu, SGD with momentum",
        (dense(32), dense(1, "sigmoid")),
        ring,
        _train("SGD", 0.1, epochs=14, **_MOMENTUM),
    ),
    Healthy("ring, tanh", (dense(16, "tanh"), dense(1, "sigmoid")), ring, _train("RMSprop", 0.01, epochs=14)),
    Healthy("ring, two outputs", (dense(24), dense(2, "softmax")), ring, _train("Nadam", 0.01, SCCE, 14)),
    Healthy(
        "four classes, logits",
        (dense(16), dense(4, "linear")),
        _four,
        _train("AdamW", 0.01, SCCE, loss_settings={"from_logits": True}),
    ),
    Healthy("four classes, one-hot", (dense(16, "elu"), dense(4, "softmax")), _heads, _train("Adam", 0.005, CCE)),
    Healthy("deep", (*(dense(16) for _ in range(5)), dense(4, "softmax")), _four, _train("Adam", 0.003, SCCE)),
    Healthy(
        "dropout", (dense(32), _layer("Dropout", rate=0.3), dense(4, "softmax")), _four, _train("Adam", 0.01, SCCE)
    ),
    Healthy(
        "batch normalization",
        (dense(16, "linear", use_bias=False), _BN, _layer("Activation", activation="relu"), dense(4, "softmax")),
        _four,
        _train("SGD", 0.1, SCCE),
    ),
    Healthy(
        "bias before batch normalization, SGD",
        (dense(16, "linear"), _BN, _layer("ReLU"), dense(1, "sigmoid")),
        _two,
        _train("SGD", 0.1),
    ),
    Healthy("batch normalization after relu", (dense(16), _BN, dense(4, "softmax")), _four, _train("Adam", 0.01, SCCE)),
    Healthy(
        "layer normalization",
        (dense(16), _layer("LayerNormalization"), dense(4, "softmax")),
        _four,
        _train("Adamax", 0.01, SCCE),
    ),
    Healthy(
        "random biases",
        (dense(16, bias_initializer=Initializer.of("RandomNormal")), dense(1, "sigmoid")),
        _two,
        _train("Lion", 0.001),
    ),
    Healthy(
        "no biases but at the end",
        (dense(16, use_bias=False), dense(4, "softmax")),
        _four,
        _train("Adagrad", 0.1, SCCE),
    ),
    Healthy(
        "kernels decayed",
        (dense(16, kernel_regularizer=Regularizer.of("L2")), dense(4, "softmax")),
        _four,
        _train("Adam", 0.01, SCCE),
    ),
    Healthy("three yes or no", (dense(16), dense(3, "sigmoid")), several, _train("Adam", 0.01, BCE)),
    Healthy("hinge", (dense(16), dense(1, "tanh")), _two, _train("Adam", 0.01, "hinge")),
    # Who learns.
    Healthy(
        "only weights learn",
        (dense(16), dense(1, "sigmoid")),
        _two,
        _train(),
        (("dense", "weights"), ("dense_1", "weights")),
    ),
    Healthy("first layer frozen", (dense(32), dense(4, "softmax")), _four, _train(loss=SCCE), (("dense", "nothing"),)),
    Healthy(
        "only biases learn", (dense(64), dense(64), dense(1, "sigmoid")), _two, _train("Adam", 0.02, biases_only=True)
    ),
    # Regression.
    Healthy("linear regression", (dense(1, "linear"),), waves, _train("SGD", 0.05, MSE)),
    Healthy("regression, relu", (dense(32), dense(1, "linear")), waves, _train("Adam", 0.01, MSE, 14)),
    Healthy(
        "regression, swish",
        (dense(16, "silu"), dense(16, "gelu"), dense(1, "linear")),
        waves,
        _train("RMSprop", 0.003, MSE, 14),
    ),
    Healthy(
        "regression, three outputs",
        (dense(32, "tanh"), dense(3, "linear")),
        partial(waves, outputs=3),
        _train("AdamW", 0.01, HUBER, 14),
    ),
    Healthy(
        "regression, absolute error", (dense(32), dense(1, "linear")), waves, _train("SGD", 0.03, MAE, 14, **_MOMENTUM)
    ),
    Healthy("rates", (dense(16), dense(1, "exponential")), rates, _train("Adam", 0.01, "poisson")),
    # Images.
    Healthy(
        "images", (_CONV, _layer("Flatten"), dense(16), dense(1, "sigmoid")), stripes, _train("Adam", 0.003, epochs=8)
    ),
    Healthy(
        "images, four classes, SGD",
        (_CONV, _layer("MaxPooling2D"), _layer("Flatten"), dense(4, "softmax")),
        partial(stripes, classes=4),
        _train("SGD", 0.05, SCCE, 8),
    ),
    Healthy(
        "images, normalised",
        (
            _layer("Conv2D", filters=8, use_bias=False),
            _BN,
            _layer("ReLU"),
            _layer("GlobalAveragePooling2D"),
            dense(1, "sigmoid"),
        ),
        stripes,
        _train("Adam", 0.02, epochs=8),
    ),
    Healthy(
        "images, depthwise",
        (
            _layer("DepthwiseConv2D", depth_multiplier=4, activation="relu"),
            _layer("SeparableConv2D", filters=8, activation="relu"),
            _layer("Flatten"),
            dense(1, "sigmoid"),
        ),
        stripes,
        _train("Nadam", 0.003, epochs=8),
    ),
    # Sequences and attention.
    Healthy("SimpleRNN", (_layer("SimpleRNN", units=8), dense(1, "sigmoid")), counts, _train("Adam", 0.01)),
    Healthy("LSTM", (_layer("LSTM", units=8), dense(1, "linear")), sums, _train("Adam", 0.02, MSE, 10)),
    Healthy("GRU, both ways", (_layer("GRU", units=8), dense(1, "sigmoid")), counts, _train("RMSprop", 0.01)),
    Healthy(
        "convolution over time",
        (
            _layer("Conv1D", filters=8, kernel_size=3, activation="relu"),
            _layer("GlobalAveragePooling1D"),
            dense(1, "sigmoid"),
        ),
        counts,
        _train("Adam", 0.02),
    ),
    Healthy(
        "attention",
        (
            _layer("MultiHeadAttention", num_heads=2, key_dim=4),
            _layer("GlobalAveragePooling1D"),
            dense(8),
            dense(1, "sigmoid"),
        ),
        counts,
        _train("Adam", 0.01),
    ),
    Healthy(
        "attention, SGD",
        (
            _layer("MultiHeadAttention", num_heads=2, key_dim=4),
            _layer("LayerNormalization"),
            _layer("Flatten"),
            dense(1, "sigmoid"),
        ),
        counts,
        _train("SGD", 0.1),
    ),
)
SHARES = (0.0, 0.1, 0.5, 1.0)


class _Snapshots(keras.callbacks.Callback):
    """The model's weights at some steps."""

    def __init__(self, steps: tuple[int, ...]) -> None:
        super().__init__()
        self.weights: dict[int, Any] = {}
        self._wanted, self._step = steps, 0

    def on_train_begin(self, logs=None):  # noqa: ARG002 - Keras gives it
        self.weights[0] = self.model.get_weights()

    def on_train_batch_end(self, batch, logs=None):  # noqa: ARG002 - Keras gives it
        self._step += 1
        if self._step in self._wanted:
            self.weights[self._step] = self.model.get_weights()


def moments(healthy: Healthy, seed: int = 0) -> Iterator[Moment]:
    """Train it, then give it as it was at some steps; asserts that it has learned."""
    x, y = healthy.samples(np.random.default_rng(seed))
    experiment = healthy.experiment(x.shape[1:])
    experiment = experiment.change_training(seed=seed)
    training = experiment.training
    network = build_network(experiment)
    total = training.epochs * -(-len(x) // training.batch_size)
    steps = tuple(round(share * total) for share in SHARES)
    snapshots = _Snapshots(steps)
    with recorder_of(network) as recorder:
        network.model.fit(
            x, y, batch_size=training.batch_size, epochs=training.epochs, verbose=0, callbacks=[recorder, snapshots]
        )
    _assert_learned(healthy, network.history)
    biases = tuple(zip(network.history.vectors, network.bias_variables, strict=True))
    facts, prober = facts_of(x, y), Prober(network.model, biases, network.model.loss, traced=False)
    for step, share in zip(steps, SHARES, strict=True):
        network.model.set_weights(snapshots.weights[step])
        until = history_until(network.history, step)
        case = case_of(experiment, network.layers, until, total, facts, prober.probe(x[:256], y[:256], step))
        yield Moment(f"{healthy.name}, seed {seed}, at {share:.0%}", replace(network, history=until), x, y, case)


def _assert_learned(healthy: Healthy, history: History) -> None:
    _steps, losses = history.metric("loss", 10**6)
    first, last = losses[:5].mean(), losses[-30:].mean()
    floor = history.metric("accuracy", 10**6)[1][-30:].mean() if "accuracy" in history.metric_names else None
    assert last < 0.75 * first, f"{healthy.name} doesn't learn: loss {first:.3g} to {last:.3g}, accuracy {floor}"


def history_until(history: History, last_step: int) -> History:
    """The history as it was at that step."""
    until = History(history.vectors, history.metric_names)
    for step in range(last_step + 1):
        until.append(step, history.epoch_of(step), history.frame(step), list(history.metrics_at(step).values()))
    for record in history.epochs():
        if record.last_step <= last_step:
            until.append_epoch(EpochRecord(record.epoch, record.last_step, record.metrics))
    return until


def cases(seed: int = 0) -> Iterator[tuple[str, Case]]:
    """Every healthy network at each of its moments."""
    for healthy in ZOO:
        for moment in moments(healthy, seed):
            yield moment.name, moment.case
