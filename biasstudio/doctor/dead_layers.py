"""Layers of which every ReLU is 0 for every sample: which die by themselves, which behind another, and what helps."""

from biasstudio.doctor.biases import zeros_remedy
from biasstudio.doctor.case import Case
from biasstudio.doctor.network import NetworkLayer
from biasstudio.doctor.remedy import Remedy

RELUS = ("relu", "relu6")


def is_dead(case: Case, layer: NetworkLayer) -> bool:
    """Whether a probe shows that all units of the layer give 0 for every sample."""
    if layer.activation not in RELUS or case.probe is None:
        return False
    seen = case.probe.layers.get(layer.name)
    return seen is not None and bool((seen.high <= 0).all())


def behind(case: Case) -> dict[str, NetworkLayer]:
    """The layers that get the same for every sample, as all that comes to them comes through dead ones: by their names
    the first of these."""
    found: dict[str, NetworkLayer] = {}
    dead: dict[str, NetworkLayer] = {}
    for layer in case.layers:
        causes = [found.get(name) or dead.get(name) for name in layer.inputs]
        first = causes[0] if causes else None
        if first is not None and None not in causes:
            found[layer.name] = first
        elif is_dead(case, layer):
            dead[layer.name] = layer
    return found


def dies_behind(case: Case, layer: NetworkLayer) -> NetworkLayer | None:
    """The dead layer that starves this one; None where it has a bias of its own that starts elsewhere than at zeros,
    and keeps it dead whatever comes in."""
    cause = behind(case).get(layer.name)
    owner = owner_of(case, layer)
    own_fault = is_dead(case, layer) and owner is not None and zeros_remedy(owner) is not None
    return None if own_fault else cause


def owner_of(case: Case, layer: NetworkLayer) -> NetworkLayer | None:
    """Whose bias goes into it: its own, or that of the layer before a ReLU that stands by itself."""
    if layer.has_own_bias:
        return layer
    before = case.layer(layer.inputs[0]) if len(layer.inputs) == 1 else None
    return before if before is not None and before.has_own_bias else None


def what_to_do(owner: NetworkLayer | None) -> str:
    others = "ower the learning rate, or take leaky_relu, which lets a gradient through."
    # What starts from zeros already can't be helped by that.
    starts_elsewhere = owner is not None and zeros_remedy(owner) is not None
    return f"Start the biases of {owner.name} from zeros, l{others}" if owner and starts_elsewhere else f"L{others}"


def remedy_of(layer: NetworkLayer, owner: NetworkLayer | None) -> Remedy | None:
    """Zeros for the bias where it starts elsewhere, else leaky_relu; None where the layer has no such argument."""
    zeros = zeros_remedy(owner) if owner is not None else None
    return zeros if zeros is not None else leaky_remedy(layer)


def leaky_remedy(layer: NetworkLayer) -> Remedy | None:
    if layer.layer is None or "activation" not in dict(layer.layer.arguments):
        return None
    text = f"Set the activation of {layer.name} to leaky_relu"
    return Remedy(text, layers=((layer.name, (("activation", "leaky_relu"),)),))
