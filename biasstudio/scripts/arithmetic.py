"""Python's own operators on numbers, texts and lists, kept from growing without bounds."""

import ast
import operator
import re
from collections.abc import Callable
from typing import Any

MAXIMUM_ITEMS = 10_000
_MAXIMUM_BITS = 256
_FORMAT = re.compile(r"([<>=^ 0*#_-]?[<>=^])?[+ -]?#?0?\d{0,2}[,_]?(\.\d{1,2})?[a-zA-Z%]?")

UNKNOWN = object()
"""What an operation gives that isn't made here."""

_BINARY: dict[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
    ast.LShift: operator.lshift,
    ast.RShift: operator.rshift,
    ast.BitOr: operator.or_,
    ast.BitAnd: operator.and_,
    ast.BitXor: operator.xor,
}
_UNARY: dict[type, Callable[[Any], Any]] = {
    ast.UAdd: operator.pos,
    ast.USub: operator.neg,
    ast.Not: operator.not_,
    ast.Invert: operator.invert,
}
_COMPARED: dict[type, Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}


def is_number(value: Any) -> bool:
    return isinstance(value, int | float)


def is_scalar(value: Any) -> bool:
    return value is None or isinstance(value, int | float | str)


def is_plain(value: Any) -> bool:
    """Whether it is a scalar or a short flat sequence of such, which is cheap to compare."""
    return is_scalar(value) or (isinstance(value, list | tuple) and len(value) <= 100 and all(map(is_scalar, value)))


def bounded(value: Any) -> Any:
    """`value`, or UNKNOWN where it is too large to be worked with."""
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value if value.bit_length() <= _MAXIMUM_BITS else UNKNOWN
    if isinstance(value, str | list | tuple | dict):
        return value if len(value) <= MAXIMUM_ITEMS else UNKNOWN
    return UNKNOWN if isinstance(value, complex) else value


def binary(kind: type, left: Any, right: Any) -> Any:
    """left `kind` right, or UNKNOWN."""
    if kind not in _BINARY or not _allowed(kind, left, right):
        return UNKNOWN
    try:
        return bounded(_BINARY[kind](left, right))
    except (ArithmeticError, TypeError, ValueError):
        return UNKNOWN


def _allowed(kind: type, left: Any, right: Any) -> bool:
    """Whether the operands are of the kinds worked with here, and the result of a size worked with here."""
    if is_number(left) and is_number(right):
        if kind is ast.Pow and isinstance(left, int) and isinstance(right, int):
            return right * max(1, left.bit_length()) <= _MAXIMUM_BITS
        return kind not in (ast.LShift, ast.RShift) or 0 <= right <= _MAXIMUM_BITS
    if kind is ast.Add:
        return type(left) is type(right) and isinstance(left, str | list | tuple)
    if kind is ast.Mult:
        times, repeated = (left, right) if isinstance(left, int) else (right, left)
        sized = isinstance(times, int) and isinstance(repeated, str | list | tuple)
        return sized and times * len(repeated) <= MAXIMUM_ITEMS
    return False


def unary(kind: type, value: Any) -> Any:
    """`kind` value, or UNKNOWN."""
    if not is_scalar(value) and not (kind is ast.Not and isinstance(value, list | tuple | dict)):
        return UNKNOWN
    try:
        return bounded(_UNARY[kind](value))
    except (ArithmeticError, TypeError, ValueError):
        return UNKNOWN


def compared(kind: type, left: Any, right: Any) -> Any:
    """left `kind` right as a truth, or UNKNOWN."""
    if kind in (ast.Is, ast.IsNot):
        # Nothing that is known here is None but None itself.
        known = left is None or right is None
        return ((left is right) == (kind is ast.Is)) if known else UNKNOWN
    if not is_plain(left):
        return UNKNOWN
    if kind in (ast.In, ast.NotIn):
        if isinstance(right, str) and not isinstance(left, str):
            return UNKNOWN
        within = isinstance(right, str | dict) or (isinstance(right, list | tuple) and is_plain(right))
        found = within and is_scalar(left) and left in right
        return found == (kind is ast.In) if within and is_scalar(left) else UNKNOWN
    if not is_plain(right):
        return UNKNOWN
    try:
        return bool(_COMPARED[kind](left, right))
    except TypeError:
        return UNKNOWN


def formatted(value: Any, specification: str = "", conversion: int = -1) -> Any:
    """A value as an f-string writes it, or UNKNOWN."""
    if not is_scalar(value) or not _FORMAT.fullmatch(specification):
        return UNKNOWN
    try:
        return bounded(format(repr(value) if conversion == ord("r") else value, specification))
    except (ValueError, TypeError, OverflowError):
        return UNKNOWN


_FIELDS = re.compile(r"\{(\w*)(?::([^{}]*))?\}")
_PERCENT = re.compile(r"%[+0-]?\d{0,2}(\.\d{1,2})?[sdifgr]")


def filled(template: str, positional: tuple[Any, ...], named: dict[str, Any]) -> Any:
    """`template`.format(…), or UNKNOWN where a field is more than a name or a number."""
    if len(template) > 1000 or "{{" in template or "}}" in template:
        return UNKNOWN
    parts, at, following = [], 0, 0
    for found in _FIELDS.finditer(template):
        key = found[1] or str(following)
        following += not found[1]
        index = int(key) if key.isdecimal() and len(key) < 5 else -1
        value = positional[index] if 0 <= index < len(positional) else named.get(key, UNKNOWN)
        part = formatted(value, found[2] or "")
        if part is UNKNOWN:
            return UNKNOWN
        parts += [template[at : found.start()], part]
        at = found.end()
    return bounded("".join([*parts, template[at:]]))


def percent(template: str, values: Any) -> Any:
    """`template` % values, or UNKNOWN."""
    listed = values if isinstance(values, tuple) else (values,)
    if len(template) > 1000 or not all(map(is_scalar, listed)) or "%" in _PERCENT.sub("", template):
        return UNKNOWN
    try:
        return bounded(template % listed)
    except (TypeError, ValueError, OverflowError):
        return UNKNOWN
