from keras.layers import Input, Conv2D, BatchNormalization, Activation, Add, GlobalAveragePooling2D, Dense
from keras.models import Model

def residual_block(x, filters):
    shortcut = x
    x = Conv2D(filters, 3, padding="same")(x)
    x = BatchNormalization()(x)
    x = Activation("relu")(x)
    x = Conv2D(filters, 3, padding="same")(x)
    x = BatchNormalization()(x)
    x = Add()([shortcut, x])
    return Activation("relu")(x)

inputs = Input(shape=(32, 32, 3))
x = Conv2D(16, 3, padding="same", activation="relu")(inputs)
for _ in range(3):
    x = residual_block(x, 16)
x = GlobalAveragePooling2D()(x)
outputs = Dense(10, activation="softmax")(x)

model = Model(inputs, outputs)
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
