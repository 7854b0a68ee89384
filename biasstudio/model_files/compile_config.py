"""What a file says of how its model was compiled, as far as an experiment has it."""

import re
from collections.abc import Mapping
from typing import Any

from biasstudio.spec.arguments import Argument, SpecError
from biasstudio.spec.experiment import Training
from biasstudio.spec.losses import LOSS_TYPES, LossType
from biasstudio.spec.optimizers import OPTIMIZER_TYPES

_SHORT_NAMES = {"mse": "mean_squared_error", "mae": "mean_absolute_error"}
# What of a loss would make it another one; with these values it is the plain one. "auto" is Keras 2's word.
_PLAIN = {"reduction": ("sum_over_batch_size", "auto"), "axis": (-1,), "ignore_class": (None,)}


def training_settings(compiled: Any) -> dict[str, Any]:
    """Loss, optimizer and their settings from a compile_config or training_config; what can't be read is left out."""
    if not isinstance(compiled, dict):
        return {}
    loss, loss_settings = _loss(compiled.get("loss"))
    name, config = _optimizer(compiled.get("optimizer") or compiled.get("optimizer_config"))
    settings: dict[str, Any] = {}
    if loss is not None:
        settings |= {"loss": loss.name, "loss_settings": loss_settings}
    if name in OPTIMIZER_TYPES:
        rate = config.get("learning_rate", config.get("lr"))
        usual = OPTIMIZER_TYPES[name].learning_rate
        settings["optimizer"] = name
        settings["learning_rate"] = _seven_digits(rate) if isinstance(rate, float | int) else usual
        settings["optimizer_settings"] = _readable(config, OPTIMIZER_TYPES[name].settings)
    try:
        Training(**settings)
    except SpecError:
        settings.pop("learning_rate", None)
    return settings


def _loss(loss: Any) -> tuple[LossType | None, dict[str, Any]]:
    """The loss and its settings; None where it is none that an experiment could have."""
    config = loss.get("config") if isinstance(loss, dict) else None
    if not isinstance(config, dict):
        name = config if isinstance(config, str) else loss
        return (LOSS_TYPES.get(_SHORT_NAMES.get(name, name)) if isinstance(name, str) else None), {}
    known = next((kind for kind in LOSS_TYPES.values() if kind.class_name == loss.get("class_name")), None)
    if known is None or any(config.get(key, plain[0]) not in plain for key, plain in _PLAIN.items()):
        return None, {}
    return known, _readable(config, known.settings)


def _readable(config: Mapping[str, Any], schema: tuple[Argument, ...]) -> dict[str, Any]:
    """Those of the schema's settings that the config has otherwise than by default."""
    found = {}
    for argument in schema:
        try:
            value = argument.check(config.get(argument.name, argument.default))
        except SpecError:
            continue
        if value != argument.default:
            found[argument.name] = value
    return found


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
