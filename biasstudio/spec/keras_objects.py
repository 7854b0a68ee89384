"""What initializers, regularizers and constraints have in common: a name from a catalogue, and parameters."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol, Self

from biasstudio.spec.arguments import Argument, SpecError, check_arguments, shown


class ObjectType(Protocol):
    """An entry of such a catalogue."""

    @property
    def name(self) -> str: ...
    @property
    def formula(self) -> str: ...
    @property
    def parameters(self) -> tuple[Argument, ...]: ...


@dataclass(frozen=True)
class KerasObject:
    """One of them with all of its parameters. Make one with `of` of a subclass, which says what there is to choose."""

    name: str
    parameters: tuple[tuple[str, Any], ...] = ()

    kind: ClassVar[str]
    types: ClassVar[Mapping[str, ObjectType]]

    @classmethod
    def of(cls, name: str, /, **parameters: Any) -> Self:
        """The one called `name`, with defaults for what is not given. Raises SpecError."""
        if name not in cls.types:
            raise SpecError(f"There is no {cls.kind} {shown(name)}; there are {', '.join(cls.types)}.")
        return cls(name, check_arguments(parameters, cls.types[name].parameters, name))

    @property
    def type(self) -> ObjectType:
        return self.types[self.name]

    def get(self, parameter: str) -> Any:
        return dict(self.parameters)[parameter]

    def change(self, **parameters: Any) -> Self:
        """The same with `parameters` changed. Raises SpecError."""
        return self.of(self.name, **(dict(self.parameters) | parameters))

    def __str__(self) -> str:
        """Its name, with the parameters that are not the usual ones: RandomNormal, stddev 0.2."""
        given = dict(self.parameters)
        changed = (
            f"{argument.name.replace('_', ' ')} {argument.format(given[argument.name])}"
            for argument in self.type.parameters
            if given[argument.name] != argument.default
        )
        return ", ".join((self.name, *changed))
