"""What a script opened as, in lines that a table of expectations can hold."""

from typing import Any

from biasstudio.scripts.reading import ScriptReading
from biasstudio.spec.experiment import Training
from biasstudio.spec.stack import Layer


def told_stack(reading: ScriptReading) -> list[str]:
    """The input's shape, and a line for each layer with the arguments that are not Keras's own."""
    stack = reading.experiment.stack
    return [str(stack.input_shape), *(f"{layer.name}: {_told_layer(layer)}" for layer in stack.layers)]


def _told_layer(layer: Layer) -> str:
    changed = [
        f"{argument.name}={_told(layer.get(argument.name))}"
        for argument in layer.type.arguments
        if layer.get(argument.name) != argument.default or (argument.required and argument.main)
    ]
    learns = "" if layer.learns == "all" else f" learns {layer.learns}"
    return f"{layer.class_name}({', '.join(changed)}){learns}"


def _told(value: Any) -> str:
    if isinstance(value, Layer):
        return _told_layer(value)
    if isinstance(value, tuple):
        return f"({', '.join(map(_told, value))})"
    return f"{value:g}" if isinstance(value, float) else str(value)


def told_data(reading: ScriptReading) -> str:
    data = reading.experiment.data
    return ", ".join([data.name, *(f"{name}={value}" for name, value in data.parameters)])


def told_training(reading: ScriptReading) -> str:
    """Every setting that is not the window's usual one."""
    training, usual = reading.experiment.training, Training()
    changed = {name: getattr(training, name) for name in vars(usual) if getattr(training, name) != getattr(usual, name)}
    told = {name: dict(value) if isinstance(value, tuple) else value for name, value in changed.items()}
    return ", ".join(
        f"{name}={value:g}" if isinstance(value, float) else f"{name}={value}" for name, value in told.items()
    )


def told_notes(reading: ScriptReading) -> list[str]:
    return [f"{note.line}: {note.sentence}" for note in reading.notes]
