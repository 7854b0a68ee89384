"""What a name in a script can stand for, beside Python's own numbers, texts, lists, tuples and dictionaries."""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from biasstudio.scripts.notes import Note


@dataclass(frozen=True)
class Unknown:
    """What only running the script could tell. `text` is what stands for it in the script."""

    text: str = ""


@dataclass(frozen=True)
class Name:
    """What an imported module offers, by the name that Keras 3 and others have for it: keras.layers.Dense."""

    path: str

    @property
    def last(self) -> str:
        return self.path.rpartition(".")[2]


@dataclass(eq=False)
class Made:
    """What calling a Name gives: a layer, an initializer, an optimizer … with what it was called with."""

    path: str
    given: "Given"
    line: int
    attributes: dict[str, Any] = field(default_factory=dict)
    spelled: str = ""
    """What the script calls a layer's class, where that is an older name."""

    @property
    def last(self) -> str:
        return self.path.rpartition(".")[2]


@dataclass(frozen=True)
class Given:
    """The arguments of a call."""

    positional: tuple[Any, ...] = ()
    named: dict[str, Any] = field(default_factory=dict)

    def by_name(self, names: Sequence[str]) -> dict[str, Any]:
        """All by name, where `names` are those of the positional ones; what has none is left out."""
        return dict(zip(names, self.positional, strict=False)) | self.named

    def get(self, name: str, position: int, default: Any = None) -> Any:
        if name in self.named:
            return self.named[name]
        return self.positional[position] if position < len(self.positional) else default


@dataclass(eq=False)
class Tensor:
    """A symbolic tensor of a functional network: what `layer` gives, called on `sources`.

    Without a layer it is an input of `shape`, or what `fault` says can't be a layer of a stack.
    """

    line: int
    layer: Made | None = None
    sources: tuple["Tensor", ...] = ()
    shape: Any = None
    fault: str = ""
    remarks: tuple[Note, ...] = ()


@dataclass(frozen=True)
class Event:
    """A call of a network's method. `order` counts the events of the whole script."""

    method: str
    given: Given
    line: int
    order: int


@dataclass(eq=False)
class Network:
    """A Sequential network with its `items`, each with its line, or a functional one from `inputs` to `outputs`.

    `fault` says why it can't be read at all.
    """

    line: int
    items: list[tuple[int, Any]] = field(default_factory=list)
    inputs: Any = None
    outputs: Any = None
    fault: str = ""
    events: list[Event] = field(default_factory=list)
    shape: Any = None
    """What build() was given."""

    @property
    def functional(self) -> bool:
        return self.outputs is not None

    def called(self, *methods: str) -> list[Event]:
        return [event for event in self.events if event.method in methods]


@dataclass(frozen=True)
class Variable:
    """One variable of a layer, such as its bias."""

    layer: Made
    name: str


@dataclass(frozen=True)
class Frozen:
    """Somewhere in a script, `trainable` is set for a layer, or for one variable of it."""

    layer: Made
    variable: str | None
    trainable: Any
    line: int
    order: int


@dataclass(eq=False)
class Function:
    """A function of the script's own. `node` is its definition, `scope` where it was defined."""

    node: ast.FunctionDef | ast.Lambda
    scope: "Scope"
    kind: str = ""
    """What its decorators make of a function in a class: staticmethod, classmethod or property."""
    owner: Any = None
    """The class or object that it was reached through, where that is its first argument."""


@dataclass(eq=False)
class OwnClass:
    """A class of the script's own; `base` is the Keras class that it derives from, "" for none."""

    name: str
    line: int
    base: str
    members: dict[str, Any]


@dataclass(eq=False)
class Instance:
    """An object of a class of the script's own."""

    type: OwnClass
    attributes: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Method:
    """A method of something, not yet called."""

    owner: Any
    name: str


@dataclass(eq=False)
class Scope:
    """Names and what they stand for; those not found here are looked for further out."""

    names: dict[str, Any] = field(default_factory=dict)
    outer: "Scope | None" = None
    shared: set[str] = field(default_factory=set)
    """Names that `global` or `nonlocal` says are those of a scope further out."""
    doubtful: bool = False
    """Whether the function may have returned already, by a condition that isn't known."""

    def chain(self) -> "Iterator[Scope]":
        scope: Scope | None = self
        while scope is not None:
            yield scope
            scope = scope.outer
