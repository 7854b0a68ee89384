# Exercise 3: decision boundaries
import keras
import matplotlib.pyplot as plt
from keras import initializers
from keras.layers import Dense, Input, LeakyReLU
from sklearn.datasets import make_moons

keras.utils.set_random_seed(42)

N_SAMPLES = 2_000
HIDDEN = [16, 16]
LEARNING_RATE = 3e-3
EPOCHS = 40

X, y = make_moons(n_samples=N_SAMPLES, noise=0.2, random_state=0)


def build_model(hidden, activation="relu", bias_std=0.1):
    """Build a small MLP."""
    model = keras.Sequential()
    model.add(Input((2,)))
    for i, units in enumerate(hidden):
        model.add(
            Dense(
                units,
                activation=activation,
                bias_initializer=initializers.RandomNormal(stddev=bias_std),
                name=f"hidden_{i + 1}",
            )
        )
    model.add(Dense(1, activation="sigmoid", name="output"))
    return model


if __name__ == "__main__":
    model = build_model(HIDDEN, bias_std=0.1 / 2)
    model.compile(
        optimizer=keras.optimizers.Adam(LEARNING_RATE),
        loss="binary_crossentropy",
        metrics=["accuracy"],
    )
    history = model.fit(X, y, batch_size=64, epochs=EPOCHS, validation_split=0.25, verbose=0)
    plt.plot(history.history["loss"])
    plt.savefig("loss.png")
