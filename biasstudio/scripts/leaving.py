"""Ways out of a block of statements before its end; none of them is an error."""

from typing import Any


class Left(Exception):  # noqa: N818 - no error
    """A block is left."""


class LoopLeft(Left):
    """By break, which ends the loop, or by continue."""

    def __init__(self, ends: bool) -> None:
        super().__init__()
        self.ends = ends


class Returned(Left):
    """With the function's result."""

    def __init__(self, value: Any) -> None:
        super().__init__()
        self.value = value


class Ended(Left):
    """The script ends here, with an error or by sys.exit()."""
