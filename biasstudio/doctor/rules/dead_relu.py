"""dead-relu: units that are 0 for every sample, so that no gradient comes through them."""

from collections.abc import Iterator

import numpy as np

from biasstudio.doctor.biases import own_bias_path, start_of_bias, units_in_words
from biasstudio.doctor.case import Case
from biasstudio.doctor.dead_layers import RELUS, dies_behind, is_dead, owner_of, remedy_of, what_to_do
from biasstudio.doctor.deaths import stands_since
from biasstudio.doctor.figures import figure
from biasstudio.doctor.finding import Finding, Severity
from biasstudio.doctor.network import NetworkLayer


def dead_relu(case: Case, *, many: float = 0.8, sigmas: float = 4.0) -> Iterator[Finding]:
    """`many`: share of a layer's units from which on it is a warning, and not a note: networks that learn well have
    more than half of them dead at times. `sigmas`: before training, how many standard deviations of what comes from the
    inputs a bias must be below zero."""
    if case.data is not None and case.data.all_alike:
        return  # every sample is the same: that a unit is 0 for all of them says nothing of the unit
    for layer in case.layers:
        if layer.activation not in RELUS:
            continue
        if case.probe is None:
            yield from _at_start(case, layer, many, sigmas)
        elif layer.name in case.probe.layers and case.probe.is_finite:
            active = case.probe.layers[layer.name].active
            # What isn't finite is not above 0 either, and is another rule's.
            dead = np.flatnonzero((active == 0) & np.isfinite(case.probe.layers[layer.name].high))
            seen = f"active on none of the {case.probe.samples:,} samples looked at"
            if len(dead) and dies_behind(case, layer) is None:
                yield _finding(case, layer, dead, len(active), f"is {seen}" if len(dead) == 1 else f"are {seen}", many)


def _at_start(case: Case, layer: NetworkLayer, many: float, sigmas: float) -> Iterator[Finding]:
    """Of the first layer with weights, where only the start and the data are known."""
    biases, deviation = start_of_bias(case, layer), _deviation_from_inputs(case, layer)
    if biases is None or deviation is None or case.trained:
        return
    dead = np.flatnonzero(biases < -sigmas * deviation)
    if len(dead):
        verb = "starts" if len(dead) == 1 else "start"
        below = f"more than {figure(sigmas)} standard deviations ({figure(deviation, 3)}) of what comes from the inputs"
        text = f"{verb} {below} below 0"
        yield _finding(case, layer, dead, len(biases), text, many)


def _deviation_from_inputs(case: Case, layer: NetworkLayer) -> float | None:
    """The root of fan_in Var(W) E[x²] (arXiv 1502.01852), for a Dense layer that gets the data themselves.

    Not of images: a patch of bright pixels gives many times what the mean over all of them says.
    """
    spec, data = layer.layer, case.data
    if spec is None or data is None or layer.inputs or layer.class_name != "Dense" or len(data.shape) != 1:
        return None
    deviation = spec.get("kernel_initializer").standard_deviation((len(data.mean), spec.get("units")))
    if deviation is None:
        return None
    return float(deviation * np.sqrt(np.sum(data.mean**2 + data.deviation**2)))


def _finding(case: Case, layer: NetworkLayer, dead: np.ndarray, total: int, what: str, many: float) -> Finding:
    everything = len(dead) == total and len(case.layers) > 1 and all(len(each.inputs) <= 1 for each in case.layers)
    owner = owner_of(case, layer)
    since = _since(case, owner) if len(dead) == total else None
    return Finding(
        "dead-relu",
        Severity.ERROR if everything else Severity.WARNING if len(dead) >= many * total else Severity.NOTE,
        layer.name,
        f"{'All' if len(dead) == total else len(dead)}"
        + ("" if len(dead) == total else f" of {total}")
        + f" units of {layer.name} {'is' if len(dead) == 1 and total > 1 else 'are'} dead.",
        (
            f"All {total} units {what}."
            if 1 < total == len(dead)
            else f"Of {total} units {len(dead)} {what}: {units_in_words(dead)}."
        )
        + (" Nothing of the input gets past this layer." if everything else "")
        + (f" Their biases have stood still since step {since:,}." if since is not None else "")
        + _behind(case, layer),
        what_to_do(owner),
        step=since if since is not None else case.probe.step if case.probe is not None else None,
        why="A ReLU that is 0 for every sample has no gradient, so neither its weights nor its bias can bring it back.",
        vector=own_bias_path(case, owner) if owner is not None else "",
        unit=int(dead[0]),
        source="https://arxiv.org/abs/1903.06733",
        remedy=remedy_of(layer, owner),
        follows="non-finite" if _is_lost(case) else "",
    )


def _since(case: Case, owner: NetworkLayer | None) -> int | None:
    """The first step from which on the biases of a layer that is dead now stand still; None where that isn't known."""
    trajectory = case.trajectory
    path = own_bias_path(case, owner) if owner is not None and owner.biases_learn else ""
    if trajectory is None or not path:
        return None
    since = stands_since(trajectory, trajectory.history.place(path))
    return since if since < trajectory.last_step else None


def _behind(case: Case, cause: NetworkLayer) -> str:
    """What is dead only because nothing comes to it is said with its cause."""
    dead = [layer.name for layer in case.layers if is_dead(case, layer) and dies_behind(case, layer) == cause]
    named = f"{', '.join(dead[:-1])} and {dead[-1]}" if len(dead) > 1 else "".join(dead)
    return f" All units of {named} are dead only because nothing else comes to them." if dead else ""


def _is_lost(case: Case) -> bool:
    """Whether the training is over, because the loss is no number any more."""
    history = case.history
    return (
        history is not None and case.trained and not np.isfinite(history.metrics_at(history.last_step).get("loss", 0))
    )
