"""The network as the rules see it: layers with their shapes and what they are called on; what gives the output."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from biasstudio.spec.experiment import Experiment
from biasstudio.spec.learning import ALL, BIASES, NOTHING
from biasstudio.spec.stack import Layer

LINEAR = "linear"
# What a layer of this class does to each value, where it does nothing else.
_ACTIVATION_LAYERS = {"ReLU": "relu", "LeakyReLU": "leaky_relu", "PReLU": "prelu", "ELU": "elu", "Softmax": "softmax"}
PASSING = frozenset({"Flatten", "Reshape", "Permute", "Identity", "Dropout", "AlphaDropout", "GaussianDropout"})
"""Classes of layers that leave the activation of what they are given as it is."""
NORMALIZING = frozenset({"BatchNormalization", "LayerNormalization", "GroupNormalization"})
"""Classes of layers that shift and scale what they are given."""
_WITH_ACTIVATION = ("Dense", "EinsumDense", "Activation", "Conv", "SeparableConv", "DepthwiseConv")


@dataclass(frozen=True)
class NetworkLayer:
    """One layer. `inputs` are the layers on whose outputs it is called, none for the network's own input.

    `layer` holds class and arguments; None for one that the catalogue doesn't know, of which nothing is said. Shapes
    leave the batch out, and are None where the network wasn't built. `learns` is one of WHO_LEARNS.
    """

    name: str
    layer: Layer | None
    input_shape: tuple[int, ...] | None
    output_shape: tuple[int, ...] | None
    inputs: tuple[str, ...] = ()
    learns: str = ALL

    @property
    def class_name(self) -> str:
        return self.layer.class_name if self.layer is not None else ""

    @property
    def activation(self) -> str | None:
        """The function that gives its output, such as relu, or linear; None where it isn't a single known one."""
        if self.layer is None:
            return None
        if self.class_name == "ReLU" and self.layer.get("negative_slope"):
            return "leaky_relu"
        if self.class_name in _ACTIVATION_LAYERS:
            return _ACTIVATION_LAYERS[self.class_name]
        if self.class_name.startswith(_WITH_ACTIVATION) and not self.class_name.startswith("ConvLSTM"):
            return str(self.layer.get("activation"))
        return None

    @property
    def is_activation(self) -> bool:
        """Whether it does nothing but apply a function."""
        return self.class_name == "Activation" or self.class_name in _ACTIVATION_LAYERS

    @property
    def biases_learn(self) -> bool:
        return self.learns in (ALL, BIASES)

    @property
    def frozen(self) -> bool:
        return self.learns == NOTHING

    @property
    def has_own_bias(self) -> bool:
        """Whether the layer itself, and not one inside it, has a bias that is switched on."""
        role = self.layer.type.bias if self.layer is not None else None
        return role is not None and self.layer is not None and bool(self.layer.get(role.toggle))


@dataclass(frozen=True)
class Head:
    """What gives the network's output: a layer with weights, and the function that is applied last."""

    layer: NetworkLayer
    """The layer whose values go into the function: a Dense, say."""
    activation: str
    where: str
    """The name of the layer that applies the function, which may be an Activation layer after it."""
    units: int | None
    """The size of the output's last axis; None where it isn't known."""


def layers_of_stack(experiment: Experiment, shapes: Mapping[str, tuple[int, ...]]) -> tuple[NetworkLayer, ...]:
    """A stack's layers, each called on the one before; `shapes` of their outputs by name."""
    found: list[NetworkLayer] = []
    shape: tuple[int, ...] | None = experiment.stack.input_shape
    before: tuple[str, ...] = ()
    for layer in experiment.stack.layers:
        output = shapes.get(layer.name)
        found.append(NetworkLayer(layer.name, layer, shape, output, before, experiment.learns_in(layer)))
        shape, before = output, (layer.name,)
    return tuple(found)


def _width(layer: NetworkLayer) -> int | None:
    if layer.output_shape is not None:
        return layer.output_shape[-1] if layer.output_shape else None
    return layer.layer.get("units") if layer.layer is not None and layer.class_name == "Dense" else None


def head_of(layers: Sequence[NetworkLayer]) -> Head | None:
    """Looks back from the last layer to the one that has weights; None where something unknown lies between."""
    if not layers:
        return None
    by_name, layer, function, where = {each.name: each for each in layers}, layers[-1], LINEAR, ""
    units = _width(layer)
    while True:
        own = layer.activation
        if own is not None and own != LINEAR:
            if where:
                return None  # two functions, one after the other
            function, where = own, layer.name
        if layer.class_name.startswith(("Dense", "EinsumDense", "Conv")) and own is not None:
            return Head(layer, function, where or layer.name, units)
        if (own is None and layer.class_name not in PASSING) or len(layer.inputs) != 1:
            return None
        layer = by_name[layer.inputs[0]]
