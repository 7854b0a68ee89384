"""FoundData: what a file of a person's own data holds, as an experiment keeps it."""

from dataclasses import dataclass
from typing import Any

from biasstudio.spec.arguments import Argument, SpecError, shown

MAXIMUM_CLASSES = 10_000
_MAXIMUM_SAMPLES = 10**12
_SHAPE = Argument("shape", "shape", (1,), minimum=1, maximum=10**9)
_CLASSES = Argument("classes", "titles", ())
_SAMPLES = Argument("samples", "integer", 1, minimum=1, maximum=_MAXIMUM_SAMPLES)
_RANGE = Argument("range", "interval", (0.0, 1.0))
_MEMBERS = {"samples", "shape", "classes", "counts", "targets", "range"}


@dataclass(frozen=True)
class FoundData:
    """Kept so that an experiment can be shown and checked before the file is read; what is read must agree with it.

    `class_names` in the order of their labels, with `counts` of their samples; empty where the targets are numbers:
    then each is an array of `target_shape`, () for a single number, within `target_range`. Raises SpecError.
    """

    samples: int
    sample_shape: tuple[int, ...]
    class_names: tuple[str, ...] = ()
    counts: tuple[int, ...] = ()
    target_shape: tuple[int, ...] = ()
    target_range: tuple[float, float] = (0.0, 1.0)

    def __post_init__(self) -> None:
        set_value = object.__setattr__
        set_value(self, "samples", _SAMPLES.check(self.samples))
        set_value(self, "sample_shape", _SHAPE.check(self.sample_shape))
        set_value(self, "class_names", _CLASSES.check(self.class_names))
        if self.target_shape != ():
            set_value(self, "target_shape", _SHAPE.check(self.target_shape))
        set_value(self, "target_range", _RANGE.check(self.target_range))
        if len(self.class_names) > MAXIMUM_CLASSES or len(set(self.class_names)) < len(self.class_names):
            raise SpecError(f"classes takes up to {MAXIMUM_CLASSES:,} different names.")
        counts = tuple(_SAMPLES.check(count) if count else 0 for count in self.counts)
        set_value(self, "counts", counts)
        if len(counts) != len(self.class_names) or (counts and sum(counts) != self.samples):
            raise SpecError("counts takes a number for each class, which together are all samples.")

    def to_json(self) -> dict[str, Any]:
        """For an experiment's file."""
        document: dict[str, Any] = {"samples": self.samples, "shape": list(self.sample_shape)}
        if self.class_names:
            return document | {"classes": list(self.class_names), "counts": list(self.counts)}
        return document | {"targets": list(self.target_shape), "range": list(self.target_range)}

    @classmethod
    def from_json(cls, member: Any) -> "FoundData":
        """Raises SpecError."""
        if not isinstance(member, dict) or set(member) - _MEMBERS:
            raise SpecError(f"data: found takes an object that says what the file holds, not {shown(member)}.")
        lists = {name: member.get(name, []) for name in ("shape", "classes", "counts", "targets")}
        wrong = next((name for name, value in lists.items() if not isinstance(value, list)), None)
        if wrong is not None:
            raise SpecError(f"data: found: {wrong} takes a list, not {shown(lists[wrong])}.")
        shape, classes, counts, targets = (tuple(value) for value in lists.values())
        if not all(isinstance(count, int) for count in counts):
            raise SpecError("data: found: counts takes whole numbers.")
        try:
            return cls(member.get("samples", 0), shape, classes, counts, targets, member.get("range", (0.0, 1.0)))
        except SpecError as error:
            raise SpecError(f"data: found: {error}") from None
