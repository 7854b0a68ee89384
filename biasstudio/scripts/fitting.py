"""What the training calls of a script say: which of them counts, and with what it is called."""

from typing import Any

from biasstudio.scripts.keras_objects import described
from biasstudio.scripts.notes import Notes
from biasstudio.scripts.values import Event, Made, Network

FIT: tuple[str, ...] = (
    "x",
    "y",
    "batch_size",
    "epochs",
    "verbose",
    "callbacks",
    "validation_split",
    "validation_data",
    "shuffle",
)
FIT += ("class_weight", "sample_weight", "initial_epoch", "steps_per_epoch", "validation_steps")
FIT += ("validation_batch_size", "validation_freq")
_GENERATOR = ("generator", "steps_per_epoch", "epochs", "verbose", "callbacks", "validation_data", "validation_steps")
# What changes nothing that an experiment says.
_SILENT = {"verbose", "validation_steps", "validation_batch_size", "validation_freq", "workers", "show_accuracy"}
_SILENT |= {"use_multiprocessing", "max_queue_size"}


def compile_event(network: Network) -> Event | None:
    """The compile that counts for the first training."""
    fits = network.called("fit", "fit_generator", "train_on_batch")
    before = [event for event in network.called("compile") if not fits or event.order < fits[0].order]
    return before[-1] if before else None


def fit_event(network: Network, notes: Notes) -> Event | None:
    """The first training, which starts from the fresh network."""
    fits = network.called("fit", "fit_generator", "wrapped")
    batches = network.called("train_on_batch")
    if not fits and batches:
        notes.add(
            batches[0].line, "Training by train_on_batch is not read: batch size and epochs are Keras's usual ones."
        )
    first = fits[0] if fits else None
    if first is not None:
        for later in fits[1:]:
            if later.line != first.line:
                notes.add(
                    later.line, f"The network is trained further here; only the training of line {first.line} is read."
                )
        if any(later.line == first.line for later in fits[1:]):
            notes.add(first.line, f"The network is trained {len(fits)} times here; one of them is read.")
        for loaded in network.called("load_weights", "set_weights"):
            if loaded.order < first.order:
                notes.add(
                    loaded.line,
                    f"The weights of {loaded.method} are not read: the network starts from its initializers.",
                )
    return first


def fit_arguments(event: Event) -> dict[str, Any]:
    """What a fit is given, by Keras's names."""
    if event.method == "wrapped":
        given = dict(event.given.named)
    elif event.method == "fit_generator":
        given = event.given.by_name(_GENERATOR)
        given = {"x" if key == "generator" else key: value for key, value in given.items()}
    else:
        given = event.given.by_name(FIT)
    renamed = {"nb_epoch": "epochs", "samples_per_epoch": "steps_per_epoch", "nb_val_samples": "validation_steps"}
    return {renamed.get(key, key): value for key, value in given.items()}


def fitted_settings(event: Event, notes: Notes) -> dict[str, Any]:
    """The training settings of a fit."""
    given = fit_arguments(event)
    if event.method == "wrapped":
        notes.add(event.line, "The network is trained by scikit-learn: its data, and how it validates, are not read.")
    settings: dict[str, Any] = {"epochs": 1, "batch_size": 32, "validation_share": 0.0, "shuffle": True}
    for key, name in (("epochs",) * 2, ("batch_size",) * 2, ("validation_split", "validation_share"), ("shuffle",) * 2):
        value = given.get(key)
        if value is None:
            continue
        if isinstance(value, int | float):
            settings[name] = bool(value) if key == "shuffle" else value
        elif key == "shuffle":
            notes.add(event.line, f"shuffle of fit, {described(value)}, is not read: each epoch has another order.")
        else:
            notes.add(
                event.line,
                f"{key} of fit, {described(value)}, is only known when the script runs; it is {settings[name]:g} here.",
            )
    _say_unread(given, event.line, notes)
    return settings


def _say_unread(given: dict[str, Any], line: int, notes: Notes) -> None:
    handled = {"x", "y", "batch_size", "epochs", "validation_split", "validation_data", "shuffle"}
    for key, value in given.items():
        if key in handled or key in _SILENT or value is None or (key == "initial_epoch" and value == 0):
            continue
        if key == "callbacks":
            _say_callbacks(value, line, notes)
        elif key == "steps_per_epoch":
            notes.add(line, "steps_per_epoch of fit is not read: an epoch goes through all samples.")
        elif key == "**":
            notes.add(line, f"What {described(value)} gives to fit is only known when the script runs.")
        else:
            notes.add(line, f"{key} of fit is not read.")


_HARMLESS_CALLBACKS = {"TensorBoard", "ModelCheckpoint", "CSVLogger", "ProgbarLogger", "History", "BackupAndRestore"}
_HARMLESS_CALLBACKS |= {"RemoteMonitor", "TqdmCallback", "BiasRecorder", "WandbCallback"}


def _say_callbacks(value: Any, line: int, notes: Notes) -> None:
    """Those that change the training; what only writes files or shows something is of no matter."""
    listed = value if isinstance(value, list | tuple) else [value]
    for callback in listed:
        name = callback.last if isinstance(callback, Made) else described(callback)
        if name.partition("(")[0].rpartition(".")[2] in _HARMLESS_CALLBACKS:
            continue
        at = callback.line if isinstance(callback, Made) else line
        notes.add(at, f"The callback {name} is not read: training goes on for all epochs without it.")
