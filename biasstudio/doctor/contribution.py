"""Contribution: how much of what goes into a unit's activation comes from its inputs, and how much from its bias."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from biasstudio.recording.history import Floats


@dataclass(frozen=True)
class Contribution:
    """One unit of the bias vector `path` on some samples, at one step. `pre_activation` is `from_inputs` + `bias`.

    Arrays are float32 (samples,). Where the unit has many positions, as a channel of a convolution has, they are of
    the position at which each sample's pre-activation is largest. `samples` are indexes into the probe's samples.
    """

    path: str
    unit: int
    step: int
    samples: NDArray[np.int64]
    from_inputs: Floats
    bias: float
    pre_activation: Floats
    output: Floats
    activation: str
    """Keras's name; linear where there is none."""
    probed: int
    """How many samples the shares are of: all of the probe."""
    active_share: float
    """Share of the probe's samples on which the output is above 0, at one position at least."""
    active_positions: float | None = None
    """Share of all positions of all samples at which it is above 0; None where there is but one."""
    positions: tuple[tuple[int, ...], ...] = ()
    """Of each sample, where; empty where there is but one."""
    by_input: tuple[tuple[tuple[int, ...], float], ...] = field(default=())
    """Of a single sample the largest parts of `from_inputs`: each input's index, and what it gives."""

    @property
    def is_dead(self) -> bool:
        """Whether the output is above 0 on none of the samples."""
        return self.active_share == 0

    @property
    def needed(self) -> float:
        """How much the bias would have to rise for the unit to be active on the sample that comes nearest."""
        return max(0.0, -float(self.pre_activation.max()))


@dataclass(frozen=True)
class NoContribution:
    """Why a unit's parts can't be told, in one sentence."""

    path: str
    unit: int
    sentence: str
