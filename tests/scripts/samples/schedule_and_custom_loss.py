import tensorflow as tf
from tensorflow import keras

fashion_mnist = keras.datasets.fashion_mnist
(X_train_full, y_train_full), (X_test, y_test) = fashion_mnist.load_data()
X_train_full = X_train_full / 255.
X_valid, X_train = X_train_full[:5000], X_train_full[5000:]
y_valid, y_train = y_train_full[:5000], y_train_full[5000:]

def my_loss(y_true, y_pred):
    return tf.reduce_mean(tf.square(y_true - y_pred))

class MyDense(keras.layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units

tf.random.set_seed(42)
model = keras.models.Sequential([
    keras.layers.Flatten(input_shape=[28, 28]),
    keras.layers.Dense(300, activation="selu", kernel_initializer="lecun_normal"),
    keras.layers.AlphaDropout(rate=0.2),
    MyDense(100),
    keras.layers.Lambda(lambda t: t * 2),
    keras.layers.Dense(10, activation="softmax"),
])
lr_schedule = keras.optimizers.schedules.ExponentialDecay(
    initial_learning_rate=0.01, decay_steps=1000, decay_rate=0.9)
model.compile(loss=my_loss, optimizer=keras.optimizers.SGD(learning_rate=lr_schedule), metrics=["accuracy", "mae"])
history = model.fit(X_train, y_train, epochs=30, validation_data=(X_valid, y_valid),
                    class_weight={0: 2.0}, callbacks=[keras.callbacks.TensorBoard("logs")])
