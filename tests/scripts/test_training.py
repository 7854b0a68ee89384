"""What fit, seeds and later changes of a script do to the training settings."""

import pytest

from tests.scripts.reading_short import COMPILED, read, said

FITS = {
    "m.fit(x, y)": {"epochs": 1, "batch_size": 32, "validation_share": 0.0},
    "m.fit(x, y, 8, 5)": {"epochs": 5, "batch_size": 8},
    "m.fit(x, y, nb_epoch=5)": {"epochs": 5},
    "m.fit(x, y, epochs=5, validation_split=0.25, shuffle=False)": {
        "epochs": 5, "validation_share": 0.25, "shuffle": False,
    },
    "history = m.fit(x=x, y=y, epochs=2 * 5).history": {"epochs": 10},
    "m.fit(x, y, **{'epochs': 4, 'verbose': 0})": {"epochs": 4},
    "m.fit_generator(g, 100, 7)": {"epochs": 7},
    "def train(model, n=6):\n    model.fit(x, y, epochs=n)\ntrain(m)": {"epochs": 6},
    "m.fit(x, y, validation_split=1.5)": {"validation_share": 0.1},
    "m.fit(x, y, epochs=n)": {"epochs": 1},
}  # fmt: skip


@pytest.mark.parametrize("text", FITS)
def test_the_arguments_of_fit(text):
    training = read(COMPILED + text).experiment.training
    assert {name: getattr(training, name) for name in FITS[text]} == FITS[text]


FIT_SAID = {
    "epochs=n": "epochs of fit, n, is only known when the script runs; it is 1 here.",
    "validation_split=1.5": "validation_share takes a number of 0 or more and below 1, not 1.5; it is 0.1 here.",
    "class_weight={0: 2.0}": "class_weight of fit is not read.",
    "sample_weight=w": "sample_weight of fit is not read.",
    "initial_epoch=3": "initial_epoch of fit is not read.",
    "steps_per_epoch=10": "steps_per_epoch of fit is not read: an epoch goes through all samples.",
    "validation_data=(v, w)": "validation_data of fit, v, is not read: set a validation share in the window.",
    "callbacks=[keras.callbacks.EarlyStopping(patience=3)]": (
        "The callback EarlyStopping is not read: training goes on for all epochs without it."
    ),
    "callbacks=stopping": "The callback stopping is not read: training goes on for all epochs without it.",
    "**options": "What options gives to fit is only known when the script runs.",
}


@pytest.mark.parametrize("text", FIT_SAID)
def test_what_of_fit_is_not_read_is_said(text):
    data = "from sklearn.datasets import load_iris\nx, y = load_iris(return_X_y=True)\n"
    reading = read(f"{data}m = Sequential([Input((4,)), Dense(3)])\nm.compile('sgd', 'mse')\nm.fit(x, y, {text})")
    assert said(reading) == [(5, FIT_SAID[text])]


def test_what_changes_no_training_is_not_said():
    data = "from sklearn.datasets import load_iris\nx, y = load_iris(return_X_y=True)\n"
    quiet = (
        "verbose=0, callbacks=[keras.callbacks.TensorBoard('x'), keras.callbacks.ModelCheckpoint('y')], initial_epoch=0"
    )
    text = f"{data}m = Sequential([Input((4,)), Dense(3)])\nm.compile('sgd', 'mse')\nm.fit(x, y, {quiet})\n"
    text += "m.evaluate(x, y)\nm.save('z')\nimport matplotlib.pyplot as plt\nplt.plot(m.predict(x))\n"
    text += "print(m.layers[0].get_weights())"
    assert read(text).notes == ()


AFTERWARDS = {
    "m.load_weights('w.h5')\nm.fit(x)": (
        3, "The weights of load_weights are not read: the network starts from its initializers.",
    ),
    "m.layers[1].set_weights(w)": (3, "What set_weights sets is not read: dense starts as it is made."),
    "m.layers[1].bias.assign(w)": (3, "What bias.assign sets is not read: dense starts as it is made."),
    "m.optimizer.learning_rate = 0.5": (
        3, "The optimizer's learning_rate is changed here, which is not read: it stays as it starts.",
    ),
    "m.optimizer.learning_rate.assign(0.5)": (
        3, "The optimizer's learning_rate is changed here, which is not read: it stays as it starts.",
    ),
    "keras.backend.set_value(m.optimizer.lr, 0.5)": (
        3, "The optimizer's lr is changed here, which is not read: it stays as it starts.",
    ),
    "keras.mixed_precision.set_global_policy('mixed_float16')": (3, "Everything is computed in float32 here."),
    "m.fit(x)\nm.fit(x)": (4, "The network is trained further here; only the training of line 6 is read."),
    "for i in range(3):\n    m.fit(x)": (4, "The network is trained 3 times here; one of them is read."),
}  # fmt: skip


@pytest.mark.parametrize("text", AFTERWARDS)
def test_what_else_would_change_the_network_is_said(text):
    assert AFTERWARDS[text] in said(read(COMPILED + text))


def test_the_last_compile_before_the_training_counts():
    reading = read(COMPILED + "m.compile('adam', 'mae')\nm.fit(x)\nm.compile('rmsprop', 'huber')")
    training = reading.experiment.training
    assert (training.optimizer, training.loss) == ("Adam", "mean_absolute_error")


SEEDS = {
    "keras.utils.set_random_seed(5)": (5, None),
    "import tensorflow as tf\ntf.keras.utils.set_random_seed(seed=5)": (5, None),
    "import tensorflow as tf\ntf.random.set_seed(5)": (5, "tf.random.set_seed seeds otherwise"),
    "import numpy as np\nnp.random.seed(5)": (5, "np.random.seed seeds otherwise"),
    "import numpy as np\nnp.random.seed(5)\nkeras.utils.set_random_seed(6)": (6, None),
    "import tensorflow as tf, numpy as np\nnp.random.seed(5)\ntf.random.set_seed(6)": (6, "tf.random.set_seed seeds"),
    "keras.utils.set_random_seed(s)": (11, "The seed s can't be taken"),
    "keras.utils.set_random_seed(-1)": (11, "The seed -1 can't be taken"),
    "": (11, None),
}


@pytest.mark.parametrize("text", SEEDS)
def test_the_seed(text):
    reading = read(f"{text}\n{COMPILED}")
    seed, start = SEEDS[text]
    assert reading.experiment.training.seed == seed
    sentences = [sentence for _, sentence in said(reading)]
    assert sentences == [] if start is None else sentences[0].startswith(start)
