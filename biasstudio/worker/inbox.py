"""Inbox: the commands that wait for the model worker."""

import threading
from collections import deque

from biasstudio.worker.messages import Command


class Inbox:
    """Commands in the order in which they were sent. Any thread may put, the worker's takes."""

    def __init__(self) -> None:
        self._commands: deque[Command] = deque()
        self._changed = threading.Condition()

    def put(self, command: Command) -> None:
        with self._changed:
            self._commands.append(command)
            self._changed.notify()

    def put_back(self, command: Command) -> None:
        """As the next to be taken: for one that came too early."""
        with self._changed:
            self._commands.appendleft(command)

    def take(self, seconds: float | None = None) -> Command | None:
        """The next command, waited for; None where none comes in so many seconds."""
        with self._changed:
            self._changed.wait_for(lambda: self._commands, seconds)
            return self._commands.popleft() if self._commands else None

    def take_waiting(self) -> Command | None:
        """The next command, if there is one."""
        with self._changed:
            return self._commands.popleft() if self._commands else None

    def waits(self) -> bool:
        """Whether there is a next command."""
        return bool(self._commands)

    def holds(self, kinds: tuple[type[Command], ...]) -> bool:
        """Whether a command of these kinds waits."""
        with self._changed:
            return any(isinstance(command, kinds) for command in self._commands)
