"""What this program writes into a script that Keras has no words for: found again before the rest is read.

Data, who learns in loops over variables, and weights from a file. The statements are taken out of the script.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from biasstudio.model_files.experiment import experiment_of
from biasstudio.model_files.reader import read_model_file
from biasstudio.scripts.data import ReadData
from biasstudio.scripts.patterns import Pattern
from biasstudio.scripts.written_data import find_data
from biasstudio.scripts.written_training import LEARNING
from biasstudio.scripts.written_weights import BY_NAME, LOAD_MODEL, LOAD_WEIGHTS
from biasstudio.spec.arguments import SpecError
from biasstudio.spec.data_sets import DataSet
from biasstudio.spec.experiment import Experiment
from biasstudio.spec.file_paths import path_from
from biasstudio.spec.learning import ALL, BIASES
from biasstudio.spec.weights_file import WeightsFile

# Stands for a network that only its file knows, while compile and fit are read.
_STAND_IN = "model = keras.Sequential([keras.Input(_SHAPE_), keras.layers.Dense(1)])"


@dataclass
class WrittenParts:
    """What was found. `learns` are choices of WHO_LEARNS by a layer's name, None for all layers."""

    data: DataSet | None = None
    learns: dict[str | None, str] = field(default_factory=dict)
    weights: WeightsFile | None = None
    loaded: Experiment | None = None
    """The network that the script loads whole, from a model's file."""

    def read_data(self) -> ReadData | None:
        """The data as the reader has them, where they were found."""
        return None if self.data is None else ReadData(self.data, self.data.type.sample_shape, named=True)

    def applied_to(self, experiment: Experiment) -> Experiment:
        """The experiment of the rest of the script, with these."""
        if self.loaded is not None:
            experiment = replace(experiment, stack=self.loaded.stack, weights=self.loaded.weights)
        if self.weights is not None:
            experiment = replace(experiment, weights=self.weights)
        stack, everywhere = experiment.stack, self.learns.get(None)
        names = [layer.name for layer in stack.layers]
        for name in names:
            learns = ALL if everywhere is not None else self.learns.get(name)
            stack = stack if learns is None else stack.let_learn(name, learns)
        training = replace(experiment.training, biases_only=everywhere == BIASES)
        return replace(experiment, stack=stack, training=training)


def take_written(module: ast.Module, present: Experiment, folder: Path | None) -> WrittenParts:
    """Find these parts among the statements of `module`, and take them out of it."""
    parts, place = WrittenParts(), 0
    trains_on_x_and_y = any(_is_fit(node) for node in ast.walk(module))
    while place < len(module.body):
        here = module.body[place:]
        data = find_data(here, folder) if trains_on_x_and_y else None
        if data is not None:
            parts.data = data[0]
            del module.body[place : place + data[1]]
        elif not (_take_learning(parts, module, place) or _take_file(parts, module, place, present, folder)):
            place += 1
    return parts


def _is_fit(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or node.func.attr != "fit":
        return False
    names = [argument.id for argument in node.args if isinstance(argument, ast.Name)]
    return names == ["x", "y"] and len(node.args) == 2


def _take_learning(parts: WrittenParts, module: ast.Module, place: int) -> bool:
    for learns, everywhere, pattern in LEARNING:
        values = pattern.found_in(module.body[place:])
        if values is not None:
            parts.learns[None if everywhere else values["layer"]] = learns
            del module.body[place : place + len(pattern.statements)]
            return True
    return False


def _take_file(parts: WrittenParts, module: ast.Module, place: int, present: Experiment, folder: Path | None) -> bool:
    """What loads a model's file, where that is there and can be read; else the statement stays for the reader."""
    for pattern, path in _file_patterns(module.body[place:], folder):
        try:
            contents = read_model_file(path)
            if pattern is LOAD_MODEL:
                parts.loaded = experiment_of(contents, present)
        except (SpecError, OSError):
            continue
        stand_in: list[ast.stmt] = []
        if parts.loaded is not None and pattern is LOAD_MODEL:
            stand_in = ast.parse(Pattern(_STAND_IN).filled({"shape": parts.loaded.stack.input_shape})).body
        else:
            parts.weights = WeightsFile(path.resolve(), contents.sha256)
        _put(stand_in, module, place, len(pattern.statements))
        return True
    return False


def _file_patterns(statements: list[ast.stmt], folder: Path | None) -> Iterator[tuple[Pattern, Path]]:
    for pattern in (LOAD_WEIGHTS, BY_NAME, LOAD_MODEL):
        values: dict[str, Any] | None = pattern.found_in(statements)
        if values is not None and isinstance(values["path"], str):
            try:
                yield pattern, path_from(values["path"], folder, "weights")
            except SpecError:
                continue


def _put(statements: list[ast.stmt], module: ast.Module, place: int, count: int) -> None:
    """`statements` in place of `count` others, as if they stood at the first one's line."""
    for statement in statements:
        ast.increment_lineno(statement, module.body[place].lineno - 1)
    module.body[place : place + count] = statements
