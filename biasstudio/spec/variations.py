"""Variations of an experiment: twins with other biases, and sweeps of initializers by seeds."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from biasstudio.spec.arguments import SpecError
from biasstudio.spec.bias_shapes import bias_pieces
from biasstudio.spec.experiment import Experiment
from biasstudio.spec.initializers import INITIALIZER_TYPES, Initializer
from biasstudio.spec.stack import Layer

MAXIMUM_RUNS = 200
NO_BIAS = "no bias"
"""What a variation without the bias is called; its initializer is None."""


@dataclass(frozen=True)
class Variation:
    """One experiment of a twin or a sweep, and what sets it apart. Without `initializer` the bias is off."""

    experiment: Experiment
    label: str
    initializer: Initializer | None
    seed: int


def layers_with_bias(experiment: Experiment) -> tuple[Layer, ...]:
    """The layers whose bias is on and starts from its initializer, in the stack's order."""
    if experiment.weights is not None:
        return ()
    return tuple(layer for layer in experiment.stack.layers if layer.has_bias)


def initializer_label(initializer: Initializer | None) -> str:
    """Its name, with the parameters that are not Keras's defaults: RandomNormal(stddev=0.2)."""
    if initializer is None:
        return NO_BIAS
    given = dict(initializer.parameters)
    changed = [
        f"{argument.name}={_short(argument.format(given[argument.name]))}"
        for argument in initializer.type.parameters
        if given[argument.name] != argument.default
    ]
    return f"{initializer.name}({', '.join(changed)})" if changed else initializer.name


def _short(text: str) -> str:
    return text if len(text) <= 16 else text[:15] + "…"


def fitting_initializers(experiment: Experiment, layer: str | None = None) -> tuple[str, ...]:
    """Names of the initializers that fit the bias of `layer`, or at least one of all biases. Raises SpecError."""
    layers = _biases(experiment, layer)
    return tuple(name for name in INITIALIZER_TYPES if any(_fits(each, Initializer.of(name)) for each in layers))


def without_biases(experiment: Experiment, layer: str | None = None) -> Experiment:
    """No bias in `layer`, or in any; all else as it was. Raises SpecError where there is none to switch off."""
    changed = experiment.stack
    for each in _biases(experiment, layer):
        changed = changed.with_layer(each.with_bias(False))
    return replace(experiment, stack=changed)


def with_bias_initializer(experiment: Experiment, initializer: Initializer, layer: str | None = None) -> Experiment:
    """`initializer` on the bias of `layer`, or on every bias that it fits. Raises SpecError where it fits none."""
    # For the one layer that was asked for, the stack itself says why it doesn't fit.
    fitting = [each for each in _biases(experiment, layer) if layer is not None or _fits(each, initializer)]
    if not fitting:
        raise SpecError(f"{initializer_label(initializer)} fits the bias of no layer in this stack.")
    changed = experiment.stack
    for each in fitting:
        changed = changed.with_layer(each.with_bias_initializer(initializer))
    return replace(experiment, stack=changed)


def with_seed(experiment: Experiment, seed: int) -> Experiment:
    """The same from another seed. Raises SpecError."""
    return experiment.change_training(seed=seed)


def variation_of(experiment: Experiment, initializer: Initializer | None, layer: str | None = None) -> Variation:
    """A twin: the same experiment and seed with another initializer, or None for no bias. Raises SpecError."""
    if initializer is None:
        varied = without_biases(experiment, layer)
    else:
        varied = with_bias_initializer(experiment, initializer, layer)
    seed = experiment.training.seed
    return Variation(varied, f"{initializer_label(initializer)} · seed {seed}", initializer, seed)


def sweep_of(
    experiment: Experiment, layer: str | None, initializers: Iterable[Initializer | None], seeds: Iterable[int]
) -> tuple[Variation, ...]:
    """Every initializer with every seed, on the bias of `layer` or on all; None among them for no bias.

    Seed by seed, so that a sweep that is stopped early has still tried all initializers. Raises SpecError.
    """
    kinds, numbers = tuple(dict.fromkeys(initializers)), tuple(dict.fromkeys(seeds))
    if not kinds or not numbers:
        raise SpecError(f"A sweep needs at least one {'initializer' if not kinds else 'seed'}.")
    if len(kinds) * len(numbers) > MAXIMUM_RUNS:
        raise SpecError(
            f"{len(kinds)} initializers with {len(numbers)} seeds are {len(kinds) * len(numbers):,} runs; a sweep "
            f"takes up to {MAXIMUM_RUNS}."
        )
    seeded = (with_seed(experiment, seed) for seed in numbers)
    return tuple(variation_of(each, kind, layer) for each in seeded for kind in kinds)


def _biases(experiment: Experiment, name: str | None) -> list[Layer]:
    """The layers to vary: `name`, or all that have a bias. Raises SpecError where there is no bias."""
    found = [layer for layer in layers_with_bias(experiment) if name in (None, layer.name)]
    if not found:
        raise _nothing_to_vary(experiment, name)
    return found


def _nothing_to_vary(experiment: Experiment, name: str | None) -> SpecError:
    if experiment.weights is not None:
        return SpecError(
            f"The network starts from the weights of {experiment.weights.path.name}, so initializers don't count: drop "
            "the file's weights to vary them."
        )
    if name is None or not layers_with_bias(experiment):
        return SpecError("No layer of this stack has a bias: there is nothing to vary.")
    named = next((layer for layer in experiment.stack.layers if layer.name == name), None)
    if named is None:
        return SpecError(f"There is no layer {name!r} in this stack.", layer=name)
    reason = "its bias is switched off" if named.bias_parts else f"a {named.class_name} layer has no bias"
    return SpecError(f"{name}: {reason}, so there is nothing to vary.", layer=name)


def _fits(layer: Layer, initializer: Initializer) -> bool:
    listed = initializer.name == "Constant" and isinstance(initializer.get("value"), tuple)
    if listed and any(piece.shape is None or piece.shape[-1] is None for piece in bias_pieces(layer)):
        # How long this vector is only the input tells.
        return False
    try:
        layer.with_bias_initializer(initializer)
    except SpecError:
        return False
    return True
