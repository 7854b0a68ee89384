"""An experiment as a short Keras script, as a person would write it, which trains to the same biases step by step."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from biasstudio.atomic_file import written_whole
from biasstudio.scripts.written_data import WrittenData, write_data
from biasstudio.scripts.written_network import network_lines
from biasstudio.scripts.written_training import compile_line, fit_line, learning_lines
from biasstudio.scripts.written_weights import weights_lines, whole_model_lines
from biasstudio.spec.arguments import SpecError
from biasstudio.spec.experiment import Experiment
from biasstudio.spec.losses import LOSS_TYPES, ONE_HOT

SUFFIX = ".py"


class FileInTheWayError(SpecError):
    """A file of a name that the script's own needs is there, and is another."""


@dataclass(frozen=True)
class WrittenScript:
    """`files` must lie beside the script: each one's name there, and where it is now."""

    text: str
    files: tuple[tuple[str, Path], ...] = ()


def write_script(experiment: Experiment, folder: Path | None = None) -> WrittenScript:
    """The script, to lie in `folder`. Any thread may call. Raises SpecError, or OSError where a file can't be read.

    Files that lie in the folder or below are named relative to it, so the script is to be run there.
    """
    whole = experiment.weights is not None and experiment.weights.whole
    if not whole and not experiment.stack.layers:
        raise SpecError("The stack has no layers: there is nothing to write a script of.")
    data = write_data(experiment.data)
    network = (
        whole_model_lines(experiment, folder)
        if whole
        else [*network_lines(experiment.stack), *weights_lines(experiment, folder)]
    )
    parts = [
        [f"keras.utils.set_random_seed({experiment.training.seed})"],
        [data.text.rstrip("\n"), *_one_hot(experiment)],
        network,
        learning_lines(experiment),
        _training(experiment, data),
    ]
    body = "\n\n".join("\n".join(lines) for lines in parts if lines)
    return WrittenScript(f"{_imports(body)}\n\n{body}\n", data.files)


def _imports(body: str) -> str:
    """Those that the body needs, standard library first, as ruff sorts them."""
    lines = ["import keras"]
    lines += ["import numpy as np"] if "np." in body else []
    lines += ["from keras import layers"] if "layers." in body else []
    return "\n".join(lines)


def _one_hot(experiment: Experiment) -> list[str]:
    if LOSS_TYPES[experiment.training.loss].target != ONE_HOT:
        return []
    return [f"y = keras.utils.to_categorical(y, {experiment.data.type.classes})"]


def _training(experiment: Experiment, data: WrittenData) -> list[str]:
    training = experiment.training
    metrics = ["accuracy"] if training.loss.endswith("crossentropy") else []
    share = training.validation_share
    # Keras refuses a share that leaves nothing to validate with.
    validates = share > 0 and int(data.samples * (1.0 - share)) < data.samples
    validation = [f"validation_split={share!r}"] if validates else []
    return [compile_line(training, metrics), fit_line(training, list(validation))]


def save_script(experiment: Experiment, path: Path, overwrite: bool = False) -> None:
    """Write the script, whole or not at all, and beside it the files that it needs. Any thread may call.

    Raises SpecError, OSError, and FileInTheWayError where another file has the name of one of them, unless `overwrite`.
    """
    script = write_script(experiment, path.parent)
    files = [(path.parent / name, source) for name, source in script.files]
    for place, source in files:
        if place.exists() and not overwrite and place.read_bytes() != source.read_bytes():
            raise FileInTheWayError(f"{place} exists already, and is not the file that the script needs there.")
    for place, source in files:
        if not place.exists() or place.read_bytes() != source.read_bytes():
            with written_whole(place) as temporary:
                shutil.copyfile(source, temporary)
    with written_whole(path) as temporary:
        temporary.write_text(script.text, encoding="utf-8", newline="\n")
