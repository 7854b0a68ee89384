"""What crosses between the window's thread and the worker's: immutable commands one way, reports the other."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from biasstudio.doctor.data_facts import DataFacts
from biasstudio.doctor.finding import Finding
from biasstudio.doctor.probe import Probe
from biasstudio.recording.history import History
from biasstudio.recording.network import BuiltLayer
from biasstudio.spec.arguments import SpecError
from biasstudio.spec.experiment import Experiment


@dataclass(frozen=True)
class Build:
    """Build this experiment from its seed: the network at step 0. Of several waiting only the newest is built."""

    experiment: Experiment


@dataclass(frozen=True)
class Recording:
    """Where a run is recorded, under which name, and how large its file may become. `group` is that of a sweep."""

    path: Path
    name: str
    size_limit: int
    group: str = ""


@dataclass(frozen=True)
class Train:
    """Start training, or go on after a pause. `experiment` may differ from the built one in what `fit` alone takes.

    A network that is trained on goes on with the run that it has; `recording` is for its first training.
    """

    experiment: Experiment
    recording: Recording | None = None


@dataclass(frozen=True)
class TakeStep:
    """Make exactly one step, then pause."""

    experiment: Experiment
    recording: Recording | None = None


@dataclass(frozen=True)
class Job:
    """An experiment to build and train from its seed, beside the window's network. `label` tells it from others."""

    experiment: Experiment
    recording: Recording
    label: str


@dataclass(frozen=True)
class TrainJobs:
    """Train each in turn. Stop ends them all."""

    jobs: tuple[Job, ...]


@dataclass(frozen=True)
class Pause:
    """Hold after the present step."""


@dataclass(frozen=True)
class Stop:
    """End training after the present step; weights and history stay. Jobs that wait for its end are dropped."""


@dataclass(frozen=True)
class ReadWeights:
    """Report the arrays of one layer."""

    layer: str


@dataclass(frozen=True)
class ReadContribution:
    """Report what goes into one unit: `unit` is an index into the bias vector `path`, flattened in C order.

    On the probe's sample `sample`, or on all of them for None.
    """

    path: str
    unit: int
    sample: int | None = None


@dataclass(frozen=True)
class ExamineExperiment:
    """Report what the Doctor has to know of a recorded experiment. Done when nothing is trained."""

    experiment: Experiment


@dataclass(frozen=True)
class SaveModel:
    """Write the network as it stands to a .keras or .h5 file."""

    path: Path


@dataclass(frozen=True)
class SetBiases:
    """Set a bias vector by hand, while the network stands at `step`: paused, or not in training.

    `values` float32 (n,) is the whole vector, flattened in C order, and must not be changed any more. `experiment` says
    what to validate on, `number` which edit it is.
    """

    experiment: Experiment
    step: int
    path: str
    values: NDArray[np.float32]
    number: int


@dataclass(frozen=True)
class Close:
    """End the thread after the present step."""


Command = (
    Build
    | Train
    | TakeStep
    | TrainJobs
    | Pause
    | Stop
    | ReadWeights
    | ReadContribution
    | ExamineExperiment
    | SaveModel
    | SetBiases
    | Close
)


class WorkerState(Enum):
    LOADING = "Loading TensorFlow"
    READY = "Ready"
    BUILDING = "Building"
    READING = "Reading the data"
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
    starting_anew: tuple[str, ...] = ()
    """Where the weights come from a file: a sentence for each layer that starts from its initializers all the same."""


@dataclass(frozen=True)
class BuildFailed:
    """The stack can't be built; `error` names the layer and says why."""

    experiment: Experiment
    error: SpecError


@dataclass(frozen=True)
class Progress:
    """Where training stands. `epoch` of `epochs` counts on from earlier trainings of the network, as its history does.

    `steps_done` of `steps_planned` is of this training alone; `seconds_left` is None until known.
    """

    step: int
    epoch: int
    epochs: int
    steps_done: int
    steps_planned: int
    steps_per_second: float
    seconds_left: float | None
    job: str = ""
    """Which of several jobs, such as "2 of 12: zeros, seed 3"."""


@dataclass(frozen=True)
class TrainingEnded:
    """Training is over: finished, stopped, or ended by values that are no longer finite."""

    reason: str
    step: int
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class Diagnosis:
    """What is wrong with the network, or with a run, at `step`, in place of what was said of it before.

    `probe` is what was looked at; None where the data don't fit the network, or it costs too much just now.
    """

    step: int
    findings: tuple[Finding, ...]
    probe: Probe | None = None
    note: str = ""
    """What of a run could not be judged, and why: a sentence or two."""


@dataclass(frozen=True)
class Examined:
    """A recorded experiment's layers as they are built, and its data; `note` says why one of them isn't known."""

    experiment: Experiment
    layers: tuple[BuiltLayer, ...]
    data: DataFacts | None
    note: str


@dataclass(frozen=True)
class RunStarted:
    """A run is being recorded: of the network in the window, or of a job beside it."""

    recording: Recording
    of_job: bool = False


@dataclass(frozen=True)
class BiasesEvaluated:
    """What the validation data give since the edit of this `number`, and would give without any edit at this step.

    By the names of Keras's logs; both are empty where there are no figures, and `note` says why.
    """

    number: int
    before: Mapping[str, float] = field(default_factory=dict)
    after: Mapping[str, float] = field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True)
class JobStarted:
    """A job's network stands at step 0, which is in `history`, and training begins."""

    index: int
    job: Job
    history: History


@dataclass(frozen=True)
class JobEnded:
    """A job is over: finished, stopped, non-finite, or refused, where `sentence` says why it couldn't be built."""

    index: int
    job: Job
    reason: str
    sentence: str = ""


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
