"""Write a model as a .keras or .h5 file that `keras.models.load_model` opens anywhere, whole or not at all."""

from pathlib import Path
from typing import Any

from biasstudio.atomic_file import written_whole
from biasstudio.engine.build import build_network
from biasstudio.spec.arguments import SpecError
from biasstudio.spec.experiment import Experiment

SUFFIXES = (".keras", ".h5")


def save_model(model: Any, path: Path) -> None:
    """With the optimizer's state where the model was trained. Raises SpecError; an older file is then as it was."""
    if path.suffix not in SUFFIXES:
        raise SpecError(f"{path.name} is no name for a model: it ends in {' or '.join(SUFFIXES)}.")
    try:
        with written_whole(path) as temporary:
            model.save(temporary)
    except OSError as error:
        raise SpecError(f"{path} can't be written: {error.strerror or error}.") from error


def write_model_file(experiment: Experiment, path: Path) -> None:
    """Save the experiment's network at step 0: compiled, and not trained. Raises SpecError."""
    save_model(build_network(experiment).model, path)
