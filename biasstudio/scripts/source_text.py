"""Python source of expressions, laid out in lines as black and ruff would."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

LINE_LENGTH = 88
_INDENT = 4


@dataclass(frozen=True)
class Group:
    """An expression with parts between brackets: a call, a list, a dictionary."""

    opening: str
    parts: tuple["Expression", ...]
    closing: str = ")"


Expression = str | Group


def call(function: str, parts: Iterable[Expression], then: str = "") -> Group:
    """`function(parts)`, with `then` behind it."""
    return Group(f"{function}(", tuple(parts), f"){then}")


def listed(parts: Iterable[Expression]) -> Group:
    return Group("[", tuple(parts), "]")


def named(name: str, value: Expression) -> Expression:
    """`name=value`, an argument of a call."""
    return prefixed(f"{name}=", value)


def assigned(name: str, value: Expression) -> Expression:
    """`name = value`, a statement."""
    return prefixed(f"{name} = ", value)


def prefixed(prefix: str, value: Expression) -> Expression:
    return prefix + value if isinstance(value, str) else replace(value, opening=prefix + value.opening)


def laid_out(expression: Expression, indent: int = 0) -> str:
    """The lines of an expression at this indent, of up to LINE_LENGTH where that can be."""
    return "\n".join(_lines(expression, indent, 0))


def _lines(expression: Expression, indent: int, after: int) -> list[str]:
    """`after` is the length of what follows on the last line."""
    margin, whole = " " * indent, one_line(expression)
    if isinstance(expression, str) or not expression.parts or indent + len(whole) + after <= LINE_LENGTH:
        return [margin + whole]
    called_again = expression.closing.startswith(")(")
    if called_again and indent + len(head := whole.removesuffix(expression.closing[2:])) <= LINE_LENGTH:
        return [margin + head, margin + " " * _INDENT + expression.closing[2:-1], margin + ")"]
    return [margin + expression.opening, *_body(expression, indent + _INDENT), margin + expression.closing]


def _body(group: Group, indent: int) -> list[str]:
    whole = ", ".join(map(one_line, group.parts))
    is_call = re.search(r"\w\($", group.opening) is not None
    if is_call and indent + len(whole) <= LINE_LENGTH:
        return [" " * indent + whole]
    if is_call and len(group.parts) == 1:
        return _lines(group.parts[0], indent, 0)
    # A comma after the last one too.
    lines = [_lines(part, indent, 1) for part in group.parts]
    return [line for part in lines for line in (*part[:-1], f"{part[-1]},")]


def one_line(expression: Expression) -> str:
    if isinstance(expression, str):
        return expression
    return expression.opening + ", ".join(map(one_line, expression.parts)) + expression.closing


def value(given: object) -> Expression:
    """`given`, as `literal` takes it, as an expression that can be laid out in several lines."""
    if isinstance(given, tuple) and len(given) > 1:
        return Group("(", tuple(map(value, given)), ")")
    if isinstance(given, list):
        return listed(map(value, given))
    if isinstance(given, dict):
        return Group("{", tuple(prefixed(f"{literal(key)}: ", value(each)) for key, each in given.items()), "}")
    return literal(given)


def literal(given: object) -> str:
    """`given` as Python reads it back, texts in double quotes: a number, a text, None; tuples, lists, dictionaries."""
    if isinstance(given, list | dict) or (isinstance(given, tuple) and len(given) > 1):
        return one_line(value(given))
    if isinstance(given, tuple):
        return f"({literal(given[0])},)" if given else "()"
    text = repr(given)
    if isinstance(given, str) and text.startswith("'") and '"' not in given:
        return f'"{text[1:-1]}"'
    return text.replace("e+", "e") if isinstance(given, float) else text
