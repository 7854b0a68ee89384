"""The command line: the window by default, and commands that work without one."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from biasstudio import __version__
from biasstudio.recording.run_format import DEFAULT_SIZE_LIMIT, RunError
from biasstudio.recording.run_format import SUFFIX as RUN_SUFFIX
from biasstudio.spec.arguments import SpecError

# What a shell expects of a program that Ctrl-C has ended.
_INTERRUPTED = 130
COMMANDS = ("train", "doctor", "convert", "export", "self-test")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; the exit status. 2 stands for wrong input or a missing display."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    commands = {
        "train": _train,
        "doctor": _doctor,
        "convert": _convert,
        "export": _export,
        "self-test": _self_test,
    }
    if given and given[0] in commands:
        return commands[given[0]](given[1:])
    return _window(given)


def _window(given: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="biasstudio",
        description="See what the biases of a neural network do.",
        epilog="Commands that need no display: train (an experiment, recorded), doctor (what is wrong, why, and what "
        "to do), convert (between a script, an experiment and a model), export (a run, as NPZ or CSV) and self-test "
        "(build, train, record, replay and draw, offscreen). 'biasstudio COMMAND --help' tells more.",
    )
    help_of_files = (
        "a .biasexp, .py, .keras or .h5 file to open; data to train on, a .csv, .npz or .npy file or a folder of "
        "images; or .biasrun files to replay, of which several are compared"
    )
    parser.add_argument("files", nargs="*", metavar="FILE", type=Path, help=help_of_files)
    parser.add_argument("--version", action="version", version=f"Bias Studio {__version__}")
    files = parser.parse_args(given).files
    for file in files:
        if not file.is_file() and not file.is_dir():
            return _refuse(f"{file}: there is no such file, and no such command; there is {', '.join(COMMANDS)}.")
    experiments = [file for file in files if file.suffix != RUN_SUFFIX]
    if len(experiments) > 1:
        return _refuse(f"One experiment is open at a time, but {len(experiments)} files were given.")
    from biasstudio.gui.display import why_no_window

    if reason := why_no_window():
        return _refuse(reason)
    from biasstudio.app import run

    return run(files)


def _train(given: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="biasstudio train",
        description="Train an experiment without a window, recording every step. Ctrl-C ends it with a whole file.",
    )
    parser.add_argument("file", metavar="FILE", type=Path, help="the .biasexp, .py, .keras or .h5 file")
    parser.add_argument("--out", metavar="RUN.biasrun", type=Path, required=True, help="where the run is recorded")
    parser.add_argument("--force", action="store_true", help="replace an older run there")
    limit = DEFAULT_SIZE_LIMIT // 1_000_000
    parser.add_argument(
        "--size-limit",
        metavar="MB",
        type=_megabytes,
        default=limit,
        help=f"beyond it older steps are thinned evenly (default {limit})",
    )
    options = parser.parse_args(given)
    # TensorFlow's own lines would stand in the middle of the progress bar.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    from biasstudio.headless import train_file

    try:
        return train_file(options.file, options.out, options.size_limit * 1_000_000, options.force)
    except (SpecError, RunError) as error:
        return _refuse(str(error))
    except OSError as error:
        return _refuse(f"{options.file} can't be read: {error.strerror}.")


def _doctor(given: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="biasstudio doctor",
        description="Say what is wrong with a network and its training, with the evidence and what to do. Nothing in "
        "the file is run. The exit status is 1 where a finding is an error, else 0.",
        epilog="--json prints a list of objects, worst first, each with id, severity (error, warning or note), where "
        "(a layer), vector (a bias), unit, step, message, evidence, why, fix, source and follows (the id of the "
        "finding that it follows from); unit and step may be null, texts empty.",
    )
    help_of_file = "a .py, .biasexp, .keras, .h5 or .biasrun file"
    parser.add_argument("file", metavar="FILE", type=Path, help=help_of_file)
    parser.add_argument("--json", action="store_true", help="print the findings as JSON, and nothing else")
    options = parser.parse_args(given)
    if options.file.is_dir():
        return _refuse(f"{options.file} is a folder: expected {help_of_file}.")
    if not options.file.is_file():
        return _refuse(f"{options.file}: there is no such file.")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    from biasstudio.findings_report import report_findings

    try:
        return report_findings(options.file, options.json)
    except (SpecError, RunError) as error:
        return _refuse(str(error))
    except OSError as error:
        return _refuse(f"{options.file} can't be read: {error.strerror}.")
    except KeyboardInterrupt:
        return _INTERRUPTED


def _convert(given: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="biasstudio convert",
        description="Write a Keras script as an experiment, an experiment as a script, and either as a model's file or "
        "from one. A script is read, never run; what of it can't be taken over is said with its line, and the rest is "
        "converted.",
    )
    parser.add_argument("file", metavar="IN", type=Path, help="a name that ends in .py, .biasexp, .keras or .h5")
    parser.add_argument("--to", metavar="OUT", type=Path, required=True, help="a name that ends in another of these")
    parser.add_argument("--force", action="store_true", help="replace a file there")
    options = parser.parse_args(given)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    from biasstudio.headless import convert_file

    try:
        convert_file(options.file, options.to, options.force)
    except SpecError as error:
        return _refuse(str(error))
    except OSError as error:
        return _refuse(f"{error.filename or options.to} can't be read or written: {error.strerror}.")
    except KeyboardInterrupt:
        return _INTERRUPTED
    return 0


def _megabytes(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 10_000_000:
        raise argparse.ArgumentTypeError(f"expected a whole number of megabytes from 1 to 10000000, not {text!r}")
    return int(text)


def _export(given: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="biasstudio export",
        description="Write all values of a run as NPZ, for NumPy, or as CSV, a row for each unit at each step.",
    )
    parser.add_argument("run", metavar="RUN.biasrun", type=Path, help="the run")
    parser.add_argument("--to", metavar="OUT", type=Path, required=True, help="a name that ends in .npz or .csv")
    parser.add_argument("--force", action="store_true", help="replace a file there")
    options = parser.parse_args(given)
    if options.to.exists() and not options.force:
        return _refuse(f"{options.to} exists already; say --force to replace it.")
    from biasstudio.recording.export import export_run
    from biasstudio.recording.run_reader import open_run

    try:
        with open_run(options.run) as run:
            export_run(run, options.to)
    except RunError as error:
        return _refuse(str(error))
    except OSError as error:
        return _refuse(f"{options.to} can't be written: {error.strerror}.")
    except KeyboardInterrupt:
        return _INTERRUPTED
    return 0


def _self_test(given: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="biasstudio self-test",
        description="Build the tutorial network, train one epoch, draw every panel, record, replay, and check the "
        "values; offscreen. Your runs and settings are left alone.",
    )
    parser.add_argument("--window", action="store_true", help="in a window on your display, which you can watch")
    in_window = parser.parse_args(given).window
    from biasstudio.gui.display import missing_library_of_qt, why_no_window

    if reason := why_no_window() if in_window else missing_library_of_qt():
        return _refuse(reason)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    from biasstudio.self_test import self_test

    return self_test(in_window)


def _refuse(sentence: str) -> int:
    print(f"biasstudio: {sentence}", file=sys.stderr)
    return 2
