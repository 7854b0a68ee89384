"""Python's own functions and methods, on numbers, texts and lists, as far as networks are made with them."""

import ast
from collections.abc import Callable
from typing import Any

from biasstudio.scripts import arithmetic
from biasstudio.scripts.arithmetic import MAXIMUM_ITEMS, UNKNOWN, is_number, is_plain, is_scalar
from biasstudio.scripts.values import Given, Unknown

_TEXT_METHODS = {"lower", "upper", "strip", "lstrip", "rstrip", "split", "replace", "startswith", "endswith", "title"}
_TEXT_METHODS |= {"capitalize", "removeprefix", "removesuffix"}
_MAXIMUM_TEXT = 1000


def _range(*limits: Any) -> Any:
    if not limits or not all(isinstance(limit, int) for limit in limits):
        return UNKNOWN
    numbers = range(*limits)
    # The length of a range of huge numbers doesn't fit Python's own len.
    return list(numbers) if len(numbers[: MAXIMUM_ITEMS + 1]) <= MAXIMUM_ITEMS else numbers


def _len(value: Any) -> Any:
    return len(value) if isinstance(value, str | list | tuple | dict) else UNKNOWN


def _listed(value: Any) -> list[Any] | None:
    return list(value) if isinstance(value, str | list | tuple | dict) else None


def _sequence(kind: Callable[[Any], Any]) -> Callable[..., Any]:
    def made(value: Any = ()) -> Any:
        items = _listed(value)
        return UNKNOWN if items is None else kind(items)

    return made


def _set(value: Any = ()) -> Any:
    return tuple(dict.fromkeys(value)) if is_plain(value) and isinstance(value, str | list | tuple) else UNKNOWN


def _dict(*values: Any, **named: Any) -> Any:
    if not values:
        return named
    if isinstance(values[0], dict):
        return values[0] | named
    pairs = _listed(values[0])
    whole = pairs is not None and all(isinstance(pair, tuple | list) and len(pair) == 2 for pair in pairs)
    if pairs is None or not whole or not all(is_scalar(key) for key, _ in pairs):
        return UNKNOWN
    return dict(pairs) | named


def _zip(*values: Any) -> Any:
    lists = [_listed(value) for value in values]
    return list(zip(*(each for each in lists if each is not None), strict=False)) if None not in lists else UNKNOWN


def _enumerate(value: Any, start: Any = 0) -> Any:
    items = _listed(value)
    return UNKNOWN if items is None or not isinstance(start, int) else list(enumerate(items, start))


def _of_scalars(function: Callable[[Any], Any]) -> Callable[..., Any]:
    """sum, min, max, sorted: of a list, or of several arguments."""

    def made(*values: Any) -> Any:
        items = values[0] if len(values) == 1 else values
        return function(items) if is_plain(items) and isinstance(items, list | tuple) else UNKNOWN

    return made


def _of_scalar(function: Callable[..., Any]) -> Callable[..., Any]:
    def made(*values: Any) -> Any:
        short = all(
            is_scalar(value) and (not isinstance(value, str) or len(value) <= _MAXIMUM_TEXT) for value in values
        )
        return arithmetic.bounded(function(*values)) if short else UNKNOWN

    return made


def _round(value: Any, digits: Any = None) -> Any:
    if not is_number(value) or not (digits is None or (isinstance(digits, int) and abs(digits) < 100)):
        return UNKNOWN
    return round(value, digits)


def _truths(function: Callable[[Any], bool]) -> Callable[..., Any]:
    def made(value: Any) -> Any:
        return function(value) if is_plain(value) and isinstance(value, list | tuple) else UNKNOWN

    return made


def _reversed(value: Any) -> Any:
    items = _listed(value)
    return UNKNOWN if items is None else items[::-1]


BUILTINS: dict[str, Callable[..., Any]] = {
    "range": _range,
    "xrange": _range,
    "len": _len,
    "list": _sequence(list),
    "tuple": _sequence(tuple),
    "set": _set,
    "dict": _dict,
    "zip": _zip,
    "enumerate": _enumerate,
    "reversed": _reversed,
    "sum": _of_scalars(sum),
    "min": _of_scalars(min),
    "max": _of_scalars(max),
    "sorted": _of_scalars(sorted),
    "int": _of_scalar(int),
    "float": _of_scalar(float),
    "bool": _of_scalar(bool),
    "str": _of_scalar(str),
    "abs": _of_scalar(abs),
    "round": _round,
    "pow": lambda base, exponent: arithmetic.binary(ast.Pow, base, exponent),
    "any": _truths(any),
    "all": _truths(all),
}


def called(name: str, given: Given) -> Any:
    """What the built-in function gives, or UNKNOWN."""
    if any(isinstance(value, Unknown) for value in given.positional):
        return UNKNOWN
    try:
        return arithmetic.bounded(BUILTINS[name](*given.positional, **given.named))
    except (TypeError, ValueError, OverflowError):
        return UNKNOWN


def method(owner: Any, name: str, given: Given) -> Any:
    """What a method of a text, a list or a dictionary gives, or UNKNOWN. The latter are changed in place."""
    try:
        if isinstance(owner, str):
            return arithmetic.bounded(_of_text(owner, name, given))
        if isinstance(owner, list):
            return _of_list(owner, name, *given.positional)
        return _of_dict(owner, name, *given.positional, **given.named) if isinstance(owner, dict) else UNKNOWN
    except (TypeError, ValueError, LookupError):
        return UNKNOWN


def _of_text(text: str, name: str, given: Given) -> Any:
    if name == "format":
        return arithmetic.filled(text, given.positional, given.named)
    if name == "join" and len(given.positional) == 1:
        parts = _listed(given.positional[0]) or []
        whole = [part for part in parts if isinstance(part, str)]
        small = sum(map(len, whole)) + len(text) * len(whole) <= MAXIMUM_ITEMS
        return text.join(whole) if small and len(whole) == len(parts) else UNKNOWN
    short = len(text) <= _MAXIMUM_TEXT and all(len(str(value)) < 100 for value in given.positional if is_scalar(value))
    if name not in _TEXT_METHODS or not short or not all(map(is_scalar, given.positional)):
        return UNKNOWN
    return getattr(text, name)(*given.positional)


def _of_list(items: list[Any], name: str, *values: Any) -> Any:
    if len(items) >= MAXIMUM_ITEMS:
        return UNKNOWN
    if name == "append":
        return items.append(*values)
    if name == "extend":
        added = _listed(values[0])
        if added is None or len(items) + len(added) > MAXIMUM_ITEMS:
            # What is in the list from here on isn't known.
            return items.append(Unknown())
        return items.extend(added)
    if name == "insert" and isinstance(values[0], int):
        return items.insert(*values)
    if name == "pop":
        return items.pop(*values)
    if name == "copy":
        return list(items)
    return items.reverse() if name == "reverse" else UNKNOWN


def _of_dict(items: dict[Any, Any], name: str, *values: Any, **named: Any) -> Any:
    if name in ("get", "pop", "setdefault") and values and is_scalar(values[0]):
        return getattr(items, name)(*values)
    if name in ("items", "keys", "values", "copy") and not values:
        return dict(items) if name == "copy" else list(getattr(items, name)())
    if name == "update" and len(items) < MAXIMUM_ITEMS:
        added = _dict(*values, **named)
        return UNKNOWN if added is UNKNOWN else items.update(added)
    return UNKNOWN
