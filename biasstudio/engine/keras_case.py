"""A Keras model as the Doctor's rules see it: layers of the catalogue, what each is called on, loss and optimizer.

What isn't understood, such as a layer of somebody's own, is there without its arguments, and isn't judged.
"""

import warnings
from collections.abc import Iterable, Iterator
from typing import Any

import keras

from biasstudio.doctor.case import Case
from biasstudio.doctor.network import NetworkLayer
from biasstudio.engine.biases import is_bias
from biasstudio.model_files.compile_config import training_settings
from biasstudio.spec.arguments import SpecError
from biasstudio.spec.experiment import Training
from biasstudio.spec.keras_config import layer_from_keras
from biasstudio.spec.learning import ALL, BIASES, NOTHING, WEIGHTS
from biasstudio.spec.stack import Layer

_Shape = tuple[int, ...] | None


def case_of_model(model: Any, **known: Any) -> Case:
    """The case of a built Keras model; `known` are other fields of Case, such as its history.

    Only the thread that owns the model may call.
    """
    training, scheduled = training_of(model)
    trained = training is not None and int(model.optimizer.iterations) > 0
    facts = {"training": training, "scheduled": scheduled, "from_file": trained} | known
    return Case(tuple(network_layers(model)), **facts)


def network_layers(model: Any) -> list[NetworkLayer]:
    """The layers of a model in an order in which each comes after those that it is called on."""
    functional = _functional(model)
    if functional is None:
        return _without_order(model)
    walk = _Walk()
    ends = walk.take(functional, None, "")
    last = [layer for layer in walk.layers if [layer.name] == ends]
    # Several outputs are taken by a layer at the end that stands for the caller.
    return [layer for layer in walk.layers if layer not in last] + (last or [_unknown("(outputs)", tuple(ends))])


def _functional(model: Any) -> Any:
    """The model's graph of layers, where it has one."""
    if isinstance(model, keras.Sequential):
        return model._functional
    return model if hasattr(model, "_nodes_by_depth") and hasattr(model, "operations") else None


def _unknown(name: str, inputs: tuple[str, ...]) -> NetworkLayer:
    return NetworkLayer(name, None, None, None, inputs)


def _without_order(model: Any) -> list[NetworkLayer]:
    """The layers of a subclassed model, or of one without an input: what calls what is only in its code."""
    source, end = "(call)", "(outputs)"
    found = [_unknown(source, ())]
    for layer in model.layers:
        inner = network_layers(layer) if isinstance(layer, keras.Model) else [_layer(layer, layer.name, None, None, ())]
        # Alone each can be judged, but not what comes before or after it.
        found += [NetworkLayer(each.name, each.layer, None, None, (source,), each.learns) for each in inner]
    return [*found, _unknown(end, tuple(layer.name for layer in found))]


class _Walk:
    """Goes through a functional model from its inputs on, and through those inside it."""

    def __init__(self) -> None:
        self.layers: list[NetworkLayer] = []

    def take(self, functional: Any, given: list[tuple[str, ...]] | None, prefix: str) -> list[str]:
        """Add its layers; `given` names what its inputs come from. Gives the names of its outputs' layers."""
        names: dict[int, tuple[str, ...]] = {}
        inputs = [id(tensor) for tensor in functional.inputs]
        for depth in sorted(functional._nodes_by_depth, reverse=True):
            for node in functional._nodes_by_depth[depth]:
                before = [name for parent in _sources(node) for name in names[parent]]
                if node.is_input:
                    found = given[inputs.index(id(node.outputs[0]))] if given else ()
                else:
                    found = self._called(node, tuple(dict.fromkeys(before)), prefix)
                names |= dict.fromkeys((id(tensor) for tensor in node.outputs), found)
        return list(dict.fromkeys(name for tensor in functional.outputs for name in names[id(tensor)]))

    def _called(self, node: Any, before: tuple[str, ...], prefix: str) -> tuple[str, ...]:
        operation = node.operation
        inner = _functional(operation) if isinstance(operation, keras.Model) else None
        plain = len(node.input_tensors) == 1 and len(node.outputs) == 1 and len(operation._inbound_nodes) == 1
        if inner is not None and plain and len(inner.inputs) == 1 == len(inner.outputs):
            return tuple(self.take(inner, [before], f"{prefix}{operation.name}/")) or before
        name = f"{prefix}{operation.name}"
        known = next((index for index, layer in enumerate(self.layers) if layer.name == name), None)
        if known is not None:
            # Called more than once, it has several inputs, and is after all of them.
            merged = tuple(dict.fromkeys((*self.layers.pop(known).inputs, *before)))
            self.layers.append(_unknown(name, merged))
        else:
            self.layers.append(_layer(operation, name, *_shapes(node), before))
        return (name,)


def _sources(node: Any) -> Iterator[int]:
    """The tensors on which a node is called, by their ids."""
    return (id(tensor) for tensor in node.input_tensors)


def _shapes(node: Any) -> tuple[_Shape, _Shape]:
    """Of input and output without the batch; None where there are several or a side isn't known."""
    return _shape(node.input_tensors), _shape(node.outputs)


def _shape(tensors: Iterable[Any]) -> _Shape:
    shapes = {tuple(tensor.shape[1:]) for tensor in tensors}
    one = shapes.pop() if len(shapes) == 1 else (None,)
    return None if None in one else one


def _layer(keras_layer: Any, name: str, before: _Shape, after: _Shape, inputs: tuple[str, ...]) -> NetworkLayer:
    layer = _of_catalogue(keras_layer)
    return NetworkLayer(name, layer, before, after, inputs, _learns(keras_layer) if layer is not None else ALL)


def _of_catalogue(keras_layer: Any) -> Layer | None:
    """The layer as the catalogue has it; None for another class, or for arguments that the catalogue hasn't."""
    kind = type(keras_layer)
    # A class of somebody's own may bear the name of one of Keras's.
    if getattr(keras.layers, kind.__name__, None) is not kind or keras_layer.dtype_policy.name != "float32":
        return None
    try:
        with warnings.catch_warnings():
            # Keras warns of what can't be saved, which nobody wants here.
            warnings.simplefilter("ignore")
            return layer_from_keras({"class_name": kind.__name__, "config": keras_layer.get_config()})
    # An activation or an initializer of somebody's own may have no config.
    except (SpecError, NotImplementedError, TypeError, ValueError, AttributeError):
        return None


def _learns(keras_layer: Any) -> str:
    """What learns, as its variables say; Keras's config knows only of the whole layer."""
    learning = {id(variable) for variable in keras_layer.trainable_variables}
    able = [variable for variable in keras_layer.variables if id(variable) in learning or _could_learn(variable)]
    if all(id(variable) in learning for variable in able):
        return ALL if keras_layer.trainable else NOTHING
    kinds = frozenset(is_bias(variable) for variable in able if id(variable) in learning)
    return {frozenset({True}): BIASES, frozenset({False}): WEIGHTS, frozenset(): NOTHING}.get(kinds, ALL)


def _could_learn(variable: Any) -> bool:
    return not variable.path.split("/")[-1].startswith(("moving_", "seed_generator", "vector_u"))


def training_of(model: Any) -> tuple[Training | None, bool]:
    """Loss and optimizer of a compiled model, and whether the learning rate follows a schedule.

    None where one of them is none that an experiment could have, or there are several losses.
    """
    if not getattr(model, "compiled", False):
        return None, False
    optimizer = getattr(model.optimizer, "inner_optimizer", model.optimizer)
    name, loss = type(optimizer).__name__, _loss(model.loss)
    if loss is None or getattr(keras.optimizers, name, None) is not type(optimizer):
        return None, False
    config = optimizer.get_config()
    scheduled = not isinstance(config.get("learning_rate"), float | int)
    config["learning_rate"] = float(optimizer.learning_rate)
    settings = training_settings({"loss": loss, "optimizer": {"class_name": name, "config": config}})
    known = "loss" in settings and "optimizer" in settings
    return (Training(**settings) if known else None), scheduled


def _loss(loss: Any) -> Any:
    """A loss as Keras writes it into a file; None for one of somebody's own, or for several."""
    if isinstance(loss, str):
        try:
            # Short names stand for functions.
            loss = keras.losses.get(loss)
        except ValueError:
            return None
    if isinstance(loss, keras.losses.Loss):
        kind = type(loss)
        own = getattr(keras.losses, kind.__name__, None) is kind
        # Some of Keras's losses leave their settings out of the config.
        config = getattr(loss, "_fn_kwargs", {}) | loss.get_config()
        return {"class_name": kind.__name__, "config": config} if own else None
    name = getattr(loss, "__name__", "")
    return name if callable(loss) and name and getattr(keras.losses, name, None) is loss else None
