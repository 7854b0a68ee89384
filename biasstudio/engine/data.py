"""The samples of an experiment, as training takes them: from the one place that its data set comes from."""

from collections.abc import Callable, Hashable
from functools import lru_cache
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from biasstudio.data_files.opening import Cancelled, go_on, never
from biasstudio.data_files.reading import file_state, open_parameters, open_source
from biasstudio.engine.generated_data import generated_points
from biasstudio.engine.keras_data import load_keras_data
from biasstudio.engine.samples import Samples
from biasstudio.engine.streamed_data import StreamedSamples
from biasstudio.resource_files import resource_path
from biasstudio.spec.arguments import SpecError
from biasstudio.spec.data_sets import DATA_SET_TYPES, DataSet
from biasstudio.spec.experiment import Experiment
from biasstudio.spec.losses import LOSS_TYPES, ONE_HOT
from biasstudio.spec.own_data_types import CLASSES, NUMBERS
from biasstudio.spec.shipped_data_types import TABLE_TARGETS

AnySamples = Samples | StreamedSamples


def load_samples(experiment: Experiment, cancelled: Cancelled = never) -> AnySamples:
    """The samples of the experiment's data, with rows of a 1 among zeros as targets where its loss takes those.

    Raises SpecError where they can't be had: a file that is gone or holds something else now, no network; and where
    `cancelled`, which is asked now and then, gives True.
    """
    data = experiment.data
    if data.found is not None:
        samples = _KEPT.get(samples_key(data), lambda: _own(data, cancelled))
    elif data.of_keras:
        samples = _KEPT.get(samples_key(data), lambda: load_keras_data(data, cancelled))
    else:
        samples = _shipped(data)
    go_on(cancelled)
    return samples.one_hot(data.type.classes) if LOSS_TYPES[experiment.training.loss].target == ONE_HOT else samples


def samples_key(data: DataSet) -> Hashable:
    """Tells one content of the samples from another: of a person's own data, that of the file as it is now."""
    return data if data.found is None else (data, file_state(data))


def are_at_hand(data: DataSet) -> bool:
    """Whether the samples can be had at once: neither from a file that is large, or gone, nor from the network."""
    if data.found is None and not data.of_keras:
        return True
    try:
        return _KEPT.holds(samples_key(data))
    except SpecError:
        return False


def may_be_downloaded(data: DataSet) -> bool:
    """Whether loading the samples may ask the network for them, which nobody wants unasked."""
    return data.of_keras and not are_at_hand(data)


_Kept = TypeVar("_Kept")


class LastOne(Generic[_Kept]):
    """Keeps what was loaded last: trainings follow each other on the same data. One at a time, since they are large."""

    def __init__(self) -> None:
        self._key: Hashable = None
        self._thing: _Kept | None = None

    def holds(self, key: Hashable) -> bool:
        """Whether what `key` stands for is kept."""
        return self._thing is not None and key == self._key

    def get(self, key: Hashable, load: Callable[[], _Kept]) -> _Kept:
        """What `key` stands for; loaded where it isn't kept."""
        if self._thing is None or key != self._key:
            self._thing = None
            self._thing, self._key = load(), key
        return self._thing


_KEPT = LastOne[AnySamples]()


def _own(data: DataSet, cancelled: Cancelled) -> AnySamples:
    source = open_source(data, cancelled)
    return Samples(*source.arrays(cancelled)) if source.in_memory else StreamedSamples(source)


@lru_cache(maxsize=4)
def _shipped(data: DataSet) -> Samples:
    if data.name.startswith("mnist"):
        return _mnist(data)
    if data.name in TABLE_TARGETS:
        return _table(data)
    return Samples(*generated_points(data))


def _table(data: DataSet) -> Samples:
    given = {
        "path": str(resource_path(f"data/{data.name}.csv")),
        "target": TABLE_TARGETS[data.name],
        "task": CLASSES if data.type.classes else NUMBERS,
    }
    defaults = {argument.name: argument.default for argument in DATA_SET_TYPES["csv"].parameters}
    return Samples(*open_parameters("csv", defaults | given | dict(data.parameters), never).arrays())


def _mnist(data: DataSet) -> Samples:
    with np.load(resource_path("data/mnist_5k.npz"), allow_pickle=False) as file:
        images, digits = file["x"], file["y"].astype(np.int32)
    labels: dict[str, Callable[[], NDArray[np.int32]]] = {
        "mnist_digits": lambda: digits,
        "mnist_odd_even": lambda: digits % 2,
        "mnist_one_digit": lambda: (digits == data.get("digit")).astype(np.int32),
    }
    return Samples(images[..., np.newaxis].astype(np.float32) / np.float32(255), labels[data.name]())
