"""What works without a window: `biasstudio train`, with a progress bar in the terminal, and `biasstudio convert`."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from biasstudio.model_files.reader import is_model_file
from biasstudio.recording.run_format import RunError
from biasstudio.recording.run_place import check_place
from biasstudio.scripts.opening import OpenedExperiment, open_experiment
from biasstudio.scripts.writing import SUFFIX as SCRIPT_SUFFIX
from biasstudio.scripts.writing import save_script
from biasstudio.spec.arguments import SpecError
from biasstudio.spec.compatibility import misfit
from biasstudio.spec.experiment import SUFFIX as EXPERIMENT_SUFFIX
from biasstudio.spec.experiment import Experiment, save_experiment


class _Interruption:
    """Ctrl-C ends the training after the present step, and the file is whole; a second one is Python's own."""

    def __init__(self) -> None:
        self.asked = False

    def __call__(self, number: int, frame: FrameType | None) -> None:
        if self.asked:
            signal.default_int_handler(number, frame)
        self.asked = True


@contextmanager
def _interruptible() -> Iterator[_Interruption]:
    interruption = _Interruption()
    before = {number: signal.signal(number, interruption) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield interruption
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def train_file(path: Path, out: Path, size_limit: int, overwrite: bool) -> int:
    """Train the experiment in a file, recording into `out`; the exit status: 0, or 1 where it ended early.

    Raises SpecError, RunError or OSError with a sentence for the person. Only the main thread may call.
    """
    _kind(path, "trained")
    opened = _opened(path)
    if opened.without_data:
        raise SpecError(
            f"{path.name} is not trained: its own data are not known here. Convert it to a .biasexp file, and choose "
            "its data in the window."
        )
    experiment = opened.experiment
    if not overwrite and out.exists():
        raise RunError(f"{out} exists already; say --force to replace it.")
    check_place(out, overwrite)
    return _train(experiment, out, size_limit, Console(stderr=True))


def convert_file(path: Path, out: Path, overwrite: bool) -> None:
    """Write what is in a script, an experiment or a model as another of these; what could not be taken over is said.

    Raises SpecError or OSError with a sentence for the person.
    """
    kind = _kind(out)
    if kind == _kind(path):
        raise SpecError(f"{path.name} and {out.name} are both {kind}: there is nothing to convert.")
    if not path.is_file():
        raise SpecError(f"{path}: there is no such file.")
    if not out.parent.is_dir():
        raise SpecError(f"{out} can't be written: there is no folder {out.parent}.")
    if out.exists() and not overwrite:
        raise SpecError(f"{out} exists already; say --force to replace it.")
    experiment = _opened(path).experiment
    if kind == _SCRIPT:
        save_script(experiment, out, overwrite)
    elif kind == _EXPERIMENT:
        save_experiment(experiment, out)
    else:
        # Only now: a wrong file is told at once, before TensorFlow is loaded.
        from biasstudio.engine.save_model import write_model_file

        write_model_file(experiment, out)


_SCRIPT, _EXPERIMENT, _MODEL = "scripts", "experiments", "models"


def _kind(path: Path, verb: str = "converted") -> str:
    if path.is_dir():
        raise SpecError(f"{path} is a folder: a file whose name ends in .py, .biasexp, .keras or .h5 was expected.")
    suffix = path.suffix.lower()
    kinds = {SCRIPT_SUFFIX: _SCRIPT, EXPERIMENT_SUFFIX: _EXPERIMENT}
    if suffix not in kinds and not is_model_file(path):
        raise SpecError(f"{path.name} can't be {verb}: a name that ends in .py, .biasexp, .keras or .h5 was expected.")
    return kinds.get(suffix, _MODEL)


def _opened(path: Path) -> OpenedExperiment:
    opened = open_experiment(path)
    for note in opened.notes:
        print(note, file=sys.stderr)
    return opened


def _train(experiment: Experiment, out: Path, size_limit: int, console: Console) -> int:
    # Only now: a wrong file is told at once, before TensorFlow is loaded.
    from biasstudio.engine.build import build_network
    from biasstudio.engine.train import planned_steps, recorder_of, train

    network = build_network(experiment)
    unfit = misfit(experiment, network.layers[-1].output_shape)
    if unfit is not None:
        raise unfit
    history, steps = network.history, planned_steps(network, experiment.training)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with (
        recorder_of(network, out, out.stem, size_limit=size_limit) as recorder,
        _interruptible() as interruption,
        Progress(*columns, console=console) as progress,
    ):
        console.print(f"{experiment.training.epochs} epochs on {experiment.data.type.title}")
        task = progress.add_task("training", total=steps)

        def between_batches() -> bool:
            loss = history.metrics_at(history.last_step)["loss"]
            progress.update(task, completed=recorder.last_step, description=f"loss {loss:.4f}")
            return interruption.asked

        finite = train(network, experiment.training, between_batches, recorder)
        if interruption.asked:
            recorder.say_state("stopped")
        elif not finite:
            recorder.say_state("failed")
    if recorder.failure:
        raise RunError(recorder.failure)
    how = "stopped" if interruption.asked else "finished" if finite else "ended: values stopped being finite"
    console.print(f"Training {how} after {history.last_step:,} steps; recorded in {out}")
    return 0 if finite and not interruption.asked else 1
