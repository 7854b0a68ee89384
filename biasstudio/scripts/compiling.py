"""What compile of a script says: optimizer, loss and metrics."""

from typing import Any

from biasstudio.scripts.keras_objects import described, is_plain_value
from biasstudio.scripts.notes import Notes
from biasstudio.scripts.values import Event, Given, Made, Name, Unknown
from biasstudio.spec.arguments import SpecError, shown
from biasstudio.spec.experiment import TRAINING_ARGUMENTS
from biasstudio.spec.losses import LOSS_TYPES, shown_metrics
from biasstudio.spec.optimizers import CLIPPING, OPTIMIZER_TYPES

COMPILE: tuple[str, ...] = (
    "optimizer",
    "loss",
    "loss_weights",
    "metrics",
    "weighted_metrics",
    "run_eagerly",
    "steps_per_execution",
)
COMPILE += ("jit_compile", "auto_scale_loss")
_SHORT_LOSSES = {
    "mse": "mean_squared_error",
    "mae": "mean_absolute_error",
    "mape": "mean_absolute_percentage_error",
    "msle": "mean_squared_logarithmic_error",
    "bce": "binary_crossentropy",
    "kld": "kl_divergence",
    "kullback_leibler_divergence": "kl_divergence",
    "logcosh": "log_cosh",
    "crossentropy": "categorical_crossentropy",
}
_LOSSES = {loss.class_name.lower(): loss.name for loss in LOSS_TYPES.values()} | {
    loss.name.replace("_", ""): loss.name for loss in LOSS_TYPES.values()
}
_ACCURACIES = {"accuracy", "acc", "binaryaccuracy", "categoricalaccuracy", "sparsecategoricalaccuracy"}
_OPTIMIZER_RENAMED = {
    "lr": "learning_rate",
    "beta1": "beta_1",
    "beta2": "beta_2",
    "initial_learning_rate": "learning_rate",
}
_OPTIMIZER_SILENT = {"name", "jit_compile", "is_legacy_optimizer", "use_locking", "loss_scale_factor"}
_SCHEDULES = "keras.optimizers.schedules."
# What changes nothing that an experiment says.
_SILENT = {"run_eagerly", "jit_compile", "steps_per_execution", "auto_scale_loss"}


def compiled_settings(event: Event, usual_loss: str, classes: int | None, notes: Notes) -> dict[str, Any]:
    """The training settings of a compile; `usual_loss` stands in for one that isn't read.

    `classes` are those of the data, 0 where the targets are numbers; None where the data are not read.
    """
    given = _as_keras_3(event.given.by_name(COMPILE))
    settings = _optimizer(given.pop("optimizer", "rmsprop"), event.line, notes)
    loss = _loss(given.pop("loss", None), usual_loss, event.line, notes)
    settings |= loss
    _say_metrics(given.pop("metrics", None), loss["loss"], classes, event.line, notes)
    if "**" in given:
        notes.add(event.line, f"What {described(given.pop('**'))} gives to compile is only known when the script runs.")
    for name, value in given.items():
        if name not in _SILENT and value is not None:
            notes.add(event.line, f"{name} of compile is not read.")
    return settings


def _as_keras_3(given: dict[str, Any]) -> dict[str, Any]:
    """Where names of metrics stand third, as they did in Keras 2, they are not the weights of losses."""
    weights = given.get("loss_weights")
    if isinstance(weights, list | tuple) and all(isinstance(each, str | Name | Made) for each in weights):
        return {key: value for key, value in given.items() if key != "loss_weights"} | {"metrics": weights}
    return given


def _optimizer(value: Any, line: int, notes: Notes) -> dict[str, Any]:
    given = value.given if isinstance(value, Made) else Given()
    name = value if isinstance(value, str) else value.last if isinstance(value, Made | Name) else ""
    known = next((each for each in OPTIMIZER_TYPES if each.lower() == name.lower().removesuffix("optimizer")), None)
    if known is None:
        what = (
            f"There is no optimizer {shown(name)} here" if name else f"{described(value)} can't be read as an optimizer"
        )
        notes.add(value.line if isinstance(value, Made) else line, f"{what}; Adam stands in its place.")
        return {"optimizer": "Adam", "learning_rate": OPTIMIZER_TYPES["Adam"].learning_rate}
    found = OPTIMIZER_TYPES[known]
    line = value.line if isinstance(value, Made) else line
    names = [argument.name for argument in found.settings]
    if known == "AdamW":
        # Keras has its weight decay before the moments.
        names = ["weight_decay", *(name for name in names if name != "weight_decay")]
    own: dict[str, Any] = {}
    settings = {"optimizer": known, "learning_rate": found.learning_rate, "optimizer_settings": own}
    attributes = value.attributes if isinstance(value, Made) else {}
    for key, item in (given.by_name(["learning_rate", *names]) | attributes).items():
        _set_of_optimizer(_OPTIMIZER_RENAMED.get(key, key), item, settings, known, line, notes)
    _clip_in_one_way(own, known, line, notes)
    return settings


def _clip_in_one_way(settings: dict[str, Any], known: str, line: int, notes: Notes) -> None:
    """Keras refuses an optimizer that clips in several ways."""
    first, *others = [name for name in CLIPPING if settings.get(name) is not None] or [""]
    for name in others:
        notes.add(
            line, f"{known}: an optimizer takes one of {', '.join(CLIPPING)}; of {name} and {first}, {first} counts."
        )
        del settings[name]


def _set_of_optimizer(key: str, value: Any, settings: dict[str, Any], known: str, line: int, notes: Notes) -> None:
    if key in _OPTIMIZER_SILENT or (key == "epsilon" and value is None):
        return
    if key == "decay":
        if value:
            notes.add(line, f"Keras 3 has no decay of {known}: its learning rate stays as it starts.")
        return
    argument = next((each for each in OPTIMIZER_TYPES[known].settings if each.name == key), None)
    if key == "learning_rate":
        argument = next(each for each in TRAINING_ARGUMENTS if each.name == key)
        value = _initial_rate(value, notes)
    if argument is None:
        if value not in (None, False) if is_plain_value(value) else True:
            notes.add(line, f"{key} of {known} is not read.")
        return
    try:
        if not is_plain_value(value):
            raise SpecError(f"{key}, {described(value)}, is only known when the script runs")
        checked = argument.check(value)
    except SpecError as error:
        usual = OPTIMIZER_TYPES[known].learning_rate if key == "learning_rate" else argument.default
        notes.add(line, f"{known}: {str(error).rstrip('.')}; it is {shown(usual)} here.")
        return
    if key == "learning_rate":
        settings[key] = checked
    else:
        settings["optimizer_settings"][key] = checked


def _initial_rate(value: Any, notes: Notes) -> Any:
    """What a schedule starts with."""
    if not isinstance(value, Made) or not value.path.startswith(_SCHEDULES):
        return value
    rate = value.given.get("initial_learning_rate", 0)
    if value.last == "PiecewiseConstantDecay":
        values = value.given.get("values", 1)
        rate = values[0] if isinstance(values, list | tuple) and values else Unknown("its values")
    notes.add(value.line, f"{value.last} is not read: the learning rate stays as it starts.")
    return rate


def loss_name(value: Any) -> str | None:
    """The catalogue's name of a loss, or None where it has none."""
    if isinstance(value, list | tuple) and len(value) == 1:
        value = value[0]
    text = value if isinstance(value, str) else value.last if _is_loss(value) else ""
    plain = text.lower().replace("_", "")
    return _SHORT_LOSSES.get(text.lower()) or _LOSSES.get(plain) or _SHORT_LOSSES.get(plain)


def compiled_loss(event: Event | None) -> str | None:
    """That of a compile, or None where it is none of the catalogue's."""
    return None if event is None else loss_name(event.given.by_name(COMPILE).get("loss"))


def _loss(value: Any, usual: str, line: int, notes: Notes) -> dict[str, Any]:
    if isinstance(value, list | tuple) and len(value) == 1:
        value = value[0]
    given = value.given if isinstance(value, Made) else Given()
    name = loss_name(value)
    if name is None:
        text = value if isinstance(value, str) else value.last if _is_loss(value) else ""
        if value is None:
            what = "compile names no loss"
        else:
            what = f"There is no loss {shown(text)} here" if text else f"The loss {described(value)} isn't run here"
        notes.add(line, f"{what}; {LOSS_TYPES[usual].title} stands in its place.")
        return {"loss": usual, "loss_settings": {}}
    return {"loss": name, "loss_settings": _loss_settings(name, given, value, line, notes)}


def _is_loss(value: Any) -> bool:
    return isinstance(value, Made | Name) and value.path.startswith(("keras.losses.", "keras.metrics."))


def _loss_settings(name: str, given: Given, value: Any, line: int, notes: Notes) -> dict[str, Any]:
    known = {argument.name: argument for argument in LOSS_TYPES[name].settings}
    settings = {}
    line = value.line if isinstance(value, Made) else line
    for key, item in given.by_name(tuple(known)).items():
        if key in known:
            try:
                settings[key] = known[key].check(item)
            except SpecError as error:
                notes.add(line, f"{str(error).rstrip('.')}; it is {shown(known[key].default)} here.")
        elif key not in ("name", "dtype") and not _is_usual(key, item):
            notes.add(line, f"{key} of {LOSS_TYPES[name].class_name} is not read.")
    return settings


def _is_usual(key: str, value: Any) -> bool:
    if key == "reduction":
        text = value.last if isinstance(value, Name) else value
        return isinstance(text, str) and text.lower() in ("auto", "sum_over_batch_size")
    return value is None or (key == "axis" and value == -1)


def _say_metrics(value: Any, loss: str, classes: int | None, line: int, notes: Notes) -> None:
    """The metrics that an experiment doesn't show: it chooses them by its loss and its data."""
    listed = value if isinstance(value, list | tuple) else [] if value is None else [value]
    named = [(_metric_name(metric), metric) for metric in listed]
    if classes is None:
        # Data that are not known will fit the loss.
        classes = 2 if loss.endswith("crossentropy") else 0
    chosen = shown_metrics(loss, classes)
    shown_anyway = {name.replace("_", "") for name in (loss, *chosen)} | (
        _ACCURACIES if "accuracy" in chosen else set()
    )
    others = [
        described(metric) if not isinstance(metric, str) else metric
        for name, metric in named
        if name not in shown_anyway
    ]
    if others:
        here = " and ".join(chosen) or "none beside the loss"
        notes.add(
            line, f"Metrics are chosen by the loss here, {here}: {', '.join(others[:6])} {_is(others)} not shown."
        )


def _is(names: list[str]) -> str:
    return "is" if len(names) == 1 else "are"


def _metric_name(metric: Any) -> str:
    text = metric if isinstance(metric, str) else metric.last if isinstance(metric, Made | Name) else ""
    lowered = text.lower()
    return _SHORT_LOSSES.get(lowered, lowered).replace("_", "")
