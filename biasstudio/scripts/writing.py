"""An experiment as a short Keras script, as a person would write it, which trains to the same biases step by step."""

import filecmp
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from biasstudio.atomic_file import written_whole
from biasstudio.scripts.source_text import Expression
from biasstudio.scripts.written_data import ScriptFile, WrittenData, write_data
from biasstudio.scripts.written_network import network_lines
from biasstudio.scripts.written_training import compile_line, fit_line, learning_lines
from biasstudio.scripts.written_weights import weights_lines, whole_model_lines
from biasstudio.spec.arguments import SpecError
from biasstudio.spec.experiment import Experiment
from biasstudio.spec.keras_data_types import TEST_PART
from biasstudio.spec.losses import LOSS_TYPES, ONE_HOT

SUFFIX = ".py"


class FileInTheWayError(SpecError):
    """A file of a name that the script's own needs is there, and is another."""


@dataclass(frozen=True)
class WrittenScript:
    """`files` must lie beside the script."""

    text: str
    files: tuple[ScriptFile, ...] = ()


def write_script(experiment: Experiment, folder: Path | None = None) -> WrittenScript:
    """The script, to lie in `folder`. Any thread may call. Raises SpecError, or OSError where a file can't be read.

    Files that lie in the folder or below are named relative to it, so the script is to be run there.
    """
    whole = experiment.weights is not None and experiment.weights.whole
    if not whole and not experiment.stack.layers:
        raise SpecError("The stack has no layers: there is nothing to write a script of.")
    data = write_data(experiment.data, folder)
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
    lines = ["import csv\n"] if "csv." in body else []
    lines += ["import keras"]
    lines += ["import numpy as np"] if "np." in body else []
    lines += ["from keras import layers"] if "layers." in body else []
    return "\n".join(lines)


def _one_hot(experiment: Experiment) -> list[str]:
    if LOSS_TYPES[experiment.training.loss].target != ONE_HOT:
        return []
    names = ("y", "y_test") if _has_test_part(experiment) else ("y",)
    return [f"{name} = keras.utils.to_categorical({name}, {experiment.data.type.classes})" for name in names]


def _has_test_part(experiment: Experiment) -> bool:
    return dict(experiment.data.parameters).get("validation") == TEST_PART


def _training(experiment: Experiment, data: WrittenData) -> list[str]:
    training = experiment.training
    share = training.validation_share
    validation: list[Expression] = []
    if _has_test_part(experiment):
        validation.append("validation_data=(x_test, y_test)")
    # Keras refuses a share that leaves nothing to validate with.
    elif share > 0 and int(data.samples * (1.0 - share)) < data.samples:
        validation.append(f"validation_split={share!r}")
    return [compile_line(experiment), fit_line(training, validation)]


def save_script(experiment: Experiment, path: Path, overwrite: bool = False) -> None:
    """Write the script, whole or not at all, and beside it the files that it needs. Any thread may call.

    Raises SpecError, OSError, and FileInTheWayError where another file has the name of one of them, unless `overwrite`.
    """
    script = write_script(experiment, path.parent)
    with ExitStack() as stack:
        for file in script.files:
            place = path.parent / file.name
            temporary = stack.enter_context(written_whole(place))
            file.write(temporary)
            if place.exists() and not overwrite and not filecmp.cmp(place, temporary, shallow=False):
                raise FileInTheWayError(f"{place} exists already, and is not the file that the script needs there.")
        temporary = stack.enter_context(written_whole(path))
        temporary.write_text(script.text, encoding="utf-8", newline="\n")
