"""Bias Studio: see what the biases of a neural network do."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from biasstudio.engine.diagnosis import diagnose
    from biasstudio.engine.recorder import BiasRecorder
    from biasstudio.recording.run_reader import open_run

    __version__: str

__all__ = ["BiasRecorder", "__version__", "diagnose", "open_run"]

# Resolved when asked for: a training server imports no Qt, and whoever only reads runs imports no TensorFlow.
_HOMES = {
    "BiasRecorder": "biasstudio.engine.recorder",
    "diagnose": "biasstudio.engine.diagnosis",
    "open_run": "biasstudio.recording.run_reader",
}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    # Reading the installed packages' metadata costs a start 50 ms.
    if name == "__version__":
        from importlib.metadata import version

        return version("biasstudio")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
