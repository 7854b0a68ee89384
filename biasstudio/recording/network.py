"""Facts about a built network, as plain values that may cross threads."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

BIAS_NAMES = frozenset({"bias", "beta"})
"""The last part of a bias variable's Keras path."""


_LSTM = ("i", "f", "c", "o")
CELL_GATES = {"ConvLSTMCell": _LSTM, "LSTMCell": _LSTM, "GRUCell": ("z", "r", "h")}
"""The gates of Keras's cells, in the order of their slices."""


@dataclass(frozen=True)
class BiasVector:
    """One bias variable. `path` is its Keras path without the model's name, such as conv2d/bias."""

    path: str
    shape: tuple[int, ...]
    layer: str
    unit: str
    """What one element is: a unit, a channel."""
    gates: tuple[str, ...] = ()
    """The gates of a recurrent cell, whose units lie one gate after the other along the last axis."""

    @classmethod
    def of_text(cls, path: str, shape: tuple[int, ...], layer: str, text: str) -> "BiasVector":
        """The vector whose `unit_text` is `text`."""
        unit, _, gates = text.partition(": ")
        return cls(path, shape, layer, unit, tuple(gates.split()))

    @property
    def unit_text(self) -> str:
        """What one element is, as a run's file says it: channel; gate unit: i f c o."""
        return f"{self.unit}: {' '.join(self.gates)}" if self.gates else self.unit

    @property
    def length(self) -> int:
        return math.prod(self.shape)


@dataclass(frozen=True)
class BuiltLayer:
    """One layer as Keras built it. `output_shape` leaves the batch out."""

    name: str
    output_shape: tuple[int, ...]
    parameters: int
    biases: int
    learnable: int = 0
    """How many of the parameters could learn: all but such as the moving statistics of BatchNormalization."""


def learnable_sizes(layers: Iterable[BuiltLayer]) -> dict[str, tuple[int, int]]:
    """Each layer's weights and biases that could learn, by its name."""
    return {layer.name: (layer.learnable - layer.biases, layer.biases) for layer in layers}
