"""What crosses between the window's thread and the worker's: immutable commands one way, reports the other."""

from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from biasstudio.doctor.finding import Finding
from biasstudio.recording.history import History
from biasstudio.recording.network import BuiltLayer
from biasstudio.spec.arguments import SpecError
from biasstudio.spec.experiment import Experiment


@dataclass(frozen=True)
class Build:
    """Build this experiment from its seed: the network at step 0. Of several waiting only the newest is built."""

    experiment: Experiment


@dataclass(frozen=True)
class Train:
    """Start training, or go on after a pause. `experiment` may differ from the built one in what `fit` alone takes."""

    experiment: Experiment


@dataclass(frozen=True)
class TakeStep:
    """Make exactly one step, then pause."""

    experiment: Experiment


@dataclass(frozen=True)
class Pause:
    """Hold after the present step."""


@dataclass(frozen=True)
class Stop:
    """End training after the present step; weights and history stay."""


@dataclass(frozen=True)
class ReadWeights:
    """Report the arrays of one layer."""

    layer: str


@dataclass(frozen=True)
class Close:
    """End the thread after the present step."""


Command = Build | Train | TakeStep | Pause | Stop | ReadWeights | Close


class WorkerState(Enum):
    LOADING = "Loading TensorFlow"
    READY = "Ready"
    BUILDING = "Building"
    TRAINING = "Training"
    PAUSED = "Paused"
    CLOSED = "Closed"


@dataclass(frozen=True)
class Built:
    """A network stands at step 0, which is in `history`. `misfit` says why it can't train on its data, if so."""

    experiment: Experiment
    layers: tuple[BuiltLayer, ...]
    history: History
    seconds: float
    misfit: SpecError | None
    findings: tuple[Finding, ...]
    versions: str


@dataclass(frozen=True)
class BuildFailed:
    """The stack can't be built; `error` names the layer and says why."""

    experiment: Experiment
    error: SpecError


@dataclass(frozen=True)
class Progress:
    """Where training stands. Steps and epochs of this training count from 1; `seconds_left` is None until known."""

    step: int
    epoch: int
    epochs: int
    steps_done: int
    steps_planned: int
    steps_per_second: float
    seconds_left: float | None


@dataclass(frozen=True)
class TrainingEnded:
    """Training is over: finished, stopped, or ended by values that are no longer finite."""

    reason: str
    step: int
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class WeightArray:
    """One array of `layer.get_weights()`: its Keras name, and its values where there are not too many to copy."""

    name: str
    shape: tuple[int, ...]
    dtype: str
    values: NDArray[np.float32] | None


@dataclass(frozen=True)
class Weights:
    """The arrays of one layer at one step."""

    layer: str
    step: int
    arrays: tuple[WeightArray, ...]
