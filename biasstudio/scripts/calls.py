"""What calling something gives: Keras's classes, a network's methods, functions and classes of the script's own."""

import ast
from typing import Any

from biasstudio.scripts import arrays, builtin_functions, data_sources
from biasstudio.scripts.arrays import Array, Pairs
from biasstudio.scripts.expressions import Expressions
from biasstudio.scripts.graph import as_shape, called_on, chain_of, layers_of, network_on, without_batch
from biasstudio.scripts.keras_names import names_of
from biasstudio.scripts.names import layer_class
from biasstudio.scripts.values import (
    Event,
    Function,
    Given,
    Instance,
    Made,
    Method,
    Name,
    Network,
    OwnClass,
    Tensor,
    Unknown,
    Variable,
)
from biasstudio.spec.arguments import SpecError

END = Unknown("(end)")
"""What a call that ends the script gives."""

_ENDING = {"sys.exit", "builtins.exit", "builtins.quit", "os._exit"}
_SEEDS = {
    "keras.utils.set_random_seed": "keras.utils.set_random_seed",
    "tensorflow.random.set_seed": "tf.random.set_seed",
    "tensorflow.random.set_random_seed": "tf.set_random_seed",
    "tensorflow.set_random_seed": "tf.set_random_seed",
    "numpy.random.seed": "np.random.seed",
}
# Channels come last here.
_FORMATS = {"keras.backend.image_data_format": "channels_last", "keras.backend.image_dim_ordering": "tf"}
# Settings of all of Keras, and what is so here.
_FLOAT32, _CHANNELS = "Everything is computed in float32 here", "Channels come last here"
_SETTINGS = {
    "keras.mixed_precision.set_global_policy": _FLOAT32,
    "keras.mixed_precision.experimental.set_policy": _FLOAT32,
    "keras.mixed_precision.set_dtype_policy": _FLOAT32,
    "keras.config.set_dtype_policy": _FLOAT32,
    "keras.config.set_floatx": _FLOAT32,
    "keras.backend.set_floatx": _FLOAT32,
    "keras.backend.set_image_data_format": _CHANNELS,
    "keras.backend.set_image_dim_ordering": _CHANNELS,
    "keras.config.set_image_data_format": _CHANNELS,
}
# Keras's way of wrapping a network for scikit-learn, of three packages.
_WRAPPERS = {"KerasClassifier", "KerasRegressor"}
# Rooms of Keras whose names make something when they are called.
_MAKERS: tuple[str, ...] = (
    "initializers",
    "regularizers",
    "constraints",
    "optimizers",
    "losses",
    "metrics",
    "callbacks",
)
_MAKERS += ("applications",)


class Calls(Expressions):
    """Expressions with calls."""

    def call_function(self, function: Function, given: Given, node: ast.AST) -> Any:
        """What a function of the script's own returns."""
        raise NotImplementedError

    def call(self, callee: Any, given: Given, node: ast.AST) -> Any:
        """What calling `callee` gives; Unknown where only running the script could tell."""
        line = getattr(node, "lineno", self.line)
        if isinstance(callee, Function):
            return self.call_function(callee, given, node)
        if isinstance(callee, OwnClass):
            return self._new(callee, given, node)
        if isinstance(callee, Method):
            return self._method(callee.owner, callee.name, given, node)
        if isinstance(callee, Name):
            return self._named_call(callee.path, given, line, node)
        if isinstance(callee, Network):
            return self._on_network(callee, given, line)
        tensors = _tensors_in(given)
        if isinstance(callee, Made) and tensors:
            return called_on(callee, given, line)
        if isinstance(callee, Instance) and isinstance(callee.type.members.get("__call__"), Function):
            member = callee.type.members["__call__"]
            return self.call_function(Function(member.node, member.scope, owner=callee), given, node)
        if isinstance(callee, Unknown) and len(tensors) == 1:
            # Perhaps a layer of a package that isn't known; a network without it is better than none.
            return called_on(Made("unknown", Given(), line, spelled=callee.text), given, line)
        return self._not_known(node, given)

    def _not_known(self, node: ast.AST, given: Given) -> Any:
        text, tensors = self.source.text_of(node), _tensors_in(given)
        if tensors:
            return Tensor(getattr(node, "lineno", self.line), sources=tensors, fault=f"{text} is no layer of a stack")
        # What a function that isn't known makes of data is not read; they are still those data.
        changed = next((value for value in given.positional if isinstance(value, Array)), None)
        return Unknown(text) if changed is None else changed.not_read(getattr(node, "lineno", self.line), text)

    def _on_network(self, network: Network, given: Given, line: int) -> Any:
        return network_on(network, given, line) if _tensors_in(given) else Unknown()

    def _new(self, own: OwnClass, given: Given, node: ast.AST) -> Any:
        line = getattr(node, "lineno", self.line)
        if own.base in ("keras.Model", "keras.Sequential"):
            network = Network(line, fault=f"{own.name} is a model class of the script's own, whose call can't be read")
            self.networks.append(network)
            return network
        if own.base:
            return Made(f"own.{own.name}", given, line)
        instance = Instance(own)
        start = own.members.get("__init__")
        if isinstance(start, Function):
            self.call_function(Function(start.node, start.scope, owner=instance), given, node)
        return instance

    # --- names of modules ---

    def _named_call(self, path: str, given: Given, line: int, node: ast.AST) -> Any:
        room, _, name = path.rpartition(".")
        if room == "builtins":
            return END if path in _ENDING else self.known(builtin_functions.called(name, given), node)
        if path in _ENDING:
            return END
        if path in _SEEDS:
            self.seeds.append((_SEEDS[path], given.get("seed", 0), line))
            return None
        if name in _WRAPPERS:
            return self._wrapped(given, line, node)
        if path.startswith("keras."):
            return self._keras(path, given, line, node)
        tensors = _tensors_in(given)
        if tensors:
            return self._not_known(node, given)
        made = data_sources.called(path, given, line, self.source.text_of(node))
        return Unknown(self.source.text_of(node)) if made is None else made

    def _keras(self, path: str, given: Given, line: int, node: ast.AST) -> Any:
        tensors = _tensors_in(given)
        if path == "keras.Sequential":
            return self._sequential(given, line)
        if path == "keras.Model":
            return self._model(given, line)
        if path == "keras.Input":
            return _input(given, line)
        if path in _FORMATS:
            return _FORMATS[path]
        if path in _SETTINGS and given.positional[:1] not in ((), ("float32",), ("channels_last",)):
            self.notes.add(line, f"{_SETTINGS[path]}.")
        if path == "keras.backend.set_value" and given.positional:
            self.changed_optimizer(given.positional[0], line)
        if path in ("keras.load_model", "keras.clone_model"):
            return self._loaded(path, given, line)
        if path.startswith("keras.activations.") and tensors:
            return called_on(Made("keras.layers.Activation", Given((path.rpartition(".")[2],)), line), given, line)
        room = path.split(".")[1]
        if room == "layers" and tensors and path.rpartition(".")[2].islower():
            # keras.layers.add([a, b]), of Keras 2.
            return self._not_known(node, given)
        if room == "layers":
            last = path.rpartition(".")[2]
            return Made(f"keras.layers.{layer_class(last)}", given, line, spelled=last)
        if room in _MAKERS or path == "keras.preprocessing.image.ImageDataGenerator":
            return Made(path, given, line)
        if tensors:
            return self._not_known(node, given)
        made = data_sources.called(path, given, line, self.source.text_of(node))
        return Unknown(self.source.text_of(node)) if made is None else made

    def _sequential(self, given: Given, line: int) -> Network:
        network = Network(line)
        self.networks.append(network)
        layers = given.get("layers", 0)
        if isinstance(layers, Unknown):
            network.fault = f"what {layers.text or 'the list of layers'} holds can't be read"
        for item in layers if isinstance(layers, list | tuple) else []:
            network.items.append((item.line if isinstance(item, Made | Tensor | Network) else line, item))
        return network

    def _model(self, given: Given, line: int) -> Network:
        inputs = given.get("inputs", 0, given.named.get("input"))
        outputs = given.get("outputs", 1, given.named.get("output"))
        network = Network(line, inputs=inputs, outputs=outputs)
        if outputs is None:
            network.fault = "which layers this Model has can't be read"
        self.networks.append(network)
        return network

    def _loaded(self, path: str, given: Given, line: int) -> Network:
        source = given.get("model" if path.endswith("clone_model") else "filepath", 0)
        if isinstance(source, Network):
            network = Network(line, list(source.items), source.inputs, source.outputs, source.fault, shape=source.shape)
        else:
            file = f" {source}" if isinstance(source, str) and len(source) < 100 and source.isprintable() else ""
            network = Network(line, fault=f"the network is loaded from the file{file}: open that file itself")
        self.networks.append(network)
        return network

    def _wrapped(self, given: Given, line: int, node: ast.AST) -> Any:
        """A network made for scikit-learn, which is trained by its cross-validation."""
        builder = given.get("model", 0, given.named.get("build_fn"))
        if not isinstance(builder, Function):
            return builder if isinstance(builder, Network) else Unknown(self.source.text_of(node))
        named = {key: value for key, value in given.named.items() if _takes(builder, key)}
        network = self.call_function(builder, Given((), named), node)
        if isinstance(network, Network):
            fit = {key: value for key, value in given.named.items() if key in ("epochs", "nb_epoch", "batch_size")}
            network.events.append(Event("wrapped", Given((), fit), line, self.next_order()))
        return network

    # --- methods ---

    def _method(self, owner: Any, name: str, given: Given, node: ast.AST) -> Any:
        line = getattr(node, "lineno", self.line)
        if isinstance(owner, Network):
            return self._of_network(owner, name, given, line, node)
        if isinstance(owner, Array):
            made = arrays.method(owner, name, given, line, self.source.text_of(node))
            return Unknown(self.source.text_of(node)) if made is None else made
        if isinstance(owner, Pairs):
            made = data_sources.method_of_pairs(owner, name, given, line, self.source.text_of(node))
            return Unknown(self.source.text_of(node)) if made is None else made
        if isinstance(owner, Method):
            self.changed_optimizer(owner, line)
            return Unknown(self.source.text_of(node))
        if isinstance(owner, Variable):
            self._changed_values(owner.layer, f"{owner.name}.{name}", name.startswith("assign"), line)
            return Unknown(self.source.text_of(node))
        if isinstance(owner, Made):
            self._changed_values(owner, name, name in ("set_weights", "adapt"), line)
            made = data_sources.method_of_made(owner, name, given, line, self.source.text_of(node))
            return Unknown(self.source.text_of(node)) if made is None else made
        return self.known(builtin_functions.method(owner, name, given), node)

    def changed_optimizer(self, owner: Any, line: int) -> None:
        """Of a network that is compiled already."""
        if isinstance(owner, Method) and isinstance(owner.owner, Method) and owner.owner.name == "optimizer":
            self.notes.add(
                line, f"The optimizer's {owner.name} is changed here, which is not read: it stays as it starts."
            )

    def _changed_values(self, layer: Made, what: str, changes: bool, line: int) -> None:
        if changes:
            layer.attributes.setdefault("(changed)", []).append((what, line))

    def _of_network(self, network: Network, name: str, given: Given, line: int, node: ast.AST) -> Any:
        if name == "add":
            network.items.append((line, given.get("layer", 0)))
        elif name == "pop":
            if network.items:
                network.items.pop()
        elif name == "build":
            network.shape = as_shape(given.get("input_shape", 0))
        elif name == "get_layer":
            return self._get_layer(network, given, node)
        else:
            network.events.append(Event(name, given, line, self.next_order()))
            return Unknown(self.source.text_of(node))
        return None

    def _get_layer(self, network: Network, given: Given, node: ast.AST) -> Any:
        layers, name, index = layers_of(network), given.get("name", 0), given.get("index", 1)
        if isinstance(index, int) and -len(layers) <= index < len(layers):
            return layers[index]
        named = [layer for layer, its_name in zip(layers, names_of(layers), strict=True) if its_name == name]
        return named[0] if named else Unknown(self.source.text_of(node))

    def all_layers(self, network: Network) -> list[Made]:
        """Every layer of a network, those of networks in it included."""
        try:
            return chain_of(network).layers
        except SpecError:
            return []


def _takes(function: Function, name: str) -> bool:
    parameters = function.node.args
    return any(each.arg == name for each in (*parameters.args, *parameters.kwonlyargs))


def _input(given: Given, line: int) -> Tensor:
    shape = given.get("shape", 0)
    if shape is None:
        shape = without_batch(given.named.get("batch_shape"))
    return Tensor(line, shape=as_shape(shape))


def _tensors_in(given: Given) -> tuple[Tensor, ...]:
    values = [*given.positional, *given.named.values()]
    flat = [each for value in values for each in (value if isinstance(value, list | tuple) else [value])]
    return tuple(each for each in flat if isinstance(each, Tensor))
