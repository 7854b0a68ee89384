"""The data that a script trains on, followed through the usual preparation."""

import pytest

from biasstudio.spec.data_sets import DataSet
from tests.scripts.reading_short import read, said
from tests.scripts.samples_expected import PRESENT

_MNIST = "import numpy as np\nimport tensorflow as tf\n(x, y), (a, b) = keras.datasets.mnist.load_data()\n{}\n"
_MNIST += "m = Sequential([Flatten(input_shape={}), Dense(10)])\nm.compile('sgd', 'sparse_categorical_crossentropy')\n"
PIXELS = {
    "x = x / 255": {},
    "x = x.astype('float32') / 255.0": {},
    "x /= 255.": {},
    "x = x * (1 / 255)": {},
    "x = np.divide(x, 255)": {},
    "x = tf.cast(x, tf.float32) / 255": {},
    "x = np.expand_dims(x, -1) / 255": {"channel": True},
    "x = x[..., np.newaxis] / 255": {"channel": True},
    "x = x[:, :, :, None] / 255": {"channel": True},
    "x = x[..., tf.newaxis] / 255": {"channel": True},
    "x = x.reshape(-1, 28, 28, 1) / 255": {"channel": True},
    "x = x.reshape((len(x), 28, 28, 1)) / 255": {"channel": True},
    "x = x.reshape(x.shape[0], *x.shape[1:], 1) / 255": {"channel": True},
    "x = np.reshape(x, (60000, 28, 28, 1)) / 255": {"channel": True},
    "x = x": {"scaling": "none"},
    "y = keras.utils.to_categorical(y)\nx = x / 255": {},
}


@pytest.mark.parametrize("text", PIXELS)
def test_the_usual_preparation_of_pixels(text):
    expected = {"scaling": "pixels", "channel": False, "validation": "share"} | PIXELS[text]
    shape = "(28, 28, 1)" if expected["channel"] else "(28, 28)"
    reading = read(_MNIST.format(text, shape) + "m.fit(x, y)")
    assert dict(reading.experiment.data.parameters) == expected
    assert reading.notes == ()


PREPARATION_SAID = {
    "x = x[:1000]": "What “x[:1000]” does to the data is not read.",
    "x = x / 127.5": "What “x / 127.5” does to the data is not read.",
    "x = (x - 127.5) / 127.5": "What “x - 127.5” does to the data is not read.",
    "x = 255 - x": "What “255 - x” does to the data is not read.",
    "y = y % 2": "What “y % 2” does to the data is not read.",
    "y = (y == 3)": "The targets of fit, y == 3, can't be read: those that belong to the inputs are taken.",
    "x = augment(x)": "What “augment(x)” does to the data is not read.",
    "x = np.rot90(x)": "What “np.rot90(x)” does to the data is not read.",
    "x[0] = 0": "What “x[0] = …” does to the data is not read.",
}


@pytest.mark.parametrize("text", PREPARATION_SAID)
def test_what_else_is_done_to_the_data_is_said(text):
    reading = read(_MNIST.format(text, "(28, 28)") + "m.fit(x, y)")
    assert reading.experiment.data.name == "keras_mnist"
    assert PREPARATION_SAID[text] in [sentence for _, sentence in said(reading)]


def test_the_test_part_validates_where_it_is_given_to_fit():
    text = _MNIST.format("", "(28, 28)") + "m.fit(x, y, validation_data=(a, b))"
    experiment = read(text).experiment
    assert experiment.data.get("validation") == "test part"
    assert experiment.training.validation_share == 0.0
    swapped = read(_MNIST.format("", "(28, 28)") + "m.fit(a, b)")
    assert said(swapped)[0][1] == "The script trains on the test part; here it is the other part that trains."


def test_a_tf_data_set_is_followed():
    ds = "d = tf.data.Dataset.from_tensor_slices((x / 255, y)){}.batch(16).prefetch(1)\nm.fit(d, epochs=2)"
    reading = read(_MNIST.format("", "(28, 28)") + ds.format(".shuffle(1000)"))
    training = reading.experiment.training
    assert (reading.experiment.data.get("scaling"), training.batch_size, training.shuffle) == ("pixels", 16, True)
    assert read(_MNIST.format("", "(28, 28)") + ds.format("")).experiment.training.shuffle is False
    mapped = read(_MNIST.format("", "(28, 28)") + ds.format(".map(f)"))
    assert said(mapped)[0][1].startswith("What “tf.data.Dataset.from_tensor_slices((x / 255, y)).m")


def test_shipped_tables_and_points():
    table = "from sklearn.datasets import load_wine\nfrom sklearn.preprocessing import StandardScaler\n"
    table += "from sklearn.model_selection import train_test_split\nd = load_wine()\n"
    table += "X = StandardScaler().fit_transform(d['data'])\n"
    table += "X, T, y, t = train_test_split(X, d.target, test_size=0.3)\n"
    table += "m = Sequential([Input((X.shape[1],)), Dense(3)])\nm.compile('sgd', 'mse')\nm.fit(X, y)"
    experiment = read(table).experiment
    assert experiment.data == DataSet.of("wine", scaling="standardise", shuffled=True)
    assert experiment.training.validation_share == 0.3
    circles = "from sklearn.datasets import make_circles\nX, y = make_circles(500, noise=0.05)\n"
    circles += "m = Sequential([Input((2,)), Dense(1)])\nm.compile('sgd', 'mse')\nm.fit(X, y)"
    assert read(circles).experiment.data == DataSet.of("circles", points=500, noise=0.05)


def test_made_up_data_are_said_and_their_shape_is_kept():
    text = "import numpy as np\nx = np.random.rand(1000, 20)\ny = np.random.randint(2, size=(1000, 1))\n"
    reading = read(f"{text}m = Sequential([Dense(1)])\nm.compile('sgd', 'mse')\nm.fit(x, y)")
    assert reading.experiment.stack.input_shape == (20,)
    assert reading.experiment.data == PRESENT.data
    assert reading.notes[0].line == 5
    assert reading.notes[0].sentence.startswith("The data are made by np.random.rand(1000, 20), which isn't run here.")
