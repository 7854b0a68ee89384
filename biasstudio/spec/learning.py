"""Who learns: what of a layer training may change; and why a network has nothing that could learn."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from biasstudio.spec.arguments import SpecError, shown

if TYPE_CHECKING:
    from biasstudio.spec.experiment import Experiment

ALL, WEIGHTS, BIASES, NOTHING = "all", "weights", "biases", "nothing"
WHO_LEARNS = {ALL: "weights and biases", WEIGHTS: "only weights", BIASES: "only biases", NOTHING: "nothing"}
"""What may be chosen for a layer, in words. A beta counts as a bias, a gamma as a weight."""


def check_learns(value: Any, layer: str) -> str:
    """`value` where it is one of WHO_LEARNS. Raises SpecError naming the layer."""
    if not isinstance(value, str) or value not in WHO_LEARNS:
        raise SpecError(
            f"{layer}: what learns is one of {', '.join(WHO_LEARNS)}, not {shown(value)}.",
            layer=layer,
            argument="learns",
        )
    return value


def learning_count(learns: str, weights: int, biases: int) -> int:
    """How many parameters learn in a layer that has so many weights and biases that can."""
    return {ALL: weights + biases, WEIGHTS: weights, BIASES: biases, NOTHING: 0}[learns]


def learning_fault(experiment: "Experiment", sizes: Mapping[str, tuple[int, int]]) -> SpecError | None:
    """Why nothing would come of training, or None. `sizes`: each built layer's weights and biases that can learn."""
    if not any(map(sum, sizes.values())):
        return SpecError("This network has neither weights nor biases: there is nothing to train.")
    if experiment.training.biases_only:
        if any(biases for _weights, biases in sizes.values()):
            return None
        return SpecError(
            "Only biases are to learn, but no layer of this network has one: switch a bias on, or “Biases only” off."
        )
    layers = [layer for layer in experiment.stack.layers if layer.name in sizes]
    for layer in layers:
        if layer.learns != ALL and not any(sizes[layer.name]):
            return SpecError(
                f"{layer.name} has neither weights nor biases, so there is nothing to choose of what learns in it: "
                f"set it back to {WHO_LEARNS[ALL]}.",
                layer=layer.name,
                argument="learns",
            )
    # A network that is a file's own has no layers in the stack: all of it learns.
    if not layers or any(learning_count(layer.learns, *sizes[layer.name]) for layer in layers):
        return None
    return SpecError("Nothing in this network learns: let at least one layer learn its weights or its biases.")


def learning_in_words(experiment: "Experiment") -> str:
    """Who learns, in few words, such as: all layers weights and biases, but dense only biases."""
    if experiment.training.biases_only:
        return "in all layers only biases"
    others = [f"{layer.name} {WHO_LEARNS[layer.learns]}" for layer in experiment.stack.layers if layer.learns != ALL]
    return f"in all layers {WHO_LEARNS[ALL]}{', but in ' if others else ''}{', in '.join(others)}"
