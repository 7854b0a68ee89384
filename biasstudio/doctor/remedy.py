"""Remedy: the edit of an experiment that mends a finding."""

from dataclasses import dataclass, replace
from typing import Any

from biasstudio.spec.arguments import SpecError
from biasstudio.spec.experiment import Experiment
from biasstudio.spec.keras_objects import KerasObject
from biasstudio.spec.losses import LOSS_TYPES

Changes = tuple[tuple[str, Any], ...]
_MOST_LETTERS = 36


@dataclass(frozen=True)
class Remedy:
    """`text` is what it does, as the undo menu says it. `layers` are changes of arguments by the name of a layer.

    `inserted` are new layers: the index in the stack that each will have, its class, its arguments.
    """

    text: str
    layers: tuple[tuple[str, Changes], ...] = ()
    training: Changes = ()
    data: Changes = ()
    inserted: tuple[tuple[int, str, Changes], ...] = ()

    @property
    def brief(self) -> str:
        """What it sets, such as "sigmoid", "zeros" or "learning rate 0.1"; "" where a few words don't say it."""
        changed = [*self.training, *self.data, *(each for _name, changes in self.layers for each in changes)]
        if self.inserted:
            text = self.inserted[0][1] if len(self.inserted) == 1 and not changed else ""
        else:
            text = _brief(*changed[0]) if changed and all(each == changed[0] for each in changed) else ""
        return text if len(text) <= _MOST_LETTERS else ""

    def applied_to(self, experiment: Experiment) -> Experiment:
        """The experiment mended. Raises SpecError where it doesn't take the change any more."""
        stack = experiment.stack
        names = [layer.name for layer in stack.layers]
        for name, arguments in self.layers:
            if name not in names:
                raise SpecError(f"There is no layer {name} in the stack, which this would change.", layer=name)
            stack = stack.change(name, **dict(arguments))
        for index, class_name, arguments in self.inserted:
            stack = stack.add(class_name, index, **dict(arguments))
        changed = replace(experiment, stack=stack)
        if self.data:
            changed = changed.change_data(changed.data.change(**dict(self.data)))
        return changed.change_training(**dict(self.training)) if self.training else changed


def _brief(argument: str, value: Any) -> str:
    words = argument.removeprefix("use_").replace("_", " ")
    if isinstance(value, KerasObject):
        return f"{str(value)[:1].lower()}{str(value)[1:]}"
    if value is None or isinstance(value, bool):
        return f"{words} {'on' if value else 'off'}"
    if argument == "loss":
        return LOSS_TYPES[value].title
    if isinstance(value, str):
        return value if argument == "activation" else f"{words} {value}"
    return f"{words} {value:g}" if isinstance(value, int | float) else ""
