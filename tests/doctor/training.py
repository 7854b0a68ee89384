"""Networks of a stack, trained for real on samples of one's own, as the rules see them."""

from typing import Any

import numpy as np

from biasstudio.doctor.case import Case, case_of
from biasstudio.doctor.diagnose import diagnose
from biasstudio.doctor.finding import Finding
from biasstudio.doctor.probe import LayerProbe
from biasstudio.engine.build import build_network
from biasstudio.engine.train import recorder_of
from biasstudio.spec.data_sets import DataSet
from biasstudio.spec.experiment import Experiment, Training
from biasstudio.spec.stack import Stack

MSE = "mean_squared_error"


def chain(shape: tuple[int, ...], *layers: tuple[str, dict[str, Any]]) -> Stack:
    stack = Stack(shape)
    for class_name, arguments in layers:
        stack = stack.add(class_name, **arguments)
    return stack


def dense(units: int, activation: str = "linear", **arguments: Any) -> tuple[str, dict[str, Any]]:
    return "Dense", {"units": units, "activation": activation, **arguments}


def layer(class_name: str, **arguments: Any) -> tuple[str, dict[str, Any]]:
    return class_name, arguments


def layer_probe(outputs: Any) -> LayerProbe:
    """Of a layer's outputs, (samples, units)."""
    active, square = (outputs > 0).mean(0), (outputs**2).mean(0)
    return LayerProbe(active, outputs.mean(0), square, outputs.min(0), outputs.max(0))


def numbers(seed: int = 0, count: int = 640, shape: tuple[int, ...] = (4,), offset: float = 0.0):
    """Normal inputs and a smooth function of them, standardised, then moved by `offset`: float32 x and y (n, 1)."""
    generator = np.random.default_rng(seed)
    x = generator.normal(0, 1, (count, *shape))
    flat = x.reshape(count, -1)
    y = np.sin(flat[:, :1]) + 0.5 * flat[:, 1:2]
    return x.astype(np.float32), ((y - y.mean()) / y.std() + offset).astype(np.float32)


class Trained:
    """A network that is trained further and further; its biases and settings may be changed between."""

    def __init__(self, stack: Stack, **training: Any) -> None:
        self.experiment = Experiment(stack, DataSet.of("xor"), Training(**{"loss": MSE} | training))
        self.network = build_network(self.experiment)
        self.model, self.history = self.network.model, self.network.history
        self._recorder = recorder_of(self.network)

    def fit(self, x: np.ndarray, y: np.ndarray, steps: int, batch_size: int = 32) -> "Trained":
        """About so many steps more, in whole epochs."""
        epochs = max(1, round(steps * batch_size / len(x)))
        with self._recorder:
            self.model.fit(x, y, epochs=epochs, batch_size=batch_size, verbose=0, callbacks=[self._recorder])
        return self

    def case(self, **known: Any) -> Case:
        known = {"history": self.history, "steps_planned": self.history.last_step} | known
        return case_of(self.experiment, self.network.layers, **known)

    def found(self, rule: str, **known: Any) -> list[Finding]:
        return [finding for finding in diagnose(self.case(**known)) if finding.id == rule]

    def ids(self, **known: Any) -> set[str]:
        """The ids of all findings that are more than a note."""
        return {finding.id for finding in diagnose(self.case(**known)) if finding.severity < 2}


def trained(stack: Stack, steps: int = 80, offset: float = 0.0, **training: Any) -> Trained:
    """Trained on numbers."""
    seed = training.get("seed", 0)
    return Trained(stack, **training).fit(*numbers(seed, shape=stack.input_shape, offset=offset), steps)
