"""Stacks are values: every edit gives a new one and leaves the old as it was."""

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from biasstudio.spec.arguments import INPUT, SpecError
from biasstudio.spec.initializers import Initializer
from biasstudio.spec.layers import base_name, layer_types
from biasstudio.spec.stack import MAXIMUM_LAYERS, Layer, Stack
from tests.spec.strategies import LAYER_NAMES, layers, stacks

OPTIONS = (
    "kernel_regularizer",
    "bias_regularizer",
    "activity_regularizer",
    "kernel_constraint",
    "bias_constraint",
)


def names(stack: Stack) -> list[str]:
    return [layer.name for layer in stack.layers]


def three() -> Stack:
    return Stack((28, 28, 1)).add("Conv2D").add("Flatten").add("Dense", units=10)


def test_layers_are_added_at_the_end_or_where_asked():
    assert names(three()) == ["conv2d", "flatten", "dense"]
    assert names(three().add("Dense", index=0)) == ["dense_1", "conv2d", "flatten", "dense"]


def test_a_new_layer_has_the_defaults_of_the_catalogue():
    layer = Stack((4,)).add("Dense").layer("dense")
    assert dict(layer.arguments) == dict.fromkeys(OPTIONS) | {
        "units": 10,
        "activation": "linear",
        "use_bias": True,
        "kernel_initializer": Initializer.of("GlorotUniform"),
        "bias_initializer": Initializer.of("Zeros"),
    }


def test_names_are_counted_as_keras_does_and_gaps_are_filled():
    stack = Stack((4,)).add("Dense").add("Dense").add("Dense")
    assert names(stack) == ["dense", "dense_1", "dense_2"]
    assert stack.remove("dense_1").free_name("Dense") == "dense_1"
    assert stack.remove("dense").free_name("Dense") == "dense"


@pytest.mark.parametrize(
    ("class_name", "name"),
    [
        ("Dense", "dense"),
        ("Conv2D", "conv2d"),
        ("MaxPooling2D", "max_pooling2d"),
        ("GlobalAveragePooling2D", "global_average_pooling2d"),
        ("BatchNormalization", "batch_normalization"),
        ("LecunNormal", "lecun_normal"),
    ],
)
def test_base_name_is_snake_case(class_name, name):
    assert base_name(class_name) == name


def test_move_puts_the_layer_at_its_index_in_the_result():
    assert names(three().move("conv2d", 2)) == ["flatten", "dense", "conv2d"]
    assert names(three().move("dense", 0)) == ["dense", "conv2d", "flatten"]
    assert three().move("flatten", 1) == three()


def test_duplicate_copies_right_below_with_all_arguments():
    stack = three().change("conv2d", filters=5).duplicate("conv2d")
    assert names(stack) == ["conv2d", "conv2d_1", "flatten", "dense"]
    assert stack.layers[0].arguments == stack.layers[1].arguments


def test_change_touches_only_what_is_named():
    stack = three().change("dense", use_bias=False, bias_initializer=Initializer.of("Ones"))
    assert stack.layers[:2] == three().layers[:2]
    layer = stack.layer("dense")
    assert (layer.get("units"), layer.has_bias, layer.bias_initializer) == (10, False, Initializer.of("Ones"))


def test_rename_keeps_place_and_arguments():
    stack = three().rename("conv2d", "eyes")
    assert names(stack) == ["eyes", "flatten", "dense"]
    assert stack.layer("eyes").arguments == three().layer("conv2d").arguments


@pytest.mark.parametrize(
    "name", ["", " ", "a b", "a/b", "a\\b", "-a", "_a", ".", "ä", "a\n", "x" * 101, "a:0", "\ud800"]
)
def test_a_name_that_keras_or_a_path_cannot_hold_is_refused(name):
    with pytest.raises(SpecError, match=r"^A layer's name takes up to 100 letters") as refusal:
        three().rename("dense", name)
    assert refusal.value.argument == "name"


def test_two_layers_of_one_name_are_refused():
    with pytest.raises(SpecError) as refusal:
        three().rename("dense", "flatten")
    assert str(refusal.value) == "Two layers are called 'flatten'; each needs a name of its own."
    assert refusal.value.layer == "flatten"


@pytest.mark.parametrize("shape", [(), (0,), (1, 2, 3, 4, 5, 6), (None, 2), (2.5,), "ab", 3, None, (10**9,), (True,)])
def test_a_wrong_input_shape_is_refused(shape):
    with pytest.raises(SpecError, match=r"^input: shape takes 1 to 5 whole numbers from 1 to 100000, not ") as refusal:
        Stack(shape)
    assert refusal.value.layer == INPUT


def test_the_input_shape_is_canonical():
    assert Stack([28.0, 28, 1]) == Stack((28, 28, 1))


@pytest.mark.parametrize(
    ("arguments", "sentence", "argument"),
    [
        ({"units": 0}, "dense: units takes a whole number from 1 to 1000000, not 0.", "units"),
        ({"unit": 1}, "dense: there is no argument 'unit'.", "unit"),
        (
            {"bias_initializer": Initializer.of("Orthogonal")},
            "dense: bias_initializer Orthogonal needs a matrix; a bias here is a vector.",
            "bias_initializer",
        ),
        (
            {"bias_initializer": Initializer.of("Constant", value=(1, 2))},
            "dense: the Constant list has 2 values, but the bias has 10, one for each unit.",
            "bias_initializer",
        ),
    ],
)
def test_a_wrong_argument_names_layer_argument_and_both_sides(arguments, sentence, argument):
    with pytest.raises(SpecError) as refusal:
        three().change("dense", **arguments)
    assert str(refusal.value) == sentence
    assert (refusal.value.layer, refusal.value.argument) == ("dense", argument)


def test_orthogonal_is_allowed_for_a_kernel():
    layer = three().change("dense", kernel_initializer=Initializer.of("Orthogonal")).layer("dense")
    assert layer.get("kernel_initializer").name == "Orthogonal"


def test_changing_the_length_under_a_constant_list_is_refused():
    stack = three().change("dense", bias_initializer=Initializer.of("Constant", value=(1,) * 10))
    with pytest.raises(SpecError, match="the Constant list has 10 values, but the bias has 11"):
        stack.change("dense", units=11)


def test_a_stack_has_a_largest_size():
    flat = Layer.of("Flatten", "flatten")
    full = Stack((4,), tuple(Layer("Flatten", f"flatten_{number}", flat.arguments) for number in range(MAXIMUM_LAYERS)))
    with pytest.raises(SpecError, match="A stack takes up to 500 layers, not 501"):
        full.add("Flatten")


def test_which_layers_have_a_bias():
    with_bias = {name for name in layer_types() if Layer.of(name, "x").has_bias}
    # Which layers of Keras have one is asked of Keras in tests/engine/test_catalogue.py.
    assert {"Dense", "LSTM", "GRUCell", "RNN", "Bidirectional", "TimeDistributed", "LayerNormalization"} <= with_bias
    assert not {"Flatten", "PReLU", "RMSNormalization", "Dropout", "EinsumDense"} & with_bias
    assert Layer.of("EinsumDense", "x", bias_axes="y").has_bias
    assert Layer.of("Flatten", "x").bias_initializer is None


@st.composite
def edits(draw, stack: Stack):
    """One edit of `stack`, as a name for failures and the function."""
    kind = draw(st.sampled_from(["add", "insert", "remove", "duplicate", "move", "rename", "change"]))
    index = draw(st.integers(0, len(stack.layers)))
    if kind == "add" or not stack.layers:
        class_name = draw(st.sampled_from(tuple(layer_types())))
        return lambda: stack.add(class_name, index)
    if kind == "insert":
        layer = draw(layers())
        return lambda: stack.insert(index, layer)
    name = draw(st.sampled_from(names(stack)))
    if kind == "move":
        return lambda: stack.move(name, index)
    if kind == "rename":
        new_name = draw(LAYER_NAMES | st.sampled_from(names(stack)) | st.text(max_size=3))
        return lambda: stack.rename(name, new_name)
    if kind == "change":
        layer = stack.layer(name)
        other = draw(layers(name).filter(lambda other: other.class_name == layer.class_name))
        return lambda: stack.change(name, **dict(other.arguments))
    return lambda: getattr(stack, kind)(name)


@given(stacks(most=3), st.data())
def test_any_edits_keep_names_unique_layers_valid_and_the_original_as_it_was(stack, data):
    for _ in range(data.draw(st.integers(1, 6))):
        before = copy.deepcopy(stack)
        try:
            edited = data.draw(edits(stack))()
        except SpecError:
            edited = stack
        assert stack == before
        stack = edited
        assert len(set(names(stack))) == len(stack.layers)
        for layer in stack.layers:
            assert Layer.of(layer.class_name, layer.name, **dict(layer.arguments)) == layer
        assert hash(stack) == hash(copy.deepcopy(stack))
        assert all(stack.free_name(class_name) not in names(stack) for class_name in layer_types())


@given(stacks(), st.data())
def test_moving_there_and_back_and_duplicating_and_removing_change_nothing(stack, data):
    if not stack.layers:
        stack = stack.add("Dense")
    name = data.draw(st.sampled_from(names(stack)))
    index = data.draw(st.integers(0, len(stack.layers) - 1))
    moved = stack.move(name, index)
    assert moved.index(name) == index
    assert moved.move(name, stack.index(name)) == stack
    doubled = stack.duplicate(name)
    assert doubled.remove(doubled.layers[stack.index(name) + 1].name) == stack
