"""The experiment that a model's file opens as."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from biasstudio.model_files.contents import ModelFile
from biasstudio.model_files.layers import entries_of
from biasstudio.spec.arguments import SpecError
from biasstudio.spec.experiment import Experiment
from biasstudio.spec.stack import Stack
from biasstudio.spec.weights_file import WeightsFile


def experiment_of(contents: ModelFile, present: Experiment) -> Experiment:
    """The file's network from its weights on, with `present`'s data; loss and optimizer are the file's, if known.

    A network that is no stack stays the file's own. Raises SpecError with the reason where it can't be trained here.
    """
    path = contents.path.resolve()
    if contents.stack is not None:
        stack, weights = contents.stack, WeightsFile(path, contents.sha256)
    else:
        stack, weights = Stack(_input_shape(contents, present)), WeightsFile(path, contents.sha256, whole=True)
    return replace(present, stack=stack, weights=weights).change_training(**contents.training)


def starting_from(contents: ModelFile, present: Experiment) -> Experiment:
    """`present` starting from the file's weights."""
    return replace(present, weights=WeightsFile(contents.path.resolve(), contents.sha256))


def fits_somewhere(contents: ModelFile, parameters: Mapping[str, int]) -> bool:
    """Whether a layer of the file has the name and the number of weights of one of these, which aren't none."""
    return any(layer.parameters and parameters.get(layer.name) == layer.parameters for layer in contents.layers)


def _input_shape(contents: ModelFile, present: Experiment) -> tuple[int, ...]:
    """Of one sample; sides of any length are taken from the data's. Raises SpecError."""
    if contents.model is None:
        raise SpecError(contents.refusal or f"{contents.path.name} holds weights alone, and no network.")
    config = contents.model["config"]
    for key, what in (("input_layers", "inputs"), ("output_layers", "outputs")):
        count = _count(config.get(key))
        if count != 1:
            raise SpecError(f"The model has {count} {what}, but a data set has one for each sample.")
    inputs = [entry for entry in entries_of(contents.model) if entry.get("class_name") == "InputLayer"]
    shape = inputs[0]["config"].get("batch_shape") if len(inputs) == 1 else None
    if not isinstance(shape, list) or len(shape) < 2:
        raise SpecError("The file's model doesn't say the shape of its input, so it can't be trained here.")
    sides, data = shape[1:], present.data.type.sample_shape
    if None in sides and len(sides) != len(data):
        raise SpecError(f"The model takes inputs with {len(sides)} axes, but the data's samples have {len(data)}.")
    return tuple(side if side is not None else data[axis] for axis, side in enumerate(sides))


def _count(tensors: Any) -> int:
    """How many tensors [name, 0, 0], [[name, 0, 0], …] or a dictionary of them are; a Sequential model names none."""
    if tensors is None:
        return 1
    if isinstance(tensors, list) and tensors and isinstance(tensors[0], str):
        return 1
    return len(tensors) if isinstance(tensors, list | dict) else 0
