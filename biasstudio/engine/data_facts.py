"""Statistics of an experiment's data for the Doctor, and the samples that it looks at."""

import math

from biasstudio.data_files.opening import Cancelled, never
from biasstudio.doctor.data_facts import MOST_SAMPLES, DataFacts, evenly, facts_of
from biasstudio.engine.data import AnySamples, LastOne, load_samples, samples_key
from biasstudio.engine.samples import Samples
from biasstudio.engine.streamed_data import StreamedSamples
from biasstudio.spec.experiment import Experiment
from biasstudio.spec.losses import LOSS_TYPES

MOST_PROBE_SAMPLES = 256
# Of data that are streamed so many values are read: 200 MB.
_MOST_STREAMED_VALUES = 50_000_000
_FACTS = LastOne[DataFacts]()


def data_facts(experiment: Experiment, cancelled: Cancelled = never) -> DataFacts:
    """Of the samples that train. Remembered. Raises SpecError as `load_samples`, and where none train."""
    training = experiment.training
    key = samples_key(experiment.data), training.validation_share, LOSS_TYPES[training.loss].target
    return _FACTS.get(key, lambda: _facts(_split(experiment, cancelled)[0]))


def _facts(samples: AnySamples) -> DataFacts:
    if isinstance(samples, StreamedSamples):
        width = math.prod(samples.source.found.sample_shape)
        some = samples.take(evenly(len(samples), max(1, min(MOST_SAMPLES, _MOST_STREAMED_VALUES // width))))
        return facts_of(some.x, some.y, len(samples))
    return facts_of(samples.x, samples.y)


def probe_samples(experiment: Experiment, most: int = MOST_PROBE_SAMPLES) -> Samples:
    """Up to `most` samples, evenly taken, of those that validate; of those that train where none do.

    The same each time. Raises SpecError as `data_facts`.
    """
    training, validation = _split(experiment)
    samples = validation if validation is not None else training
    return samples.take(evenly(len(samples), most))


def _split(experiment: Experiment, cancelled: Cancelled = never) -> tuple[AnySamples, AnySamples | None]:
    return load_samples(experiment, cancelled).split(experiment.training.validation_share)
