"""Random stacks that Keras builds: each layer takes a sequence and gives one."""

from hypothesis import strategies as st

from biasstudio.spec.constraints import Constraint
from biasstudio.spec.initializers import VECTOR_INITIALIZERS, Initializer
from biasstudio.spec.layers import layer_types
from biasstudio.spec.learning import WHO_LEARNS
from biasstudio.spec.regularizers import Regularizer
from biasstudio.spec.stack import Layer, Stack
from tests.spec.strategies import LAYER_NAMES

_TURNED = {"return_sequences": True, "go_backwards": True}
_PLAIN = {
    "Dense": {"units": 4},
    "EinsumDense": {"equation": "abc,cd->abd", "output_shape": (3, 4), "bias_axes": "d"},
    "Conv1D": {"filters": 4, "kernel_size": 2, "padding": "same"},
    "SeparableConv1D": {"filters": 4, "kernel_size": 3, "padding": "same", "activation": "tanh"},
    "SimpleRNN": {"units": 4, "return_sequences": True},
    "LSTM": {"units": 4, "return_sequences": True},
    "GRU": {"units": 4, "return_sequences": True, "reset_after": False},
    "BatchNormalization": {},
    "LayerNormalization": {},
    "PReLU": {},
    "Dropout": {"rate": 0.25},
    "GaussianNoise": {"stddev": 1.0},
    "Activation": {"activation": "tanh"},
    "MultiHeadAttention": {"num_heads": 2, "key_dim": 3, "dropout": 0.1},
}
_CELLS = ("SimpleRNNCell", "LSTMCell", "GRUCell")
_RANDOM = ("RandomNormal", "RandomUniform", "TruncatedNormal", "VarianceScaling", "HeNormal", "GlorotUniform")


def initializers() -> st.SearchStrategy[Initializer]:
    """By name, with parameters, and with a seed of its own."""
    names = st.sampled_from(VECTOR_INITIALIZERS).map(Initializer.of)
    seeded = st.builds(Initializer.of, st.sampled_from(_RANDOM), seed=st.none() | st.integers(0, 9))
    changed = st.builds(Initializer.of, st.just("RandomNormal"), stddev=st.sampled_from([0.1, 2.0]))
    return names | seeded | changed | st.just(Initializer.of("Constant", value=0.5))


@st.composite
def _layer(draw, class_name: str, name: str, **arguments: object) -> Layer:
    given = _PLAIN.get(class_name, {}) | arguments
    for argument in layer_types()[class_name].arguments:
        if argument.kind == "initializer" and draw(st.booleans()):
            given[argument.name] = draw(initializers())
        if argument.kind == "regularizer" and draw(st.integers(0, 5)) == 0:
            given[argument.name] = Regularizer.of("L2", l2=0.001)
        if argument.kind == "constraint" and draw(st.integers(0, 5)) == 0:
            given[argument.name] = Constraint.of("MaxNorm", max_value=3.0)
    return Layer.of(class_name, name, **given)


@st.composite
def _any_layer(draw, name: str) -> Layer:
    kind = draw(st.sampled_from([*_PLAIN, "Bidirectional", "TimeDistributed", "SpectralNormalization", "RNN"]))
    if kind in _PLAIN:
        return draw(_layer(kind, name))
    if kind == "RNN":
        cells = [draw(_layer(cell, draw(_names(cell)), units=4)) for cell in draw(_some_cells())]
        return Layer.of("RNN", name, cell=tuple(cells), return_sequences=True)
    if kind == "Bidirectional":
        read = draw(st.sampled_from(["SimpleRNN", "LSTM", "GRU"]))
        backward = draw(st.none() | _layer(read, "backwards", **_TURNED))
        return Layer.of(
            kind, name, layer=draw(_layer(read, draw(_names(read)))), merge_mode="sum", backward_layer=backward
        )
    inner = draw(st.sampled_from(["Dense", "BatchNormalization"] if kind == "TimeDistributed" else ["Dense", "Conv1D"]))
    return Layer.of(kind, name, layer=draw(_layer(inner, draw(_names(inner)))))


def _some_cells() -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(_CELLS), min_size=1, max_size=2)


def _names(class_name: str) -> st.SearchStrategy[str]:
    """What Keras could call it, or anything."""
    base = layer_types()[class_name].keras_name
    return st.sampled_from([base, f"{base}_1", f"{base}_2"]) | LAYER_NAMES


@st.composite
def sequence_stacks(draw, most: int = 5) -> Stack:
    stack = Stack((3, 4))
    for _ in range(draw(st.integers(1, most))):
        drawn = draw(_any_layer("drawn"))
        name = draw(_names(drawn.class_name))
        if name in [layer.name for layer in stack.layers]:
            name = stack.free_name(drawn.class_name)
        layer = Layer.of(drawn.class_name, name, **dict(drawn.arguments))
        stack = stack.insert(len(stack.layers), layer.let_learn(draw(st.sampled_from(tuple(WHO_LEARNS)))))
    return stack
