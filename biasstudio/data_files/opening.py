"""Opening a file of a person's own: only a regular one, and what goes wrong said in one sentence."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from biasstudio.spec.arguments import MAXIMUM_TEXT_LENGTH, SpecError

Cancelled = Callable[[], bool]
"""Asked now and then while a file is read; True ends that with a ReadingCancelledError, a SpecError."""


def never() -> bool:
    """For reading that nobody cancels."""
    return False


class ReadingCancelledError(SpecError):
    """The person who cancelled knows."""


def go_on(cancelled: Cancelled) -> None:
    """Raises ReadingCancelledError where the reading was cancelled."""
    if cancelled():
        raise ReadingCancelledError("Reading the data was cancelled.")


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """The bytes of a regular file. Raises SpecError, also for an OSError while it is open."""
    with said_plainly(path):
        # A pipe or a device could keep the reader waiting for ever.
        if path.exists() and not path.is_file():
            raise SpecError(f"{path.name} is not a file that can be opened.", argument="path")
        with path.open("rb") as file:
            yield file


@contextmanager
def said_plainly(path: Path) -> Iterator[None]:
    """What the system says of a file becomes a SpecError that names it."""
    try:
        yield
    except FileNotFoundError:
        raise SpecError(f"{path.name} is not there: expected it at {path}.", argument="path") from None
    except OSError as error:
        reason = error.strerror or str(error)
        raise SpecError(f"{path.name} can't be read: {reason}.", argument="path") from None


def size_of(file: BinaryIO) -> int:
    """In bytes, as the system knows it now."""
    return os.fstat(file.fileno()).st_size


def title_of(text: str) -> str:
    """`text` as a title of the experiment can be: on one line, printable, of bounded length."""
    printable = "".join(sign if sign.isprintable() else "?" for sign in text.strip())
    return printable if len(printable) <= MAXIMUM_TEXT_LENGTH else printable[: MAXIMUM_TEXT_LENGTH - 1] + "…"


def unique_titles(texts: list[str], otherwise: str) -> tuple[str, ...]:
    """A title for each text, no two the same; an empty one becomes `otherwise` and its place, from 1 on."""
    found: dict[str, int] = {}
    for place, text in enumerate(texts, start=1):
        title = wanted = title_of(text) or f"{otherwise} {place}"
        again = 1
        while title in found:
            again = max(again, found[wanted]) + 1
            found[wanted] = again
            title = f"{wanted[: MAXIMUM_TEXT_LENGTH - 12]} ({again})"
        found[title] = 1
    return tuple(found)
