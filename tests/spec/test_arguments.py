"""One schema checks values from the editor, from files and from the command line."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from biasstudio.spec.arguments import MAXIMUM_ARRAY_LENGTH, Argument, SpecError, check_arguments, shown
from biasstudio.spec.experiment import TRAINING_ARGUMENTS
from biasstudio.spec.initializers import INITIALIZER_TYPES, Initializer
from biasstudio.spec.layers import layer_types
from biasstudio.spec.regularizers import Regularizer
from biasstudio.spec.stack import INPUT_SHAPE, Layer
from tests.spec.strategies import argument_values

INTEGER = Argument("units", "integer", 1, minimum=1, maximum=100)
NUMBER = Argument("rate", "number", 0.5, minimum=0.0, below=1.0)
ABOVE = Argument("epsilon", "number", 0.5, above=0.0)
INTEGERS = Argument("strides", "integers", (1, 1), minimum=1, maximum=9)
SHAPE = Argument("shape", "shape", (1,), minimum=1, maximum=9)
NUMBERS = Argument("value", "numbers", 0.1)
BOOLEAN = Argument("use_bias", "boolean", True)
CHOICE = Argument("padding", "choice", "valid", choices=("valid", "same"))
INITIALIZER = Argument("bias_initializer", "initializer", None)
SEED = Argument("seed", "integer", None, minimum=0, unset="from experiment")
NAN, INFINITY = float("nan"), float("inf")

ALL_ARGUMENTS = [
    *(argument for layer in layer_types().values() for argument in layer.arguments),
    *(parameter for initializer in INITIALIZER_TYPES.values() for parameter in initializer.parameters),
    *TRAINING_ARGUMENTS,
    INPUT_SHAPE,
]

# Of a layer inside another the default is the name of a class.
WITH_DEFAULT = [argument for argument in ALL_ARGUMENTS if argument.kind not in ("layer", "layers")]
OBJECTS = ("initializer", "regularizer", "constraint", "layer", "layers")
SIDES = Argument("output_shape", "sides", None, minimum=1, maximum=9)
AXES = Argument("axis", "axes", -1, minimum=-3, maximum=2)
PAIRS = Argument("padding", "pairs", ((1, 1), (1, 1)), minimum=0, maximum=9)
BOUNDS = Argument("factor", "bounds", 0.2, minimum=-1.0, maximum=1.0)
INTERVAL = Argument("value_range", "interval", (0.0, 255.0))
TEXT = Argument("equation", "text", "a,b->c")
REGULARIZER = Argument("bias_regularizer", "regularizer", None, unset="none")
LAYER = Argument("layer", "layer", "LSTM", choices=("LSTM", "GRU"))
CELLS = Argument("cell", "layers", "GRUCell", choices=("GRUCell",))

WRONG = [
    (INTEGER, 0, "units takes a whole number from 1 to 100, not 0."),
    (INTEGER, 101, "units takes a whole number from 1 to 100, not 101."),
    (INTEGER, 2.5, "units takes a whole number from 1 to 100, not 2.5."),
    (INTEGER, True, "units takes a whole number from 1 to 100, not True."),
    (INTEGER, "3", "units takes a whole number from 1 to 100, not '3'."),
    (INTEGER, None, "units takes a whole number from 1 to 100, not None."),
    (INTEGER, NAN, "units takes a whole number from 1 to 100, not nan."),
    (INTEGER, INFINITY, "units takes a whole number from 1 to 100, not inf."),
    (INTEGER, 10**5000, "units takes a whole number from 1 to 100, not a number of more than 60 digits."),
    (INTEGER, [3], "units takes a whole number from 1 to 100, not [3]."),
    (NUMBER, 1.0, "rate takes a number of 0 or more and below 1, not 1.0."),
    (NUMBER, -0.1, "rate takes a number of 0 or more and below 1, not -0.1."),
    (NUMBER, False, "rate takes a number of 0 or more and below 1, not False."),
    (NUMBER, 1j, "rate takes a number of 0 or more and below 1, not 1j."),
    (ABOVE, 0, "epsilon takes a number above 0, not 0."),
    (ABOVE, 1e301, "epsilon takes a number above 0 that float32 can hold, not 1e+301."),
    (INTEGERS, (1, 2, 3), "strides takes 2 whole numbers from 1 to 9, not (1, 2, 3)."),
    (INTEGERS, (1, 0), "strides takes 2 whole numbers from 1 to 9, not (1, 0)."),
    (INTEGERS, (1, True), "strides takes 2 whole numbers from 1 to 9, not (1, True)."),
    (INTEGERS, (), "strides takes 2 whole numbers from 1 to 9, not ()."),
    (INTEGERS, "ab", "strides takes 2 whole numbers from 1 to 9, not 'ab'."),
    (SHAPE, (), "shape takes 1 to 5 whole numbers from 1 to 9, not ()."),
    (SHAPE, (1, 2, 3, 4, 5, 6), "shape takes 1 to 5 whole numbers from 1 to 9, not (1, 2, 3, 4, 5, 6)."),
    (SHAPE, 3, "shape takes 1 to 5 whole numbers from 1 to 9, not 3."),
    (SHAPE, (None, 3), "shape takes 1 to 5 whole numbers from 1 to 9, not (None, 3)."),
    (NUMBERS, [], "value takes a number or a list of numbers, not []."),
    (NUMBERS, [1.0, [2.0]], "value takes a number or a list of numbers, not [1.0, [2.0]]."),
    (NUMBERS, [1.0, NAN], "value takes a number or a list of numbers, not [1.0, nan]."),
    (BOOLEAN, 1, "use_bias takes true or false, not 1."),
    (BOOLEAN, "true", "use_bias takes true or false, not 'true'."),
    (CHOICE, "Same", "padding takes one of valid, same, not 'Same'."),
    (CHOICE, ["same"], "padding takes one of valid, same, not ['same']."),
    (CHOICE, {}, "padding takes one of valid, same, not {}."),
    (INITIALIZER, "Zeros", "bias_initializer takes an initializer, not 'Zeros'."),
    (INITIALIZER, None, "bias_initializer takes an initializer, not None."),
    (SIDES, (1, 0), "output_shape takes 1 to 5 whole numbers from 1 to 9, or any where any size is right, not (1, 0)."),
    (SIDES, (), "output_shape takes 1 to 5 whole numbers from 1 to 9, or any where any size is right, not ()."),
    (AXES, 3, "axis takes a whole number from -3 to 2, or several, not 3."),
    (AXES, (0, 0.5), "axis takes a whole number from -3 to 2, or several, not (0, 0.5)."),
    (AXES, (), "axis takes a whole number from -3 to 2, or several, not ()."),
    (PAIRS, (1, 2, 3), "padding takes 2 pairs of whole numbers from 0 to 9, not (1, 2, 3)."),
    (PAIRS, ((1, 2, 3), 1), "padding takes 2 pairs of whole numbers from 0 to 9, not ((1, 2, 3), 1)."),
    (PAIRS, -1, "padding takes 2 pairs of whole numbers from 0 to 9, not -1."),
    (BOUNDS, (0.5, 0.1), "factor takes a number from -1 to 1, or two, the lowest and the highest, not (0.5, 0.1)."),
    (BOUNDS, 2, "factor takes a number from -1 to 1, or two, the lowest and the highest, not 2."),
    (INTERVAL, 3, "value_range takes two numbers, the lowest and the highest, not 3."),
    (INTERVAL, (0, NAN), "value_range takes two numbers, the lowest and the highest, not (0, nan)."),
    (TEXT, "a b", "equation takes a text without spaces, not 'a b'."),
    (TEXT, "", "equation takes a text without spaces, not ''."),
    (TEXT, "é", "equation takes a text without spaces, not 'é'."),
    (REGULARIZER, Initializer.of("Zeros"), "bias_regularizer takes a regularizer, not "),
    (LAYER, "LSTM", "layer takes a layer of the kinds LSTM, GRU, not 'LSTM'."),
    (LAYER, Layer.of("Dense", "x"), "layer takes a layer of the kinds LSTM, GRU, not "),
    (CELLS, (), "cell takes 1 to 20 layers of the kinds GRUCell, not ()."),
    (CELLS, (Layer.of("LSTMCell", "x"),), "cell takes 1 to 20 layers of the kinds GRUCell, not "),
    (SEED, -1, "seed takes a whole number of 0 or more, not -1."),
]


@pytest.mark.parametrize(("argument", "value", "sentence"), WRONG, ids=[sentence for _, _, sentence in WRONG])
def test_a_wrong_value_is_refused_in_one_sentence(argument, value, sentence):
    with pytest.raises(SpecError) as refusal:
        argument.check(value)
    if sentence.endswith("not "):
        assert str(refusal.value).startswith(sentence)
        assert len(str(refusal.value)) < 150
    else:
        assert str(refusal.value) == sentence
    assert refusal.value.argument == argument.name


@pytest.mark.parametrize(
    ("argument", "value", "canonical"),
    [
        (SIDES, 4, (4,)),
        (SIDES, [None, 4.0], (None, 4)),
        (AXES, [-1], -1),
        (AXES, [1, 2.0], (1, 2)),
        (PAIRS, 2, ((2, 2), (2, 2))),
        (PAIRS, (1, 2), ((1, 1), (2, 2))),
        (PAIRS, [[1, 2], 3], ((1, 2), (3, 3))),
        (BOUNDS, [0, 1], (0.0, 1.0)),
        (BOUNDS, 1, 1.0),
        (INTERVAL, [0, 255], (0.0, 255.0)),
        (REGULARIZER, Regularizer.of("L2"), Regularizer.of("L2")),
        (LAYER, Layer.of("GRU", "x"), Layer.of("GRU", "x")),
        (CELLS, Layer.of("GRUCell", "x"), (Layer.of("GRUCell", "x"),)),
        (INTEGER, 3.0, 3),
        (NUMBER, 0, 0.0),
        (INTEGERS, 3, (3, 3)),
        (INTEGERS, [2, 3.0], (2, 3)),
        (SHAPE, [4], (4,)),
        (NUMBERS, [1, 2], (1.0, 2.0)),
        (NUMBERS, 1, 1.0),
        (SEED, None, None),
        (BOOLEAN, False, False),
    ],
)
def test_a_right_value_gets_its_canonical_type(argument, value, canonical):
    checked = argument.check(value)
    assert checked == canonical
    assert type(checked) is type(canonical)
    if isinstance(canonical, tuple) and argument.kind != "layers":
        assert [type(part) for part in checked] == [type(part) for part in canonical]


def test_a_list_longer_than_the_limit_is_refused_briefly():
    assert len(NUMBERS.check([0.5] * MAXIMUM_ARRAY_LENGTH)) == MAXIMUM_ARRAY_LENGTH
    with pytest.raises(SpecError, match="list of numbers") as refusal:
        NUMBERS.check([0.5] * (MAXIMUM_ARRAY_LENGTH + 1))
    assert len(str(refusal.value)) < 150


@pytest.mark.parametrize("argument", WITH_DEFAULT, ids=lambda argument: argument.name)
def test_every_default_of_the_catalogues_is_canonical(argument):
    checked = argument.check(argument.default)
    assert checked == argument.default
    assert type(checked) is type(argument.default)


@given(st.data())
def test_what_is_shown_can_be_typed_again(data):
    argument = data.draw(st.sampled_from([a for a in ALL_ARGUMENTS if a.kind not in OBJECTS]))
    value = data.draw(argument_values(argument))
    text = argument.format(value)
    assert argument.parse(text) == argument.check(value)


@pytest.mark.parametrize(
    ("argument", "value", "text"),
    [
        (NUMBERS, (0.1,), "0.1,"),
        (NUMBERS, (0.1, -2.0), "0.1, -2"),
        (NUMBERS, 1e22, "1e22"),
        (SHAPE, (4,), "4"),
        (INTEGERS, (2, 3), "2 × 3"),
        (SIDES, (None, 4), "any × 4"),
        (AXES, (1, 2), "1, 2"),
        (AXES, -1, "-1"),
        (PAIRS, ((1, 2), (0, 0)), "1, 2 × 0, 0"),
        (BOUNDS, (-0.5, 0.5), "-0.5, 0.5"),
        (BOUNDS, 0.5, "0.5"),
        (TEXT, "ab,bc->ac", "ab,bc->ac"),
        (BOOLEAN, True, "true"),
        (CHOICE, "same", "same"),
        (SEED, None, "from experiment"),
    ],
)
def test_how_values_are_shown(argument, value, text):
    assert argument.format(value) == text
    assert argument.parse(text) == value


@pytest.mark.parametrize(
    ("argument", "text", "value"),
    [
        (INTEGER, " 7 ", 7),
        (INTEGER, "+7", 7),
        (INTEGER, "1e1", 10),
        (NUMBER, ".25", 0.25),
        (NUMBER, "2.5E-1", 0.25),
        (INTEGERS, "2 × 3", (2, 3)),
        (INTEGERS, "2x3", (2, 3)),
        (INTEGERS, "(2, 3)", (2, 3)),
        (INTEGERS, "4", (4, 4)),
        (SHAPE, "(4,)", (4,)),
        (SHAPE, "4", (4,)),
        (NUMBERS, "0.5", 0.5),
        (NUMBERS, "0.5,", (0.5,)),
        (NUMBERS, "[0.5]", (0.5,)),
        (NUMBERS, "[1, 2; -3]", (1.0, 2.0, -3.0)),
        (SIDES, "(None, 6)", (None, 6)),
        (SIDES, "6", (6,)),
        (AXES, "(1, 2)", (1, 2)),
        (PAIRS, "1", ((1, 1), (1, 1))),
        (PAIRS, "1, 2", ((1, 1), (2, 2))),
        (PAIRS, "((1, 2), (3, 4))", ((1, 2), (3, 4))),
        (INTERVAL, "0 255", (0.0, 255.0)),
        (BOOLEAN, "True", True),
        (BOOLEAN, "false", False),
        (CHOICE, "same", "same"),
        (SEED, "", None),
        (SEED, "from experiment", None),
        (SEED, "12", 12),
    ],
)
def test_common_ways_of_typing_are_understood(argument, text, value):
    assert argument.parse(text) == value


@given(st.sampled_from(ALL_ARGUMENTS), st.text(max_size=30) | st.from_regex(r"[-+0-9.eE,x() ]{1,400}", fullmatch=True))
def test_any_typed_text_is_a_value_or_a_sentence(argument, text):
    refusal = None
    try:
        value = argument.parse(text)
    except SpecError as error:
        refusal = error
    if refusal is None:
        assert argument.check(value) == value
    else:
        assert str(refusal).startswith(f"{argument.name} takes ")
        assert refusal.argument == argument.name


def test_expected_names_every_kind_of_limit():
    assert replace(NUMBER, minimum=None, below=None).expected() == "a number"
    assert replace(NUMBER, minimum=None, below=None, above=0.0, maximum=2.5).expected() == (
        "a number above 0 and up to 2.5"
    )


def test_check_arguments_gives_defaults_in_the_order_of_the_schema():
    assert check_arguments({"rate": 0.25}, (INTEGER, NUMBER), "dropout") == (("units", 1), ("rate", 0.25))


def test_check_arguments_names_the_owner_the_layer_and_the_argument():
    with pytest.raises(SpecError) as wrong:
        check_arguments({"rate": 7}, (INTEGER, NUMBER), "dropout", layer="dropout")
    assert str(wrong.value) == "dropout: rate takes a number of 0 or more and below 1, not 7."
    assert (wrong.value.layer, wrong.value.argument) == ("dropout", "rate")
    with pytest.raises(SpecError) as unknown:
        check_arguments({"rats": 7}, (INTEGER, NUMBER), "dropout", layer="dropout")
    assert str(unknown.value) == "dropout: there is no argument 'rats'."
    assert (unknown.value.layer, unknown.value.argument) == ("dropout", "rats")


def test_an_initializer_is_taken_where_one_is_expected():
    assert INITIALIZER.check(Initializer.of("Ones")) == Initializer.of("Ones")


def _nested(depth: int) -> list:
    value: list = []
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    "value",
    [_nested(100_000), "x" * 10**6, ["x" * 100] * 10**5, {"a": "\ud800" * 99}, 10**9999],
    ids=["nested", "text", "list", "surrogates", "digits"],
)
def test_anything_can_be_shown_briefly(value):
    text = shown(value)
    assert len(text) <= 60
    text.encode("utf-8")
