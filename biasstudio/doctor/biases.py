"""The biases of a layer in a case: where they start, what they are called, and how to start them anew."""

import numpy as np
from numpy.typing import NDArray

from biasstudio.doctor.case import Case
from biasstudio.doctor.network import NetworkLayer
from biasstudio.doctor.remedy import Remedy
from biasstudio.spec.initializers import Initializer

_ZEROS = Initializer.of("Zeros")
_CONSTANTS = {"Zeros": 0.0, "Ones": 1.0}


def own_bias_path(case: Case, layer: NetworkLayer) -> str:
    """The path of the layer's bias or beta as it was built; "" where it isn't known."""
    vectors = case.history.vectors if case.history is not None else ()
    paths = {vector.path for vector in vectors}
    return next((path for name in ("bias", "beta") if (path := f"{layer.name}/{name}") in paths), "")


def start_of_bias(case: Case, layer: NetworkLayer) -> NDArray[np.float64] | None:
    """How the layer's own bias starts, float64 (units,), along its output's last axis; None where it isn't known, or
    isn't finite.

    As it was built, or as an initializer that isn't random says.
    """
    spec, units = layer.layer, layer.output_shape[-1] if layer.output_shape else None
    if spec is None or units is None or not layer.has_own_bias or case.from_file:
        return None
    path = own_bias_path(case, layer)
    if path and case.history is not None and case.history.size:
        values = case.history.values(path, 0).astype(np.float64)
        return values if len(values) == units and np.isfinite(values).all() else None
    role = spec.type.bias
    initializer = spec.get(role.initializer) if role is not None else None
    if initializer is None:
        return None
    value = dict(initializer.parameters).get("value") if initializer.name == "Constant" else None
    value = _CONSTANTS.get(initializer.name, value)
    return None if value is None else np.broadcast_to(np.asarray(value, np.float64), (units,))


def zeros_remedy(layer: NetworkLayer) -> Remedy | None:
    """Start the layer's bias from zeros; None where it does, or has none."""
    role = layer.layer.type.bias if layer.layer is not None else None
    if role is None or layer.layer is None or layer.layer.get(role.initializer) == _ZEROS:
        return None
    return Remedy(f"Start the bias of {layer.name} from zeros", layers=((layer.name, ((role.initializer, _ZEROS),)),))


def units_in_words(units: NDArray[np.int64], most: int = 8) -> str:
    """The first of them: units 0, 3, 4 …"""
    named = ", ".join(map(str, units[:most])) + (" …" if len(units) > most else "")
    return f"unit {named}" if len(units) == 1 else f"units {named}"
