"""forget-gate: an LSTM that forgets from the start can't learn what lies far back."""

from collections.abc import Iterator

import numpy as np

from biasstudio.doctor.case import Case
from biasstudio.doctor.figures import figure
from biasstudio.doctor.finding import Finding, Severity
from biasstudio.doctor.network import NetworkLayer
from biasstudio.doctor.remedy import Remedy


def forget_gate(case: Case, *, least: float = 0.5, time_steps: int = 20) -> Iterator[Finding]:
    """`least`: mean of the forget gate's biases from which on nothing is said; `time_steps`: sequences shorter than
    that are not remarked on."""
    for layer in case.layers:
        if layer.class_name != "LSTM" or not layer.has_own_bias or layer.input_shape is None:
            continue
        length, mean = layer.input_shape[0], _mean_of_forget_gate(case, layer)
        if length < time_steps or mean is None or not mean < least:
            continue
        yield Finding(
            "forget-gate",
            Severity.WARNING,
            layer.name,
            f"{layer.name} forgets from the start.",
            f"The biases of its forget gate start with a mean of {figure(mean, 3)}, where the gate keeps about "
            f"{1 / (1 + np.exp(-mean)):.0%} of the state at each step: of what came {length} steps ago "
            f"{figure((1 / (1 + np.exp(-mean))) ** length, 1)} is left.",
            "Switch unit_forget_bias on, which starts them at 1.",
            why="What lies far back gives hardly any gradient, so it isn't learned.",
            source="https://proceedings.mlr.press/v37/jozefowicz15.html",
            remedy=Remedy(
                f"Switch unit_forget_bias of {layer.name} on", layers=((layer.name, (("unit_forget_bias", True),)),)
            ),
        )


def _mean_of_forget_gate(case: Case, layer: NetworkLayer) -> float | None:
    """At step 0; of what was recorded where there is a history."""
    history, spec = case.history, layer.layer
    # How one that was trained has started, only its arguments say.
    if case.from_file and spec is not None and spec.get("unit_forget_bias"):
        return None
    for vector in history.vectors if history is not None and history.size else ():
        if vector.layer == layer.name and vector.gates == ("i", "f", "c", "o"):
            values = history.values(vector.path, 0) if history is not None else np.empty(0)
            return float(values.reshape(4, -1)[1].mean())
    if spec is None or spec.get("unit_forget_bias"):
        return None
    constants = {"Zeros": 0.0, "Ones": 1.0}
    return constants.get(spec.get("bias_initializer").name)
