"""The data that a script trains on, as a data set of the catalogue."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from biasstudio.scripts.arithmetic import is_number
from biasstudio.scripts.arrays import CENTRED, INPUTS, TEST, Array, Pairs
from biasstudio.scripts.fitting import fit_arguments
from biasstudio.scripts.keras_objects import described
from biasstudio.scripts.labels import given_labels, say_labels
from biasstudio.scripts.notes import Notes
from biasstudio.scripts.own_files import own_data
from biasstudio.scripts.values import Event, Unknown
from biasstudio.spec.arguments import SpecError
from biasstudio.spec.data_set_types import NONE
from biasstudio.spec.data_sets import DATA_SET_TYPES, DataSet
from biasstudio.spec.keras_data_types import SHARE, TEST_PART

# Where a data set differs from the one that the script names.
_DIFFERENCES = {
    "breast_cancer": "Its labels are the other way round here: 0 is benign.",
    "diabetes": "Its columns are as they were measured here; scikit-learn has scaled them.",
    "two_moons": "The points are drawn anew here, by another generator: they are others than scikit-learn's.",
    "circles": "The points are drawn anew here, by another generator: they are others than scikit-learn's.",
}


@dataclass(frozen=True)
class ReadData:
    """`data` is None where the script's own can't be read; the others are None where the script doesn't say them."""

    data: DataSet | None = None
    sample_shape: tuple[int | None, ...] | None = None
    validation_share: float | None = None
    batch_size: Any = None
    shuffle: bool | None = None
    named: bool = False
    """Whether the script trains on any."""
    labels: tuple[float, ...] = ()
    """As in ScriptReading."""


def read_data(event: Event | None, folder: Path | None, shape: Any, loss: str | None, notes: Notes) -> ReadData:
    """What the network is trained on by `event`; `shape` is its input's as far as the script says it, as is `loss`."""
    if event is None or event.method == "wrapped":
        return ReadData()
    given = fit_arguments(event)
    given_x = given.get("x")
    pairs = given_x if isinstance(given_x, Pairs) else Pairs(given_x, given.get("y"))
    x = pairs.x
    if not isinstance(x, Array):
        _say_unknown(x, event, notes)
        return ReadData(named=True)
    found = ReadData(
        sample_shape=None if x.shape is None else x.shape[1:],
        batch_size=pairs.batch_size,
        shuffle=pairs.shuffled if pairs is given_x else None,
        named=True,
    )
    data = _data_set(x, pairs.y, shape, folder, loss, notes)
    if data is None:
        return found
    _say_steps(pairs, event, notes)
    labels = given_labels(data, pairs)
    if labels:
        say_labels(labels, pairs.y.source.line, loss, notes)
    share, data = _validation(data, x, given, event, notes)
    return replace(found, data=data, validation_share=share, labels=labels if loss is not None else ())


def _data_set(x: Array, y: Any, shape: Any, folder: Path | None, loss: str | None, notes: Notes) -> DataSet | None:
    """The data set that `x` comes from; None, with a note, where it can't be had."""
    kind, chance = x.source.kind, x.share is not None
    if not kind:
        notes.add(x.source.line, f"{x.source.what} {CHOOSE}")
        return None
    try:
        if DATA_SET_TYPES[kind].own:
            return own_data(x, y, _scaling(x, notes), folder, chance, loss, notes)
        return _known_data(x, shape, chance, notes)
    except SpecError as error:
        reason = str(error).removeprefix(f"data {kind}: ").rstrip(".")
        notes.add(x.source.line, f"The data are not read: {reason}. {CHOOSE}")
        return None


def _say_steps(pairs: Pairs, event: Event, notes: Notes) -> None:
    """What was done to the data and isn't read, and where they differ from the script's."""
    for part in (pairs, pairs.x, pairs.y):
        for note in part.unread if isinstance(part, Array | Pairs) else ():
            notes.add(note.line, note.sentence)
    _say_targets(pairs.x, pairs.y, event, notes)
    if pairs.x.source.kind in _DIFFERENCES:
        notes.add(pairs.x.source.line, _DIFFERENCES[pairs.x.source.kind])


CHOOSE = "Other data stand in their place: choose the right ones in the window."


def _say_unknown(x: Any, event: Event, notes: Notes) -> None:
    what = described(x) if not isinstance(x, list | tuple | dict) else "a list in the script"
    if x is None:
        notes.add(event.line, f"fit is given no data. {CHOOSE}")
    elif isinstance(x, list | tuple | dict):
        notes.add(event.line, f"The data of fit are {what}, which is not read. {CHOOSE}")
    else:
        notes.add(event.line, f"What {what} holds is only known when the script runs. {CHOOSE}")


def _say_targets(x: Array, y: Any, event: Event, notes: Notes) -> None:
    if isinstance(y, Array) and y.role == INPUTS == x.role and y.source == x.source:
        notes.add(
            event.line, "The network is trained to give its inputs again; here its targets are those of the data."
        )
        return
    if isinstance(y, Array) and y.source.kind == x.source.kind and y.source.line == x.source.line:
        return
    if x.source.kind in ("npz", "npy") and isinstance(y, Array):
        return
    if isinstance(y, Array) and y.source.kind:
        what = " come from other data than the inputs"
    else:
        what = f", {described(y)}, can't be read" if isinstance(y, Unknown) else " can't be read"
    notes.add(event.line, f"The targets of fit{what}: those that belong to the inputs are taken.")


def _scaling(x: Array, notes: Notes) -> str:
    if x.scaling != CENTRED:
        return x.scaling
    notes.add(x.source.line, "Subtracting the mean without dividing by the deviation is not read.")
    return NONE


def _known_data(x: Array, shape: Any, chance: bool, notes: Notes) -> DataSet:
    """A data set of the catalogue. Raises SpecError."""
    kind = x.source.kind
    wanted = dict(x.source.options) | {"scaling": _scaling(x, notes), "shuffled": chance}
    known = {argument.name for argument in DATA_SET_TYPES[kind].parameters}
    if "channel" in known:
        sample = x.shape[1:] if x.shape is not None else shape
        wanted["channel"] = isinstance(sample, tuple) and len(sample) == 3
    parameters = {name: value for name, value in wanted.items() if name in known}
    unknown = [name for name, value in parameters.items() if isinstance(value, Unknown)]
    for name in unknown:
        notes.add(x.source.line, f"What {described(parameters.pop(name))} is only known when the script runs.")
    if "maxlen" in known and "maxlen" not in parameters:
        parameters |= _text_length(x, shape, notes)
    return DataSet.of(kind, **parameters)


def _text_length(x: Array, shape: Any, notes: Notes) -> Mapping[str, Any]:
    """The words of each text where the script doesn't bring them to one length in a way that is read."""
    if isinstance(shape, tuple) and len(shape) == 1 and isinstance(shape[0], int) and shape[0] <= 10_000:
        if not x.unread:
            notes.add(
                x.source.line, f"How the texts become {shape[0]} numbers is not read: here they are as many words."
            )
        return {"maxlen": shape[0]}
    return {}


def _validation(
    data: DataSet, x: Array, given: Mapping[str, Any], event: Event, notes: Notes
) -> tuple[float | None, DataSet]:
    """The share that validates where it isn't validation_split's, and the data with what validates."""
    held = given.get("validation_data")
    held = held.x if isinstance(held, Pairs) else held[0] if isinstance(held, list | tuple) and held else held
    split = is_number(given.get("validation_split")) and given["validation_split"] > 0
    known = {argument.name for argument in data.type.parameters}
    if x.part == TEST:
        notes.add(event.line, "The script trains on the test part; here it is the other part that trains.")
    if held is not None and "validation" in known and _is_test_part(held, x):
        return 0.0, data.change(validation=TEST_PART)
    data = data.change(validation=SHARE) if "validation" in known else data
    if x.share is not None and not split:
        percent = f"{100 * x.share:g} %"
        if x.source.kind != "images":
            notes.add(
                x.source.line if held is None else event.line,
                f"The script keeps {percent} of the samples back, drawn at random; here the last {percent} validate.",
            )
        return x.share, data
    if x.share is not None:
        notes.add(event.line, "What train_test_split keeps back is not kept back here.")
    if held is not None:
        what = described(held) if not isinstance(held, Array) else "other samples"
        notes.add(event.line, f"validation_data of fit, {what}, is not read: set a validation share in the window.")
    return None, data


def _is_test_part(held: Any, x: Array) -> bool:
    return isinstance(held, Array) and held.part == TEST and held.source.kind == x.source.kind and x.share is None
