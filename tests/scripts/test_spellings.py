"""The many ways to spell the same: imports, layers, initializers, activations, losses, optimizers."""

import inspect

import keras
import pytest

from biasstudio.scripts.reading import ScriptReading, read_script
from biasstudio.spec.arguments import SpecError
from biasstudio.spec.constraints import Constraint
from biasstudio.spec.experiment import Experiment, Training
from biasstudio.spec.initializers import Initializer
from biasstudio.spec.layers import layer_types
from biasstudio.spec.losses import LOSS_TYPES
from biasstudio.spec.optimizers import CLIPPING, OPTIMIZER_TYPES
from biasstudio.spec.regularizers import Regularizer
from biasstudio.spec.stack import Layer
from tests.scripts.samples_expected import PRESENT


def read(text: str, present: Experiment = PRESENT) -> ScriptReading:
    return read_script(text, present)


def layer_of(text: str, imports: str = "", shape: str = "(8, 8, 3)") -> tuple[Layer, list[str]]:
    """The first layer of a network that has `text` alone, and what is said of it."""
    source = f"import keras\nimport tensorflow as tf\nfrom keras.layers import *\n{imports}\n"
    reading = read(f"{source}model = keras.Sequential([keras.Input({shape}), {text}])\n")
    said = [note.sentence for note in reading.notes if "choose data" not in note.sentence]
    return reading.experiment.stack.layers[0], said


IMPORTS = {
    "import keras": "keras.layers.Dense",
    "import keras as k": "k.layers.Dense",
    "import keras.layers": "keras.layers.Dense",
    "import keras.layers as kl": "kl.Dense",
    "from keras import layers": "layers.Dense",
    "from keras import layers as L": "L.Dense",
    "from keras.layers import Dense": "Dense",
    "from keras.layers import Dense as D": "D",
    "from keras.layers import *": "Dense",
    "from keras.layers.core import Dense": "Dense",
    "from keras.src.layers.core.dense import Dense": "Dense",
    "from keras.api.layers import Dense": "Dense",
    "import tensorflow as tf": "tf.keras.layers.Dense",
    "import tensorflow": "tensorflow.keras.layers.Dense",
    "import tensorflow.keras as keras": "keras.layers.Dense",
    "from tensorflow import keras": "keras.layers.Dense",
    "from tensorflow.keras import layers": "layers.Dense",
    "from tensorflow.keras.layers import Dense": "Dense",
    "from tensorflow.python.keras.layers import Dense": "Dense",
    "import tensorflow.compat.v1 as tf": "tf.keras.layers.Dense",
    "from tensorflow.contrib.keras import layers": "layers.Dense",
    "import tf_keras": "tf_keras.layers.Dense",
    "D = tf.keras.layers.Dense": "D",
    "try:\n    import tensorflow.keras as K\nexcept ImportError:\n    import keras as K": "K.layers.Dense",
}


@pytest.mark.parametrize("statement", IMPORTS)
def test_every_way_to_import_a_layer(statement):
    text = f"{statement}\nfrom keras.models import Sequential\n"
    reading = read(f"{text}m = Sequential()\nm.add({IMPORTS[statement]}(7, input_shape=(5,)))\n")
    assert reading.experiment.stack.input_shape == (5,)
    assert reading.experiment.stack.layers == (Layer.of("Dense", "dense", units=7),)


@pytest.mark.parametrize(
    "text",
    [
        "from keras.models import Sequential\nm = Sequential",
        "from keras import Sequential\nm = Sequential",
        "from keras.engine.sequential import Sequential\nm = Sequential",
        "import tensorflow as tf\nm = tf.keras.Sequential",
        "import tensorflow as tf\nm = tf.keras.models.Sequential",
        "m = Sequential",
        "m = models.Sequential",
    ],
)
def test_every_way_to_name_a_network(text):
    assert len(read(f"{text}([Input((3,)), Dense(2)])").experiment.stack.layers) == 1


DENSE = {
    "Dense(7)": {},
    "Dense(units=7)": {},
    "Dense(output_dim=7)": {},
    "Dense(7, 'relu')": {"activation": "relu"},
    "Dense(7, activation=tf.nn.relu)": {"activation": "relu"},
    "Dense(7, activation=keras.activations.relu)": {"activation": "relu"},
    "Dense(7, activation=tf.keras.activations.swish)": {"activation": "silu"},
    "Dense(7, activation='swish')": {"activation": "silu"},
    "Dense(7, activation=tf.tanh)": {"activation": "tanh"},
    "Dense(7, activation=None)": {},
    "Dense(7, None, False)": {"use_bias": False},
    "Dense(7, bias=False)": {"use_bias": False},
    "Dense(7, kernel_initializer='he_normal')": {"kernel_initializer": Initializer.of("HeNormal")},
    "Dense(7, init='uniform')": {"kernel_initializer": Initializer.of("RandomUniform")},
    "Dense(7, kernel_initializer='normal')": {"kernel_initializer": Initializer.of("RandomNormal")},
    "Dense(7, bias_initializer='HeNormal')": {"bias_initializer": Initializer.of("HeNormal")},
    "Dense(7, bias_initializer=keras.initializers.HeNormal)": {"bias_initializer": Initializer.of("HeNormal")},
    "Dense(7, bias_initializer=tf.keras.initializers.he_normal(seed=3))": {
        "bias_initializer": Initializer.of("HeNormal", seed=3)
    },
    "Dense(7, bias_initializer=tf.constant_initializer(0.5))": {
        "bias_initializer": Initializer.of("Constant", value=0.5)
    },
    "Dense(7, bias_initializer=keras.initializers.Constant([1, 2, 3, 4, 5, 6, 7]))": {
        "bias_initializer": Initializer.of("Constant", value=(1, 2, 3, 4, 5, 6, 7))
    },
    "Dense(7, bias_initializer=tf.random_normal_initializer(0.0, 0.2))": {
        "bias_initializer": Initializer.of("RandomNormal", stddev=0.2)
    },
    "Dense(7, bias_initializer=tf.zeros_initializer())": {},
    "Dense(7, bias_initializer=keras.initializers.VarianceScaling(2.0, mode='fan_out'))": {
        "bias_initializer": Initializer.of("VarianceScaling", scale=2.0, mode="fan_out")
    },
    # What Keras's add_weight takes where it is given none.
    "Dense(7, bias_initializer=None)": {"bias_initializer": Initializer.of("GlorotUniform")},
    "Dense(7, kernel_regularizer='l2')": {"kernel_regularizer": Regularizer.of("L2")},
    "Dense(7, kernel_regularizer=keras.regularizers.l2(0.1))": {"kernel_regularizer": Regularizer.of("L2", l2=0.1)},
    "Dense(7, kernel_regularizer=keras.regularizers.l2(l=0.1))": {"kernel_regularizer": Regularizer.of("L2", l2=0.1)},
    "Dense(7, W_regularizer=keras.regularizers.l1l2(l1=0.1, l2=0.2))": {
        "kernel_regularizer": Regularizer.of("L1L2", l1=0.1, l2=0.2)
    },
    "Dense(7, bias_regularizer=tf.keras.regularizers.L1L2(l1=0.1))": {
        "bias_regularizer": Regularizer.of("L1L2", l1=0.1)
    },
    "Dense(7, kernel_constraint=keras.constraints.max_norm(3))": {
        "kernel_constraint": Constraint.of("MaxNorm", max_value=3)
    },
    "Dense(7, kernel_constraint=keras.constraints.maxnorm(3))": {
        "kernel_constraint": Constraint.of("MaxNorm", max_value=3)
    },
    "Dense(7, W_constraint='nonneg')": {"kernel_constraint": Constraint.of("NonNeg")},
    "Dense(2 ** 3 - 1)": {},
    "Dense(int(14 / 2))": {},
    "Dense(len('seven__'))": {},
    "Dense([3, 5, 7][-1])": {},
    "Dense(dict(n=7)['n'])": {},
    "Dense(max(1, 7))": {},
    "Dense(7 if 'a' in 'abc' else 8)": {},
    "Dense(*(7,), **{'activation': 'relu'})": {"activation": "relu"},
    "(lambda n: Dense(n))(7)": {},
}


@pytest.mark.parametrize("text", DENSE)
def test_arguments_of_a_layer(text):
    layer, said = layer_of(text)
    assert layer == Layer.of("Dense", "dense", **({"units": 7} | DENSE[text]))
    assert said == []


LAYERS = {
    "Conv2D(4, 3, 2, 'same', None, 1, 1, 'relu')": (
        "Conv2D",
        {"filters": 4, "strides": (2, 2), "padding": "same", "activation": "relu"},
    ),
    "Convolution2D(4, 5, 3, border_mode='same', subsample=(2, 2))": (
        "Conv2D",
        {"filters": 4, "kernel_size": (5, 3), "padding": "same", "strides": (2, 2)},
    ),
    "Convolution2D(nb_filter=4, nb_row=5, nb_col=3)": ("Conv2D", {"filters": 4, "kernel_size": (5, 3)}),
    "Convolution2D(4, (5, 3))": ("Conv2D", {"filters": 4, "kernel_size": (5, 3)}),
    "MaxPool2D()": ("MaxPooling2D", {}),
    "AvgPool2D(3)": ("AveragePooling2D", {"pool_size": (3, 3)}),
    "GlobalAvgPool2D()": ("GlobalAveragePooling2D", {}),
    "MaxPooling2D((2, 2), border_mode='same')": ("MaxPooling2D", {"padding": "same"}),
    "Dropout(p=0.3)": ("Dropout", {"rate": 0.3}),
    "GaussianNoise(sigma=0.3)": ("GaussianNoise", {"stddev": 0.3}),
    "LeakyReLU(alpha=0.1)": ("LeakyReLU", {"negative_slope": 0.1}),
    "LeakyReLU(0.1)": ("LeakyReLU", {"negative_slope": 0.1}),
    "ThresholdedReLU(theta=0.5)": ("ReLU", {"threshold": 0.5}),
    "ThresholdedReLU()": ("ReLU", {"threshold": 1.0}),
    "experimental.preprocessing.Rescaling(0.5)": ("Rescaling", {"scale": 0.5}),
    "BatchNormalization(beta_init='one', gamma_init='one')": (
        "BatchNormalization",
        {"beta_initializer": Initializer.of("Ones")},
    ),
    "ConvLSTM2D(4, 3)": ("ConvLSTM2D", {"filters": 4, "kernel_size": (3, 3)}),
}


@pytest.mark.parametrize("text", LAYERS)
def test_layers_by_their_older_names_and_arguments(text):
    class_name, arguments = LAYERS[text]
    layer, said = layer_of(text, imports="from keras.layers import experimental")
    assert layer == Layer.of(class_name, layer_types()[class_name].keras_name, **arguments)
    assert said == []


RECURRENT = {
    "CuDNNLSTM(4)": ("LSTM", {"units": 4}),
    "LSTM(output_dim=4, inner_activation='tanh', inner_init='uniform', dropout_W=0.1, dropout_U=0.2)": (
        "LSTM",
        {
            "units": 4,
            "recurrent_activation": "tanh",
            "recurrent_initializer": Initializer.of("RandomUniform"),
            "dropout": 0.1,
            "recurrent_dropout": 0.2,
        },
    ),
    "GRU(4, implementation=2, return_sequences=1)": ("GRU", {"units": 4, "return_sequences": True}),
}


@pytest.mark.parametrize("text", RECURRENT)
def test_recurrent_layers_of_keras_1_and_2(text):
    class_name, arguments = RECURRENT[text]
    layer, said = layer_of(text, shape="(8, 3)")
    assert layer == Layer.of(class_name, layer_types()[class_name].keras_name, **arguments)
    assert said == []


SAID = {
    "Dense(n_hidden)": "Dense: units, n_hidden, is only known when the script runs; 10 stands in its place.",
    "Dense(0)": "Dense: units takes a whole number from 1 to 1000000, not 0; 10 stands in its place.",
    "Dense()": "Dense: units is missing; 10 stands in its place.",
    "Dense(10, activation='foo')": "Dense: activation takes one of linear, relu, ",
    "Dense(10, activation=lambda x: x)": "Dense: activation: a lambda is no activation that can be read here; linear ",
    "Dense(10, bias_initializer='orthogonal')": "Dense: bias_initializer Orthogonal",
    "Dense(10, bias_initializer=my_init)": "Dense: bias_initializer: my_init is no initializer that can be read here",
    "Dense(10, bias_initializer='foo')": "Dense: bias_initializer: there is no initializer 'foo' here; Zeros stands",
    "Dense(10, volume=11)": "Dense has no argument 'volume'; it is left out.",
    "Dense(10, dtype='float16')": "Dense: dtype 'float16' is not read: everything is computed in float32; it is",
    "Dense(10, **options)": "Dense: what options holds is only known when the script runs.",
    "Conv2D(4, 3, data_format='channels_first')": "Conv2D: data_format 'channels_first' is not read: channels",
    "Conv2D(4, 3, 3)": "Conv2D(4, 3, 3) has the strides 3 in Keras 3; Keras 1 took that for a side of the kernel.",
}


@pytest.mark.parametrize("text", SAID)
def test_what_of_a_layer_can_not_be_read_is_said(text):
    _, said = layer_of(text)
    assert len(said) == 1
    assert said[0].startswith(SAID[text])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("layers.Lambda(lambda x: x)", "Lambda holds code of the script's own, which isn't run here; it is left out."),
        ("layers.Foo(3)", "There is no layer Foo here; it is left out."),
        ("layers.LSTMCell(3)", "There is no layer LSTMCell here; it is left out."),
        ("layers.Flatten", "Flatten, which isn't called, can't be read as a layer; it is left out."),
        ("hub.KerasLayer(url)", "hub.KerasLayer(url) can't be read as a layer; it is left out."),
        ("None", "What is added here can't be read as a layer; it is left out."),
    ],
)
def test_what_is_no_layer_here_is_left_out_by_name_and_the_rest_is_offered(text, said):
    reading = read(
        f"from keras import *\nm = Sequential()\nm.add(Input((28, 28, 1)))\nm.add({text})\nm.add(Dense(2))\n"
    )
    assert [(note.line, note.sentence) for note in reading.notes] == [(4, said)]
    assert [layer.class_name for layer in reading.experiment.stack.layers] == ["Dense"]


def test_a_layer_given_as_an_activation_becomes_the_layer_after_it():
    reading = read(
        "from keras import *\n"
        "m = Sequential([Input((28, 28, 1)), layers.Conv2D(4, 3, activation=layers.LeakyReLU(0.1))])"
    )
    assert reading.experiment.stack.layers == (
        Layer.of("Conv2D", "conv2d", filters=4, kernel_size=3),
        Layer.of("LeakyReLU", "leaky_re_lu", negative_slope=0.1),
    )
    # In a recurrent layer it acts within each step, where no layer can be.
    _, said = layer_of("SimpleRNN(4, activation=LeakyReLU(0.1))", shape="(8, 3)")
    assert said == [
        "SimpleRNN: activation: LeakyReLU is no activation that can be read here; tanh stands in its place."
    ]


def compiled(arguments: str) -> tuple[Training, list[str]]:
    text = "import keras, tensorflow as tf\nfrom keras import *\nfrom keras.optimizers import *\n"
    reading = read(f"{text}m = Sequential([Input((28, 28, 1)), layers.Dense(1)])\nm.compile({arguments})\n")
    return reading.experiment.training, [note.sentence for note in reading.notes]


OPTIMIZERS = {
    "'sgd'": ("SGD", 0.01, {}),
    "'SGD'": ("SGD", 0.01, {}),
    "'RMSProp'": ("RMSprop", 0.001, {}),
    "SGD()": ("SGD", 0.01, {}),
    "SGD(0.1, 0.9, True)": ("SGD", 0.1, {"momentum": 0.9, "nesterov": True}),
    "SGD(lr=0.1, momentum=0.9)": ("SGD", 0.1, {"momentum": 0.9}),
    "Adam(lr=1e-4, decay=0.0, epsilon=None)": ("Adam", 1e-4, {}),
    "Adam(1e-4, 0.5)": ("Adam", 1e-4, {"beta_1": 0.5}),
    "AdamW(1e-3, 0.01)": ("AdamW", 1e-3, {"weight_decay": 0.01}),
    "tf.keras.optimizers.legacy.Adam(0.1)": ("Adam", 0.1, {}),
    "keras.optimizers.adam_v2.Adam(learning_rate=0.1, amsgrad=True)": ("Adam", 0.1, {"amsgrad": True}),
    "tf.optimizers.Adam(0.1, clipvalue=0.5)": ("Adam", 0.1, {"clipvalue": 0.5}),
    "tf.train.AdamOptimizer(0.1, beta1=0.8)": ("Adam", 0.1, {"beta_1": 0.8}),
    "tf.compat.v1.train.GradientDescentOptimizer(0.1)": ("SGD", 0.1, {}),
    "keras.optimizers.RMSprop(learning_rate=0.1, rho=0.8, centered=True)": (
        "RMSprop",
        0.1,
        {"rho": 0.8, "centered": True},
    ),
}


@pytest.mark.parametrize("text", OPTIMIZERS)
def test_optimizers(text):
    training, said = compiled(f"optimizer={text}, loss='mse'")
    assert (training.optimizer, training.learning_rate, dict(training.optimizer_settings)) == OPTIMIZERS[text]
    assert said == []


@pytest.mark.parametrize("name", OPTIMIZER_TYPES)
def test_positional_settings_of_an_optimizer_are_kerass_own(name):
    """Each setting given by its place in Keras's own signature arrives where it belongs."""
    order = [key for key in inspect.signature(getattr(keras.optimizers, name).__init__).parameters if key != "self"]
    known = {argument.name: argument for argument in OPTIMIZER_TYPES[name].settings}
    places = order[: order.index("use_ema")]
    values = {}
    for number, key in enumerate(places):
        boolean = key in known and known[key].kind == "boolean"
        values[key] = not known[key].default if boolean else round(0.11 + number / 100, 2)
        # Keras takes one of the ways to clip.
        values[key] = None if key in CLIPPING[1:] else values[key]
    training, said = compiled(f"{name}({', '.join(map(repr, values.values()))}), 'mse'")
    assert said == []
    assert training.learning_rate == values.pop("learning_rate")
    assert dict(training.optimizer_settings) == {key: value for key, value in values.items() if value is not None}


OPTIMIZERS_SAID = {
    "SGD(decay=1e-6)": "Keras 3 has no decay of SGD: its learning rate stays as it starts.",
    "Adam(rate)": "Adam: learning_rate, rate, is only known when the script runs; it is 0.001 here.",
    "Adam(-1.0)": "Adam: learning_rate takes a number of 0 or more, not -1.0; it is 0.001 here.",
    "Adam(use_ema=True)": "use_ema of Adam is not read.",
    "Adam(clipvalue=0.5, clipnorm=1.0)": (
        "Adam: an optimizer takes one of clipnorm, clipvalue, global_clipnorm; of clipvalue and clipnorm, clipnorm "
        "counts."
    ),
    "'ftrl'": "There is no optimizer 'ftrl' here; Adam stands in its place.",
    "make_optimizer()": "make_optimizer() can't be read as an optimizer; Adam stands in its place.",
    "Adam(keras.optimizers.schedules.CosineDecay(0.5, 100))": (
        "CosineDecay is not read: the learning rate stays as it starts."
    ),
}


@pytest.mark.parametrize("text", OPTIMIZERS_SAID)
def test_what_of_an_optimizer_can_not_be_read_is_said(text):
    training, said = compiled(f"{text}, 'mse'")
    assert said == [OPTIMIZERS_SAID[text]]
    assert training.learning_rate == (0.5 if "Cosine" in text else 0.01 if "SGD" in text else 0.001)


LOSSES = {
    "'mse'": ("mean_squared_error", {}),
    "'MSE'": ("mean_squared_error", {}),
    "'mean_squared_error'": ("mean_squared_error", {}),
    "'mae'": ("mean_absolute_error", {}),
    "'bce'": ("binary_crossentropy", {}),
    "'kld'": ("kl_divergence", {}),
    "'log_cosh'": ("log_cosh", {}),
    "'logcosh'": ("log_cosh", {}),
    "['mse']": ("mean_squared_error", {}),
    "keras.losses.mean_squared_error": ("mean_squared_error", {}),
    "tf.keras.losses.MSE": ("mean_squared_error", {}),
    "tf.losses.MeanSquaredError()": ("mean_squared_error", {}),
    "keras.objectives.mse": ("mean_squared_error", {}),
    "keras.losses.BinaryCrossentropy(True, 0.1)": (
        "binary_crossentropy",
        {"from_logits": True, "label_smoothing": 0.1},
    ),
    "tf.keras.losses.CategoricalCrossentropy(from_logits=True)": ("categorical_crossentropy", {"from_logits": True}),
    "keras.losses.Huber(2.0)": ("huber", {"delta": 2.0}),
    "keras.losses.Huber(reduction='sum_over_batch_size', name='h')": ("huber", {}),
}


@pytest.mark.parametrize("text", LOSSES)
def test_losses(text):
    training, said = compiled(f"loss={text}")
    assert (training.loss, dict(training.loss_settings)) == LOSSES[text]
    assert said == []
    # compile's own optimizer where none is given.
    assert training.optimizer == "RMSprop"


@pytest.mark.parametrize("loss", LOSS_TYPES.values(), ids=lambda loss: loss.name)
def test_every_loss_by_function_name_and_class(loss):
    for text in (
        f"'{loss.name}'",
        f"keras.losses.{loss.name}",
        f"keras.losses.{loss.class_name}()",
        f"'{loss.class_name}'",
    ):
        assert compiled(f"'sgd', {text}")[0].loss == loss.name


COMPILE_SAID = {
    "'sgd', my_loss": "The loss my_loss isn't run here; binary cross-entropy stands in its place.",
    "'sgd', 'ctc'": "There is no loss 'ctc' here; binary cross-entropy stands in its place.",
    "'sgd'": "compile names no loss; binary cross-entropy stands in its place.",
    "'sgd', 'mse', metrics=['accuracy']": (
        "Metrics are chosen by the loss here, mean_absolute_error: accuracy is not shown."
    ),
    "'sgd', 'bce', metrics=['acc', keras.metrics.AUC()]": (
        "Metrics are chosen by the loss here, accuracy: AUC is not shown."
    ),
    "'sgd', 'mse', loss_weights=[2.0]": "loss_weights of compile is not read.",
    "'sgd', keras.losses.BinaryCrossentropy(reduction='sum')": "reduction of BinaryCrossentropy is not read.",
    "'sgd', 'mse', **options": "What options gives to compile is only known when the script runs.",
}


@pytest.mark.parametrize("text", COMPILE_SAID)
def test_what_of_compile_is_not_read_is_said(text):
    assert compiled(text)[1] == [COMPILE_SAID[text]]


@pytest.mark.parametrize(
    "text",
    [
        "'sgd', 'mse', run_eagerly=True",
        "'sgd', 'mse', metrics=['mse']",
        "'sgd', 'bce', ['accuracy']",
        "'sgd', 'bce', metrics=[keras.metrics.BinaryAccuracy()]",
        "'sgd', 'mse', jit_compile=False, steps_per_execution=4",
    ],
)
def test_what_changes_nothing_is_not_said(text):
    assert compiled(text)[1] == []


@pytest.mark.parametrize("name", layer_types())
def test_positional_arguments_of_a_layer_are_kerass_own(name):
    signature = inspect.signature(getattr(keras.layers, name).__init__)
    kinds = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.POSITIONAL_ONLY)
    places = [key for key, parameter in signature.parameters.items() if parameter.kind in kinds and key != "self"]
    assert list(layer_types()[name].positional) == places


def test_an_unknown_network_is_refused():
    with pytest.raises(
        SpecError, match=r"^line 2: the network is loaded from the file model\.keras: open that file itself\.$"
    ):
        read("import keras\nm = keras.models.load_model('model.keras')\nm.fit(x, y)\n")
