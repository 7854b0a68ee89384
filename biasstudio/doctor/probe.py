"""Probe: what a batch of samples makes of the network at one step, as arrays."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from biasstudio.recording.history import Floats


@dataclass(frozen=True)
class Probe:
    """`outputs` float32 (samples, *shape) of each layer by its name, after its activation; `gradients` of the loss of
    these samples with respect to each bias vector by its path, flattened in C order."""

    step: int
    samples: int
    outputs: Mapping[str, Floats]
    gradients: Mapping[str, Floats] = field(default_factory=dict)
