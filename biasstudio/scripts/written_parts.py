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

# No part has more of them.
_MOST_STATEMENTS = 30


@dataclass
class WrittenParts:
    """What was found. `learns` are choices of WHO_LEARNS by a layer's name, None for all layers."""

    data: DataSet | None = None
    learns: dict[str | None, str] = field(default_factory=dict)
    weights: WeightsFile | None = None
    loaded: Experiment | None = None
    """The network that the script loads whole, from a model's file."""

    def take_data(self, statements: list[ast.stmt], folder: Path | None) -> int:
        """How many of the first of `statements` load data; 0 where they don't."""
        found = find_data(statements, folder)
        if found is None:
            return 0
        self.data, count = found
        return count

    def take_learning(self, statements: list[ast.stmt]) -> int:
        """How many of the first of `statements` say who learns; 0 where they don't."""
        for learns, everywhere, pattern in LEARNING:
            values = pattern.found_in(statements)
            if values is not None:
                self.learns[None if everywhere else values["layer"]] = learns
                return len(pattern.statements)
        return 0

    def take_file(
        self, statements: list[ast.stmt], present: Experiment, folder: Path | None
    ) -> tuple[int, list[ast.stmt]]:
        """How many of the first of `statements` load a model's file, and what stands for them; 0 where they don't, and
        where the file is not there or can't be read, which the reader of the rest says.
        """
        for pattern, path in _file_patterns(statements, folder):
            try:
                contents = read_model_file(path)
                if pattern is not LOAD_MODEL:
                    self.weights = WeightsFile(path.resolve(), contents.sha256)
                    return len(pattern.statements), []
                self.loaded = experiment_of(contents, present)
            except (SpecError, OSError):
                continue
            return len(pattern.statements), _stand_in(self.loaded.stack.input_shape, statements[0].lineno)
        return 0, []

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
    parts, place, left = WrittenParts(), 0, []
    trains_on_x_and_y = any(_calls(node, "fit") and _on_x_and_y(node) for node in ast.walk(module))
    compiled = trained = False
    while place < len(module.body) and not trained:
        here = module.body[place : place + _MOST_STATEMENTS]
        count = parts.take_data(here, folder) if trains_on_x_and_y else 0
        # Who learns counts only where it is said before the network is compiled.
        count = count or (0 if compiled else parts.take_learning(here))
        if not count:
            count, stand_in = parts.take_file(here, present, folder)
            left += stand_in if count else here[:1]
            compiled = compiled or any(_calls(node, "compile") for node in ast.walk(here[0]))
            trained = any(_calls(node, "fit") for node in ast.walk(here[0]))
        place += count or 1
    module.body = [*left, *module.body[place:]]
    return parts


def _calls(node: ast.AST, method: str) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == method


def _on_x_and_y(call: ast.AST) -> bool:
    given = call.args if isinstance(call, ast.Call) else []
    return [argument.id for argument in given if isinstance(argument, ast.Name)] == ["x", "y"] and len(given) == 2


def _file_patterns(statements: list[ast.stmt], folder: Path | None) -> Iterator[tuple[Pattern, Path]]:
    for pattern in (LOAD_WEIGHTS, BY_NAME, LOAD_MODEL):
        values: dict[str, Any] | None = pattern.found_in(statements)
        if values is not None and isinstance(values["path"], str):
            try:
                yield pattern, path_from(values["path"], folder, "weights")
            except SpecError:
                continue


def _stand_in(shape: tuple[int, ...], line: int) -> list[ast.stmt]:
    """Statements at this line that make a network which takes this shape."""
    statements = ast.parse(Pattern(_STAND_IN).filled({"shape": shape})).body
    for statement in statements:
        ast.increment_lineno(statement, line - 1)
    return statements
