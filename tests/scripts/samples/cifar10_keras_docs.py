import keras
from keras.datasets import cifar10
from keras.models import Sequential
from keras.layers import Dense, Dropout, Activation, Flatten, Input
from keras.layers import Conv2D, MaxPooling2D
from keras.regularizers import l2
from keras import optimizers

num_classes = 10
weight_decay = 1e-4
learning_rate = 0.0005

(x_train, y_train), (x_test, y_test) = cifar10.load_data()
x_train = x_train.astype("float32")
x_test = x_test.astype("float32")
x_train /= 255
x_test /= 255
y_train = keras.utils.to_categorical(y_train, num_classes)
y_test = keras.utils.to_categorical(y_test, num_classes)

model = Sequential(name="cifar10_cnn")
model.add(Input(shape=x_train.shape[1:]))

for block, filters in enumerate([32, 64], start=1):
    for conv in range(2):
        model.add(Conv2D(filters, (3, 3), padding="same" if conv == 0 else "valid",
                         kernel_regularizer=l2(weight_decay), name=f"block{block}_conv{conv + 1}"))
        model.add(Activation("relu", name=f"block{block}_relu{conv + 1}"))
    model.add(MaxPooling2D((2, 2), name=f"block{block}_pool"))
    model.add(Dropout(0.25))

model.add(Flatten())
model.add(Dense(512))
model.add(Activation("relu"))
model.add(Dropout(0.5))
model.add(Dense(num_classes, bias_initializer="zeros"))
model.add(Activation("softmax"))

opt = optimizers.RMSprop(learning_rate=learning_rate, rho=0.95)
model.compile(loss="categorical_crossentropy", optimizer=opt, metrics=["accuracy"])

model.fit(x_train, y_train, batch_size=32, epochs=2 * 5, validation_data=(x_test, y_test), shuffle=True)
