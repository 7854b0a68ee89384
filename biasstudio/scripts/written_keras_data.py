"""Keras's own data sets in a script."""

import ast
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from biasstudio.scripts.patterns import Alternatives, Pattern, find_in_turn
from biasstudio.scripts.written_steps import filled
from biasstudio.spec.data_set_types import NONE, PIXELS, STANDARDISE
from biasstudio.spec.data_sets import DataSet
from biasstudio.spec.keras_data_types import KERAS_TYPES, SHARE, TEST_PART

_PREFIX = "keras_"
_GREY = ("mnist", "fashion_mnist")
_TEXTS = ("imdb", "reuters")
_PHOTOGRAPHS = ("cifar10", "cifar100")
_AXES = 'axis=_AXES_, dtype="float64"'
# What is written for both parts has {x} and {y} in place of their names.
_MEASURED = f"""\
mean, deviation = x.mean({_AXES}), x.std({_AXES})
deviation = np.where(deviation == 0, 1, deviation)
{{x}} = (({{x}} - mean) / deviation).astype("float32")"""


def _parts(lines: str, validation: str) -> Pattern:
    """The lines for the training part, and where the test part validates those that change something for it too."""
    here = lines.format(x="x", y="y")
    if validation == SHARE:
        return Pattern(here)
    changes = "\n".join(line for line in lines.splitlines() if line.startswith("{"))
    return Pattern(f"{here}\n{changes.format(x='x_test', y='y_test')}")


def _loading(name: str, validation: str) -> Pattern:
    rest = "(x_test, y_test)" if validation == TEST_PART else "_"
    given = "num_words=_WORDS_" if name in _TEXTS else "label_mode=_LABELS_" if name == "cifar100" else ""
    return Pattern(f"(x, y), {rest} = keras.datasets.{name}.load_data({given})")


def _steps(validation: str) -> tuple[Alternatives, ...]:
    """What is written in turn, each with what stands for it."""
    scaled = {
        STANDARDISE: _parts(_MEASURED, validation),
        PIXELS: _parts('{x} = {x}.astype("float32") / 255', validation),
        "words": _parts('{x} = keras.utils.pad_sequences({x}, maxlen=_MAXLEN_).astype("float32")', validation),
        NONE: _parts('{x} = {x}.astype("float32")', validation),
    }
    targets = {
        "labels in columns": _parts('{y} = {y}[:, 0].astype("int32")', validation),
        "labels": _parts('{y} = {y}.astype("int32")', validation),
        "numbers": _parts('{y} = {y}.astype("float32")', validation),
    }
    return (
        {kind.name: _loading(kind.name.removeprefix(_PREFIX), validation) for kind in KERAS_TYPES},
        {True: _parts("{x} = {x}[..., np.newaxis]", validation), False: None},
        scaled,
        {True: _parts("{x} = {x}[..., 0]", validation), False: None},
        targets,
    )


_STEPS = {validation: _steps(validation) for validation in (TEST_PART, SHARE)}


def write_keras_data(data: DataSet) -> str:
    """The text for one of Keras's own data sets."""
    given, name = dict(data.parameters), data.name.removeprefix(_PREFIX)
    scaling = "words" if name in _TEXTS else given["scaling"]
    # Along the channel it is standardised, so there must be one.
    squeezed = name in _GREY and not given["channel"] and scaling == STANDARDISE
    channel = name in _GREY and (given["channel"] or squeezed)
    targets = "labels in columns" if name in _PHOTOGRAPHS else "labels" if data.type.classes else "numbers"
    values: dict[str, Any] = {
        "words": given.get("num_words"),
        "maxlen": given.get("maxlen"),
        "labels": given.get("labels"),
        "axes": (0, 1, 2) if len(data.type.sample_shape) > 1 else (0,),
    }
    chosen = (data.name, channel, scaling, squeezed, targets)
    steps = zip(_STEPS[given["validation"]], chosen, strict=True)
    return "\n".join(line for alternatives, key in steps for line in filled(alternatives, key, values))


def find_keras_data(statements: Sequence[ast.stmt], _folder: Path | None) -> tuple[DataSet, int] | None:
    """The data set that the first of `statements` load, and how many of them do. Raises SpecError."""
    for validation, steps in _STEPS.items():
        found = find_in_turn(statements, steps)
        if found is not None:
            (name, channel, scaling, squeezed, _), values, count = found
            wanted = {
                "num_words": values.get("words"),
                "maxlen": values.get("maxlen"),
                "labels": values.get("labels"),
                "channel": channel and not squeezed,
                "scaling": scaling,
                "validation": validation,
            }
            known = {argument.name for argument in DataSet.of(name).type.parameters}
            return DataSet.of(name, **{key: value for key, value in wanted.items() if key in known}), count
    return None
