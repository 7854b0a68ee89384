"""The text of a script as a syntax tree: bounded, and without what notebooks and prompts put around Python."""

import ast
import re
import warnings
from collections.abc import Iterator

from biasstudio.spec.arguments import SpecError

MAXIMUM_CHARACTERS = 1_000_000
# How deep an expression or a statement may lie in others; each level costs the reader a few calls.
_MAXIMUM_DEPTH = 100
_SHOWN_CHARACTERS = 50
# What IPython takes and Python doesn't: %matplotlib, %%time, !pip install, files = !ls, help?; and a fence around code.
_MAGIC = re.compile(r"^(\s*)(%%?[a-zA-Z]|!|\?|```|\w+\s*=\s*[!%]|[\w.]+\?{1,2}\s*$).*$")
_PROMPT = re.compile(r"^\s*(>>>|\.\.\.)( |$)")
_PRINT_STATEMENT = re.compile(r"^(\s*)print(\s+(?![=(\s])\S.*|\s*)$")


class Source:
    """A parsed script. Raises SpecError naming the line where it is no Python, or too large or too deep to read."""

    def __init__(self, text: str) -> None:
        if len(text) > MAXIMUM_CHARACTERS:
            raise SpecError(f"The script is longer than {MAXIMUM_CHARACTERS:,} characters, too long to be read here.")
        self.module, lines = _parsed(text)
        _check_depth(self.module)
        self._lines = [line.encode() for line in lines]

    def text_of(self, node: ast.AST) -> str:
        """What stands in the script for `node`, short enough for a message."""
        first, last = getattr(node, "lineno", 0), getattr(node, "end_lineno", 0)
        if not 0 < first <= len(self._lines):
            return ""
        end = getattr(node, "end_col_offset", None) if first == last else None
        text = self._lines[first - 1][getattr(node, "col_offset", 0) : end][: 4 * _SHOWN_CHARACTERS].decode(
            "utf-8", "replace"
        )
        text = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
        return text if len(text) <= _SHOWN_CHARACTERS and first == last else text[:_SHOWN_CHARACTERS].rstrip() + "…"


def _parsed(text: str) -> tuple[ast.Module, list[str]]:
    """The tree, and the lines that it was read from. Raises SpecError."""
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").replace("\f", " ").split("\n")
    faults: list[SyntaxError] = []
    try:
        for attempt in _attempts(lines):
            try:
                return _tree(attempt), attempt
            except SyntaxError as error:
                faults.append(error)
    except (RecursionError, MemoryError):
        raise SpecError("The script's expressions lie too deep in each other to be read.") from None
    except ValueError:
        # A zero byte, or half of a surrogate pair.
        raise SpecError("The script holds characters that no Python file can hold.") from None
    # Without what is no Python the first real fault comes out.
    fault = faults[1]
    where = f"line {fault.lineno}: " if fault.lineno else ""
    raise SpecError(f"{where}this can't be read as Python: {_reason(fault)}.")


def _attempts(lines: list[str]) -> Iterator[list[str]]:
    """The lines as they are, and then, each at its place, without what is no Python of today."""
    yield lines
    margin = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
    plain = [_MAGIC.sub(r"\1pass", line[margin:]) for line in lines]
    yield plain
    # Python 2's print keeps many an old post from being read; what it prints is of no matter.
    yield [_PRINT_STATEMENT.sub(r"\1pass", line) for line in plain]
    if any(_PROMPT.match(line) for line in plain):
        # What a session printed stands between its prompts.
        prompted = [_PROMPT.sub("", line) if _PROMPT.match(line) else "" for line in plain]
        yield [_PRINT_STATEMENT.sub(r"\1pass", line) for line in prompted]


def _tree(lines: list[str]) -> ast.Module:
    with warnings.catch_warnings():
        # Python warns of backslashes in texts; they are the script's own affair.
        warnings.simplefilter("ignore")
        return ast.parse("\n".join(lines))


def _reason(error: SyntaxError) -> str:
    reason = "".join(letter for letter in str(error.msg) if letter.isprintable())[:100]
    return reason or "its syntax is wrong"


def _check_depth(module: ast.Module) -> None:
    level: list[ast.AST] = [module]
    for _ in range(_MAXIMUM_DEPTH):
        level = [child for node in level for child in ast.iter_child_nodes(node)]
    if level:
        line = next((node.lineno for node in level if hasattr(node, "lineno")), 0)
        raise SpecError(f"line {line}: expressions or blocks lie too deep in each other here to be read.")
