"""Probe: what a batch of samples makes of the network at one step, as figures of each unit."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from biasstudio.recording.history import Floats


@dataclass(frozen=True)
class LayerProbe:
    """A layer's outputs, after its activation: of each unit along the last axis, over all samples and other axes.

    All float32 (units,). `active` is the share that is above 0.
    """

    active: Floats
    mean: Floats
    mean_square: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True)
class Probe:
    """`layers` by their names, those with one output; `gradients` of the loss of these samples with respect to each
    bias vector by its path, float32 (n,), flattened in C order; none where there are no targets that fit."""

    step: int
    samples: int
    layers: Mapping[str, LayerProbe]
    gradients: Mapping[str, Floats] = field(default_factory=dict)

    @property
    def is_finite(self) -> bool:
        """Whether every layer gives numbers: what is not finite tells nothing of a single unit."""
        return all(bool(np.isfinite(layer.mean_square).all()) for layer in self.layers.values())
