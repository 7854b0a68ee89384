"""The names that Keras gives the layers of a script that are given none."""

from collections import Counter

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
