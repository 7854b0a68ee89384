"""Every layer with a bias is built with every initializer: those offered for it give what is promised of them, and
those not offered really fail in Keras."""

import math

import keras
import numpy as np
import pytest

from biasstudio.engine.biases import is_bias
from biasstudio.engine.build import check_stack
from biasstudio.spec.arguments import SpecError
from biasstudio.spec.bias_shapes import bias_pieces, unfitting_initializers
from biasstudio.spec.initializers import INITIALIZER_TYPES, Initializer
from biasstudio.spec.keras_config import layer_to_keras
from biasstudio.spec.layers import layer_types
from biasstudio.spec.stack import Layer, Stack
from tests.engine.layer_samples import input_of

WIDE = {"units": 300, "filters": 300, "kernel_size": 1, "groups": 1}


def wide(name: str, label: str = "tried", **given: object) -> Layer:
    """A layer whose biases are many enough for statistics, and whose weights are quickly made."""
    arguments = {key: WIDE[key] for key in WIDE if key in {argument.name for argument in layer_types()[name].arguments}}
    for argument in layer_types()[name].arguments:
        if argument.kind == "initializer" and layer_types()[name].bias.initializer != argument.name:
            arguments[argument.name] = Initializer.of("Zeros")
    return Layer.of(name, label, **arguments | given)


def own_layers() -> dict[str, tuple[Layer, tuple[int, ...]]]:
    """Every layer class with a bias of its own, and an input for it."""
    special = {
        "EinsumDense": {"output_shape": 300, "bias_axes": "y"},
        "MultiHeadAttention": {"num_heads": 20, "key_dim": 15},
        "GroupQueryAttention": {"num_query_heads": 20, "num_key_value_heads": 10, "head_dim": 30},
    }
    return {
        name: (wide(name, **special.get(name, {})), _many_channels(name))
        for name, entry in layer_types().items()
        if entry.bias is not None and not entry.part
    }


def _many_channels(name: str) -> tuple[int, ...]:
    """The input's channels are the biases of some layers."""
    by_input = ("Normalization", "Attention")
    wide_input = name.startswith("Depthwise") or name.endswith(by_input)
    return (*input_of(name)[:-1], 300) if wide_input else input_of(name)


OTHERS = {
    "GRU in one row": (wide("GRU", reset_after=False), (4, 3)),
    "LSTM without forget bias": (wide("LSTM", unit_forget_bias=False), (4, 3)),
    "EinsumDense matrix": (
        wide("EinsumDense", equation="abc,cde->abde", output_shape=(7, 20, 15), bias_axes="de"),
        (7, 4),
    ),
    "EinsumDense column": (
        wide("EinsumDense", equation="abc,cd->abd", output_shape=(300, 2), bias_axes="b"),
        (300, 4),
    ),
    "EinsumDense of three sides": (
        wide("EinsumDense", equation="ab,bcde->acde", output_shape=(10, 1, 30), bias_axes="ce"),
        (4,),
    ),
    "EinsumDense dots at the end": (
        wide("EinsumDense", equation="ab...,bc->ac...", output_shape=(300,), bias_axes="c"),
        (4, 5),
    ),
    "LayerNormalization over two axes": (wide("LayerNormalization", axis=(-2, -1)), (20, 15)),
    "LayerNormalization over three axes": (wide("LayerNormalization", axis=(3, 1, 2)), (10, 1, 30)),
    "LayerNormalization of volumes": (wide("LayerNormalization", axis=(1, 2, 3)), (5, 6, 10)),
    "MultiHeadAttention with gate": (wide("MultiHeadAttention", num_heads=20, key_dim=15, use_gate=True), (4, 300)),
    "MultiHeadAttention onto a matrix": (
        wide("MultiHeadAttention", num_heads=20, key_dim=15, value_dim=30, output_shape=(10, 30)),
        (4, 6),
    ),
    "RNN": (Layer.of("RNN", "tried", cell=(wide("GRUCell", "a"), wide("SimpleRNNCell", "b"))), (4, 3)),
    "RNN of one cell": (Layer.of("RNN", "tried", cell=wide("LSTMCell", "a")), (4, 3)),
    "Bidirectional": (Layer.of("Bidirectional", "tried", layer=wide("GRU", "a")), (4, 3)),
    "Bidirectional of two": (
        Layer.of(
            "Bidirectional",
            "tried",
            layer=wide("LSTM", "a"),
            backward_layer=wide("GRU", "b", go_backwards=True),
        ),
        (4, 3),
    ),
    "TimeDistributed": (Layer.of("TimeDistributed", "tried", layer=wide("DepthwiseConv1D", "a")), (2, 5, 300)),
    "SpectralNormalization": (Layer.of("SpectralNormalization", "tried", layer=wide("Conv1D", "a")), (5, 3)),
}
CASES = own_layers() | OTHERS


def initial_biases(layer: Layer, shape: tuple[int, ...]) -> list[np.ndarray]:
    """What Keras gives the biases of the layer, in its order."""
    keras_layer = keras.layers.deserialize(layer_to_keras(layer))
    inputs = keras.KerasTensor((None, *shape))
    keras_layer(inputs, inputs) if layer.type.self_attention else keras_layer(inputs)
    return [variable.value.numpy() for variable in keras_layer.variables if is_bias(variable)]


def in_pieces(layer: Layer, shape: tuple[int, ...]) -> list[tuple]:
    """Each piece that the catalogue foretells, with its values from Keras."""
    keras.utils.set_random_seed(1)
    values = initial_biases(layer, shape)
    found = []
    for piece in bias_pieces(layer, shape):
        first = values[0]
        if piece.piece:
            # The gates lie one after the other.
            length = math.prod(piece.shape)
            found.append((piece, first[:length]))
            values[0] = first[length:]
            if not values[0].size:
                values.pop(0)
        else:
            found.append((piece, values.pop(0)))
    assert not values
    return found


def started(layer: Layer, initializer: Initializer) -> Layer:
    """The layer with its first bias started so, put together without the checks that would refuse it."""
    path = layer.bias_parts[0]
    role = layer.part(path).type.bias

    def changed(part: Layer, steps: tuple) -> Layer:
        arguments = dict(part.arguments)
        if not steps:
            arguments[role.initializer] = initializer
        elif isinstance(arguments[steps[0]], tuple):
            cells = list(arguments[steps[0]])
            cells[steps[1]] = changed(cells[steps[1]], steps[2:])
            arguments[steps[0]] = tuple(cells)
        else:
            arguments[steps[0]] = changed(arguments[steps[0]], steps[1:])
        return Layer(part.class_name, part.name, tuple(arguments.items()))

    return changed(layer, path)


def test_every_layer_of_the_catalogue_that_can_have_a_bias_is_tried():
    tried = {part.class_name for layer, _ in CASES.values() for _, part in layer.parts()}
    assert {name for name in layer_types() if Layer.of(name, "x").bias_parts} <= tried


@pytest.mark.parametrize("case", CASES)
def test_what_is_offered_gives_what_is_promised_and_the_rest_fails_in_keras(case):
    layer, shape = CASES[case]
    path = layer.bias_parts[0]
    reasons = unfitting_initializers(layer, path, shape)
    assert {"Zeros", "HeNormal", "Constant"} <= set(INITIALIZER_TYPES) - set(reasons)
    for name in INITIALIZER_TYPES:
        initializer = Initializer.of(name)
        tried = started(layer, initializer)
        if name in reasons:
            with pytest.raises((ValueError, TypeError)):
                initial_biases(tried, shape)
            with pytest.raises(SpecError) as refusal:
                check_stack(Stack(shape, (tried,)), 1)
            assert reasons[name] in str(refusal.value)
            continue
        check_stack(Stack(shape, (tried,)), 1)
        for piece, values in in_pieces(tried, shape):
            assert values.shape == piece.shape
            if piece.path == path or (case == "Bidirectional" and piece.vector == "backward"):
                check_values(initializer, piece, values)


def check_values(initializer: Initializer, piece, values: np.ndarray) -> None:
    constant = {"Zeros": 0.0, "Ones": 1.0, "Constant": 0.0}.get(initializer.name)
    constant = constant if piece.fixed is None else piece.fixed
    if constant is not None:
        np.testing.assert_array_equal(values, np.full(piece.shape, constant, np.float32))
    elif initializer.name == "Identity":
        np.testing.assert_array_equal(values, np.eye(*piece.shape, dtype=np.float32))
    else:
        deviation = initializer.standard_deviation(piece.shape)
        # The sample's error is at most σ / √(2 n); five of them are allowed.
        assert math.sqrt(np.mean(values.astype(float) ** 2)) == pytest.approx(
            deviation, rel=max(0.01, 5 / math.sqrt(2 * values.size))
        )


def test_the_forget_gate_starts_at_exactly_one_and_the_others_are_drawn_apart():
    layer = wide("LSTM", bias_initializer=Initializer.of("HeNormal", seed=3))
    first, forget, rest = in_pieces(layer, (4, 3))
    assert [piece.label for piece, _ in (first, forget, rest)] == ["gate i", "gate f", "gates c, o"]
    assert (forget[1] == 1.0).all()
    # With a seed both draws begin alike, so one is the other, scaled by its own number of units.
    np.testing.assert_allclose(rest[1][:300], first[1] / math.sqrt(2), rtol=1e-5)
    assert first[0].shape == (300,)
    assert rest[0].shape == (600,)


@pytest.mark.parametrize(
    ("layer", "shape", "sentence"),
    [
        (
            started(wide("LSTM", units=3), Initializer.of("Constant", value=(1,) * 12)),
            (4, 3),
            "the Constant list has 12 values, but Keras sets gate i apart from the others: give one number, or switch "
            "unit_forget_bias off.",
        ),
        (
            started(wide("GRU", units=3), Initializer.of("Constant", value=(1,) * 4)),
            (4, 3),
            "the Constant list has 4 values, but the bias has 9 in its last row, 2 × 9.",
        ),
        (
            started(wide("MultiHeadAttention", key_dim=3), Initializer.of("Constant", value=(1,) * 3)),
            (4, 6),
            "the Constant list has 3 values, but the bias of output has 6 in its last row, 6.",
        ),
        (
            started(wide("LayerNormalization"), Initializer.of("Constant", value=(1,) * 3)),
            (4, 6),
            "the Constant list has 3 values, but the bias has 6, one for each feature.",
        ),
    ],
)
def test_a_constant_list_that_cannot_fit_is_refused_in_one_sentence(layer, shape, sentence):
    with pytest.raises(SpecError) as refusal:
        check_stack(Stack(shape, (layer,)), 1)
    assert str(refusal.value) == f"tried: {sentence}"


def test_a_constant_list_that_fits_is_the_bias():
    values = tuple(float(value) for value in range(9))
    ((_, given),) = in_pieces(wide("GRU", units=3, bias_initializer=Initializer.of("Constant", value=values)), (4, 3))
    np.testing.assert_array_equal(given, [values, values])
    ((_, given),) = in_pieces(
        wide("LSTM", units=2, unit_forget_bias=False, bias_initializer=Initializer.of("Constant", value=values[:8])),
        (4, 3),
    )
    np.testing.assert_array_equal(given, values[:8])
