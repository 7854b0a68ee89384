"""What an attribute of something in a script stands for."""

from typing import Any

from biasstudio.scripts import arrays
from biasstudio.scripts.arrays import Array, Pairs
from biasstudio.scripts.graph import layers_of
from biasstudio.scripts.names import canonical
from biasstudio.scripts.values import Function, Instance, Made, Method, Name, Network, OwnClass, Unknown, Variable

_VARIABLES = {
    "kernel",
    "bias",
    "beta",
    "gamma",
    "embeddings",
    "recurrent_kernel",
    "depthwise_kernel",
    "pointwise_kernel",
}
_VARIABLES |= {"moving_mean", "moving_variance", "cell", "alpha"}
_CONSTANTS = {"numpy.newaxis": None, "tensorflow.newaxis": None, "numpy.pi": 3.141592653589793}


def attribute_of(owner: Any, name: str) -> Any:
    """`owner`.`name`; Unknown where only running the script could tell."""
    if isinstance(owner, Name):
        path = canonical(f"{owner.path}.{name}")
        return _CONSTANTS[path] if path in _CONSTANTS else Name(path)
    if isinstance(owner, Made):
        if name in owner.attributes:
            return owner.attributes[name]
        is_variable = name in _VARIABLES and owner.path.startswith("keras.layers.")
        return Variable(owner, name) if is_variable else Method(owner, name)
    if isinstance(owner, Network):
        return _of_network(owner, name)
    if isinstance(owner, Array):
        return arrays.attribute(owner, name)
    if isinstance(owner, Pairs):
        return arrays.attribute_of_pairs(owner, name)
    if isinstance(owner, Instance):
        found = owner.attributes.get(name, owner.type.members.get(name, Unknown()))
        return _bound(found, owner)
    if isinstance(owner, OwnClass):
        return _bound(owner.members.get(name, Unknown()), owner)
    if isinstance(owner, Method) and isinstance(owner.owner, Network) and owner.name == "optimizer":
        return Method(owner, name)
    if isinstance(owner, Method) and isinstance(owner.owner, Method):
        # model.optimizer.learning_rate.assign
        return Method(owner, name) if isinstance(owner.owner.owner, Network) else Unknown()
    if isinstance(owner, str | list | tuple | dict | Variable):
        return Method(owner, name)
    return Unknown()


def _of_network(network: Network, name: str) -> Any:
    if name == "layers":
        return layers_of(network)
    if name in ("input", "inputs", "output", "outputs") and network.functional:
        return network.inputs if name.startswith("input") else network.outputs
    return Method(network, name)


def _bound(member: Any, owner: Any) -> Any:
    """A function reached through a class or an object, which takes that as its first argument."""
    if not isinstance(member, Function) or member.kind == "staticmethod":
        return member
    if member.kind == "classmethod" and isinstance(owner, Instance):
        owner = owner.type
    unbound = isinstance(owner, OwnClass) and member.kind != "classmethod"
    return member if unbound else Function(member.node, member.scope, member.kind, owner)
