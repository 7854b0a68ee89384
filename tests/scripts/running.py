"""Samples run by Python and Keras themselves, with small data in place of the real ones: the truth to compare with."""

import sys
from contextlib import ExitStack
from dataclasses import dataclass
from types import ModuleType
from typing import Any
from unittest.mock import MagicMock, patch

import keras
import numpy as np

from tests.scripts.samples_expected import SAMPLES

_SHAPES = {
    "mnist": ((28, 28), ()),
    "fashion_mnist": ((28, 28), ()),
    "cifar10": ((32, 32, 3), (1,)),
    "boston_housing": ((13,), ()),
}
# As few as are enough; but some scripts write down how many there are.
_COUNTS, _WRITTEN_COUNTS = (404, 102), (60_000, 10_000)


@dataclass
class Trained:
    """What the script hands to Keras: its model, and what fit is given."""

    model: Any
    x: Any = None
    arguments: tuple[Any, ...] = ()
    keywords: dict[str, Any] | None = None


class _Trained(Exception):  # noqa: N818 - ends the script where its training begins
    pass


def run_sample(name: str) -> Trained:
    """The model that the script trains, at the moment of its first training; or its last one where it trains none."""
    keras.utils.clear_session()
    found: list[Trained] = []
    built: list[Any] = []

    def fit(self: Any, *arguments: Any, **keywords: Any) -> None:
        x = arguments[0] if arguments else keywords.get("x")
        found.append(Trained(self, x, arguments, keywords))
        raise _Trained

    def compiled(self: Any, *arguments: Any, **keywords: Any) -> None:
        built.append(self)
        original(self, *arguments, **keywords)

    original = keras.Model.compile
    source = (SAMPLES / f"{name}.py").read_text(encoding="utf-8")
    with ExitStack() as stack:
        counts = _WRITTEN_COUNTS if "60000" in source else _COUNTS
        for patched in _patches(fit, compiled, counts):
            stack.enter_context(patched)
        try:
            exec(compile(source, name, "exec"), {"__name__": "__main__"})  # noqa: S102 - our own samples
        except _Trained:
            return found[0]
    return Trained(built[-1])


def _patches(fit: Any, compiled: Any, counts: tuple[int, int]) -> list[Any]:
    datasets = [
        patch.object(getattr(keras.datasets, name), "load_data", lambda name=name, **_given: _data(name, counts))
        for name in (*_SHAPES, "imdb", "reuters")
    ]
    training = [patch.object(keras.Model, method, fit) for method in ("fit", "train_on_batch")]
    return [
        *datasets,
        *training,
        patch.object(keras.Model, "compile", compiled),
        patch.object(keras.Model, "evaluate", MagicMock()),
        patch.object(keras.Model, "predict", MagicMock()),
        patch.object(keras.utils, "plot_model", MagicMock()),
        patch.object(np, "loadtxt", lambda *_given, **_named: np.zeros((20, 9))),
        patch.dict(sys.modules, _modules()),
        patch("builtins.print"),
    ]


def _data(name: str, counts: tuple[int, int]) -> Any:
    if name in ("imdb", "reuters"):
        texts = np.array([[1, 2, 3], [4, 5]], dtype=object)
        return (texts, np.zeros(2)), (texts, np.zeros(2))
    inputs, target = _SHAPES[name]
    parts = []
    for count in counts:
        x = np.zeros((count, *inputs), np.uint8)
        x = np.arange(count * 13.0).reshape(count, 13) if name == "boston_housing" else x
        parts.append((x, np.zeros((count, *target), np.uint8)))
    return tuple(parts)


def _modules() -> dict[str, ModuleType]:
    """Stand-ins for packages that the samples import, and that Bias Studio doesn't need."""
    names = ["matplotlib", "matplotlib.pyplot", "pandas", "seaborn", "sklearn", "sklearn.datasets"]
    names += ["sklearn.model_selection", "sklearn.preprocessing"]
    modules: dict[str, Any] = {name: MagicMock() for name in names}
    rng = np.random.default_rng(0)
    modules["sklearn.datasets"].load_breast_cancer = lambda **_named: (rng.random((569, 30)), np.zeros(569))
    modules["sklearn.datasets"].make_moons = lambda n_samples, **_named: (np.zeros((n_samples, 2)), np.zeros(n_samples))
    modules["sklearn.model_selection"].train_test_split = lambda x, y, **_named: (x, x, y, y)
    modules["sklearn.preprocessing"].StandardScaler = _Scaler
    return modules


class _Scaler:
    def fit_transform(self, x: Any) -> Any:
        return x

    transform = fit_transform
