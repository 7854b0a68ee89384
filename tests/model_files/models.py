"""Model files for tests: written by Keras itself, and put together by hand for what Keras would not write."""

import io
import json
import zipfile

import h5py
import keras
import numpy as np

L = keras.layers


def filled(model):
    """The model with values that tell every element from every other."""
    for number, variable in enumerate(model.weights):
        values = np.arange(np.prod(variable.shape), dtype=np.float32).reshape(variable.shape)
        variable.assign(number + values / 1024)
    return model


def sequential():
    model = keras.Sequential(
        [
            keras.Input((6, 6, 1)),
            L.Conv2D(3, 2, activation="relu"),
            L.Flatten(),
            L.Dropout(0.25),
            L.Dense(4, activation="tanh"),
            L.BatchNormalization(scale=False),
            L.Dense(1, activation="sigmoid"),
        ]
    )
    model.compile(keras.optimizers.SGD(0.05), "binary_crossentropy", metrics=["accuracy"])
    return filled(model)


def branches():
    """Shared layers, a model in a model, arithmetic on tensors."""
    inputs = keras.Input((2,))
    one, other = L.Dense(4, name="one")(inputs), L.Dense(4, name="other")(inputs)
    shared = L.Dense(4, name="shared")
    inner = keras.Sequential([keras.Input((4,)), L.Dense(3, name="within"), L.BatchNormalization()], name="inner")
    outputs = L.Dense(1, name="last", activation="sigmoid")(inner(L.Add()([shared(one), shared(other)])))
    return filled(keras.Model(inputs, outputs, name="branches"))


def sequences():
    inputs = keras.Input((5, 3))
    x = L.Bidirectional(L.LSTM(2, return_sequences=True))(inputs)
    x = x + L.MultiHeadAttention(2, 3)(x, x)
    x = L.GroupQueryAttention(2, 2, 1)(x, x)
    x = L.TimeDistributed(L.Dense(4))(L.LayerNormalization()(x))
    x = L.RNN([L.LSTMCell(2), L.GRUCell(2)], return_sequences=True)(x)
    return filled(keras.Model(inputs, L.Dense(1)(L.GRU(2)(x))))


def chain():
    """Functional, and yet no more than a stack."""
    inputs = keras.Input((2,))
    return filled(keras.Model(inputs, L.Dense(1)(L.Dropout(0.5)(L.Dense(3)(inputs)))))


def with_lambda(marker):
    """Its Lambda makes the file `marker` wherever its code is run; saving does not run it."""
    model = keras.Sequential([keras.Input((2,)), L.Dense(2, name="dense")])
    code = eval(f"lambda x: (open({str(marker)!r}, 'w'), x)[1]")  # noqa: S307 - a test's own text
    model.add(L.Lambda(code, output_shape=(2,), name="evil"))
    if marker.exists():
        marker.unlink()
    return model


def keras_file(path, config, weights=None, members=()):
    """A .keras file of these parts; the weights are those of one Dense layer by default."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("metadata.json", json.dumps({"keras_version": "3.12.0"}))
        archive.writestr("config.json", config if isinstance(config, str) else json.dumps(config))
        archive.writestr("model.weights.h5", weights if weights is not None else dense_weights())
        for name, content in members:
            archive.writestr(name, content)
    return path


def dense_weights():
    content = io.BytesIO()
    with h5py.File(content, "w") as file:
        file["layers/dense/vars/0"] = np.ones((2, 3), "f4")
        file["layers/dense/vars/1"] = np.array([1, 2, 3], "f4")
    return content.getvalue()


def legacy_file(path, config):
    with h5py.File(path, "w") as file:
        file.attrs["model_config"] = json.dumps(config)
        file.attrs["keras_version"] = "2.15.0"
        group = file.create_group("model_weights")
        group.attrs["layer_names"] = [b"dense"]
        layer = group.create_group("dense")
        layer.attrs["weight_names"] = [b"dense/kernel:0", b"dense/bias:0"]
        layer["dense/kernel:0"], layer["dense/bias:0"] = np.ones((2, 3), "f4"), np.array([1, 2, 3], "f4")
    return path


def entry(class_name, module="keras.layers", registered_name=None, **config):
    return {"module": module, "class_name": class_name, "config": config, "registered_name": registered_name}


def dense(**config):
    return entry("Dense", **({"name": "dense", "units": 3} | config))


def model_of(*layers):
    """A Sequential config on two inputs."""
    first = entry("InputLayer", name="input_layer", batch_shape=[None, 2], dtype="float32")
    return entry("Sequential", "keras", name="sequential", layers=[first, *layers])
