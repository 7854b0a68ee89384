"""What a file says of how its model was compiled, as far as an experiment has it."""

import re
from typing import Any

from biasstudio.spec.arguments import SpecError
from biasstudio.spec.experiment import Training
from biasstudio.spec.losses import LOSS_TYPES
from biasstudio.spec.optimizers import OPTIMIZER_TYPES
from biasstudio.spec.stack import base_name


def training_settings(compiled: Any) -> dict[str, Any]:
    """Loss, optimizer and learning rate from a compile_config or training_config; what can't be read is left out."""
    if not isinstance(compiled, dict):
        return {}
    settings: dict[str, Any] = {}
    loss = _loss(compiled.get("loss"))
    if loss in LOSS_TYPES:
        settings["loss"] = loss
    name, config = _optimizer(compiled.get("optimizer") or compiled.get("optimizer_config"))
    if name in OPTIMIZER_TYPES:
        settings["optimizer"] = name
        rate = config.get("learning_rate", config.get("lr"))
        settings["learning_rate"] = (
            _seven_digits(rate) if isinstance(rate, float | int) else OPTIMIZER_TYPES[name].learning_rate
        )
    try:
        Training(**settings)
    except SpecError:
        settings.pop("learning_rate", None)
    return settings


def _loss(loss: Any) -> str:
    config = loss.get("config") if isinstance(loss, dict) else None
    if isinstance(config, dict):
        # Logits or smoothed labels are another loss.
        if config.get("from_logits") or config.get("label_smoothing") or not isinstance(loss.get("class_name"), str):
            return ""
        return base_name(loss["class_name"])
    name = config if isinstance(config, str) else loss
    short = {"mse": "mean_squared_error", "mae": "mean_absolute_error"}
    return short.get(name, name) if isinstance(name, str) else ""


def _optimizer(optimizer: Any) -> tuple[str, dict[str, Any]]:
    if isinstance(optimizer, str):
        name, config = optimizer, None
    elif isinstance(optimizer, dict) and isinstance(optimizer.get("class_name"), str):
        # Keras 2 registered its own as Custom>Adam.
        name = re.sub(r"^(Custom|Addons)>", "", optimizer["class_name"])
        config = optimizer.get("config")
    else:
        return "", {}
    found = next((known for known in OPTIMIZER_TYPES if known.lower() == name.lower()), "")
    return found, config if isinstance(config, dict) else {}


def _seven_digits(rate: float) -> float:
    """0.001 and not 0.0010000000474974513, which is what float32 makes of it."""
    return float(f"{rate:.7g}")
