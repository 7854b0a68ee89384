"""What compile and fit of a script say, as training settings."""

from typing import Any

from biasstudio.scripts.keras_objects import described, is_plain_value
from biasstudio.scripts.notes import Notes
from biasstudio.scripts.values import Event, Given, Made, Name, Network, Unknown
from biasstudio.spec.arguments import SpecError, shown
from biasstudio.spec.experiment import TRAINING_ARGUMENTS, Training
from biasstudio.spec.losses import LOSS_TYPES
from biasstudio.spec.optimizers import OPTIMIZER_TYPES

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
FIT: tuple[str, ...] = (
    "x",
    "y",
    "batch_size",
    "epochs",
    "verbose",
    "callbacks",
    "validation_split",
    "validation_data",
    "shuffle",
)
FIT += ("class_weight", "sample_weight", "initial_epoch", "steps_per_epoch", "validation_steps")
FIT += ("validation_batch_size", "validation_freq")
_GENERATOR = ("generator", "steps_per_epoch", "epochs", "verbose", "callbacks", "validation_data", "validation_steps")
# Of compile and fit, what changes nothing that an experiment says.
_SILENT = {"verbose", "validation_steps", "validation_batch_size", "validation_freq", "run_eagerly", "jit_compile"}
_SILENT |= {
    "steps_per_execution",
    "auto_scale_loss",
    "workers",
    "use_multiprocessing",
    "max_queue_size",
    "show_accuracy",
}
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
_LOSS_POSITIONS = {"huber": ("delta",)}
_ACCURACIES = {"accuracy", "acc", "binaryaccuracy", "categoricalaccuracy", "sparsecategoricalaccuracy"}
_OPTIMIZER_RENAMED = {
    "lr": "learning_rate",
    "beta1": "beta_1",
    "beta2": "beta_2",
    "initial_learning_rate": "learning_rate",
}
_OPTIMIZER_SILENT = {"name", "jit_compile", "is_legacy_optimizer", "use_locking", "loss_scale_factor"}
_SCHEDULES = "keras.optimizers.schedules."


def read_training(
    network: Network, seeds: list[tuple[str, Any, int]], present: Training, usual_loss: str, notes: Notes
) -> Training:
    """The settings of the network's own training; what the script leaves open is as Keras has it.

    Where it neither compiles nor trains, they are those of `present`. `usual_loss` stands in for one that can't be read.
    """
    settings: dict[str, Any] = {}
    compiled, fitted = compile_event(network), fit_event(network, notes)
    if compiled is not None:
        settings |= _compiled(compiled, usual_loss, notes)
    if fitted is not None:
        settings |= _fitted(fitted, notes)
    elif compiled is not None:
        settings |= {"epochs": 1, "batch_size": 32, "validation_share": 0.0, "shuffle": True}
    if seeds:
        settings |= _seed(seeds, notes)
    kept = present if compiled is None else None
    return _training(settings, kept, compiled or fitted, notes)


def _training(settings: dict[str, Any], present: Training | None, event: Event | None, notes: Notes) -> Training:
    """The settings without those that are out of their limits."""
    start = {} if present is None else {each.name: getattr(present, each.name) for each in TRAINING_ARGUMENTS}
    if present is not None:
        start |= {"optimizer_settings": present.optimizer_settings, "loss_settings": present.loss_settings}
    while True:
        try:
            return Training(**(start | {"biases_only": False} | settings))
        except SpecError as error:
            if error.argument not in settings:
                raise
            usual = getattr(Training(), error.argument)
            line = event.line if event is not None else 0
            notes.add(line, f"{str(error).removeprefix('training: ').rstrip('.')}; it is {shown(usual)} here.")
            del settings[error.argument]


def compile_event(network: Network) -> Event | None:
    """The compile that counts for the first training."""
    fits = network.called("fit", "fit_generator", "train_on_batch")
    before = [event for event in network.called("compile") if not fits or event.order < fits[0].order]
    return before[-1] if before else None


def fit_event(network: Network, notes: Notes) -> Event | None:
    """The first training, which starts from the fresh network."""
    fits = network.called("fit", "fit_generator", "wrapped")
    batches = network.called("train_on_batch")
    if not fits and batches:
        notes.add(
            batches[0].line, "Training by train_on_batch is not read: batch size and epochs are Keras's usual ones."
        )
    first = fits[0] if fits else None
    if first is not None:
        for later in fits[1:]:
            if later.line != first.line:
                notes.add(
                    later.line, f"The network is trained further here; only the training of line {first.line} is read."
                )
        if any(later.line == first.line for later in fits[1:]):
            notes.add(first.line, f"The network is trained {len(fits)} times here; one of them is read.")
        for loaded in network.called("load_weights", "set_weights"):
            if loaded.order < first.order:
                notes.add(
                    loaded.line,
                    f"The weights of {loaded.method} are not read: the network starts from its initializers.",
                )
    return first


def _seed(seeds: list[tuple[str, Any, int]], notes: Notes) -> dict[str, Any]:
    whole = [seed for seed in seeds if seed[0] == "keras.utils.set_random_seed"]
    name, value, line = (whole or [seed for seed in seeds if seed[0] != "np.random.seed"] or seeds)[-1]
    if not isinstance(value, int) or not 0 <= value < 2**31:
        notes.add(line, f"The seed {described(value)} can't be taken; the one of the window stays.")
        return {}
    if not whole:
        notes.add(
            line,
            f"{name} seeds otherwise than keras.utils.set_random_seed({value}), which counts here: other values come out.",
        )
    return {"seed": value}


# --- compile ---


def _compiled(event: Event, usual_loss: str, notes: Notes) -> dict[str, Any]:
    given = _as_keras_3(event.given.by_name(COMPILE))
    settings = _optimizer(given.pop("optimizer", "rmsprop"), event.line, notes)
    loss = _loss(given.pop("loss", None), usual_loss, event.line, notes)
    settings |= loss
    _say_metrics(given.pop("metrics", None), loss["loss"], event.line, notes)
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
    settings = {"optimizer": known, "learning_rate": found.learning_rate, "optimizer_settings": {}}
    attributes = value.attributes if isinstance(value, Made) else {}
    for key, item in (given.by_name(["learning_rate", *names]) | attributes).items():
        _set_of_optimizer(_OPTIMIZER_RENAMED.get(key, key), item, settings, known, line, notes)
    return settings


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
            raise SpecError(f"{key}: what {described(value)} is can only be known when the script runs")
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


def _loss(value: Any, usual: str, line: int, notes: Notes) -> dict[str, Any]:
    if isinstance(value, list | tuple) and len(value) == 1:
        value = value[0]
    given = value.given if isinstance(value, Made) else Given()
    text = value if isinstance(value, str) else value.last if _is_loss(value) else ""
    plain = text.lower().replace("_", "")
    name = _SHORT_LOSSES.get(text.lower()) or _LOSSES.get(plain) or _SHORT_LOSSES.get(plain)
    if name is None:
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


def _say_metrics(value: Any, loss: str, line: int, notes: Notes) -> None:
    """The metrics that an experiment doesn't show: it chooses them by its loss."""
    listed = value if isinstance(value, list | tuple) else [] if value is None else [value]
    named = [(_metric_name(metric), metric) for metric in listed]
    shown_anyway = _ACCURACIES if loss.endswith("crossentropy") else set()
    shown_anyway = shown_anyway | {loss.replace("_", "")}
    others = [
        described(metric) if not isinstance(metric, str) else metric
        for name, metric in named
        if name not in shown_anyway
    ]
    if others:
        chosen = "accuracy" if loss.endswith("crossentropy") else "none beside the loss"
        notes.add(
            line, f"Metrics are chosen by the loss here, {chosen}: {', '.join(others[:6])} {_is(others)} not shown."
        )


def _is(names: list[str]) -> str:
    return "is" if len(names) == 1 else "are"


def _metric_name(metric: Any) -> str:
    text = metric if isinstance(metric, str) else metric.last if isinstance(metric, Made | Name) else ""
    lowered = text.lower()
    return _SHORT_LOSSES.get(lowered, lowered).replace("_", "")


# --- fit ---


def fit_arguments(event: Event) -> dict[str, Any]:
    """What a fit is given, by Keras's names."""
    if event.method == "wrapped":
        given = dict(event.given.named)
    elif event.method == "fit_generator":
        given = event.given.by_name(_GENERATOR)
        given = {"x" if key == "generator" else key: value for key, value in given.items()}
    else:
        given = event.given.by_name(FIT)
    renamed = {"nb_epoch": "epochs", "samples_per_epoch": "steps_per_epoch", "nb_val_samples": "validation_steps"}
    return {renamed.get(key, key): value for key, value in given.items()}


def _fitted(event: Event, notes: Notes) -> dict[str, Any]:
    given = fit_arguments(event)
    if event.method == "wrapped":
        notes.add(event.line, "The network is trained by scikit-learn, whose way of validating it is not read.")
    settings: dict[str, Any] = {"epochs": 1, "batch_size": 32, "validation_share": 0.0, "shuffle": True}
    for key, name in (("epochs",) * 2, ("batch_size",) * 2, ("validation_split", "validation_share"), ("shuffle",) * 2):
        value = given.get(key)
        if value is None:
            continue
        if isinstance(value, int | float):
            settings[name] = bool(value) if key == "shuffle" else value
        elif key == "shuffle":
            notes.add(event.line, f"shuffle of fit, {described(value)}, is not read: each epoch has another order.")
        else:
            notes.add(
                event.line,
                f"What {described(value)} is, {key} of fit, can only be known when the script runs; it is {settings[name]:g} here.",
            )
    _say_unread(given, event.line, notes)
    return settings


def _say_unread(given: dict[str, Any], line: int, notes: Notes) -> None:
    handled = {"x", "y", "batch_size", "epochs", "validation_split", "validation_data", "shuffle"}
    for key, value in given.items():
        if key in handled or key in _SILENT or value is None or (key == "initial_epoch" and value == 0):
            continue
        if key == "callbacks":
            _say_callbacks(value, line, notes)
        elif key == "steps_per_epoch":
            notes.add(line, "steps_per_epoch of fit is not read: an epoch goes through all samples.")
        elif key == "**":
            notes.add(line, f"What {described(value)} gives to fit can only be known when the script runs.")
        else:
            notes.add(line, f"{key} of fit is not read.")


_HARMLESS_CALLBACKS = {"TensorBoard", "ModelCheckpoint", "CSVLogger", "ProgbarLogger", "History", "BackupAndRestore"}
_HARMLESS_CALLBACKS |= {"RemoteMonitor", "TqdmCallback", "BiasRecorder", "WandbCallback"}


def _say_callbacks(value: Any, line: int, notes: Notes) -> None:
    """Those that change the training; what only writes files or shows something is of no matter."""
    listed = value if isinstance(value, list | tuple) else [value]
    for callback in listed:
        name = callback.last if isinstance(callback, Made) else described(callback)
        if name.partition("(")[0].rpartition(".")[2] in _HARMLESS_CALLBACKS:
            continue
        at = callback.line if isinstance(callback, Made) else line
        notes.add(at, f"The callback {name} is not read: training goes on for all epochs without it.")
