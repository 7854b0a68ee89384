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
from biasstudio.spec.losses import BINARY, LABEL, LOSS_TYPES, NUMBER, ONE_HOT


@dataclass(frozen=True)
class OpenedExperiment:
    """`notes` are sentences, each with the file's name and mostly a line, on what could not be taken over.

    `without_data`: the file's own data are not known, and those of the experiment may have nothing to do with it.
    """

    experiment: Experiment
    notes: tuple[str, ...] = ()
    without_data: bool = False


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
        notes = tuple(_in_words(path, note) for note in reading.notes)
        return OpenedExperiment(reading.experiment, notes, reading.data_unread)
    experiment = experiment_of(read_model_file(path), present)
    data = _fitting_data(experiment)
    if data is None:
        title = experiment.data.type.title
        note = f"{path.name}: a model has no data, and none here fit it; “{title}” stands in their place."
        return OpenedExperiment(experiment, (note,), without_data=True)
    note = f"{path.name}: a model has no data; “{data.type.title}” was put beside it."
    return OpenedExperiment(replace(experiment, data=data), (note,))


def _in_words(path: Path, note: Note) -> str:
    place = f"{path.name}:{note.line}" if note.line else path.name
    return f"{place}: {note.sentence}"


def _fitting_data(experiment: Experiment) -> DataSet | None:
    """A data set that comes with Bias Studio whose samples the network takes, and whose targets its loss.

    The one whose usual loss it is before others; None where there is none.
    """
    training, shape = experiment.training, experiment.stack.input_shape
    fitting = [
        kind
        for kind in GIVEN_TYPES.values()
        if kind.sample_shape == shape and _takes(LOSS_TYPES[training.loss].target, kind.classes)
    ]
    chosen = next((kind for kind in fitting if kind.loss == training.loss), next(iter(fitting), None))
    return None if chosen is None else DataSet.of(chosen.name)


def _takes(target: str, classes: int) -> bool:
    if not classes:
        return target == NUMBER
    return target in (LABEL, ONE_HOT) or (target == BINARY and classes == 2)
