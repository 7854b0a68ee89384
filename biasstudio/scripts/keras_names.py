"""The names that Keras gives the layers of a script that are given none."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from biasstudio.scripts.values import Made
from biasstudio.spec.layers import base_name, layer_types
from biasstudio.spec.stack import Layer

# An attention layer makes these when it is called, and Keras counts them with the others.
_MADE_BY_ATTENTION = ("softmax", "dropout")


class KerasNames:
    """Counts as Keras does: dense, dense_1, dense_2 … in the order in which layers are made.

    Layers inside another are made before it. One that is given a name isn't counted.
    """

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()

    def next(self, base: str) -> str:
        """The name of the next layer that is made without one."""
        count = self._counts[base]
        self._counts[base] += 1
        return f"{base}_{count}" if count else base

    def would_give(self, layer: Layer) -> bool:
        """Whether Keras gives this layer its name if it is made next, without one. If so, it is counted."""
        base = layer.type.keras_name
        count = self._counts[base]
        if layer.name != (f"{base}_{count}" if count else base):
            return False
        self._counts[base] += 1
        return True

    def called(self, layer: Layer) -> None:
        """The layer was called, which makes an attention layer's own parts."""
        if layer.type.self_attention:
            self._counts.update(_MADE_BY_ATTENTION)

    def of_made(self, made: Made) -> str:
        """The name of a script's own layer, with or without one, made and called next."""
        for value in (*made.given.positional, *made.given.named.values()):
            for part in value if isinstance(value, list | tuple) else (value,):
                if isinstance(part, Made) and part.path.startswith("keras.layers."):
                    self.of_made(part)
        known, given = layer_types().get(made.last), made.given.named.get("name")
        name = given if isinstance(given, str) else self.next(known.keras_name if known else base_name(made.last))
        if known is not None and known.self_attention:
            self._counts.update(_MADE_BY_ATTENTION)
        return name


def names_of(layers: Sequence[Any]) -> list[str | None]:
    """The names of a script's layers, made in this order; None for what is no layer."""
    names = KerasNames()
    return [names.of_made(layer) if isinstance(layer, Made) else None for layer in layers]
