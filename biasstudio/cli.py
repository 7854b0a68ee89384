"""The command line: the window by default, and commands that work without one."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from biasstudio import __version__

COMMANDS = ("self-test",)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; the exit status. 2 stands for wrong input or a missing display."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given and given[0] in COMMANDS:
        return _self_test(given[1:])
    return _window(given)


def _window(given: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="biasstudio",
        description="See what the biases of a neural network do.",
        epilog="Commands that need no display: self-test (build, train, record and draw, offscreen).",
    )
    parser.add_argument("files", nargs="*", metavar="FILE", type=Path, help="a .biasexp file to open")
    parser.add_argument("--version", action="version", version=f"Bias Studio {__version__}")
    files = parser.parse_args(given).files
    for file in files:
        if not file.is_file():
            return _refuse(f"{file}: there is no such file, and no such command; there is {', '.join(COMMANDS)}.")
    if len(files) > 1:
        return _refuse(f"One experiment is open at a time, but {len(files)} files were given.")
    from biasstudio.gui.display import why_no_window

    if reason := why_no_window():
        return _refuse(reason)
    from biasstudio.app import run

    return run(files)


def _self_test(given: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="biasstudio self-test",
        description="Build the tutorial network, train one epoch, draw every panel, and check the values; offscreen.",
    )
    parser.parse_args(given)
    from biasstudio.gui.display import missing_library_of_qt

    if reason := missing_library_of_qt():
        return _refuse(reason)
    from biasstudio.self_test import self_test

    return self_test()


def _refuse(sentence: str) -> int:
    print(f"biasstudio: {sentence}", file=sys.stderr)
    return 2
