import tensorflow as tf
from tensorflow.keras.models import Sequential
from tensorflow.keras.layers import Conv2D, Flatten, Dense

# Define the model
model = Sequential()

# Add a convolutional layer with biases
model.add(Conv2D(32, kernel_size=(3, 3), activation='relu', input_shape=(28, 28, 1),
                 use_bias=True, bias_initializer='HeNormal'))

# Flatten the output and add fully connected layers
model.add(Flatten())
model.add(Dense(10, activation='relu', use_bias=True, bias_initializer='zeros'))
model.add(Dense(1, activation='softmax', use_bias=True, bias_initializer='zeros'))

# Compile the model
model.compile(optimizer='adam', loss='binary_crossentropy', metrics=['accuracy'])

# Print the initial biases
print("Initial biases of the Conv2D layer:")
print(model.layers[0].get_weights()[1])
print("Initial biases of the first Dense layer:")
print(model.layers[2].get_weights()[1])

model.summary()
