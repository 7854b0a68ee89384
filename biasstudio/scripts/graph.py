"""The layers of a script's network in the order in which data go through them, and why some have no such order."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from biasstudio.scripts.notes import Note
from biasstudio.scripts.values import Given, Made, Name, Network, Tensor, Unknown
from biasstudio.spec.arguments import SpecError
from biasstudio.spec.layers import layer_types
from biasstudio.spec.stack import MAXIMUM_LAYERS

INPUT_LAYER = "keras.layers.InputLayer"
_MAXIMUM_NESTING = 20
# What a layer may be called with beside its input; all else is said.
_HARMLESS = {"training", "mask", "attention_mask", "return_attention_scores", "use_causal_mask"}
_INPUTS = ("query", "value", "key", "inputs")


@dataclass
class Chain:
    """The layers one after another, `shape` as the script gives it for the input, and what is to be said of both."""

    layers: list[Made] = field(default_factory=list)
    shape: Any = None
    notes: list[Note] = field(default_factory=list)


def layers_of(network: Network) -> list[Any]:
    """What network.layers is to the script."""
    if not network.functional:
        return [item for _, item in network.items if not _is_input(item)]
    try:
        chain = chain_of(network)
    except SpecError:
        return []
    return [Made(INPUT_LAYER, Given(), network.line), *chain.layers]


def chain_of(network: Network, depth: int = 0) -> Chain:
    """Raises SpecError naming the line where the network is no single chain of layers."""
    if network.fault:
        raise SpecError(f"line {network.line}: {network.fault}.")
    if depth > _MAXIMUM_NESTING:
        raise SpecError(f"line {network.line}: networks lie too deep in each other here to be read.")
    chain = _functional(network) if network.functional else _sequential(network, depth)
    if len(chain.layers) > MAXIMUM_LAYERS:
        raise SpecError(
            f"line {network.line}: this network has more than the {MAXIMUM_LAYERS} layers that a stack takes."
        )
    repeated = next((layer for layer in chain.layers if sum(layer is other for other in chain.layers) > 1), None)
    if repeated is not None:
        raise SpecError(
            f"line {repeated.line}: the {repeated.last} made here is used more than once, with the same weights; in a "
            "stack each layer is used once."
        )
    return chain


def _sequential(network: Network, depth: int) -> Chain:
    chain = Chain()
    for line, item in network.items[: MAXIMUM_LAYERS + 2]:
        if isinstance(item, Network):
            inner = chain_of(item, depth + 1)
            chain.shape = chain.shape or (inner.shape if not chain.layers else None)
            chain.layers += inner.layers
            chain.notes += inner.notes
        elif _is_input(item):
            chain.shape = item.shape if isinstance(item, Tensor) else _shape_given(item)
        elif isinstance(item, Made):
            if not chain.layers:
                chain.shape = chain.shape or _shape_given(item)
            chain.layers.append(item)
        else:
            chain.notes.append(Note(line, f"{_named(item)} can't be read as a layer; it is left out."))
    chain.shape = chain.shape or without_batch(network.shape)
    return chain


def _named(item: Any) -> str:
    if isinstance(item, Name):
        return f"{item.last}, which isn't called,"
    return item.text if isinstance(item, Unknown) and item.text else "What is added here"


def _is_input(item: Any) -> bool:
    if isinstance(item, Tensor):
        return item.layer is None and not item.fault
    return isinstance(item, Made) and item.path == INPUT_LAYER


def _functional(network: Network) -> Chain:
    end, start = (
        _single(ends, network.line, what) for ends, what in ((network.outputs, "outputs"), (network.inputs, "inputs"))
    )
    chain = Chain()
    tensor = end
    while tensor is not start and (tensor.layer is not None or tensor.fault):
        if tensor.fault:
            raise SpecError(f"line {tensor.line}: {tensor.fault}: this network is no stack of layers.")
        if tensor.layer is not None:
            chain.layers.append(tensor.layer)
        chain.notes += tensor.remarks
        tensor = _only_source(tensor)
        if len(chain.layers) > MAXIMUM_LAYERS:
            break
    chain.layers.reverse()
    chain.shape = tensor.shape
    return chain


def _single(ends: Any, line: int, what: str) -> Tensor:
    several = ends if isinstance(ends, list | tuple) else list(ends.values()) if isinstance(ends, dict) else [ends]
    if len(several) != 1:
        raise SpecError(f"line {line}: this network has {len(several)} {what}; a stack has one.")
    if not isinstance(several[0], Tensor):
        raise SpecError(f"line {line}: what the network's {what} are can't be read.")
    return several[0]


def _only_source(tensor: Tensor) -> Tensor:
    """The one tensor that a layer is called on. Raises SpecError where there are several."""
    called = tensor.layer.last if tensor.layer is not None else "a layer"
    attention = tensor.layer is not None and _is_attention(tensor.layer)
    first = tensor.sources[0] if tensor.sources else None
    if first is None:
        raise SpecError(f"line {tensor.line}: what {called} is called on can't be read.")
    if any(source is not first for source in tensor.sources) or (len(tensor.sources) > 1 and not attention):
        raise SpecError(
            f"line {tensor.line}: {called} is called on {len(tensor.sources)} tensors, but in a stack each layer "
            "is called on the output of the layer before."
        )
    if attention and len(tensor.sources) == 1:
        raise SpecError(f"line {tensor.line}: {called} is called on one tensor, and takes a query and a value.")
    return first


def called_on(layer: Made, given: Given, line: int) -> Tensor:
    """What `layer` gives where it is called on what `given` holds."""
    inputs = [*given.positional, *(given.named[name] for name in _INPUTS if name in given.named)]
    sources = tuple(_tensors(inputs))
    remarks = [
        Note(line, f"{layer.last} is called with {name}, which a stack doesn't have; it is left out.")
        for name, value in given.named.items()
        if name not in _INPUTS and not (name in _HARMLESS and (value is None or value is False))
    ]
    return Tensor(line, layer, sources, remarks=tuple(remarks))


def _tensors(values: Any) -> Iterator[Tensor]:
    for value in values:
        if isinstance(value, Tensor):
            yield value
        elif isinstance(value, list | tuple):
            yield from (each for each in value if isinstance(each, Tensor))


def network_on(network: Network, given: Given, line: int) -> Tensor:
    """What a network gives where it is called like a layer: its layers, one after another."""
    sources = tuple(_tensors(given.positional))
    try:
        chain = chain_of(network)
    except SpecError as error:
        return Tensor(line, sources=sources, fault=str(error).rstrip("."))
    if len(sources) != 1:
        return Tensor(line, sources=sources, fault=f"a network is called on {len(sources)} tensors")
    tensor = sources[0]
    for layer in chain.layers:
        tensor = Tensor(line, layer, (tensor,) * (2 if _is_attention(layer) else 1))
    tensor.remarks = tuple(chain.notes)
    return tensor


def _is_attention(layer: Made) -> bool:
    known = layer_types().get(layer.last)
    return known is not None and known.self_attention


def _shape_given(layer: Made) -> Any:
    """The input shape that a first layer's own arguments say, without the batch; None where they don't."""
    named = layer.given.named
    if not layer.path.startswith("keras.layers."):
        # Of a whole network, such as VGG16, that is left out: what comes after it has another input.
        return None
    if layer.path == INPUT_LAYER and layer.given.positional:
        return as_shape(layer.given.positional[0])
    for key in ("shape", "input_shape"):
        if named.get(key) is not None and (key == "input_shape" or layer.path == INPUT_LAYER):
            return as_shape(named[key])
    for key in ("batch_shape", "batch_input_shape"):
        if named.get(key) is not None:
            return without_batch(named[key])
    length = named.get("input_length")
    if layer.last == "Embedding":
        return as_shape(length) if length is not None else None
    dimension = named.get("input_dim")
    return None if dimension is None else (dimension,) if length is None else (length, dimension)


def as_shape(value: Any) -> Any:
    """A shape as Keras takes it: a number stands for a shape of one."""
    if isinstance(value, int) and not isinstance(value, bool):
        return (value,)
    return tuple(value) if isinstance(value, list | tuple) else value


def without_batch(value: Any) -> Any:
    shape = as_shape(value)
    return shape[1:] if isinstance(shape, tuple) else shape
