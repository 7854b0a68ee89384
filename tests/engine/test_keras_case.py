"""Keras models as the Doctor sees them: what is called on what, what is understood, and what is left unjudged."""

import keras
import numpy as np
import pytest

from biasstudio.doctor.case import Case
from biasstudio.doctor.diagnose import diagnose
from biasstudio.engine.keras_case import case_of_model, network_layers, training_of

layers = keras.layers


class Scaled(layers.Layer):
    """A layer of somebody's own."""

    def call(self, x):
        return 2 * x


class Dense(layers.Layer):
    """One of somebody's own that bears the name of Keras's."""

    def __init__(self, units, **more):
        super().__init__(**more)
        self.inner = layers.Dense(units, activation="softmax")

    def call(self, x):
        return self.inner(x)


class Subclassed(keras.Model):
    def __init__(self):
        super().__init__()
        self.first = layers.Dense(4, name="first")
        self.last = layers.Dense(1, activation="softmax", name="last")

    def call(self, x):
        return self.last(keras.ops.relu(self.first(x)))


def calls(model):
    return {layer.name: layer.inputs for layer in network_layers(model)}


def ids(model, **known):
    return {(finding.id, finding.where) for finding in diagnose(case_of_model(model, **known))}


def test_a_functional_model_is_walked_from_its_inputs_on():
    inputs = keras.Input((4,))
    a = layers.Dense(8, name="a")(inputs)
    joined = layers.Concatenate(name="joined")([a, layers.Dense(8, name="b")(a), a * 2.0])
    model = keras.Model(inputs, layers.Dense(1, name="end")(joined))
    found = calls(model)
    assert (found["a"], found["b"], found["end"]) == ((), ("a",), ("joined",))
    assert found["joined"][:2] == ("a", "b")
    assert len(found["joined"]) == 3
    (times,) = set(found["joined"]) - {"a", "b"}
    assert found[times] == ("a",)
    end = network_layers(model)[-1]
    assert (end.name, end.input_shape, end.output_shape, end.layer.get("units")) == ("end", (24,), (1,), 1)


def test_models_in_a_model_are_walked_through():
    inner = keras.Sequential([layers.Dense(3, activation="relu"), layers.Dense(1, activation="softmax")], name="inner")
    model = keras.Sequential([keras.Input((4,)), layers.Dense(4, activation="relu", name="first"), inner])
    first, second = (layer.name for layer in inner.layers)
    assert calls(model) == {"first": (), f"inner/{first}": ("first",), f"inner/{second}": (f"inner/{first}",)}
    assert ("softmax-one-unit", f"inner/{second}") in ids(model)


def test_an_output_that_also_goes_on_is_not_taken_for_a_mere_step_between():
    inputs = keras.Input((4,))
    hidden = layers.Dense(4, name="hidden")(inputs)
    normal = layers.BatchNormalization(name="bn")(hidden)
    assert ids(keras.Model(inputs, normal)) == {("bias-before-batchnorm", "hidden")}
    # Here the bias reaches an output of its own, where it counts.
    both = keras.Model(inputs, [hidden, normal])
    assert ids(both) == set()
    assert case_of_model(both).head is None


def test_a_layer_that_is_called_twice_is_not_judged():
    shared = layers.Dense(1, activation="softmax", name="shared")
    one, two = keras.Input((4,)), keras.Input((4,))
    model = keras.Model([one, two], layers.Add(name="sum")([shared(one), shared(two)]))
    assert calls(model) == {"shared": (), "sum": ("shared",)}
    assert network_layers(model)[0].layer is None
    assert ids(model) == set()


def test_what_is_not_understood_is_not_judged_and_hides_what_lies_behind_it():
    model = keras.Sequential([keras.Input((4,)), layers.Dense(3, name="hidden"), Scaled(name="own"), layers.Dense(1)])
    own = network_layers(model)[1]
    assert (own.name, own.layer, own.inputs) == ("own", None, ("hidden",))
    assert ids(model) == set()  # without the layer between it would be a linear pair
    assert ids(keras.Sequential([keras.Input((4,)), Dense(1)])) == set()
    lambdas = keras.Sequential([keras.Input((4,)), layers.Dense(1, activation=lambda x: keras.ops.softmax(x))])
    assert network_layers(lambdas)[0].layer is None


def test_of_a_subclassed_model_each_layer_is_judged_alone():
    model = Subclassed()
    model(np.zeros((2, 3)))
    assert ids(model) == {("softmax-one-unit", "last")}
    case = case_of_model(model)
    assert case.head is None
    assert [layer.name for layer in case.layers if layer.layer is not None] == ["first", "last"]


def test_who_learns_is_read_from_the_variables():
    model = keras.Sequential([keras.Input((4,)), *(layers.Dense(3, name=name) for name in "abcd"), layers.Dropout(0.1)])
    by_name = {layer.name: layer for layer in model.layers}
    by_name["a"].bias.trainable = False
    by_name["b"].kernel.trainable = False
    by_name["c"].trainable = False
    assert [layer.learns for layer in network_layers(model)] == ["weights", "biases", "nothing", "all", "all"]
    normal = keras.Sequential([keras.Input((4,)), layers.BatchNormalization()])
    assert network_layers(normal)[0].learns == "all"


@pytest.mark.parametrize(
    ("loss", "name", "settings"),
    [
        ("mse", "mean_squared_error", ()),
        ("binary_crossentropy", "binary_crossentropy", ()),
        (keras.losses.mean_absolute_error, "mean_absolute_error", ()),
        (keras.losses.Huber(delta=2.0), "huber", (("delta", 2.0),)),
        (keras.losses.CategoricalCrossentropy(from_logits=True), "categorical_crossentropy", (("from_logits", True),)),
    ],
)
def test_losses_as_people_give_them(loss, name, settings):
    model = keras.Sequential([keras.Input((4,)), layers.Dense(2)])
    model.compile(keras.optimizers.SGD(0.5, momentum=0.25), loss)
    training, scheduled = training_of(model)
    assert (training.loss, training.loss_settings, scheduled) == (name, settings, False)
    assert (training.optimizer, training.learning_rate, training.setting("momentum")) == ("SGD", 0.5, 0.25)


def mean_squared_error(_true, _predicted):
    """A loss of somebody's own that bears the name of Keras's."""
    return 0.0


class Adam(keras.optimizers.Adam):
    """An optimizer of somebody's own."""


@pytest.mark.parametrize(
    ("optimizer", "loss"),
    [
        ("adam", mean_squared_error),
        ("adam", {"dense": "mse"}),
        ("adam", ["mse"]),
        ("adam", None),
        ("adam", keras.losses.MeanSquaredError(reduction="sum")),
        (Adam, "mse"),
    ],
)
def test_what_an_experiment_could_not_have_is_not_known(optimizer, loss):
    model = keras.Sequential([keras.Input((4,)), layers.Dense(2, name="dense")])
    assert training_of(model) == (None, False)
    model.compile(optimizer() if callable(optimizer) else optimizer, loss)
    assert training_of(model)[0] is None


def test_a_schedule_is_said_and_its_present_rate_taken():
    model = keras.Sequential([keras.Input((4,)), layers.Dense(2)])
    model.compile(keras.optimizers.Adam(keras.optimizers.schedules.ExponentialDecay(0.5, 10, 0.1)), "mse")
    training, scheduled = training_of(model)
    assert (training.learning_rate, scheduled) == (0.5, True)
    assert case_of_model(model).scheduled


def test_a_model_that_was_trained_says_nothing_of_its_start():
    model = keras.Sequential([keras.Input((4,)), layers.Dense(10, bias_initializer="he_normal")])
    model.compile("sgd", "mse")
    assert not case_of_model(model).from_file
    assert ids(model) == {("large-initial-bias", model.layers[0].name)}
    model.fit(np.zeros((4, 4)), np.zeros((4, 10)), verbose=0)
    assert case_of_model(model).from_file
    assert ids(model) == set()


def test_what_is_judged_is_said_in_words():
    assert Case(()).judged == ()
    model = keras.Sequential([keras.Input((4,)), layers.Dense(2)])
    assert case_of_model(model).judged == ("the network",)
    model.compile("sgd", "mse")
    assert case_of_model(model).judged == ("the network", "loss and optimizer")
