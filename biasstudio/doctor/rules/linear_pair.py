"""linear-pair: two Dense layers without an activation between are one."""

from collections.abc import Iterator

from biasstudio.doctor.case import Case
from biasstudio.doctor.finding import Finding, Severity
from biasstudio.doctor.network import LINEAR, NetworkLayer
from biasstudio.doctor.remedy import Remedy


def linear_pair(case: Case) -> Iterator[Finding]:
    """W2 (W1 x + b1) + b2 = (W2 W1) x + (W2 b1 + b2)."""
    for first in case.layers:
        second = _fed_only_to(case, first)
        if second is None or first.class_name != "Dense" or first.activation != LINEAR or second.class_name != "Dense":
            continue
        narrow = _is_narrow(first, second)
        yield Finding(
            "linear-pair",
            # A narrow layer between is a choice: it says that few directions count.
            Severity.NOTE if narrow else Severity.WARNING,
            first.name,
            f"{first.name} and {second.name} together can do no more than one Dense layer.",
            f"{first.name} has no activation, so {second.name} gets a weighted sum of weighted sums, which is one "
            "weighted sum"
            + (f", here of rank {_units(first)} at most." if narrow else ".")
            + (" The two biases add up to one." if first.has_own_bias and second.has_own_bias else ""),
            f"Give {first.name} an activation, such as relu" + (", unless it is meant." if narrow else "."),
            why="Depth only counts with something that is not linear between.",
            source="https://www.deeplearningbook.org/contents/mlp.html",
            remedy=Remedy(
                f"Set the activation of {first.name} to relu", layers=((first.name, (("activation", "relu"),)),)
            ),
        )


def _fed_only_to(case: Case, layer: NetworkLayer) -> NetworkLayer | None:
    """The layer after, with nothing but Identity and Flatten between, which change no value."""
    while True:
        after = case.after(layer.name)
        if len(after) != 1 or len(after[0].inputs) != 1:
            return None
        layer = after[0]
        if layer.class_name not in ("Identity", "Flatten"):
            return layer


def _units(layer: NetworkLayer) -> int:
    return int(layer.layer.get("units")) if layer.layer is not None else 0


def _is_narrow(first: NetworkLayer, second: NetworkLayer) -> bool:
    width = first.input_shape[-1] if first.input_shape else 0
    return _units(first) < min(width, _units(second))
