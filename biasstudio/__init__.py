"""Bias Studio: see what the biases of a neural network do."""

from typing import Any


def __getattr__(name: str) -> Any:
    # Resolved when asked for: reading the installed packages' metadata costs a start 50 ms.
    if name == "__version__":
        from importlib.metadata import version

        return version("biasstudio")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
