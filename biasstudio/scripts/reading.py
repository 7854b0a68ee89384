"""A Keras script becomes an experiment: read as text, never executed, with a note by line of what isn't read."""

import ast
import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from biasstudio.scripts.compiling import compiled_loss
from biasstudio.scripts.data import ReadData, read_data
from biasstudio.scripts.fitting import compile_event, fit_event
from biasstudio.scripts.interpreter import Interpreter
from biasstudio.scripts.networks import chosen_network, read_stack, with_learning
from biasstudio.scripts.notes import Note, Notes
from biasstudio.scripts.source import MAXIMUM_CHARACTERS, Source
from biasstudio.scripts.training import read_training
from biasstudio.scripts.written_parts import take_written
from biasstudio.spec.arguments import SpecError
from biasstudio.spec.data_sets import DataSet
from biasstudio.spec.experiment import Experiment, Training
from biasstudio.spec.stack import Layer, Stack

# No letter of UTF-8 takes more bytes.
_MAXIMUM_BYTES = 4 * MAXIMUM_CHARACTERS
# By these a loop of one's own is known.
_OWN_LOOP = frozenset({"GradientTape", "apply_gradients", "train_on_batch", "train_step"})
# Stands for a side of the input that nothing says.
_SOME_SIDE = 10


@dataclass(frozen=True)
class ScriptReading:
    """What a script opens as, and what of it was not read, in the order of its lines."""

    experiment: Experiment
    notes: tuple[Note, ...]
    data_unread: bool = False
    """Whether the script trains on data that are not read: those of the experiment are others."""
    labels: tuple[float, ...] = ()
    """What the script itself gives its loss for each class, where that isn't 0, 1, …, the experiment's labels."""


def read_script(text: str, present: Experiment, folder: Path | None = None) -> ScriptReading:
    """The experiment of a script in `folder`; what the script doesn't say is as in `present`. Any thread may call.

    Raises SpecError naming the line where no network could be read.
    """
    try:
        return _read(text, present, folder)
    except RecursionError:
        raise SpecError("The script's expressions lie too deep in each other to be read.") from None


def load_script(path: Path, present: Experiment) -> ScriptReading:
    """The same for a file. Raises SpecError naming it, or OSError where it can't be read."""
    # A pipe or a device could keep the reader waiting for ever.
    if path.exists() and not path.is_file():
        raise SpecError(f"{path.name} is not a file that can be opened: expected a Python script.")
    with path.open("rb") as file:
        content = file.read(_MAXIMUM_BYTES + 1)
    if len(content) > _MAXIMUM_BYTES:
        raise SpecError(f"{path.name} is longer than {MAXIMUM_CHARACTERS:,} characters, too long for a script here.")
    try:
        return read_script(content.decode("utf-8"), present, path.parent)
    except UnicodeDecodeError:
        raise SpecError(f"{path.name} is not a script: it is not text in UTF-8.") from None
    except SpecError as error:
        raise SpecError(f"{path.name}: {error}", layer=error.layer, argument=error.argument) from None


def _read(text: str, present: Experiment, folder: Path | None) -> ScriptReading:
    source = Source(text)
    written = take_written(source.module, present, folder)
    script = Interpreter(source)
    script.run()
    notes = script.notes
    chosen = chosen_network(script.networks, notes)
    network = chosen.network
    read = read_stack(chosen, notes)
    compiled, fitted = compile_event(network), fit_event(network, notes)
    layers = with_learning(read, script.frozen, fitted.order if fitted else None, notes)
    found = written.read_data() or read_data(fitted, folder, read.shape, compiled_loss(compiled), notes)
    data = found.data or present.data
    usual_loss = _usual_loss(found, present, data)
    training = read_training(network, script.seeds, present.training, found.data, usual_loss, notes)
    training = _with_data(training, found)
    shape = _input_shape(read.shape, found, data, network.line, notes)
    # What this program has written is taken as it is, also where it fits no better than what it was written from.
    as_written = written.data is not None
    stack = Stack(shape, layers) if as_written else _fitting(shape, layers, found, data, network.line, notes)
    if compiled is None and fitted is None:
        _say_own_loop(source, notes)
    unread = found.named and found.data is None
    experiment = written.applied_to(Experiment(stack, data, training))
    return ScriptReading(experiment, notes.in_order(), unread, found.labels)


def _say_own_loop(source: Source, notes: Notes) -> None:
    """Where a script trains otherwise than by fit."""
    names = (node for node in ast.walk(source.module) if isinstance(node, ast.Attribute) and node.attr in _OWN_LOOP)
    first = min((node.lineno for node in names), default=None)
    if first is not None:
        notes.add(first, "A training loop of the script's own is not read: data, loss and optimizer are others here.")


def _with_data(training: Training, found: ReadData) -> Training:
    """The training with what the script's data say of it."""
    if found.validation_share is not None:
        training = replace(training, validation_share=found.validation_share)
    if found.shuffle is not None:
        training = replace(training, shuffle=found.shuffle)
    size = found.batch_size
    return replace(training, batch_size=size) if isinstance(size, int) and 1 <= size <= 100_000 else training


def _usual_loss(found: ReadData, present: Experiment, data: DataSet) -> str:
    return data.type.loss if found.data is not None else present.training.loss


def _input_shape(given: Any, found: ReadData, data: DataSet, line: int, notes: Notes) -> tuple[int, ...]:
    """The input's shape; sides that the script leaves open are those of the data."""
    sample = found.sample_shape if found.data is None else data.type.sample_shape
    sides = given if isinstance(given, tuple) and 1 <= len(given) <= 5 else None
    if sides is None:
        if sample is None or None in sample or not sample:
            sample = data.type.sample_shape
            notes.add(line, f"The shape of the input is not known: it is that of the data, {_shown(sample)}.")
        return tuple(side for side in sample if side is not None)
    likely = sample if sample is not None and len(sample) == len(sides) else data.type.sample_shape
    whole = []
    for axis, side in enumerate(sides):
        if isinstance(side, int) and not isinstance(side, bool):
            whole.append(side)
            continue
        other = likely[axis] if len(likely) == len(sides) else None
        whole.append(other or _SOME_SIDE)
        if found.data is None or other is None:
            notes.add(line, f"Side {axis + 1} of the input's shape is not known: it is {whole[-1]} here.")
    return tuple(whole)


def _fitting(
    shape: tuple[int, ...], layers: tuple[Layer, ...], found: ReadData, data: DataSet, line: int, notes: Notes
) -> Stack:
    """The stack, with a layer in front where the script brings the data's values into another shape."""
    sample = data.type.sample_shape
    if shape == sample:
        return Stack(shape, layers)
    if found.data is not None and math.prod(shape) == math.prod(sample):
        stack, flat = Stack(sample, layers), len(shape) == 1
        layer = Layer.of("Flatten", stack.free_name("Flatten")) if flat else None
        layer = layer or Layer.of("Reshape", stack.free_name("Reshape"), target_shape=shape)
        notes.add(
            line,
            f"Samples are {_shown(sample)} here: {layer.name} in front brings them to {_shown(shape)}, as the script "
            "does.",
        )
        return stack.insert(0, layer)
    stack = Stack(shape, layers)
    if found.data is not None or not found.named:
        notes.add(
            line,
            f"The network takes {_shown(shape)}, but samples of “{data.type.title}” are {_shown(sample)}: choose data "
            "that fit.",
        )
    return stack


def _shown(shape: tuple[int | None, ...]) -> str:
    return f"({', '.join(map(str, shape))}{',' if len(shape) == 1 else ''})"
