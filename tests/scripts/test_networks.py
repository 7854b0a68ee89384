"""Which network a script becomes: its layers, their names, who learns; and which networks are refused."""

import pytest

from biasstudio.spec.arguments import SpecError
from biasstudio.spec.learning import BIASES, NOTHING, WEIGHTS
from tests.scripts.networks_spelled import BUILDING
from tests.scripts.reading_short import COMPILED, read, said


def classes(text: str) -> list[str]:
    return [layer.class_name for layer in read(text).experiment.stack.layers]


def units(text: str) -> list[int]:
    return [layer.get("units") for layer in read(text).experiment.stack.layers if layer.class_name == "Dense"]


@pytest.mark.parametrize("name", BUILDING)
def test_every_way_to_build_the_same_network(name):
    reading = read(BUILDING[name])
    assert reading.experiment.stack.input_shape == (4,)
    assert [layer.get("units") for layer in reading.experiment.stack.layers] == [3, 2]
    assert said(reading) == []


def test_names_are_kept_and_the_others_are_kerass():
    reading = read(
        "m = Sequential([Input((4,)), Dense(3, name='a'), Dense(3), Dense(3, name='dense'), Dense(3), ReLU()])"
    )
    names = [layer.name for layer in reading.experiment.stack.layers]
    assert names == ["a", "dense_1", "dense", "dense_2", "re_lu"]


def test_a_name_that_can_not_be_kept_is_said():
    reading = read("m = Sequential([Input((4,)), Dense(3, name='a'), Dense(3, name='a'), Dense(2, name='a b')])")
    assert [layer.name for layer in reading.experiment.stack.layers] == ["a", "dense", "dense_1"]
    assert [line for line, _ in said(reading)] == [1, 1]


def test_an_attention_is_called_on_one_tensor_twice():
    text = "i = Input((4, 8))\nx = {}\nm = Model(i, x)"
    for call in ("MultiHeadAttention(2, 4)(i, i)", "MultiHeadAttention(2, 4)(query=i, value=i, key=i)"):
        assert classes(text.format(call)) == ["MultiHeadAttention"]
    reading = read(text.format("MultiHeadAttention(2, 4)(i, i, use_causal_mask=True)"))
    assert said(reading) == [
        (2, "MultiHeadAttention is called with use_causal_mask, which a stack doesn't have; it is left out.")
    ]


REFUSED = {
    "i = Input((4,))\na = Dense(3)(i)\nb = Dense(3)(i)\nm = Model(i, Add()([a, b]))": (
        "line 7: Add is called on 2 tensors, but in a stack each layer is called on the output of the layer before."
    ),
    "i = Input((4,))\na = Dense(4)(i)\nm = Model(i, i + a)": (
        "line 6: i + a is no layer of a stack: this network is no stack of layers."
    ),
    "i = Input((4,))\nm = Model(i, [Dense(3)(i), Dense(2)(i)])": (
        "line 5: this network has 2 outputs; a stack has one."
    ),
    "i, j = Input((4,)), Input((4,))\nm = Model([i, j], Dense(3)(i))": (
        "line 5: this network has 2 inputs; a stack has one."
    ),
    "d = Dense(4)\nm = Sequential([Input((4,)), d, d])": (
        "line 4: the Dense made here is used more than once, with the same weights; in a stack each layer is used once."
    ),
    "class M(Model):\n    def call(self, x): return x\nm = M()": (
        "line 6: M is a model class of the script's own, whose call can't be read."
    ),
    "m = Sequential(make_layers())": "line 4: what make_layers() holds can't be read.",
    "m = Sequential([make_layer()])": "line 4: make_layer() can't be read as a layer; it is left out.",
    "print(1)": "The script has no Keras network that could be read.",
}


@pytest.mark.parametrize("text", REFUSED)
def test_a_network_that_is_no_stack_is_refused_by_line(text):
    with pytest.raises(SpecError) as raised:
        read(text)
    assert str(raised.value) == REFUSED[text]


def test_one_that_can_be_read_is_offered_beside_one_that_can_not():
    text = "class M(Model): pass\nn = M()\nn.compile('sgd', 'mse')\nm = Sequential([Input((4,)), Dense(2)])"
    reading = read(text)
    assert said(reading) == [(2, "M is a model class of the script's own, whose call can't be read.")]
    assert units(text) == [2]


def test_of_several_networks_the_one_that_is_trained_is_read():
    text = (
        "a = Sequential([Input((4,)), Dense(3)])\nb = Sequential([Input((4,)), Dense(2)])\na.compile('sgd')\na.fit(x)\n"
    )
    reading = read(text)
    assert [layer.get("units") for layer in reading.experiment.stack.layers] == [3]
    assert said(reading)[0] == (0, "The script makes 2 networks, at the lines 4, 5: the one of line 4 is read.")
    # One that is only compiled comes after one that is trained.
    reading = read(text + "b.compile('sgd')")
    assert [layer.get("units") for layer in reading.experiment.stack.layers] == [3]
    reading = read(text + "b.compile('sgd')\nb.fit(x)")
    assert [layer.get("units") for layer in reading.experiment.stack.layers] == [2]
    assert said(reading)[0] == (0, "The script trains 2 networks, at the lines 4, 5: the one of line 5 is read.")


def test_a_condition_that_is_not_known_is_said_where_it_matters():
    reading = read("m = Sequential([Input((4,)), Dense(3)])\nif wide:\n    m.add(Dense(9))\nif loud:\n    print(m)\n")
    assert said(reading) == [
        (2, "Whether “wide” holds is only known when the script runs: what it does to the network then is not read.")
    ]
    # What it would have set isn't known from there on.
    reading = read("n = 3\nif wide:\n    n = 9\nm = Sequential([Input((4,)), Dense(n)])")
    assert said(reading) == [(4, "Dense: units, n, is only known when the script runs; 10 stands in its place.")]
    reading = read(
        "def size(x):\n    if x:\n        return 9\n    return 3\nm = Sequential([Input((4,)), Dense(size(q))])"
    )
    assert "units, size(q), is only known" in said(reading)[0][1]


def test_a_loop_that_is_not_known_is_gone_through_once():
    reading = read("for fold in folds:\n    m = Sequential([Input((4,)), Dense(3)])\n    m.compile('sgd', 'mse')\n")
    assert said(reading) == [
        (1, "How often this loop goes round is only known when the script runs: its lines are read once.")
    ]
    assert read("for f in files:\n    print(f)\n" + COMPILED).notes == ()


FROZEN = {
    "m.layers[1].trainable = False": ["all", NOTHING, "all"],
    "m.layers[-1].trainable = False": ["all", "all", NOTHING],
    "for l in m.layers[:-1]:\n    l.trainable = False": [NOTHING, NOTHING, "all"],
    "m.get_layer('b').trainable = False": ["all", NOTHING, "all"],
    "m.get_layer(index=0).trainable = False": [NOTHING, "all", "all"],
    "m.get_layer('dense_1').trainable = False": ["all", "all", NOTHING],
    "m.layers[1].bias.trainable = False": ["all", WEIGHTS, "all"],
    "m.layers[1].kernel.trainable = False": ["all", BIASES, "all"],
    "m.trainable = False\nm.layers[0].trainable = True": ["all", NOTHING, NOTHING],
    "m.layers[0].trainable = False\nm.layers[0].trainable = True": ["all", "all", "all"],
    "m.layers[0].bias.trainable = False\nm.layers[0].kernel.trainable = False": ["all", "all", "all"],
}


@pytest.mark.parametrize("text", FROZEN)
def test_who_learns(text):
    reading = read(
        f"m = Sequential([Input((4,)), Dense(3), Dense(3, name='b'), Dense(2)])\n{text}\nm.compile('sgd', 'mse')"
    )
    assert [layer.learns for layer in reading.experiment.stack.layers] == FROZEN[text]
    assert (said(reading) == []) == (text.count("trainable") < 2 or "bias" not in text)


def test_a_layer_that_is_made_frozen_learns_nothing():
    reading = read("m = Sequential([Input((4,)), Dense(3, trainable=False), Dense(2)])")
    assert [layer.learns for layer in reading.experiment.stack.layers] == [NOTHING, "all"]


def test_what_is_frozen_after_the_training_is_said():
    reading = read(COMPILED + "m.layers[1].trainable = False\nm.fit(x)\nm.layers[1].trainable = True")
    assert reading.experiment.stack.layers[1].learns == NOTHING
    assert (5, "trainable is set after the training that is read here, and doesn't count in it.") in said(reading)
