"""The training settings of a script."""

from typing import Any

from biasstudio.scripts.compiling import compiled_settings
from biasstudio.scripts.fitting import compile_event, fit_event, fitted_settings
from biasstudio.scripts.keras_objects import described
from biasstudio.scripts.notes import Notes
from biasstudio.scripts.values import Event, Network
from biasstudio.spec.arguments import SpecError, shown
from biasstudio.spec.data_sets import DataSet
from biasstudio.spec.experiment import TRAINING_ARGUMENTS, Training

_OF_FIT = ("epochs", "batch_size", "validation_share", "shuffle")


def read_training(
    network: Network,
    seeds: list[tuple[str, Any, int]],
    present: Training,
    data: DataSet | None,
    usual_loss: str,
    notes: Notes,
) -> Training:
    """The settings of the network's own training; what the script leaves open is as Keras has it.

    `data` are the script's own, None where they are not read. Where it neither compiles nor trains, the settings are
    those of `present`. `usual_loss` stands in for one that isn't read.
    """
    settings: dict[str, Any] = {}
    compiled, fitted = compile_event(network), fit_event(network, notes)
    if compiled is not None:
        settings |= compiled_settings(compiled, usual_loss, None if data is None else data.type.classes, notes)
    if fitted is not None:
        settings |= fitted_settings(fitted, notes)
    elif compiled is not None:
        settings |= {"epochs": 1, "batch_size": 32, "validation_share": 0.0, "shuffle": True}
    if seeds:
        settings |= _seed(seeds, notes)
    settings.setdefault("seed", present.seed)
    kept = present if compiled is None else None
    return _training(settings, kept, compiled, fitted, notes)


def _training(
    settings: dict[str, Any], present: Training | None, compiled: Event | None, fitted: Event | None, notes: Notes
) -> Training:
    """The settings without those that are out of their limits."""
    start = {} if present is None else {each.name: getattr(present, each.name) for each in TRAINING_ARGUMENTS}
    if present is not None:
        start |= {"optimizer_settings": present.optimizer_settings, "loss_settings": present.loss_settings}
    while True:
        try:
            return Training(**(start | {"biases_only": False} | settings))
        except SpecError as error:
            if error.argument not in settings:
                raise
            usual = getattr(Training(), error.argument)
            event = fitted if error.argument in _OF_FIT else compiled
            notes.add(
                event.line if event is not None else 0,
                f"{str(error).removeprefix('training: ').rstrip('.')}; it is {shown(usual)} here.",
            )
            del settings[error.argument]


def _seed(seeds: list[tuple[str, Any, int]], notes: Notes) -> dict[str, Any]:
    whole = [seed for seed in seeds if seed[0] == "keras.utils.set_random_seed"]
    name, value, line = (whole or [seed for seed in seeds if seed[0] != "np.random.seed"] or seeds)[-1]
    if not isinstance(value, int) or not 0 <= value < 2**31:
        notes.add(line, f"The seed {described(value)} can't be taken; the one of the window stays.")
        return {}
    if not whole:
        notes.add(
            line,
            f"{name} seeds otherwise than keras.utils.set_random_seed({value}), which counts here: other values come "
            "out.",
        )
    return {"seed": value}
