"""Why a bias vector stands still: the most specific cause that what is known proves."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from biasstudio.doctor.case import Case
from biasstudio.doctor.dead_layers import RELUS, dies_behind, is_dead, owner_of, remedy_of, what_to_do
from biasstudio.doctor.figures import figure
from biasstudio.doctor.finding import Severity
from biasstudio.doctor.network import NetworkLayer
from biasstudio.doctor.normalising import normalised_by
from biasstudio.doctor.remedy import Remedy
from biasstudio.doctor.stuck import stuck
from biasstudio.recording.network import BiasVector
from biasstudio.spec.initializers import Initializer
from biasstudio.spec.learning import WHO_LEARNS
from biasstudio.spec.optimizers import OPTIMIZER_TYPES

_STUCK_STEPS = 10


@dataclass(frozen=True)
class StillCause:
    """`reason` is a whole sentence; `where` the layer at fault, "" for that of the vector. The same cause may keep many
    vectors still. `proven` is off where it is only said that no gradient came."""

    severity: Severity
    reason: str
    fix: str
    why: str = "What doesn't move can't learn."
    where: str = ""
    follows: str = ""
    source: str = "https://keras.io/guides/transfer_learning/"
    remedy: Remedy | None = None
    proven: bool = True


def causes_of(case: Case, vectors: Iterable[BiasVector]) -> dict[StillCause, list[BiasVector]]:
    """The vectors by what keeps them still, in their order."""
    found: dict[StillCause, list[BiasVector]] = {}
    unexplained = []
    for vector in vectors:
        layer = case.layer_of(vector)
        cause = next(filter(None, (known(case, vector, layer) for known in _KNOWN)), None)
        if cause is None:
            unexplained.append(vector)
        else:
            found.setdefault(cause, []).append(vector)
    if unexplained:
        found[_no_gradient(case, unexplained)] = unexplained
    return found


def _no_learning_rate(case: Case, _vector: BiasVector, _layer: NetworkLayer | None) -> StillCause | None:
    training = case.training
    if training is None or training.learning_rate != 0 or case.scheduled:
        return None
    usual = OPTIMIZER_TYPES[training.optimizer].learning_rate
    return StillCause(
        Severity.ERROR,
        "The learning rate is 0, so every step has the length 0.",
        f"Set the learning rate above 0; {training.optimizer} usually starts with {figure(usual)}.",
        source="https://keras.io/api/optimizers/",
        remedy=Remedy(f"Set the learning rate to {figure(usual)}", training=(("learning_rate", usual),)),
    )


def _unknown_layer(_case: Case, _vector: BiasVector, layer: NetworkLayer | None) -> StillCause | None:
    if layer is not None and layer.layer is not None:
        return None
    return StillCause(
        Severity.NOTE,
        "Whether training is to change it isn't known here: a layer that was frozen on purpose stays as it is.",
        "If it is meant to learn, look whether its layer is trainable and whether the loss depends on it.",
    )


def _not_trained(_case: Case, _vector: BiasVector, layer: NetworkLayer | None) -> StillCause | None:
    if layer is None or layer.biases_learn:
        return None
    return StillCause(
        Severity.NOTE,
        f"That is as it was chosen: of its layer {WHO_LEARNS[layer.learns]} learns."
        if layer.frozen
        else f"That is as it was chosen: of its layer {WHO_LEARNS[layer.learns]} learn.",
        "Nothing needs to be done, unless the bias is meant to learn.",
        why="Good to know when its panels show a straight line.",
    )


def _softmax_one_unit(case: Case, _vector: BiasVector, layer: NetworkLayer | None) -> StillCause | None:
    for other in case.layers if layer is not None else ():
        single = other.activation == "softmax" and other.output_shape is not None and other.output_shape[-1:] == (1,)
        if single and layer is not None and layer.name in case.only_through(other.name):
            return StillCause(
                Severity.ERROR,
                f"The softmax over one unit of {other.name} is 1 whatever comes in, so no gradient comes out of it.",
                "Use sigmoid as its activation.",
                where=other.name,
                follows="softmax-one-unit",
                source="https://keras.io/api/layers/activations/#softmax-function",
                remedy=_activation(other, "sigmoid"),
            )
    return None


def _rounded_away(case: Case, vector: BiasVector, layer: NetworkLayer | None) -> StillCause | None:
    trajectory = case.trajectory
    if trajectory is None or layer is None or not stuck(case, trajectory, _STUCK_STEPS)[trajectory.place(vector)].all():
        return None
    return StillCause(
        Severity.WARNING,
        "Its values are so large that float32 rounds every step away.",
        "Scale the targets so that such a bias isn't needed, or raise the learning rate.",
        follows="float32-stuck",
        source="https://numpy.org/doc/stable/reference/generated/numpy.spacing.html",
    )


def _of_keys(_case: Case, vector: BiasVector, layer: NetworkLayer | None) -> StillCause | None:
    attention = layer is not None and layer.class_name in ("MultiHeadAttention", "GroupQueryAttention")
    if not attention or not vector.path.endswith("/key/bias"):
        return None
    return StillCause(
        Severity.NOTE,
        "The bias of an attention's keys has no effect, so its gradient is 0 but for rounding.",
        "Nothing needs to be done.",
        why="It would change nothing if it moved.",
        follows="key-bias",
        source="https://arxiv.org/abs/2302.08626",
    )


def _normalised_away(case: Case, _vector: BiasVector, layer: NetworkLayer | None) -> StillCause | None:
    normalising = normalised_by(case, layer) if layer is not None else None
    if normalising is None or layer is None:
        return None
    return StillCause(
        Severity.NOTE,
        f"{normalising.name} subtracts what it adds, so its gradient is 0 but for rounding.",
        f"Switch the bias of {layer.name} off.",
        why="It would change nothing if it moved.",
        follows="bias-before-batchnorm",
        source="https://arxiv.org/abs/1502.03167",
        remedy=Remedy(f"Switch the bias of {layer.name} off", layers=((layer.name, (("use_bias", False),)),)),
    )


def _disconnected(case: Case, _vector: BiasVector, layer: NetworkLayer | None) -> StillCause | None:
    if layer is None or case.after(layer.name) or case.layers[-1].name == layer.name:
        return None
    return StillCause(
        Severity.WARNING,
        f"No layer takes the output of {layer.name}, and the loss doesn't depend on it.",
        f"Connect {layer.name} to the output, or remove it.",
    )


def _dead(case: Case, _vector: BiasVector, layer: NetworkLayer | None) -> StillCause | None:
    """Of several dead layers the first: those behind it may be dead only because nothing comes to them."""
    if case.probe is None or layer is None:
        return None
    closed = (other for other in case.layers if is_dead(case, other) and layer.name in case.only_through(other.name))
    nearest = next(closed, None)
    if nearest is None:
        return None
    first = dies_behind(case, nearest) or nearest
    owner = owner_of(case, first)
    return StillCause(
        _how_bad(case, first),
        f"All units of {first.name} give 0 for each of {case.probe.samples:,} samples, and a ReLU that gives 0 lets no "
        "gradient through.",
        what_to_do(owner),
        where=first.name,
        follows="dead-relu",
        source="https://arxiv.org/abs/1903.06733",
        remedy=remedy_of(first, owner),
    )


def _no_gradient(case: Case, vectors: list[BiasVector]) -> StillCause:
    """Said of the layer nearest to the output; those before it get their gradients through it."""
    names = [layer.name for vector in vectors if (layer := case.layer_of(vector)) is not None]
    last = next(layer for layer in reversed(case.layers) if layer.name in names)
    function, low = case.function_after(last), _mean_of_start(case, last)
    told, remedy = "", None
    if function in RELUS:
        told = f" What it gives goes through {function}, which lets no gradient through where its input is below 0"
        told += f"; its biases start at {figure(low, 3)} in the mean." if low < 0 else "."
        remedy = _zeros(last) if low < 0 else None
    return StillCause(
        _how_bad(case, last),
        f"No gradient has reached {last.name}.{told}",
        "Start its biases from zeros."
        if remedy
        else f"Look for what stops the gradient between {last.name} and the "
        "loss: an activation that is flat, a loss that is, or weights of 0.",
        where=last.name,
        source="https://arxiv.org/abs/1903.06733" if function in RELUS else StillCause.source,
        remedy=remedy,
        proven=False,
    )


def _how_bad(case: Case, layer: NetworkLayer) -> Severity:
    """Where nothing comes through the output's own layer, nothing at all is learned."""
    head = case.head
    return Severity.ERROR if head is not None and head.layer.name == layer.name else Severity.WARNING


def _mean_of_start(case: Case, layer: NetworkLayer) -> float:
    trajectory = case.trajectory
    own = [vector for vector in trajectory.vectors if case.layer_of(vector) == layer] if trajectory is not None else []
    return float(np.mean(trajectory.start[trajectory.place(own[0])])) if own and trajectory is not None else 0.0


def _zeros(layer: NetworkLayer) -> Remedy | None:
    role = layer.layer.type.bias if layer.layer is not None else None
    if role is None or layer.layer is None or layer.layer.get(role.initializer) == Initializer.of("Zeros"):
        return None
    zeros = ((role.initializer, Initializer.of("Zeros")),)
    return Remedy(f"Start the bias of {layer.name} from zeros", layers=((layer.name, zeros),))


def _activation(layer: NetworkLayer, activation: str) -> Remedy | None:
    if layer.layer is None or "activation" not in dict(layer.layer.arguments):
        return None
    return Remedy(
        f"Set the activation of {layer.name} to {activation}", layers=((layer.name, (("activation", activation),)),)
    )


_Known = Callable[[Case, BiasVector, NetworkLayer | None], StillCause | None]
_KNOWN: tuple[_Known, ...] = (
    _not_trained,
    _no_learning_rate,
    _unknown_layer,
    _softmax_one_unit,
    _rounded_away,
    _of_keys,
    _normalised_away,
    _disconnected,
    _dead,
)
