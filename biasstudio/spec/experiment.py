"""Experiment: a stack, a data set and the training settings; and the .biasexp file that holds one."""

import json
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

from biasstudio.atomic_file import written_whole
from biasstudio.spec.arguments import Argument, SpecError, check_arguments, shown
from biasstudio.spec.data_sets import DataSet
from biasstudio.spec.keras_config import stack_from_keras, stack_to_keras
from biasstudio.spec.learning import ALL, BIASES
from biasstudio.spec.losses import LOSS_TYPES, shown_metrics
from biasstudio.spec.optimizers import CLIPPING, OPTIMIZER_TYPES
from biasstudio.spec.plain_json import parse_json
from biasstudio.spec.stack import Layer, Stack
from biasstudio.spec.weights_file import WeightsFile

SUFFIX = ".biasexp"
FORMAT = "biasstudio-experiment"
FORMAT_VERSION = 1
MAXIMUM_FILE_BYTES = 20_000_000
_MAXIMUM_DEPTH = 50

TRAINING_ARGUMENTS = (
    Argument("loss", "choice", "binary_crossentropy", "What training makes small.", choices=tuple(LOSS_TYPES)),
    Argument("optimizer", "choice", "Adam", "How a gradient becomes a step.", choices=tuple(OPTIMIZER_TYPES)),
    Argument("learning_rate", "number", 0.001, "Length of a step; each optimizer has its own scale.", minimum=0.0),
    Argument("epochs", "integer", 3, "How often training goes through the data.", minimum=1, maximum=100_000),
    Argument("batch_size", "integer", 32, "Samples for each step.", minimum=1, maximum=100_000),
    Argument(
        "validation_share", "number", 0.1, "Share of the data, from its end, kept back to validate.", 0.0, below=1.0
    ),
    Argument("seed", "integer", 0, "The same seed gives the same initial values and batches.", 0, 2**31 - 1),
    Argument("biases_only", "boolean", False, "Every bias and beta learns, and nothing else (BitFit)."),
    Argument("shuffle", "boolean", True, "Each epoch goes through the data in another order."),
)

Settings = tuple[tuple[str, Any], ...]
"""Names and values of what is not as Keras has it by default, in the order of the catalogue."""


@dataclass(frozen=True)
class Training:
    """How to train. Values are checked on creation: a wrong one raises SpecError naming it.

    The settings of optimizer and loss may be given as a dictionary; only those that are not the defaults are kept.
    """

    loss: str = "binary_crossentropy"
    optimizer: str = "Adam"
    learning_rate: float = 0.001
    epochs: int = 3
    batch_size: int = 32
    validation_share: float = 0.1
    seed: int = 0
    biases_only: bool = False
    shuffle: bool = True
    optimizer_settings: Settings = ()
    loss_settings: Settings = ()

    def __post_init__(self) -> None:
        given = {argument.name: getattr(self, argument.name) for argument in TRAINING_ARGUMENTS}
        for name, value in check_arguments(given, TRAINING_ARGUMENTS, "training"):
            object.__setattr__(self, name, value)
        for name, schema in self._schemas().items():
            object.__setattr__(self, name, _changed_settings(name, getattr(self, name), schema))
        clipping = [name for name, _ in self.optimizer_settings if name in CLIPPING]
        if len(clipping) > 1:
            raise SpecError(
                f"An optimizer takes one of {', '.join(CLIPPING)}, not {' and '.join(clipping)} at once.",
                argument=clipping[0],
            )

    def _schemas(self) -> dict[str, tuple[Argument, ...]]:
        return {
            "optimizer_settings": OPTIMIZER_TYPES[self.optimizer].settings,
            "loss_settings": LOSS_TYPES[self.loss].settings,
        }

    def setting(self, name: str) -> Any:
        """A setting of the optimizer or the loss, the default where it wasn't changed. KeyError for one of others."""
        known = {argument.name: argument.default for schema in self._schemas().values() for argument in schema}
        return (known | dict(self.optimizer_settings) | dict(self.loss_settings))[name]


def _changed_settings(name: str, given: Any, schema: tuple[Argument, ...]) -> Settings:
    if not isinstance(given, dict | tuple):
        raise SpecError(f"training: {name} takes an object that names settings, not {shown(given)}.", argument=name)
    checked = check_arguments(dict(given), schema, f"training: {name}")
    return tuple(
        (key, value) for (key, value), argument in zip(checked, schema, strict=True) if value != argument.default
    )


@dataclass(frozen=True)
class Experiment:
    """All that is needed to train again and get the same."""

    stack: Stack
    data: DataSet
    training: Training
    weights: WeightsFile | None = None
    """Where the network's weights start; None for its initializers."""

    @property
    def metrics(self) -> tuple[str, ...]:
        """Keras's names of the metrics that are shown beside the loss."""
        return shown_metrics(self.training.loss, self.data.type.classes)

    def change_training(self, **settings: Any) -> "Experiment":
        """Raises SpecError. A new optimizer brings its usual learning rate unless one is given.

        Of the settings of optimizer and loss those stay that the new one has too.
        """
        training, optimizer = self.training, OPTIMIZER_TYPES.get(settings.get("optimizer", ""))
        if optimizer is not None:
            usual = {"learning_rate": optimizer.learning_rate}
            settings = usual | {"optimizer_settings": _kept(training.optimizer_settings, optimizer.settings)} | settings
        loss = LOSS_TYPES.get(settings.get("loss", ""))
        if loss is not None:
            settings = {"loss_settings": _kept(training.loss_settings, loss.settings)} | settings
        return replace(self, training=replace(training, **settings))

    def change_data(self, data: DataSet) -> "Experiment":
        """The data exchanged. Another data set brings the loss and the epochs that suit it, a file of another kind of
        targets the loss.
        """
        changed = replace(self, data=data)
        if data.name != self.data.name:
            return changed.change_training(loss=data.type.loss, epochs=data.type.epochs)
        return changed if data.type.loss == self.data.type.loss else changed.change_training(loss=data.type.loss)

    def same_network(self, other: "Experiment") -> bool:
        """Whether both give the same initial values and samples: what `fit` alone takes, and who learns, may differ.

        So a change of those leaves a trained network as it is, and counts from its next training on.
        """
        return _for_network(self) == _for_network(other)

    def learns_in(self, layer: Layer) -> str:
        """What learns in a layer of the stack, one of WHO_LEARNS: “biases only” goes before the layers' own choices."""
        return BIASES if self.training.biases_only else layer.learns

    def same_learning(self, other: "Experiment") -> bool:
        """Whether the same learns in both, of the same network."""
        return self._learning() == other._learning()

    def _learning(self) -> dict[str, str]:
        if not self.stack.layers:
            # A model that is a file's own.
            return {"": BIASES if self.training.biases_only else ALL}
        return {layer.name: self.learns_in(layer) for layer in self.stack.layers}


def _kept(settings: Settings, schema: tuple[Argument, ...]) -> Settings:
    names = {argument.name for argument in schema}
    return tuple((name, value) for name, value in settings if name in names)


def _for_network(experiment: Experiment) -> Experiment:
    layers = tuple(replace(layer, learns=ALL) for layer in experiment.stack.layers)
    training = replace(
        experiment.training, epochs=1, batch_size=1, validation_share=0.0, biases_only=False, shuffle=True
    )
    return replace(experiment, stack=replace(experiment.stack, layers=layers), training=training)


def experiment_to_json(experiment: Experiment, folder: Path | None = None) -> str:
    """The text of a .biasexp file in `folder`."""
    document: dict[str, Any] = {
        "format": FORMAT,
        "version": FORMAT_VERSION,
        "model": stack_to_keras(experiment.stack),
        "data": experiment.data.to_json(folder),
        "training": asdict(experiment.training),
    }
    if experiment.weights is not None:
        document["weights"] = experiment.weights.to_json(folder)
    settings = document["training"]
    settings |= {name: dict(settings[name]) for name in ("optimizer_settings", "loss_settings")}
    # Left out where they are the usual ones: so an older Bias Studio reads the file.
    for name, usual in (("biases_only", False), ("shuffle", True), ("optimizer_settings", {}), ("loss_settings", {})):
        if settings[name] == usual:
            del settings[name]
    # Keras's config has no place for it.
    if learns := {layer.name: layer.learns for layer in experiment.stack.layers if layer.learns != ALL}:
        document["learns"] = learns
    return json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def experiment_from_json(text: str, folder: Path | None = None) -> Experiment:
    """Read the text of a .biasexp file in `folder`. Raises SpecError with a sentence that says what is wrong."""
    document = parse_json(text, "The experiment", _MAXIMUM_DEPTH)
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise SpecError(f"This is not an experiment of Bias Studio: it has no member 'format' that says {FORMAT!r}.")
    version = document.get("version")
    if type(version) is not int or version != FORMAT_VERSION:
        raise SpecError(
            f"The experiment has format version {shown(version)}; this Bias Studio reads version {FORMAT_VERSION}."
        )
    known = {"format", "version", "model", "data", "training", "weights", "learns"}
    _check_keys(document, known, "the experiment")
    data = _member(document, "data")
    training = _member(document, "training")
    _check_keys(training, {field.name for field in fields(Training)}, "training")
    weights = WeightsFile.from_json(document["weights"], folder) if "weights" in document else None
    return Experiment(
        _with_learning(stack_from_keras(_member(document, "model")), document.get("learns", {})),
        DataSet.from_json(data, folder),
        Training(**training),
        weights,
    )


def _with_learning(stack: Stack, learns: Any) -> Stack:
    """The member `learns`: a choice of WHO_LEARNS by the name of each layer that has not the usual one."""
    if not isinstance(learns, dict):
        raise SpecError(f"The experiment's member 'learns' is not an object that names layers, but {shown(learns)}.")
    names = [layer.name for layer in stack.layers]
    for name, choice in learns.items():
        if name not in names:
            known = ", ".join(names) or "none"
            raise SpecError(f"learns: there is no layer {shown(name)} in the model; its layers are {known}.")
        stack = stack.let_learn(name, choice)
    return stack


def _member(document: dict[str, Any], name: str) -> dict[str, Any]:
    member = document.get(name)
    if not isinstance(member, dict):
        raise SpecError(f"The experiment's member {name!r} is missing or not an object.")
    return member


def _check_keys(given: dict[str, Any], known: set[str], where: str) -> None:
    for key in given:
        if key not in known:
            raise SpecError(f"There is no member {shown(key)} in {where}; known are {', '.join(sorted(known))}.")


def load_experiment(path: Path) -> Experiment:
    """Read a .biasexp file. Raises SpecError, or OSError where the file can't be read."""
    # A pipe or a device could keep the reader waiting for ever.
    if path.exists() and not path.is_file():
        raise SpecError(f"{path.name} is not a file that can be opened: expected a .biasexp file.")
    with path.open("rb") as file:
        content = file.read(MAXIMUM_FILE_BYTES + 1)
    if not content.strip():
        raise SpecError(f"{path.name} is empty: expected an experiment of Bias Studio.")
    if len(content) > MAXIMUM_FILE_BYTES:
        raise SpecError(
            f"{path.name} is larger than {MAXIMUM_FILE_BYTES // 1_000_000} MB, too large for an experiment."
        )
    try:
        return experiment_from_json(content.decode("utf-8"), path.parent)
    except UnicodeDecodeError:
        raise SpecError(f"{path.name} is not an experiment: it is not text.") from None
    except SpecError as error:
        raise SpecError(f"{path.name}: {error}", layer=error.layer, argument=error.argument) from None


def save_experiment(experiment: Experiment, path: Path) -> None:
    """Write a .biasexp file whole or not at all; a link stays a link. Raises OSError."""
    with written_whole(path) as temporary:
        temporary.write_text(experiment_to_json(experiment, path.parent), encoding="utf-8")
