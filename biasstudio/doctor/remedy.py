"""Remedy: the edit of an experiment that mends a finding."""

from dataclasses import dataclass, replace
from typing import Any

from biasstudio.spec.arguments import SpecError
from biasstudio.spec.experiment import Experiment

Changes = tuple[tuple[str, Any], ...]


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
