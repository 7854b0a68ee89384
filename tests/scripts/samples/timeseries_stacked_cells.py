import numpy as np
import tensorflow as tf
from tensorflow.keras import Sequential
from tensorflow.keras.layers import RNN, LSTMCell, Dense, Conv1D, SimpleRNN

timesteps, features = 24, 1
window = np.random.rand(500, timesteps, features)
target = np.random.rand(500, 1)

cells = [LSTMCell(units) for units in (32, 16)]
model = Sequential([
    Conv1D(filters=8, kernel_size=3, padding='causal', activation=tf.nn.relu, input_shape=(timesteps, features)),
    RNN(cells, return_sequences=True),
    SimpleRNN(8, kernel_initializer=tf.keras.initializers.he_normal(), recurrent_initializer='orthogonal',
              bias_initializer=tf.constant_initializer(0.1)),
    Dense(1, kernel_constraint=tf.keras.constraints.MaxNorm(3)),
])
model.compile(optimizer=tf.keras.optimizers.SGD(learning_rate=0.05, momentum=0.9, nesterov=True),
              loss=tf.keras.losses.Huber(delta=2.0))
model.fit(window, target, epochs=10, batch_size=50, shuffle=False)
