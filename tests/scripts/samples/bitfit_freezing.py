"""Fine-tune only the biases, as in BitFit."""
import keras
from keras import layers
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(7)

X, y = load_breast_cancer(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, random_state=0)
scaler = StandardScaler()
X_train = scaler.fit_transform(X_train)
X_test = scaler.transform(X_test)

model = keras.Sequential([
    layers.Input(shape=(X_train.shape[1],)),
    layers.Dense(32, activation="relu", name="feature_1"),
    layers.Dense(32, activation="relu", name="feature_2"),
    layers.Dense(1, activation="sigmoid", name="head"),
])

# freeze the first layer as a whole, and the bias of the second
for layer in model.layers[:1]:
    layer.trainable = False
model.get_layer("feature_2").bias.trainable = False

model.compile(
    optimizer=keras.optimizers.AdamW(learning_rate=1e-3, weight_decay=1e-2, clipnorm=1.0),
    loss=keras.losses.BinaryCrossentropy(label_smoothing=0.05),
    metrics=["accuracy"],
)
model.fit(X_train, y_train, epochs=25, batch_size=16, validation_data=(X_test, y_test))

# now everything
model.trainable = True
model.compile(optimizer=keras.optimizers.AdamW(learning_rate=1e-5), loss="binary_crossentropy")
model.fit(X_train, y_train, epochs=10)
