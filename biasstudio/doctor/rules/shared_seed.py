"""shared-seed: the biases of two layers start from the very same random values."""

from collections import defaultdict
from collections.abc import Iterator

import numpy as np

from biasstudio.doctor.case import Case
from biasstudio.doctor.figures import figures
from biasstudio.doctor.finding import Finding, Severity
from biasstudio.doctor.network import NetworkLayer
from biasstudio.doctor.remedy import Remedy
from biasstudio.recording.history import Floats
from biasstudio.recording.network import BiasVector
from biasstudio.spec.initializers import Initializer
from biasstudio.spec.stack import Layer


def shared_seed(case: Case, *, least_values: int = 2) -> Iterator[Finding]:
    """`least_values`: how many different values a gate of a vector must have to count as drawn at random."""
    history = case.history
    if history is None or not history.size or case.from_file:
        return
    start = history.frame(0)
    alike: dict[tuple[tuple[int, ...], bytes], list[BiasVector]] = defaultdict(list)
    for vector in history.vectors:
        values = start[history.place(vector.path)]
        if _is_random(vector, values, least_values) and not _is_given(case.layer_of(vector)):
            alike[vector.shape, values.tobytes()].append(vector)
    for vectors in alike.values():
        if len(vectors) > 1:
            yield _finding(case, vectors, start[history.place(vectors[0].path)])


def _is_random(vector: BiasVector, values: Floats, least_values: int) -> bool:
    # The gates of an LSTM may start from two constants.
    rows = values.reshape(-1, vector.shape[-1] // max(1, len(vector.gates)) if vector.shape else 1)
    return any(len(np.unique(row)) >= least_values for row in rows)


def _initializers(layer: Layer) -> Iterator[tuple[str, Initializer]]:
    """Of each layer in it, and itself, that has a bias: the argument, and how the bias starts."""
    for _path, part in layer.parts():
        role = part.type.bias
        if role is not None and part.get(role.toggle):
            yield role.initializer, part.get(role.initializer)


def _is_given(layer: NetworkLayer | None) -> bool:
    """Whether the values are none that are drawn, such as a list."""
    if layer is None or layer.layer is None:
        return False
    return all(
        initializer.name in ("Constant", "Zeros", "Ones", "Identity") for _, initializer in _initializers(layer.layer)
    )


def _finding(case: Case, vectors: list[BiasVector], values: Floats) -> Finding:
    layers = list(dict.fromkeys(vector.layer for vector in vectors))
    names = _listed([vector.path for vector in vectors])
    shown = figures(values, most=3)
    return Finding(
        "shared-seed",
        Severity.NOTE,
        layers[-1],
        f"{names} start from the same random values.",
        f"All {len(values):,} values are equal at step 0, to the last digit: {shown}. "
        "So they came from the same seed, or from one initializer that serves several layers.",
        "Give each layer an initializer of its own, or each a seed of its own.",
        0,
        why="Layers that start alike are not drawn independently, as initializers mean them to be.",
        vector=vectors[-1].path,
        source="https://keras.io/api/layers/initializers/",
        remedy=_unseeded(case, vectors[1:]),
    )


def _listed(names: list[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) < 5 else f"{', '.join(names[:3])} and others"


def _unseeded(case: Case, vectors: list[BiasVector]) -> Remedy | None:
    """All but the first drawn from the experiment's seed, where the layers' own initializers hold the seed."""
    changes = {}
    for vector in vectors:
        layer = case.layer_of(vector)
        role = layer.layer.type.bias if layer is not None and layer.layer is not None else None
        if layer is None or layer.layer is None or role is None:
            return None
        initializer = layer.layer.get(role.initializer)
        if dict(initializer.parameters).get("seed") is None:
            return None
        changes[layer.name] = ((role.initializer, initializer.change(seed=None)),)
    return Remedy("Let each bias draw its own values", layers=tuple(changes.items()))
