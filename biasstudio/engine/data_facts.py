"""Statistics of an experiment's data for the Doctor, and the samples that it looks at."""

from functools import lru_cache

from biasstudio.doctor.data_facts import DataFacts, evenly, facts_of
from biasstudio.engine.data import Samples, load_samples
from biasstudio.spec.data_sets import DataSet
from biasstudio.spec.experiment import Experiment

MOST_PROBE_SAMPLES = 256


def data_facts(experiment: Experiment) -> DataFacts:
    """Of the samples that train. Remembered. Raises SpecError where none are left to train with, OSError."""
    return _facts(experiment.data, experiment.training.validation_share)


@lru_cache(maxsize=4)
def _facts(data: DataSet, validation_share: float) -> DataFacts:
    training, _ = _split(data, validation_share)
    return facts_of(training.x, training.y)


def probe_samples(experiment: Experiment, most: int = MOST_PROBE_SAMPLES) -> Samples:
    """Up to `most` samples, evenly taken, of those that validate; of those that train where none do.

    The same each time. Raises SpecError and OSError as `data_facts`.
    """
    training, validation = _split(experiment.data, experiment.training.validation_share)
    samples = validation if validation is not None else training
    at = evenly(len(samples.x), most)
    return Samples(samples.x[at], samples.y[at])


def _split(data: DataSet, validation_share: float) -> tuple[Samples, Samples | None]:
    return load_samples(data).split(validation_share)
