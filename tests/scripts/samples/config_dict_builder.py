from tensorflow.keras import Sequential, layers, optimizers, regularizers
from tensorflow.keras.datasets import fashion_mnist

CONFIG = {
    "input_shape": (28, 28),
    "hidden": [256, 128, 64],
    "dropout": 0.3,
    "l2": 1e-4,
    "optimizer": {"learning_rate": 5e-4, "beta_1": 0.9, "clipnorm": 1.0},
    "epochs": 10,
}
common = dict(kernel_initializer="he_uniform", bias_initializer="ones",
              kernel_regularizer=regularizers.l2(CONFIG["l2"]))


def make_layers(config):
    yield_later = [layers.Flatten(input_shape=config["input_shape"])]
    for index, units in enumerate(config["hidden"]):
        yield_later += [
            layers.Dense(units, name="fc_{}".format(index), **common),
            layers.BatchNormalization(),
            layers.ReLU(),
            layers.Dropout(config["dropout"] / (index + 1)),
        ]
    yield_later.append(layers.Dense(10, activation="softmax", name="probabilities"))
    return yield_later


(x, y), test = fashion_mnist.load_data()
x = x.astype("float32") / 255.

model = Sequential(make_layers(CONFIG))
model.compile(optimizers.Adam(**CONFIG["optimizer"]), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x, y, epochs=CONFIG["epochs"], batch_size=2 ** 8, validation_split=1 / 6)
