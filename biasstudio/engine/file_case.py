"""The case of a file for the Doctor: an experiment, a run, a script or a model. Nothing in it is run."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import tensorflow as tf

from biasstudio.doctor.case import Case, case_of
from biasstudio.doctor.data_facts import with_labels
from biasstudio.engine.build import build_network, check_network
from biasstudio.engine.experiment_case import case_of_network, data_of_experiment, probed_case
from biasstudio.engine.file_model import model_from_config
from biasstudio.engine.keras_case import network_layers
from biasstudio.model_files.reader import SUFFIXES as MODEL_SUFFIXES
from biasstudio.model_files.reader import is_model_file, read_model_file
from biasstudio.recording.run_format import SUFFIX as RUN_SUFFIX
from biasstudio.recording.run_history import RunHistory
from biasstudio.recording.run_reader import Run, open_run
from biasstudio.scripts.reading import load_script
from biasstudio.spec.arguments import SpecError
from biasstudio.spec.compatibility import misfit
from biasstudio.spec.data_sets import DataSet
from biasstudio.spec.experiment import Experiment, Training, load_experiment
from biasstudio.spec.stack import Stack

_OTHERS = (
    ("xor", Training(loss="hinge", optimizer="Nadam")),
    ("circles", Training(loss="log_cosh", optimizer="Adamax")),
)
_MOST_NOTES = 5
EXPERIMENT_SUFFIX, SCRIPT_SUFFIX = ".biasexp", ".py"
SUFFIXES = (SCRIPT_SUFFIX, EXPERIMENT_SUFFIX, RUN_SUFFIX, *MODEL_SUFFIXES)


@contextmanager
def case_of_file(path: Path) -> Iterator[tuple[Case, str]]:
    """The case, whose history may read from the file as long as it is open, and why not all of it could be judged.

    Raises SpecError, RunError or OSError with a sentence for the person.
    """
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise SpecError(
            f"{path.name} is none of the files that can be judged, whose names end in {', '.join(SUFFIXES)}."
        )
    if suffix == RUN_SUFFIX:
        with open_run(path) as run:
            yield case_of_run(run)
    elif is_model_file(path):
        yield _of_model_file(path)
    elif suffix == SCRIPT_SUFFIX:
        yield _of_script(path)
    else:
        yield _of_experiment(path)


def _of_experiment(path: Path) -> tuple[Case, str]:
    network = build_network(load_experiment(path))
    unfit = misfit(network.experiment, network.layers[-1].output_shape)
    fault = f"{unfit} The data are not judged." if unfit is not None else data_of_experiment(network.experiment)[1]
    if fault:
        return case_of_network(network, network.experiment), fault
    return probed_case(network), ""


def case_of_run(run: Run) -> tuple[Case, str]:
    """A run's steps, and its experiment where it has one. Raises RunError."""
    reading = RunHistory(run)
    reading.take_in()
    experiment = run.experiment
    if experiment is None:
        note = "A script trained this run, and its network is not in the file: only the steps are judged."
        return Case((), history=reading.history), note
    layers = check_network(experiment)
    facts, fault = data_of_experiment(experiment)
    return case_of(experiment, layers, reading.history, data=facts), fault


def _of_script(path: Path) -> tuple[Case, str]:
    """The network that a script makes, and its data, loss and optimizer where it says them.

    What a script leaves open is read as in an experiment that is given with it: with two that differ, it is seen.
    """
    readings = [load_script(path, Experiment(Stack((2,)), DataSet.of(data), training)) for data, training in _OTHERS]
    first, second = (reading.experiment for reading in readings)
    case = case_of(first, check_network(first))
    said = (first.training.loss, first.training.optimizer) == (second.training.loss, second.training.optimizer)
    facts, fault = data_of_experiment(first) if first.data == second.data else (None, "")
    if facts is not None and readings[0].labels:
        # The experiment mends them; it is the script that is judged.
        facts = with_labels(facts, readings[0].labels)
    told = [note for note in readings[0].notes if note in readings[1].notes]
    notes = [f"line {note.line}: {note.sentence}" if note.line else note.sentence for note in told]
    listed = f"Read otherwise, or not: {' '.join(notes[:_MOST_NOTES])}" if notes else ""
    judged = replace(case, training=first.training if said else None, data=facts)
    return judged, " ".join(filter(None, (listed, fault)))


def _of_model_file(path: Path) -> tuple[Case, str]:
    contents = read_model_file(path)
    history = contents.history()
    if contents.model is None:
        reason = contents.refusal or f"{path.name} holds weights alone, and no network."
        return Case((), history=history), f"{reason} Only the values of its biases are judged."
    settings = contents.training
    training = Training(**settings) if "loss" in settings and "optimizer" in settings else None
    # In a graph that is never run its variables take no memory.
    with tf.Graph().as_default():
        try:
            layers = tuple(network_layers(model_from_config(contents.model)))
        except SpecError as error:
            raise SpecError(f"{path.name}: {error}") from error
    note = "" if training is not None else "The file doesn't say a loss and an optimizer that are known here."
    return Case(layers, training, history, from_file=True, scheduled=True), note
