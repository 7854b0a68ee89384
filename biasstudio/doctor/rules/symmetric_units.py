"""symmetric-units: all units of a layer start alike and are trained alike, so they stay one unit."""

from collections.abc import Iterator

import numpy as np

from biasstudio.doctor.case import Case
from biasstudio.doctor.figures import figure
from biasstudio.doctor.finding import Finding, Severity
from biasstudio.doctor.network import NetworkLayer
from biasstudio.doctor.remedy import Remedy
from biasstudio.recording.history import Floats
from biasstudio.recording.network import BiasVector
from biasstudio.spec.initializers import Initializer

_RANDOM = {"kernel_initializer": "GlorotUniform", "recurrent_initializer": "Orthogonal"}


def symmetric_units(case: Case, *, least_steps: int = 10, tolerance: float = 1e-3) -> Iterator[Finding]:
    """`least_steps` must have been made; `tolerance`: how far units may lie apart, as a share of how far they moved."""
    trajectory = case.trajectory
    if trajectory is None or trajectory.steps < least_steps or case.from_file:
        return
    for vector in trajectory.vectors:
        layer = case.layer_of(vector)
        fields = _kernels(layer) if layer is not None else ()
        if layer is None or not fields or not _same_weights(layer, fields):
            continue
        place = trajectory.place(vector)
        start, now = _by_gate(vector, trajectory.start[place]), _by_gate(vector, trajectory.newest[place])
        moved = np.abs(now - start).max()
        if now.shape[1] < 2 or np.ptp(start, axis=1).any() or not moved:
            continue
        apart = np.ptp(now, axis=1).max()
        if not apart <= tolerance * moved:
            continue
        initializer = _initializer(layer, fields[0])
        yield Finding(
            "symmetric-units",
            Severity.WARNING,
            layer.name,
            f"The {now.shape[1]:,} units of {layer.name} do the work of one.",
            f"They all started alike, with {initializer} for their weights and {_alike(start)} for their biases, get "
            f"the same gradient, and are still alike after {trajectory.steps:,} steps: their biases moved by up to "
            f"{figure(moved, 3)} and lie {figure(apart, 1)} apart.",
            f"Start the weights of {layer.name} from random values, such as {_RANDOM[fields[0]]}.",
            trajectory.last_step,
            why="Units that are equal see the same in every sample, however many there are.",
            vector=vector.path,
            source="https://www.deeplearningbook.org/contents/optimization.html",
            remedy=Remedy(
                f"Start the weights of {layer.name} from random values",
                layers=((layer.name, tuple((field, Initializer.of(_RANDOM[field])) for field in fields)),),
            ),
        )


def _kernels(layer: NetworkLayer) -> tuple[str, ...]:
    arguments = dict(layer.layer.arguments) if layer.layer is not None else {}
    return tuple(field for field in _RANDOM if field in arguments)


def _initializer(layer: NetworkLayer, field: str) -> Initializer:
    found: Initializer = dict(layer.layer.arguments)[field] if layer.layer is not None else Initializer.of("Zeros")
    return found


def _same_weights(layer: NetworkLayer, fields: tuple[str, ...]) -> bool:
    return all(_is_constant(_initializer(layer, field)) for field in fields)


def _is_constant(initializer: Initializer) -> bool:
    if initializer.name == "Constant":
        return not isinstance(initializer.get("value"), tuple)
    return initializer.name in ("Zeros", "Ones")


def _by_gate(vector: BiasVector, values: Floats) -> Floats:
    """The values as one row for each gate: units are alike where they are within each."""
    rows = len(vector.gates) * int(np.prod(vector.shape[:-1])) if vector.gates else 1
    return values.reshape(rows, -1)


def _alike(start: Floats) -> str:
    values = np.unique(start)
    return figure(values[0], 3) if len(values) == 1 else "one value a gate"
