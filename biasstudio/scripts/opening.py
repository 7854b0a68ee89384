"""An experiment from any file that holds one: .biasexp, a script, a model of Keras."""

from dataclasses import dataclass, replace
from pathlib import Path

from biasstudio.model_files.experiment import experiment_of
from biasstudio.model_files.reader import is_model_file, read_model_file
from biasstudio.resource_files import resource_path
from biasstudio.scripts.notes import Note
from biasstudio.scripts.reading import load_script
from biasstudio.scripts.writing import SUFFIX as SCRIPT_SUFFIX
from biasstudio.spec.data_sets import GIVEN_TYPES, DataSet
from biasstudio.spec.experiment import SUFFIX as EXPERIMENT_SUFFIX
from biasstudio.spec.experiment import Experiment, load_experiment


@dataclass(frozen=True)
class OpenedExperiment:
    """`notes` are sentences, each with the file's name and mostly a line, on what could not be taken over."""

    experiment: Experiment
    notes: tuple[str, ...] = ()


def open_experiment(path: Path) -> OpenedExperiment:
    """What the file says, completed by the tutorial's data and training. Any thread may call.

    Raises SpecError, or OSError where the file can't be read.
    """
    is_script = path.suffix.lower() == SCRIPT_SUFFIX
    if not is_script and not is_model_file(path):
        return OpenedExperiment(load_experiment(path))
    present = load_experiment(resource_path(f"examples/tutorial{EXPERIMENT_SUFFIX}"))
    if is_script:
        reading = load_script(path, present)
        return OpenedExperiment(reading.experiment, tuple(_in_words(path, note) for note in reading.notes))
    experiment = _with_fitting_data(experiment_of(read_model_file(path), present))
    title = experiment.data.type.title
    return OpenedExperiment(experiment, (f"{path.name}: a model has no data; “{title}” was put beside it.",))


def _in_words(path: Path, note: Note) -> str:
    place = f"{path.name}:{note.line}" if note.line else path.name
    return f"{place}: {note.sentence}"


def _with_fitting_data(experiment: Experiment) -> Experiment:
    """A data set that comes with Bias Studio whose samples the network takes, the loss's own before others."""
    fitting = [kind for kind in GIVEN_TYPES.values() if kind.sample_shape == experiment.stack.input_shape]
    chosen = next((kind for kind in fitting if kind.loss == experiment.training.loss), next(iter(fitting), None))
    return experiment if chosen is None else replace(experiment, data=DataSet.of(chosen.name))
