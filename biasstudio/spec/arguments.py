"""Typed, limited arguments: what a layer, an initializer, a data set or the training settings take.

One schema serves them all, so that the editor, the files and the command line check a value in the same way.
"""

import math
import re
import reprlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

MAXIMUM_ARRAY_LENGTH = 100_000
MAXIMUM_TEXT_LENGTH = 200
MAXIMUM_PATH_LENGTH = 4096
MAXIMUM_CELLS = 20
# Every number ends up in float32.
LARGEST_FLOAT32 = 3.4e38


# Marks the input shape where a layer is named; no layer can be called so.
INPUT = "(input)"


class SpecError(ValueError):
    """A value that a person gave cannot be used. The message is one sentence for them.

    `layer` is the name of the layer at fault, `argument` the name of its argument; either may be None.
    """

    def __init__(self, message: str, *, layer: str | None = None, argument: str | None = None) -> None:
        super().__init__(message)
        self.layer = layer
        self.argument = argument


@dataclass(frozen=True)
class Argument:
    """One argument: its kind, default and limits.

    `kind` is one of integer, integers (a tuple of `length` whole numbers), shape (a tuple of 1 to 5 whole numbers),
    sides (the same, where None stands for any size), axes (a whole number, or a tuple of several), pairs (a tuple of
    `length` pairs of whole numbers), number, numbers (a number or a tuple of them), bounds (a number, or the lowest
    and the highest), interval (the lowest and the highest), boolean, choice, text, initializer, regularizer,
    constraint, layer (a Layer of one of the classes in `choices`), layers (a tuple of such), path (of a file or a
    folder), title (any printable text of one line) and titles (a tuple of such, which may be empty). `unset` is the
    text that stands for None where None is allowed, else "". Where there is no default, the argument is `required`,
    and `default` is what a new layer starts with. What is `advanced` is seldom wanted: it is shown on request,
    and written to a file only where it is not the default.
    """

    name: str
    kind: str
    default: Any
    help: str = ""
    minimum: float | None = None
    maximum: float | None = None
    above: float | None = None
    below: float | None = None
    choices: tuple[str, ...] = ()
    length: int = 2
    unset: str = ""
    main: bool = False
    advanced: bool = False
    required: bool = False

    def check(self, value: Any) -> Any:
        """`value` in its canonical type. Raises SpecError, whose message starts with the argument's name."""
        if value is None and self.unset:
            return None
        checked = _CHECKS[self.kind](self, value)
        if checked is None:
            raise SpecError(
                f"{self.name} takes {self.expected()}{self._too_large(value)}, not {shown(value)}.", argument=self.name
            )
        return checked

    def _too_large(self, value: Any) -> str:
        real = self.kind == "number" and isinstance(value, int | float) and not isinstance(value, bool)
        return " that float32 can hold" if real and LARGEST_FLOAT32 < abs(value) < math.inf else ""

    def parse(self, text: str) -> Any:
        """The value that a person typed. Raises SpecError as `check` does."""
        stripped = text.strip()
        if self.unset and stripped in ("", self.unset):
            return None
        if self.kind in ("integer", "number"):
            return self.check(_number(stripped) if _number(stripped) is not None else stripped)
        if self.kind in _LISTED_KINDS:
            return self.check(self._typed_numbers(stripped))
        if self.kind == "boolean":
            return self.check({"true": True, "false": False}.get(stripped.lower(), stripped))
        return self.check(stripped)

    def _typed_numbers(self, text: str) -> Any:
        """A number or a tuple of numbers, as `check` takes them; the text itself where it is neither."""
        words = [part.lower() for part in re.split(r"[,;x×\s]+", re.sub(r"[()\[\]]", " ", text)) if part]
        free = {"any", "none"} if self.kind == "sides" else set()
        numbers = [None if word in free else _number(word) for word in words]
        if not words or any(number is None and word not in free for number, word in zip(numbers, words, strict=True)):
            return text
        if self.kind == "pairs" and len(numbers) == 2 * self.length:
            return tuple(zip(numbers[::2], numbers[1::2], strict=True))
        # A list of one number is told from a number by its comma or bracket, as in Python.
        listed = self.kind in ("shape", "sides") or (self.kind == "numbers" and text.endswith((",", "]", ",)")))
        return tuple(numbers) if listed or len(numbers) > 1 else numbers[0]

    def format(self, value: Any) -> str:
        """`value` as the text that `parse` reads back; what is no number or text is named."""
        if value is None:
            return self.unset
        if self.kind == "pairs":
            return " × ".join(", ".join(map(str, pair)) for pair in value)
        if isinstance(value, tuple):
            text = (" × " if self.kind in ("integers", "shape", "sides") else ", ").join(map(_format_part, value))
            return f"{text}," if self.kind == "numbers" and len(value) == 1 else text
        return _format_part(value)

    def expected(self) -> str:
        """What the argument takes, in words, for messages and tooltips."""
        limits = self._limits()
        if self.kind == "choice":
            return "one of " + ", ".join(self.choices)
        return {
            "integer": f"a whole number{limits}",
            "number": f"a number{limits}",
            "integers": f"a whole number{limits}" if self.length == 1 else f"{self.length} whole numbers{limits}",
            "shape": f"1 to 5 whole numbers{limits}",
            "sides": f"1 to 5 whole numbers{limits}, or {ANY_SIZE} where any size is right",
            "axes": f"a whole number{limits}, or several",
            "pairs": f"{self.length} pairs of whole numbers{limits}",
            "numbers": "a number or a list of numbers",
            "bounds": f"a number{limits}, or two, the lowest and the highest",
            "interval": "two numbers, the lowest and the highest",
            "boolean": "true or false",
            "text": "a text without spaces",
            "initializer": "an initializer",
            "regularizer": "a regularizer",
            "constraint": "a constraint",
            "layer": f"a layer of the kinds {', '.join(self.choices)}" if len(self.choices) < 12 else "a layer",
            "path": "the path of a file or a folder",
            "title": f"a text of up to {MAXIMUM_TEXT_LENGTH} characters on one line",
            "titles": f"texts of up to {MAXIMUM_TEXT_LENGTH} characters",
            "layers": f"1 to {MAXIMUM_CELLS} layers of the kinds {', '.join(self.choices)}",
        }[self.kind]

    def _limits(self) -> str:
        parts = []
        if self.minimum is not None and self.maximum is not None:
            return f" from {_format_number(self.minimum)} to {_format_number(self.maximum)}"
        if self.minimum is not None:
            parts.append(f"of {_format_number(self.minimum)} or more")
        if self.above is not None:
            parts.append(f"above {_format_number(self.above)}")
        if self.maximum is not None:
            parts.append(f"up to {_format_number(self.maximum)}")
        if self.below is not None:
            parts.append(f"below {_format_number(self.below)}")
        return " " + " and ".join(parts) if parts else ""

    def allows(self, number: float) -> bool:
        """Whether `number` is finite and within the limits."""
        return (
            math.isfinite(number)
            and (self.minimum is None or number >= self.minimum)
            and (self.maximum is None or number <= self.maximum)
            and (self.above is None or number > self.above)
            and (self.below is None or number < self.below)
        )


# What is typed as one or several numbers.
_LISTED_KINDS = ("integers", "shape", "sides", "axes", "pairs", "numbers", "bounds", "interval")
ANY_SIZE = "any"


def _format_part(value: Any) -> str:
    if value is None:
        return ANY_SIZE
    if isinstance(value, bool):
        return str(value).lower()
    return _format_number(value) if isinstance(value, int | float) else str(value)


def _number(text: str) -> int | float | None:
    if re.fullmatch(r"[+-]?\d{1,300}", text):
        return int(text)
    if re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", text, re.IGNORECASE):
        return float(text)
    return None


def _format_number(number: float) -> str:
    if isinstance(number, int):
        return str(number)
    short = re.sub(r"e\+?(-?)0*", r"e\1", f"{number:g}")
    return short if float(short) == number else repr(number)


_SHOWN = reprlib.Repr()
_SHOWN.maxlevel = 4
_SHOWN.maxtuple = _SHOWN.maxlist = _SHOWN.maxdict = 20
_SHOWN.maxstring = _SHOWN.maxlong = _SHOWN.maxother = 60


def shown(value: Any) -> str:
    """`value` for a message: short, printable, and safe for values that are huge or nested without end."""
    if isinstance(value, int) and abs(value) >= 10**60:
        return "a number of more than 60 digits"
    text = _SHOWN.repr(value)
    return text if len(text) <= 60 else text[:57] + "…"


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= LARGEST_FLOAT32


def _check_integer(argument: Argument, value: Any) -> int | None:
    if not _is_number(value) or value != int(value) or not argument.allows(value):
        return None
    return int(value)


def _check_number(argument: Argument, value: Any) -> float | None:
    return float(value) if _is_number(value) and argument.allows(value) else None


def _check_integers(argument: Argument, value: Any) -> tuple[int, ...] | None:
    # A single number stands for all of them, as in Keras: kernel_size=3 is (3, 3).
    parts = value if isinstance(value, tuple | list) else (value,) * argument.length
    if len(parts) != argument.length:
        return None
    return _all_integers(argument, parts)


def _check_shape(argument: Argument, value: Any) -> tuple[int, ...] | None:
    if not isinstance(value, tuple | list) or not 1 <= len(value) <= 5:
        return None
    return _all_integers(argument, value)


def _check_sides(argument: Argument, value: Any) -> tuple[int | None, ...] | None:
    parts = value if isinstance(value, tuple | list) else (value,)
    if not 1 <= len(parts) <= 5 or _all_integers(argument, [part for part in parts if part is not None]) is None:
        return None
    return tuple(None if part is None else int(part) for part in parts)


def _check_axes(argument: Argument, value: Any) -> int | tuple[int, ...] | None:
    if not isinstance(value, tuple | list):
        return _check_integer(argument, value)
    axes = _all_integers(argument, value) if 1 <= len(value) <= 6 else None
    # One axis is the same whether it stands in a list or not.
    return axes[0] if axes is not None and len(axes) == 1 else axes


def _check_pairs(argument: Argument, value: Any) -> tuple[tuple[int, ...], ...] | None:
    # As in Keras, a single number stands for both of a pair, and a single value for all pairs.
    parts = value if isinstance(value, tuple | list) else (value,) * argument.length
    if len(parts) != argument.length:
        return None
    pairs = [_all_integers(argument, part if isinstance(part, tuple | list) else (part, part)) for part in parts]
    whole = tuple(pair for pair in pairs if pair is not None and len(pair) == 2)
    return whole if len(whole) == len(pairs) else None


def _all_integers(argument: Argument, parts: Iterable[Any]) -> tuple[int, ...] | None:
    checked = tuple(_check_integer(argument, part) for part in parts)
    whole = tuple(part for part in checked if part is not None)
    return whole if len(whole) == len(checked) else None


def _check_numbers(argument: Argument, value: Any) -> float | tuple[float, ...] | None:
    if not isinstance(value, tuple | list):
        return _check_number(argument, value)
    if not value or len(value) > MAXIMUM_ARRAY_LENGTH or not all(_is_number(part) for part in value):
        return None
    return tuple(float(part) for part in value) if all(argument.allows(part) for part in value) else None


def _check_bounds(argument: Argument, value: Any) -> float | tuple[float, ...] | None:
    return _check_interval(argument, value) if isinstance(value, tuple | list) else _check_number(argument, value)


def _check_interval(argument: Argument, value: Any) -> tuple[float, ...] | None:
    if not isinstance(value, tuple | list) or len(value) != 2 or not all(_is_number(part) for part in value):
        return None
    ordered = value[0] <= value[1] and all(argument.allows(part) for part in value)
    return tuple(float(part) for part in value) if ordered else None


def _check_boolean(_argument: Argument, value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


def _check_choice(argument: Argument, value: Any) -> str | None:
    return value if isinstance(value, str) and value in argument.choices else None


def _check_text(_argument: Argument, value: Any) -> str | None:
    if not isinstance(value, str) or not 0 < len(value) <= MAXIMUM_TEXT_LENGTH:
        return None
    return value if value.isascii() and value.isprintable() and " " not in value else None


def _check_path(_argument: Argument, value: Any) -> str | None:
    if not isinstance(value, str) or not 0 < len(value) <= MAXIMUM_PATH_LENGTH or "\0" in value:
        return None
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        return None
    return value


def _check_title(_argument: Argument, value: Any) -> str | None:
    # What a column of a file is called can be anything.
    return value if isinstance(value, str) and len(value) <= MAXIMUM_TEXT_LENGTH and value.isprintable() else None


def _check_titles(argument: Argument, value: Any) -> tuple[str, ...] | None:
    if not isinstance(value, tuple | list) or len(value) > MAXIMUM_ARRAY_LENGTH:
        return None
    titles = tuple(title for title in value if _check_title(argument, title) is not None)
    return titles if len(titles) == len(value) else None


def _check_object(argument: Argument, value: Any) -> Any:
    # Asked by its kind, not its class: what an initializer or a layer takes is itself described by this module.
    return value if getattr(value, "kind", None) == argument.kind else None


def _check_layer(argument: Argument, value: Any) -> Any:
    return value if getattr(value, "kind", None) == "layer" and value.class_name in argument.choices else None


def _check_layers(argument: Argument, value: Any) -> tuple[Any, ...] | None:
    layers = value if isinstance(value, tuple | list) else (value,)
    fitting = tuple(layer for layer in layers if _check_layer(argument, layer) is not None)
    return fitting if 1 <= len(layers) <= MAXIMUM_CELLS and len(fitting) == len(layers) else None


_CHECKS = {
    "integer": _check_integer,
    "number": _check_number,
    "integers": _check_integers,
    "shape": _check_shape,
    "sides": _check_sides,
    "axes": _check_axes,
    "pairs": _check_pairs,
    "numbers": _check_numbers,
    "bounds": _check_bounds,
    "interval": _check_interval,
    "boolean": _check_boolean,
    "choice": _check_choice,
    "text": _check_text,
    "path": _check_path,
    "title": _check_title,
    "titles": _check_titles,
    "initializer": _check_object,
    "regularizer": _check_object,
    "constraint": _check_object,
    "layer": _check_layer,
    "layers": _check_layers,
}


def check_arguments(
    given: dict[str, Any], schema: tuple[Argument, ...], owner: str, *, layer: str | None = None
) -> tuple[tuple[str, Any], ...]:
    """Every argument of `schema` with its checked value, in the schema's order; defaults for those not given.

    Raises SpecError naming `owner` and the argument, also for an argument that is not in the schema.
    """
    known = {argument.name for argument in schema}
    for name in given:
        if name not in known:
            raise SpecError(f"{owner}: there is no argument {shown(name)}.", layer=layer, argument=name)
    try:
        return tuple((argument.name, argument.check(given.get(argument.name, argument.default))) for argument in schema)
    except SpecError as error:
        raise SpecError(f"{owner}: {error}", layer=layer, argument=error.argument) from None
