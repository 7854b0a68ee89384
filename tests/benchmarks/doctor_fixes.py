"""Trains what the Doctor finds fault with, and trains it again with the fix: what each is worth. Three seeds each."""

import sys
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from biasstudio.doctor.diagnose import diagnose
from biasstudio.engine.build import build_network
from biasstudio.engine.data import load_samples
from biasstudio.engine.train import recorder_of
from biasstudio.spec.initializers import Initializer
from biasstudio.spec.regularizers import Regularizer
from biasstudio.spec.stack import Stack
from tests.doctor.cases import case_of_network, case_on, experiment_of
from tests.doctor.training import chain, dense, layer
from tests.experiments import tutorial

SEEDS = 3
BCE, CCE, SCCE = "binary_crossentropy", "categorical_crossentropy", "sparse_categorical_crossentropy"
MSE = "mean_squared_error"
DRAW = np.random.default_rng(0)
X = DRAW.normal(size=(2_400, 8)).astype(np.float32)
NUMBER = (X[:, 0] - 2 * X[:, 1] + np.sin(2 * X[:, 2]) + 0.1 * DRAW.normal(size=2_400)).astype(np.float32)
CENTRES = 3 * DRAW.normal(size=(3, 8))
CLASSES = np.arange(2_400) % 3
BLOBS = (CENTRES[CLASSES] + 1.5 * DRAW.normal(size=(2_400, 8))).astype(np.float32)
RARE = (X[:, 0] + 0.3 * DRAW.normal(size=2_400) > 2.15).astype(np.float32)
SERIES = DRAW.normal(size=(2_400, 40, 1)).astype(np.float32)
WHAT_WAS_FIRST = SERIES[:, :3, 0].mean(1) * 1.7
HE = Initializer.of("HeNormal")
FAR = Initializer.of("Constant", value=-10.0)


def squared_error(model: Any, x: Any, y: Any) -> float:
    return float(np.mean((model.predict(x, verbose=0).reshape(len(y)) - y) ** 2))


def accuracy(model: Any, x: Any, y: Any) -> float:
    """Of classes by the largest output, of yes and no by the side on which a single output lies."""
    answers = model.predict(x, verbose=0)
    labels = y.argmax(1) if y.ndim > 1 else y
    if answers.shape[-1] > 1:
        return float(np.mean(answers.argmax(1) == labels))
    low, high = labels.min(), labels.max()
    return float(np.mean((answers[:, 0] > (low + high) / 2) == (labels == high)))


def loss(model: Any, x: Any, y: Any) -> float:
    found = model.evaluate(x, y, verbose=0)
    return float(found[0] if isinstance(found, list) else found)


@dataclass
class Fault:
    """A network that fires `rule` on its data, and what is looked at after training: on a sixth that it never saw."""

    rule: str
    what: str
    stack: Stack
    x: Any
    y: Any
    figure: Callable[[Any, Any, Any], float]
    training: dict[str, Any] = field(default_factory=dict)
    epochs: int = 10


def of_numbers(rule: str, what: str, stack: Stack, x: Any, y: Any, epochs: int = 10, **training: Any) -> Fault:
    return Fault(rule, f"{what}, mse", stack, x, y, squared_error, {"loss": MSE, **training}, epochs)


def faults() -> list[Fault]:
    digits = load_samples(tutorial())
    odd, tutorials = digits.y.astype(np.float32), tutorial().stack
    hidden = dense(16, "relu")
    memory = layer("LSTM", units=16, unit_forget_bias=False)
    sigmoid = tutorials.change("dense_1", activation="sigmoid")
    normalised = [dense(32), layer("BatchNormalization"), layer("Activation", activation="relu")]
    rows = np.eye(3, dtype=np.float32)[CLASSES]
    return [
        Fault("softmax-one-unit", "tutorial, accuracy", tutorials, digits.x, odd, accuracy, epochs=2),
        Fault(
            "head-loss-mismatch", "linear(3), cce", chain((8,), hidden, dense(3)), BLOBS, rows, accuracy, {"loss": CCE}
        ),
        Fault("head-loss-mismatch", "linear(1), bce", chain((8,), hidden, dense(1)), X, NUMBER > 0, loss),
        Fault(
            "labels-loss-mismatch",
            "-1 and 1, bce",
            chain((8,), hidden, dense(1, "sigmoid")),
            X,
            np.sign(NUMBER),
            accuracy,
        ),
        Fault(
            "labels-loss-mismatch",
            "labels 1 to 3, scce",
            chain((8,), hidden, dense(3, "softmax")),
            BLOBS,
            CLASSES + 1,
            accuracy,
            {"loss": SCCE},
        ),
        Fault(
            "labels-loss-mismatch", "3 classes, bce", chain((8,), hidden, dense(1, "sigmoid")), BLOBS, CLASSES, accuracy
        ),
        of_numbers("target-out-of-range", "relu, signed y", chain((8,), hidden, dense(1, "relu")), X, NUMBER),
        of_numbers(
            "target-out-of-range",
            "tanh, y to 200",
            chain((8,), hidden, dense(1, "tanh")),
            X,
            NUMBER * 20 + 100,
            learning_rate=0.1,
        ),
        of_numbers("output-bias-prior", "y mean 200", chain((8,), hidden, dense(1)), X, NUMBER + 200, 5),
        Fault(
            "output-bias-prior",
            "2 % ones, 1 epoch, loss",
            chain((8,), hidden, dense(1, "sigmoid")),
            X,
            RARE,
            loss,
            {},
            1,
        ),
        of_numbers("bias-needed", "y + 3", chain((8,), dense(1, use_bias=False)), X, NUMBER + 3, learning_rate=0.01),
        of_numbers("inputs-uncentred", "x + 10", chain((8,), hidden, dense(1)), X + 10, NUMBER),
        of_numbers("dead-relu", "b = -10", chain((8,), dense(16, "relu", bias_initializer=FAR), dense(1)), X, NUMBER),
        of_numbers(
            "saturated",
            "tanh, b = 6",
            chain((8,), dense(16, "tanh", bias_initializer=Initializer.of("Constant", value=6.0)), dense(1)),
            X,
            NUMBER,
        ),
        Fault("dead-relu", "tutorial, sigmoid, loss", sigmoid, digits.x, odd, loss, epochs=2),
        Fault(
            "large-initial-bias",
            "sigmoid, He, 1 epoch, loss",
            chain((8,), dense(1, "sigmoid", bias_initializer=HE)),
            X,
            NUMBER > 0,
            loss,
            {},
            1,
        ),
        of_numbers("linear-pair", "y = |z|", chain((8,), dense(16), dense(1)), X, np.abs(NUMBER)),
        of_numbers(
            "forget-gate", "40 steps", chain((40, 1), memory, dense(1)), SERIES, WHAT_WAS_FIRST, 20, learning_rate=0.005
        ),
        of_numbers("bias-before-batchnorm", "then relu", chain((8,), *normalised, dense(1)), X, NUMBER),
        of_numbers(
            "decayed-bias",
            "L2 on the bias, y + 10",
            chain((8,), dense(1, bias_regularizer=Regularizer.of("L2", l2=1.0))),
            X,
            NUMBER + 10,
            learning_rate=0.05,
        ),
        *runaways(),
    ]


def runaways() -> list[Fault]:
    relu, deep = chain((8,), dense(16, "relu"), dense(1)), [dense(64, "relu") for _ in range(3)]
    rows = [
        ("SGD(1), y + 20", chain((8,), dense(1)), X, NUMBER + 20, 1.0),
        ("SGD(1), relu, y + 20", relu, X, NUMBER + 20, 1.0),
        ("SGD(.1), relu, y + 200", relu, X, NUMBER + 200, 0.1),
        ("SGD(.5), three of 64", chain((8,), *deep, dense(1)), X, NUMBER, 0.5),
        ("SGD(.01), relu, 50 x", relu, 50 * X, NUMBER, 0.01),
        ("SGD(.01), relu, 1000 y", relu, X, 1000 * NUMBER, 0.01),
        ("SGD(.5), relu, momentum", relu, X, NUMBER + 5, 0.5),
    ]
    momentum = {"optimizer_settings": {"momentum": 0.9}}
    return [
        of_numbers(
            "non-finite",
            what,
            stack,
            x,
            y,
            optimizer="SGD",
            learning_rate=rate,
            **(momentum if "momentum" in what else {}),
        )
        for what, stack, x, y, rate in rows
    ]


def trained(fault: Fault, experiment: Any) -> tuple[Any, float]:
    """The network, and its figure after training: NaN where Keras refuses."""
    network, cut = build_network(experiment), len(fault.x) * 5 // 6
    x, y = fault.x, fault.y.astype(np.float32)
    try:
        with warnings.catch_warnings(), recorder_of(network) as recorder:
            warnings.simplefilter("ignore", RuntimeWarning)  # values that pass the largest number
            network.model.fit(x[:cut], y[:cut], batch_size=32, epochs=fault.epochs, verbose=0, callbacks=[recorder])
    except Exception as error:  # noqa: BLE001 - what Keras refuses is a figure too
        print(f"  {type(error).__name__}: {str(error).splitlines()[0][:90]}")
        return network, float("nan")
    return network, fault.figure(network.model, x[cut:], y[cut:])


def remedy_of(fault: Fault, network: Any) -> Any:
    """What the finding offers: before training, with a look at the network, or after."""
    steps = fault.epochs * -(-len(fault.x) * 5 // 6 // 32)
    training = network.experiment.training
    before = case_on(fault.x, fault.y, fault.stack, steps, **fault.training)
    cases = [
        replace(before, training=training),
        case_of_network(network, fault.x[:256], fault.y[:256].astype(np.float32)),
    ]
    findings = [finding for case in cases for finding in diagnose(case) if finding.id == fault.rule and finding.remedy]
    return findings[0].remedy


def main() -> None:
    print(f"{'rule':24}{'what':38}{'before':>24}{'after':>24}")
    for fault in faults()[int(sys.argv[1]) if len(sys.argv) > 1 else 0 :]:
        before, after, text = [], [], ""
        for seed in range(SEEDS):
            experiment = experiment_of(fault.stack, **(fault.training | {"seed": seed}))
            fresh = build_network(experiment)
            if fault.rule == "non-finite":
                fresh, figure = trained(fault, experiment)
                before.append(figure)
                remedy = remedy_of(fault, fresh)
            else:
                remedy = remedy_of(fault, fresh)
                before.append(trained(fault, experiment)[1])
            text = remedy.text
            after.append(trained(fault, remedy.applied_to(experiment))[1])
        print(f"{fault.rule:24}{fault.what:38}{shown(before):>24}{shown(after):>24}  {text}", flush=True)


def shown(figures: list[float]) -> str:
    return " ".join(f"{figure:.3g}" for figure in figures)


if __name__ == "__main__":
    main()
