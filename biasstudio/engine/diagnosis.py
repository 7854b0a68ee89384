"""diagnose: what is wrong with a model, an experiment, a run or a file, for scripts and notebooks."""

import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import keras
import numpy as np

from biasstudio.doctor.case import Case
from biasstudio.doctor.diagnose import diagnose as findings_of
from biasstudio.doctor.finding import Finding
from biasstudio.engine.biases import find_biases, read_frame
from biasstudio.engine.build import build_network
from biasstudio.engine.experiment_case import probed_case
from biasstudio.engine.file_case import case_of_file, case_of_run
from biasstudio.engine.keras_case import case_of_model
from biasstudio.engine.model_data import with_arrays
from biasstudio.recording.history import History
from biasstudio.recording.run_format import RunError
from biasstudio.recording.run_history import RunHistory
from biasstudio.recording.run_reader import Run, open_run
from biasstudio.spec.experiment import Experiment


def diagnose(what: Any, x: Any = None, y: Any = None, run: Any = None) -> list[Finding]:
    """What is wrong as far as it shows, worst first; what is not given is not judged, nor what isn't understood.

        for finding in diagnose(model, x, y, run="run.biasrun"):
            print(finding.severity.name, finding.where, finding.message, finding.fix)

    `what`: a built Keras model, an Experiment, an opened Run, or the path of a .py, .biasexp, .keras, .h5 or .biasrun
    file, in which nothing is run. `x` and `y`: arrays (n, ...) of the inputs and targets that it is trained on. `run`:
    an opened Run, a History, or the path of a .biasrun file, of the model's training. Where the model has several
    inputs or outputs, or `x` or `y` is a dict or list of arrays for such, the data aren't judged, which a UserWarning
    says. Raises TypeError for another kind of thing, ValueError (SpecError among it) with one sentence for one that
    can't be judged, FileNotFoundError. Only the thread that owns the model may call.
    """
    x, y = _only(x), _only(y)
    _check_given(x, y)
    several = _several(what, x, y)
    if several:
        warnings.warn(f"{several}: the data are not judged, all else is.", UserWarning, stacklevel=2)
    data = _arrays(x, y) if not several else None
    try:
        with _case(what) as (case, model), _history(run) as history:
            if history is not None:
                case = _with_history(case, history, model)
            return list(findings_of(with_arrays(case, model, *data) if data is not None else case))
    except RunError as error:
        raise ValueError(str(error)) from error


@contextmanager
def _case(what: Any) -> Iterator[tuple[Case, Any]]:
    """The case, and the model where there is one."""
    if isinstance(what, str | Path):
        with case_of_file(_existing(what)) as (case, _note):
            yield case, None
    elif isinstance(what, keras.Model):
        yield _of_model(what), what
    elif isinstance(what, Experiment):
        network = build_network(what)
        yield probed_case(network), network.model
    elif isinstance(what, Run):
        yield case_of_run(what)[0], None
    else:
        expected = "a Keras model, an Experiment, an opened Run, or the path of a file"
        raise TypeError(f"diagnose() takes {expected}, not {_kind(what)}.")


def _of_model(model: Any) -> Case:
    if not model.built:
        raise ValueError(
            f"The model {model.name} is not built: call it on data, or give it an Input, before diagnose()."
        )
    # Of one that was trained before, these are the present values: how it started isn't known.
    case = case_of_model(model)
    biases = find_biases(model)
    history = History([vector for vector, _ in biases], ["loss"], budget_bytes=0)
    history.append(0, 0, read_frame([variable for _, variable in biases]))
    return replace(case, history=history)


@contextmanager
def _history(run: Any) -> Iterator[History | None]:
    if run is None or isinstance(run, History):
        yield run
    elif isinstance(run, Run):
        yield _read(run)
    elif isinstance(run, str | Path):
        with open_run(_existing(run)) as opened:
            yield _read(opened)
    else:
        raise TypeError(f"run is an opened Run, a History, or the path of a .biasrun file, not {_kind(run)}.")


def _read(run: Run) -> History:
    reading = RunHistory(run)
    reading.take_in()
    return reading.history


def _with_history(case: Case, history: History, model: Any) -> Case:
    """Raises ValueError where the run is another network's."""
    here = {vector.path for vector in history.vectors}
    own = {vector.path for vector, _ in find_biases(model)} if model is not None else here
    if own and not own & here:
        raise ValueError(f"The run has {_listed(here)}, but the model has {_listed(own)}: it is not its run.")
    return replace(case, history=history)


def _listed(paths: set[str]) -> str:
    shown = sorted(paths)[:4]
    return f"{', '.join(shown)}{' and others' if len(paths) > 4 else ''}" if paths else "no bias"


def _check_given(x: Any, y: Any) -> None:
    if x is None and y is not None:
        raise ValueError("y was given without x: the data are judged together.")


def _several(what: Any, x: Any, y: Any) -> str:
    """What has more than one array for each sample, in words; "" where nothing does."""
    ends = {"input": _ends(what, "inputs"), "output": _ends(what, "outputs")}
    for (end, count), (name, values) in zip(ends.items(), (("x", x), ("y", y)), strict=True):
        if values is not None and count > 1:
            return f"The model has {count} {end}s"
        if isinstance(values, Mapping) or (count != 1 and _is_of_arrays(values)):
            return f"{name} holds {len(values)} arrays"
    return ""


def _ends(what: Any, name: str) -> int:
    """How many inputs or outputs a model has; 0 where that isn't known."""
    return len(getattr(what, name, None) or ()) if isinstance(what, keras.Model) else 0


def _is_of_arrays(values: Any) -> bool:
    """Whether it is a list of arrays: rows of plain numbers are one array."""
    listed = isinstance(values, list | tuple) and len(values) > 0
    return listed and all(hasattr(each, "shape") and len(each.shape) > 0 for each in values)


def _only(values: Any) -> Any:
    """What a dict or list of a single array holds, as Keras takes it for a single input."""
    alone = isinstance(values, Mapping | list | tuple) and len(values) == 1
    only = next(iter(values.values() if isinstance(values, Mapping) else values)) if alone else values
    return only if hasattr(only, "shape") else values


def _arrays(x: Any, y: Any) -> tuple[Any, Any] | None:
    if x is None:
        return None
    inputs, targets = _array(x, "x"), None if y is None else _array(y, "y")
    if targets is not None and len(inputs) != len(targets):
        raise ValueError(f"x has {len(inputs):,} samples, but y has {len(targets):,}.")
    return inputs, targets


def _array(values: Any, name: str) -> Any:
    try:
        array = np.asarray(values)
    except ValueError:
        raise ValueError(f"{name} is no array: its rows differ in length.") from None
    if array.dtype.kind not in "biuf":
        raise TypeError(f"{name} is an array of numbers, not {_kind(values)}.")
    if array.ndim < 1 or not len(array):
        raise ValueError(f"{name} has no samples: its shape is {array.shape}.")
    lost = array.size - int(np.count_nonzero(np.isfinite(array)))
    if lost:
        raise ValueError(f"{name} holds {lost:,} values that are not finite: nothing can be judged by them.")
    return array


def _existing(path: str | Path) -> Path:
    if not Path(path).is_file():
        raise FileNotFoundError(f"{path}: there is no such file.")
    return Path(path)


def _kind(value: Any) -> str:
    return "None" if value is None else f"a {type(value).__name__}"
